// storage: what the host sees of the room: a store that makes batches durable and keeps snapshots, and what it found when it was opened. PURE.

import type { Entry, HardState, PersistBatch, SnapshotMeta } from '../consensus/types.ts'
import type { Done } from './disk.ts'
import type { RecoveryMark } from './messages.ts'
import type { StorageObserver } from './storage-observer.ts'

/**
 * Keeps log and snapshots. After its first failed write or sync a store is dead: `failure` is set and every later call reports it.
 * A full disk is different where nothing was promised: it makes `saveSnapshot` report an error and leaves the store alive (`failure` stays
 * `null`); so does a source of chunks that throws.
 */
export interface LogStore {
  /** The error that ended this store, `null` while it lives. */
  readonly failure: Error | null

  /** Makes a batch durable, as one unit; `done` without an error means that it is. One call at a time. */
  append(batch: PersistBatch, done: Done): void

  /**
   * Keeps a snapshot of what the log's entries up to `meta.index` led to, then removes what is no longer needed. `chunks` is read piece by
   * piece over many turns, while appends go on, and no piece is looked at once the next is asked for; the pieces come back as they were
   * given. An empty piece ends a turn early and is not kept. A source that is not read to its end is told by its iterator's `return`. One call at a time. The snapshot takes its place only when the
   * entries up to its index are durable here.
   */
  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void

  /**
   * Keeps a snapshot that came from another server and puts it in place of the whole log: the next entry has index `meta.index + 1`. No
   * append may be under way or be called before `done`. A snapshot of this server's own that is being written is written to its end first; `saveSnapshot`
   * reports an error meanwhile and leaves the store alive.
   */
  installSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void

  /** To be called when nothing was appended for 100 ms: seals the log, so that damage to its last batch is never taken for a torn write. */
  idle(): void

  /** To be called about every 50 ms with a monotonic clock in milliseconds: what goes on in the background is driven by it. */
  tick(nowMs: number): void

  /** Who hears of what happens outside any call, from now on. */
  observe(observer: StorageObserver): void
  /** What this server must fetch from its peers before it may vote or count for a quorum; `null` when nothing is missing. */
  readonly mark: RecoveryMark | null

  /**
   * Everything that the mark names is there again, durable: the mark comes off. `installSnapshot` beyond the missing entries takes it off too, if
   * it is known where the log ended and no vote may be lost. Nothing happens without a mark.
   */
  recoveryDone(done: Done): void

  /**
   * The state that was read from the snapshots, or that they were made of, is wrong: they are moved aside. The next opening has the log alone, and without its
   * beginning that is damage. Nothing else is to be asked of the store but `close`.
   */
  distrustSnapshots(done: Done): void

  /** What to show about the store. */
  status(): LogStoreStatus

  /** Seals, closes the files and releases the data directory. Waits for what is under way. Further calls wait for the first. */
  close(done: Done): void
}

export interface LogStoreStatus {
  /** Index of the last durable entry. */
  readonly durableIndex: number
  readonly segmentCount: number
  /** Bytes of all segments, used or not. */
  readonly logBytes: number
  /** Indices of the snapshots, newest first. */
  readonly snapshots: readonly number[]
  /** Why the next segment could not be prepared (a full disk); it is tried again when it is needed. `null` when all is well. */
  readonly shortage: Error | null
  /** How the disk does; `null` when nobody looks after it. */
  readonly care: CareStatus | null
}

/** How the disk does. */
export interface CareStatus {
  /** -1 before the first look. */
  readonly freeBytes: number
  readonly totalBytes: number
  /** Free bytes below which client writes are refused. */
  readonly lowBytes: number
  /** Bytes kept back for a full disk. */
  readonly reserveBytes: number
  /** Why client writes are refused, `null` when they are not. */
  readonly refusal: string | null
  /** For how long an operation hangs, 0 when none does. */
  readonly stalledMs: number
  readonly stalls: number
  /** Size of the newest snapshot. */
  readonly snapshotBytes: number
  /** Passes of the scrubber over everything at rest. */
  readonly scrubPasses: number
  readonly scrubbedBytes: number
  /** Files known to be damaged that are still needed. */
  readonly damagedFiles: number
  /** Damaged files found since the start. */
  readonly damageFound: number
}

/** A snapshot that was read and found whole. */
export interface RecoveredSnapshot {
  readonly meta: SnapshotMeta
  /** The pieces as `saveSnapshot` was given them, without empty ones; none when a receiver has taken them. */
  readonly chunks: Iterable<Buffer>
}

/** What a data directory held. */
export interface Recovered {
  /** Whether the directory was empty before. */
  readonly blank: boolean
  readonly hardState: HardState
  readonly snapshot: RecoveredSnapshot | null
  /** Every entry after the snapshot's index, in order. Payloads are views of the segments that were read. */
  readonly entries: Entry[]
  /** What the operator should know: a torn tail that was cut, a snapshot that was passed over, damage that peers must make good. */
  readonly notes: string[]
  /** Set if acknowledged entries or a vote were lost: what must be fetched from peers first. */
  readonly mark: RecoveryMark | null
}

export interface OpenedLogStore {
  readonly store: LogStore
  readonly recovered: Recovered
}
