// The watches of one connection as they must behave: which events it is to hear, in which order, each before the first reply that reveals its change.
//
//   reply of zxid z    every event of a change up to z has come
//   event of zxid z    is the next one that is due
//   setWatches         the events that tell what was missed come before its reply, and no others

import { isDeepStrictEqual } from 'node:util'
import { parentPath } from '../../core/wire/paths.ts'
import { EventType, type SetWatchesRequest } from '../../core/wire/records.ts'
import type { Reference } from './reference.ts'

export const WATCH_KINDS = ['data', 'exist', 'child', 'persistent', 'recursive'] as const
export type WatchKind = (typeof WATCH_KINDS)[number]
export type Watches = Record<WatchKind, Set<string>>

export interface SeenEvent {
  /** -1: found out by comparing. */
  readonly zxid: number
  readonly type: number
  readonly path: string
}

export interface LogChanges {
  readonly zxid: number
  readonly changes: readonly { readonly type: number; readonly path: string }[]
}

const COMPARED = -1

export function noWatches(): Watches {
  return { data: new Set(), exist: new Set(), child: new Set(), persistent: new Set(), recursive: new Set() }
}

export class WatchModel {
  readonly watches: Watches = noWatches()
  readonly #changesBetween: (from: number, to: number) => Iterable<LogChanges>
  #zxid = 0
  #due: SeenEvent[] = []

  constructor(changesBetween: (from: number, to: number) => Iterable<LogChanges>) {
    this.#changesBetween = changesBetween
  }

  get size(): number {
    return WATCH_KINDS.reduce((sum, kind) => sum + this.watches[kind].size, 0)
  }

  /** A reply of `zxid` came: what should have come before and did not. */
  missedAt(zxid: number): SeenEvent | null {
    this.#advance(zxid)
    return this.#due[0] ?? null
  }

  add(kind: WatchKind, path: string): void {
    this.watches[kind].add(path)
  }

  /** Takes watches off; whether there was one. */
  remove(kinds: readonly WatchKind[], path: string): boolean {
    let had = false
    for (const kind of kinds) had = this.watches[kind].delete(path) || had
    return had
  }

  /** An event came: what is wrong with it. */
  heard(event: SeenEvent): string | null {
    this.#advance(event.zxid)
    const next = this.#due.shift()
    if (isDeepStrictEqual(next, event)) return null
    return next === undefined ? 'nothing was due' : `${JSON.stringify(next)} was due`
  }

  /** Another connection took over the watches of a former one, and `events` came before the reply: what is wrong with them. */
  rearmed(
    reference: Reference,
    request: SetWatchesRequest,
    zxid: number,
    covered: number | null,
    events: readonly SeenEvent[],
  ): string | null {
    const expected: SeenEvent[] = []
    const { relativeZxid: since } = request
    const compare = (kind: WatchKind, path: string, type: number | null): void => {
      if (type === null) this.add(kind, path)
      else expected.push({ zxid: COMPARED, type, path })
    }
    for (const path of request.data) {
      const node = reference.nodeAt(path, zxid)
      const changed = node !== null && node.stat.mzxid > since ? EventType.nodeDataChanged : null
      compare('data', path, node === null ? EventType.nodeDeleted : changed)
    }
    for (const path of request.exist) compare('exist', path, reference.nodeAt(path, zxid) === null ? null : EventType.nodeCreated)
    for (const path of request.child) {
      const node = reference.nodeAt(path, zxid)
      const changed = node !== null && node.stat.pzxid > since ? EventType.nodeChildrenChanged : null
      compare('child', path, node === null ? EventType.nodeDeleted : changed)
    }
    for (const path of request.persistent) this.add('persistent', path)
    for (const path of request.persistentRecursive) this.add('recursive', path)
    if (covered !== null && covered <= since) this.#replay(since, zxid, expected)
    this.#zxid = zxid
    this.#due = []
    return isDeepStrictEqual(expected, events) ? null : `${JSON.stringify(events)} came, expected ${JSON.stringify(expected)}`
  }

  #replay(since: number, zxid: number, expected: SeenEvent[]): void {
    for (const entry of this.#changesBetween(since, zxid)) {
      for (const { type, path } of entry.changes) if (this.#persistently(type, path)) expected.push({ zxid: entry.zxid, type, path })
    }
  }

  #advance(to: number): void {
    if (to <= this.#zxid) return
    if (this.size > 0) {
      for (const { zxid, changes } of this.#changesBetween(this.#zxid, to)) {
        for (const { type, path } of changes) if (this.#fires(type, path)) this.#due.push({ zxid, type, path })
      }
    }
    this.#zxid = to
  }

  #fires(type: number, path: string): boolean {
    const { data, exist, child } = this.watches
    let hit = this.#persistently(type, path)
    if (type !== EventType.nodeChildrenChanged) {
      hit = data.delete(path) || hit
      hit = exist.delete(path) || hit
    }
    if (type === EventType.nodeChildrenChanged || type === EventType.nodeDeleted) hit = child.delete(path) || hit
    return hit
  }

  #persistently(type: number, path: string): boolean {
    const { persistent, recursive } = this.watches
    if (persistent.has(path)) return true
    if (recursive.size === 0 || type === EventType.nodeChildrenChanged) return false
    for (let at = path; ; at = parentPath(at)) {
      if (recursive.has(at)) return true
      if (at === '/') return false
    }
  }
}
