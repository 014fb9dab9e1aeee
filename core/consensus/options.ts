// consensus: the settings of a member, their units and defaults. PURE.

import type { Random } from '../support/random.ts'
import type { Configuration, Entry, HardState, SnapshotMeta } from './types.ts'

export interface RaftTiming {
  /** H: a leader starts a round of heartbeats this often. Milliseconds, default 100. */
  readonly heartbeatMs: number
  /** E: followers campaign after [E, 2E) without a leader; the lease, contact and the check of the quorum last E. Milliseconds, default 500. */
  readonly electionMs: number
  /** Survivors of a leader that refuses connections start their pre-votes this far apart. Milliseconds, default 25. */
  readonly staggerMs: number
}

export interface RaftLimits {
  /** Payload bytes of one append message; one entry always fits. Default 256 KiB. */
  readonly maxAppendBytes: number
  /** Payload bytes of the append messages to one peer in one turn, at least one message. Default 256 KiB. */
  readonly maxTurnAppendBytes: number
  /** Append messages under way to one peer. Default 64. */
  readonly maxInflightMessages: number
  /** With so many appends under way to a peer, entries wait for the answer to the first, until they weigh `smallAppendBytes`. Default 2. */
  readonly pipelinedAppends: number
  /** Entries that weigh as much are worth an append of their own. Default 64 KiB. */
  readonly smallAppendBytes: number
  /** Payload bytes under way to one peer; one message always fits. Default 16 MiB. */
  readonly maxInflightBytes: number
  /** `overloaded` is true while entries not applied yet weigh more. Default 64 MiB. */
  readonly maxUnappliedBytes: number
  /** Applied entries kept in memory for peers that lag; none are when the server is alone. Default 64 MiB. */
  readonly retainBytes: number
  /** As much is kept of what a live peer has not acknowledged, and of what follows a snapshot under way to one. Default 256 MiB. */
  readonly retainForPeersBytes: number
}

export const DEFAULT_TIMING: RaftTiming = Object.freeze({ heartbeatMs: 100, electionMs: 500, staggerMs: 25 })

export const DEFAULT_LIMITS: RaftLimits = Object.freeze({
  maxAppendBytes: 256 << 10,
  maxTurnAppendBytes: 256 << 10,
  maxInflightMessages: 64,
  pipelinedAppends: 2,
  smallAppendBytes: 64 << 10,
  maxInflightBytes: 16 << 20,
  maxUnappliedBytes: 64 << 20,
  retainBytes: 64 << 20,
  retainForPeersBytes: 256 << 20,
})

/** How configurations stand in entries. Supplied by whoever knows the layout of payloads. */
export interface ConfigurationCodec {
  /** The configuration that an entry carries, `null` for every other entry. Total: any bytes may come. */
  read(payload: Buffer): Configuration | null
  /** The payload of an entry that carries `configuration`; called on the leader. */
  write(configuration: Configuration): Buffer
}

/** For a server that never has company: no entry carries a configuration. */
export const NO_CONFIGURATIONS: ConfigurationCodec = Object.freeze({
  read: () => null,
  write: () => {
    throw new Error('no codec for configurations was given')
  },
})

export interface RaftOptions {
  /** 1 to 2^32 - 1, never used again by another server or by this one without its data. */
  readonly id: number
  /** The voters if neither snapshot nor log names any; none for a server that waits to be taken in. Equal on all that begin together. */
  readonly voters: readonly number[]
  /** Draws election timeouts; seeded differently on every server. */
  readonly random: Random
  readonly timing?: Partial<RaftTiming>
  readonly limits?: Partial<RaftLimits>
  readonly codec?: ConfigurationCodec
  /** 0 to 2^32 - 1, drawn anew at each start, so that what an earlier life has sent is not taken for this one's. Default 0, for a server that lives once. */
  readonly life?: number
}

/** What storage says about a server that lost durable data (its recovery mark). */
export interface RestartMark {
  /** Entries up to here must be fetched again. */
  readonly refetchUntil: number
  /** A newer term or vote may be lost. */
  readonly hardStateSuspect: boolean
  /** No term and no vote could be read. */
  readonly identityLost: boolean
}

/** What storage found at start. */
export interface RaftRestart {
  readonly hardState: HardState
  readonly snapshot: SnapshotMeta | null
  /** The log after the snapshot, all of it durable. */
  readonly entries: readonly Entry[]
  readonly mark?: RestartMark | null
}
