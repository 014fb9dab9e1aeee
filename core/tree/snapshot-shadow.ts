// tree: what nodes looked like when a snapshot began, of those that changed since and were not yet written. PURE.
//
// The first change of a node after the start keeps its image; a node created since is marked as absent. The walk asks here first, then
// the tree. Nodes at or before the walk's position are done: their changes are not kept.

import { baseName, parentPath } from '../wire/paths.ts'
import type { NodeImage } from './node-image.ts'
import type { Journal } from './node-store.ts'
import { compareTreeOrder } from './tree-order.ts'
import type { Znode } from './znode.ts'

export class SnapshotShadow implements Journal {
  readonly #images = new Map<string, NodeImage | null>()
  /** Children that existed at the start and were deleted since, by the parent's path. */
  readonly #deleted = new Map<string, Set<string>>()
  /** Nodes whose children the walk knows and has not all written. */
  readonly #known = new Set<string>()
  #position: string | null = null

  /** Images held now. */
  get size(): number {
    return this.#images.size
  }

  /** The node at the start; `null` if it was not there, `undefined` if it did not change since. */
  image(path: string): NodeImage | null | undefined {
    return this.#images.size === 0 ? undefined : this.#images.get(path)
  }

  /** Children of `path` that existed at the start and were deleted since. From now on the walk knows them all. */
  takeDeletedChildren(path: string): string[] {
    const names = this.#deleted.get(path)
    this.#deleted.delete(path)
    this.#known.add(path)
    return names === undefined ? [] : [...names]
  }

  /** Whether children of `path` that existed at the start were deleted since. */
  hasDeletedChildren(path: string): boolean {
    return this.#deleted.size > 0 && this.#deleted.has(path)
  }

  /** The walk has written `path`. */
  passed(path: string): void {
    this.#position = path
    if (this.#images.size > 0) this.#images.delete(path)
  }

  /** The walk has written everything below `path`. */
  left(path: string): void {
    this.#known.delete(path)
  }

  clear(): void {
    this.#images.clear()
    this.#deleted.clear()
    this.#known.clear()
  }

  attached(path: string): void {
    if (this.#isAhead(path) && !this.#images.has(path)) this.#images.set(path, null)
  }

  detached(path: string, node: Znode): void {
    if (!this.#isAhead(path) || this.#images.get(path) === null) return
    if (!this.#images.has(path)) this.#images.set(path, node.image())
    const parent = parentPath(path)
    if (this.#known.has(parent)) return
    const names = this.#deleted.get(parent)
    if (names === undefined) this.#deleted.set(parent, new Set([baseName(path)]))
    else names.add(baseName(path))
  }

  changing(path: string, node: Znode): void {
    if (this.#isAhead(path) && !this.#images.has(path)) this.#images.set(path, node.image())
  }

  #isAhead(path: string): boolean {
    return this.#position === null || compareTreeOrder(path, this.#position) > 0
  }
}
