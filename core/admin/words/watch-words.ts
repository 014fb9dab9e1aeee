// admin: `wchs`, `wchc` and `wchp`: watches in numbers, by session and by path.

import type { ServerView } from '../../server/server-view.ts'
import { CUT_SHORT, LineLimit } from '../limited-lines.ts'
import { watchesByPath, watchesBySession, watchSummary } from '../watch-lists.ts'

export function wchs(view: ServerView): string {
  const { connections, paths, watches } = watchSummary(view)
  return `${connections} connections watching ${paths} paths\nTotal watches:${watches}\n`
}

export function wchc(view: ServerView): string {
  const limit = new LineLimit()
  return list(watchesBySession(view, limit), limit, (sessionId) => `0x${sessionId}`, String)
}

export function wchp(view: ServerView): string {
  const limit = new LineLimit()
  return list(watchesByPath(view, limit), limit, String, (sessionId) => `0x${sessionId}`)
}

function list(
  groups: ReadonlyMap<string, ReadonlySet<string>>,
  limit: LineLimit,
  head: (key: string) => string,
  member: (value: string) => string,
): string {
  const lines: string[] = []
  for (const [key, values] of groups) {
    lines.push(head(key))
    for (const value of values) lines.push(`\t${member(value)}`)
  }
  if (limit.reached) lines.push(CUT_SHORT)
  // An empty list is one empty line, and so ends every list.
  return lines.length === 0 ? '\n' : `${lines.join('\n')}\n\n`
}
