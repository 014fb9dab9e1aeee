// recipes: waiting that can be given up. Every listener that is added here is removed here.

import { setMaxListeners } from 'node:events'

/** Never aborts. As many may wait on it as there are recipes in a process: no leak, so Node is not to warn of one. */
export const NEVER: AbortSignal = new AbortController().signal
setMaxListeners(0, NEVER)

function ignore(): void {}

/** Settles like `promise`, or rejects with the signal's reason if that comes first; `promise` itself goes on and may fail unheard. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason)
    if (signal.aborted) {
      promise.catch(ignore)
      aborted()
      return
    }
    signal.addEventListener('abort', aborted, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts first. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const aborted = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted)
      resolve()
    }, ms)
    signal.addEventListener('abort', aborted, { once: true })
  })
}

/** A controller that aborts as soon as one of `sources` does, with its reason; `unlink` removes the listeners. */
export function linkAbort(...sources: readonly (AbortSignal | undefined)[]): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController()
  const removals: (() => void)[] = []
  for (const source of sources) {
    if (source === undefined) continue
    if (source.aborted) {
      controller.abort(source.reason)
      break
    }
    const aborted = (): void => controller.abort(source.reason)
    source.addEventListener('abort', aborted, { once: true })
    removals.push(() => source.removeEventListener('abort', aborted))
  }
  return { controller, unlink: () => removals.forEach((remove) => void remove()) }
}

/** Milliseconds to wait before try number `attempt` (from 0): 25 doubling up to 2,000, of which a random half. */
export function backOffMs(attempt: number): number {
  const full = Math.min(2_000, 25 * 2 ** Math.min(attempt, 10))
  return full / 2 + (Math.random() * full) / 2
}
