// replica: who may be given his next request now, so that nobody's greed costs the others their memory or their turn. PURE.
//
//   held because                          goes on when
//   so many requests in work, his or all  some of them are answered
//   so many bytes in work                 some of them are applied
//   he does not read what he was sent     his socket has taken it
//   his slice of this turn is over,       in one of the next turns: those who rest wait in a row, and each turn takes as many of them as its
//   or everybody's is                     budget allows. Whoever asks for little at a time never rests.
//
// A held connection is not read from, so its client's socket fills up and the client waits. Requests can make nobody a slow consumer; events can:
// whoever lets too many of them pile up is closed.

import { Deque } from '../support/deque.ts'
import type { Connection } from './connection.ts'
import type { ReplicaOptions } from './host.ts'

/** Requests of one connection that are looked at before others have their turn. */
const SLICE = 64
/** Requests of all connections in one turn of the event loop: a millisecond or two. Node accepts one connection a turn, so turns must be short. */
const TURN_BUDGET = 256
/** What one connection may ask at a time in a turn whose budget is used up. */
const MODEST_SLICE = 4
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
  readonly #resting = new Deque<Connection>(64)
  #budget = TURN_BUDGET
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
  get resting(): boolean {
    return this.#resting.size > 0
  }

  countRequests(change: number): void {
    this.#requests += change
  }

  countBytes(change: number): void {
    this.#bytes += change
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

  /** Whether a held connection may go on; if so it is no longer held. */
  release(c: Connection): boolean {
    if (!this.#held.has(c) || this.#tooMuch(c)) return false
    this.#held.delete(c)
    c.held = false
    c.slice = 0
    return true
  }

  /** Calls `visit` for each whose requests wait because of this server, not because it does not read. */
  eachKeptWaiting(visit: (c: Connection) => void): void {
    for (const c of this.#resting) visit(c)
    for (const c of this.#held) if (c.unread === 0) visit(c)
  }

  /** A new turn, with a new budget. */
  beginTurn(): void {
    this.#budget = TURN_BUDGET
  }

  /** The next one whose rest is over, while the turn's budget lasts. */
  takeRested(): Connection | undefined {
    for (let c = this.#next(); c !== undefined; c = this.#next()) {
      c.held = false
      c.slice = 0
      if (!c.closed) return c
    }
    return undefined
  }

  #next(): Connection | undefined {
    return this.#budget > 0 ? this.#resting.shift() : undefined
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
