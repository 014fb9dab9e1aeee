// Lives many seeds, in this process or in several: each worker takes every n-th seed and tells of each life as it ends.

import { fileURLToPath } from 'node:url'
import { liveInWorkers } from './live-in-workers.ts'
import { World } from './world.ts'

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url))
const TIMELINE_LINES = 60

export interface Plan {
  readonly from: number
  readonly seeds: number
  readonly troubleMs: number
  readonly workers: number
  /** After so many failures it is over: what comes after is hardly another bug. */
  readonly maxFailures: number
}

export interface Life {
  readonly seed: number
  readonly entries: number
  readonly seen: Readonly<Record<string, number>>
  readonly fingerprint: number
  /** What did not hold, `null` if everything did. */
  readonly failure: string | null
  /** What happened last, of a life that failed. */
  readonly timeline: readonly string[]
}

export function liveSeed(seed: number, troubleMs: number): Life {
  const world = new World({ seed, troubleMs })
  let failure: string | null = null
  try {
    world.live()
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const { entries, seen, fingerprint, timeline } = world.judge
  return {
    seed,
    entries,
    seen: Object.fromEntries(seen),
    fingerprint,
    failure,
    timeline: failure === null ? [] : timeline.slice(-TIMELINE_LINES),
  }
}

/** Resolves when all seeds have lived or enough have failed. */
export async function liveAll(plan: Plan, ended: (life: Life) => void): Promise<void> {
  const { from, seeds, troubleMs, maxFailures } = plan
  const workers = Math.min(plan.workers, seeds)
  let failures = 0
  if (workers > 1) {
    await liveInWorkers({ worker: WORKER, count: workers, from, seeds, more: [String(troubleMs)], maxFailures }, ended)
    return
  }
  for (let seed = from; seed < from + seeds && failures < maxFailures; seed++) {
    const life = liveSeed(seed, troubleMs)
    if (life.failure !== null) failures += 1
    ended(life)
  }
}
