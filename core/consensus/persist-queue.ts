// consensus: what waits for the disk, what is at the disk, and what is durable. One batch at a time; what comes meanwhile forms the next one. PURE.
//
//   append, hard state --> [queued] --take--> [outstanding] --persisted--> durable
//                             |                    |                          |
//   truncation cuts:       removed            its end is lowered        the watermark goes down
//
// The last two are what lets nobody acknowledge what was overwritten: an entry counts as durable only while no later append has replaced it.

import { assert } from '../support/assert.ts'
import type { Entry, HardState, PersistBatch } from './types.ts'

export class PersistQueue {
  #seq = 0
  #queued: Entry[] = []
  #stateDirty = false
  #outstandingSeq = 0
  #outstandingHasState = false
  /** Last index that is durable when the batch at the disk is; lowered by truncation. */
  #outstandingLast = 0
  #durableIndex: number
  #blocked = false

  constructor(durableIndex: number) {
    this.#durableIndex = durableIndex
  }

  /** Every entry up to here is durable as it stands in the log. */
  get durableIndex(): number {
    return this.#durableIndex
  }
  get idle(): boolean {
    return this.#outstandingSeq === 0
  }
  get hasBatch(): boolean {
    return this.#outstandingSeq === 0 && !this.#blocked && (this.#stateDirty || this.#queued.length > 0)
  }
  /** The batch that makes term and vote durable, 0 if they are. */
  get stateSeq(): number {
    if (this.#stateDirty) return this.#seq + 1
    return this.#outstandingHasState ? this.#outstandingSeq : 0
  }
  /** The batch that makes the whole log, term and vote durable, 0 if they are. */
  get logSeq(): number {
    return this.#stateDirty || this.#queued.length > 0 ? this.#seq + 1 : this.#outstandingSeq
  }

  push(entry: Entry): void {
    this.#queued.push(entry)
  }

  stateChanged(): void {
    this.#stateDirty = true
  }

  /** Entries from `index` on are no longer those of the log. */
  truncateFrom(index: number): void {
    const first = this.#queued[0]
    if (first !== undefined) this.#queued.length = Math.min(this.#queued.length, Math.max(0, index - first.index))
    this.#outstandingLast = Math.min(this.#outstandingLast, index - 1)
    this.#durableIndex = Math.min(this.#durableIndex, index - 1)
  }

  take(term: number, votedFor: number, commit: number): PersistBatch | null {
    if (!this.hasBatch) return null
    const entries = this.#queued
    this.#queued = []
    this.#seq += 1
    const batch: PersistBatch = { seq: this.#seq, hardState: this.#stateDirty ? hardState(term, votedFor, commit) : null, entries }
    this.#outstandingSeq = batch.seq
    this.#outstandingHasState = this.#stateDirty
    this.#outstandingLast = entries.length > 0 ? (entries[entries.length - 1] as Entry).index : this.#durableIndex
    this.#stateDirty = false
    return batch
  }

  persisted(seq: number): void {
    assert(seq !== 0 && this.#outstandingSeq === seq, 'the batch that is durable was at the disk')
    this.#outstandingSeq = 0
    this.#outstandingHasState = false
    if (this.#outstandingLast > this.#durableIndex) this.#durableIndex = this.#outstandingLast
  }

  /** No batch may go to the disk while a snapshot takes the log's place. */
  block(blocked: boolean): void {
    assert(!blocked || this.idle, 'a batch is at the disk')
    this.#blocked = blocked
  }

  /** A snapshot at `index` took the place of the log, durably. */
  restart(index: number): void {
    assert(this.idle, 'a batch is at the disk')
    this.#queued = []
    this.#durableIndex = index
  }
}

function hardState(term: number, votedFor: number, commit: number): HardState {
  return { term, votedFor, commit }
}
