// recipes: requests that are repeated while the connection is the trouble.

import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import { isTransient } from './outcome.ts'

/** Resolves after `ms` milliseconds, whatever happens: for work that must be finished. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What `reading` resolves with, `null` if the znode is missing. */
export async function orMissing<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/**
 * Repeats `work` after transient failures, with pauses, until it succeeds. For reads, and for writes that may happen twice. Rejects with
 * an error that repeating cannot cure, or with the signal's reason.
 */
export async function untilDone<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let round = 0; ; round++) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      if (!isTransient(error)) throw error
    }
    await sleep(backOffMs(round), signal)
  }
}
