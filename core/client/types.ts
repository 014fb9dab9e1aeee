// client: the public types of the client. No code.

import type { LookupFunction } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import type { ZoariumError } from '../errors.ts'
import type { Logger } from '../support/logger.ts'
import type { Random } from '../support/random.ts'
import type { Acl } from '../wire/records.ts'

/** What a znode is made of beside its data. All zxids are 64-bit. */
export interface Stat {
  /** The zxid of the transaction that created the znode: unique, growing, and so the right fencing token. */
  readonly czxid: bigint
  /** The zxid of the last change of the data (or of the creation). */
  readonly mzxid: bigint
  /** The zxid of the last creation or deletion of a child. */
  readonly pzxid: bigint
  /** The id of the session that owns an ephemeral znode, 0n for all others. */
  readonly ephemeralOwner: bigint
  /** Wall-clock time of the creation, milliseconds since 1970, by the ensemble's clock. */
  readonly ctimeMs: number
  /** Wall-clock time of the last change of the data. */
  readonly mtimeMs: number
  /** How often the data was changed. Conditional writes compare with it. */
  readonly version: number
  /** How often children were created or deleted. */
  readonly cversion: number
  /** How often the access control list was changed. */
  readonly aversion: number
  /** Bytes of data; 0 also for `null`. */
  readonly dataLength: number
  /** Number of children. */
  readonly numChildren: number
}

/** A znode's data as an application gives it: bytes, a string (its UTF-8 is stored), or none. */
export type ZnodeData = Uint8Array | string | null

/** How a znode lives. */
export type CreateMode =
  | 'persistent'
  | 'persistent-sequential'
  | 'ephemeral'
  | 'ephemeral-sequential'
  | 'container'
  | 'ttl'
  | 'ttl-sequential'

/** What every call takes. */
export interface CallOptions {
  /**
   * Aborting rejects the call with `signal.reason`. A request that still waits for a connection is never sent then. A request that was
   * sent is only detached: **an aborted write may still happen**. Of a recipe's `close`, `release` and the like it ends the waiting only.
   */
  readonly signal?: AbortSignal
  /**
   * Longest time from the call to its reply, over reconnects, instead of the client's `requestTimeoutMs`; 0 = no limit. Rejects as that does:
   * with `ERR_TIMEOUT`, or `ERR_UNKNOWN_OUTCOME` for a write that may have happened. 0 to 2^31 - 1, a whole number.
   *
   * Of a call of the client that takes several requests each has this time. **A call of a recipe has it once, for all that it does**; of its
   * `close`, `release` and the like it ends the waiting only. Options of a recipe may say something else of 0.
   */
  readonly timeoutMs?: number
}

/** Options of the reads that can leave a one-shot watch. */
export interface ReadOptions extends CallOptions {
  /**
   * Called exactly once: with the first change after what this read returned, or with `{ type: 'lost' }` if the session ends, the client
   * is closed or the watch is removed before that. It is not called at all when the read itself rejects, nor, for `getData` and
   * `getChildren`, when the znode is missing. `signal` belongs to the call and has no power over the watch.
   * What it throws becomes an uncaught exception of the process.
   */
  readonly watch?: (event: WatchEvent) => void
}

/** What a new znode is. */
export interface NodeOptions {
  /** Default `persistent`. */
  readonly mode?: CreateMode
  /** Default {@link OPEN_ACL}: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Modes `ttl` and `ttl-sequential` only: how long the znode stays after its last change once it has no children; 1 to 2^40 - 1 ms. */
  readonly ttlMs?: number
}

/** Options of {@link Client.create}. */
export interface CreateOptions extends NodeOptions, CallOptions {}

/** Options of conditional writes. */
export interface VersionOptions extends CallOptions {
  /** The write happens only if the znode has this version. Default -1: any version. */
  readonly version?: number
}

/** One thing that happened to a watched znode. */
export interface WatchEvent {
  /** `changed`: the data; `children`: the list of children; `lost`: the watch ended without its event. */
  readonly type: 'created' | 'deleted' | 'changed' | 'children' | 'lost'
  readonly path: string
  /** The zxid of the change, `null` for `lost` and where the server does not tell (Apache ZooKeeper before 3.9). */
  readonly zxid: bigint | null
}

/**
 * What a persistent watch yields. After each reconnect it yields one of
 * - `resumed`: everything that happened meanwhile was delivered before this mark;
 * - `gap`: something may have been missed: read again. Also after an overflow of the iterator's buffer.
 *
 * `lost` is the last event: the client was closed, or its session ended and is not renewed.
 */
export type PersistentWatchEvent = WatchEvent | { readonly type: 'resumed' } | { readonly type: 'gap' }

/** Options of {@link Client.watch}. */
export interface WatchOptions {
  /** Also everything below the path. Recursive watches never yield `children`. Default false. */
  readonly recursive?: boolean
  /**
   * Events kept for a consumer that lags behind; on overflow all of them are dropped and replaced by one `gap`. 1 to 1,000,000, default
   * 4,096.
   */
  readonly maxBufferedEvents?: number
  /** Aborting ends the watch: a pending and every later `next()` rejects with `signal.reason`. */
  readonly signal?: AbortSignal
}

/**
 * A watch that stays: an async iterator of everything that happens. Leaving the `for await` loop closes it. For one consumer.
 */
export interface PersistentWatch extends AsyncIterableIterator<PersistentWatchEvent, undefined, undefined>, AsyncDisposable {
  readonly path: string
  readonly recursive: boolean
  next(): Promise<IteratorResult<PersistentWatchEvent, undefined>>
  return(): Promise<IteratorResult<PersistentWatchEvent, undefined>>
  /** Ends the iteration and takes the watch back from the server when nobody else here uses it. Idempotent. */
  close(): Promise<void>
  [Symbol.asyncIterator](): PersistentWatch
}

/** What {@link Client.nextEvent} can wait for: a change of the data, of existence, of the children. */
export type WatchKind = 'data' | 'exists' | 'children'

/** Which watches {@link Client.checkWatches} and {@link Client.removeWatches} mean. */
export type WatcherKind = 'children' | 'data' | 'any' | 'persistent' | 'persistent-recursive'

/** One operation of a transaction. */
export type TransactionOp =
  | ({ readonly type: 'create'; readonly path: string; readonly data?: ZnodeData } & NodeOptions)
  | { readonly type: 'delete'; readonly path: string; readonly version?: number }
  | { readonly type: 'setData'; readonly path: string; readonly data: ZnodeData; readonly version?: number }
  /** Fails the transaction unless the znode exists and has the version (default -1: any). */
  | { readonly type: 'check'; readonly path: string; readonly version?: number }

/** The result of one operation of a transaction that succeeded, in the order of the operations. */
export type TransactionResult =
  | {
      readonly type: 'create'
      /** The created path: with the counter for sequential modes. */
      readonly path: string
      /** The zxid of the transaction, which is the created znode's czxid. */
      readonly czxid: bigint
      /** `null` where the server does not tell (Apache ZooKeeper before 3.9). */
      readonly stat: Stat | null
    }
  | { readonly type: 'delete'; readonly path: string }
  | { readonly type: 'setData'; readonly path: string; readonly stat: Stat }
  | { readonly type: 'check'; readonly path: string }

/** One operation of {@link Client.multiRead}. */
export interface ReadOp {
  readonly type: 'getData' | 'getChildren'
  readonly path: string
}

/** The result of one operation of {@link Client.multiRead}: each succeeds or fails alone. */
export type ReadResult =
  | { readonly type: 'getData'; readonly path: string; readonly data: Buffer | null; readonly stat: Stat }
  | { readonly type: 'getChildren'; readonly path: string; readonly children: string[] }
  | { readonly type: 'error'; readonly path: string; readonly error: ZoariumError }

/** One identity of this connection, as the server sees it. */
export interface ClientInfo {
  readonly scheme: string
  readonly user: string
}

/** What to prove to the server, again on each connection: `{ scheme: 'digest', auth: 'user:password' }`. */
export interface AuthInfo {
  readonly scheme: string
  readonly auth: Uint8Array | string
}

/** Who logs in with SASL DIGEST-MD5. */
export interface SaslCredentials {
  /** At least one character. */
  readonly user: string
  readonly password: string
}

/** Options of {@link Client.reconfig}. Servers are written as in ZooKeeper: `server.4=host:2888:3888:participant;2181`. */
export interface ReconfigOptions extends CallOptions {
  /** Servers to add or change, comma-separated. */
  readonly joining?: string
  /** Ids of servers to remove, comma-separated. */
  readonly leaving?: string
  /** The whole new membership, instead of joining and leaving. */
  readonly members?: string
  /** The change happens only if the present configuration has this version. Default -1n: any. */
  readonly fromConfig?: bigint
}

/**
 * What this client believes about its session: one object for one uninterrupted belief. A new object begins after expiry, and also when
 * the same session is taken up again after its deadline had passed.
 */
export interface Session {
  /** ZooKeeper's 64-bit session id, equal to `ephemeralOwner` of the znodes it owns. */
  readonly id: bigint
  /** The timeout that the server granted. */
  readonly timeoutMs: number
  /** The secret (16 bytes) that lets somebody take up the session. */
  readonly password: Buffer
  /**
   * The time by `performance.now()` until which the session is surely alive at the servers: the send time of the newest request that was
   * acknowledged + timeout - a margin of a quarter of the timeout.
   */
  readonly deadlineMs: number
  /**
   * Aborts when this belief ends, before any other code of this package runs. The reason is a {@link ZoariumError}: `SESSION_EXPIRED` (the
   * server said so), `ERR_LOST` (the deadline passed; the session may be taken up again, as another object) or `ERR_CLOSED`.
   */
  readonly signal: AbortSignal
}

/**
 * Where the client stands:
 * ```text
 * connecting -> connected -> suspended -> connected (resumed)
 *                   |            '------> lost -> connected (resumed if the id is the same)
 *                   '-------------------> lost
 * connecting, suspended, lost -> readOnly -> connected, or as the connection is lost suspended or connecting      (canBeReadOnly only)
 * any -> closed | authFailed (both final)
 * ```
 */
export type ClientStatus =
  /** No connection, and no session to lose: at the beginning, and after a read-only server was lost. */
  | { readonly type: 'connecting' }
  /** Attached. `resumed`: an existing session was taken up again. */
  | { readonly type: 'connected'; readonly server: string; readonly session: Session; readonly resumed: boolean }
  /**
   * Attached to a server without a quorum, which reads may be asked of; see {@link ConnectOptions.canBeReadOnly}. Nothing that it answers keeps
   * `session` alive, and a session that it made itself has ended already: its `signal` is aborted.
   */
  | { readonly type: 'readOnly'; readonly server: string; readonly session: Session }
  /** The connection is gone; the session surely lives until `session.deadlineMs`. */
  | { readonly type: 'suspended'; readonly session: Session; readonly cause: Error }
  /** The belief in `session` ended. `deadline`: by the own clock, it may be resumed; `expired`: for good. */
  | { readonly type: 'lost'; readonly session: Session; readonly reason: 'deadline' | 'expired' }
  /** A server refused the authentication. Final: every call rejects with `AUTH_FAILED`. */
  | { readonly type: 'authFailed'; readonly error: ZoariumError }
  /** Closed by {@link Client.close}, or by an expiry with `onExpired: 'close'`. Final. */
  | { readonly type: 'closed'; readonly error: ZoariumError }

/** Watches of a client: iterators and callbacks here, and what the server keeps for them. */
export interface WatchCounts {
  /** Callbacks and `nextEvent()` calls that wait. */
  readonly oneShotWatchers: number
  /** One for each path and table, however many wait. */
  readonly oneShotServerWatches: number
  /** Iterators that are open. */
  readonly persistentWatchers: number
  /** One for each path and mode, however many iterate. */
  readonly persistentServerWatches: number
}

/** What {@link Client.stats} tells. Totals are since the client was made. */
export interface ClientStats {
  readonly status: ClientStatus['type']
  /** The server that the client is attached to, `null` for none. */
  readonly server: string | null
  /** Requests that wait to be sent. */
  readonly queuedRequests: number
  /** Requests that wait for their reply. */
  readonly inFlightRequests: number
  readonly watches: WatchCounts
  /** Requests written to a socket; pings, and what re-arms watches, are not counted. */
  readonly requestsSent: number
  readonly repliesReceived: number
  /** Events of watches. */
  readonly eventsReceived: number
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Attempts to connect. */
  readonly dials: number
  readonly sessionsOpened: number
  /** Reconnects that took the session up again. */
  readonly sessionsResumed: number
  readonly sessionsExpired: number
  /** Session deadlines that passed without an acknowledgement. */
  readonly deadlinesPassed: number
  /** Writes that rejected with `ERR_UNKNOWN_OUTCOME`. */
  readonly unknownOutcomes: number
  /** Times that this process did not run for more than a tenth of the session's timeout. */
  readonly stalls: number
  readonly longestStallMs: number
}

/** What a {@link BackoffStrategy} works with. */
export interface BackoffInfo {
  /** 1 for the first attempt after a connection that held for a second. */
  readonly attempt: number
  /** The delay before the last attempt, 0 before the first. */
  readonly previousMs: number
  /** Until the session may have ended by the client's own clock, in milliseconds; `Infinity` without one that could be taken up again. */
  readonly sessionLeftMs: number
  /** The client's source of jitter. */
  readonly random: Random
}

/** Gives the delay before the next attempt to connect, 0 to 2^31 - 1 ms. */
export type BackoffStrategy = (info: BackoffInfo) => number

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Session timeout to ask for, 1 to 2^31 - 1 ms; the server clamps it (by default to 4 to 40 s). Default 30,000. */
  readonly sessionTimeoutMs?: number
  /**
   * Time for one server to accept the connection and answer the handshake, 1 to 2^31 - 1 ms; never more than a third of the session timeout.
   * Default 5,000.
   */
  readonly connectTimeoutMs?: number
  /**
   * Longest time from a call to its reply, over reconnects; 0 = no limit. A request not yet sent and a read reject with `ERR_TIMEOUT`, a
   * write that was sent with `ERR_UNKNOWN_OUTCOME`. Default 0.
   */
  readonly requestTimeoutMs?: number
  /**
   * What a call does while there is no connection: wait for one (`queue`, the default), or reject with `ERR_CONNECTION_LOSS`, which nothing
   * has reached a server then (`reject`); reads that were under way when the connection broke reject so, too, instead of being sent again.
   */
  readonly whenDisconnected?: 'queue' | 'reject'
  /** Requests that may wait for a connection or a reply; more reject with `ERR_QUEUE_FULL`. 1 to 2^31 - 1, default 1,000,000. */
  readonly maxPendingRequests?: number
  /**
   * Largest request that is sent, in bytes; a larger one rejects with `ERR_TOO_LARGE`. Servers close the connection of a client that sends
   * more than their `jute.maxbuffer`. 1,024 to 2^30, default 1,048,575.
   */
  readonly maxRequestBytes?: number
  /** Largest reply that is accepted, in bytes; a larger one ends the connection. 1,024 to 2^30, default 64 MiB. */
  readonly maxFrameBytes?: number
  /** What follows the expiry of the session: a new session (`renew`, the default) or the end of the client (`close`). */
  readonly onExpired?: 'renew' | 'close'
  /**
   * Whether a new session starts where the old one had read to, so that reads never go back in time, not even over an expiry. Turn it off
   * for ensembles that may be wiped: their servers refuse a client that has seen the future. Default true.
   */
  readonly keepLastZxid?: boolean
  /**
   * Whether a read-only server will do where no other is found: one of Apache ZooKeeper with `readonlymode.enabled` that has lost its quorum.
   * Then reads and watches work on what it knows, writes and `sync` reject with `NOT_READ_ONLY`, and the client goes on looking for a server
   * with a quorum, after 100 ms to a minute each time. Default false.
   */
  readonly canBeReadOnly?: boolean
  /** Sent on every connection before anything else. An identity in a `zk://user:password@…` URL comes first. */
  readonly auth?: readonly AuthInfo[]
  /**
   * Log in with SASL DIGEST-MD5, on every connection before anything else, {@link auth} included: the identity `sasl:<user>`. A server that refuses
   * it, or does not prove that it knows the password itself, ends the client: `connect()` and every call reject with `AUTH_FAILED`, whose `cause`
   * says why. The password does not go over the wire; what follows it is not protected, so use TLS, too. Default: no login.
   */
  readonly sasl?: SaslCredentials
  /**
   * Speak TLS, with these options of `node:tls`: `ca` to trust, `cert` and `key` to be known by (x509). Without it a `zks://` URL speaks TLS
   * with Node's defaults.
   */
  readonly tls?: TlsOptions
  /** Resolves host names, at each attempt anew. Default: `dns.lookup`. */
  readonly lookup?: LookupFunction
  /**
   * Delay before each attempt to connect. Default: none before the first, then random ones (decorrelated jitter) that grow from 50 ms to at
   * most 5 s, and to at most a quarter of the time that the session has left (but 200 ms). What it throws becomes an uncaught exception of the process.
   */
  readonly backoff?: BackoffStrategy
  /** Order in which the servers are tried and the jitter of the back-off come from here. Default: seeded by the system. */
  readonly random?: Random
  /** Where the client logs. Default: nowhere. */
  readonly logger?: Logger
  /** Aborting rejects `connect()` with `signal.reason` and leaves nothing behind. Without it `connect()` tries for ever. */
  readonly signal?: AbortSignal
}
