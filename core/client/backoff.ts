// client: how long to wait before the next attempt: decorrelated jitter, so that clients that lost one server do not come back in step.
//
//   0, then random between base and three times the delay before, at most the cap

import type { Random } from '../support/random.ts'

const BASE_MS = 50
const CAP_MS = 5_000

export class Backoff {
  readonly #random: Random
  #previousMs = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** The delay before the next attempt. The first one after a {@link reset} is 0. */
  nextMs(): number {
    if (this.#previousMs === 0) {
      this.#previousMs = BASE_MS
      return 0
    }
    const upper = Math.max(BASE_MS + 1, this.#previousMs * 3)
    this.#previousMs = Math.min(CAP_MS, BASE_MS + this.#random.next() * (upper - BASE_MS))
    return this.#previousMs
  }

  /** An attempt was a lasting success. */
  reset(): void {
    this.#previousMs = 0
  }
}
