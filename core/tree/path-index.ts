// tree: finds a row by its path: a hash table that grows by one bucket at a time (linear hashing). PURE.
//
//   bucket -> row -> row -> ...      chained through the rows; a row keeps its path's hash, so that strangers are told apart without a
//                                    look at their names
//
//   buckets   0 .. split-1 | split ... level-1 | level ... level+split-1        the hash's lower bits choose: modulo 2 * level if that
//             split        | still whole       | their second halves            bucket is there, modulo level if not
//
// An insertion that makes more rows than buckets splits the bucket at `split`. So no insertion takes longer than any other: a table that
// doubles stops the server for a tenth of a second at a million nodes, and needs half as much memory again while it does.
//
// No row holds its path: a path is right when its last component is the row's name, the one before it the parent's, up to the root.

import { assert } from '../support/assert.ts'
import type { ByteSlab } from './byte-slab.ts'
import { CHAIN, HASH, NAME, NAME_LENGTH, NONE, type NodeRows, PARENT, rowStart } from './node-rows.ts'
import type { PathBytes } from './path-bytes.ts'

const PAGE_BITS = 10
const PAGE_BUCKETS = 1 << PAGE_BITS
const SLASH = 0x2f

export class PathIndex {
  readonly #rows: NodeRows
  readonly #bytes: ByteSlab
  readonly #buckets: Int32Array[] = [emptyPage()]
  #level = PAGE_BUCKETS
  #split = 0
  #count = 0

  constructor(rows: NodeRows, bytes: ByteSlab) {
    this.#rows = rows
    this.#bytes = bytes
  }

  /** Makes the buckets for `count` rows at once: growing by a million splits costs half a second. Only while it is empty. */
  reserve(count: number): void {
    assert(this.#count === 0 && this.#split === 0, 'buckets are made ahead of the first row')
    while (this.#level < count) {
      for (let i = this.#level / PAGE_BUCKETS; i > 0; i--) this.#buckets.push(emptyPage())
      this.#level *= 2
    }
  }

  /** The row of a path, NONE if there is none. Not for the root. */
  find(path: PathBytes): number {
    const { hash, view, end } = path
    let row = this.#head(this.#bucketOf(hash))
    while (row !== NONE) {
      const words = this.#rows.page(row)
      const at = rowStart(row)
      if (words[at + HASH] === hash && this.#isPathOf(row, view, end)) return row
      row = words[at + CHAIN] as number
    }
    return NONE
  }

  /** Enters a row whose parent and name are written. */
  add(row: number, hash: number): void {
    this.#rows.set(row, HASH, hash)
    this.#push(this.#bucketOf(hash), row)
    if (++this.#count > this.#level + this.#split) this.#splitOne()
  }

  remove(row: number): void {
    const bucket = this.#bucketOf(this.#rows.get(row, HASH))
    const after = this.#rows.get(row, CHAIN)
    let before = this.#head(bucket)
    if (before === row) {
      this.#setHead(bucket, after)
    } else {
      for (let next = this.#rows.get(before, CHAIN); next !== row; next = this.#rows.get(next, CHAIN)) before = next
      this.#rows.set(before, CHAIN, after)
    }
    this.#count--
  }

  #isPathOf(row: number, path: DataView, end: number): boolean {
    let at = end
    for (let up = row; ; ) {
      const words = this.#rows.page(up)
      const from = rowStart(up)
      const parent = words[from + PARENT] as number
      if (parent === NONE) return at === 0
      const length = words[from + NAME_LENGTH] as number
      at -= length + 1
      if (at < 0 || path.getUint8(at) !== SLASH || !this.#bytes.equals(words[from + NAME] as number, length, path, at + 1)) return false
      up = parent
    }
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#level - 1)
    return bucket < this.#split ? hash & (2 * this.#level - 1) : bucket
  }

  /** The rows of one bucket go, by one more bit of their hashes, to it and to its second half. */
  #splitOne(): void {
    const old = this.#split
    const added = this.#level + old
    assert(added < 2 ** 31, 'buckets are numbered by the bits of an int32')
    if ((added & (PAGE_BUCKETS - 1)) === 0) this.#buckets.push(emptyPage())
    let row = this.#head(old)
    this.#setHead(old, NONE)
    while (row !== NONE) {
      const next = this.#rows.get(row, CHAIN)
      this.#push((this.#rows.get(row, HASH) & this.#level) === 0 ? old : added, row)
      row = next
    }
    this.#split++
    if (this.#split === this.#level) {
      this.#level *= 2
      this.#split = 0
    }
  }

  #push(bucket: number, row: number): void {
    this.#rows.set(row, CHAIN, this.#head(bucket))
    this.#setHead(bucket, row)
  }

  #head(bucket: number): number {
    return (this.#buckets[bucket >>> PAGE_BITS] as Int32Array)[bucket & (PAGE_BUCKETS - 1)] as number
  }

  #setHead(bucket: number, row: number): void {
    ;(this.#buckets[bucket >>> PAGE_BITS] as Int32Array)[bucket & (PAGE_BUCKETS - 1)] = row
  }
}

function emptyPage(): Int32Array {
  return new Int32Array(PAGE_BUCKETS).fill(NONE)
}
