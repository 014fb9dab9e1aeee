// The digest: the same however the bytes are cut, another for nearly everything else.
import { expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { Digest64 } from '../../core/tree/digest64.ts'

const random = new SeededRandom(3)
const sample = Buffer.from(Array.from({ length: 300 }, () => random.below(256)))

test('does not depend on how the bytes are cut', () => {
  const whole = new Digest64().update(sample).hex()
  expect(whole).toMatch(/^[0-9a-f]{16}$/)
  for (let cut = 0; cut <= sample.length; cut++) {
    expect(new Digest64().update(sample.subarray(0, cut)).update(sample.subarray(cut)).hex()).toBe(whole)
  }
})

test('differs in both halves after any flipped bit, swapped bytes, added zeros', () => {
  const seen = new Set([new Digest64().update(sample).hex()])
  const halves = new Set([...seen].flatMap((hex) => [`a${hex.slice(0, 8)}`, `b${hex.slice(8)}`]))
  const differ = (bytes: Buffer) => {
    const hex = new Digest64().update(bytes).hex()
    seen.add(hex)
    halves.add(`a${hex.slice(0, 8)}`)
    halves.add(`b${hex.slice(8)}`)
  }
  let variants = 1
  for (let bit = 0; bit < sample.length * 8; bit++) {
    const bent = Buffer.from(sample)
    bent[bit >> 3] = (bent[bit >> 3] as number) ^ (1 << (bit & 7))
    differ(bent)
    variants++
  }
  for (let zeros = 0; zeros < 50; zeros++) {
    differ(Buffer.alloc(zeros))
    variants++
  }
  expect(seen.size).toBe(variants)
  expect(halves.size).toBe(2 * variants)
})

test('keeps its values, which snapshots hold', () => {
  expect(new Digest64().hex()).toBe('0de5c6a9ec691197')
  expect(new Digest64().update(Buffer.from('zoarium')).hex()).toBe('99d687665b7dbe0e')
})
