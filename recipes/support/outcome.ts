// recipes: what an error means for a recipe: try again, ask what happened, or tell the caller.

import { ZoariumError } from '../../core/index.ts'

/** Whether the write may have happened although it failed: it must be looked up, never simply repeated. */
export function isUnknownOutcome(error: unknown): boolean {
  return ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME')
}

/** Whether the session or the belief in it ended: what it owned is gone or going. */
export function isSessionEnd(error: unknown): boolean {
  return ZoariumError.is(error, 'SESSION_EXPIRED') || ZoariumError.is(error, 'ERR_LOST')
}

/**
 * Whether asking again can help: the connection, an overload, a session that has moved. Everything else would fail in the same way again.
 */
export function isTransient(error: unknown): boolean {
  if (!ZoariumError.is(error)) return false
  return error.retryable || isUnknownOutcome(error) || isSessionEnd(error)
}
