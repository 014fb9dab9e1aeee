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

const RUN = 2048

/**
 * The names in order. Many names are sorted in runs, which are merged as the caller takes them: no step takes longer than sorting one
 * run. Yields `null` after each run that was sorted, so that the caller can give way.
 */
export function* inOrder(names: readonly string[]): Generator<string | null, void, void> {
  if (names.length <= RUN) {
    yield* [...names].sort()
    return
  }
  const runs: { readonly names: string[]; at: number }[] = []
  for (let i = 0; i < names.length; i += RUN) {
    runs.push({ names: names.slice(i, i + RUN).sort(), at: 0 })
    yield null
  }
  yield* merge(runs)
}

interface Run {
  readonly names: string[]
  at: number
}

// A binary heap of runs by their next name.
function* merge(heap: Run[]): Generator<string, void, void> {
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

function sink(heap: Run[], start: number): void {
  let at = start
  for (;;) {
    let least = at
    for (let child = 2 * at + 1; child <= 2 * at + 2 && child < heap.length; child++) {
      if (head(heap[child] as Run) < head(heap[least] as Run)) least = child
    }
    if (least === at) return
    const moved = heap[at] as Run
    heap[at] = heap[least] as Run
    heap[least] = moved
    at = least
  }
}

function head(run: Run): string {
  return run.names[run.at] as string
}
