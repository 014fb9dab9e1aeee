import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKET_BOUNDS_MS, Distribution, quantileMs } from '../../core/support/distribution.ts'

function of(...durations: number[]): Distribution {
  const distribution = new Distribution()
  for (const ms of durations) distribution.record(ms)
  return distribution
}

describe('a distribution of durations', () => {
  it('knows count, sum, least, greatest and mean', () => {
    const { count, sumMs, minMs, maxMs, averageMs } = of(3, 1, 8)
    expect({ count, sumMs, minMs, maxMs, averageMs }).toEqual({ count: 3, sumMs: 12, minMs: 1, maxMs: 8, averageMs: 4 })
  })

  it('of nothing is zero everywhere', () => {
    const { count, sumMs, minMs, maxMs, averageMs, buckets } = of()
    expect({ count, sumMs, minMs, maxMs, averageMs }).toEqual({ count: 0, sumMs: 0, minMs: 0, maxMs: 0, averageMs: 0 })
    expect(quantileMs(buckets, 0.5, maxMs)).toBe(0)
  })

  it('puts each duration into the first bucket whose bound it does not exceed', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 40_000, noNaN: true }), (ms) => {
        const found = [...of(ms).buckets].indexOf(1)
        const expected = BUCKET_BOUNDS_MS.findIndex((bound) => ms <= bound)
        expect(found).toBe(expected === -1 ? BUCKET_BOUNDS_MS.length : expected)
      }),
    )
    for (const [i, bound] of BUCKET_BOUNDS_MS.entries()) expect(of(bound).buckets[i]).toBe(1)
    expect(of(1e9).buckets[BUCKET_BOUNDS_MS.length]).toBe(1)
  })

  it('finds a quantile within its bucket', () => {
    const many = of(...Array.from({ length: 99 }, () => 1), 300)
    expect(quantileMs(many.buckets, 0.5, many.maxMs)).toBeGreaterThan(0.5)
    expect(quantileMs(many.buckets, 0.5, many.maxMs)).toBeLessThanOrEqual(1)
    expect(quantileMs(many.buckets, 0.999, many.maxMs)).toBeGreaterThan(256)
    expect(quantileMs(many.buckets, 0.999, many.maxMs)).toBeLessThanOrEqual(300)
    expect(quantileMs(of(50_000).buckets, 0.5, 50_000)).toBe(50_000)
  })
})
