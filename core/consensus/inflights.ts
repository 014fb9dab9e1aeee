// consensus: the appends under way to one peer, as a window in messages and bytes. A ring that never grows. PURE.

import { assert } from '../support/assert.ts'

export class Inflights {
  readonly #maxBytes: number
  readonly #lastIndices: Float64Array
  readonly #sizes: Float64Array
  #head = 0
  #count = 0
  #bytes = 0

  constructor(maxMessages: number, maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#lastIndices = new Float64Array(maxMessages)
    this.#sizes = new Float64Array(maxMessages)
  }

  get count(): number {
    return this.#count
  }
  get bytes(): number {
    return this.#bytes
  }
  /** Whether no further message may leave. One message is always let through, however large. */
  get full(): boolean {
    return this.#count === this.#lastIndices.length || this.#bytes >= this.#maxBytes
  }

  /** A message with entries up to `lastIndex` left. */
  add(lastIndex: number, bytes: number): void {
    assert(!this.full, 'the window has room')
    const slot = (this.#head + this.#count) % this.#lastIndices.length
    this.#lastIndices[slot] = lastIndex
    this.#sizes[slot] = bytes
    this.#count += 1
    this.#bytes += bytes
  }

  /** Everything up to `index` has arrived. */
  freeTo(index: number): void {
    while (this.#count > 0 && (this.#lastIndices[this.#head] as number) <= index) {
      this.#bytes -= this.#sizes[this.#head] as number
      this.#head = (this.#head + 1) % this.#lastIndices.length
      this.#count -= 1
    }
  }

  clear(): void {
    this.#head = 0
    this.#count = 0
    this.#bytes = 0
  }
}
