// admin: quantiles of what was recorded lately, from counts that go on since the start: the counts of a minute or two ago are taken off.
//
//   asked:        |------ before ------|------ now ------|
//   taken off at  ^ the older of two marks, one to two minutes ago once there were that many

import { type DistributionView, quantileMs } from '../../support/distribution.ts'

const MARK_EVERY_MS = 60_000

export class RecentQuantiles {
  #older: Float64Array | null = null
  #newer: Float64Array | null = null
  #markedMs = Number.NEGATIVE_INFINITY

  /** In milliseconds; 0 when nothing was recorded lately. `nowMs` is a monotonic clock. */
  read(distribution: DistributionView, shares: readonly number[], nowMs: number): number[] {
    const counts = Float64Array.from(distribution.buckets)
    if (nowMs - this.#markedMs >= MARK_EVERY_MS) {
      this.#older = this.#newer
      this.#newer = counts
      this.#markedMs = nowMs
    }
    const before = this.#older
    const recent = before === null ? counts : counts.map((count, i) => count - (before[i] ?? 0))
    return shares.map((share) => quantileMs(recent, share, distribution.maxMs))
  }
}
