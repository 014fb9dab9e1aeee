// client: a client on a read-only server asks the other servers, one after the other, whether they speak for the ensemble.
//
//   resting --begin--> waiting --due--> asking: a second connection, the candidate, shakes hands --refused--> waiting, twice as long
//      ^                                   '--answered--> taken by the keeper --'
//
// 100 ms at first, then twice as long each time up to a minute (as ClientCnxn.pingRwServer), less up to half of it, so that the clients of
// one server do not come in step. What asks is a handshake that refuses read-only servers, not the four-letter word isro: a server may
// answer no such words, and an answer to the handshake is a session already.

import type { Random } from '../support/random.ts'
import type { Connection } from './connection.ts'

const FIRST_MS = 100
const LONGEST_MS = 60_000

/** What the search needs of a connection. */
export type Candidate = Pick<Connection, 'tick' | 'nextTickMs' | 'destroy'>

export class ReadWriteSearch {
  readonly #random: Random
  readonly #ask: (nowMs: number) => Candidate
  #pauseMs = FIRST_MS
  #dueMs = Number.POSITIVE_INFINITY
  #candidate: Candidate | null = null

  /** `ask` dials the next server. */
  constructor(random: Random, ask: (nowMs: number) => Candidate) {
    this.#random = random
    this.#ask = ask
  }

  begin(nowMs: number): void {
    this.#pauseMs = FIRST_MS
    this.#again(nowMs)
  }

  /** When {@link tick} has something to do next; Infinity while nothing is searched for. */
  get nextTickMs(): number {
    return this.#candidate?.nextTickMs() ?? this.#dueMs
  }

  tick(nowMs: number): void {
    if (this.#candidate !== null) this.#candidate.tick(nowMs)
    else if (nowMs >= this.#dueMs) this.#candidate = this.#ask(nowMs)
  }

  isCandidate(connection: Candidate): boolean {
    return connection === this.#candidate
  }

  /** The candidate's connection is over: it was none. */
  failed(nowMs: number): void {
    this.#candidate = null
    this.#again(nowMs)
  }

  /** The candidate has the ensemble: it is the keeper's now. */
  found(): void {
    this.#candidate = null
    this.#dueMs = Number.POSITIVE_INFINITY
  }

  /** Nothing is to be found any more. */
  end(cause: Error): void {
    const candidate = this.#candidate
    this.found()
    candidate?.destroy(cause)
  }

  #again(nowMs: number): void {
    this.#dueMs = nowMs + this.#pauseMs * (1 - this.#random.next() / 2)
    this.#pauseMs = Math.min(LONGEST_MS, this.#pauseMs * 2)
  }
}
