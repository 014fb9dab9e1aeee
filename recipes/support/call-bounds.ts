// recipes: what `signal` and `timeoutMs` mean for a call of several requests: one end for all of it. See docs/decisions/0025-call-options.md.

import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort } from './abort.ts'
import { Attempt } from './attempt.ts'
import { requireTimeout } from './options.ts'
import { isUnknownOutcome } from './outcome.ts'

/** The caller's signal alone, which ends it: what an iterator takes, or a run that has no end of its own. */
export type SignalOptions = Pick<CallOptions, 'signal'>

/** Whether a write of a call is under way, or has happened, that nobody could tell the caller of if time were up now. */
export class Undecided {
  #is = false

  get is(): boolean {
    return this.#is
  }

  /** Settles like `writing`. Only an answer that says that nothing was written decides it, and only of this write. */
  async during<T>(writing: Promise<T>): Promise<T> {
    const before = this.#is
    this.#is = true
    try {
      return await writing
    } catch (error) {
      this.#is = before || isUnknownOutcome(error)
      throw error
    }
  }

  /** It is known that nothing was written, by none of the call's writes. */
  not(): void {
    this.#is = false
  }
}

/**
 * Runs a call with one deadline, from now to its settling. `work` gets what its requests are to be called with. A call without `timeoutMs` is
 * `work` itself, with the caller's options. 0: no limit.
 *
 * Past the deadline it rejects with `ERR_TIMEOUT`, or, if it is `isUndecided` whether it happened, with `ERR_UNKNOWN_OUTCOME`. Refuses what is no time limit, and
 * an aborted signal, before `work` is called.
 */
export function withinTime<T>(
  options: CallOptions,
  what: () => string,
  work: (call: CallOptions) => Promise<T>,
  isUndecided?: () => boolean,
): Promise<T> {
  if (options.timeoutMs !== undefined) return withDeadline(options, what, work, true, isUndecided)
  return options.signal?.aborted === true ? Promise.reject(options.signal.reason) : work(options)
}

/** The same for a start whose end is also that of the object, whatever ended it: `work` is called even if the signal has aborted. */
export function startWithin<T>(options: CallOptions, what: () => string, work: (call: CallOptions) => Promise<T>): Promise<T> {
  return options.timeoutMs === undefined ? work(options) : withDeadline(options, what, work, false)
}

/** Whether a call with these options ended with `error` because nobody wanted to wait any longer. */
export function isGivenUp({ signal }: CallOptions, error: unknown): boolean {
  return signal?.aborted === true || ZoariumError.is(error, 'ERR_TIMEOUT')
}

async function withDeadline<T>(
  options: CallOptions,
  what: () => string,
  work: (call: CallOptions) => Promise<T>,
  refusesAborted: boolean,
  isUndecided?: () => boolean,
): Promise<T> {
  const attempt = new Attempt({ signal: options.signal, timeoutMs: limitOf(options) }, what, isUndecided)
  try {
    if (refusesAborted) attempt.check()
    // Each request without a limit of its own: the client's default would be a second deadline.
    return await attempt.wait(work({ signal: attempt.signal, timeoutMs: 0 }))
  } finally {
    attempt.end()
  }
}

/**
 * Waits for what goes on also when nobody waits any more: a clean-up. The bounds end the waiting only; `begin` is called even if the signal has
 * aborted, but not with what is no time limit.
 */
export function waitWithin<T>(options: CallOptions, what: () => string, begin: () => Promise<T>): Promise<T> {
  return options.timeoutMs === undefined ? orAbort(begin(), options.signal) : withDeadline(options, what, begin, false)
}

/** What an {@link Attempt} of a call takes whose 0 means no limit. */
export function limitOf({ timeoutMs }: CallOptions): number | undefined {
  const limitMs = requireTimeout(timeoutMs)
  return limitMs === 0 ? undefined : limitMs
}
