// replica: one client connection: its phase, its session, what it waits for and what waits to be sent to it. PURE.
//
//   fresh --first 4 bytes--> handshake --ConnectRequest--> attaching --entry applied--> open --> closed
//     \--four-letter word--> closed           \--client is ahead of us--> behind --caught up--> attaching

import { Deque } from '../support/deque.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { ErrorCode } from '../wire/error-codes.ts'
import { FrameDecoder } from '../wire/frame-decoder.ts'
import type { ConnectRequest, Id } from '../wire/records.ts'
import { Writer } from '../wire/writer.ts'
import { LatencyStats } from './counters.ts'
import type { Link } from './host.ts'
import type { SaslDigest } from './sasl-digest.ts'
import type { TrackedSession } from './session-tracker.ts'
import type { Watcher } from './watch-manager.ts'

export type Phase = 'fresh' | 'handshake' | 'behind' | 'attaching' | 'open' | 'closed'

/** A request that has a place in its session's order and was not answered yet. */
export interface Pending {
  readonly xid: number
  readonly op: number
  /**
   * What is answered here and waits behind a write: a copy of the request's body, of sasl the token of the answer. `null` for a write, which its
   * log entry carries.
   */
  readonly body: Buffer | null
  /** What auth, sasl and refused requests are answered with; the outcome was known when they came. */
  readonly err: ErrorCode
  /** The identities in force when the request came. */
  readonly ids: readonly Id[]
  readonly receivedMs: number
  /** Of sync: it is answered when this index is applied; Infinity while the index is not known. 0 for everything else. */
  waitIndex: number
}

/** A log entry of this server's clients that was not applied yet. Entries of this server come back in the order in which they went. */
export interface InFlight {
  readonly connection: Connection
  readonly bytes: number
}

/** A sync whose index is asked for. */
export interface Sync {
  readonly connection: Connection
  readonly pending: Pending
}

export type FrameHandler = (connection: Connection, bytes: Buffer, start: number, end: number) => boolean

export class Connection implements Watcher {
  readonly id: number
  readonly link: Link
  /** The client's IP address. */
  readonly address: string
  readonly remote: string
  readonly acceptedMs: number
  readonly establishedWallMs: number
  readonly decoder: FrameDecoder
  readonly onFrame: (bytes: Buffer, start: number, end: number) => boolean
  readonly pending: Deque<Pending> = new Deque<Pending>(4)
  readonly latency: LatencyStats = new LatencyStats()
  readonly watched: Watcher['watched'] = [null, null, null, null]
  phase: Phase = 'fresh'
  /** Bytes that came and may not be looked at yet: fewer than the first four, or while the session is made or the connection held. */
  backlog: Buffer | null = null
  connectRequest: ConnectRequest | null = null
  behindUntilMs = 0
  session: SessionState | null = null
  tracked: TrackedSession | null = null
  /** Attach generation of the session on this connection. */
  generation = 0
  ids: readonly Id[]
  /** The envelope of this connection's entries with every constant field filled in, auth section included; `null` before the first write. */
  envelope: Buffer | null = null
  /** Replies and events of this turn; `null` when nothing waits, so that an idle connection holds no buffer. */
  out: Writer | null = null
  /** Input is held back: see BackPressure. */
  held = false
  /** The socket has kept what it was given; more waits in `out` until it has taken it. */
  blocked = false
  /** What waits to be read by the client, when BackPressure looked last; and what of it was the socket's. */
  unread = 0
  bufferedSeen = 0
  /** Requests looked at in this turn. */
  slice = 0
  /** The exchange of SASL under way. */
  sasl: SaslDigest | null = null
  /** No further request is read; the link closes when everything before is answered. */
  finishing = false
  /** Why, for the log, when it is for something that was refused. */
  refusal = ''
  received = 0
  sent = 0
  /** 0 and -1: nothing was asked yet. */
  lastOp = 0
  lastXid = -1
  lastZxid = -1
  lastLatencyMs = 0
  /** Monotonic time of the last reply. */
  lastReplyMs = 0

  constructor(
    id: number,
    link: Link,
    address: string,
    remote: string,
    nowMs: number,
    wallMs: number,
    maxFrameBytes: number,
    handler: FrameHandler,
    identities: readonly Id[] = [],
  ) {
    this.id = id
    this.link = link
    this.address = address
    this.remote = remote
    this.acceptedMs = nowMs
    this.establishedWallMs = wallMs
    this.decoder = new FrameDecoder(maxFrameBytes, true)
    this.onFrame = (bytes, start, end) => handler(this, bytes, start, end)
    this.ids = [{ scheme: 'ip', id: address }, ...identities]
  }

  /** Begins its statistics anew, as ZooKeeper's `crst` does. */
  resetStatistics(): void {
    this.latency.reset()
    this.received = 0
    this.sent = 0
    this.lastOp = 0
    this.lastXid = -1
    this.lastZxid = -1
    this.lastLatencyMs = 0
    this.lastReplyMs = 0
  }

  get closed(): boolean {
    return this.phase === 'closed'
  }

  /** Whether requests wait: for the session, or because the connection is held. */
  get waiting(): boolean {
    return this.held || this.phase === 'attaching' || this.phase === 'behind'
  }
}

/** Writers that no connection needs right now. */
export class WriterPool {
  readonly #free: Writer[] = []

  get(): Writer {
    return this.#free.pop() ?? new Writer(4096)
  }

  put(writer: Writer): void {
    if (this.#free.length < 64 && writer.capacity <= 256 * 1024) this.#free.push(writer)
  }
}
