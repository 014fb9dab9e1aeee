// admin: what a command of `/commands` is.

import type { ServerView } from '../../server/server-view.ts'
import type { JsonObject } from '../json-text.ts'

/** A command as ZooKeeper's AdminServer knows it. */
export interface Command {
  /** The first is its name, the others lead to it. */
  readonly names: readonly [string, ...string[]]
  /** Whether it is answered also while clients are not served. */
  readonly always?: boolean
  /** The fields of the answer but `command` and `error`. Throws {@link CommandError}. */
  run(view: ServerView): JsonObject
}

/** An answer that is an error: its text goes into the field `error`. */
export class CommandError extends Error {}

/** Session ids are 64-bit numbers there, signed. */
export function sessionNumber(sessionId: string): bigint {
  return sessionId === '' ? 0n : BigInt.asIntN(64, BigInt(`0x${sessionId}`))
}
