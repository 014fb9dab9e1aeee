// tree: finds a child by its parent's row and its name: a hash table that grows by one bucket at a time (linear hashing). PURE.
//
//   bucket -> row -> row -> ...      chained through the rows; a row keeps its hash, so that most strangers are told apart without a look
//                                    at their names
//
//   buckets   0 .. split-1 | split ... level-1 | level ... level+split-1        the hash's lower bits choose: modulo 2 * level if that
//             split        | still whole       | their second halves            bucket is there, modulo level if not
//
// An insertion that makes more rows than buckets splits the bucket at `split`. So no insertion takes longer than any other: a table that
// doubles stops the server for a tenth of a second at a million nodes, and needs half as much memory again while it does.

import { assert } from '../support/assert.ts'
import type { ByteSlab } from './byte-slab.ts'
import { type HashKey, nameHash } from './name-hash.ts'
import { CHAIN, HASH, NAME, NAME_LENGTH, NONE, type NodeRows, PARENT, rowStart } from './node-rows.ts'

const PAGE_BITS = 10
const PAGE_BUCKETS = 1 << PAGE_BITS

export class NameIndex {
  readonly #rows: NodeRows
  readonly #bytes: ByteSlab
  readonly #key: HashKey
  readonly #buckets: Int32Array[] = [emptyPage()]
  #level = PAGE_BUCKETS
  #split = 0
  #count = 0

  constructor(rows: NodeRows, bytes: ByteSlab, key: HashKey) {
    this.#rows = rows
    this.#bytes = bytes
    this.#key = key
  }

  /** The child of `parent` with that name, NONE if there is none. */
  find(parent: number, bytes: Uint8Array, start: number, end: number): number {
    return this.#find(nameHash(this.#key, parent, bytes, start, end), parent, bytes, start, end - start)
  }

  /** Enters a row whose parent and name are written. No other child of that parent may have its name. */
  add(row: number, bytes: Uint8Array, start: number, end: number): void {
    const words = this.#rows.page(row)
    const at = rowStart(row)
    const parent = words[at + PARENT] as number
    const hash = nameHash(this.#key, parent, bytes, start, end)
    assert(this.#find(hash, parent, bytes, start, end - start) === NONE, 'a path holds one node')
    words[at + HASH] = hash
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

  #find(hash: number, parent: number, bytes: Uint8Array, start: number, length: number): number {
    let row = this.#head(this.#bucketOf(hash))
    while (row !== NONE) {
      const words = this.#rows.page(row)
      const at = rowStart(row)
      if (
        words[at + HASH] === hash &&
        words[at + PARENT] === parent &&
        words[at + NAME_LENGTH] === length &&
        this.#bytes.equals(words[at + NAME] as number, length, bytes, start)
      ) {
        return row
      }
      row = words[at + CHAIN] as number
    }
    return NONE
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#level - 1)
    return bucket < this.#split ? hash & (2 * this.#level - 1) : bucket
  }

  /** The rows of one bucket go, by one more bit of their hashes, to it and to its second half. */
  #splitOne(): void {
    const old = this.#split
    const added = this.#level + old
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
