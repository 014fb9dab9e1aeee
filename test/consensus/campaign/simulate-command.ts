// The simulation of the consensus room as a command: many seeds, each with weather of its own.
//
//   npm run build && npm run consensus:simulate -- --seeds 10000 [--from 1] [--keep-going] [--json]
import { count, numberOf, optionsOf, Progress, table } from '../../storage/campaign/command-line.ts'
import { simulateSeed } from './simulation.ts'

const USAGE = 'npm run consensus:simulate -- [--seeds N] [--from SEED] [--keep-going] [--json]'
const STORY_LINES = 60

function main(): void {
  const defaults = { seeds: '1000', from: '1', 'keep-going': false, json: false }
  const given = optionsOf(defaults, USAGE, (values) => ({
    seeds: numberOf(values.seeds, 'seeds', 1),
    from: numberOf(values.from, 'from', 0),
    keepGoing: values['keep-going'],
    json: values.json,
  }))
  if (given === null) return
  const { seeds, from, keepGoing, json } = given
  const progress = new Progress(seeds, 'seeds')
  const counts: Record<string, number> = {}
  const failures: { readonly seed: number; readonly failure: string }[] = []
  let story: readonly string[] = []
  let run = 0
  while (run < seeds && (keepGoing || failures.length === 0)) {
    const seed = from + run
    const outcome = simulateSeed(seed)
    run += 1
    for (const [what, times] of Object.entries(outcome.counts)) counts[what] = (counts[what] ?? 0) + times
    if (outcome.failure !== null) {
      failures.push({ seed, failure: outcome.failure })
      if (failures.length === 1) story = outcome.story
    }
    progress.show(run, failures.length > 0 ? `${failures.length} failed` : '')
  }
  const seconds = progress.end()
  const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
  if (json) console.log(JSON.stringify({ from, seeds: run, seconds, counts: sorted, failures }, null, 2))
  else console.log(table({ seeds: run, seconds, 'seeds/min': Math.round((run * 60) / seconds), ...sorted, failed: failures.length }))
  const first = failures[0]
  if (first === undefined) return
  process.exitCode = 1
  if (json) return
  console.error(`\n${story.slice(-STORY_LINES).join('\n')}\nFAILED, seed ${first.seed}: ${first.failure}`)
  console.error(
    `again: npm run consensus:simulate -- --seeds 1 --from ${first.seed}${failures.length > 1 ? ` (${count(failures.length)} failed)` : ''}`,
  )
}

main()
