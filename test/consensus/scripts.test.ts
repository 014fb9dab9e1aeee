// Runs the scripts in scripts/: each command's trace must be what stands below it. `UPDATE_SCRIPTS=1` writes what came instead; read the difference.
//
//   # prose
//   command arguments
//   ----
//   trace, up to an empty line

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ScriptGroup } from './script-group.ts'

const { UPDATE_SCRIPTS } = process.env
const FOLDER = new URL('./scripts/', import.meta.url)

/** The script with every trace as it came now. */
function replay(text: string): string {
  const group = new ScriptGroup()
  const out: string[] = []
  let inTrace = false
  let afterTrace = false
  for (const line of text.trimEnd().split('\n')) {
    if (line === '') {
      inTrace = false
      afterTrace = false
    }
    if (inTrace) continue
    if (line === '----') {
      inTrace = true
      continue
    }
    if (line !== '' && afterTrace) out.push('')
    afterTrace = false
    out.push(line)
    if (line === '' || line.startsWith('#')) continue
    out.push('----', ...group.run(line))
    afterTrace = true
  }
  return `${out.join('\n')}\n`
}

describe('the scripts', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))

  it('are there', () => {
    expect(files.length).toBeGreaterThan(10)
  })

  it.each(files)('%s', (name) => {
    const file = new URL(name, FOLDER)
    const text = readFileSync(file, 'utf8')
    const now = replay(text)
    if (UPDATE_SCRIPTS === '1') writeFileSync(file, now)
    else expect(now).toBe(text)
  })
})
