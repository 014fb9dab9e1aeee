// The tables that say which test shows what: every file named there exists, and holds the title that is named with it.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = ['docs/internals/protocol-checklist.md', 'docs/internals/cves.md']

interface Named {
  readonly file: string
  readonly title: string | null
}

/** `file` "title"; `file` ... in the last cell of a row. */
function namedIn(page: string): Named[] {
  const rows = readFileSync(root + page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
  const cells = rows.map((row) => row.split(' | ').at(-1) ?? '')
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`(test\/[^`]+)`(?: "([^"]+)")?/g)].map(([, file = '', title = null]) => ({ file, title })),
  )
}

/** Titles in single quotes escape theirs. */
function holds(text: string, title: string): boolean {
  return text.includes(title) || text.includes(title.replaceAll("'", "\\'"))
}

it.each(PAGES)('%s names tests that are there', (page) => {
  const named = namedIn(page)
  expect(named.length).toBeGreaterThan(5)
  const wrong = named.filter(({ file, title }) => {
    if (!existsSync(root + file)) return true
    return title !== null && !holds(readFileSync(root + file, 'utf8'), title)
  })
  expect(wrong).toEqual([])
})

it('every feature of the list has a row, once', () => {
  const numbers = readFileSync(`${root}docs/internals/protocol-checklist.md`, 'utf8').match(/^\| \d+ \|/gm) ?? []
  expect(numbers.map((text) => Number(text.slice(2, -2)))).toEqual(Array.from({ length: 150 }, (_, i) => i + 1))
})

it('a feature that is done names a test', () => {
  const rows = readFileSync(`${root}docs/internals/protocol-checklist.md`, 'utf8')
    .split('\n')
    .filter((line) => /^\| \d+ \|.*\| done/.test(line))
  expect(rows.filter((row) => !row.includes('`test/'))).toEqual([])
})
