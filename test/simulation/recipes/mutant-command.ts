// Lets the simulation of recipes run against each of its mutants and shows after how many seeds of its scenario each is found, and by what.
//
//   npm run build && npm run simulate:recipes:mutants -- [--seeds 300] [--from SEED] [--only NAME,NAME] [--workers N] [--markdown]
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { numberOf, optionsOf, Progress } from '../../storage/campaign/command-line.ts'
import { attack } from '../attack.ts'
import { MUTANTS, type RecipeMutant } from './mutants.ts'

const USAGE = 'npm run simulate:recipes:mutants -- [--seeds N] [--from SEED] [--only NAME,NAME] [--workers N] [--markdown]'
const HOOK = new URL('./mutant-hook.js', import.meta.url).href
const SIMULATE = fileURLToPath(new URL('./command.js', import.meta.url))
const SHOWN_LETTERS = 150

interface Result {
  readonly mutant: RecipeMutant
  /** `null`: it survives. */
  readonly seed: number | null
  readonly how: string
}

async function attackBy(mutant: RecipeMutant, seeds: number, from: number): Promise<Result> {
  const { name, scenario } = mutant
  const options = ['--seeds', String(seeds), '--from', String(from), '--only', scenario]
  const [first] = (await attack({ hook: HOOK, program: SIMULATE, options, env: { RECIPE_MUTANT: name } })).failures
  return { mutant, seed: first?.seed ?? null, how: first?.failure.split('\n')[0] ?? '' }
}

function row({ mutant: { name, room, file, breaks, scenario }, seed, how }: Result, markdown: boolean): string {
  const shown = how.replaceAll('|', '\\|').slice(0, SHOWN_LETTERS)
  if (markdown) return `| \`${name}\` | ${room}/${file} | ${breaks} | ${scenario} | ${seed ?? 'survives'} | ${shown} |`
  return `${name.padEnd(42)} ${scenario.padEnd(15)} ${String(seed ?? 'survives').padStart(8)}  ${shown}`
}

async function main(): Promise<void> {
  const defaults = { seeds: '300', from: '1', only: '', workers: String(availableParallelism()), markdown: false }
  const given = optionsOf(defaults, USAGE, ({ seeds, from, only, workers, markdown }) => {
    const names = only === '' ? MUTANTS.map(({ name }) => name) : only.split(',')
    for (const name of names) if (!MUTANTS.some((mutant) => mutant.name === name)) throw new Error(`there is no mutant "${name}"`)
    return {
      seeds: numberOf(seeds, 'seeds', 1),
      from: numberOf(from, 'from', 0),
      workers: numberOf(workers, 'workers', 1),
      names,
      markdown,
    }
  })
  if (given === null) return
  const { seeds, from, names, workers, markdown } = given
  const progress = new Progress(names.length, 'mutants')
  const wanted = MUTANTS.filter(({ name }) => names.includes(name))
  const results: Result[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let mutant = wanted[next++]; mutant !== undefined; mutant = wanted[next++]) {
      const result = await attackBy(mutant, seeds, from)
      results.push(result)
      console.log(row(result, markdown))
      progress.show(results.length, mutant.name)
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, wanted.length) }, work))
  const seconds = progress.end()
  const survivors = results.filter(({ seed }) => seed === null)
  console.error(`at most ${seeds} seeds from ${from} each, ${seconds} s; ${survivors.length} of ${results.length} survive`)
  if (survivors.length > 0) process.exitCode = 1
}

await main()
