// When the overload campaign (`npm run overload`) takes a server for good.

import { describe, expect, it } from 'vitest'
import { Histogram } from '../bench/histogram.ts'
import { boundsFor, shortcomings } from './overload/verdict.ts'

function waits(...ms: readonly number[]): Map<string, Histogram> {
  const histogram = new Histogram()
  for (const each of ms) histogram.record(each * 1000)
  return new Map([['reads', histogram]])
}

describe('the verdict on an overloaded server', () => {
  const bounds = boundsFor(2000)
  const usual = Array.from({ length: 1000 }, () => 20)
  const MIB = 1 << 20

  it('allows what two thousand connections explain', () => {
    expect(shortcomings(bounds, waits(...usual, 9000), new Map(), 500 * MIB)).toEqual([])
    expect(bounds.rssBytes / MIB).toBe(1226)
  })

  it.each([
    ['one wait that is too long', waits(...usual, 11_000), new Map(), 0, 'longest'],
    ['many long waits', waits(...usual, ...Array.from({ length: 20 }, () => 3000)), new Map(), 0, 'p99'],
    ['nothing at all', waits(), new Map(), 0, 'none'],
    ['a failure', waits(...usual), new Map([['lost', 3]]), 0, '3 times: lost'],
    ['memory that grew', waits(...usual), new Map(), 1300 * MIB, '1300 MiB'],
  ])('refuses %s', (_, histograms, failures, rss, text) => {
    expect(shortcomings(bounds, histograms, failures, rss).join()).toContain(text)
  })
})
