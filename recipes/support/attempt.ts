// recipes: one attempt to get something: the caller's signal, one absolute deadline and the recipe's end in a single signal.

import { ZoariumError } from '../../core/index.ts'
import { linkAbort, orAbort } from './abort.ts'

/** What an attempt is bounded by. */
export interface AttemptBounds {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds from now; everything counts: queueing, creating, waiting. */
  readonly timeoutMs?: number | undefined
  /** Aborts when the recipe is closed. */
  readonly closed?: AbortSignal | undefined
}

/**
 * The bounds of one attempt. The deadline is absolute and is never started again, however often the attempt wakes up. After a stall of the
 * process a timer may be late, so `check` reads the clock itself.
 */
export class Attempt {
  readonly #controller: AbortController
  readonly #unlink: () => void
  readonly #deadlineMs: number
  readonly #timer: NodeJS.Timeout | undefined
  readonly #describe: () => string
  readonly #isUndecided: (() => boolean) | undefined

  /** `describe` says what is being attempted, for the message of a timeout; `isUndecided` whether it may have happened all the same. */
  constructor(bounds: AttemptBounds, describe: () => string, isUndecided?: () => boolean) {
    const { controller, unlink } = linkAbort(bounds.signal, bounds.closed)
    this.#controller = controller
    this.#unlink = unlink
    this.#describe = describe
    this.#isUndecided = isUndecided
    this.#deadlineMs = bounds.timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + bounds.timeoutMs
    this.#timer = bounds.timeoutMs === undefined ? undefined : setTimeout(() => this.#expire(), bounds.timeoutMs)
  }

  /** Aborts when the attempt must end: the caller's reason, `ERR_TIMEOUT` or `ERR_UNKNOWN_OUTCOME`, or `ERR_CLOSED`. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Throws the reason if the attempt must end. */
  check(): void {
    if (performance.now() >= this.#deadlineMs) this.#expire()
    this.signal.throwIfAborted()
  }

  /** Settles like `promise`, unless the attempt must end first. */
  wait<T>(promise: Promise<T>): Promise<T> {
    return orAbort(promise, this.signal)
  }

  /** Removes the timer and every listener. */
  end(): void {
    clearTimeout(this.#timer)
    this.#unlink()
  }

  #expire(): void {
    if (this.signal.aborted) return
    const code = this.#isUndecided?.() === true ? 'ERR_UNKNOWN_OUTCOME' : 'ERR_TIMEOUT'
    this.#controller.abort(new ZoariumError(code, this.#describe()))
  }
}
