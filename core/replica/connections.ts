// replica: the connections of this server's clients: what is sent to each, who is held back, who is closed and why. PURE.
//
//   out(c) --replies and events of the turn--> flush: one send --the socket keeps bytes--> held above HOLD_ABOVE_BYTES --drained--> goes on
//                                                                                     \--above CLOSE_ABOVE_BYTES--> closed

import type { Logger } from '../support/logger.ts'
import type { Writer } from '../wire/writer.ts'
import { Connection, type FrameHandler, WriterPool } from './connection.ts'
import type { Counters, RefusalReason } from './counters.ts'
import type { Link } from './host.ts'

/** A connection with more than this waiting in its socket is not read from until it drains. */
const HOLD_ABOVE_BYTES = 1 << 20
/** A connection that lets this much pile up is closed: it does not read what it asked for. */
const CLOSE_ABOVE_BYTES = 64 << 20

export interface ConnectionsOptions {
  readonly maxFrameBytes: number
  readonly maxOutstandingRequests: number
}

/** What the connections' owner does. */
export interface ConnectionsOwner {
  /** A connection is closed: lets go of what belongs to it. */
  discarded(c: Connection): void
  /** Goes on with what the decoder holds. */
  resumeInput(c: Connection): void
}

export class Connections {
  readonly #options: ConnectionsOptions
  readonly #owner: ConnectionsOwner
  readonly #counters: Counters
  readonly #logger: Logger
  readonly #onFrame: FrameHandler
  readonly #all = new Set<Connection>()
  /** Those without a session yet. */
  readonly #newcomers = new Set<Connection>()
  readonly #held = new Set<Connection>()
  readonly #writers = new WriterPool()
  #dirty: Connection[] = []
  #outstanding = 0
  #nextId = 1

  constructor(options: ConnectionsOptions, owner: ConnectionsOwner, counters: Counters, logger: Logger, onFrame: FrameHandler) {
    this.#options = options
    this.#owner = owner
    this.#counters = counters
    this.#logger = logger
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
    return this.#outstanding
  }
  /** Whether something waits for {@link flushAll}. */
  get hasUnsent(): boolean {
    return this.#dirty.length > 0
  }

  open(link: Link, address: string, remote: string, nowMs: number, wallMs: number): Connection {
    const c = new Connection(this.#nextId++, link, address, remote, nowMs, wallMs, this.#options.maxFrameBytes, this.#onFrame)
    this.#all.add(c)
    this.#newcomers.add(c)
    return c
  }

  /** It has a session now. */
  settled(c: Connection): void {
    this.#newcomers.delete(c)
  }

  countPending(change: 1 | -1): void {
    this.#outstanding += change
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
    if (this.#dirty.length === 0) return
    const dirty = this.#dirty
    this.#dirty = []
    for (const c of dirty) if (c.out !== null) this.flush(c)
  }

  flush(c: Connection): void {
    const w = c.out
    if (w === null) return
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
    } else if (c.link.bufferedBytes > CLOSE_ABOVE_BYTES) {
      this.refuse(c, 'slow_consumer', `${c.link.bufferedBytes} bytes wait for a client that does not read`)
    }
  }

  /** Whether the connection may be given its next request now. If not it is held until {@link releaseHeld} or a drain lets it go on. */
  mayContinue(c: Connection): boolean {
    if (c.phase === 'attaching' || c.phase === 'behind') return false
    if (c.finishing || c.phase === 'closed') return false
    if (this.#mayRead(c)) return true
    c.held = true
    this.#held.add(c)
    return false
  }

  /** Whoever was held for too much work or for bytes that have left goes on; the others wait for their socket to drain. */
  releaseHeld(): boolean {
    if (this.#held.size === 0) return false
    let released = false
    for (const c of [...this.#held]) released = this.release(c) || released
    return released
  }

  /** Lets a held connection go on if it may. */
  release(c: Connection): boolean {
    if (!c.held || !this.#mayRead(c)) return false
    c.held = false
    this.#held.delete(c)
    this.#owner.resumeInput(c)
    return true
  }

  /** Refuses with a counted, logged reason and closes. */
  refuse(c: Connection, reason: RefusalReason, detail: string): void {
    this.#counters.refused(reason)
    this.#logger.warn({ remote: c.remote, reason, detail }, 'connection refused')
    this.close(c)
  }

  /** Sends what waits, then closes the socket. */
  close(c: Connection): void {
    if (c.closed) return
    // Sending may find that the client does not read, which closes the connection on the way.
    if (c.out !== null) this.flush(c)
    if (c.closed) return
    this.discard(c)
    c.link.close()
  }

  /** The socket is gone, or about to be. */
  discard(c: Connection): void {
    if (c.phase === 'closed') return
    c.phase = 'closed'
    this.#all.delete(c)
    this.#newcomers.delete(c)
    this.#held.delete(c)
    this.#outstanding -= c.pending.size
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

  #mayRead(c: Connection): boolean {
    const tooMuchWork = this.#outstanding >= this.#options.maxOutstandingRequests && c.pending.size > 0
    return !tooMuchWork && c.link.bufferedBytes + (c.out?.length ?? 0) < HOLD_ABOVE_BYTES
  }
}
