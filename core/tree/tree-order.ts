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

/** Names in order; `at` is the next one. */
export interface SortedRun {
  readonly names: string[]
  at: number
}

/** The names of all runs in order, each once. No run is empty. */
export function* merge(runs: SortedRun[]): Generator<string, void, void> {
  let last: string | null = null
  for (const name of mergeAll(runs)) {
    if (name !== last) yield name
    last = name
  }
}

// A binary heap of runs by their next name.
function* mergeAll(heap: SortedRun[]): Generator<string, void, void> {
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) sink(heap, i)
  for (let first = heap[0]; first !== undefined; first = heap[0]) {
    yield head(first)
    if (++first.at === first.names.length) {
      const last = heap.pop()
      if (last === undefined || heap.length === 0) return
      heap[0] = last
      if (last === first) return
    }
    sink(heap, 0)
  }
}

function sink(heap: SortedRun[], start: number): void {
  let at = start
  for (;;) {
    let least = at
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
      if (head(heap[child] as SortedRun) < head(heap[least] as SortedRun)) least = child
    }
    if (least === at) return
    const moved = heap[at] as SortedRun
    heap[at] = heap[least] as SortedRun
    heap[least] = moved
    at = least
  }
}

function head(run: SortedRun): string {
  return run.names[run.at] as string
}
