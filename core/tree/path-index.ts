// tree: finds a row by its path: a hash table in segments that split one at a time (extendible hashing). PURE.
//
//   hash       [ upper bits: the place in the directory | ... | lower bits: where to begin in the segment ]
//
//   directory  [ A A B C ... ]      2^depth places; a segment that has split less often than others stands in several of them
//   segment    [hash row][hash row][ . NONE][hash row] ...      1,024 places, linear probing, three quarters of them used at most
//
// A strange path is told by its hash, beside the row's number: most look-ups touch one line of memory here, and a row only when it is the right one.
// A segment that is full is parted in two by one more bit of its hashes, in some 10 us. So no insertion stops the server: a table that doubles takes a
// tenth of a second at a million nodes, and half as much memory again while it does.
//
// No row holds its path: a path is right when its last component is the row's name, the one before it the parent's, up to the root.

import { assert } from '../support/assert.ts'
import type { ByteSlab } from './byte-slab.ts'
import { NAME, NAME_LENGTH, NONE, type NodeRows, PARENT, rowStart } from './node-rows.ts'
import type { PathBytes } from './path-bytes.ts'

const PLACES = 1024
const PLACE_MASK = PLACES - 1
const MOST_USED = (PLACES * 3) / 4
/** Rows for a segment that is made ahead: room for more before it splits. */
const USED_AHEAD = PLACES / 2
const FIRST_DEPTH = 1
/** The lower bits of a hash choose the place in the segment. */
const MOST_DEPTH = 20
const SLASH = 0x2f

class Segment {
  /** Pairs of hash and row. */
  readonly words: Int32Array = new Int32Array(2 * PLACES).fill(NONE)
  /** Upper bits that all hashes in here share. */
  depth: number
  used = 0

  constructor(depth: number) {
    this.depth = depth
  }

  /** Enters a row that is not there. */
  add(hash: number, row: number): void {
    const { words } = this
    let at = hash & PLACE_MASK
    while (words[2 * at + 1] !== NONE) at = (at + 1) & PLACE_MASK
    words[2 * at] = hash
    words[2 * at + 1] = row
    this.used++
  }

  /** Takes a row out and moves up what had to give way to it. */
  remove(hash: number, row: number): void {
    const { words } = this
    let gap = hash & PLACE_MASK
    while (words[2 * gap + 1] !== row) {
      assert(words[2 * gap + 1] !== NONE, 'a row that is taken out is in the index')
      gap = (gap + 1) & PLACE_MASK
    }
    for (let at = (gap + 1) & PLACE_MASK; words[2 * at + 1] !== NONE; at = (at + 1) & PLACE_MASK) {
      const home = words[2 * at] as number
      if (((at - home) & PLACE_MASK) < ((at - gap) & PLACE_MASK)) continue
      words[2 * gap] = home
      words[2 * gap + 1] = words[2 * at + 1] as number
      gap = at
    }
    words[2 * gap + 1] = NONE
    this.used--
  }
}

export class PathIndex {
  readonly #rows: NodeRows
  readonly #bytes: ByteSlab
  #directory: Segment[] = [new Segment(FIRST_DEPTH), new Segment(FIRST_DEPTH)]
  #depth = FIRST_DEPTH
  /** What a segment that is parted held. */
  readonly #parted = new Int32Array(2 * PLACES)

  constructor(rows: NodeRows, bytes: ByteSlab) {
    this.#rows = rows
    this.#bytes = bytes
  }

  /** Makes the segments for about `count` rows at once, so that filling the table parts few of them. Only while it is empty. */
  reserve(count: number): void {
    assert(
      this.#directory.every(({ used }) => used === 0),
      'segments are made ahead of the first row',
    )
    let depth = FIRST_DEPTH
    while (depth < MOST_DEPTH && count > USED_AHEAD << depth) depth++
    this.#depth = depth
    this.#directory = Array.from({ length: 1 << depth }, () => new Segment(depth))
  }

  /** The row of a path, NONE if there is none. Not for the root. */
  find(path: PathBytes): number {
    const { hash, view, end } = path
    const { words } = this.#segmentOf(hash)
    for (let at = hash & PLACE_MASK; ; at = (at + 1) & PLACE_MASK) {
      const row = words[2 * at + 1] as number
      if (row === NONE || (words[2 * at] === hash && this.#isPathOf(row, view, end))) return row
    }
  }

  /** Enters a row whose path is not in the table. */
  add(row: number, hash: number): void {
    let segment = this.#segmentOf(hash)
    while (segment.used >= MOST_USED) {
      this.#part(segment, hash)
      segment = this.#segmentOf(hash)
    }
    segment.add(hash, row)
  }

  remove(row: number, hash: number): void {
    this.#segmentOf(hash).remove(hash, row)
  }

  #segmentOf(hash: number): Segment {
    return this.#directory[hash >>> (32 - this.#depth)] as Segment
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

  /** What `segment` holds goes, by one more bit of its hashes, to it and to a new one. `hash`: one of those that belong there. */
  #part(segment: Segment, hash: number): void {
    if (segment.depth === this.#depth) this.#double()
    const depth = segment.depth + 1
    const upper = new Segment(depth)
    const from = this.#parted
    from.set(segment.words)
    segment.words.fill(NONE)
    segment.used = 0
    segment.depth = depth
    for (let at = 0; at < from.length; at += 2) {
      const row = from[at + 1] as number
      const of = from[at] as number
      if (row !== NONE) ((of >>> (32 - depth)) & 1 ? upper : segment).add(of, row)
    }
    // The places of both are together; the upper half of them has that bit.
    const places = 1 << (this.#depth - depth)
    const first = ((hash >>> (32 - depth)) | 1) * places
    this.#directory.fill(upper, first, first + places)
  }

  #double(): void {
    assert(this.#depth < MOST_DEPTH, 'hashes under a secret key are spread evenly')
    this.#directory = this.#directory.flatMap((segment) => [segment, segment])
    this.#depth++
  }
}
