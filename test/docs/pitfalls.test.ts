// docs/internals/pitfalls.md: the table of pitfalls and the tests that cover them is made from the titles of the tests. UPDATE_DOCS=1 rewrites it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { PITFALLS } from '../recipes/pitfalls/all.ts'
import type { Pitfall } from '../recipes/pitfalls/pitfall.ts'
import { expectGenerated } from './generated.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const TITLE = /^\s*(?:it|test|describe)(?:\.\w+)*\(\s*(['"`])(.+?)\1,/gm
const NAMED = /^name: '(.+)',$/
const IDS = /^(?:[A-Z]{1,2}-\d{2}(?:, )?)+(?=: )/

interface Titled {
  readonly file: string
  readonly title: string
}

const tests: readonly Titled[] = readdirSync(root, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort()
  .flatMap((path) => {
    const text = readFileSync(path, 'utf8')
    const file = path.slice(root.length)
    const titles = [...text.matchAll(TITLE)].map((match) => match[2] ?? '')
    const named = text.split('\n').flatMap((line) => NAMED.exec(line.trim())?.[1] ?? [])
    return [...titles, ...named].map((title) => ({ file, title }))
  })

function testsOf({ id, titles = [] }: Pitfall): Titled[] {
  return tests.filter(({ title }) => IDS.exec(title)?.[0].split(', ').includes(id) === true || titles.includes(title))
}

function row(pitfall: Pitfall): string {
  const proofs = testsOf(pitfall).map(
    ({ file, title }) => `\`${file}\`: ${title.replace(IDS, '').replace(/^: /, '').replaceAll('|', '\\|')}`,
  )
  return `| ${pitfall.id} | ${pitfall.text} | ${[...proofs, ...(pitfall.impossible === undefined ? [] : [pitfall.impossible])].join('<br>')} |`
}

describe('the pitfalls of recipes', () => {
  it('each has a test, or a reason why none is possible', () => {
    expect(PITFALLS.filter((one) => one.impossible === undefined && testsOf(one).length === 0).map(({ id }) => id)).toEqual([])
  })

  it('each test that is named exists', () => {
    const all = new Set(tests.map(({ title }) => title))
    expect(PITFALLS.flatMap(({ titles = [] }) => titles).filter((title) => !all.has(title))).toEqual([])
  })

  it('are numbered once', () => {
    expect(new Set(PITFALLS.map(({ id }) => id)).size).toBe(PITFALLS.length)
  })

  it('the page is what the titles say', async () => {
    await expectGenerated('internals/pitfalls.md', 'pitfalls', `| id | pitfall | tests |\n|---|---|---|\n${PITFALLS.map(row).join('\n')}`)
  })
})
