import { describe, expect, it } from 'vitest'
import { KeptPayloads } from '../../core/consensus/kept-payloads.ts'
import { InvariantError } from '../../core/support/assert.ts'
import { SeededRandom } from '../../core/support/random.ts'

function payload(length: number, fill: number): Buffer {
  return Buffer.alloc(length, fill & 0xff)
}

describe('payloads that are kept', () => {
  it('come back as they were, in any order of coming, going and looking', () => {
    const random = new SeededRandom(7)
    const kept = new KeptPayloads()
    const model: Buffer[] = []
    const lengths = [0, 1, 64, 200, 5000, 131_071, 131_072, 300_000]
    for (let step = 0; step < 20_000; step++) {
      if (random.below(100) < 55) {
        const next = payload(lengths[random.below(random.below(20) === 0 ? 8 : 4)] ?? 0, step)
        model.push(next)
        kept.push(next)
      } else if (model.length > 0) expect(kept.shift()).toBe((model.shift() as Buffer).length)
      expect(kept.size).toBe(model.length)
      if (model.length > 0) {
        const at = random.below(model.length)
        expect(kept.at(at).equals(model[at] as Buffer)).toBe(true)
        expect(kept.lengthAt(at)).toBe((model[at] as Buffer).length)
      }
    }
  })

  it('are copies, unless they are large', () => {
    const kept = new KeptPayloads()
    const small = payload(100, 1)
    const large = payload(200_000, 1)
    for (const one of [small, large]) kept.push(one)
    expect([kept.at(0).buffer === small.buffer, kept.at(1).buffer === large.buffer]).toEqual([false, true])
  })

  it('leave what somebody still holds as it was', () => {
    const kept = new KeptPayloads()
    for (const length of [1000, 200_000]) kept.push(payload(length, 1))
    const held = [kept.at(0), kept.at(1)]
    for (let i = 0; i < 2000; i++) {
      kept.push(payload(1000, 2))
      kept.shift()
    }
    expect(held.map((one) => one.equals(payload(one.length, 1)))).toEqual([true, true])
  })

  it('take no more memory once as much goes as comes', () => {
    const kept = new KeptPayloads()
    const one = payload(1000, 1)
    for (let i = 0; i < 3000; i++) kept.push(one)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 100_000; i++) {
      kept.push(one)
      kept.shift()
    }
    // A page after page would be 100 MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20)
  })

  it('take little beside their bytes', () => {
    const kept = new KeptPayloads()
    const one = payload(200, 1)
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 200_000; i++) kept.push(one)
    // An object for each would be 20 MB and more.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 << 20)
    expect(kept.size).toBe(200_000)
  })

  it('are gone after clear, and what comes then is found', () => {
    const kept = new KeptPayloads()
    for (let i = 0; i < 10; i++) kept.push(payload(10, i))
    kept.clear()
    expect(kept.size).toBe(0)
    expect(() => kept.at(0)).toThrow(InvariantError)
    expect(() => kept.shift()).toThrow(InvariantError)
    kept.push(payload(3, 9))
    expect(kept.at(0)).toEqual(payload(3, 9))
    expect(kept.shift()).toBe(3)
  })
})
