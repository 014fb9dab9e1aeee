// The interop table is written by `npm run interop-table`; what is committed must name every suite there is, and show none that fails here.

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { rowsOf } from '../interop/support/interop-table.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/operations/interop.md', import.meta.url)), 'utf8')
const interop = fileURLToPath(new URL('../interop/', import.meta.url))
/** `support` is none, and `import` has no peer to stand beside. */
const NO_SUITES = ['import', 'support']

it('the interop table names every suite, and nothing failed on either server', () => {
  const folders = readdirSync(interop, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const suites = folders.map(({ name }) => name).filter((name) => !NO_SUITES.includes(name) && !name.startsWith('__'))
  const rows = rowsOf(page)
  expect(rows.map(({ suite }) => suite)).toEqual(suites.sort())
  for (const { suite, counts } of rows) {
    const [zookeeperPassed = 0, zookeeperFailed, , passed = 0, failed] = counts
    expect([suite, zookeeperFailed, failed]).toEqual([suite, 0, 0])
    expect(Math.min(zookeeperPassed, passed)).toBeGreaterThan(0)
  }
})

it('the page describes every suite of the table', () => {
  for (const { suite } of rowsOf(page)) expect(page).toMatch(new RegExp(`^\\| ${suite} \\| [a-zA-Z]`, 'm'))
})
