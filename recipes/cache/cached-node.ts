// recipes: what caches hold and what they tell: a znode as it was last read, and the differences between then and now.

import type { Stat } from '../../core/index.ts'

/** A znode as the cache knows it. */
export interface CachedNode {
  readonly path: string
  /** The last part of the path; `''` for the root. */
  readonly name: string
  /** `null` also in a cache without data. */
  readonly data: Buffer | null
  /**
   * As of the znode's creation or the last change of its data. What only children or an access list change in it (`pzxid`, `cversion`, `numChildren`,
   * `aversion`) may be older.
   */
  readonly stat: Stat
}

/** Why a cache says that it is complete: the first reading, the reading after a gap, or a reconnect after which nothing had to be read. */
export type SyncCause = 'initial' | 'gap' | 'resumed'

/**
 * What a cache tells. A znode that was deleted and made again is `removed` and `added`, however quickly, and also when both happened
 * while the client was away. `zxid` is the zxid of the change; of a removal that was not seen itself an upper bound.
 */
export type CacheChange =
  | { readonly type: 'added'; readonly node: CachedNode; readonly zxid: bigint }
  | { readonly type: 'updated'; readonly node: CachedNode; readonly previous: CachedNode; readonly zxid: bigint }
  | { readonly type: 'removed'; readonly node: CachedNode; readonly zxid: bigint }
  /** Everything that happened up to `zxid` was told before this. */
  | { readonly type: 'synced'; readonly zxid: bigint; readonly cause: SyncCause }

/** What changed about one znode, from what a consumer saw last to what is there now. */
export function nodeChanges(before: CachedNode | undefined, now: CachedNode | undefined, goneZxid: bigint): CacheChange[] {
  const added = (node: CachedNode): CacheChange => ({ type: 'added', node, zxid: node.stat.czxid })
  if (before === undefined) return now === undefined ? [] : [added(now)]
  if (now === undefined) return [{ type: 'removed', node: before, zxid: goneZxid }]
  if (now.stat.czxid !== before.stat.czxid) {
    const zxid = goneZxid > before.stat.mzxid && goneZxid < now.stat.czxid ? goneZxid : now.stat.czxid
    return [{ type: 'removed', node: before, zxid }, added(now)]
  }
  return now.stat.mzxid > before.stat.mzxid ? [{ type: 'updated', node: now, previous: before, zxid: now.stat.mzxid }] : []
}
