// bench: where the processes run that put load on a server.

import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/**
 * Left alone, the scheduler likes to put the generator and a server of one thread on the same core, where they run in turns while the other
 * core is idle: half the throughput, by chance. So the generator stays on the last core; servers may use all of them.
 */
export function bindToLastCore(pid: number): void {
  const cores = availableParallelism()
  if (cores < 2) return
  const bound = spawnSync('taskset', ['-a', '-c', '-p', String(cores - 1), String(pid)])
  if (bound.status !== 0)
    throw new Error(`the load generator cannot be bound to a core: ${bound.error?.message ?? bound.stderr.toString()}`)
}
