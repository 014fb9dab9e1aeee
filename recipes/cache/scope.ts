// recipes: which znodes belong to a cache: a root, how deep, and a filter. Pure.

import { parentOf } from './node-store.ts'

/** False: neither the znode nor anything below it is kept. Asked with whole paths, of the root's descendants alone. */
export type CacheFilter = (path: string) => boolean

/** The part of the tree that a cache shows. */
export class Scope {
  readonly root: string
  readonly maxDepth: number
  readonly #filter: CacheFilter | undefined
  readonly #prefix: string

  constructor(root: string, maxDepth: number, filter: CacheFilter | undefined) {
    this.root = root
    this.maxDepth = maxDepth
    this.#filter = filter
    this.#prefix = root === '/' ? '/' : `${root}/`
  }

  /** 0 for the root, -1 for what is elsewhere: `/ab` is not below `/a`. */
  depthOf(path: string): number {
    if (path === this.root) return 0
    if (!path.startsWith(this.#prefix)) return -1
    let depth = 1
    for (let at = path.indexOf('/', this.#prefix.length); at >= 0; at = path.indexOf('/', at + 1)) depth++
    return depth
  }

  includes(path: string): boolean {
    const depth = this.depthOf(path)
    if (depth < 0 || depth > this.maxDepth) return false
    if (this.#filter === undefined) return true
    for (let at = path; at !== this.root; at = parentOf(at)) if (!this.#filter(at)) return false
    return true
  }

  /** Whether children of `path`, which is included, may be. */
  descends(path: string): boolean {
    return this.depthOf(path) < this.maxDepth
  }

  /** Whether a child of an included znode is. */
  admits(path: string): boolean {
    return this.#filter === undefined || this.#filter(path)
  }
}
