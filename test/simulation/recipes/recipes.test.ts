// A few lives of recipes under faults, in a process of their own. Many more: npm run simulate:recipes.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { FAILED_ONCE, FEW } from './seeds.ts'

interface Report {
  readonly seed: number
  readonly entries: number
  readonly fingerprint: number
  readonly failure: string | null
}

const PROGRAM = fileURLToPath(new URL('../../../dist/test/simulation/recipes/few.js', import.meta.url))
const run = promisify(execFile)

async function live(...args: readonly string[]): Promise<Report[]> {
  const { stdout } = await run(process.execPath, [PROGRAM, ...args], { maxBuffer: 1 << 26 })
  return JSON.parse(stdout) as Report[]
}

describe('simulated recipes', () => {
  let reports: Report[] = []
  let again: Report[] = []

  beforeAll(async () => {
    reports = await live()
    again = await live('--again')
  }, 120_000)

  test.each(FEW.map((seed, at) => ({ seed, at })))('seed $seed', ({ at }) => {
    expect(reports[at]?.failure).toBeNull()
    expect(reports[at]?.entries).toBeGreaterThan(10)
  })

  test.each(FAILED_ONCE.map((one, at) => ({ ...one, at })))('seed $seed of $scenario, which failed once: $why', ({ at }) => {
    expect(reports[FEW.length + at]?.failure).toBeNull()
  })

  test('a seed is one life: two processes, one after other lives and one without, are equal to the last event', () => {
    expect(again[0]?.fingerprint).toBe(reports.at(-1)?.fingerprint)
  })
})
