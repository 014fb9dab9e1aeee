// The fault campaign of storage as a command: many seeds, each with its own mix of faults.
//
//   npm run build && npm run storage:faults -- --seeds 10000 [--from 1] [--only rot,fsync] [--json]
import { count, numberOf, optionsOf, Progress, table } from './command-line.ts'
import { FAULT_CLASSES, type FaultClass, faultSeed } from './fault-seed.ts'

const USAGE = `npm run storage:faults -- [--seeds N] [--from SEED] [--only ${FAULT_CLASSES.join(',')}] [--keep-going] [--json]`
const STORY_LINES = 400

interface Failure {
  readonly seed: number
  readonly failure: string
}

function classesOf(text: string): FaultClass[] | null {
  if (text === '') return null
  return text.split(',').map((name) => {
    const known = FAULT_CLASSES.find((one) => one === name)
    if (known === undefined) throw new Error(`--only wants classes out of ${FAULT_CLASSES.join(',')}, got "${name}"`)
    return known
  })
}

function main(): void {
  const defaults = { seeds: '10000', from: '1', only: '', 'keep-going': false, json: false }
  const given = optionsOf(defaults, USAGE, (values) => ({
    seeds: numberOf(values.seeds, 'seeds', 1),
    from: numberOf(values.from, 'from', 0),
    only: classesOf(values.only),
    keepGoing: values['keep-going'],
    json: values.json,
  }))
  if (given === null) return
  const { seeds, from, only, keepGoing, json } = given
  const progress = new Progress(seeds, 'seeds')
  const counts: Record<string, number> = {}
  const failures: Failure[] = []
  let story: readonly string[] = []
  let run = 0
  while (run < seeds && (keepGoing || failures.length === 0)) {
    const seed = from + run
    const outcome = faultSeed(seed, only)
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
  if (json) console.log(JSON.stringify({ from, seeds: run, only, seconds, counts: sorted, failures }, null, 2))
  else console.log(table({ seeds: run, seconds, 'seeds/s': Math.round(run / seconds), ...sorted, failed: failures.length }))
  const first = failures[0]
  if (first === undefined) return
  process.exitCode = 1
  if (json) return
  const again = `npm run storage:faults -- --seeds 1 --from ${first.seed}${only === null ? '' : ` --only ${only.join(',')}`}`
  console.error(`\n${story.slice(-STORY_LINES).join('\n')}\nFAILED: ${first.failure}\nagain: ${again}`)
  if (failures.length > 1)
    console.error(
      `${count(failures.length)} seeds failed: \n${failures.map(({ seed, failure }) => `${seed}: ${failure.slice(0, 150)}`).join('\n')}`,
    )
}

main()
