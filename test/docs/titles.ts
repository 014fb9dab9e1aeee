// The titles of all tests, read from their source: what a test is called by which a document speaks of it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/** `it('...', `, `describe.runIf(OWN)('...', `, and `](\n  '...', ` behind a table of cases. */
const CALL = /(?:^\s*(?:it|test|describe)(?:\.\w+)*(?:\(\w+\))?|^\s*(?:it|test|describe)\.each\([^\n]*|^\s*\][^\n]*)\(\s*(['"`])(.+?)\1,/gm
/** `const title = '...'` before a loop's test, `name: '...'` or `NAME = tasks('...', ` of a scenario. */
const NAMED = /^\s*(?:(?:const title = |name: )(['"`])(.+?)\1,?$|const [A-Z]+ = \w+\(\s*'(.+?)',)/gm

export interface Titled {
  /** Below test/. */
  readonly file: string
  /** As it stands in the source, with the names of variables in it. */
  readonly title: string
}

export function testTitles(): Titled[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => {
      const text = readFileSync(path, 'utf8')
      const titles = [...text.matchAll(CALL), ...text.matchAll(NAMED)].map((match) => match[2] ?? match[3] ?? '')
      return titles.map((title) => ({ file: path.slice(root.length), title }))
    })
}
