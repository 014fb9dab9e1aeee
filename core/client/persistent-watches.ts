// client: persistent and recursive watches. All iterators of one path and mode share the one watch that the server keeps.
//
//   adding --addWatch answered--> active --connection lost--> away --setWatches2 sent--> rearming --answered--> active
//
// While rearming, this server replays what was missed (after relativeZxid) before it answers. What was delivered before the cut may come
// again, so each point knows the newest zxid it delivered and how many events it had (one transaction can change a znode twice, and the
// order inside it is fixed): the replay is dropped up to there. Other servers replay nothing, the mark after the answer is a gap then.

import { assert } from '../support/assert.ts'
import { parentPath } from '../wire/paths.ts'
import { AddWatchMode, EventType, WatcherType } from '../wire/records.ts'
import type { WatchEvent } from './types.ts'
import type { WatchIterator } from './watch-iterator.ts'

type PointState = 'adding' | 'active' | 'away' | 'rearming' | 'gone'

export class PersistentPoint {
  readonly serverPath: string
  readonly recursive: boolean
  readonly users: Set<WatchIterator> = new Set()
  state: PointState = 'adding'
  /** Whether the replay of this rearming can be complete. */
  replayable = false
  /** Resolves when the server holds the watch for the first time. */
  added: Promise<void> = Promise.resolve()
  /** An earlier rearming did not get as far as its answer, so its gap is still to be told. */
  #owesGap = false
  #newestZxid = 0
  #newestCount = 0
  /** Where the delivery stood at the cut, and how many events of that zxid the replay has repeated. */
  #cutZxid = 0
  #cutCount = 0
  #repeatedCount = 0

  constructor(serverPath: string, recursive: boolean) {
    this.serverPath = serverPath
    this.recursive = recursive
  }

  /** An event of the server whose path concerns this point. `zxid` is -1 where the server does not tell. */
  hear(event: WatchEvent, zxid: number): void {
    if (this.state === 'rearming' && !this.#isNew(zxid)) return
    if (this.state !== 'rearming' && this.state !== 'active') return
    if (zxid > this.#newestZxid) {
      this.#newestZxid = zxid
      this.#newestCount = 0
    }
    if (zxid === this.#newestZxid) this.#newestCount += 1
    for (const user of [...this.users]) user.deliver(event)
  }

  startRearming(replayable: boolean): void {
    this.state = 'rearming'
    this.replayable = replayable
    this.#cutZxid = this.#newestZxid
    this.#cutCount = this.#newestCount
    this.#repeatedCount = 0
    if (!replayable) this.#owesGap = true
  }

  finishRearming(complete: boolean): void {
    this.state = 'active'
    const nothingMissed = complete && !this.#owesGap
    this.#owesGap = false
    for (const user of [...this.users]) user.mark(nothingMissed)
  }

  /** During a replay: not what the one-shot part of setWatches found out (no zxid), and not what was delivered before the cut. */
  #isNew(zxid: number): boolean {
    if (!this.replayable || zxid <= 0 || zxid < this.#cutZxid) return false
    if (zxid > this.#cutZxid) return true
    this.#repeatedCount += 1
    return this.#repeatedCount > this.#cutCount
  }
}

/** How the watches reach the server. Both settle for good also when the connection is lost. */
export interface PersistentWatchPort {
  readonly attached: boolean
  /** `answered` is called in the order of the frames, before any later one is looked at. */
  addWatch(serverPath: string, mode: AddWatchMode, answered: () => void): Promise<void>
  removeWatch(serverPath: string, type: WatcherType): Promise<void>
}

/** Paths of setWatches2, by list, and the points behind them. */
export interface PersistentLists {
  readonly persistent: readonly PersistentPoint[]
  readonly recursive: readonly PersistentPoint[]
}

export class PersistentWatches {
  readonly #exact = new Map<string, PersistentPoint>()
  readonly #recursive = new Map<string, PersistentPoint>()
  readonly #port: PersistentWatchPort

  constructor(port: PersistentWatchPort) {
    this.#port = port
  }

  get size(): number {
    return this.#exact.size + this.#recursive.size
  }

  get counts(): { readonly persistentWatchers: number; readonly persistentServerWatches: number } {
    let persistentWatchers = 0
    for (const point of this.#points()) persistentWatchers += point.users.size
    return { persistentWatchers, persistentServerWatches: this.size }
  }

  has(serverPath: string): boolean {
    return this.#exact.has(serverPath) || this.#recursive.has(serverPath)
  }

  /** Resolves when the server holds the watch: from then on everything is delivered. */
  async join(serverPath: string, recursive: boolean, iterator: WatchIterator): Promise<void> {
    const point = this.#pointOf(serverPath, recursive)
    point.users.add(iterator)
    await point.added
  }

  /** Resolves when the server has removed the watch, or at once when others still use it. */
  async leave(serverPath: string, iterator: WatchIterator): Promise<void> {
    const point = this.#table(iterator.recursive).get(serverPath)
    if (point === undefined || !point.users.delete(iterator)) return
    await this.#release(point)
  }

  /** Delivers to every point that the event concerns: the path's own, and recursive ones above it. */
  dispatch(type: number, serverPath: string, zxid: number, event: WatchEvent): void {
    this.#exact.get(serverPath)?.hear(event, zxid)
    if (this.#recursive.size === 0 || type === EventType.nodeChildrenChanged) return
    for (let path = serverPath; ; path = parentPath(path)) {
      this.#recursive.get(path)?.hear(event, zxid)
      if (path === '/') return
    }
  }

  disconnected(): void {
    for (const point of this.#points()) {
      if (point.state === 'active' || point.state === 'rearming') point.state = 'away'
    }
  }

  /** What to register on a new connection. */
  rearm(): PersistentLists {
    const away = (point: PersistentPoint): boolean => point.state === 'away'
    return { persistent: [...this.#exact.values()].filter(away), recursive: [...this.#recursive.values()].filter(away) }
  }

  /** The server has removed the watch on this client's request: every iterator ends. */
  removed(serverPath: string, recursive: boolean): void {
    const point = this.#table(recursive).get(serverPath)
    if (point === undefined || point.state === 'adding') return
    this.#forget(point)
    for (const user of [...point.users]) user.lose()
  }

  /** Nothing will ever be delivered again. */
  lost(): void {
    const points = [...this.#points()]
    for (const point of points) this.#forget(point)
    for (const point of points) {
      for (const user of [...point.users]) user.lose()
    }
  }

  #pointOf(serverPath: string, recursive: boolean): PersistentPoint {
    const known = this.#table(recursive).get(serverPath)
    if (known !== undefined) return known
    const point = new PersistentPoint(serverPath, recursive)
    this.#table(recursive).set(serverPath, point)
    const mode = recursive ? AddWatchMode.persistentRecursive : AddWatchMode.persistent
    const added = this.#port.addWatch(serverPath, mode, () => this.#answered(point))
    point.added = added.catch((error: unknown) => {
      this.#forget(point)
      throw error
    })
    // Whoever joined sees the rejection; when all of them have left already, nobody does.
    point.added.catch(() => undefined)
    return point
  }

  #answered(point: PersistentPoint): void {
    if (point.state !== 'adding') return
    point.state = 'active'
    if (point.users.size === 0) void this.#release(point)
  }

  async #release(point: PersistentPoint): Promise<void> {
    // While adding, the watch is released when the answer comes: a removal could overtake nothing, but others may still join.
    if (point.users.size > 0 || point.state === 'adding' || point.state === 'gone') return
    const held = point.state !== 'away'
    this.#forget(point)
    if (held && this.#port.attached) {
      await this.#port.removeWatch(point.serverPath, point.recursive ? WatcherType.persistentRecursive : WatcherType.persistent)
    }
  }

  #forget(point: PersistentPoint): void {
    if (point.state === 'gone') return
    point.state = 'gone'
    assert(this.#table(point.recursive).delete(point.serverPath), 'a point stands in its table until it is gone')
  }

  #table(recursive: boolean): Map<string, PersistentPoint> {
    return recursive ? this.#recursive : this.#exact
  }

  *#points(): IterableIterator<PersistentPoint> {
    yield* this.#exact.values()
    yield* this.#recursive.values()
  }
}
