// recipes: waiting that can be given up. Every listener that is added here is removed here.

import { setMaxListeners } from 'node:events'

// Any number of waits may end with one signal of the application. A listener of the platform for each would bring Node's warning of a leak from
// the eleventh on, and each would cost a walk over all the others when it leaves. So a signal has one listener of the recipes, which tells the rest.

/** Who waits for one signal. */
class AbortListeners {
  readonly #signal: AbortSignal
  readonly #listeners = new Set<{ readonly tell: () => void }>()
  readonly #aborted = (): void => {
    LISTENERS.delete(this.#signal)
    for (const listener of [...this.#listeners]) if (this.#listeners.delete(listener)) listener.tell()
  }

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#aborted, { once: true })
  }

  add(tell: () => void): () => void {
    const listener = { tell }
    this.#listeners.add(listener)
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return
      this.#signal.removeEventListener('abort', this.#aborted)
      if (LISTENERS.get(this.#signal) === this) LISTENERS.delete(this.#signal)
    }
  }
}

const LISTENERS = new WeakMap<AbortSignal, AbortListeners>()

function ignore(): void {}

/** Calls `tell` when the signal, which has not aborted, does. The function that is given back takes that away. */
export function onAbort(signal: AbortSignal, tell: () => void): () => void {
  let listeners = LISTENERS.get(signal)
  if (listeners === undefined) LISTENERS.set(signal, (listeners = new AbortListeners(signal)))
  return listeners.add(tell)
}

/** A controller whose signal any number of requests of the client may carry. */
export function sharedController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Settles like `promise`, or rejects with the signal's reason if that comes first; `promise` itself goes on and may fail unheard. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      promise.catch(ignore)
      reject(signal.reason)
      return
    }
    const off = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(off)
  })
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const timer = setTimeout(() => {
      off?.()
      resolve()
    }, ms)
    const off =
      signal &&
      onAbort(signal, () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
  })
}

/** A controller that aborts as soon as one of `sources` does, with its reason; `unlink` removes the listeners. */
export function linkAbort(...sources: readonly (AbortSignal | undefined)[]): { controller: AbortController; unlink: () => void } {
  const controller = sharedController()
  const removals: (() => void)[] = []
  for (const source of sources) {
    if (source === undefined) continue
    if (source.aborted) {
      controller.abort(source.reason)
      break
    }
    removals.push(onAbort(source, () => controller.abort(source.reason)))
  }
  return { controller, unlink: () => removals.forEach((remove) => void remove()) }
}

/** A signal, if there is one, as options of a call. */
export function callOptions(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

/** Milliseconds to wait before try number `attempt` (from 0): 25 doubling up to 2,000, of which a random half. */
export function backOffMs(attempt: number): number {
  const full = Math.min(2_000, 25 * 2 ** Math.min(attempt, 10))
  return full / 2 + (Math.random() * full) / 2
}
