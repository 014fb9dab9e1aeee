// replica: which connection waits for what. Watches belong to this server and its connections; they are never replicated. PURE.
//
// Four tables path -> watchers. One-shot kinds leave on firing; persistent kinds stay.
//
//   change          data      child     persistent   recursive (path and its ancestors)
//   created P       fire      .         fire         fire
//   changed P       fire      .         fire         fire
//   deleted P       fire      fire      fire         fire         one event per connection for all tables together
//   children P      .         fire      fire         .
//
// (ZooKeeper: DataTree.createNode, deleteNode, setData; WatchManager.triggerWatch.)

import { assert, unreachable } from '../support/assert.ts'
import type { Change } from '../tree/state-machine.ts'
import { parentPath } from '../wire/paths.ts'
import { EventType } from '../wire/records.ts'

export const WatchKind = {
  data: 0,
  child: 1,
  persistent: 2,
  recursive: 3,
} as const
export type WatchKind = (typeof WatchKind)[keyof typeof WatchKind]

const KINDS: readonly WatchKind[] = [WatchKind.data, WatchKind.child, WatchKind.persistent, WatchKind.recursive]

/** Who can hold watches: a connection. Keeps its own paths so that closing costs what it holds. */
export interface Watcher {
  /** Paths watched, by kind; created on first use. */
  readonly watched: [Set<string> | null, Set<string> | null, Set<string> | null, Set<string> | null]
}

/** The watches of one server. */
export class WatchManager<W extends Watcher> {
  readonly #tables: readonly Map<string, Set<W>>[] = KINDS.map(() => new Map<string, Set<W>>())
  readonly #deliver: (watcher: W, change: Change) => void
  readonly #hit = new Set<W>()
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0]

  constructor(deliver: (watcher: W, change: Change) => void) {
    this.#deliver = deliver
  }

  /** Registrations in all tables. */
  get count(): number {
    const [data, child, persistent, recursive] = this.#counts
    return data + child + persistent + recursive
  }

  /** Registrations of one kind. */
  countOf(kind: WatchKind): number {
    return this.#counts[kind]
  }

  /** Paths and who watches them, of one kind. */
  watched(kind: WatchKind): Iterable<readonly [path: string, watchers: ReadonlySet<W>]> {
    return this.#table(kind)
  }

  add(kind: WatchKind, path: string, watcher: W): void {
    const table = this.#table(kind)
    let watchers = table.get(path)
    if (watchers === undefined) {
      watchers = new Set()
      table.set(path, watchers)
    }
    if (watchers.has(watcher)) return
    watchers.add(watcher)
    let paths = watcher.watched[kind]
    if (paths === null) {
      paths = new Set()
      watcher.watched[kind] = paths
    }
    paths.add(path)
    this.#counts[kind] += 1
  }

  has(kind: WatchKind, path: string, watcher: W): boolean {
    return watcher.watched[kind]?.has(path) === true
  }

  /** Returns whether there was one. */
  remove(kind: WatchKind, path: string, watcher: W): boolean {
    const paths = watcher.watched[kind]
    if (paths === null || !paths.delete(path)) return false
    const table = this.#table(kind)
    const watchers = table.get(path)
    assert(watchers?.delete(watcher) === true, `watch on ${path} is in one table only`)
    if (watchers.size === 0) table.delete(path)
    this.#counts[kind] -= 1
    return true
  }

  /** Forgets all watches of a connection that is gone. */
  removeAll(watcher: W): void {
    for (const kind of KINDS) {
      const paths = watcher.watched[kind]
      if (paths === null) continue
      for (const path of [...paths]) this.remove(kind, path, watcher)
    }
  }

  /** Tells every watcher of `change`, each once. */
  trigger(change: Change): void {
    if (this.count === 0) return
    const { path } = change
    switch (change.type) {
      case EventType.nodeCreated:
      case EventType.nodeDataChanged:
        this.#collectOneShot(WatchKind.data, path)
        this.#collect(WatchKind.persistent, path)
        this.#collectRecursive(path)
        break
      case EventType.nodeDeleted:
        this.#collectOneShot(WatchKind.data, path)
        this.#collectOneShot(WatchKind.child, path)
        this.#collect(WatchKind.persistent, path)
        this.#collectRecursive(path)
        break
      case EventType.nodeChildrenChanged:
        this.#collectOneShot(WatchKind.child, path)
        this.#collect(WatchKind.persistent, path)
        break
      case EventType.none:
        return
      default:
        unreachable(change.type)
    }
    if (this.#hit.size === 0) return
    for (const watcher of this.#hit) this.#deliver(watcher, change)
    this.#hit.clear()
  }

  #table(kind: WatchKind): Map<string, Set<W>> {
    const table = this.#tables[kind]
    assert(table !== undefined, `watch kind ${kind}`)
    return table
  }

  #collect(kind: WatchKind, path: string): void {
    const watchers = this.#table(kind).get(path)
    if (watchers !== undefined) for (const watcher of watchers) this.#hit.add(watcher)
  }

  #collectOneShot(kind: WatchKind, path: string): void {
    const table = this.#table(kind)
    const watchers = table.get(path)
    if (watchers === undefined) return
    table.delete(path)
    this.#counts[kind] -= watchers.size
    for (const watcher of watchers) {
      watcher.watched[kind]?.delete(path)
      this.#hit.add(watcher)
    }
  }

  #collectRecursive(path: string): void {
    if (this.#table(WatchKind.recursive).size === 0) return
    for (let at = path; ; at = parentPath(at)) {
      this.#collect(WatchKind.recursive, at)
      if (at === '/') return
    }
  }
}
