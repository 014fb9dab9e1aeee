// recipes: an async iterator that can be ended from outside at any moment, also while somebody waits for its next value.

import { linkAbort, orAbort } from './abort.ts'

/** What iterators of recipes are: for one consumer, endable. */
export interface ChangeIterator<T> extends AsyncIterableIterator<T, undefined, undefined>, AsyncDisposable {
  next(): Promise<IteratorResult<T, undefined>>
  /** Ends the iteration, takes all watches back, and lets a `next` that is waiting end with `done`. Idempotent. */
  return(): Promise<IteratorResult<T, undefined>>
  [Symbol.asyncIterator](): ChangeIterator<T>
}

/**
 * An iterator over what `generate` yields. Its signal aborts with the first of `sources`, whose reason then rejects `next`, or when the
 * consumer ends the iteration. Nothing happens before the first `next`.
 */
export function iterate<T>(
  sources: readonly (AbortSignal | undefined)[],
  generate: (signal: AbortSignal) => AsyncGenerator<T, undefined, undefined>,
): ChangeIterator<T> {
  const { controller, unlink } = linkAbort(...sources)
  const generator = generate(controller.signal)
  let ended = false
  const end = async (): Promise<IteratorResult<T, undefined>> => {
    if (!ended) {
      ended = true
      unlink()
      controller.abort()
    }
    // Waits for the `next` that is under way, which the abort has ended.
    await generator.return(undefined).catch(() => undefined)
    return { done: true, value: undefined }
  }
  const next = async (): Promise<IteratorResult<T, undefined>> => {
    try {
      if (!ended) controller.signal.throwIfAborted()
      // What the generator then still takes back nobody waits for: without a connection that would be for long.
      const result = await orAbort(generator.next(), controller.signal)
      return ended ? { done: true, value: undefined } : result
    } catch (error) {
      if (ended) return { done: true, value: undefined }
      unlink()
      throw error
    }
  }
  const iterator: ChangeIterator<T> = {
    next,
    return: end,
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => void (await end()),
  }
  return iterator
}
