// consensus: a leader's rounds of heartbeats: when each was sent, and which one a quorum has acknowledged. Contact and reads rest on it. PURE.
//
//   round   4    5    6    7        sent at 400 500 600 700
//                ^confirmed  ^current        a quorum answered 5: it still followed this leader at 500 or later

import { assert } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'

export class Rounds {
  #current = 0
  #confirmed = 0
  #confirmedSentMs = Number.NEGATIVE_INFINITY
  /** Send times of the rounds after the confirmed one. */
  readonly #sentMs = new Deque<number>()

  /** Number of the newest round, 0 before the first. */
  get current(): number {
    return this.#current
  }
  /** The newest round that a quorum acknowledged. */
  get confirmed(): number {
    return this.#confirmed
  }
  /** When that round was sent, -Infinity before the first. */
  get confirmedSentMs(): number {
    return this.#confirmedSentMs
  }

  start(nowMs: number): number {
    this.#current += 1
    this.#sentMs.push(nowMs)
    return this.#current
  }

  /** A quorum has acknowledged every round up to `round`. */
  confirm(round: number): boolean {
    assert(round <= this.#current, 'no round is acknowledged before it begins')
    if (round <= this.#confirmed) return false
    for (; this.#confirmed < round; this.#confirmed++) this.#confirmedSentMs = this.#sentMs.shift() ?? Number.NEGATIVE_INFINITY
    return true
  }
}
