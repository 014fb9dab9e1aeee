// The order of a walk, and sorting many names without a long step.
import { expect, test } from 'vitest'
import { compareTreeOrder, inOrder } from '../../core/tree/tree-order.ts'

test('a node comes before its subtree, its subtree before the next sibling', () => {
  const walk = ['/', '/a', '/a/b', '/a/b/c', '/a/z', '/a!', '/a!/b', '/a-', '/aa', '/b', '/é', '/豈']
  for (const [i, x] of walk.entries()) {
    for (const [j, y] of walk.entries()) expect(Math.sign(compareTreeOrder(x, y)), `${x} ${y}`).toBe(Math.sign(i - j))
  }
})

test.each([0, 1, 2047, 2048, 2049, 4096, 5000, 40_000])('%i names come sorted', (count) => {
  const names: string[] = []
  for (let i = 0; i < count; i++) names.push(`n${(i * 7919) % 100_003}-${i}`)
  const sorted = [...inOrder(names)].filter((name) => name !== null)
  expect(sorted).toEqual([...names].sort())
})

test('names that come in runs of which one ends early', () => {
  const names = [...Array.from({ length: 2048 }, (_, i) => `z${String(i).padStart(4, '0')}`), 'a', 'b']
  expect([...inOrder(names)].filter((name) => name !== null)).toEqual([...names].sort())
})

test('sorting gives way after each run', () => {
  const steps = [...inOrder(Array.from({ length: 6000 }, (_, i) => `n${i}`))]
  expect(steps.filter((step) => step === null).length).toBe(3)
})
