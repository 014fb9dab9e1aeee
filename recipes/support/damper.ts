// recipes: flap damping. What should be rare (reading everything again, standing again, joining again) is done at once the first time, and later and
// later when it becomes necessary again and again: a connection that flaps, or a term that fails at once, must not become a storm of requests.
//
//   loss    loss  loss    loss                       30 s without one          loss
//   0       100   200     400 ... at most 5,000 ms                             0          of each a random half

/** After this long without another one it begins anew. */
const CALM_MS = 30_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** Counts one kind of event, and says how long to wait after it. */
export class Damper {
  readonly #random: () => number
  #times = 0
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** It has happened: milliseconds to wait before the answer to it. */
  pauseMs(nowMs: number = performance.now()): number {
    if (nowMs - this.#lastMs > CALM_MS) this.#times = 0
    this.#lastMs = nowMs
    if (this.#times++ === 0) return 0
    const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#times - 2, 10))
    return full / 2 + (this.#random() * full) / 2
  }
}
