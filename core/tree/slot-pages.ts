// tree: hands out numbers of equal slots that lie in pages, and says when a page is empty, so that its memory can go. PURE.
//
//   slot number   page number << bits | place in the page
//   page          one bit per slot, 1 = taken        [11111111 11111111 ... 11101100 00000000]
//                                                                          ^ looked for from the first word that may have a 0
//
// Slots are taken from pages that have room before a new page is begun. The memory itself is the caller's: this is bookkeeping alone.

import { assert } from '../support/assert.ts'

interface Page {
  /** A bit per slot. */
  readonly taken: Int32Array
  count: number
  /** No word before this one has a free slot. */
  from: number
  /** Whether its number is in the list of pages with room. */
  listed: boolean
}

export class SlotPages {
  readonly #bits: number
  readonly #perPage: number
  readonly #pages: (Page | undefined)[] = []
  /** Pages that had room when they were put here, the next one to take from last. */
  readonly #open: number[] = []
  /** Numbers of pages that went. */
  readonly #gone: number[] = []
  /** Pages without a taken slot. One is kept, so that a node that comes and goes does not make and drop a page every time. */
  #empty = 0
  #count = 0

  /** Pages of 2^bits slots, 32 at least. */
  constructor(bits: number) {
    assert(bits >= 5 && bits <= 20, 'a page has from 32 to a million slots')
    this.#bits = bits
    this.#perPage = 1 << bits
  }

  /** Slots taken. */
  get count(): number {
    return this.#count
  }

  /** Pages that there are. */
  get pageCount(): number {
    return this.#pages.length - this.#gone.length
  }

  /** A free slot, perhaps in a page that was not there before. */
  take(): number {
    for (let number = this.#open.at(-1); number !== undefined; number = this.#open.at(-1)) {
      const page = this.#pages[number]
      if (page !== undefined && page.count < this.#perPage) return this.#takeFrom(page, number)
      this.#open.pop()
      if (page !== undefined) page.listed = false
    }
    const number = this.#gone.pop() ?? this.#pages.length
    const page: Page = { taken: new Int32Array(this.#perPage >>> 5), count: 0, from: 0, listed: true }
    this.#pages[number] = page
    this.#open.push(number)
    this.#empty++
    return this.#takeFrom(page, number)
  }

  /** Gives a slot back. Returns true if its page goes with it: the caller lets go of the page's memory. */
  release(slot: number): boolean {
    const number = slot >>> this.#bits
    const page = this.#pages[number]
    const place = slot & (this.#perPage - 1)
    const word = place >>> 5
    const bit = 1 << (place & 31)
    assert(page !== undefined && ((page.taken[word] as number) & bit) !== 0, 'a slot that is given back was taken')
    page.taken[word] = (page.taken[word] as number) & ~bit
    page.count--
    this.#count--
    if (word < page.from) page.from = word
    if (page.count === 0) {
      if (this.#empty > 0) {
        this.#pages[number] = undefined
        this.#gone.push(number)
        return true
      }
      this.#empty++
    }
    if (!page.listed) {
      page.listed = true
      this.#open.push(number)
    }
    return false
  }

  #takeFrom(page: Page, number: number): number {
    let word = page.from
    while (page.taken[word] === -1) word++
    const free = ~(page.taken[word] as number)
    const bit = free & -free
    page.taken[word] = (page.taken[word] as number) | bit
    page.from = word
    if (page.count === 0) this.#empty--
    page.count++
    this.#count++
    return (number << this.#bits) | (word << 5) | (31 - Math.clz32(bit))
  }
}
