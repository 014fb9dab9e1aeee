// client: how long to wait before the next attempt. Default: decorrelated jitter, so that clients that lost one server do not come back in
// step:
//
//   0, then random between base and three times the delay before, at most the cap, and at most a quarter of the time that the session has left:
//   a client that a flapping network has made patient must not sleep past the end of its session, and of its locks

import { ZoariumError } from '../errors.ts'
import type { Random } from '../support/random.ts'
import type { BackoffStrategy } from './types.ts'
import { callUser } from './user-code.ts'

const BASE_MS = 50
const CAP_MS = 5_000
/** However little time a session has left, attempts are not closer than that. */
const LEAST_CAP_MS = 200
const MAX_DELAY_MS = 2 ** 31 - 1

/** The default strategy. */
export const decorrelatedJitter: BackoffStrategy = ({ attempt, previousMs, sessionLeftMs, random }) => {
  if (attempt === 1) return 0
  const upper = Math.max(BASE_MS, previousMs) * 3
  return Math.min(CAP_MS, Math.max(LEAST_CAP_MS, sessionLeftMs / 4), BASE_MS + random.next() * (upper - BASE_MS))
}

export class Backoff {
  readonly #strategy: BackoffStrategy
  readonly #random: Random
  #attempt = 0
  #previousMs = 0

  constructor(strategy: BackoffStrategy, random: Random) {
    this.#strategy = strategy
    this.#random = random
  }

  /** The delay before the next attempt. A strategy that throws or gives no delay is an uncaught exception, and costs the longest delay. */
  nextMs(sessionLeftMs: number): number {
    this.#attempt += 1
    const info = { attempt: this.#attempt, previousMs: this.#previousMs, sessionLeftMs, random: this.#random }
    this.#previousMs = CAP_MS
    callUser(() => {
      const delayMs = this.#strategy(info)
      if (typeof delayMs !== 'number' || !(delayMs >= 0 && delayMs <= MAX_DELAY_MS)) {
        throw new ZoariumError('ERR_CONFIG', `backoff: expected a delay from 0 to ${MAX_DELAY_MS} ms, got ${String(delayMs)}`)
      }
      this.#previousMs = delayMs
    }, undefined)
    return this.#previousMs
  }

  /** An attempt was a lasting success. */
  reset(): void {
    this.#attempt = 0
    this.#previousMs = 0
  }
}
