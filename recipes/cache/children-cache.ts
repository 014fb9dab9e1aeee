// recipes: the children of one znode with their data, kept up to date.

import type { Client } from '../../core/index.ts'
import type { CacheOptions } from './cache.ts'
import { Cache } from './cache.ts'
import type { CachedNode } from './cached-node.ts'
import { joinPath } from './node-store.ts'

/** Options of a {@link ChildrenCache}. */
export interface ChildrenCacheOptions extends CacheOptions {
  /** False: the child of this name is not kept. */
  readonly filter?: (name: string) => boolean
}

/**
 * The children of a znode, with their data; not the znode itself, and nothing below them.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { ChildrenCache } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using hosts = new ChildrenCache(client, '/hosts')
 * await hosts.start()
 * for (const { name, data } of hosts.children()) console.log(name, `${data}`)
 * ```
 */
export class ChildrenCache extends Cache {
  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: ChildrenCacheOptions = {}) {
    const { filter } = options
    const kind = { maxDepth: 1, keepRoot: false }
    super(
      client,
      path,
      filter === undefined ? kind : { ...kind, filter: (child: string): boolean => filter(child.slice(child.lastIndexOf('/') + 1)) },
      options,
    )
  }

  /** The child of that name, `undefined` if there is none. */
  get(name: string): CachedNode | undefined {
    return this.mirror.image.store.get(joinPath(this.path, name))
  }

  /** All children, by name. */
  children(): CachedNode[] {
    return [...this.mirror.image.store.nodes()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}
