// client: when a client on a read-only server asks the next server whether it speaks for the ensemble.
//
// After 100 ms, then twice as long each time up to a minute (as ClientCnxn.pingRwServer), less up to half of it, so that the clients of one
// server do not come in step. What asks is a handshake that refuses read-only servers, not the four-letter word isro: a server may answer
// no such words, and an answer to the handshake is a session already.

import type { Random } from '../support/random.ts'

const FIRST_MS = 100
const LONGEST_MS = 60_000

export class ReadWriteSearch {
  readonly #random: Random
  #pauseMs = FIRST_MS
  #dueMs = Number.POSITIVE_INFINITY

  constructor(random: Random) {
    this.#random = random
  }

  /** When to ask next; Infinity while there is nothing to search for, or an answer is awaited. */
  get dueMs(): number {
    return this.#dueMs
  }

  begin(nowMs: number): void {
    this.#pauseMs = FIRST_MS
    this.again(nowMs)
  }

  /** Nothing was found. */
  again(nowMs: number): void {
    this.#dueMs = nowMs + this.#pauseMs * (1 - this.#random.next() / 2)
    this.#pauseMs = Math.min(LONGEST_MS, this.#pauseMs * 2)
  }

  /** An answer is awaited, or the search is over. */
  rest(): void {
    this.#dueMs = Number.POSITIVE_INFINITY
  }
}
