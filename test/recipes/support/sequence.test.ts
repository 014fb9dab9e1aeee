import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSequences, parseSequence } from '../../../recipes/support/sequence.ts'

/** How the server prints its counter: "%010d" of a signed 32-bit number. */
function printed(counter: number): string {
  return counter < 0 ? `-${String(-counter).padStart(9, '0')}` : String(counter).padStart(10, '0')
}

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

describe('sequence numbers', () => {
  it('G-20: reads what the server prints, over the whole signed range', () => {
    fc.assert(fc.property(int32, (counter) => parseSequence(printed(counter)) === counter))
    expect(parseSequence('2147483647')).toBe(2 ** 31 - 1)
    expect(parseSequence('-2147483648')).toBe(-(2 ** 31))
    expect(parseSequence('-000000001')).toBe(-1)
  })

  it.each(['', '1', '000000001', '00000000001', '-00000001', '2147483648', '-2147483649', ' 000000001', '0x00000001', '--00000001'])(
    'G-20: %j is no sequence number',
    (text) => {
      expect(parseSequence(text)).toBeNull()
    },
  )

  it('G-20: orders by creation across both seams of the counter', () => {
    expect(compareSequences(2 ** 31 - 1, -(2 ** 31))).toBeLessThan(0)
    expect(compareSequences(-1, 0)).toBeLessThan(0)
    fc.assert(
      fc.property(int32, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (first, distance) => {
        const later = (first + distance) | 0
        expect(compareSequences(first, later)).toBeLessThan(0)
        expect(compareSequences(later, first)).toBeGreaterThan(0)
        expect(compareSequences(first, first)).toBe(0)
      }),
    )
  })
})
