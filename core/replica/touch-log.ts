// replica: which sessions were heard of here, told to the leader in the responses to its heartbeats until it has processed them. PURE.
//
//   response 7: {A, B}   response 8: {C}   response 9: {A}        leader echoes 8  ->  only 9's are told again
//
// A table holds every session heard of since the newest response that the leader is known to have processed: a lost one loses nothing.

import { Deque } from '../support/deque.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { TrackedSession } from './session-tracker.ts'

interface Told {
  readonly counter: number
  readonly sessions: readonly TrackedSession[]
}

const SESSION_BYTES = 8

export class TouchLog {
  /** Heard of since the last table. */
  #heard: TrackedSession[] = []
  /** Tables that the leader may not have processed, oldest first. */
  readonly #told = new Deque<Told>()
  #newest = 0
  #mark = 1

  /** A request came. */
  touch(session: TrackedSession): void {
    if (session.touchMark === this.#mark) return
    session.touchMark = this.#mark
    this.#heard.push(session)
  }

  /** The table that leaves with response `counter`. */
  table(counter: number): Buffer {
    this.#told.push({ counter, sessions: this.#heard })
    this.#newest = counter
    this.#heard = []
    this.#mark += 1
    const states = new Set<SessionState>()
    for (const { sessions } of this.#told) for (const { state } of sessions) states.add(state)
    const table = Buffer.allocUnsafe(states.size * SESSION_BYTES)
    let at = 0
    for (const { hi, lo } of states) {
      table.writeUInt32BE(hi, at)
      table.writeUInt32BE(lo, at + 4)
      at += SESSION_BYTES
    }
    return table
  }

  /** The leader has processed response `counter` and all before. One that was never sent in this life says nothing. */
  processed(counter: number): void {
    if (counter > this.#newest) return
    for (let first = this.#told.peek(); first !== undefined && first.counter <= counter; first = this.#told.peek()) this.#told.shift()
  }
}

/** Calls `visit` with each session of a table; false if the bytes are none. */
export function readTouches(table: Buffer, visit: (hi: number, lo: number) => void): boolean {
  if (table.length % SESSION_BYTES !== 0) return false
  for (let at = 0; at < table.length; at += SESSION_BYTES) visit(table.readUInt32BE(at), table.readUInt32BE(at + 4))
  return true
}
