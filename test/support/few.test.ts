// support: a set that costs nothing while it is small behaves like a set.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addToFew, type Few, itemsOfFew, removeFromFew, sizeOfFew } from '../../core/support/few.ts'

const ITEMS = Array.from({ length: 4 }, (_, id) => ({ id }))

it('holds what a Set would, in the same order', () => {
  const step = fc.record({ adds: fc.boolean(), item: fc.constantFrom(...ITEMS) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const model = new Set<object>()
      let few: Few<object> = null
      for (const { adds, item } of steps) {
        if (adds) model.add(item)
        else model.delete(item)
        few = adds ? addToFew(few, item) : removeFromFew(few, item)
        expect(itemsOfFew(few)).toEqual([...model])
        expect(sizeOfFew(few)).toBe(model.size)
        expect(few === null).toBe(model.size === 0)
      }
    }),
  )
})

it('holds a lone item as itself', () => {
  const [item = {}] = ITEMS
  expect(addToFew(null, item)).toBe(item)
  expect(addToFew(addToFew(null, item), item)).toBe(item)
})

it('hands out items that stay as they are when it changes', () => {
  const [a = {}, b = {}] = ITEMS
  const few = addToFew(addToFew<object>(null, a), b)
  const items = itemsOfFew(few)
  removeFromFew(few, a)
  expect(items).toEqual([a, b])
})
