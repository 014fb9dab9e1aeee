// replica: who may be given his next request now, so that nobody's greed costs the others their memory or their turn. PURE.
//
//   held because                          until
//   so many requests in work, his or all  some of them are answered
//   so many bytes in work                 some of them are applied
//   he does not read what he was sent     his socket has taken it
//   his slice of this turn is over,       at once
//   or everybody's is
//
//   asks --too much--> held --until; nothing waits--> asks
//     |                  \------until; requests wait--> the end of the row --a turn with time left--> asks
//     \--slice over----------------------------------/
//
// Each turn takes as many from the front of the row as its requests and its time allow; the longer the row, the smaller everybody's slice. Whoever
// awaits his answers never comes into it. A held connection is not read from, so its client's socket fills up and the client waits. Requests can
// make nobody a slow consumer; events can: whoever lets too many of them pile up is closed.

import { Deque } from '../support/deque.ts'
import type { Connection } from './connection.ts'
import type { ReplicaOptions } from './host.ts'

/** Requests of one connection that are looked at before others have their turn. */
const SLICE = 64
/** Requests of all connections in one turn of the event loop, and the time after which nobody in the row goes on in it. */
const TURN_BUDGET = 256
const TURN_MS = 2
/**
 * Node accepts one connection in a turn. While one comes in in each, others stand at the door: so many turns in a row are for them and for those who ask
 * for little, and nobody in the row goes on.
 */
const TURNS_FOR_NEWCOMERS = 16
/** What one connection may ask at a time in a turn whose budget is used up, or when the row is long. */
const MODEST_SLICE = 4
/** Requests for which everybody in the row has had his turn once, as long as that gives each a {@link MODEST_SLICE}. */
const ROUND = 8192
/** From so many waiting connections on it is a crowd. */
const CROWD = 64
/** A connection with more than this waiting to be read is held; the less when memory is short. */
const HOLD_ABOVE_BYTES = 256 << 10
const HOLD_ABOVE_BYTES_WHEN_SHORT = 16 << 10

/** The settings that it follows. */
export type PressureLimits = Pick<
  ReplicaOptions,
  | 'maxOutstandingRequests'
  | 'maxOutstandingRequestsPerConnection'
  | 'maxOutstandingBytes'
  | 'maxUnreadBytesPerConnection'
  | 'maxUnreadBytes'
>

export class BackPressure {
  readonly #limits: PressureLimits
  readonly #held = new Set<Connection>()
  /** Those whose socket kept something the last time somebody looked. */
  readonly #slow = new Set<Connection>()
  /** The row. */
  readonly #resting = new Deque<Connection>(64)
  #budget = TURN_BUDGET
  /** Of those in the row. */
  #slice = SLICE
  #turnEndsMs = Number.POSITIVE_INFINITY
  /** Whether somebody came in since the last turn began, and in how many turns in a row that was so. */
  #newcomers = false
  #turnsForNewcomers = 0
  /** Whether work was done since the held were looked at last. */
  #eased = false
  #requests = 0
  #bytes = 0
  #unread = 0

  constructor(limits: PressureLimits) {
    this.#limits = limits
  }

  /** Requests in work. */
  get requests(): number {
    return this.#requests
  }
  /** Bytes of requests in work, those of closed connections included. */
  get bytes(): number {
    return this.#bytes
  }
  /** Bytes that wait for clients to read them. */
  get unread(): number {
    return this.#unread
  }
  get held(): ReadonlySet<Connection> {
    return this.#held
  }
  /** Whether so many are kept waiting that turns must be short, even if that costs throughput. */
  get crowded(): boolean {
    return this.#held.size + this.#resting.size > CROWD
  }
  /** Whether some may go on in the next turn. */
  get hasWork(): boolean {
    return this.#resting.size > 0 || (this.#eased && this.#held.size > 0)
  }

  countRequests(change: number): void {
    this.#requests += change
    if (change < 0) this.#eased = true
  }

  countBytes(change: number): void {
    this.#bytes += change
    if (change < 0) this.#eased = true
  }

  /** A connection has come in. */
  noteNewcomer(): void {
    this.#newcomers = true
  }

  /** Whether `c` may be given its next request; if not it is held or rests. */
  mayContinue(c: Connection): boolean {
    if (this.#tooMuch(c)) {
      c.held = true
      this.#held.add(c)
      return false
    }
    c.slice += 1
    this.#budget -= 1
    if (c.slice < (this.#budget > 0 ? SLICE : MODEST_SLICE)) return true
    c.held = true
    this.#resting.push(c)
    return false
  }

  /** Whether a held connection may go on at once. If requests of it wait, it goes into the row instead. */
  release(c: Connection): boolean {
    if (!this.#held.has(c) || this.#tooMuch(c)) return false
    this.#held.delete(c)
    if (c.decoder.pendingBytes > 0) {
      this.#resting.push(c)
      return false
    }
    c.held = false
    return true
  }

  /** The same for all of them, if work was done. Whoever is held for what he does not read is released when his socket has taken it. */
  releaseHeld(goesOn: (c: Connection) => void): void {
    if (!this.#eased) return
    this.#eased = false
    for (const c of this.#held) if (this.release(c)) goesOn(c)
  }

  /** Calls `visit` for each whose requests wait because of this server, not because it does not read. */
  eachKeptWaiting(visit: (c: Connection) => void): void {
    for (const c of this.#resting) visit(c)
    for (const c of this.#held) if (c.unread === 0) visit(c)
  }

  /** A new turn. How long it may take counts from `nowMs`. */
  beginTurn(nowMs: number): void {
    this.#turnsForNewcomers = this.#newcomers ? (this.#turnsForNewcomers + 1) % TURNS_FOR_NEWCOMERS : 0
    this.#newcomers = false
    this.#budget = this.#turnsForNewcomers > 0 ? 0 : TURN_BUDGET
    this.#turnEndsMs = nowMs + TURN_MS
    this.#slice = Math.min(SLICE, Math.max(MODEST_SLICE, Math.floor(ROUND / Math.max(1, this.#resting.size))))
  }

  /** The next one of the row, while there is something left of the turn. */
  takeRested(nowMs: number): Connection | undefined {
    while (this.#budget > 0 && nowMs < this.#turnEndsMs) {
      const c = this.#resting.shift()
      if (c === undefined) return undefined
      c.held = false
      c.slice = SLICE - this.#slice
      if (!c.closed) return c
    }
    return undefined
  }

  /** What waits for `c` has changed. */
  noteUnread(c: Connection): void {
    const unread = c.closed ? 0 : c.link.bufferedBytes + (c.blocked ? (c.out?.length ?? 0) : 0)
    this.#unread += unread - c.unread
    c.unread = unread
    if (unread > 0) this.#slow.add(c)
    else this.#slow.delete(c)
  }

  /** Looks at those that read slowly; calls `moving` for each whose socket has taken something since the last look. */
  lookAtSlow(moving: (c: Connection) => void): void {
    for (const c of this.#slow) {
      const { bufferedBytes } = c.link
      if (bufferedBytes < c.bufferedSeen) moving(c)
      c.bufferedSeen = bufferedBytes
      this.noteUnread(c)
    }
  }

  /** Whether `c` has let more pile up than one client may. */
  isOverfull(c: Connection): boolean {
    return c.unread > this.#limits.maxUnreadBytesPerConnection
  }

  /** Who has to go so that the others' memory suffices: the largest first; nobody while it does. */
  overflowing(): readonly Connection[] {
    let excess = this.#unread - this.#limits.maxUnreadBytes
    if (excess <= 0) return []
    const out: Connection[] = []
    for (const c of [...this.#slow].sort((a, b) => b.unread - a.unread)) {
      if (excess <= 0) break
      out.push(c)
      excess -= c.unread
    }
    return out
  }

  forget(c: Connection): void {
    this.#held.delete(c)
    this.#unread -= c.unread
    c.unread = 0
    this.#slow.delete(c)
  }

  #tooMuch(c: Connection): boolean {
    const { maxOutstandingRequests, maxOutstandingRequestsPerConnection, maxOutstandingBytes, maxUnreadBytes } = this.#limits
    const own = c.pending.size
    if (own >= maxOutstandingRequestsPerConnection || (own > 0 && this.#requests >= maxOutstandingRequests)) return true
    if (this.#bytes >= maxOutstandingBytes) return true
    const unread = c.link.bufferedBytes + (c.out?.length ?? 0)
    return unread >= (this.#unread * 2 > maxUnreadBytes ? HOLD_ABOVE_BYTES_WHEN_SHORT : HOLD_ABOVE_BYTES)
  }
}
