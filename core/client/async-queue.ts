// client: the hand-over between what happens and a consumer that iterates: bounded, for one consumer, with pending next() calls.

import { Deque } from '../support/deque.ts'

interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void
  reject(reason: unknown): void
}

export class AsyncQueue<T> {
  readonly #capacity: number
  readonly #items = new Deque<{ readonly value: T }>()
  readonly #waiting = new Deque<Waiting<T>>()
  #ended = false
  #failure: { readonly reason: unknown } | null = null

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Items that wait for the consumer. */
  get size(): number {
    return this.#items.size
  }

  get ended(): boolean {
    return this.#ended
  }

  /** False when the item did not fit; nothing was changed then. */
  push(value: T): boolean {
    if (this.#ended) return true
    const consumer = this.#waiting.shift()
    if (consumer !== undefined) {
      consumer.resolve({ done: false, value })
      return true
    }
    if (this.#items.size >= this.#capacity) return false
    this.#items.push({ value })
    return true
  }

  /** Forgets every item that waits. */
  clear(): void {
    this.#items.clear()
  }

  /** No more items; those that wait are still handed over. */
  end(): void {
    this.#ended = true
    for (;;) {
      const consumer = this.#waiting.shift()
      if (consumer === undefined) return
      consumer.resolve({ done: true, value: undefined })
    }
  }

  /** Like {@link end}, but drops what waits and rejects every pending and later {@link next} with the reason. */
  fail(reason: unknown): void {
    if (this.#ended) return
    this.#failure = { reason }
    this.#ended = true
    this.#items.clear()
    for (;;) {
      const consumer = this.#waiting.shift()
      if (consumer === undefined) return
      consumer.reject(reason)
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#failure !== null) return Promise.reject(this.#failure.reason)
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve({ done: false, value: item.value })
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }
}
