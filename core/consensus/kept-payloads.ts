// consensus: payloads of entries that were applied and may still be needed by a peer, outside the JavaScript heap: no object is kept for an entry. PURE.
//
//   push --> [page: p p p p p p][page: p p p . . . . .]     a page is full when its bytes are or its places are
//             ^oldest                       ^newest
//
//   page   bytes   [payload 0][payload 1]...[payload n]
//          ends     ^end 0     ^end 1   ...  ^end n          a payload of half a page and more is a page of its own
//
// What is handed out is a copy, but for large ones: a page that is given up is filled again. So a server that has filled its room allocates nothing more
// for it. An object for each entry would live for minutes, and would be copied twice on its way out of the young generation and marked for as long as
// it lives: a leader's longest pauses came from that.

import { assert } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'

const PAGE_BYTES = 256 << 10
/** Of one page; payloads are seldom shorter than 64 bytes. */
const PAGE_PAYLOADS = 4096

class Page {
  /** Number of its first payload among all that were ever pushed. */
  first: number
  readonly #bytes: Buffer
  readonly #ends: Uint32Array
  #count = 0

  constructor(first: number, bytes: Buffer, places: number) {
    this.first = first
    this.#bytes = bytes
    this.#ends = new Uint32Array(places)
  }

  static empty(first: number): Page {
    return new Page(first, Buffer.allocUnsafeSlow(PAGE_BYTES), PAGE_PAYLOADS)
  }

  /** A page that is one payload. */
  static of(first: number, payload: Buffer): Page {
    const page = new Page(first, payload, 1)
    page.#take(payload.length)
    return page
  }

  /** Whether it can be filled again: nothing but this queue knows its bytes. */
  get own(): boolean {
    return this.#ends.length > 1
  }

  again(first: number): Page {
    this.first = first
    this.#count = 0
    return this
  }

  get count(): number {
    return this.#count
  }

  /** False if it does not fit. */
  push(payload: Buffer): boolean {
    const start = this.#startOf(this.#count)
    if (this.#count === this.#ends.length || start + payload.length > this.#bytes.length) return false
    this.#bytes.set(payload, start)
    this.#take(payload.length)
    return true
  }

  at(position: number): Buffer {
    const bytes = this.#bytes.subarray(this.#startOf(position), this.#ends[position])
    return this.own ? Buffer.from(bytes) : bytes
  }

  lengthAt(position: number): number {
    return (this.#ends[position] as number) - this.#startOf(position)
  }

  #take(length: number): void {
    this.#ends[this.#count] = this.#startOf(this.#count) + length
    this.#count += 1
  }

  #startOf(position: number): number {
    return position === 0 ? 0 : (this.#ends[position - 1] as number)
  }
}

/** A first-in first-out queue of payloads, any of which can be looked at. */
export class KeptPayloads {
  readonly #pages = new Deque<Page>()
  /** Given up, to be filled again. */
  #spare: Page | null = null
  /** Payloads that were ever given up, and ever pushed. */
  #given = 0
  #pushed = 0

  get size(): number {
    return this.#pushed - this.#given
  }

  /** Keeps a copy, or the payload itself if it is large; it must not change any more. */
  push(payload: Buffer): void {
    if (payload.length >= PAGE_BYTES / 2) this.#pages.push(Page.of(this.#pushed, payload))
    else if (this.#newest?.push(payload) !== true) {
      const page = this.#spare?.again(this.#pushed) ?? Page.empty(this.#pushed)
      this.#spare = null
      assert(page.push(payload), 'half a page fits into a page')
      this.#pages.push(page)
    }
    this.#pushed += 1
  }

  /** Gives up the oldest one and returns its length. */
  shift(): number {
    const page = this.#pages.peek()
    assert(page !== undefined && this.size > 0, 'a payload is kept')
    const length = page.lengthAt(this.#given - page.first)
    this.#given += 1
    // The newest one may have room yet.
    if (this.#given - page.first === page.count && this.#pages.size > 1) {
      this.#pages.shift()
      if (page.own) this.#spare = page
    }
    return length
  }

  /** The payload at `position` from the oldest one. */
  at(position: number): Buffer {
    const page = this.#pageOf(position)
    return page.at(this.#given + position - page.first)
  }

  lengthAt(position: number): number {
    const page = this.#pageOf(position)
    return page.lengthAt(this.#given + position - page.first)
  }

  clear(): void {
    this.#pages.clear()
    this.#given = this.#pushed
  }

  #pageOf(position: number): Page {
    assert(position >= 0 && position < this.size, 'the payload is kept')
    const number = this.#given + position
    let low = 0
    let high = this.#pages.size - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#pages.at(middle) as Page).first <= number) low = middle
      else high = middle - 1
    }
    return this.#pages.at(low) as Page
  }

  get #newest(): Page | undefined {
    return this.#pages.at(this.#pages.size - 1)
  }
}
