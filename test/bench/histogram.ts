// bench: a latency histogram with a bounded relative error, cheap enough to record every reply.
//
// A value is counted in units of 0.1 us. Units below 2,048 have a bucket each; above, every power of two is cut into 1,024 buckets:
//
//   bucket   0 .. 2047 | 2048 .. 3071 | 3072 .. 4095 | ...
//   units    exact     | steps of 2   | steps of 4   | ...      error at most 1/1,024

const UNITS_PER_US = 10
const SUB_BUCKETS = 1024
const MAX_UNITS = 2 ** 31 - 1
const BUCKETS = 22 * SUB_BUCKETS

/** A histogram on its way between processes: bucket and count pairs of the buckets that are not empty. */
export interface HistogramData {
  readonly buckets: readonly (readonly [bucket: number, count: number])[]
  readonly maxUs: number
}

function bucketOf(units: number): number {
  const shift = Math.max(0, 21 - Math.clz32(units))
  return shift * SUB_BUCKETS + (units >>> shift)
}

/** The largest value, in units, that falls into `bucket`. */
function upperEdge(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / SUB_BUCKETS) - 1)
  const first = (bucket - shift * SUB_BUCKETS) * 2 ** shift
  return first + 2 ** shift - 1
}

export class Histogram {
  readonly #counts = new Float64Array(BUCKETS)
  #count = 0
  #maxUs = 0

  static from(data: HistogramData): Histogram {
    const histogram = new Histogram()
    for (const [bucket, count] of data.buckets) histogram.#add(bucket, count)
    histogram.#maxUs = data.maxUs
    return histogram
  }

  get count(): number {
    return this.#count
  }

  get maxUs(): number {
    return this.#maxUs
  }

  /** Counts one value in microseconds; negative values count as 0, values above 214 s as 214 s. */
  record(us: number): void {
    const units = Math.min(MAX_UNITS, Math.max(0, Math.round(us * UNITS_PER_US)))
    this.#add(bucketOf(units), 1)
    if (us > this.#maxUs) this.#maxUs = us
  }

  /**
   * The value in microseconds that `percent` of the recorded values do not exceed (nearest rank), `NaN` when nothing was recorded.
   */
  percentile(percent: number): number {
    if (this.#count === 0) return Number.NaN
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#count))
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] as number
      if (seen >= rank) return Math.min(this.#maxUs, upperEdge(bucket) / UNITS_PER_US)
    }
    return this.#maxUs
  }

  /** Adds everything that `other` has counted. */
  merge(other: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = other.#counts[bucket] as number
      if (count > 0) this.#add(bucket, count)
    }
    this.#maxUs = Math.max(this.#maxUs, other.#maxUs)
  }

  toData(): HistogramData {
    const buckets: (readonly [number, number])[] = []
    this.#counts.forEach((count, bucket) => {
      if (count > 0) buckets.push([bucket, count])
    })
    return { buckets, maxUs: this.#maxUs }
  }

  #add(bucket: number, count: number): void {
    this.#counts[bucket] = (this.#counts[bucket] as number) + count
    this.#count += count
  }
}

/** The median, `NaN` of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
