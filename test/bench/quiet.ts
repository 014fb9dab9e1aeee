// bench: waits until a server has nothing left to do: no snapshot under way, nothing that its collectors of garbage still work at.

import { setTimeout as delay } from 'node:timers/promises'
import type { RunningServer } from './running-server.ts'

const SETTLE_MS = 5000
const LOOK_EVERY_MS = 1000
const QUIET_CPU_SEC = 0.1
const LIMIT_MS = 60_000

/** At least 5 s, and until it takes less than a tenth of a second of CPU in a second; after a minute it is taken as it is. */
export async function untilQuiet(server: RunningServer): Promise<void> {
  await delay(SETTLE_MS)
  const deadlineMs = performance.now() + LIMIT_MS
  let before = server.cpuSeconds()
  while (performance.now() < deadlineMs) {
    await delay(LOOK_EVERY_MS)
    const now = server.cpuSeconds()
    if (now - before < QUIET_CPU_SEC) return
    before = now
  }
}
