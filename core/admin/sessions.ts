// admin: sessions by when they expire, as ZooKeeper shows them: in ticks of its clock.

import type { SessionView } from '../server/server-view.ts'

/** Sessions that expire in the same tick. */
export interface ExpiryGroup {
  readonly expiresAtMs: number
  readonly sessions: readonly SessionView[]
}

/** Groups by the end of the tick in which each expires, soonest first. */
export function byExpiry(sessions: readonly SessionView[], tickMs: number): ExpiryGroup[] {
  const groups = new Map<number, SessionView[]>()
  for (const session of sessions) {
    const expiresAtMs = (Math.floor(session.expiresAtMs / tickMs) + 1) * tickMs
    const group = groups.get(expiresAtMs)
    if (group === undefined) groups.set(expiresAtMs, [session])
    else group.push(session)
  }
  return [...groups].sort(([a], [b]) => a - b).map(([expiresAtMs, members]) => ({ expiresAtMs, sessions: members }))
}

export function withEphemerals(sessions: readonly SessionView[]): SessionView[] {
  return sessions.filter(({ ephemerals }) => ephemerals.size > 0)
}
