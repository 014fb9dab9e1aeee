// The documented differences: what each side says there, and where it is written down. Nothing else is excused.

import { ErrorCode } from '../../../core/wire/error-codes.ts'
import { isRead } from '../../../core/wire/op-classes.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { CreateFlag, type Request } from '../../../core/wire/records.ts'
import { type Observation, type Seen, Zxid } from './observe.ts'

/** A documented difference that was met. */
export interface Excuse {
  /** The rule's name, for the count at the end of a run. */
  readonly rule: string
  /** Items of each log that it covers. */
  readonly ours: number
  readonly theirs: number
  /** Nothing that follows on this connection can be compared. */
  readonly ends: boolean
}

/** The excuse for the next items of a connection's two logs, `null` if they must be equal. */
export function excuse(
  ours: Observation | null,
  theirs: Observation | null,
  _oursBefore: readonly Observation[],
  _theirsBefore: readonly Observation[],
): Excuse | null {
  if (ours?.kind === 'reply' && theirs?.kind === 'reply' && ours.asked?.op === OpCode.exists) {
    // docs/operations/interop.md: exists needs READ, as since 3.9.5 (ZOOKEEPER-2590).
    if (errOf(ours.seen) === ErrorCode.noAuth && errOf(theirs.seen) === ErrorCode.ok) {
      return { rule: 'exists needs READ', ours: 1, theirs: 1, ends: false }
    }
  }
  if (ours?.kind === 'reply' && theirs?.kind === 'reply' && ours.asked !== null && isRead(ours.asked.op)) {
    // docs/operations/interop.md: the empty path names no node here; in ZooKeeper's reads it names the root.
    const { request } = ours.asked.call
    if ('path' in request && request.path === '' && errOf(ours.seen) === ErrorCode.noNode && errOf(theirs.seen) === ErrorCode.ok) {
      return { rule: 'the empty path', ours: 1, theirs: 1, ends: false }
    }
  }
  if (ours?.kind === 'reply' && theirs?.kind === 'reply' && ours.asked?.op === OpCode.checkWatches) {
    // docs/operations/interop.md: 3.8 answers for anybody's watch on the path, 3.9 and we for the connection's own.
    if (errOf(ours.seen) === ErrorCode.noWatcher && errOf(theirs.seen) === ErrorCode.ok) {
      return { rule: 'checkWatches looks at the own watches', ours: 1, theirs: 1, ends: false }
    }
    const { request } = ours.asked.call
    const rootless = 'path' in request && !request.path.startsWith('/')
    if (rootless && errOf(ours.seen) === ErrorCode.noWatcher && errOf(theirs.seen) === ErrorCode.marshallingError) {
      return { rule: 'checkWatches of what is no path', ours: 1, theirs: 1, ends: false }
    }
  }
  if (ours?.kind === 'reply' && theirs?.kind === 'reply' && ours.asked?.op === OpCode.multi) {
    // docs/operations/interop.md: a create flag that no multi can hold spoils all of it (-5), as since 3.9; 3.8 fails that op alone (-8).
    if (hasImpossibleFlag(ours.asked.call.request) && errOf(ours.seen) === ErrorCode.marshallingError && errOf(theirs.seen) === ErrorCode.ok) {
      return { rule: 'impossible create flag in a multi', ours: 1, theirs: 1, ends: false }
    }
  }
  return null
}

/**
 * One result of a multi as 3.8 writes it beside ours: create2, containers and TTL nodes have type 1 and no Stat there, since 3.9 type 15 and a
 * Stat (ZOOKEEPER-4026, docs/operations/interop.md).
 */
export function asInThreeEight(ours: Seen, theirs: Seen): Seen {
  if (!isObject(ours) || !isObject(theirs)) return ours
  // docs/operations/interop.md: the empty path names no node here; in ZooKeeper's reads it names the root.
  if (ours['err'] === ErrorCode.noNode && isRoot(theirs)) return theirs
  if ( ours['type'] !== OpCode.create2 || theirs['type'] !== OpCode.create) return ours
  return { type: OpCode.create, err: ours['err'] ?? null, path: ours['path'] ?? null }
}

function isRoot(result: { readonly [name: string]: Seen }): boolean {
  const { list = null, stat = null } = result
  const czxid = isObject(stat) ? stat['czxid'] : null
  return (Array.isArray(list) && list.includes('zookeeper')) || (czxid instanceof Zxid && czxid.value === 0n)
}

function isObject(seen: Seen): seen is { readonly [name: string]: Seen } {
  return typeof seen === 'object' && seen !== null && !Array.isArray(seen)
}

function hasImpossibleFlag(request: Request): boolean {
  return (
    request.op === OpCode.multi &&
    request.ops.some((op) => {
      if (op.op === OpCode.createTtl || !('flags' in op)) return false
      return op.flags < CreateFlag.persistent || op.flags > CreateFlag.container
    })
  )
}

function errOf(seen: Seen): number | null {
  const err = typeof seen === 'object' && seen !== null ? Reflect.get(seen, 'err') : null
  return typeof err === 'number' ? err : null
}
