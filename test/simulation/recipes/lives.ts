// Lives many seeds, in this process or in several: each worker takes every n-th seed and tells of each life as it ends. Both put a simulated Node in the place
// of the real one for good, so neither is for the process of a test.

import './virtual-node.ts'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Life, type LifeOptions } from './life.ts'
import type { ScenarioName } from './scenarios.ts'

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url))
const TIMELINE_LINES = 160

export interface Plan {
  readonly from: number
  readonly seeds: number
  readonly troubleMs: number
  /** `null`: drawn from each seed. */
  readonly scenario: ScenarioName | null
  readonly workers: number
  /** After so many failures it is over. */
  readonly maxFailures: number
}

export interface LifeReport {
  readonly seed: number
  readonly scenario: ScenarioName
  readonly entries: number
  readonly seen: Readonly<Record<string, number>>
  readonly fingerprint: number
  /** What did not hold, `null` if everything did. */
  readonly failure: string | null
  /** What happened last, of a life that failed. */
  readonly timeline: readonly string[]
}

export async function liveSeed(options: LifeOptions): Promise<LifeReport> {
  const life = new Life(options)
  let failure: string | null = null
  try {
    await life.live()
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (error instanceof Error && error.cause !== undefined) failure += `\ncause: ${error.cause}`
  }
  const { entries, seen, fingerprint, timeline } = life.history
  return {
    seed: life.seed,
    scenario: life.scenarioName,
    entries,
    seen: Object.fromEntries(seen),
    fingerprint,
    failure,
    timeline: failure === null ? [] : timeline.slice(-TIMELINE_LINES),
  }
}

/** Resolves when all seeds have lived or enough have failed. */
export async function liveAll(plan: Plan, ended: (life: LifeReport) => void): Promise<void> {
  const { from, seeds, troubleMs, scenario, maxFailures } = plan
  const workers = Math.min(plan.workers, seeds)
  if (workers > 1) {
    await inWorkers(plan, workers, ended)
    return
  }
  let failures = 0
  for (let seed = from; seed < from + seeds && failures < maxFailures; seed++) {
    const life = await liveSeed({ seed, troubleMs, ...(scenario === null ? {} : { scenario }) })
    if (life.failure !== null) failures += 1
    ended(life)
  }
}

async function inWorkers(
  { from, seeds, troubleMs, scenario, maxFailures }: Plan,
  count: number,
  ended: (life: LifeReport) => void,
): Promise<void> {
  let failures = 0
  const children = Array.from({ length: count }, (_, i) =>
    fork(WORKER, [String(from + i), String(from + seeds), String(count), String(troubleMs), scenario ?? '']),
  )
  const stop = (): void => {
    for (const child of children) child.kill()
  }
  const ends = children.map(
    (child) =>
      new Promise<void>((resolve, reject) => {
        child.on('message', (life: LifeReport) => {
          if (failures >= maxFailures) return
          if (life.failure !== null) failures += 1
          ended(life)
          if (failures >= maxFailures) stop()
        })
        child.on('error', reject)
        child.on('exit', (code) => {
          if (code === 0 || failures >= maxFailures) resolve()
          else reject(new Error(`a worker of the simulation ended with ${code}`))
        })
      }),
  )
  try {
    await Promise.all(ends)
  } finally {
    stop()
  }
}
