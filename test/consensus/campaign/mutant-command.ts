// Lets the simulation run against each mutant of the consensus room and shows after how many seeds it is found.
//
//   npm run build && npm run consensus:mutants -- [--seeds 2000] [--only commit-older-term,vote-twice] [--json]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { numberOf, optionsOf, Progress, table } from '../../storage/campaign/command-line.ts'
import { MUTANTS } from './mutants.ts'

const USAGE = 'npm run consensus:mutants -- [--seeds N] [--from SEED] [--only NAME,NAME] [--json]'
const HOOK = new URL('./mutant-hook.js', import.meta.url).href
const SIMULATE = fileURLToPath(new URL('./simulate-command.js', import.meta.url))

interface Result {
  readonly name: string
  readonly breaks: string
  /** How many seeds it took, `null` if all of them passed. */
  readonly seedsToKill: number | null
  readonly how: string | null
}

interface Report {
  readonly seeds: number
  readonly failures: readonly { readonly seed: number; readonly failure: string }[]
}

function attack(name: string, breaks: string, seeds: number, from: number): Result {
  const args = ['--import', HOOK, SIMULATE, '--seeds', String(seeds), '--from', String(from), '--json']
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    env: { ...process.env, CONSENSUS_MUTANT: name },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0 && status !== 1) throw new Error(`the simulation of ${name} ended with ${status}: ${stderr}`)
  const report = JSON.parse(stdout) as Report
  const first = report.failures[0]
  return { name, breaks, seedsToKill: first === undefined ? null : report.seeds, how: first?.failure.split('\n')[0] ?? null }
}

function main(): void {
  const given = optionsOf({ seeds: '2000', from: '1', only: '', json: false }, USAGE, ({ seeds, from, only, json }) => {
    const names = only === '' ? MUTANTS.map(({ name }) => name) : only.split(',')
    for (const name of names) if (!MUTANTS.some((mutant) => mutant.name === name)) throw new Error(`there is no mutant "${name}"`)
    return { seeds: numberOf(seeds, 'seeds', 1), from: numberOf(from, 'from', 0), names, json }
  })
  if (given === null) return
  const { seeds, from, names, json } = given
  const progress = new Progress(names.length, 'mutants')
  const results: Result[] = []
  for (const { name, breaks } of MUTANTS.filter((mutant) => names.includes(mutant.name))) {
    progress.show(results.length, name)
    results.push(attack(name, breaks, seeds, from))
  }
  const seconds = progress.end()
  const survivors = results.filter(({ seedsToKill }) => seedsToKill === null)
  if (json) console.log(JSON.stringify({ seeds, from, seconds, results }, null, 2))
  else {
    console.log(table(Object.fromEntries(results.map(({ name, seedsToKill }) => [name, seedsToKill ?? 'survives']))))
    console.log(`\nat most ${seeds} seeds from ${from} each, ${seconds} s; ${survivors.length} of ${results.length} survive`)
  }
  if (survivors.length === 0) return
  console.error(`not found: ${survivors.map(({ name }) => name).join(', ')}`)
  process.exitCode = 1
}

main()
