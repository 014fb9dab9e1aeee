// storage: the meaning of the log's records in the order in which they were written. PURE.
//
//   base          the log holds every entry after this index (what came before was purged, or a snapshot replaced it)
//   lastIndex     index of the last entry
//   entries       those after the snapshot's index; the others are only checked

import { EMPTY_HARD_STATE, type Entry, type HardState, type SnapshotMeta } from '../consensus/types.ts'
import type { LogRecord } from './batch-reader.ts'
import { END_OF_SEGMENT, RecordType } from './log-format.ts'
import { decodeHardState } from './messages.ts'

export class LogReplay {
  readonly #snapshotIndex: number
  hardState: HardState = EMPTY_HARD_STATE
  /** Whether a hard state was read; every segment begins with one. */
  hardStateRead: 'readable' | 'undecodable' | 'none' = 'none'
  entries: Entry[] = []
  base = 0
  lastIndex = 0
  /** Term of the entry at the snapshot's index, 0 if the log does not hold it. */
  termAtSnapshot = 0
  /** The install record, if nothing but seals and cuts follows it: whether the snapshot took its place is to be seen. */
  installing: { readonly index: number; readonly term: number } | null = null
  /** Whether the segment's end seal was read. */
  segmentEnded = false
  /** Largest index that occurs in the present segment. */
  maxIndexInSegment = 0
  /** Whether the last record is a seal. */
  sealed = false

  constructor(snapshotIndex: number) {
    this.#snapshotIndex = snapshotIndex
  }

  /** Begins the first segment that is left of the log: its entries follow `previousIndex`. */
  beginLog(previousIndex: number): void {
    this.base = previousIndex
    this.lastIndex = previousIndex
  }

  beginSegment(): void {
    this.segmentEnded = false
    this.maxIndexInSegment = this.lastIndex
  }

  /** Takes one record; a string says why it cannot follow the ones before. */
  apply(record: LogRecord): string | null {
    // The seal that ends a full segment may stand between the two records of an installation.
    if (record.type !== RecordType.seal && record.type !== RecordType.cut) this.installing = null
    this.sealed = false
    switch (record.type) {
      case RecordType.entry:
        return this.#entry(record)
      case RecordType.hardState:
        return this.#setHardState(record.payload)
      case RecordType.truncate:
        return this.#truncate(record.index)
      case RecordType.seal:
        this.sealed = true
        this.segmentEnded = (record.flags & END_OF_SEGMENT) !== 0
        return record.index === this.lastIndex ? null : `a seal of index ${record.index} follows entry ${this.lastIndex}`
      case RecordType.install:
        this.installing = { index: record.index, term: record.term }
        return null
      case RecordType.reset:
        this.#reset(record.index, record.term)
        return null
      case RecordType.cut:
        return null
      default:
        return `record type ${String(record.type)} is unknown to this program`
    }
  }

  /** Whether the log stands in conflict with the snapshot: they hold different entries at its index. */
  conflictsWith(meta: SnapshotMeta): boolean {
    return this.termAtSnapshot !== 0 && this.termAtSnapshot !== meta.term
  }

  #setHardState(payload: Buffer): string | null {
    try {
      this.hardState = decodeHardState(payload)
      this.hardStateRead = 'readable'
      return null
    } catch (error) {
      this.hardStateRead = 'undecodable'

      return error instanceof Error ? error.message : String(error)
    }
  }

  #entry(record: LogRecord): string | null {
    const { term, index, payload } = record
    if (index !== this.lastIndex + 1) return `entry ${index} follows entry ${this.lastIndex}`
    this.lastIndex = index
    if (index > this.maxIndexInSegment) this.maxIndexInSegment = index
    if (index === this.#snapshotIndex) this.termAtSnapshot = term
    // A view of the segment, which lies in memory until its last entry is applied: a copy of each would take as much again, in small pieces.
    else if (index > this.#snapshotIndex) this.entries.push({ term, index, payload })
    return null
  }

  #truncate(from: number): string | null {
    if (from > this.lastIndex || from < 1) return `a truncation from index ${from} follows entry ${this.lastIndex}`
    this.lastIndex = from - 1
    // Reaches below the base when what it cut off was written to a segment that is purged by now.
    this.base = Math.min(this.base, this.lastIndex)
    if (from <= this.#snapshotIndex) this.termAtSnapshot = 0
    this.entries.length = Math.min(this.entries.length, Math.max(0, this.lastIndex - this.#snapshotIndex))
    return null
  }

  #reset(index: number, term: number): void {
    this.base = index
    this.lastIndex = index
    this.entries = []
    this.termAtSnapshot = index === this.#snapshotIndex ? term : 0
    if (index > this.maxIndexInSegment) this.maxIndexInSegment = index
  }
}
