// The order of a walk, and merging names that were sorted in parts.
import { expect, test } from 'vitest'
import { compareTreeOrder, merge, SortedSiblings } from '../../core/tree/tree-order.ts'

test('a node comes before its subtree, its subtree before the next sibling', () => {
  const walk = ['/', '/a', '/a/b', '/a/b/c', '/a/z', '/a!', '/a!/b', '/a-', '/aa', '/b', '/é', '/豈']
  for (const [i, x] of walk.entries()) {
    for (const [j, y] of walk.entries()) expect(Math.sign(compareTreeOrder(x, y)), `${x} ${y}`).toBe(Math.sign(i - j))
  }
})

/** The row of each is what is at its name's end. */
function runsOf(names: readonly string[], size: number): SortedSiblings[] {
  const runs: SortedSiblings[] = []
  const siblings = names.map((name) => ({ name, row: rowOf(name) }))
  for (let i = 0; i < names.length; i += size) runs.push(new SortedSiblings(siblings.slice(i, i + size)))
  return runs
}

function rowOf(name: string): number {
  return Number(/\d*$/.exec(name)?.[0])
}

/** The names in the order in which they come, each with its row. */
function merged(runs: SortedSiblings[]): string[] {
  return [...merge(runs)].map(({ name, row }) => {
    expect(row, name).toBe(rowOf(name))
    return name
  })
}

test.each([0, 1, 99, 100, 101, 200, 5000])('%i names come sorted', (count) => {
  const names: string[] = []
  for (let i = 0; i < count; i++) names.push(`n${(i * 7919) % 100_003}-${i}`)
  expect(merged(runsOf(names, 100))).toEqual([...names].sort())
})

test('names that come in runs of which one ends early', () => {
  const names = [...Array.from({ length: 100 }, (_, i) => `z${String(i).padStart(4, '0')}`), 'a', 'b']
  expect(merged(runsOf(names, 100))).toEqual([...names].sort())
})

test('names beyond ASCII keep their order of code points', () => {
  const names = ['é', 'z', '豈', 'a!', 'ﬀ', 'a', '\u0001']
  expect(merged(runsOf(names, 3))).toEqual([...names].sort())
})

test('a name in several runs comes once', () => {
  expect(merged([...runsOf(['a', 'c', 'b'], 2), ...runsOf(['c', 'b', 'd'], 3), ...runsOf(['a'], 1)])).toEqual(['a', 'b', 'c', 'd'])
})
