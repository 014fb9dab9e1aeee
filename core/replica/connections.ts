// replica: the connections of this server's clients: what is sent to each, who is held back, who is closed and why. PURE.
//
//   out(c) --replies and events of the turn--> flush: one send --the socket keeps it--> blocked: what comes later waits in `out` --drained--> flush
//                                                                             \--too much waits--> closed at the end of the turn
//
// Who is held back, and when: back-pressure.ts.

import type { Logger } from '../support/logger.ts'
import type { Id } from '../wire/records.ts'
import type { Writer } from '../wire/writer.ts'
import { BackPressure, type PressureLimits } from './back-pressure.ts'
import { Connection, type FrameHandler, WriterPool } from './connection.ts'
import type { Counters, RefusalReason } from './counters.ts'
import type { Link } from './host.ts'
import { RefusalLog } from './refusal-log.ts'

export interface ConnectionsOptions extends PressureLimits {
  readonly maxFrameBytes: number
}

/** What the connections' owner does. */
export interface ConnectionsOwner {
  /** Whether replies may leave now; if not they wait. */
  readonly mayReply: boolean
  readonly nowMs: number
  /** The same clock, read again. */
  clock(): number
  /** A connection is closed: lets go of what belongs to it. */
  discarded(c: Connection): void
  /** Goes on with what the decoder holds. */
  resumeInput(c: Connection): void
}

export class Connections {
  readonly #options: ConnectionsOptions
  readonly #owner: ConnectionsOwner
  readonly #counters: Counters
  readonly #pressure: BackPressure
  readonly #refusals: RefusalLog
  readonly #onFrame: FrameHandler
  readonly #all = new Set<Connection>()
  /** Those without a session yet. */
  readonly #newcomers = new Set<Connection>()
  readonly #writers = new WriterPool()
  #dirty: Connection[] = []
  /** Those that let too much pile up. */
  #overfull: Connection[] = []
  #nextId = 1
  readonly #goesOn = (c: Connection): void => this.#goOn(c)

  constructor(
    options: ConnectionsOptions,
    owner: ConnectionsOwner,
    counters: Counters,
    host: { readonly logger: Logger },
    onFrame: FrameHandler,
  ) {
    this.#options = options
    this.#owner = owner
    this.#counters = counters
    this.#pressure = new BackPressure(options)
    this.#refusals = new RefusalLog(counters, host)
    this.#onFrame = onFrame
  }

  get all(): ReadonlySet<Connection> {
    return this.#all
  }
  get newcomers(): ReadonlySet<Connection> {
    return this.#newcomers
  }
  /** Requests in work over all connections. */
  get outstanding(): number {
    return this.#pressure.requests
  }
  /** Bytes of requests in work. */
  get outstandingBytes(): number {
    return this.#pressure.bytes
  }
  /** Bytes that wait for clients to read them. */
  get unreadBytes(): number {
    return this.#pressure.unread
  }
  /** Whether so many are kept waiting that turns must be short. */
  get crowded(): boolean {
    return this.#pressure.crowded
  }
  /** Whether somebody waits for {@link flushAll} or {@link resumeResting}. */
  get hasWork(): boolean {
    return this.#dirty.length > 0 || this.#pressure.hasWork
  }

  /** Whether somebody waits for {@link resumeResting}. */
  get resting(): boolean {
    return this.#pressure.hasWork
  }

  open(link: Link, address: string, remote: string, nowMs: number, wallMs: number, identities: readonly Id[]): Connection {
    const { maxFrameBytes } = this.#options
    const c = new Connection(this.#nextId++, link, address, remote, nowMs, wallMs, maxFrameBytes, this.#onFrame, identities)
    this.#all.add(c)
    this.#newcomers.add(c)
    this.#pressure.noteNewcomer()
    return c
  }

  /** It has a session now. */
  settled(c: Connection): void {
    this.#newcomers.delete(c)
  }

  /** A request came into work or left it. */
  countPending(change: 1 | -1): void {
    this.#pressure.countRequests(change)
  }

  /** Bytes of requests came into work or left it. */
  countBytes(change: number): void {
    this.#pressure.countBytes(change)
  }

  /** Where a connection's replies are written; they leave with the next flush. */
  out(c: Connection): Writer {
    if (c.out === null) {
      c.out = this.#writers.get()
      this.#dirty.push(c)
    }
    return c.out
  }

  /** Sends what waits on every connection. */
  flushAll(): void {
    if (this.#dirty.length === 0 || !this.#owner.mayReply) return
    const dirty = this.#dirty
    this.#dirty = []
    for (const c of dirty) if (c.out !== null) this.flush(c)
  }

  flush(c: Connection): void {
    const w = c.out
    if (w === null || c.blocked || !this.#owner.mayReply) return
    c.out = null
    if (w.length === 0 || c.phase === 'closed') {
      w.reset()
      this.#writers.put(w)
      return
    }
    this.#counters.bytesSent += w.length
    // A buffer that the socket keeps goes with it; one that it took at once is used again.
    if (c.link.send(w.view())) {
      w.reset()
      this.#writers.put(w)
      if (c.held) this.#release(c)
    } else {
      c.blocked = true
      c.bufferedSeen = c.link.bufferedBytes
      this.#pressure.noteUnread(c)
    }
  }

  /** Whether the connection may be given its next request now. If not it goes on in a later turn, when nothing holds it any more. */
  mayContinue(c: Connection): boolean {
    if (c.phase === 'attaching' || c.phase === 'behind') return false
    if (c.finishing || c.phase === 'closed') return false
    if (this.#pressure.mayContinue(c)) return true
    if (this.#pressure.held.has(c)) this.#counters.heldConnections += 1
    return false
  }

  /** Begins a turn: some of those who wait for theirs go on. */
  resumeResting(): void {
    const pressure = this.#pressure
    const owner = this.#owner
    pressure.releaseHeld(this.#goesOn)
    let nowMs = pressure.hasWork ? owner.clock() : owner.nowMs
    pressure.beginTurn(nowMs)
    for (let c = pressure.takeRested(nowMs); c !== undefined; c = pressure.takeRested(nowMs)) {
      this.#goOn(c)
      nowMs = owner.clock()
    }
  }

  /** The socket has taken everything. Whoever reads is alive. */
  drained(c: Connection): void {
    if (c.closed) return
    c.blocked = false
    hear(c, this.#owner.nowMs)
    if (c.out !== null) this.flush(c)
    this.#pressure.noteUnread(c)
    this.#release(c)
  }

  /** An event was written. Requests wait while a client does not read; events do not. */
  eventWritten(c: Connection): void {
    if (!c.blocked) return
    this.#pressure.noteUnread(c)
    if (this.#pressure.isOverfull(c)) this.#overfull.push(c)
  }

  /** Whose requests wait here, or whose socket takes something, is not to blame that none of his pings is looked at. */
  hearWaiting(): void {
    const { nowMs } = this.#owner
    this.#pressure.lookAtSlow((c) => hear(c, nowMs))
    this.#pressure.eachKeptWaiting((c) => hear(c, nowMs))
  }

  /** A reply is never too large for who reads it, however slowly; what piles up behind it, or in all, may be. */
  closeSlowConsumers(): void {
    if (this.#overfull.length > 0) {
      const overfull = this.#overfull
      this.#overfull = []
      for (const c of overfull) this.#closeSlowConsumer(c)
    }
    for (const c of this.#pressure.overflowing()) this.#closeSlowConsumer(c)
  }

  /** Refuses with a counted, logged reason and closes. */
  refuse(c: Connection, reason: RefusalReason, detail: string): void {
    this.noteRefusal(reason, c.remote, detail)
    this.close(c)
  }

  /** Counts and logs what was refused. */
  noteRefusal(reason: RefusalReason, remote: string, detail: string): void {
    this.#refusals.note(reason, remote, detail, this.#owner.nowMs)
  }

  /** Sends what waits, then closes the socket. */
  close(c: Connection): void {
    if (c.closed) return
    // Behind what the socket has kept, if it has.
    c.blocked = false
    if (c.out !== null) this.flush(c)
    this.discard(c)
    c.link.close()
  }

  /** The socket is gone, or about to be. */
  discard(c: Connection): void {
    if (c.phase === 'closed') return
    c.phase = 'closed'
    this.#all.delete(c)
    this.#newcomers.delete(c)
    this.#pressure.forget(c)
    this.#pressure.countRequests(-c.pending.size)
    // The bytes of writes leave when their entries are applied.
    for (const { body } of c.pending) if (body !== null) this.#pressure.countBytes(-body.length)
    c.pending.clear()
    this.#owner.discarded(c)
    if (c.out !== null) {
      c.out.reset()
      this.#writers.put(c.out)
      c.out = null
    }
    c.session = null
    c.tracked = null
    c.envelope = null
  }

  #release(c: Connection): void {
    if (this.#pressure.release(c)) this.#goOn(c)
  }

  #goOn(c: Connection): void {
    // Its requests came long ago; that they wait is not its client's fault.
    hear(c, this.#owner.nowMs)
    this.#owner.resumeInput(c)
  }

  #closeSlowConsumer(c: Connection): void {
    if (c.closed) return
    this.noteRefusal('slow_consumer', c.remote, `${c.unread} bytes wait for a client that does not read`)
    // Sending them would keep them.
    this.discard(c)
    c.link.destroy()
  }
}

function hear(c: Connection, nowMs: number): void {
  if (c.tracked !== null) c.tracked.lastHeardMs = nowMs
}
