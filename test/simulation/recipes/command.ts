// npm run simulate:recipes -- [--seeds N] [--from SEED] [--only SCENARIO] [--trouble-ms MS] [--workers N] [--failures N] [--json]: lives of recipes under faults.
// A seed that fails is shown with its timeline and the command that lives it again. The digest is the same on every machine, with any number of workers.

import { availableParallelism } from 'node:os'
import { crc32 } from 'node:zlib'
import { count, numberOf, optionsOf, Progress, table } from '../../storage/campaign/command-line.ts'
import { type LifeReport, liveAll } from './lives.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'
import { realNow } from './virtual-node.ts'

const USAGE =
  'npm run simulate:recipes -- [--seeds N] [--from SEED] [--only SCENARIO] [--trouble-ms MS] [--workers N] [--failures N] [--json]'
const TROUBLE_MS = 3000

interface Totals {
  seeds: number
  entries: number
  readonly failures: { readonly seed: number; readonly scenario: ScenarioName; readonly failure: string }[]
  readonly seen: Record<string, number>
  readonly lives: Record<string, number>
  readonly fingerprints: [seed: number, fingerprint: number][]
}

interface Given {
  readonly scenario: ScenarioName | null
  readonly troubleMs: number
}

function add(totals: Totals, { seed, scenario, entries, seen, fingerprint, failure }: LifeReport): void {
  totals.seeds += 1
  totals.entries += entries
  totals.fingerprints.push([seed, fingerprint])
  totals.lives[scenario] = (totals.lives[scenario] ?? 0) + 1
  if (failure !== null) totals.failures.push({ seed, scenario, failure })
  for (const [what, times] of Object.entries(seen)) totals.seen[what] = (totals.seen[what] ?? 0) + times
}

function showFailure({ seed, scenario, failure, timeline }: LifeReport, given: Given): void {
  const colours = process.stderr.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''
  const head = colours ? `\x1b[31mseed ${seed}, ${scenario}\x1b[0m` : `seed ${seed}, ${scenario}`
  const trouble = given.troubleMs === TROUBLE_MS ? '' : ` --trouble-ms ${given.troubleMs}`
  const only = given.scenario === null ? '' : ` --only ${given.scenario}`
  console.error(
    `${timeline.join('\n')}\n${head}: ${failure}\nagain: npm run simulate:recipes -- --seeds 1 --from ${seed}${only}${trouble}\n`,
  )
}

/** Over all lives, in the order of their seeds. */
function digestOf(fingerprints: Totals['fingerprints']): string {
  const sorted = [...fingerprints].sort(([a], [b]) => a - b)
  return (crc32(sorted.map(([seed, fingerprint]) => `${seed}:${fingerprint}`).join()) >>> 0).toString(16).padStart(8, '0')
}

function scenarioOf(name: string): ScenarioName | null {
  if (name === '') return null
  if (name in SCENARIOS) return name as ScenarioName
  throw new Error(`--only wants one of ${Object.keys(SCENARIOS).join(', ')}, got "${name}"`)
}

async function main(): Promise<void> {
  const workers = String(availableParallelism())
  const given = optionsOf(
    { seeds: '100', from: '1', only: '', 'trouble-ms': String(TROUBLE_MS), workers, failures: '3', json: false },
    USAGE,
    (values) => ({
      seeds: numberOf(values.seeds, 'seeds', 1),
      from: numberOf(values.from, 'from', 0),
      scenario: scenarioOf(values.only),
      troubleMs: numberOf(values['trouble-ms'], 'trouble-ms', 1),
      workers: numberOf(values.workers, 'workers', 1),
      maxFailures: numberOf(values.failures, 'failures', 1),
      json: values.json,
    }),
  )
  if (given === null) return
  const progress = new Progress(given.seeds, 'lives')
  const totals: Totals = { seeds: 0, entries: 0, failures: [], seen: {}, lives: {}, fingerprints: [] }
  const begun = realNow()
  await liveAll(given, (life) => {
    add(totals, life)
    if (life.failure !== null) showFailure(life, given)
    const perHour = Math.round((totals.seeds * 3_600_000) / (realNow() - begun))
    progress.show(totals.seeds, `${count(perHour)} an hour, ${count(totals.failures.length)} failed`)
  })
  const seconds = progress.end()
  const { seeds, entries, failures, seen, lives } = totals
  const digest = digestOf(totals.fingerprints)
  const perHour = Math.round((seeds * 3600) / seconds)
  const { from, troubleMs } = given
  if (given.json) console.log(JSON.stringify({ seeds, from, troubleMs, entries, failures, lives, seen, digest, seconds, perHour }, null, 2))
  else {
    const sorted = Object.fromEntries(Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${table(sorted)}\n\n${table(lives)}\n`)
    console.log(
      `${count(seeds)} lives from seed ${from}, ${count(entries)} entries, ${failures.length} failed, ${seconds} s, ${count(perHour)} lives an hour, digest ${digest}`,
    )
  }
  if (failures.length > 0) process.exitCode = 1
}

await main()
