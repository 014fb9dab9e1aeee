// server: the view of a running server that admin works on. Nothing here changes what is served; two calls begin statistics anew.

import type { DistributionView } from '../support/distribution.ts'

/** One client connection as operators see it. */
export interface ConnectionView {
  /** `address:port` of the client. */
  readonly remote: string
  /** Session id in lower-case hexadecimal without `0x`, empty before the handshake. */
  readonly sessionId: string
  readonly sessionTimeoutMs: number
  /** Whether its requests are read at the moment; not before the handshake, nor while too much is in work or waits to be sent. */
  readonly reading: boolean
  readonly queued: number
  readonly received: number
  readonly sent: number
  readonly establishedAtMs: number
  /** `getData`, ...; empty when nothing was asked. */
  readonly lastOperation: string
  /** -1 when nothing was asked; so is `lastZxid`. */
  readonly lastXid: number
  readonly lastZxid: number
  /** Monotonic time of the last reply in milliseconds. */
  readonly lastResponseMs: number
  readonly lastLatencyMs: number
  readonly minLatencyMs: number
  readonly avgLatencyMs: number
  readonly maxLatencyMs: number
}

/** A session as operators see it. */
export interface SessionView {
  /** Lower-case hexadecimal without `0x`. */
  readonly sessionId: string
  readonly timeoutMs: number
  /** When it expires unless its client is heard of before; wall clock, milliseconds since 1970. */
  readonly expiresAtMs: number
  /** Paths of its ephemeral nodes. */
  readonly ephemerals: ReadonlySet<string>
}

/** Watches of one kind on one path. */
export interface WatchedPath {
  readonly path: string
  /** Sessions that watch it, in lower-case hexadecimal without `0x`. */
  readonly sessionIds: Iterable<string>
}

/** The tables of watches. `recursive` ones are asked for by `addWatch`, like `persistent` ones. */
export type WatchTable = 'data' | 'child' | 'persistent' | 'recursive'

/** Durations since the start of the server. */
export interface Durations {
  /** Requests that change nothing, and those that do: from the turn of the event loop in which one arrived to that of its reply. */
  readonly read: DistributionView
  readonly update: DistributionView
  /** Durable writes of the log, one for each batch. */
  readonly fsync: DistributionView
  readonly snapshot: DistributionView
  /** How late a timer came that is due every 50 ms. */
  readonly eventLoopDelay: DistributionView
}

/** The log and the snapshots. */
export interface StorageFacts {
  readonly appliedIndex: number
  readonly durableIndex: number
  readonly segments: number
  /** Bytes of all segments, used or not. */
  readonly logBytes: number
  readonly batches: number
  readonly entries: number
  readonly snapshots: number
  /** Entries applied since the newest snapshot. */
  readonly entriesSinceSnapshot: number
  /** `null` while there is none. */
  readonly lastSnapshot: { readonly zxid: number; readonly savedAtMs: number } | null
  readonly snapshotsSaved: number
  readonly snapshotsFailed: number
  /** Turns of the event loop in which snapshots were worked at, and how long the longest took. */
  readonly snapshotSlices: number
  readonly longestSnapshotSliceMs: number
}

/** Counters and gauges of a server since its start. Times in milliseconds. */
export interface ServerStats {
  readonly mode: 'standalone' | 'leader' | 'follower' | 'observer'
  readonly startedAtMs: number
  readonly uptimeMs: number
  readonly lastZxid: number
  /** Since the start or the last `srst`, as are the three latencies below. */
  readonly packetsReceived: number
  readonly packetsSent: number
  /** Since the start. */
  readonly packetsReceivedTotal: number
  readonly packetsSentTotal: number
  readonly bytesReceived: number
  readonly bytesSent: number
  readonly connections: number
  /** Connections accepted since the start, and how many of them were given a session. */
  readonly connectionsAccepted: number
  readonly sessionsAttached: number
  readonly sessionsExpired: number
  readonly outstandingRequests: number
  readonly minLatencyMs: number
  readonly avgLatencyMs: number
  readonly maxLatencyMs: number
  readonly nodeCount: number
  readonly ephemeralCount: number
  readonly sessionCount: number
  readonly watchCount: number
  readonly watches: Readonly<Record<WatchTable, number>>
  readonly approximateDataBytes: number
  /** Answered requests by operation; those never asked for are missing. */
  readonly operations: ReadonlyMap<string, number>
  readonly durations: Durations
  /** Requests and turns of the event loop that took longer than `slowOperationMs`. */
  readonly slowOperations: number
  /** Times that the process did not run for a second or more, and for how long in all. */
  readonly pauses: number
  readonly pausedMs: number
  readonly softQuotaExceeded: number
  /** How often another server of the ensemble had another state than this one. */
  readonly digestMismatches: number
  readonly storage: StorageFacts
  /** What was refused or dropped, by reason: frame_too_large, protocol_error, too_many_connections, session_refused, ... */
  readonly refusals: ReadonlyMap<string, number>
  /** The disk of the data directory; `null` for a server in memory. */
  readonly disk: DiskStats | null
}

/** The disk of the data directory as operators see it. */
export interface DiskStats {
  /** Room that the server may still use, -1 while it is not known. */
  readonly freeBytes: number
  readonly totalBytes: number
  /** Below this client writes are refused. */
  readonly lowBytes: number
  /** Kept back for a full disk. */
  readonly reserveBytes: number
  /** Whether client writes are refused for lack of room. */
  readonly writesRefused: boolean
  /** For how long an operation hangs, 0 when none does. */
  readonly stalledMs: number
  /** Operations that hung, since the start. */
  readonly stalls: number
  /** Size of the newest snapshot. */
  readonly snapshotBytes: number
  /** Passes of the scrubber over all complete segments and snapshots, and the bytes it has read. */
  readonly scrubPasses: number
  readonly scrubbedBytes: number
  /** Damaged files that are still needed. */
  readonly damagedFiles: number
  /** Damaged files found since the start. */
  readonly damageFound: number
}

/** What `conf` shows. */
export interface ServerConfigView {
  readonly clientPort: number
  readonly dataDir: string
  /** Log and snapshots. */
  readonly dataDirBytes: number
  readonly tickTimeMs: number
  readonly maxConnectionsPerAddress: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly serverId: number
  /** All options in force but secrets, by name. */
  readonly options: ReadonlyMap<string, string>
}

/** How a server is. */
export interface HealthView {
  readonly serving: boolean
  /** Whether it takes no further requests, because it is about to end. */
  readonly draining: boolean
  /** Why storage has failed; the server has stopped then. `null` when it has not. */
  readonly storageFailure: string | null
  /** Why the state is known to be wrong; the server has stopped then. `null` when it is not. */
  readonly stateFailure: string | null
  /** For how long an operation on the disk hangs, 0 when none does. */
  readonly diskStalledMs: number
  /** Why client writes are refused, `null` when they are not. */
  readonly writeRefusal: string | null
}

/** A snapshot of the state as of one moment, while the server goes on. */
export interface SnapshotDownload {
  /** Index of the last entry in it. */
  readonly index: number
  readonly lastZxid: number
  readonly nodeCount: number
  readonly sessionCount: number
  /** About how many bytes the file will have. */
  readonly approximateBytes: number
  /**
   * The bytes of a snapshot file, one slice of a few milliseconds at a time; an empty part is a slice without bytes. Let a turn of the event loop pass
   * between them. Take all, or call `return()`: what changes meanwhile is kept until then.
   */
  readonly parts: IterableIterator<Buffer>
}

/** One server of the ensemble, as the server that is asked knows it. What another said of itself is a second old at most while its link stands. */
export interface EnsembleServerView {
  readonly serverId: number
  /** `host:port` for the other servers. */
  readonly peerAddress: string
  /** `host:port` for clients, '' while not known. */
  readonly clientAddress: string
  /** Whether this is the server that is asked. */
  readonly self: boolean
  /** Whether something is known: of another server, while its link stands. What follows says nothing otherwise. */
  readonly heard: boolean
  /** `unformed`: it belongs to no ensemble yet. `recovering`: it lost durable data, and has no vote until it has everything again. */
  readonly role: 'leader' | 'follower' | 'candidate' | 'unformed' | 'recovering'
  readonly term: number
  readonly appliedIndex: number
  readonly lastZxid: number
  /** Entries that the leader has applied and this server not; `null` while the leader's are not known. */
  readonly lag: number | null
  /** For how long it may still promise anything to its clients, negative: for how long it has not been allowed to. Milliseconds. */
  readonly contactMs: number
  /** How far its wall clock is ahead of that of the server that is asked; the way of the message counts as its being behind. Milliseconds. */
  readonly clockDifferenceMs: number
  /** How old this is. Milliseconds. */
  readonly ageMs: number
  readonly serving: boolean
  readonly version: string
  /** Digest of its state after the entry of `lastZxid`, 16 hex digits: equal where `lastZxid` is. '' while not known. */
  readonly stateDigest: string
  /** Whether its state was that of the server that is asked when they were compared last; `null` before. */
  readonly sameState: boolean | null
}

/** What the links to the other servers counted since the start. */
export interface PeerLinksView {
  readonly linksAccepted: number
  readonly linksDialled: number
  readonly messagesSent: number
  readonly messagesReceived: number
  readonly messagesDropped: number
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Connections that ended, by reason. */
  readonly ended: Readonly<Record<string, number>>
  /** Diallers that were turned away, by reason. */
  readonly turnedAway: Readonly<Record<string, number>>
}

/** A server among the others of its ensemble. */
export interface EnsembleView {
  readonly serverId: number
  readonly role: EnsembleServerView['role']
  /** 0 when it knows of none. */
  readonly leaderId: number
  readonly term: number
  /** Whether it is in contact with a quorum, so that its clients are answered. */
  readonly inContact: boolean
  /** How often another leader was elected since its start, its first one included. */
  readonly leaderChanges: number
  readonly heartbeatMs: number
  readonly electionMs: number
  /** All of them, this one included, by id. */
  readonly servers: readonly EnsembleServerView[]
  /** Followers that the leader sends entries to without a gap; `null` on all but a leader. */
  readonly syncedFollowers: number | null
  /** Clients' syncs that the leader has not confirmed yet; `null` on all but a leader. */
  readonly pendingSyncs: number | null
  /** Servers that are known to have the same state, this one included. */
  readonly agreeingServers: number
  /** `null` for an ensemble in one process. */
  readonly links: PeerLinksView | null
}

/** The state's digest after an entry. */
export interface DigestView {
  readonly zxid: number
  /** 16 hex digits. */
  readonly digest: string
}

/** A view of a running server. */
export interface ServerView {
  readonly version: string
  readonly serving: boolean
  readonly readOnly: boolean
  stats(): ServerStats
  config(): ServerConfigView
  connections(): readonly ConnectionView[]
  sessions(): readonly SessionView[]
  /** Paths watched through this server. Costs what there is: taken piece by piece. */
  watched(table: WatchTable): Iterable<WatchedPath>
  health(): HealthView
  /** `null` for a server alone. */
  ensemble(): EnsembleView | null
  /** Digests of the state after every 128th entry, oldest first, 1,024 at most. */
  digests(): readonly DigestView[]
  /** Begins the statistics of the server anew, as ZooKeeper's `srst` does: packets and latencies of `stats()`, nothing else. */
  resetStatistics(): void
  /** Begins the statistics of every connection anew, as ZooKeeper's `crst` does. */
  resetConnectionStatistics(): void
  /** Begins a snapshot of this moment, apart from those that the server keeps; `null` before there is a state. */
  takeSnapshot(): SnapshotDownload | null
}
