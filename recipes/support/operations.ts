// recipes: the calls of one recipe object that are under way: each ends with its caller's signal, all of them end with the object.

import { linkAbort } from './abort.ts'

/**
 * Runs calls and knows which have not settled. One signal for all of them would gather a listener per call, which Node takes for a leak
 * from the eleventh on; so each call has a signal of its own.
 */
export class Operations {
  readonly #running: Set<Promise<unknown>> = new Set()
  readonly #controllers: Set<AbortController> = new Set()
  #end: { readonly reason: unknown } | null = null

  /** Whether `end` was called. */
  get ended(): boolean {
    return this.#end !== null
  }

  /** Calls under way. */
  get size(): number {
    return this.#running.size
  }

  /** Runs `work` with a signal that aborts with `signal` or at the end. Rejects without calling it when one of them has come already. */
  async run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#end !== null) throw this.#end.reason
    signal?.throwIfAborted()
    const { controller, unlink } = linkAbort(signal)
    this.#controllers.add(controller)
    try {
      return await this.track(work(controller.signal))
    } finally {
      this.#controllers.delete(controller)
      unlink()
    }
  }

  /** Lets `settled` wait for `work`, which has its own way to end. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work)
    try {
      return await work
    } finally {
      this.#running.delete(work)
    }
  }

  /** Ends all calls, and refuses those to come. */
  end(reason: unknown): void {
    this.#end ??= { reason }
    for (const controller of this.#controllers) controller.abort(reason)
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }
}
