// server: times the slices in which a snapshot is taken, and ends one that grows too long. The tree and storage have no clock.
//
//   turn of the event loop:  next, next, ... --LIMIT_MS over--> an empty chunk: the writer ends the turn
//                            |<----------------- one slice ------------------->|

/** A slice that has taken this long is ended at the next chunk. */
const LIMIT_MS = 2
const END_OF_TURN: IteratorResult<Buffer, undefined> = { done: false, value: Buffer.alloc(0) }

export class SnapshotPace implements IterableIterator<Buffer> {
  readonly #chunks: Iterator<Buffer>
  readonly #onTurnEnd: () => void
  #startedMs = -1
  #slices = 0
  #longestMs = 0
  #totalMs = 0

  constructor(chunks: Iterable<Buffer>) {
    this.#chunks = chunks[Symbol.iterator]()
    this.#onTurnEnd = () => this.#turnEnds()
  }

  /** Turns of the event loop in which the snapshot was worked at. */
  get slices(): number {
    return this.#slices
  }

  /** Milliseconds of the longest slice, what the writer does with the bytes included. */
  get longestMs(): number {
    return this.#longestMs
  }

  /** Milliseconds of all slices. */
  get totalMs(): number {
    return this.#totalMs
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Buffer, undefined> {
    if (this.#startedMs < 0) {
      this.#startedMs = performance.now()
      // Runs when the callback that asked for the chunk has returned to the event loop.
      process.nextTick(this.#onTurnEnd)
    } else if (performance.now() - this.#startedMs >= LIMIT_MS) {
      return END_OF_TURN
    }
    const step = this.#chunks.next()
    return step.done === true ? { done: true, value: undefined } : step
  }

  return(): IteratorResult<Buffer, undefined> {
    this.#chunks.return?.()
    return { done: true, value: undefined }
  }

  #turnEnds(): void {
    const tookMs = performance.now() - this.#startedMs
    this.#startedMs = -1
    this.#slices += 1
    this.#totalMs += tookMs
    if (tookMs > this.#longestMs) this.#longestMs = tookMs
  }
}
