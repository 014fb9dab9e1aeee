// recipes: a whole subtree, kept up to date.

import type { Client } from '../../core/index.ts'
import type { CacheOptions } from './cache.ts'
import { Cache, requireInteger } from './cache.ts'
import type { CachedNode } from './cached-node.ts'

/** Options of a {@link TreeCache}. */
export interface TreeCacheOptions extends CacheOptions {
  /** How far down: 0 is the root alone. 0 to 10,000; default 10,000. */
  readonly maxDepth?: number
  /** False for a path: neither that znode nor anything below it is kept. Must give the same answer each time. Not asked for the root. */
  readonly filter?: (path: string) => boolean
}

/**
 * A znode and everything below it.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { TreeCache } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using tree = new TreeCache(client, '/app', { filter: (path) => !path.startsWith('/app/locks') })
 * await tree.start()
 * console.log(tree.size, tree.childrenOf('/app'))
 * for await (const change of tree.changes()) {
 *   if (change.type === 'synced') console.log(`complete up to ${change.zxid}`)
 *   else console.log(change.type, change.node.path)
 * }
 * ```
 */
export class TreeCache extends Cache {
  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: TreeCacheOptions = {}) {
    const maxDepth = requireInteger('maxDepth', options.maxDepth ?? 10_000, 10_000, 0)
    super(client, path, { maxDepth, keepRoot: true, filter: options.filter }, options)
  }

  /** The znode, `undefined` if there is none that is kept. */
  get(path: string): CachedNode | undefined {
    return this.mirror.image.store.get(path)
  }

  /** Names of what is kept right below `path`, in order. */
  childrenOf(path: string): string[] {
    return [...this.mirror.image.store.childrenOf(path)].sort()
  }
}
