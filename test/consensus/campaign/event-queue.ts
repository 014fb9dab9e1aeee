// What happens when, on virtual time: a binary heap by (time, order of scheduling).

export type Action = () => void

interface Event {
  readonly atMs: number
  readonly order: number
  readonly action: Action
}

export class EventQueue {
  nowMs = 0
  #order = 0
  readonly #heap: Event[] = []

  get size(): number {
    return this.#heap.length
  }

  in(delayMs: number, action: Action): void {
    const event = { atMs: this.nowMs + delayMs, order: this.#order++, action }
    const heap = this.#heap
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(event, heap[parent] as Event)) break
      heap[at] = heap[parent] as Event
      at = parent
    }
    heap[at] = event
  }

  /** Runs everything up to `untilMs`. */
  run(untilMs: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= untilMs; first = this.#heap[0]) {
      this.#pop()
      this.nowMs = first.atMs
      first.action()
    }
    this.nowMs = untilMs
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1
      if (!before(heap[child] as Event, last)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
  }
}

function before(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
