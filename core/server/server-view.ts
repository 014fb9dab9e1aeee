// server: the read-only view of a running server that admin works on. Nothing here can change the server.

/** One client connection as operators see it. */
export interface ConnectionView {
  /** `address:port` of the client. */
  readonly remote: string
  /** Session id in lower-case hexadecimal without `0x`, empty before the handshake. */
  readonly sessionId: string
  readonly sessionTimeoutMs: number
  readonly queued: number
  readonly received: number
  readonly sent: number
  readonly establishedAtMs: number
  readonly lastOperation: string
  readonly lastXid: number
  readonly lastZxid: number
  readonly lastLatencyMs: number
  readonly minLatencyMs: number
  readonly avgLatencyMs: number
  readonly maxLatencyMs: number
}

/** Counters and gauges of a server since its start. Times in milliseconds. */
export interface ServerStats {
  readonly mode: 'standalone' | 'leader' | 'follower' | 'observer'
  readonly startedAtMs: number
  readonly uptimeMs: number
  readonly lastZxid: number
  readonly packetsReceived: number
  readonly packetsSent: number
  readonly connections: number
  readonly outstandingRequests: number
  readonly minLatencyMs: number
  readonly avgLatencyMs: number
  readonly maxLatencyMs: number
  readonly nodeCount: number
  readonly ephemeralCount: number
  readonly sessionCount: number
  readonly watchCount: number
  readonly approximateDataBytes: number
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
  readonly dataDirBytes: number
  readonly tickTimeMs: number
  readonly maxConnectionsPerAddress: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly serverId: number
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

/** A read-only view of a running server. */
export interface ServerView {
  readonly version: string
  readonly serving: boolean
  readonly readOnly: boolean
  stats(): ServerStats
  config(): ServerConfigView
  connections(): readonly ConnectionView[]
  /** Begins a snapshot of this moment, apart from those that the server keeps; `null` before there is a state. */
  takeSnapshot(): SnapshotDownload | null
}
