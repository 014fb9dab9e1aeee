// client: the consumer's end of a persistent watch: a bounded buffer with an async iterator's face.

import { AsyncQueue } from './async-queue.ts'
import { allowManyWaits } from './many-waits.ts'
import type { PersistentWatch, PersistentWatchEvent, WatchEvent } from './types.ts'

const GAP: PersistentWatchEvent = Object.freeze({ type: 'gap' })
const RESUMED: PersistentWatchEvent = Object.freeze({ type: 'resumed' })
const DONE: IteratorResult<PersistentWatchEvent, undefined> = Object.freeze({ done: true, value: undefined })

/** Takes the iterator from its watch; resolves when the server has heard, if it must. */
export type LeaveWatch = (iterator: WatchIterator) => Promise<void>

export class WatchIterator implements PersistentWatch {
  readonly path: string
  readonly recursive: boolean
  readonly #queue: AsyncQueue<PersistentWatchEvent>
  readonly #leave: LeaveWatch
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = (): void => {
    this.#queue.fail(this.#signal?.reason)
    void this.#left()
  }
  #leaving: Promise<void> | null = null

  constructor(path: string, recursive: boolean, maxBuffered: number, signal: AbortSignal | undefined, leave: LeaveWatch) {
    this.path = path
    this.recursive = recursive
    this.#queue = new AsyncQueue(maxBuffered)
    this.#leave = leave
    this.#signal = signal
    if (signal === undefined) return
    allowManyWaits(signal)
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Whether nothing can be delivered any more. */
  get ended(): boolean {
    return this.#queue.ended
  }

  /** An event of this watch. A consumer too slow for the buffer loses what is in it and finds a gap instead. */
  deliver(event: WatchEvent): void {
    if (this.#queue.push(event)) return
    this.#queue.clear()
    this.#queue.push(GAP)
  }

  /** The connection is back; `complete`: nothing was missed. */
  mark(complete: boolean): void {
    if (this.#queue.push(complete ? RESUMED : GAP)) return
    this.#queue.clear()
    this.#queue.push(GAP)
  }

  /** The last event: the client or its session is gone for good. */
  lose(): void {
    this.deliver({ type: 'lost', path: this.path, zxid: null })
    this.#queue.end()
    void this.#left()
  }

  /** It could not begin: the caller learns why elsewhere. */
  abandon(): void {
    this.#queue.end()
    void this.#left()
  }

  next(): Promise<IteratorResult<PersistentWatchEvent, undefined>> {
    return this.#queue.next()
  }

  async return(): Promise<IteratorResult<PersistentWatchEvent, undefined>> {
    await this.close()
    return DONE
  }

  close(): Promise<void> {
    this.#queue.clear()
    this.#queue.end()
    return this.#left()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #left(): Promise<void> {
    if (this.#leaving === null) {
      this.#signal?.removeEventListener('abort', this.#onAbort)
      this.#leaving = this.#leave(this)
    }
    return this.#leaving
  }
}
