// bench: lanes that begin together.

import { expect, it } from 'vitest'
import { Burst } from './burst.ts'

it('begins when the last lane is ready, and again', () => {
  const burst = new Burst(2)
  const begun: string[] = []
  burst.ready(() => begun.push('a'))
  expect(begun).toEqual([])
  burst.ready(() => begun.push('b'))
  expect(begun).toEqual(['a', 'b'])
  burst.ready(() => begun.push('c'))
  expect(begun).toEqual(['a', 'b'])
})

it('does not wait for lanes that have left', () => {
  const burst = new Burst(3)
  const begun: string[] = []
  burst.ready(() => begun.push('a'))
  burst.leave()
  expect(begun).toEqual([])
  burst.leave()
  expect(begun).toEqual(['a'])
})

it('lets lanes leave while it begins', () => {
  const burst = new Burst(2)
  let left = 0
  const leave = (): void => {
    left += 1
    burst.leave()
  }
  burst.ready(leave)
  burst.ready(leave)
  expect(left).toBe(2)
})
