// recipes: what a cache shows, what a read or an event makes of it, and who is told. Knows no client.

import { nameOf } from '../support/own-node.ts'
import { CacheFeed } from './cache-feed.ts'
import type { CachedNode, SyncCause } from './cached-node.ts'
import { NodeStore } from './node-store.ts'
import type { Found } from './read-queue.ts'
import { ZxidWindow } from './zxid-window.ts'

/** The znodes, the time from which they are, and the consumers of the differences. */
export class CacheImage {
  readonly store: NodeStore = new NodeStore()
  readonly window: ZxidWindow = new ZxidWindow()
  readonly #feeds = new Set<CacheFeed>()

  /** Another consumer, who begins with what is there. */
  feed(isSynced: boolean): CacheFeed {
    const feed = new CacheFeed(this.store)
    if (isSynced) feed.synced(this.window.floor, 'initial')
    this.#feeds.add(feed)
    return feed
  }

  drop(feed: CacheFeed): void {
    this.#feeds.delete(feed)
  }

  /** A read in this pass, or beside it, found that. `lastZxid`: the servers had come so far at least. */
  found(path: string, found: Found, pass: number, lastZxid: bigint): void {
    const before = this.store.get(path)
    if (found === null) {
      if (before !== undefined) this.removeBelow(path, lastZxid)
      return
    }
    const { stat } = found
    if (before !== undefined && stat.mzxid <= before.stat.mzxid) {
      this.store.seen(path, pass)
      return
    }
    this.store.set({ path, name: nameOf(path), data: found.data, stat }, pass)
    this.window.lift(stat.mzxid)
    for (const feed of this.#feeds) feed.note(path, before, 0n)
  }

  /** It was deleted at `zxid`, with everything that was below it then. */
  gone(path: string, zxid: bigint): void {
    for (const node of this.store.below(path)) if (node.stat.czxid < zxid) this.#remove(node, zxid)
    this.window.lift(zxid)
  }

  /** It is not to be shown any more, nor what is below it. When it went nobody said: at `zxid` at the latest. */
  removeBelow(path: string, zxid: bigint): void {
    for (const node of this.store.below(path)) this.#remove(node, zxid)
  }

  /** What a complete pass has not seen is gone, since `zxid` at the latest. */
  removeUnseen(pass: number, zxid: bigint): void {
    for (const node of this.store.unseenSince(pass)) this.#remove(node, zxid)
  }

  /** Everything up to the floor was told. */
  synced(cause: SyncCause): void {
    for (const feed of this.#feeds) feed.synced(this.window.floor, cause)
  }

  /** Nothing is shown any more, nothing more is told. */
  end(error: unknown): void {
    this.store.clear()
    for (const feed of this.#feeds) feed.end(error)
  }

  /** Its absence is contained from now on, and with it that it is `zxid` or later. */
  #remove(node: CachedNode, zxid: bigint): void {
    this.store.delete(node.path)
    this.window.lift(zxid)
    for (const feed of this.#feeds) feed.note(node.path, node, zxid)
  }
}
