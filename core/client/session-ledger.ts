// client: what is known of the session over all connections: the belief in it, whether the servers may still know it, and how far this
// client has read. Asks for it in the handshake, and reads the answer.
//
//   asked for | the server answers                 | means
//   ----------+------------------------------------+----------------------------------------------------------------
//   nothing   | a session                          | a new one
//   nothing   | a session, read-only               | none: the ensemble does not know it. It is never believed in, nor asked for again
//   a session | the same                           | resumed
//   a session | the same, read-only                | resumable still; a server without the ensemble extends no belief
//   a session | another, or none                   | expired
//   a session | another, or none, read-only        | nothing: only the ensemble can say so

import { ZoariumError } from '../errors.ts'
import { int64ToHex } from '../support/int64.ts'
import { SESSION_PASSWORD_BYTES } from '../wire/connect.ts'
import type { ConnectRequest, ConnectResponse } from '../wire/records.ts'
import type { ClientCounters } from './counters.ts'
import type { ResolvedConnectOptions } from './options.ts'
import { type GrantedSession, SessionBelief } from './session-belief.ts'
import { ZxidMark } from './zxid-mark.ts'

const NO_PASSWORD: Buffer = Buffer.alloc(SESSION_PASSWORD_BYTES)

/** What the answer to a handshake means, apart from a refusal of everything. */
export type Answer = 'new' | 'resumed' | 'expired' | 'refused' | 'read-only' | 'unusable'

export class SessionLedger {
  readonly #options: ResolvedConnectOptions
  readonly #counters: ClientCounters
  /** Has the deadline looked at; for the session's signal. */
  readonly #check: () => void
  readonly #newestZxid = new ZxidMark()
  #belief: SessionBelief | null = null
  #resumable = false

  constructor(options: ResolvedConnectOptions, counters: ClientCounters, check: () => void) {
    this.#options = options
    this.#counters = counters
    this.#check = check
  }

  /** The newest belief, ended or not; `null` before the first session. */
  get belief(): SessionBelief | null {
    return this.#belief
  }

  /** Whether the servers may still know the session of {@link belief}, so that it is worth asking for. */
  get resumable(): boolean {
    return this.#resumable
  }

  get lastZxid(): bigint {
    return this.#newestZxid.value
  }

  /** How far this client has read, as the handshake tells it. */
  get zxidSeen(): number {
    return this.#newestZxid.seen
  }

  /** The session's timeout, or what will be asked for. */
  get timeoutMs(): number {
    return this.#belief?.timeoutMs ?? this.#options.sessionTimeoutMs
  }

  get hex(): string {
    return this.#belief === null ? '' : int64ToHex(this.#belief.hi, this.#belief.lo)
  }

  /** `readOnly`: whether a server without the ensemble will do. */
  handshake(readOnly: boolean): ConnectRequest {
    const belief = this.#resumable ? this.#belief : null
    return {
      protocolVersion: 0,
      lastZxidSeen: this.zxidSeen,
      timeoutMs: this.#options.sessionTimeoutMs,
      sessionHi: belief?.hi ?? 0,
      sessionLo: belief?.lo ?? 0,
      password: belief?.password ?? NO_PASSWORD,
      readOnly,
    }
  }

  /** What the server's answer says. `expired`: about the session asked for; what it gave instead may still be taken. */
  judge(handshake: ConnectRequest, response: ConnectResponse): Answer {
    const asked = handshake.sessionHi !== 0 || handshake.sessionLo !== 0
    const same = response.sessionHi === handshake.sessionHi && response.sessionLo === handshake.sessionLo
    const refused = response.timeoutMs <= 0
    if (response.readOnly) return handshake.readOnly && !refused && (!asked || same) ? 'read-only' : 'unusable'
    if (!asked) return refused ? 'refused' : 'new'
    return !refused && same ? 'resumed' : 'expired'
  }

  /** Attached to the ensemble: the present belief goes on if it still holds, otherwise a new one begins. */
  attached(resumed: boolean, response: ConnectResponse, sentAtMs: number): SessionBelief {
    const old = this.#belief
    if (resumed) this.#counters.sessionsResumed += 1
    else this.#counters.sessionsOpened += 1
    if (resumed && old !== null && old.ended === null) {
      old.retime(response.timeoutMs)
      old.acknowledge(sentAtMs)
      return old
    }
    this.#belief = new SessionBelief(granted(response), sentAtMs, this.#check)
    this.#resumable = true
    return this.#belief
  }

  /** Attached to a read-only server: a session that may be resumed stays as it is, otherwise there is none to believe in. */
  attachedReadOnly(response: ConnectResponse): SessionBelief {
    if (this.#resumable && this.#belief !== null) return this.#belief
    this.#belief = SessionBelief.unknownToEnsemble(granted(response))
    return this.#belief
  }

  /** A reply came. `ensemble`: from a server that speaks for it. */
  replied(ensemble: boolean, sentAtMs: number, zxidHi: number, zxidLo: number): void {
    if (ensemble) this.#belief?.acknowledge(sentAtMs)
    this.#newestZxid.advance(zxidHi, zxidLo)
  }

  /** The session is gone for good. Returns the error that says so; the caller ends the belief with it. */
  expired(why: string): ZoariumError {
    this.#resumable = false
    this.#counters.sessionsExpired += 1
    if (!this.#options.keepLastZxid) this.#newestZxid.reset()
    return new ZoariumError('SESSION_EXPIRED', `session 0x${this.hex}: ${why}`)
  }
}

function granted(response: ConnectResponse): GrantedSession {
  return {
    hi: response.sessionHi,
    lo: response.sessionLo,
    timeoutMs: response.timeoutMs,
    password: Buffer.from(response.password),
  }
}
