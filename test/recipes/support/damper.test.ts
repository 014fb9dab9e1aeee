import { describe, expect, it } from 'vitest'
import { Damper } from '../../../recipes/support/damper.ts'

/** Pauses after events at these times, for the largest random number. */
function pauses(timesMs: readonly number[], random: () => number = () => 1): number[] {
  const damper = new Damper(random)
  return timesMs.map((atMs) => damper.pauseMs(atMs))
}

describe('damping', () => {
  it('G-30, E-02: nothing for the first, more and more for each that follows, up to a bound', () => {
    expect(pauses([0, 1, 2, 3, 4, 5, 6, 7, 8])).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
    expect(pauses(Array.from({ length: 100 }, (_, i) => i)).at(-1)).toBe(5_000)
  })

  it('begins anew after a calm of more than 30 s, also when the flapping itself took long', () => {
    expect(pauses([0, 29_000, 58_000, 88_001, 88_002])).toEqual([0, 100, 200, 0, 100])
  })

  it('is spread: half of each pause is random', () => {
    expect(pauses([0, 1, 2], () => 0)).toEqual([0, 50, 100])
    expect(pauses([0, 1, 2], () => 0.5)).toEqual([0, 75, 150])
  })
})
