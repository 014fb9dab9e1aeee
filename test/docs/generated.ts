// Sections of pages that are made from the code. A test compares; with UPDATE_DOCS=1 it writes instead:
//
//   UPDATE_DOCS=1 npx vitest run --config test/vitest.config.ts test/docs
//
//   <!-- generated: name -->
//   ...
//   <!-- end -->

import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'vitest'

/** Expects that the section `name` of `docs/<page>` is `content`. */
export async function expectGenerated(page: string, name: string, content: string): Promise<void> {
  const file = new URL(`../../docs/${page}`, import.meta.url)
  const text = await readFile(file, 'utf8')
  const section = new RegExp(`(<!-- generated: ${name} -->\n)([\\s\\S]*?)(<!-- end -->)`)
  expect(text, `a section ${name} in ${page}`).toMatch(section)
  const wanted = text.replace(section, (_all, begin: string, _old: string, end: string) => `${begin}\n${content.trim()}\n\n${end}`)
  const { UPDATE_DOCS } = process.env
  if (UPDATE_DOCS === '1' && wanted !== text) await writeFile(file, wanted)
  else expect(text).toBe(wanted)
}
