// client: what this client may believe about its session, by its own monotonic clock.
//
//   send time of the newest acknowledged request                 deadline                the servers' earliest expiry
//   |------------------------ timeout - timeout / 4 ----------------|----- margin: timeout / 4 -----|--- timeout / 3 ---| given up
//
// The receive time of an acknowledgement never counts: a reply may have waited in a buffer while this process was paused. An
// acknowledgement that arrives after the deadline extends nothing: others may have acted on the session's end in between.

import { setMaxListeners } from 'node:events'
import { ZoariumError } from '../errors.ts'
import { int64ToBigInt, int64ToHex } from '../support/int64.ts'
import type { Session } from './types.ts'

const MARGIN_FRACTION = 1 / 4
/** After this many timeouts without an acknowledgement the session is taken for expired (as ClientCnxn does). */
const GIVE_UP_TIMEOUTS = 4 / 3

/** What the server granted in the handshake. */
export interface GrantedSession {
  readonly hi: number
  readonly lo: number
  readonly timeoutMs: number
  readonly password: Buffer
}

export class SessionBelief implements Session {
  readonly id: bigint
  readonly hi: number
  readonly lo: number
  readonly password: Buffer
  readonly #abort = new AbortController()
  /** Tells the keeper that somebody looked at the signal after the deadline, so that the abort comes before the look. */
  readonly #check: () => void
  #timeoutMs: number
  #newestSendMs: number
  #ended: ZoariumError | null = null

  constructor(granted: GrantedSession, sentAtMs: number, check: () => void) {
    this.hi = granted.hi
    this.lo = granted.lo
    this.id = int64ToBigInt(granted.hi, granted.lo)
    this.password = granted.password
    this.#timeoutMs = granted.timeoutMs
    this.#newestSendMs = sentAtMs
    this.#check = check
    // Every recipe of a process may listen to the one signal.
    setMaxListeners(0, this.#abort.signal)
  }

  /** A session that a read-only server gave: nobody else knows it, so nothing was ever held by it. */
  static unknownToEnsemble(granted: GrantedSession): SessionBelief {
    const belief = new SessionBelief(granted, Number.NEGATIVE_INFINITY, () => undefined)
    belief.end(new ZoariumError('ERR_LOST', `session 0x${int64ToHex(granted.hi, granted.lo)} of a read-only server`))
    return belief
  }

  get timeoutMs(): number {
    return this.#timeoutMs
  }

  get deadlineMs(): number {
    return this.#newestSendMs + this.#timeoutMs * (1 - MARGIN_FRACTION)
  }

  /** When the newest request that was acknowledged left. */
  get newestSendMs(): number {
    return this.#newestSendMs
  }

  /** When there is no point any more in asking a server for the session. */
  get giveUpMs(): number {
    return this.#newestSendMs + this.#timeoutMs * GIVE_UP_TIMEOUTS
  }

  get signal(): AbortSignal {
    if (this.#ended === null) this.#check()
    return this.#abort.signal
  }

  /** `null` while the belief holds. */
  get ended(): ZoariumError | null {
    return this.#ended
  }

  /** Whether the belief would still hold at that time. */
  holdsAt(nowMs: number): boolean {
    return this.#ended === null && nowMs < this.deadlineMs
  }

  /** A request sent at that time was acknowledged. The caller has checked the deadline in this turn. */
  acknowledge(sentAtMs: number): void {
    if (this.#ended === null && sentAtMs > this.#newestSendMs) this.#newestSendMs = sentAtMs
  }

  /** The server granted another timeout when the session was taken up again. */
  retime(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs
  }

  end(reason: ZoariumError): void {
    if (this.#ended !== null) return
    this.#ended = reason
    this.#abort.abort(reason)
  }
}
