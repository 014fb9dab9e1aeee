// tree: the order of a walk: a node before its children, siblings by name in byte order, each with its subtree. PURE.
//
// It is the order of paths with '/' taken as the smallest of characters. Paths hold no surrogates (see wire/paths.ts), so the order of
// UTF-16 units is the order of UTF-8 bytes.

const SLASH = 0x2f

/** Negative if `a` comes before `b`. */
export function compareTreeOrder(a: string, b: string): number {
  if (a === '/' || b === '/') return a.length - b.length || (a === b ? 0 : a === '/' ? -1 : 1)
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return x === SLASH ? -1 : y === SLASH ? 1 : x - y
  }
  return a.length - b.length
}

/**
 * Some names in order, one after the other. They are kept as one piece of bytes: a million strings that live through a few collections of garbage would
 * be copied each time, in pauses of 20 ms.
 */
export class SortedNames {
  readonly #bytes: Buffer
  #end = -1
  #head = ''

  /** At least one name; the array is sorted in place. */
  constructor(names: string[]) {
    // No name holds the separator.
    this.#bytes = Buffer.from(names.sort().join('/'), 'utf8')
    this.next()
  }

  /** The name at which it stands. */
  get head(): string {
    return this.#head
  }

  /** Goes on to the next name; false at the end. */
  next(): boolean {
    const start = this.#end + 1
    if (start > this.#bytes.length) return false
    const end = this.#bytes.indexOf(SLASH, start)
    this.#end = end < 0 ? this.#bytes.length : end
    this.#head = this.#bytes.toString('utf8', start, this.#end)
    return true
  }
}

/** The names of all runs in order, each once. */
export function* merge(runs: SortedNames[]): Generator<string, void, void> {
  let last: string | null = null
  for (const name of mergeAll(runs)) {
    if (name !== last) yield name
    last = name
  }
}

// A binary heap of runs by the name at which they stand.
function* mergeAll(heap: SortedNames[]): Generator<string, void, void> {
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) sink(heap, i)
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield first.head
    if (!first.next()) {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      if (last === first) return
    }
    sink(heap, 0)
  }
}

function sink(heap: SortedNames[], start: number): void {
  let at = start
  for (;;) {
    let least = at
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
      if ((heap[child] as SortedNames).head < (heap[least] as SortedNames).head) least = child
    }
    if (least === at) return
    const moved = heap[at] as SortedNames
    heap[at] = heap[least] as SortedNames
    heap[least] = moved
    at = least
  }
}
