// The table that tells what other people's clients found: rows, and a line for each reason.

import { expect, test } from 'vitest'
import { formatSection, replaceSection, rowsOf } from '../interop/support/interop-table.ts'
import type { Outcome } from '../interop/support/outcomes.ts'
import { SERVERS } from '../interop/support/servers.ts'

const PAGE = 'above\n<!-- written by npm run interop-table -->\nold\n<!-- end -->\nbelow\n'

const passed = (name: string): Outcome => ({ name, outcome: 'passed', detail: '' })
const skipped = (name: string): Outcome => ({ name, outcome: 'skipped', detail: 'needs more.' })
const failed = (name: string): Outcome => ({ name, outcome: 'failed', detail: 'Traceback\nx.py:3: AssertionError' })

test('rows are read as they were written, and each reason is told once', () => {
  const lists = [
    [passed('a'), skipped('b'), skipped('c')],
    [passed('a'), passed('d'), skipped('b'), failed('c')],
    [passed('a'), skipped('b')],
  ]
  const outcomes = new Map(SERVERS.map(([name], i) => [name, lists[i] ?? []]))
  const page = replaceSection(PAGE, formatSection([{ suite: 'suite', outcomes }], '2026-01-01'))
  expect(rowsOf(page)).toEqual([{ suite: 'suite', counts: [1, 0, 2, 2, 1, 1, 1, 0, 1] }])
  expect(page.match(/^- .*$/gm)).toEqual([
    '- suite, all, skipped: needs more: `b`',
    '- suite, Apache ZooKeeper 3.8, skipped: needs more: `c`',
    '- suite, zoarium, failed: x.py:3: AssertionError: `c`',
  ])
  expect(page).toMatch(/^above\n[\s\S]*\nbelow\n$/)
  expect(page).not.toContain('old')
})

test('a page without marks is refused', () => {
  expect(() => replaceSection('nothing', 'section')).toThrow('no section')
})
