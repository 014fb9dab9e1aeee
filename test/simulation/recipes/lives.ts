// Lives many seeds, in this process or in several: each worker takes every n-th seed and tells of each life as it ends. Both put a simulated Node in the place
// of the real one for good, so neither is for the process of a test.

import './virtual-node.ts'
import { fileURLToPath } from 'node:url'
import { liveInWorkers } from '../live-in-workers.ts'
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
    const more = [String(troubleMs), scenario ?? '']
    await liveInWorkers({ worker: WORKER, count: workers, from, seeds, more, maxFailures }, ended)
    return
  }
  let failures = 0
  for (let seed = from; seed < from + seeds && failures < maxFailures; seed++) {
    const life = await liveSeed({ seed, troubleMs, ...(scenario === null ? {} : { scenario }) })
    if (life.failure !== null) failures += 1
    ended(life)
  }
}
