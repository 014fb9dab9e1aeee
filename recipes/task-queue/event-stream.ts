// recipes: one producer of events, any number of readers, each at its own pace and with a bounded backlog.

import type { MasterEvent } from './types.ts'

/** Events kept for a reader that lags behind. */
export const MAX_BACKLOG = 10_000 as const

type Step = IteratorResult<MasterEvent, undefined>

const DONE: Step = Object.freeze({ done: true, value: undefined })

/** Hands every event to every reader that is there. */
export class EventStream {
  readonly #readers: Set<Reader> = new Set()
  #ended = false

  get readerCount(): number {
    return this.#readers.size
  }

  emit(event: MasterEvent): void {
    for (const reader of this.#readers) reader.push(event)
  }

  /** Lets every reader finish what it has. */
  end(): void {
    this.#ended = true
    for (const reader of this.#readers) reader.end()
  }

  /** A reader of everything from now on. Its abort rejects with the signal's reason; leaving the loop ends it. */
  read(signal: AbortSignal | undefined): AsyncIterableIterator<MasterEvent, undefined, undefined> {
    const reader = new Reader(signal, () => this.#readers.delete(reader))
    if (this.#ended) reader.end()
    else if (signal?.aborted !== true) this.#readers.add(reader)
    return reader
  }
}

//  open -- end() --> ending: what is buffered still comes, then done
//    '---- abort --> the reason, for every next()
//    '---- return -> done

class Reader implements AsyncIterableIterator<MasterEvent, undefined, undefined> {
  readonly #signal: AbortSignal | undefined
  readonly #leave: () => void
  readonly #buffer: MasterEvent[] = []
  readonly #waiting: { resolve: (step: Step) => void; reject: (reason: unknown) => void }[] = []
  #dropped = 0
  #over = false

  constructor(signal: AbortSignal | undefined, leave: () => void) {
    this.#signal = signal
    this.#leave = leave
    signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  push(event: MasterEvent): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) waiting.resolve({ done: false, value: event })
    else if (this.#buffer.length < MAX_BACKLOG && this.#dropped === 0) this.#buffer.push(event)
    else this.#dropped++
  }

  end(): void {
    this.#close()
    for (const { resolve } of this.#waiting.splice(0)) resolve(DONE)
  }

  next(): Promise<Step> {
    if (this.#signal?.aborted === true) return Promise.reject(this.#signal.reason)
    const event = this.#buffer.shift()
    if (event !== undefined) return Promise.resolve({ done: false, value: event })
    if (this.#dropped > 0) {
      const count = this.#dropped
      this.#dropped = 0
      return Promise.resolve({ done: false, value: { type: 'dropped', count } })
    }
    if (this.#over) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  return(): Promise<Step> {
    this.#buffer.length = 0
    this.#dropped = 0
    this.end()
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  readonly #aborted = (): void => {
    this.#close()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#signal?.reason)
  }

  #close(): void {
    this.#over = true
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#leave()
  }
}
