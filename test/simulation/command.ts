// npm run simulate -- [--seeds N] [--from SEED] [--trouble-ms MS] [--workers N] [--failures N] [--json]: lives of whole ensembles. A seed that fails is
// shown with its timeline and the command that lives it again. The digest is the same on every machine, with any number of workers.

import { availableParallelism } from 'node:os'
import { crc32 } from 'node:zlib'
import { count, numberOf, optionsOf, Progress } from '../storage/campaign/command-line.ts'
import { coverageTable } from './coverage.ts'
import { type Life, liveAll } from './lives.ts'

const USAGE = 'npm run simulate -- [--seeds N] [--from SEED] [--trouble-ms MS] [--workers N] [--failures N] [--json]'
const TROUBLE_MS = 3000

interface Totals {
  seeds: number
  entries: number
  readonly failures: { readonly seed: number; readonly failure: string }[]
  readonly seen: Record<string, { times: number; lives: number }>
  readonly fingerprints: [seed: number, fingerprint: number][]
}

function add(totals: Totals, { seed, entries, seen, fingerprint, failure }: Life): void {
  totals.seeds += 1
  totals.entries += entries
  totals.fingerprints.push([seed, fingerprint])
  if (failure !== null) totals.failures.push({ seed, failure })
  for (const [what, times] of Object.entries(seen)) {
    const all = (totals.seen[what] ??= { times: 0, lives: 0 })
    all.times += times
    all.lives += 1
  }
}

function showFailure({ seed, failure, timeline }: Life, troubleMs: number): void {
  const colours = process.stderr.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''
  const head = colours ? `\x1b[31mseed ${seed}\x1b[0m` : `seed ${seed}`
  const again = troubleMs === TROUBLE_MS ? '' : ` --trouble-ms ${troubleMs}`
  console.error(`${timeline.join('\n')}\n${head}: ${failure}\nagain: npm run simulate -- --seeds 1 --from ${seed}${again}\n`)
}

/** Over all lives, in the order of their seeds. */
function digestOf(fingerprints: Totals['fingerprints']): string {
  const sorted = [...fingerprints].sort(([a], [b]) => a - b)
  return (crc32(sorted.map(([seed, fingerprint]) => `${seed}:${fingerprint}`).join()) >>> 0).toString(16).padStart(8, '0')
}

async function main(): Promise<void> {
  const given = optionsOf(
    { seeds: '100', from: '1', 'trouble-ms': String(TROUBLE_MS), workers: String(availableParallelism()), failures: '3', json: false },
    USAGE,
    (values) => ({
      seeds: numberOf(values.seeds, 'seeds', 1),
      from: numberOf(values.from, 'from', 0),
      troubleMs: numberOf(values['trouble-ms'], 'trouble-ms', 1),
      workers: numberOf(values.workers, 'workers', 1),
      maxFailures: numberOf(values.failures, 'failures', 1),
      json: values.json,
    }),
  )
  if (given === null) return
  const progress = new Progress(given.seeds, 'lives')
  const totals: Totals = { seeds: 0, entries: 0, failures: [], seen: {}, fingerprints: [] }
  await liveAll(given, (life) => {
    add(totals, life)
    if (life.failure !== null) showFailure(life, given.troubleMs)
    progress.show(totals.seeds, `${count(totals.failures.length)} failed`)
  })
  const seconds = progress.end()
  const { seeds, entries, failures, seen } = totals
  const digest = digestOf(totals.fingerprints)
  const perHour = Math.round((seeds * 3600) / seconds)
  const { from, troubleMs } = given
  if (given.json) console.log(JSON.stringify({ seeds, from, troubleMs, entries, failures, seen, digest, seconds, perHour }, null, 2))
  else {
    console.log(coverageTable(seen, seeds))
    console.log(
      `\n${count(seeds)} lives from seed ${from}, ${count(entries)} entries, ${failures.length} failed, ${seconds} s, ${count(perHour)} lives an hour, digest ${digest}`,
    )
  }
  if (failures.length > 0) process.exitCode = 1
}

await main()
