// recipes: a binary heap: the smallest item is always at hand, O(log n) for adding and taking.

/** A priority queue ordered by `before(a, b)`: whether `a` comes out before `b`. */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean
  readonly #items: T[] = []

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before
  }

  get size(): number {
    return this.#items.length
  }

  /** The first item, `undefined` if there is none. */
  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = items[above]
      if (parent === undefined || !this.#before(item, parent)) break
      items[at] = parent
      at = above
    }
    items[at] = item
  }

  /** Takes the first item out, `undefined` if there is none. */
  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (items.length > 0 && last !== undefined) this.#sink(last)
    return first
  }

  #sink(item: T): void {
    const items = this.#items
    let at = 0
    for (;;) {
      const below = this.#smallerChild(at)
      const child = items[below]
      if (child === undefined || !this.#before(child, item)) break
      items[at] = child
      at = below
    }
    items[at] = item
  }

  #smallerChild(at: number): number {
    const left = 2 * at + 1
    const a = this.#items[left]
    const b = this.#items[left + 1]
    return a !== undefined && b !== undefined && this.#before(b, a) ? left + 1 : left
  }
}
