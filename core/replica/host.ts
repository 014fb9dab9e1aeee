// replica: what the brain needs from its host. The host moves bytes and time; the simulator implements the same interfaces. PURE.

import type { RaftLimits, RaftTiming } from '../consensus/options.ts'
import type { PersistBatch, SnapshotMeta } from '../consensus/types.ts'
import type { Logger } from '../support/logger.ts'
import type { ReplicaMessage } from './member.ts'

/** One client's socket as the replica sees it. */
export interface Link {
  /**
   * Sends bytes in order. Returns true if they were taken completely, so that the caller may reuse the buffer;
   * false if the host keeps the buffer: then `replica.drained` follows once nothing waits any more ({@link bufferedBytes} tells how much does).
   */
  send(bytes: Buffer): boolean
  readonly bufferedBytes: number
  pause(): void
  resume(): void
  /** Sends what is buffered, then closes. No further call reaches the link. */
  close(): void
  /** Closes at once; what is buffered is thrown away. */
  destroy(): void
  /** A four-letter word came instead of a handshake: the host answers it and closes. */
  fourLetterWord(word: string): void
}

/** Effects that a replica asks for. */
export interface ReplicaHost {
  /** Makes a batch durable, then calls `replica.persisted(batch.seq)`; may do so at once. */
  persist(batch: PersistBatch): void
  /** Writes a snapshot; `replica.snapshots.ended()` follows. Each chunk is good until the next one is asked for. */
  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>): void
  /** Sends a message to `message.to`. It may be lost; those that come come in order. */
  send(message: ReplicaMessage): void
  /** Streams a snapshot of the state to a peer that is too far behind: `replica.snapshots.forPeer`. */
  sendSnapshot(peer: number): void
  /** Puts the snapshot that was received in the place of log and state; `replica.installed` follows. */
  installSnapshot(meta: SnapshotMeta): void
  /** A server that had lost durable data has everything again and counts as a voter: its mark may come off. */
  recovered(): void
  /** The monotonic clock now, not as of the turn's beginning: read before promises leave. */
  clock(): number
  /** Cryptographically strong random bytes. */
  entropy(bytes: number): Buffer
  sha1(bytes: Buffer): Buffer
  md5(bytes: Buffer): Buffer
  /** Who may log in with SASL DIGEST-MD5; `null` without it. */
  readonly saslUsers: { password(user: string): string | undefined } | null
  readonly logger: Logger
}

/** Settings of a replica; the host has validated them. */
export interface ReplicaOptions {
  readonly serverId: number
  /** The ids of the servers that have a say at first, this one's among them; left out: this server alone. */
  readonly voters?: readonly number[]
  readonly timing?: Partial<RaftTiming>
  readonly limits?: Partial<RaftLimits>
  readonly tickTimeMs: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly maxFrameBytes: number
  readonly maxOutstandingRequests: number
  readonly maxOutstandingRequestsPerConnection: number
  readonly maxOutstandingBytes: number
  readonly maxUnreadBytesPerConnection: number
  readonly maxUnreadBytes: number
  readonly handshakeTimeoutMs: number
  /** Bounds of what is kept for persistent watches whose client is away. */
  readonly watchHistoryEntries: number
  readonly watchHistoryBytes: number
  readonly snapshotEveryEntries: number
  readonly containerCheckIntervalMs: number
  readonly containerMaxPerMinute: number
  readonly superDigest: string | null
  /** A request that takes longer is logged; 0 or left out: none is. */
  readonly slowOperationMs?: number
  readonly saslSuperUser: string | null
  /** Schemes of which a connection must have proved one before it may ask for anything; empty: none. */
  readonly requireAuthSchemes: readonly string[]
  /** Replicated settings this server proposes when it leads. */
  readonly extendedTypesEnabled: boolean
  readonly enforceQuota: boolean
  readonly skipAcl: boolean
  readonly containerMaxNeverUsedMs: number
}
