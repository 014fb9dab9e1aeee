// recipes: one znode, kept up to date.

import type { Client } from '../../core/index.ts'
import type { CacheOptions } from './cache.ts'
import { Cache } from './cache.ts'
import type { CachedNode } from './cached-node.ts'

/** Options of a {@link NodeCache}. */
export type NodeCacheOptions = Omit<CacheOptions, 'maxNodes'>

/**
 * One znode as it is now, there or not.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { NodeCache } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using flags = new NodeCache(client, '/flags')
 * await flags.start()
 * console.log(`${flags.current?.data}`)
 * ```
 */
export class NodeCache extends Cache {
  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: NodeCacheOptions = {}) {
    super(client, path, { maxDepth: 0, keepRoot: true }, options)
  }

  /** The znode, `null` if there is none. */
  get current(): CachedNode | null {
    return this.mirror.image.store.get(this.path) ?? null
  }
}
