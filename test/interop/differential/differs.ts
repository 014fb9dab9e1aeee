// The documented differences: what each side says there, and where it is written down. Nothing else is excused.

import { ErrorCode } from '../../../core/wire/error-codes.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import type { Observation, Seen } from './observe.ts'

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
  return null
}

function errOf(seen: Seen): number | null {
  const err = typeof seen === 'object' && seen !== null ? Reflect.get(seen, 'err') : null
  return typeof err === 'number' ? err : null
}
