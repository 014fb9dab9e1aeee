// Every combination of facts that an opening can find matches exactly one row of the tables that decide, also those that should never come up.
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  DIRECTORY_DIMENSIONS,
  DIRECTORY_TABLE,
  type Dimensions,
  type DirectoryFacts,
  decide,
  matches,
  type Row,
  SEGMENT_DIMENSIONS,
  SEGMENT_TABLE,
  type SegmentFacts,
} from '../../core/storage/recovery-table.ts'

function* combinations<F extends object>(dimensions: Dimensions<F>): Generator<F> {
  const names = Object.keys(dimensions) as (keyof F)[]
  const walk = function* (at: number, facts: Partial<F>): Generator<F> {
    const name = names[at]
    if (name === undefined) yield { ...facts } as F
    else for (const value of dimensions[name]) yield* walk(at + 1, { ...facts, [name]: value })
  }
  yield* walk(0, {})
}

function check<F extends object, V>(table: readonly Row<F, V>[], dimensions: Dimensions<F>): { count: number; used: Set<Row<F, V>> } {
  const used = new Set<Row<F, V>>()
  const wrong: string[] = []
  let count = 0
  for (const facts of combinations(dimensions)) {
    count += 1
    const found = table.filter((row) => matches(row, facts))
    for (const row of found) used.add(row)
    if (found.length !== 1 && wrong.length < 5)
      wrong.push(`${found.length} rows for ${JSON.stringify(facts)}: ${found.map((row) => row.why).join(' | ')}`)
  }
  expect(wrong).toEqual([])
  return { count, used }
}

function markdown<F extends object>(table: readonly Row<F, string>[]): string {
  const rows = table.map(({ when, verdict, why }) => {
    const facts = Object.entries(when).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' or ') : String(value)}`)
    return `| ${facts.join(', ')} | **${verdict}** | ${why} |`
  })
  return ['| facts | verdict | why |', '|---|---|---|', ...rows].join('\n')
}

describe('the recovery tables', () => {
  it('have exactly one row for every combination of what a segment can show, and no row too many', () => {
    const { count, used } = check(SEGMENT_TABLE, SEGMENT_DIMENSIONS)
    expect(count).toBe(7 * 2 * 2 * 2 * 3 * 2 * 3 * 3 * 2 * 2 * 2)
    expect(used.size).toBe(SEGMENT_TABLE.length)
  })

  it('have exactly one row for every combination of what a directory can show, and no row too many', () => {
    const { count, used } = check(DIRECTORY_TABLE, DIRECTORY_DIMENSIONS)
    expect(count).toBe(4 * 3 * 4 * 3 * 2 * 2 * 3 * 3)
    expect(used.size).toBe(DIRECTORY_TABLE.length)
  })

  it('never cut what has a follower, what a snapshot covers, or what was written in full', () => {
    for (const facts of combinations<SegmentFacts>(SEGMENT_DIMENSIONS)) {
      const { verdict } = decide(SEGMENT_TABLE, facts)
      if (verdict !== 'cut' && verdict !== 'cut-first') continue
      const where = JSON.stringify(facts)
      expect(facts.follower, where).not.toBe('written')
      if (facts.segment === 'whole') {
        expect(facts.sectors, where).toBe('some-empty')
        if (facts.stop === 'readable') expect(facts.snapshot, where).toBe('before-it')
      }
      expect(facts.order === 'first' && facts.read === 'nothing' && facts.segment !== 'headless', where).toBe(false)
    }
  })

  it('never serve from a log that is damaged, lost, or that ends before a snapshot which was not being installed', () => {
    for (const facts of combinations<DirectoryFacts>(DIRECTORY_DIMENSIONS)) {
      const { verdict } = decide(DIRECTORY_TABLE, facts)
      if (verdict === 'damage' || verdict === 'blank') continue
      const where = JSON.stringify(facts)
      expect(facts.log, where).toBe('whole')
      expect(facts.hardState, where).toBe('readable')
      if (facts.snapshots !== 'none' && facts.install !== 'of-newest') expect(facts.reach, where).toBe('newest')
      expect(facts.begin, where).toBe('joins')
    }
  })

  const fitting: DirectoryFacts = {
    log: 'whole',
    hardState: 'readable',
    snapshots: 'newest-whole',
    reach: 'newest',
    begin: 'joins',
    term: 'agrees',
    age: 'hard-state-newer',
    install: 'none',
  }

  it.each<[string, Partial<DirectoryFacts>, string]>([
    ['snapshot newer than the log’s end', { reach: 'neither' }, 'damage'],
    ['snapshot newer than the log’s end, being installed', { reach: 'neither', install: 'of-newest' }, 'finish-install'],
    ['damaged snapshot newer than the log’s end', { snapshots: 'older-whole', reach: 'used' }, 'damage'],
    [
      'damaged snapshot newer than the log’s end, being installed',
      { snapshots: 'older-whole', reach: 'used', install: 'of-newest' },
      'use',
    ],
    ['snapshot newer than the hard state’s commit index', { age: 'commit-older' }, 'use'],
    ['snapshot newer than the hard state’s term', { age: 'term-older' }, 'use-raise-term'],
    ['log that does not reach back to the snapshot', { begin: 'gap' }, 'damage'],
    ['snapshot of another term than the log’s entry', { term: 'conflicts' }, 'damage'],
    ['no hard state', { hardState: 'none' }, 'damage'],
  ])('have a row for: %s', (_name, facts, verdict) => {
    expect(decide(DIRECTORY_TABLE, { ...fitting, ...facts }).verdict).toBe(verdict)
  })

  it('stand in docs/internals/storage.md as they are (UPDATE_DOCS=1 writes them there)', () => {
    const page = new URL('../../docs/internals/storage.md', import.meta.url)
    const text = readFileSync(page, 'utf8')
    const tables = { SEGMENT_TABLE: markdown(SEGMENT_TABLE), DIRECTORY_TABLE: markdown(DIRECTORY_TABLE) }
    let expected = text
    for (const [name, table] of Object.entries(tables)) {
      const [before, , after] = expected.split(`<!-- ${name} -->\n`)
      expected = `${before}<!-- ${name} -->\n\n${table}\n\n<!-- ${name} -->\n${after}`
    }
    const { UPDATE_DOCS } = process.env
    if (UPDATE_DOCS === '1') writeFileSync(page, expected)
    expect(readFileSync(page, 'utf8') === expected, 'the tables in docs/internals/storage.md are out of date').toBe(true)
  })

  it('are what decides: nothing else in the room says that something is torn or damaged', () => {
    const source = (name: string): string => readFileSync(new URL(`../../core/storage/${name}`, import.meta.url), 'utf8')
    expect(source('log-recovery.ts')).toContain('decide(SEGMENT_TABLE')
    expect(source('directory-survey.ts')).toContain('decide(DIRECTORY_TABLE')
  })
})
