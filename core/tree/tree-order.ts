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

/** A child by its name, and its row. */
export interface Sibling {
  readonly name: string
  readonly row: number
}

/** Sorts siblings by name, in place; most often they are in order, since they were created, or restored, in order. */
export function sortSiblings(siblings: Sibling[]): Sibling[] {
  const isSorted = siblings.every(({ name }, i) => i === 0 || (siblings[i - 1] as Sibling).name < name)
  return isSorted ? siblings : siblings.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/**
 * Some siblings in order, one after the other. Their names are kept as one piece of bytes: a million strings that live through a few collections of
 * garbage would be copied each time, in pauses of 20 ms.
 */
export class SortedSiblings {
  readonly #bytes: Buffer
  readonly #rows: Int32Array
  #at = -1
  #end = -1
  #head = ''

  /** At least one; the array is sorted in place. */
  constructor(siblings: Sibling[]) {
    const sorted = sortSiblings(siblings)
    // No name holds the separator.
    this.#bytes = Buffer.from(sorted.map(({ name }) => name).join('/'), 'utf8')
    this.#rows = Int32Array.from(sorted, ({ row }) => row)
    this.next()
  }

  /** The name at which it stands. */
  get head(): string {
    return this.#head
  }

  get row(): number {
    return this.#rows[this.#at] as number
  }

  /** Goes on to the next name; false at the end. */
  next(): boolean {
    const start = this.#end + 1
    if (start > this.#bytes.length) return false
    const end = this.#bytes.indexOf(SLASH, start)
    this.#end = end < 0 ? this.#bytes.length : end
    this.#head = this.#bytes.toString('utf8', start, this.#end)
    this.#at++
    return true
  }
}

/** The siblings of all runs in order, each name once. */
export function* merge(runs: SortedSiblings[]): Generator<Sibling, void, void> {
  let last: string | null = null
  for (const sibling of mergeAll(runs)) {
    if (sibling.name !== last) yield sibling
    last = sibling.name
  }
}

// A binary heap of runs by the name at which they stand.
function* mergeAll(heap: SortedSiblings[]): Generator<Sibling, void, void> {
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) sink(heap, i)
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield { name: first.head, row: first.row }
    if (!first.next()) {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      if (last === first) return
    }
    sink(heap, 0)
  }
}

function sink(heap: SortedSiblings[], start: number): void {
  let at = start
  for (;;) {
    let least = at
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
      if ((heap[child] as SortedSiblings).head < (heap[least] as SortedSiblings).head) least = child
    }
    if (least === at) return
    const moved = heap[at] as SortedSiblings
    heap[at] = heap[least] as SortedSiblings
    heap[least] = moved
    at = least
  }
}
