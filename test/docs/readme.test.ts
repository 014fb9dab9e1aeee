// What the README claims: its two commands, its first lock, the files it links to.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as zoarium from 'zoarium'
import * as recipes from 'zoarium/recipes'
import { startServer } from 'zoarium/server'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

function block(language: string, index: number): string {
  const found = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter((match) => match[1] === language)[index]
  if (found?.[2] === undefined) throw new Error(`no ${language} block ${index}`)
  return found[2]
}

describe('the README', () => {
  it('starts with a block of exactly two commands, which package.json knows', () => {
    const first = readme.match(/^```(\w*)\n([\s\S]*?)^```/m)
    expect(first?.[2]?.trim().split('\n')).toEqual(['npm ci && npm start', 'npm ci && npm test'])
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    expect(scripts).toHaveProperty('start')
    expect(scripts).toHaveProperty('test')
  })

  it('links to files that exist', () => {
    const missing = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((path) => !path.startsWith('http') && !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })

  it('has a first lock of about ten lines that works', async () => {
    const code = block('ts', 0)
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(11)
    await using server = await startServer()
    const lines: string[] = []
    const body = ts
      .transpile(code.replace(/^import .*$/gm, ''), { target: ts.ScriptTarget.ES2023 })
      .replace("'127.0.0.1:2181'", JSON.stringify(server.connectString))
    const run = new Function(
      'zoarium',
      'recipes',
      'console',
      `const { connect } = zoarium, { Mutex } = recipes\nreturn (async () => {${body}})()`,
    )
    await run(zoarium, recipes, { log: (line: string) => lines.push(stripVTControlCharacters(line)) })
    expect(lines).toEqual([expect.stringMatching(/^mine, with token \d+, lost: false$/)])
  })
})
