// recipes: what one consumer of a cache has not been told yet: at most one difference for each znode, however slow it is.

import type { CacheChange, CachedNode, SyncCause } from './cached-node.ts'
import { nodeChanges } from './cached-node.ts'
import type { NodeStore } from './node-store.ts'

/** What the consumer saw last, and when it went. */
interface Before {
  readonly node: CachedNode | undefined
  goneZxid: bigint
}

/** In place of a path: everything before it in the order was known when the cache was complete. */
const SYNCED = ''

/** Feeds one consumer. Merges what it does not take in time; the last state is never skipped, nor is a recreation. */
export class CacheFeed {
  readonly #store: NodeStore
  readonly #pending = new Map<string, Before>()
  #synced: Extract<CacheChange, { type: 'synced' }> | null = null
  #wake: (() => void) | null = null
  #end: { readonly error: unknown } | null = null

  /** Begins with everything that is there. */
  constructor(store: NodeStore) {
    this.#store = store
    for (const { path } of store.nodes()) this.#pending.set(path, { node: undefined, goneZxid: 0n })
  }

  /** The znode was `before` until now. */
  note(path: string, before: CachedNode | undefined, goneZxid: bigint): void {
    const pending = this.#pending.get(path)
    if (pending === undefined) this.#pending.set(path, { node: before, goneZxid })
    else if (goneZxid > pending.goneZxid) pending.goneZxid = goneZxid
    this.#ring()
  }

  synced(zxid: bigint, cause: SyncCause): void {
    this.#synced = { type: 'synced', zxid, cause }
    this.#pending.delete(SYNCED)
    this.#pending.set(SYNCED, { node: undefined, goneZxid: 0n })
    this.#ring()
  }

  /** Nothing more will come: the reading rejects, at once. */
  end(error: unknown): void {
    this.#end ??= { error }
    this.#ring()
  }

  async *read(signal: AbortSignal): AsyncGenerator<CacheChange, undefined, undefined> {
    for (;;) {
      // A live iteration: what is noted meanwhile comes at its end. Taking the first one again and again would walk over all that were taken before.
      for (const [path, before] of this.#pending) {
        this.#check(signal)
        yield* this.#take(path, before)
      }
      this.#check(signal)
      if (this.#pending.size === 0) await this.#more(signal)
    }
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#end !== null) throw this.#end.error
  }

  #take(path: string, before: Before): readonly CacheChange[] {
    this.#pending.delete(path)
    if (path === SYNCED) return this.#synced === null ? [] : [this.#synced]
    return nodeChanges(before.node, this.#store.get(path), before.goneZxid)
  }

  async #more(signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#ring()
    signal.addEventListener('abort', wake, { once: true })
    try {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }

  #ring(): void {
    this.#wake?.()
    this.#wake = null
  }
}
