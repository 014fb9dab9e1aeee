import { describe, expect, it } from 'vitest'
import { countZeroPieces, endOfData, isZero } from '../../core/storage/zeros.ts'
import { SeededRandom } from '../../core/support/random.ts'

describe('looking for zeros', () => {
  it('finds a single byte that is not', () => {
    const bytes = Buffer.alloc(200_000)
    expect(isZero(bytes, 0, bytes.length)).toBe(true)
    for (const at of [0, 1, 65535, 65536, 199_999]) {
      bytes[at] = 1
      expect(isZero(bytes, 0, bytes.length)).toBe(false)
      expect(isZero(bytes, at + 1, bytes.length)).toBe(true)
      expect(isZero(bytes, 0, at)).toBe(true)
      expect(endOfData(bytes, 0)).toBe(at + 1)
      bytes[at] = 0
    }
    expect(endOfData(bytes, 1000)).toBe(1000)
  })

  it('counts pieces by sector, wherever the parts begin', () => {
    const sector = (fill: number): Buffer => Buffer.alloc(512, fill)
    expect(countZeroPieces([Buffer.concat([sector(0), sector(1), sector(0)])], 0, 0)).toBe(2)
    expect(countZeroPieces([Buffer.concat([sector(0), sector(1), sector(0)])], 0, 8)).toBe(2)
    expect(countZeroPieces([Buffer.alloc(100)], 0, 0)).toBe(1)
    expect(countZeroPieces([Buffer.alloc(100), Buffer.alloc(1, 1)], 0, 0)).toBe(0)
    expect(countZeroPieces([Buffer.alloc(512)], 0, 100)).toBe(2)
    expect(countZeroPieces([Buffer.concat([sector(1), sector(0)])], 512, 0)).toBe(1)
    expect(countZeroPieces([], 0, 0)).toBe(0)
  })

  it('counts the same however the bytes are cut into parts', () => {
    const random = new SeededRandom(5)
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.alloc(1 + random.below(5000))
      for (let i = 0; i < random.below(6); i++) bytes[random.below(bytes.length)] = 1
      const parts: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const next = Math.min(bytes.length, at + 1 + random.below(1500))
        parts.push(bytes.subarray(at, next))
        at = next
      }
      const offset = 8 * random.below(200)
      expect(countZeroPieces(parts, 0, offset)).toBe(countZeroPieces([bytes], 0, offset))
    }
  })
})
