// Lives of simulated ensembles: the first 200 on both cores, in processes of their own. Many more: npm run simulate.

import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { EXPECTED } from './coverage.ts'
import { FAILED_ONCE, RECORDED } from './seeds.ts'
import { live, World } from './world.ts'

const SIMULATE = fileURLToPath(new URL('../../dist/test/simulation/command.js', import.meta.url))
const SEEDS = 200
/** Both cores are shared with other tests. */
const TIMEOUT_MS = 240_000

interface Report {
  readonly entries: number
  readonly failures: readonly { readonly seed: number; readonly failure: string }[]
  readonly seen: Readonly<Record<string, unknown>>
}

async function simulate(seeds: number): Promise<Report> {
  const child = spawn(process.execPath, [SIMULATE, '--seeds', String(seeds), '--workers', '2', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (out === '') throw new Error(`the simulation ended without a report: ${err}`)
  const report = JSON.parse(out) as Report
  // What happened before a seed failed, and how to live it again.
  if (report.failures.length > 0) console.error(err)
  return report
}

describe('simulated ensembles', () => {
  test(
    `the first ${SEEDS} seeds`,
    async () => {
      const { failures, entries, seen } = await simulate(SEEDS)
      expect(failures).toEqual([])
      expect(entries).toBeGreaterThan(100 * SEEDS)
      expect(EXPECTED.filter((what) => seen[what] === undefined)).toEqual([])
    },
    TIMEOUT_MS,
  )

  test.each(FAILED_ONCE.filter(({ seed }) => seed > SEEDS))('seed $seed, which failed once: $why', ({ seed }) => {
    expect(live({ seed, troubleMs: 3000 }).entries).toBeGreaterThan(20)
  })

  // A seed is one life, in every process and on every version of Node. Whoever changes what servers or the simulation do, changes the life: then the new
  // value belongs into seeds.ts. Whoever did not mean to, has found something.
  test('the recorded life is the same here as where it was recorded', () => {
    expect(live(RECORDED).fingerprint).toBe(RECORDED.fingerprint)
  })

  test('a life that goes wrong says so, with what happened before', () => {
    const world = new World({ seed: 2, troubleMs: 1000 })
    world.scheduler.after(500, () => world.judge.fail('enough'))
    expect(() => world.live()).toThrow('enough')
    expect(world.judge.timeline.at(-1)).toContain('enough')
  })
})
