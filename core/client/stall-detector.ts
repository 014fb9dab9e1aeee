// client: notices that this process did not run: it was paused, or computes for too long in one piece. Sessions need it to run.

import type { Logger } from '../support/logger.ts'
import type { ClientCounters } from './counters.ts'

/** A pause of this part of the session's timeout is worth a warning. */
const STALL_FRACTION = 1 / 10

/** `lateMs`: by how much an alarm that rings often was late; Infinity if it was not set. */
export function noticeStall(lateMs: number, sessionTimeoutMs: number, counters: ClientCounters, logger: Logger): void {
  if (!(lateMs > sessionTimeoutMs * STALL_FRACTION) || lateMs === Number.POSITIVE_INFINITY) return
  counters.stalls += 1
  counters.longestStallMs = Math.max(counters.longestStallMs, lateMs)
  logger.warn({ stalledMs: Math.round(lateMs), sessionTimeoutMs }, 'this process did not run: sessions need it to')
}
