// Lists of children: their order, and cursors that stay good while the list changes.
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { ChildLists } from '../../core/tree/child-lists.ts'
import { CHILDREN, FIRST_CHILD, NEXT, NONE, NodeRows, PARENT, PREVIOUS } from '../../core/tree/node-rows.ts'

const { ZOARIUM_TREE_SEED: SEED = '1' } = process.env

class Family {
  readonly rows = new NodeRows()
  readonly lists = new ChildLists(this.rows)
  readonly top = this.born(NONE)

  born(parent: number): number {
    const row = this.rows.take()
    this.rows.set(row, FIRST_CHILD, NONE)
    this.rows.set(row, PARENT, parent)
    if (parent !== NONE) this.lists.append(parent, row)
    return row
  }

  gone(row: number): void {
    this.lists.remove(this.rows.get(row, PARENT), row)
    this.rows.release(row)
  }

  children(parent = this.top): number[] {
    const list: number[] = []
    const first = this.rows.get(parent, FIRST_CHILD)
    for (let row = first; row !== NONE; row = this.rows.get(row, NEXT)) {
      if (row !== first) expect(this.rows.get(row, PREVIOUS)).toBe(list.at(-1))
      list.push(row)
    }
    if (first !== NONE) expect(this.rows.get(first, PREVIOUS)).toBe(list.at(-1))
    expect(this.rows.get(parent, CHILDREN)).toBe(list.length)
    return list
  }
}

test('children come oldest first, whichever of them go', () => {
  for (const gone of [0, 1, 2, 3]) {
    const family = new Family()
    const rows = [0, 1, 2, 3].map(() => family.born(family.top))
    family.gone(rows[gone] as number)
    expect(family.children()).toEqual(rows.filter((_, i) => i !== gone))
    const late = family.born(family.top)
    expect(family.children().at(-1)).toBe(late)
  }
})

test('a list that became empty can be begun again', () => {
  const family = new Family()
  family.gone(family.born(family.top))
  expect(family.children()).toEqual([])
  const row = family.born(family.top)
  expect(family.children()).toEqual([row])
})

test('every row below another is visited, a node before its children', () => {
  const family = new Family()
  const a = family.born(family.top)
  const b = family.born(family.top)
  const a1 = family.born(a)
  const a11 = family.born(a1)
  const a2 = family.born(a)
  const b1 = family.born(b)
  const below = (top: number): number[] => {
    const rows: number[] = []
    family.lists.eachBelow(top, (row) => rows.push(row))
    return rows
  }
  expect(below(family.top)).toEqual([a, a1, a11, a2, b, b1])
  expect(below(a)).toEqual([a1, a11, a2])
  expect(below(a11)).toEqual([])
})

describe('a cursor', () => {
  test('goes on after the child at which it stands has gone, and that after it too', () => {
    const family = new Family()
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map(() => family.born(family.top))
    const cursor = family.lists.open(family.top)
    expect(family.lists.step(cursor)).toBe(a)
    family.gone(b)
    family.gone(c)
    expect(family.lists.step(cursor)).toBe(d)
    expect(family.lists.step(cursor)).toBe(NONE)
    family.lists.close(cursor)
  })

  test('ends although children are born all the time', () => {
    const family = new Family()
    for (let i = 0; i < 10; i++) family.born(family.top)
    const cursor = family.lists.open(family.top)
    let steps = 0
    for (; family.lists.step(cursor) !== NONE; steps++) family.born(family.top)
    expect(steps).toBe(10)
  })

  test('tells every child that stays, exactly once, whatever happens meanwhile', () => {
    const random = new SeededRandom(Number(SEED))
    for (let run = 0; run < 300; run++) {
      const family = new Family()
      const staying = new Set<number>()
      for (let i = random.below(30); i > 0; i--) staying.add(family.born(family.top))
      const cursor = family.lists.open(family.top)
      const told: number[] = []
      for (;;) {
        while (random.below(3) > 0) {
          const rows = family.children()
          const row = rows[random.below(rows.length + 1)]
          if (row === undefined) family.born(family.top)
          else {
            family.gone(row)
            staying.delete(row)
          }
        }
        const row = family.lists.step(cursor)
        if (row === NONE) break
        told.push(row)
      }
      family.lists.close(cursor)
      for (const row of staying) expect(told.filter((one) => one === row).length, `ZOARIUM_TREE_SEED=${SEED}, run ${run}`).toBe(1)
    }
  })
})
