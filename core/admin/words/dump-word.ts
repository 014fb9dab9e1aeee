// admin: `dump`: sessions by when they expire, their ephemeral nodes, and connections.
//
//   SessionTracker dump:                       ephemeral nodes dump:                  Connections dump:
//   Session Sets (1)/(2):                      Sessions with Ephemerals (1):          Connections Sets (1)/(2):
//   2 expire at Fri Nov 27 23:07:02 UTC 2026:  0x100...:                              2 expire at Fri ...:
//   \t0x100...                                 \t/path                                \tip: /127.0.0.1:4711 sessionId: 0x100...
//
// A connection is closed when its session expires, and one without a session by the time of its handshake: the third list repeats the first.

import type { ConnectionView, ServerView, SessionView } from '../../server/server-view.ts'
import { CUT_SHORT, LineLimit } from '../limited-lines.ts'
import { byExpiry, type ExpiryGroup, withEphemerals } from '../sessions.ts'
import { javaDate } from './numbers.ts'

export function dump(view: ServerView): string {
  const limit = new LineLimit()
  const sessions = view.sessions()
  const groups = byExpiry(sessions, view.config().tickTimeMs)
  const lines = [...sessionLines(groups, sessions.length), ...ephemeralLines(sessions), ...connectionLines(groups, view.connections())]
  const shown: string[] = []
  for (const line of lines) if (limit.take()) shown.push(line)
  if (shown.length < lines.length) shown.push(CUT_SHORT)
  return `${shown.join('\n')}\n`
}

function* sessionLines(groups: readonly ExpiryGroup[], count: number): Iterable<string> {
  yield 'SessionTracker dump:'
  yield `Session Sets (${groups.length})/(${count}):`
  for (const { expiresAtMs, sessions } of groups) {
    yield `${sessions.length} expire at ${javaDate(expiresAtMs)}:`
    for (const { sessionId } of sessions) yield `\t0x${sessionId}`
  }
}

function* ephemeralLines(sessions: readonly SessionView[]): Iterable<string> {
  const owners = withEphemerals(sessions)
  yield 'ephemeral nodes dump:'
  yield `Sessions with Ephemerals (${owners.length}):`
  for (const { sessionId, ephemerals } of owners) {
    yield `0x${sessionId}:`
    for (const path of ephemerals) yield `\t${path}`
  }
}

function* connectionLines(groups: readonly ExpiryGroup[], connections: readonly ConnectionView[]): Iterable<string> {
  const bySession = new Map(connections.map((connection) => [connection.sessionId, connection]))
  const sets = groups
    .map(({ expiresAtMs, sessions }) => ({ expiresAtMs, attached: sessions.flatMap(({ sessionId }) => bySession.get(sessionId) ?? []) }))
    .filter(({ attached }) => attached.length > 0)
  yield 'Connections dump:'
  yield `Connections Sets (${sets.length})/(${sets.reduce((count, { attached }) => count + attached.length, 0)}):`
  for (const { expiresAtMs, attached } of sets) {
    yield `${attached.length} expire at ${javaDate(expiresAtMs)}:`
    for (const { remote, sessionId } of attached) yield `\tip: /${remote} sessionId: 0x${sessionId}`
  }
}
