// consensus: until when this server may promise anything. Rests on send times of its own only; when something is received never counts. PURE.
//
//   follower: response 7 sent at 700 -> leader processes it, and echoes 7 while in contact itself -> contact until 700 + E
//   leader:   round 9 sent at 900 -> acknowledged by a quorum                                     -> contact until 900 + E
//
// Whoever the messages belong to, the promise holds: a new leader is elected after the old one's round was acknowledged, and gives every session
// its whole timeout from then on. So contact outlives a term and never goes back.

import { Deque } from '../support/deque.ts'

/** Numbers of responses that each life of a server has for itself: at ten a second more than a day's, and then other lives' that are long over. */
const NUMBERS_OF_A_LIFE = 2 ** 20
/** Responses remembered without an echo: at ten a second, more than any contact lasts. */
const MAX_REMEMBERED = 1024

/** Which life of its sender a response with this number is of: in one life too long for its numbers, the next ones. */
export function lifeOf(counter: number): number {
  return Math.floor(counter / NUMBERS_OF_A_LIFE)
}

export class Contact {
  #untilMs = Number.NEGATIVE_INFINITY
  #counter: number
  /** Send times of the newest responses, up to `#counter`. */
  readonly #sentMs = new Deque<number>()

  /** `life`: 0 to 2^32 - 1, another one than in this server's former lives: what they have sent may still be echoed. */
  constructor(life: number) {
    this.#counter = life * NUMBERS_OF_A_LIFE
  }

  get untilMs(): number {
    return this.#untilMs
  }

  extend(untilMs: number): void {
    if (untilMs > this.#untilMs) this.#untilMs = untilMs
  }

  /** Numbers a heartbeat response that is sent now. */
  respond(nowMs: number): number {
    this.#counter += 1
    if (this.#sentMs.size === MAX_REMEMBERED) this.#sentMs.shift()
    this.#sentMs.push(nowMs)
    return this.#counter
  }

  /** The leader has processed response `counter`. One that was never sent in this life says nothing. */
  echoed(counter: number, electionMs: number): void {
    if (counter > this.#counter) return
    while (this.#sentMs.size > 0 && this.#counter - this.#sentMs.size < counter) {
      const sent = this.#sentMs.shift()
      if (sent !== undefined) this.extend(sent + electionMs)
    }
  }
}
