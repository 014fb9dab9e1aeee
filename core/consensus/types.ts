// consensus: the values it shares with storage and replica. An entry's payload is bytes; nothing here knows of trees. PURE.

/** One entry of the replicated log. */
export interface Entry {
  readonly term: number
  readonly index: number
  readonly payload: Buffer
}

/** What must be durable before a vote or an acknowledgement leaves (Raft figure 2, "persistent state"), and the commit index as a hint. */
export interface HardState {
  readonly term: number
  /** Server id voted for in `term`, 0 for none. */
  readonly votedFor: number
  readonly commit: number
}

export const EMPTY_HARD_STATE: HardState = Object.freeze({ term: 0, votedFor: 0, commit: 0 })

/** What the host must make durable as one unit: hard state and entries in one batch, one sync. */
export interface PersistBatch {
  /** Batches are numbered from 1 and completed in order. */
  readonly seq: number
  /** `null` when unchanged since the last batch. */
  readonly hardState: HardState | null
  /** Contiguous; the first index may lie below the log's end: then everything from it on is replaced. */
  readonly entries: readonly Entry[]
}

/**
 * Who belongs to the ensemble. Ids are never used again: a server that lost its data comes back under another one. While `outgoing` holds anyone
 * the configuration is joint: elections, commits and rounds need a majority of `voters` and one of `outgoing`.
 */
export interface Configuration {
  /** Ascending, as all lists here. 1 to 7. */
  readonly voters: readonly number[]
  /** The voters before the change; empty when not joint. */
  readonly outgoing: readonly number[]
  /** They get the log and count for nothing. Never voters at the same time. */
  readonly learners: readonly number[]
  /** Voters of `outgoing` that become learners when the joint configuration is left. */
  readonly learnersNext: readonly number[]
  /** What the replica keeps with it: addresses, incarnations. Opaque here. */
  readonly context: Buffer
}

/** Describes the state that a snapshot holds. */
export interface SnapshotMeta {
  /** Index of the last entry applied to it. */
  readonly index: number
  readonly term: number
  /** Index of the first entry of `term`: zxid = term << 32 | (index - termStart). */
  readonly termStart: number
  /** The configuration in force at `index`, joint ones too; absent in snapshots of a server that never had company. */
  readonly configuration?: Configuration
}
