// bench: the histogram keeps its promise of a relative error of 1/1,024, and percentiles are the nearest rank.

import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { Histogram, median } from './histogram.ts'

const HALF_UNIT_US = 0.05
const RELATIVE_ERROR = 1 / 1024

function nearestRank(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? Number.NaN
}

describe('Histogram', () => {
  it.each([1, 2, 3, 4, 5])('agrees with sorting within its error (seed %i)', (seed) => {
    const random = new SeededRandom(seed)
    const histogram = new Histogram()
    // Spread over seven powers of ten: from tenths of a microsecond to seconds.
    const values = Array.from({ length: 20_000 }, () => 10 ** (random.next() * 7 - 1))
    for (const value of values) histogram.record(value)
    values.sort((a, b) => a - b)
    for (const percent of [0.1, 1, 25, 50, 90, 99, 99.9, 100]) {
      const exact = nearestRank(values, percent)
      expect(Math.abs(histogram.percentile(percent) - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR + HALF_UNIT_US + 1e-9)
    }
  })

  it('takes the nearest rank, not a value in between', () => {
    const histogram = new Histogram()
    for (const value of [1, 2, 3, 100]) histogram.record(value)
    expect(histogram.percentile(50)).toBe(2)
    expect(histogram.percentile(75)).toBe(3)
    expect(histogram.percentile(76)).toBe(100)
  })

  it('never reports more than the largest value', () => {
    const histogram = new Histogram()
    histogram.record(123_456.7)
    expect(histogram.percentile(99)).toBe(123_456.7)
    expect(histogram.maxUs).toBe(123_456.7)
  })

  it('counts what is out of range at the edges', () => {
    const histogram = new Histogram()
    histogram.record(-5)
    histogram.record(1e12)
    expect(histogram.count).toBe(2)
    expect(histogram.percentile(50)).toBe(0)
    expect(histogram.percentile(100)).toBeCloseTo((2 ** 31 - 1) / 10)
  })

  it('says that nothing has no percentile', () => {
    expect(new Histogram().percentile(50)).toBeNaN()
  })

  it('is the same after a journey and a merge as recorded in one place', () => {
    const random = new SeededRandom(7)
    const whole = new Histogram()
    const parts = [new Histogram(), new Histogram()]
    for (let i = 0; i < 5000; i++) {
      const value = random.next() * 50_000
      whole.record(value)
      parts[i % 2]?.record(value)
    }
    const merged = new Histogram()
    for (const part of parts) merged.merge(Histogram.from(JSON.parse(JSON.stringify(part.toData()))))
    expect(merged.toData()).toEqual(whole.toData())
    expect(merged.count).toBe(5000)
  })
})

describe('median', () => {
  it('is the middle one, or halfway between the two middle ones', () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
  })
})
