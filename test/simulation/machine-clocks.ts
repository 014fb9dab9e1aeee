// The clocks of one simulated machine, which are not those of the world: the monotonic one begins anywhere and runs a little faster or slower, the wall
// clock is set now and then.

import type { SeededRandom } from '../../core/support/random.ts'
import type { Scheduler } from './scheduler.ts'

export class MachineClocks {
  readonly #scheduler: Scheduler
  readonly #monotonicOffsetMs: number
  readonly #rate: number
  #wallOffsetMs: number

  /** `driftPpm`: how much faster than the world's the monotonic clock runs, per million. */
  constructor(scheduler: Scheduler, random: SeededRandom, driftPpm: number) {
    this.#scheduler = scheduler
    this.#rate = 1 + driftPpm / 1e6
    this.#monotonicOffsetMs = random.below(1_000_000)
    this.#wallOffsetMs = 1.7e12 + random.below(2000)
  }

  get monotonicMs(): number {
    return this.#scheduler.nowMs * this.#rate + this.#monotonicOffsetMs
  }

  get wallMs(): number {
    return this.#scheduler.nowMs + this.#wallOffsetMs
  }

  /** The wall clock is set. */
  moveWall(ms: number): void {
    this.#wallOffsetMs += ms
  }
}
