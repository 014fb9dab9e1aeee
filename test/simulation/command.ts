// npm run simulate -- [--seeds N] [--from SEED] [--trouble-ms MS] [--json]: lives of whole ensembles, one after the other. A seed that fails is shown with its
// timeline and the command that lives it again.

import { count, numberOf, optionsOf, Progress, table } from '../storage/campaign/command-line.ts'
import { World } from './world.ts'

const USAGE = 'npm run simulate -- [--seeds N] [--from SEED] [--trouble-ms MS] [--json]'
const TIMELINE_LINES = 60
/** What comes after is hardly another bug. */
const MOST_FAILURES = 3

interface Totals {
  seeds: number
  entries: number
  readonly failures: { readonly seed: number; readonly failure: string }[]
  readonly seen: Record<string, number>
}

function liveOne(seed: number, troubleMs: number, totals: Totals): void {
  const world = new World({ seed, troubleMs })
  totals.seeds += 1
  try {
    const { entries, seen } = world.live()
    totals.entries += entries
    for (const [what, times] of seen) totals.seen[what] = (totals.seen[what] ?? 0) + times
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    totals.failures.push({ seed, failure })
    console.error(world.judge.timeline.slice(-TIMELINE_LINES).join('\n'))
    console.error(`seed ${seed}: ${failure}\nagain: npm run simulate -- --seeds 1 --from ${seed} --trouble-ms ${troubleMs}\n`)
  }
}

function main(): void {
  const given = optionsOf({ seeds: '100', from: '1', 'trouble-ms': '6000', json: false }, USAGE, (values) => ({
    seeds: numberOf(values.seeds, 'seeds', 1),
    from: numberOf(values.from, 'from', 0),
    troubleMs: numberOf(values['trouble-ms'], 'trouble-ms', 1),
    json: values.json,
  }))
  if (given === null) return
  const { seeds, from, troubleMs, json } = given
  const progress = new Progress(seeds, 'lives')
  const totals: Totals = { seeds: 0, entries: 0, failures: [], seen: {} }
  for (let seed = from; seed < from + seeds && totals.failures.length < MOST_FAILURES; seed++) {
    liveOne(seed, troubleMs, totals)
    progress.show(totals.seeds, `${count(totals.failures.length)} failed`)
  }
  const seconds = progress.end()
  if (json) console.log(JSON.stringify({ ...totals, from, troubleMs, seconds }, null, 2))
  else {
    console.log(table(Object.fromEntries(Object.entries(totals.seen).sort(([a], [b]) => (a < b ? -1 : 1)))))
    const perHour = Math.round((totals.seeds * 3600) / seconds)
    const { failures, entries } = totals
    console.log(
      `\n${count(totals.seeds)} lives, ${count(entries)} entries, ${failures.length} failed, ${seconds} s, ${count(perHour)} lives an hour`,
    )
  }
  if (totals.failures.length > 0) process.exitCode = 1
}

main()
