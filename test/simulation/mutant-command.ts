// Lets the simulation of whole ensembles run against each of its mutants and shows after how many seeds each is found, and by what.
//
//   npm run build && npm run simulate:mutants -- [--seeds 2000] [--from SEED] [--only NAME,NAME] [--workers N] [--json | --markdown]
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { numberOf, optionsOf, Progress, table } from '../storage/campaign/command-line.ts'
import { attack } from './attack.ts'
import { MUTANTS } from './mutants.ts'

const USAGE = 'npm run simulate:mutants -- [--seeds N] [--from SEED] [--only NAME,NAME] [--workers N] [--json | --markdown]'
const HOOK = new URL('./mutant-hook.js', import.meta.url).href
const SIMULATE = fileURLToPath(new URL('./command.js', import.meta.url))

interface Result {
  readonly name: string
  readonly breaks: string
  readonly file: string
  /** How many seeds it took, `null` if all of them passed. */
  readonly seedsToKill: number | null
  readonly seed: number | null
  readonly how: string | null
}

async function attackBy({ name, breaks, file }: (typeof MUTANTS)[number], seeds: number, from: number): Promise<Result> {
  const options = ['--seeds', String(seeds), '--from', String(from)]
  const report = await attack({ hook: HOOK, program: SIMULATE, options, env: { SIMULATION_MUTANT: name } })
  const first = report.failures[0]
  if (first === undefined) return { name, breaks, file, seedsToKill: null, seed: null, how: null }
  return { name, breaks, file, seedsToKill: report.seeds, seed: first.seed, how: first.failure.split('\n')[0] ?? '' }
}

function markdown(results: readonly Result[]): string {
  const rows = results.map(
    ({ name, breaks, file, seed, how }) =>
      `| \`${name}\` | ${file} | ${breaks} | ${seed ?? 'survives'} | ${(how ?? '').replaceAll('|', '\\|').slice(0, 150)} |`,
  )
  return ['| Mutant | File | The rule that it breaks | Seed | What found it |', '|---|---|---|---|---|', ...rows].join('\n')
}

async function main(): Promise<void> {
  const defaults = { seeds: '2000', from: '1', only: '', workers: String(availableParallelism()), json: false, markdown: false }
  const given = optionsOf(defaults, USAGE, ({ seeds, from, only, workers, json, markdown }) => {
    const names = only === '' ? MUTANTS.map(({ name }) => name) : only.split(',')
    for (const name of names) if (!MUTANTS.some((mutant) => mutant.name === name)) throw new Error(`there is no mutant "${name}"`)
    const numbers = { seeds: numberOf(seeds, 'seeds', 1), from: numberOf(from, 'from', 0), workers: numberOf(workers, 'workers', 1) }
    return { ...numbers, names, json, markdown }
  })
  if (given === null) return
  const { seeds, from, names, json, workers } = given
  const progress = new Progress(names.length, 'mutants')
  const wanted = MUTANTS.filter(({ name }) => names.includes(name))
  const results: Result[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let mutant = wanted[next++]; mutant !== undefined; mutant = wanted[next++]) {
      progress.show(results.length, mutant.name)
      results.push(await attackBy(mutant, seeds, from))
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, wanted.length) }, work))
  const seconds = progress.end()
  results.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
  const survivors = results.filter(({ seedsToKill }) => seedsToKill === null)
  if (json) console.log(JSON.stringify({ seeds, from, seconds, results }, null, 2))
  else if (given.markdown) console.log(markdown(results))
  else {
    console.log(table(Object.fromEntries(results.map(({ name, seedsToKill }) => [name, seedsToKill ?? 'survives']))))
    console.log(`\nat most ${seeds} seeds from ${from} each, ${seconds} s; ${survivors.length} of ${results.length} survive`)
  }
  if (survivors.length === 0) return
  console.error(`not found: ${survivors.map(({ name }) => name).join(', ')}`)
  process.exitCode = 1
}

await main()
