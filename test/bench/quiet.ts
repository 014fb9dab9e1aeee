// bench: waits until servers have nothing left to do: no snapshot under way, nothing that its collectors of garbage still work at.

import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { cpuSeconds } from './proc-stat.ts'
import type { RunningServer } from './running-server.ts'

const SETTLE_MS = 5000
const LOOK_EVERY_MS = 1000
const QUIET_CPU_SEC = 0.1
const LIMIT_MS = 60_000
const REST_LOOK_EVERY_MS = 250
const REST_LIMIT_MS = 15_000

/** At least 5 s, and until it takes less than a tenth of a second of CPU in a second; after a minute it is taken as it is. */
export async function untilQuiet(server: RunningServer): Promise<void> {
  await delay(SETTLE_MS)
  await untilIdle(() => server.cpuSeconds(), LOOK_EVERY_MS, LIMIT_MS)
}

/**
 * Until nobody pays any more for what was measured before: what is written is on the disk, and all servers together take less than a tenth of a core.
 * Otherwise each side's figures would hold some of the other's snapshots, compilers and dirty pages.
 */
export async function untilAllRest(pids: readonly number[]): Promise<void> {
  await promisify(execFile)('sync')
  await untilIdle(() => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0), REST_LOOK_EVERY_MS, REST_LIMIT_MS)
}

/** Until `cpuSec` grows by less than a tenth of the time that goes by. */
async function untilIdle(cpuSec: () => number, everyMs: number, limitMs: number): Promise<void> {
  const deadlineMs = performance.now() + limitMs
  let before = cpuSec()
  while (performance.now() < deadlineMs) {
    await delay(everyMs)
    const now = cpuSec()
    if (now - before < (QUIET_CPU_SEC * everyMs) / LOOK_EVERY_MS) return
    before = now
  }
}
