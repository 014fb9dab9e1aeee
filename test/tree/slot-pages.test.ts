// Numbers of slots: none twice, the lowest pages filled first, pages that become empty are let go.
import { expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { SlotPages } from '../../core/tree/slot-pages.ts'

const { ZOARIUM_TREE_SEED: SEED = '1' } = process.env

test('slots of a page are told one after the other, then those of the next', () => {
  const slots = new SlotPages(5)
  expect(Array.from({ length: 70 }, () => slots.take())).toEqual(Array.from({ length: 70 }, (_, i) => i))
  expect([slots.count, slots.pageCount]).toEqual([70, 3])
})

test('a slot that came back is told again', () => {
  const slots = new SlotPages(5)
  for (let i = 0; i < 64; i++) slots.take()
  expect(slots.release(7)).toBe(false)
  expect(slots.release(40)).toBe(false)
  expect([slots.take(), slots.take()].sort((a, b) => a - b)).toEqual([7, 40])
  expect(slots.take()).toBe(64)
})

test('the first page that becomes empty is kept, the second goes and its number is used again', () => {
  const slots = new SlotPages(5)
  for (let i = 0; i < 96; i++) slots.take()
  const gone: number[] = []
  for (let i = 0; i < 64; i++) if (slots.release(i)) gone.push(i >>> 5)
  expect(gone).toEqual([1])
  expect(slots.pageCount).toBe(2)
  const told = new Set(Array.from({ length: 64 }, () => slots.take()))
  expect(told.size).toBe(64)
  expect(Math.max(...told)).toBeLessThan(96)
  expect(slots.pageCount).toBe(3)
})

test('a slot cannot come back twice, nor one that was never told', () => {
  const slots = new SlotPages(5)
  const slot = slots.take()
  slots.release(slot)
  expect(() => slots.release(slot)).toThrow('was taken')
  expect(() => slots.release(99)).toThrow('was taken')
})

test('any order of coming and going: no slot is told twice, no page stays without need', () => {
  const random = new SeededRandom(Number(SEED))
  const slots = new SlotPages(6)
  const held: number[] = []
  const holds = new Set<number>()
  const pages = new Set<number>()
  for (let step = 0; step < 50_000; step++) {
    // Waves: mostly growing, then mostly shrinking.
    const grows = random.next() < (Math.floor(step / 5000) % 2 === 0 ? 0.7 : 0.3)
    if (grows || held.length === 0) {
      const slot = slots.take()
      expect(holds.has(slot), `ZOARIUM_TREE_SEED=${SEED}, step ${step}`).toBe(false)
      holds.add(slot)
      held.push(slot)
      pages.add(slot >>> 6)
    } else {
      const at = random.below(held.length)
      const slot = held[at] as number
      held[at] = held.at(-1) as number
      held.pop()
      holds.delete(slot)
      if (slots.release(slot)) pages.delete(slot >>> 6)
    }
  }
  expect(slots.count).toBe(held.length)
  expect(slots.pageCount).toBe(pages.size)
  const used = new Set(held.map((slot) => slot >>> 6))
  expect(slots.pageCount - used.size).toBeLessThanOrEqual(1)
})
