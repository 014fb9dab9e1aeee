// Lives seeds in several processes: the caller's program is forked for each worker, lives every n-th seed and tells of each life as it ends.

import { fork } from 'node:child_process'

/** `worker`: a program that is given <from> <until> <step> and `more`. */
export interface Workers {
  readonly worker: string
  readonly count: number
  readonly from: number
  readonly seeds: number
  readonly more: readonly string[]
  /** After so many failures it is over: what comes after is hardly another bug. */
  readonly maxFailures: number
}

/** Resolves when all seeds have lived or enough have failed; rejects when a worker ends by itself. Leaves no process behind. */
export async function liveInWorkers<Life extends { readonly failure: string | null }>(
  { worker, count, from, seeds, more, maxFailures }: Workers,
  ended: (life: Life) => void,
): Promise<void> {
  let failures = 0
  const children = Array.from({ length: count }, (_, i) => fork(worker, [...[from + i, from + seeds, count].map(String), ...more]))
  const stop = (): void => {
    for (const child of children) child.kill()
  }
  const ends = children.map(
    (child) =>
      new Promise<void>((resolve, reject) => {
        child.on('message', (message) => {
          if (failures >= maxFailures) return
          const life = message as Life
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
