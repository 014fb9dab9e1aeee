// The interop table is written by `npm run interop-table`; what is committed must name every suite there is, and show none that fails here.

import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { rowsOf } from '../interop/support/interop-table.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/operations/interop.md', import.meta.url)), 'utf8')
const interop = fileURLToPath(new URL('../interop/', import.meta.url))

/** A folder of test/interop whose tests run on every server. */
function suites(): string[] {
  const files = readdirSync(interop, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  const paired = files.filter(
    (file) => readFileSync(join(interop, file), 'utf8').match(/describe\.each\(((SINGLE_)?SERVERS\)|\[APACHE, ZOARIUM\])/) !== null,
  )
  return [...new Set(paired.map((file) => file.split(sep)[0] ?? ''))].sort()
}

it('the interop table names every suite, and nothing failed on any server', () => {
  const rows = rowsOf(page)
  expect(rows.map(({ suite }) => suite)).toEqual(suites())
  for (const { suite, counts } of rows) {
    const [zookeeperPassed = 0, zookeeperFailed, , passed = 0, failed, , , ensembleFailed] = counts
    expect([suite, zookeeperFailed, failed, ensembleFailed]).toEqual([suite, 0, 0, 0])
    expect(Math.min(zookeeperPassed, passed)).toBeGreaterThan(0)
  }
})

it('the page describes every suite of the table', () => {
  for (const { suite } of rowsOf(page)) expect(page).toMatch(new RegExp(`^\\| ${suite} \\| [a-zA-Z]`, 'm'))
})
