// admin: commands about sessions and watches.

import type { ServerView } from '../../server/server-view.ts'
import type { JsonObject } from '../json-text.ts'
import { CUT_SHORT, LineLimit } from '../limited-lines.ts'
import { byExpiry, withEphemerals } from '../sessions.ts'
import { watchesByPath, watchesBySession, watchSummary } from '../watch-lists.ts'
import { type Command, CommandError, sessionNumber } from './command.ts'

export const SESSION_COMMANDS: readonly Command[] = [
  { names: ['dump'], run: dump },
  {
    names: ['watch_summary', 'wchs'],
    run(view) {
      const { connections, paths, watches } = watchSummary(view)
      return { num_connections: connections, num_paths: paths, num_total_watches: watches }
    },
  },
  {
    names: ['watches', 'wchc'],
    run: (view) => ({ session_id_to_watched_paths: listed((limit) => watchesBySession(view, limit), sessionKey, String) }),
  },
  {
    names: ['watches_by_path', 'wchp'],
    run: (view) => ({ path_to_session_ids: listed((limit) => watchesByPath(view, limit), String, sessionNumber) }),
  },
]

function sessionKey(sessionId: string): string {
  return String(sessionNumber(sessionId))
}

/** Times are on the wall clock, in milliseconds since 1970 (ZooKeeper: on a clock of its own). */
function dump(view: ServerView): JsonObject {
  const sessions = view.sessions()
  const limit = new LineLimit()
  const groups: Record<string, bigint[]> = {}
  for (const group of byExpiry(sessions, view.config().tickTimeMs)) {
    groups[String(group.expiresAtMs)] = group.sessions.filter(() => limit.take()).map(({ sessionId }) => sessionNumber(sessionId))
  }
  const ephemerals: Record<string, string[]> = {}
  for (const session of withEphemerals(sessions)) {
    ephemerals[sessionKey(session.sessionId)] = [...session.ephemerals].filter(() => limit.take())
  }
  refuseTooMuch(limit)
  return { expiry_time_to_session_ids: groups, session_id_to_ephemeral_paths: ephemerals }
}

function listed<T extends string | bigint>(
  gather: (limit: LineLimit) => ReadonlyMap<string, ReadonlySet<string>>,
  key: (name: string) => string,
  value: (member: string) => T,
): Record<string, T[]> {
  const limit = new LineLimit()
  const lists = [...gather(limit)].map(([name, members]) => [key(name), [...members].map(value)] as const)
  refuseTooMuch(limit)
  return Object.fromEntries(lists)
}

/** A program that reads JSON would take a list that was cut short for the whole. */
function refuseTooMuch(limit: LineLimit): void {
  if (limit.reached) throw new CommandError(`too much to list at once: ${CUT_SHORT}`)
}
