// admin: who watches what, as ZooKeeper tells it: the watches for data and existence, and those of addWatch; not those for children alone.

import type { ServerView, WatchTable } from '../server/server-view.ts'
import type { LineLimit } from './limited-lines.ts'

const SHOWN: readonly WatchTable[] = ['data', 'persistent', 'recursive']

/** `wchs`. A connection that watches a path in two ways counts once. */
export interface WatchSummary {
  readonly connections: number
  readonly paths: number
  readonly watches: number
}

export function watchSummary(view: ServerView): WatchSummary {
  const paths = new Set<string>()
  const sessions = new Set<string>()
  let watches = 0
  for (const table of SHOWN) {
    for (const { path, sessionIds } of view.watched(table)) {
      paths.add(path)
      for (const id of sessionIds) {
        sessions.add(id)
        watches += 1
      }
    }
  }
  return { connections: sessions.size, paths: paths.size, watches }
}

/** Paths with the sessions that watch them, as far as the limit goes. */
export function watchesByPath(view: ServerView, limit: LineLimit): Map<string, Set<string>> {
  return gather(view, limit, (path, id) => [path, id])
}

/** Sessions with the paths that they watch, as far as the limit goes. */
export function watchesBySession(view: ServerView, limit: LineLimit): Map<string, Set<string>> {
  return gather(view, limit, (path, id) => [id, path])
}

function gather(
  view: ServerView,
  limit: LineLimit,
  order: (path: string, id: string) => [key: string, value: string],
): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>()
  for (const table of SHOWN) {
    for (const { path, sessionIds } of view.watched(table)) {
      for (const id of sessionIds) {
        if (!limit.take()) return groups
        const [key, value] = order(path, id)
        const group = groups.get(key)
        if (group === undefined) groups.set(key, new Set([value]))
        else group.add(value)
      }
    }
  }
  return groups
}
