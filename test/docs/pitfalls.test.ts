// docs/internals/pitfalls.md: the tables of pitfalls and the tests that cover them are made from the titles of the tests. UPDATE_DOCS=1 rewrites them.

import { describe, expect, it } from 'vitest'
import { AREAS, type Area, idsOf, PITFALLS } from '../recipes/pitfalls/all.ts'
import type { Pitfall } from '../recipes/pitfalls/pitfall.ts'
import { expectGenerated } from './generated.ts'
import { type Titled, testTitles } from './titles.ts'

/** Ids at the beginning of a title; those of other lists (MW, CF) may stand among them. */
const IDS = /^(?:[A-Z]{1,2}-\d{2}b?(?:, )?)+(?=: )/

const tests = testTitles()

function idsIn(title: string): string[] {
  return IDS.exec(title)?.[0].split(', ') ?? []
}

function testsOf({ id, titles = [] }: Pitfall): Titled[] {
  return tests.filter(({ title }) => idsIn(title).includes(id) || titles.includes(title))
}

function row(pitfall: Pitfall): string {
  const proofs = testsOf(pitfall).map(({ file, title }) => {
    const words = title.replace(IDS, '').replace(/^: /, '').replaceAll('|', '\\|')
    return `\`${file}\`: ${words}`
  })
  return `| ${pitfall.id} | ${pitfall.text} | ${[...proofs, ...(pitfall.impossible === undefined ? [] : [pitfall.impossible])].join('<br>')} |`
}

function table(area: Area): string {
  const rows = PITFALLS.filter(({ id }) => id.startsWith(`${area.letters}-`)).map(row)
  return `## ${area.title}\n\n| id | pitfall | tests |\n|---|---|---|\n${rows.join('\n')}`
}

describe('the pitfalls of recipes', () => {
  it('are all listed, each once', () => {
    expect(PITFALLS.map(({ id }) => id).sort()).toEqual(AREAS.flatMap(idsOf).sort())
  })

  it('each has a test, or a reason why none is possible', () => {
    expect(PITFALLS.filter((one) => one.impossible === undefined && testsOf(one).length === 0).map(({ id }) => id)).toEqual([])
  })

  it('each test that is named exists', () => {
    const all = new Set(tests.map(({ title }) => title))
    expect(PITFALLS.flatMap(({ titles = [] }) => titles).filter((title) => !all.has(title))).toEqual([])
  })

  it('no title names one that is not listed', () => {
    const known = new Set(AREAS.flatMap(idsOf))
    const ours = new Set(AREAS.map(({ letters }) => letters))
    const named = tests.filter(({ file }) => file.startsWith('recipes/')).flatMap(({ title }) => idsIn(title))
    expect(named.filter((id) => ours.has(id.split('-')[0] ?? '') && !known.has(id))).toEqual([])
  })

  it('the page is what the titles say', async () => {
    await expectGenerated('internals/pitfalls.md', 'pitfalls', AREAS.map(table).join('\n\n'))
  })
})
