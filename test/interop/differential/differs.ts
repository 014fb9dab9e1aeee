// The documented differences: what each side says there, and where it is written down. Nothing else is excused.

import { ErrorCode } from '../../../core/wire/error-codes.ts'
import { isRead } from '../../../core/wire/op-classes.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { CreateFlag, type Request } from '../../../core/wire/records.ts'
import type { Asked } from './connection.ts'
import { type Observation, type Seen, SHARED } from './observe.ts'

/** The long that our server puts behind the reply to setWatches2. */
const COVERAGE_BYTES = 8

/** A documented difference that was met. */
export interface Excuse {
  /** The rule's name, for the count at the end of a run. */
  readonly rule: string
  /** Items of each log that it covers. */
  readonly ours: number
  readonly theirs: number
}

/** The excuses on one connection, which remember what may follow from the difference that they excused. */
export class Excuses {
  /** Where ZooKeeper has a watch that we refused. */
  readonly #watchedThere = new Set<string>()

  /** The excuse for the next items of the two logs, `null` if they must be equal. */
  next(ours: Observation | null, theirs: Observation | null): Excuse | null {
    // What the watch on the other side does, until the connection ends.
    if (this.#concerns(theirs)) return { rule: 'exists needs READ: its watch', ours: 0, theirs: 1 }
    if (this.#concerns(ours)) return { rule: 'exists needs READ: its watch', ours: 1, theirs: 0 }
    // docs/decisions/0009-set-watches-gap.md: what persistent watches missed comes before the reply, which tells how far back that reaches.
    if (ours?.kind === 'event' && theirs?.kind === 'reply' && replaysPersistent(theirs.asked)) {
      return { rule: 'setWatches2 replays what persistent watches missed', ours: 1, theirs: 0 }
    }
    if (ours?.kind === 'reply' && theirs?.kind === 'reply' && onlyAddsCoverage(ours, theirs)) {
      return { rule: 'setWatches2 tells how far back it reached', ours: 1, theirs: 1 }
    }
    if (ours?.kind !== 'reply' || theirs?.kind !== 'reply' || ours.asked === null || ours.asked.op !== theirs.asked?.op) return null
    const rule = this.#replies(ours.asked, errOf(ours.seen), errOf(theirs.seen), theirs.seen)
    return rule === null ? null : { rule, ours: 1, theirs: 1 }
  }

  #concerns(one: Observation | null): boolean {
    if (one?.kind !== 'event' || this.#watchedThere.size === 0 || !isObject(one.seen)) return false
    return this.#watchedThere.has(String(one.seen['path']))
  }

  #replies({ op, call: { request, spoil } }: Asked, ours: number | null, theirs: number | null, answer: Seen): string | null {
    const path = 'path' in request ? request.path : null
    switch (op) {
      case OpCode.exists:
        // docs/operations/interop.md: exists needs READ, as since 3.9.5 (ZOOKEEPER-2590).
        if (ours === ErrorCode.noAuth && theirs === ErrorCode.ok) {
          if (request.op === OpCode.exists && request.watch) this.#watchedThere.add(request.path)
          return 'exists needs READ'
        }
        break
      case OpCode.checkWatches:
        // docs/operations/interop.md: 3.8 answers for anybody's watch on the path, 3.9 and we for the connection's own.
        if (ours === ErrorCode.noWatcher && theirs === ErrorCode.ok) return 'checkWatches looks at the own watches'
        if (ours === ErrorCode.noWatcher && theirs === ErrorCode.marshallingError && (spoil !== null || path?.startsWith('/') === false)) {
          return 'checkWatches of what is no path'
        }
        break
      case OpCode.removeWatches:
        if (path !== null && this.#watchedThere.has(path) && ours === ErrorCode.noWatcher && theirs === ErrorCode.ok) {
          return 'exists needs READ: its watch'
        }
        break
      case OpCode.multi:
        // docs/operations/interop.md: a create flag that no multi can hold spoils all of it (-5), as since 3.9; 3.8 fails that op alone (-8).
        if ((hasImpossibleFlag(request) || spoil !== null) && ours === ErrorCode.marshallingError && isFailedMulti(answer)) {
          return 'impossible create flag in a multi'
        }
        break
      default:
    }
    // docs/operations/interop.md: the empty path names no node here; in ZooKeeper's reads it names the root.
    if (isRead(op) && path === '' && ours === ErrorCode.noNode && theirs === ErrorCode.ok) return 'the empty path'
    return null
  }
}

/**
 * One result of a multi as 3.8 writes it beside ours: create2, containers and TTL nodes have type 1 and no Stat there, since 3.9 type 15 and a
 * Stat (ZOOKEEPER-4026, docs/operations/interop.md).
 */
export function asInThreeEight(ours: Seen, theirs: Seen): Seen {
  if (!isObject(ours) || !isObject(theirs)) return ours
  // docs/operations/interop.md: the empty path names no node here; in ZooKeeper's reads it names the root.
  if (ours['err'] === ErrorCode.noNode && isRoot(theirs)) return theirs
  if (ours['type'] !== OpCode.create2 || theirs['type'] !== OpCode.create) return ours
  return { type: OpCode.create, err: ours['err'] ?? null, path: ours['path'] ?? null }
}

function isRoot({ list = null, stat = null }: { readonly [name: string]: Seen }): boolean {
  return list === SHARED || stat === SHARED
}

function isObject(seen: Seen): seen is { readonly [name: string]: Seen } {
  return typeof seen === 'object' && seen !== null && !Array.isArray(seen)
}

/** Whether it changed nothing there either. */
function isFailedMulti(answer: Seen): boolean {
  const { body = null } = isObject(answer) ? answer : {}
  const { results = null } = isObject(body) ? body : {}
  const first = Array.isArray(results) ? (results[0] as Seen) : null
  return isObject(first) && first['type'] === OpCode.error
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

function replaysPersistent(asked: Asked | null): boolean {
  if (asked?.op !== OpCode.setWatches2 || asked.call.request.op !== OpCode.setWatches2) return false
  const { persistent, persistentRecursive } = asked.call.request
  return persistent.length > 0 || persistentRecursive.length > 0
}

/** Whether the replies to a setWatches2 that succeeded differ by the long at the end alone. */
function onlyAddsCoverage(ours: Observation, theirs: Observation): boolean {
  if (ours.kind !== 'reply' || theirs.kind !== 'reply' || ours.asked?.op !== OpCode.setWatches2) return false
  if (errOf(ours.seen) !== ErrorCode.ok || errOf(theirs.seen) !== ErrorCode.ok) return false
  const body = (isObject(ours.seen) ? ours.seen['body'] : undefined) ?? null
  return isObject(body) && String(body['bytes']).length === 2 * COVERAGE_BYTES
}
