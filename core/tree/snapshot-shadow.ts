// tree: what nodes looked like when a snapshot began, of those that changed since and were not yet written. PURE.
//
//   created since        known by its czxid, which is above the last one of the snapshot: nothing is kept
//   changed since        its image of the start, by its row
//   gone since           its image of the start, by its path; also when the delete was undone and it is back in another row
//
// The walk asks here first, then the tree. Nodes at or before the walk's position are done: their changes are not kept.

import { baseName, parentPath } from '../wire/paths.ts'
import type { NodeImage } from './node-image.ts'
import { CZXID, getInt64, type NodeRows, rowStart } from './node-rows.ts'
import type { Journal } from './node-store.ts'
import { compareTreeOrder } from './tree-order.ts'
import type { Znode } from './znode.ts'

export class SnapshotShadow implements Journal {
  readonly #rows: NodeRows
  readonly #lastZxid: number
  readonly #changed = new Map<number, NodeImage>()
  readonly #gone = new Map<string, NodeImage>()
  /** Children that existed at the start and were deleted since, by the parent's path. */
  readonly #deleted = new Map<string, Set<string>>()
  /** Nodes whose children the walk knows and has not all written. */
  readonly #known = new Set<string>()
  #position: string | null = null

  /** `lastZxid`: of the state that the snapshot holds. No node of it was created later, and every node that comes is. */
  constructor({ rows }: { readonly rows: NodeRows }, lastZxid: number) {
    this.#rows = rows
    this.#lastZxid = lastZxid
  }

  /** Images held now. */
  get size(): number {
    return this.#changed.size + this.#gone.size
  }

  /** Whether the node of a row in use was created since the start. */
  isNew(row: number): boolean {
    return getInt64(this.#rows.page(row), rowStart(row) + CZXID) > this.#lastZxid
  }

  /** What a node of the start was like, `undefined` if it did not change since. `row`: its own if it is where it was. */
  image(path: string, row: number): NodeImage | undefined {
    const gone = this.#gone.size === 0 ? undefined : this.#gone.get(path)
    return gone ?? (this.#changed.size === 0 ? undefined : this.#changed.get(row))
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
  passed(path: string, row: number): void {
    this.#position = path
    if (this.#changed.size > 0) this.#changed.delete(row)
    if (this.#gone.size > 0) this.#gone.delete(path)
  }

  /** The walk has written everything below `path`. */
  left(path: string): void {
    this.#known.delete(path)
  }

  clear(): void {
    this.#changed.clear()
    this.#gone.clear()
    this.#deleted.clear()
    this.#known.clear()
  }

  attached(): void {
    // A node that comes is new, or comes back: then its image is among those of the gone.
  }

  detached(path: string, node: Znode): void {
    const { row } = node
    if (this.isNew(row) || !this.#isAhead(path)) return
    if (!this.#gone.has(path)) this.#gone.set(path, this.#changed.get(row) ?? node.image())
    // Another node may take the row.
    this.#changed.delete(row)
    const parent = parentPath(path)
    if (this.#known.has(parent)) return
    const names = this.#deleted.get(parent)
    if (names === undefined) this.#deleted.set(parent, new Set([baseName(path)]))
    else names.add(baseName(path))
  }

  changing(path: string, node: Znode): void {
    const { row } = node
    if (this.isNew(row) || this.#changed.has(row) || !this.#isAhead(path)) return
    if (this.#gone.size === 0 || !this.#gone.has(path)) this.#changed.set(row, node.image())
  }

  #isAhead(path: string): boolean {
    return this.#position === null || compareTreeOrder(path, this.#position) > 0
  }
}
