// recipes: calling a function under something that is held, and giving that back when the function has settled, never before.

import { onAbort } from './abort.ts'
import type { BackgroundErrorHandler } from './clean-up.ts'
import type { LostReason } from './hold-model.ts'

/** What can be held. */
export interface Held {
  readonly lostReason: LostReason | null
  /** Ends it here; what stands for it at the servers stays until `release`. */
  end(reason: LostReason): void
  release(): Promise<void>
  /** What a call on it rejects with when it is lost. */
  error(): Error
}

/**
 * Settles like `work`, or rejects with the loss of `held` if `work` succeeded but it was lost meanwhile. Aborting `signal` ends `held`, which tells `work` by its
 * own signal.
 */
export async function runHeld<T>(
  held: Held,
  signal: AbortSignal | undefined,
  report: BackgroundErrorHandler,
  work: () => Promise<T> | T,
): Promise<T> {
  const off = signal?.aborted === false ? onAbort(signal, () => held.end('released')) : undefined
  let result: T
  try {
    signal?.throwIfAborted()
    result = await work()
  } catch (error) {
    await held.release().catch(report)
    throw error
  } finally {
    off?.()
  }
  const { lostReason } = held
  const error = lostReason === null || lostReason === 'released' ? null : held.error()
  await held.release()
  if (error !== null) throw error
  return result
}
