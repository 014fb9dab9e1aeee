// support: how durations are spread: count, sum, least, greatest, and counts in buckets whose bounds double. Recording costs a few additions.
//
//   bucket   0        1        2            ...  17           18
//   ms       <=1/8    <=1/4    <=1/2        ...  <=16,384     more

const BUCKETS = 18
const FIRST_BOUND_MS = 1 / 8
const PER_FIRST_BOUND = 1 / FIRST_BOUND_MS

/** Upper bounds of the buckets but the last, in milliseconds. */
export const BUCKET_BOUNDS_MS: readonly number[] = Object.freeze(Array.from({ length: BUCKETS }, (_, i) => FIRST_BOUND_MS * 2 ** i))

/** How durations are spread, since the start of the server. */
export interface DistributionView {
  readonly count: number
  readonly sumMs: number
  /** 0 when nothing was recorded. */
  readonly minMs: number
  readonly maxMs: number
  /** 0 when nothing was recorded. */
  readonly averageMs: number
  /** How many fell into each of 18 buckets, whose upper bounds double from 1/8 ms to 16,384 ms, then how many were longer. */
  readonly buckets: ArrayLike<number>
}

/** Durations in milliseconds since the start of the server. */
export class Distribution implements DistributionView {
  readonly buckets: Float64Array = new Float64Array(BUCKETS + 1)
  #count = 0
  #sum = 0
  #min = 0
  #max = 0

  record(ms: number): void {
    if (this.#count === 0 || ms < this.#min) this.#min = ms
    if (ms > this.#max) this.#max = ms
    this.#count += 1
    this.#sum += ms
    const bucket = bucketOf(ms)
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1
  }

  get count(): number {
    return this.#count
  }
  get sumMs(): number {
    return this.#sum
  }
  get minMs(): number {
    return this.#min
  }
  get maxMs(): number {
    return this.#max
  }
  get averageMs(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }
}

function bucketOf(ms: number): number {
  if (ms <= FIRST_BOUND_MS) return 0
  // Eighths of a millisecond, rounded up: 2 -> 1, 3 and 4 -> 2, 5 to 8 -> 3, ...
  const eighths = Math.ceil(ms * PER_FIRST_BOUND)
  return eighths > 2 ** (BUCKETS - 1) ? BUCKETS : 32 - Math.clz32(eighths - 1)
}

/**
 * The value below which `share` (0 to 1) of the counted ones lie, between the bounds of its bucket by the straight line; `maxMs` for those above the
 * last bound. 0 when nothing was counted.
 */
export function quantileMs(buckets: ArrayLike<number>, share: number, maxMs: number): number {
  let count = 0
  for (let i = 0; i < buckets.length; i++) count += buckets[i] ?? 0
  if (count === 0) return 0
  const wanted = share * count
  let below = 0
  for (let i = 0; i < BUCKETS; i++) {
    const here = buckets[i] ?? 0
    if (here > 0 && below + here >= wanted) {
      const low = i === 0 ? 0 : (BUCKET_BOUNDS_MS[i - 1] ?? 0)
      const high = BUCKET_BOUNDS_MS[i] ?? 0
      return Math.min(maxMs, low + ((high - low) * (wanted - below)) / here)
    }
    below += here
  }
  return maxMs
}
