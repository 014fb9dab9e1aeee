// Lives many seeds, in this process or in several: each worker takes every n-th seed and tells of each life as it ends.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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
    await inWorkers(plan, workers, ended)
    return
  }
  for (let seed = from; seed < from + seeds && failures < maxFailures; seed++) {
    const life = liveSeed(seed, troubleMs)
    if (life.failure !== null) failures += 1
    ended(life)
  }
}

async function inWorkers({ from, seeds, troubleMs, maxFailures }: Plan, count: number, ended: (life: Life) => void): Promise<void> {
  let failures = 0
  const children = Array.from({ length: count }, (_, i) => fork(WORKER, [from + i, from + seeds, count, troubleMs].map(String)))
  const stop = (): void => {
    for (const child of children) child.kill()
  }
  const ends = children.map(
    (child) =>
      new Promise<void>((resolve, reject) => {
        child.on('message', (life: Life) => {
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
