// client: all watches of one client: takes in events, hands out what to register again, and knows who depends on what at the server.

import { int64ToBigInt, joinInt64 } from '../support/int64.ts'
import { EventType, type WatcherEvent, WatcherType } from '../wire/records.ts'
import type { Chroot } from './chroot.ts'
import { type OneShot, type OneShotKind, OneShotWatches } from './one-shot-watches.ts'
import { PersistentWatches, type PersistentWatchPort } from './persistent-watches.ts'
import { type RearmChunk, rearmChunks } from './rearm.ts'
import type { WatchCounts, WatchEvent, WatcherKind } from './types.ts'
import { untilAborted } from './until-aborted.ts'
import { WatchIterator } from './watch-iterator.ts'

/** The watch that a request may register. */
export type WatchIntent = OneShot

const EVENT_NAMES: ReadonlyMap<number, WatchEvent['type']> = new Map<number, WatchEvent['type']>([
  [EventType.nodeCreated, 'created'],
  [EventType.nodeDeleted, 'deleted'],
  [EventType.nodeDataChanged, 'changed'],
  [EventType.nodeChildrenChanged, 'children'],
])

export class WatchRegistry {
  readonly #chroot: Chroot
  readonly #port: PersistentWatchPort
  readonly #oneShots: OneShotWatches
  readonly #persistents: PersistentWatches

  constructor(chroot: Chroot, port: PersistentWatchPort) {
    this.#chroot = chroot
    this.#port = port
    this.#persistents = new PersistentWatches(port)
    this.#oneShots = new OneShotWatches((table, serverPath) => this.#removeOneShot(table, serverPath))
  }

  /** Watches that exist here, for tests of leaks. */
  get size(): number {
    return this.#oneShots.size + this.#persistents.size
  }

  /** Whether anything here depends on the server's watches at the path. */
  has(serverPath: string): boolean {
    return this.#oneShots.has(serverPath) || this.#persistents.has(serverPath)
  }

  intend(kind: OneShotKind, path: string, callback: (event: WatchEvent) => void): WatchIntent {
    return this.#oneShots.intend(kind, this.#chroot.toServer(path), path, callback)
  }

  replied(watch: WatchIntent, err: number, wanted: boolean): void {
    this.#oneShots.replied(watch, err, wanted)
  }

  abandoned(watch: WatchIntent): void {
    this.#oneShots.abandoned(watch)
  }

  takeBack(watch: WatchIntent): void {
    this.#oneShots.takeBack(watch)
  }

  /** Opens a persistent watch; resolves when the server holds it. */
  async open(path: string, recursive: boolean, maxBuffered: number, signal: AbortSignal | undefined): Promise<WatchIterator> {
    const serverPath = this.#chroot.toServer(path)
    const iterator = new WatchIterator(path, recursive, maxBuffered, signal, (it) => this.#leave(serverPath, it))
    try {
      await untilAborted(this.#persistents.join(serverPath, recursive, iterator), signal)
    } catch (error) {
      iterator.abandon()
      throw error
    }
    return iterator
  }

  /** What {@link Client.stats} tells of the watches. */
  get counts(): WatchCounts {
    return { ...this.#oneShots.counts, ...this.#persistents.counts }
  }

  /** An event frame came. Returns it as it was told; `null` for names that are not of the protocol: ignored, as ZooKeeper's client does. */
  dispatch(event: WatcherEvent, zxidHi: number, zxidLo: number): WatchEvent | null {
    const type = EVENT_NAMES.get(event.type)
    const path = this.#chroot.toClient(event.path)
    if (type === undefined) return null
    const zxid = joinInt64(zxidHi, zxidLo)
    const told: WatchEvent = { type, path: path ?? event.path, zxid: zxid > 0 ? int64ToBigInt(zxidHi, zxidLo) : null }
    this.#persistents.dispatch(event.type, event.path, zxid, told)
    this.#oneShots.dispatch(event.type, event.path, told)
    return told
  }

  disconnected(): void {
    this.#oneShots.disconnected()
    this.#persistents.disconnected()
  }

  /** The session ended. One-shot watches end with it; persistent ones are registered again in the next, unless there is none. */
  sessionEnded(final: boolean): void {
    this.#oneShots.lost()
    if (final) this.#persistents.lost()
  }

  /** What to send on a new connection, and marks it as under way. */
  rearm(relativeZxid: number): RearmChunk[] {
    const chunks = rearmChunks(this.#oneShots.rearm(), this.#persistents.rearm(), relativeZxid)
    for (const chunk of chunks) {
      for (const point of chunk.points) point.startRearming(chunk.replayable)
    }
    return chunks
  }

  /** The server registered a chunk; `covered`: it replayed everything after that zxid, `null` if it replays nothing. */
  rearmed(chunk: RearmChunk, covered: bigint | null): void {
    const complete = chunk.replayable && covered !== null && covered <= BigInt(chunk.request.relativeZxid)
    for (const point of chunk.points) {
      if (point.state === 'rearming') point.finishRearming(complete)
    }
  }

  /** The server removed what {@link Client.removeWatches} asked for. */
  removed(path: string, kind: WatcherKind): void {
    const serverPath = this.#chroot.toServer(path)
    if (kind === 'data' || kind === 'any') this.#oneShots.removed(serverPath, 'data')
    if (kind === 'children' || kind === 'any') this.#oneShots.removed(serverPath, 'child')
    if (kind === 'persistent' || kind === 'any') this.#persistents.removed(serverPath, false)
    if (kind === 'persistent-recursive' || kind === 'any') this.#persistents.removed(serverPath, true)
  }

  async #leave(serverPath: string, iterator: WatchIterator): Promise<void> {
    await this.#persistents.leave(serverPath, iterator)
    if (!this.#persistents.has(serverPath)) this.#oneShots.sweep(serverPath)
  }

  /**
   * Servers before 3.9.5 keep one mode for each path and connection: removing a one-shot watch would take a persistent one on the same
   * path with it. So it stays until the persistent one leaves, too.
   */
  #removeOneShot(table: 'data' | 'child', serverPath: string): boolean {
    if (this.#persistents.has(serverPath)) return false
    if (this.#port.attached) void this.#port.removeWatch(serverPath, table === 'data' ? WatcherType.data : WatcherType.children)
    return true
  }
}
