// tree: the numbers of all znodes: a row each in pages of int32 words, outside the JavaScript heap. PURE.
//
//   row number   page << 9 | place        page: 512 rows, one Int32Array of 50 KiB
//
//   row, 25 words of 32 bits; 64-bit values are two words, upper half first; rows that are named may be NONE (-1)
//
//    0 parent        row of the node above                     9 mzxid
//    1 first child   its `previous` is the last child         11 pzxid
//    2 next          sibling, NONE after the last             13 ctime
//    3 previous      sibling, of the first: the last          15 mtime
//    4 children      how many                                 17 version
//    5 name length   bytes                                    18 creates     children ever created
//    6 name          slot in the ByteSlab                     19 aversion
//    7 czxid                                                  20 path key    hash of the path, equal on all servers
//                                                             21 ACL         number in the AclTable
//                                                             22 holder      HolderKind
//                                                             23 data        slot in the ByteSlab
//                                                             24 data length -1 = null
//
// From czxid to aversion they lie as in a snapshot's record.

import { assert } from '../support/assert.ts'
import { SlotPages } from './slot-pages.ts'

/** In place of a row where there is none. */
export const NONE = -1

export const PARENT = 0
export const FIRST_CHILD = 1
export const NEXT = 2
export const PREVIOUS = 3
export const CHILDREN = 4
export const NAME_LENGTH = 5
export const NAME = 6
export const CZXID = 7
export const MZXID = 9
export const PZXID = 11
export const CTIME = 13
export const MTIME = 15
export const VERSION = 17
export const CREATES = 18
export const AVERSION = 19
export const PATH_KEY = 20
export const ACL = 21
export const HOLDER = 22
export const DATA = 23
export const DATA_LENGTH = 24
const ROW_WORDS = 25

/** What holds a node: nothing (persistent), a session (ephemeral), a Lifetime (container, TTL). */
export const HolderKind = { none: 0, session: 1, lifetime: 2 } as const

const ROW_BITS = 9
const ROW_MASK = (1 << ROW_BITS) - 1
const TWO_32 = 2 ** 32

export class NodeRows {
  readonly #slots = new SlotPages(ROW_BITS)
  readonly #pages: (Int32Array | undefined)[] = []

  /** Rows in use. */
  get count(): number {
    return this.#slots.count
  }

  /** A row whose words are 0. */
  take(): number {
    const row = this.#slots.take()
    const number = row >>> ROW_BITS
    const page = this.#pages[number]
    if (page === undefined) {
      this.#pages[number] = new Int32Array(ROW_WORDS << ROW_BITS)
    } else {
      const at = rowStart(row)
      for (let i = 0; i < ROW_WORDS; i++) page[at + i] = 0
    }
    return row
  }

  release(row: number): void {
    if (this.#slots.release(row)) this.#pages[row >>> ROW_BITS] = undefined
  }

  /** The words of the row's page; its own begin at {@link rowStart}. */
  page(row: number): Int32Array {
    const page = this.#pages[row >>> ROW_BITS]
    assert(page !== undefined, 'the row is in use')
    return page
  }

  get(row: number, word: number): number {
    return this.page(row)[rowStart(row) + word] as number
  }

  set(row: number, word: number, value: number): void {
    this.page(row)[rowStart(row) + word] = value
  }
}

/** Where a row begins in its page. */
export function rowStart(row: number): number {
  return (row & ROW_MASK) * ROW_WORDS
}

/** A safe integer that is not negative, from two words. */
export function getInt64(words: Int32Array, at: number): number {
  return (words[at] as number) * TWO_32 + ((words[at + 1] as number) >>> 0)
}

export function setInt64(words: Int32Array, at: number, value: number): void {
  words[at] = value / TWO_32
  words[at + 1] = value
}
