// tree: what each znode contributes to the digest of the state: every number of its row that is equal on all servers, its path, its list, its holder, and of
// its data the length and the first bytes. PURE.
//
// The old contribution is worked out again when a node changes, not remembered: numbers that went astray in memory meanwhile show in the sum for good.

import { DigestSum } from './digest-sum.ts'
import { Lifetime } from './node-image.ts'
import { ACL, CZXID, DATA, DATA_LENGTH, HOLDER, HolderKind, PATH_KEY, rowStart } from './node-rows.ts'
import type { NodeTables } from './znode.ts'

/** Data comes from the entry as it is: servers that differ in it differ in its beginning, or in where it lies. A hash of all would cost as much as the write. */
const DATA_BYTES = 64

export class NodeDigest {
  readonly #tables: NodeTables
  readonly sum: DigestSum = new DigestSum()

  constructor(tables: NodeTables) {
    this.#tables = tables
  }

  add(row: number): void {
    this.#hash(row)
    this.sum.add()
  }

  take(row: number): void {
    this.#hash(row)
    this.sum.take()
  }

  #hash(row: number): void {
    const { rows, acls, bytes, holders } = this.#tables
    const words = rows.page(row)
    const at = rowStart(row)
    const length = words[at + DATA_LENGTH] as number
    const sum = this.sum
      .begin()
      .words(words, at + CZXID, at + PATH_KEY + 1)
      .word(acls.at(words[at + ACL] as number).hash)
      .word(length)
    if (length > 0) sum.word(bytes.hash(words[at + DATA] as number, length, DATA_BYTES))
    if (words[at + HOLDER] === HolderKind.none) return
    const holder = holders.get(row)
    if (holder instanceof Lifetime) sum.int64(holder.ttlMs).int64(holder.touchedMs)
    else if (holder !== undefined) sum.word(holder.hi).word(holder.lo)
  }
}
