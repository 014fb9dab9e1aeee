// The table of the 61 rules names code and tests that exist.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MUTANTS } from './campaign/mutants.ts'

const ROOT = new URL('../../', import.meta.url)
const rows = readFileSync(new URL('docs/internals/consensus-rules.md', ROOT), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => {
    const [number = '', , code = '', test = ''] = line.split('|').slice(1)
    return { number: Number(number), code, test }
  })

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

describe('the table of rules', () => {
  it('has all of them', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1))
  })

  it.each(rows)('rule $number names code and tests that are there', ({ code, test }) => {
    const paths = [...`${code} ${test}`.matchAll(/`((?:core|test)\/[^`]+)`/g)].map(([, path]) => path ?? '')
    expect(paths.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([])
    // A name in brackets stands in the file before it, a title in quotes too.
    for (const [, path = '', names = ''] of code.matchAll(/`(core\/[^`]+)` \(([^)]*)\)/g)) {
      for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) expect(read(path), `${name} in ${path}`).toContain(name)
    }
    for (const [, path = '', title = ''] of test.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)) {
      expect(read(path), `"${title}" in ${path}`).toContain(title)
    }
    const mutants = /mutants? (.*)$/.exec(test)?.[1] ?? ''
    const known = MUTANTS.map(({ name }) => name)
    expect(
      [...mutants.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name).filter((name) => name === undefined || !known.includes(name)),
    ).toEqual([])
  })

  it('names every mutant but those of contact', () => {
    const all = rows.map(({ test }) => test).join(' ')
    const unnamed = MUTANTS.map(({ name }) => name).filter((name) => !all.includes(`\`${name}\``))
    expect(unnamed).toEqual(['keep-vote-of-older-term', 'contact-by-receive-time', 'echo-out-of-contact'])
  })
})
