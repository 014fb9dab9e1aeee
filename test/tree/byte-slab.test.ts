// Values of every length go in and come out as they were, in place of others and beside them.
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { ByteSlab } from '../../core/tree/byte-slab.ts'
import { Writer } from '../../core/wire/writer.ts'

const { ZOARIUM_TREE_SEED: SEED = '1' } = process.env
/** Around the ends of size classes and of what lies in pages. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100, 127, 128, 129, 144, 145, 256, 257, 512, 513, 1000, 1023, 1024, 1025, 5000]

function filled(length: number, seed = length): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff))
}

function written(slab: ByteSlab, slot: number, length: number): Buffer {
  const w = new Writer()
  w.int32(-1)
  slab.writeTo(w, slot, length)
  w.int32(-1)
  const bytes = w.copy()
  expect([bytes.readInt32BE(0), bytes.readInt32BE(bytes.length - 4)]).toEqual([-1, -1])
  return bytes.subarray(4, -4)
}

function viewOf(bytes: Buffer): DataView {
  const roomy = Buffer.concat([Buffer.from('..'), bytes, Buffer.from('????')])
  return new DataView(roomy.buffer, roomy.byteOffset, roomy.length)
}

test.each(LENGTHS)('a value of %d bytes, as bytes, as a string and as words of a larger buffer', (length) => {
  const slab = new ByteSlab()
  const value = filled(length)
  const slots = [slab.store(value), slab.store(value.toString('latin1')), slab.storeWords(viewOf(value), 2, 2 + length)]
  expect(new Set(slots).size).toBe(3)
  for (const slot of slots) {
    expect(slab.buffer(slot, length).equals(value)).toBe(true)
    expect(written(slab, slot, length).equals(value)).toBe(true)
    const kept = slab.value(slot, length)
    expect(typeof kept === 'string' ? kept : kept.toString('latin1')).toBe(value.toString('latin1'))
    expect(slab.equals(slot, length, viewOf(value), 2)).toBe(true)
    for (const at of [0, length >>> 1, length - 1]) {
      const other = Buffer.from(value)
      other[at] = (other[at] as number) ^ 1
      expect(slab.equals(slot, length, viewOf(other), 2), `byte ${at}`).toBe(false)
    }
  }
})

test('what is kept does not follow the buffer it came from, nor what is given out', () => {
  const slab = new ByteSlab()
  for (const length of [10, 2000]) {
    const value = filled(length)
    const slot = slab.store(value)
    value.fill(0)
    expect(slab.buffer(slot, length).equals(filled(length))).toBe(true)
  }
  const slot = slab.store(filled(10))
  slab.buffer(slot, 10).fill(0)
  expect(slab.buffer(slot, 10).equals(filled(10))).toBe(true)
})

describe('replace', () => {
  test.each([
    { from: 97, to: 104, same: true },
    { from: 104, to: 97, same: true },
    { from: 96, to: 97, same: false },
    { from: 1024, to: 1025, same: false },
  ])('$from bytes by $to: in the same slot? $same', ({ from, to, same }) => {
    const slab = new ByteSlab()
    const neighbours = [slab.store(filled(from, 1)), slab.store(filled(from, 2)), slab.store(filled(from, 3))]
    const before = neighbours[1] as number
    const after = slab.replace(before, from, filled(to, 4))
    if (same) expect(after).toBe(before)
    expect(slab.buffer(after, to).equals(filled(to, 4))).toBe(true)
    expect(slab.buffer(neighbours[0] as number, from).equals(filled(from, 1))).toBe(true)
    expect(slab.buffer(neighbours[2] as number, from).equals(filled(from, 3))).toBe(true)
    // A slot that was left is free.
    if (!same && from <= 1024) expect(slab.store(filled(from, 5))).toBe(before)
  })

  test('a long value that somebody holds stays as it was', () => {
    const slab = new ByteSlab()
    const slot = slab.store(filled(2000, 1))
    const held = slab.buffer(slot, 2000)
    slab.replace(slot, 2000, filled(2000, 2))
    expect(held.equals(filled(2000, 1))).toBe(true)
  })
})

test('the empty value takes no slot', () => {
  const slab = new ByteSlab()
  slab.release(slab.store(''), 0)
  expect(slab.buffer(slab.replace(slab.replace(0, 0, filled(3)), 3, ''), 0).length).toBe(0)
})

test('a value cannot be given back twice', () => {
  const slab = new ByteSlab()
  for (const length of [5, 2000]) {
    const slot = slab.store(filled(length))
    slab.release(slot, length)
    expect(() => slab.release(slot, length)).toThrow('given back')
  }
})

test('many values of all lengths that come, change and go stay what they are', () => {
  const random = new SeededRandom(Number(SEED))
  const slab = new ByteSlab()
  const held: { slot: number; value: Buffer }[] = []
  const value = (): Buffer => filled(random.below(random.below(20) === 0 ? 3000 : 300), random.below(256))
  for (let step = 0; step < 20_000; step++) {
    const at = random.below(held.length + 1)
    const one = held[at]
    const turn = random.below(9)
    if (one === undefined || turn < 3) {
      const fresh = value()
      held.push({ slot: slab.store(fresh), value: fresh })
    } else if (turn < 5) {
      const fresh = value()
      one.slot = slab.replace(one.slot, one.value.length, fresh)
      one.value = fresh
    } else if (held.length > 500 || turn < 7) {
      slab.release(one.slot, one.value.length)
      held[at] = held.at(-1) as { slot: number; value: Buffer }
      held.pop()
    }
  }
  for (const { slot, value } of held) {
    if (value.length > 0) expect(slab.buffer(slot, value.length).equals(value), `ZOARIUM_TREE_SEED=${SEED}`).toBe(true)
  }
})
