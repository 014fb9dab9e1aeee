// support: a double-ended queue on a ring of slots, for first-in first-out work without the O(n) cost of Array.shift.
//
//   slots   [ . . c d e . . . ]      capacity is a power of two, so that the position wraps by a mask
//               ^head   ^head + size

/** A first-in first-out queue with O(1) push and shift. `undefined` cannot be stored. */
export class Deque<T> {
  #slots: (T | undefined)[]
  #mask: number
  #head = 0
  #size = 0

  constructor(initialCapacity = 16) {
    let capacity = 4
    while (capacity < initialCapacity) capacity *= 2
    this.#slots = new Array<T | undefined>(capacity).fill(undefined)
    this.#mask = capacity - 1
  }

  get size(): number {
    return this.#size
  }

  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#size) & this.#mask] = item
    this.#size += 1
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & this.#mask
    this.#size -= 1
    return item
  }

  /** Takes the newest item off again. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined
    this.#size -= 1
    const slot = (this.#head + this.#size) & this.#mask
    const item = this.#slots[slot]
    this.#slots[slot] = undefined
    return item
  }

  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#head]
  }

  /** The item at `position` from the head, `undefined` beyond the end. */
  at(position: number): T | undefined {
    if (position < 0 || position >= this.#size) return undefined
    return this.#slots[(this.#head + position) & this.#mask]
  }

  clear(): void {
    this.#slots.fill(undefined)
    this.#head = 0
    this.#size = 0
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.#size; i++) {
      yield this.#slots[(this.#head + i) & this.#mask] as T
    }
  }

  #grow(): void {
    const old = this.#slots
    const grown = new Array<T | undefined>(old.length * 2).fill(undefined)
    for (let i = 0; i < this.#size; i++) grown[i] = old[(this.#head + i) & this.#mask]
    this.#slots = grown
    this.#mask = grown.length - 1
    this.#head = 0
  }
}
