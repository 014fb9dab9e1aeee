// recipes: readers of a value that changes: each gets the newest one when it asks, never a backlog.

type Step<T> = IteratorResult<T, undefined>

/** Hands the newest value to every reader that is there. */
export class ChangeFeed<T> {
  readonly #readers: Set<Reader<T>> = new Set()
  #ended: { readonly error: unknown } | null = null

  get readerCount(): number {
    return this.#readers.size
  }

  /** The value is now `value`. */
  changed(value: T): void {
    for (const reader of this.#readers) reader.offer(value)
  }

  /** No more values: every reader finishes, or rejects with `error` if there is one. */
  end(error: unknown = null): void {
    this.#ended = { error }
    for (const reader of [...this.#readers]) reader.end(error)
  }

  /** A reader that begins with `first`. Aborting rejects with the signal's reason; leaving the loop ends it. */
  read(first: T | undefined, signal: AbortSignal | undefined): AsyncIterableIterator<T, undefined, undefined> {
    const reader = new Reader<T>(signal, () => this.#readers.delete(reader))
    if (this.#ended !== null) reader.end(this.#ended.error)
    else if (signal?.aborted !== true) this.#readers.add(reader)
    if (first !== undefined) reader.offer(first)
    return reader
  }
}

class Reader<T> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #signal: AbortSignal | undefined
  readonly #leave: () => void
  readonly #waiting: { resolve: (step: Step<T>) => void; reject: (reason: unknown) => void }[] = []
  #newest: { readonly value: T } | null = null
  #ended: { readonly error: unknown } | null = null

  constructor(signal: AbortSignal | undefined, leave: () => void) {
    this.#signal = signal
    this.#leave = leave
    signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  offer(value: T): void {
    if (this.#ended !== null) return
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#newest = { value }
    else waiting.resolve({ done: false, value })
  }

  end(error: unknown): void {
    if (this.#ended !== null) return
    this.#ended = { error }
    this.#newest = null
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#leave()
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error === null) resolve({ done: true, value: undefined })
      else reject(error)
    }
  }

  next(): Promise<Step<T>> {
    if (this.#signal?.aborted === true) return Promise.reject(this.#signal.reason)
    const newest = this.#newest
    this.#newest = null
    if (newest !== null) return Promise.resolve({ done: false, value: newest.value })
    if (this.#ended === null) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    return this.#ended.error === null ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(this.#ended.error)
  }

  return(): Promise<Step<T>> {
    this.end(null)
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  readonly #aborted = (): void => this.end(this.#signal?.reason)
}
