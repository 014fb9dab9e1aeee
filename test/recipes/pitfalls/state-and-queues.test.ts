// Every pitfall of the table is shown by tests that exist, or the table says why it cannot happen.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { PITFALLS } from './state-and-queues.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

it('every pitfall has tests that exist, or a reason', () => {
  const missing = PITFALLS.flatMap(({ id, tests, note }) => [
    ...(tests.length === 0 && note === undefined ? [`${id}: nothing`] : []),
    ...tests
      .filter(([file, title]) => !new RegExp(`[('\`]${title.replaceAll(/[()]/g, '.')}`).test(readFileSync(root + file, 'utf8')))
      .map(([file, title]) => `${id}: ${file} ${title}`),
  ])
  expect(missing).toEqual([])
  expect(new Set(PITFALLS.map(({ id }) => id)).size).toBe(PITFALLS.length)
})
