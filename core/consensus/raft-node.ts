// consensus: one member of a Raft group as a pure state machine. Inputs are method calls, outputs are taken from it. PURE.
//
// An ensemble of one voter takes the same path as any other: it campaigns, its vote counts once it is durable (rule of the thesis, 3.4),
// it becomes leader, and an entry commits when a quorum, here itself, has it durable in the leader's own term (thesis 3.6.2).
//
//   follower --campaign()--> candidate --persisted(vote)--> leader --propose()--> [queued] --takePersistBatch()--> [at the disk]
//                                                                                     --persisted()--> [committed] --nextCommitted()--> apply

import { assert } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'
import { MAX_TERM } from '../support/int64.ts'
import { TermSpans } from './term-spans.ts'
import type { Entry, HardState, PersistBatch, SnapshotMeta } from './types.ts'

export type Role = 'follower' | 'candidate' | 'leader'

export interface RaftOptions {
  readonly id: number
  /** Ids of the voting members, this server's own among them. More than one is not supported yet. */
  readonly voters: readonly number[]
}

/** What storage found at start. */
export interface RaftRestart {
  readonly hardState: HardState
  readonly snapshot: SnapshotMeta | null
  /** The log after the snapshot, all of it durable. */
  readonly entries: readonly Entry[]
}

/** A leader starts a new term before its counter reaches this value, so that a zxid never overflows its lower half. */
const LAST_COUNTER = 0xffff_0000

export class RaftNode {
  readonly #id: number
  readonly #spans = new TermSpans()
  /** Entries not yet handed to apply, oldest first. */
  readonly #tail = new Deque<Entry>(1024)
  #role: Role = 'follower'
  #term: number
  #votedFor: number
  #hardStateDirty = false
  #queued: Entry[] = []
  #lastIndex: number
  #durableIndex: number
  #commitIndex: number
  #handedIndex: number
  #seq = 0
  /** The batch at the disk, one at a time. */
  #outstanding: { seq: number; term: number; lastIndex: number } | null = null

  constructor(options: RaftOptions, restart: RaftRestart) {
    assert(options.voters.length === 1 && options.voters[0] === options.id, 'an ensemble of one has itself as its only voter')
    this.#id = options.id
    const { hardState, snapshot } = restart
    this.#term = hardState.term
    this.#votedFor = hardState.votedFor
    const start = snapshot?.index ?? 0
    if (snapshot !== null && snapshot.index > 0) this.#spans.seed(snapshot.term, snapshot.termStart)
    let last = start
    for (const entry of restart.entries) {
      assert(entry.index === last + 1, `the log jumps from ${last} to ${entry.index}`)
      this.#spans.append(entry.term, entry.index)
      this.#tail.push(entry)
      last = entry.index
    }
    this.#lastIndex = last
    this.#durableIndex = last
    this.#handedIndex = start
    // What was known committed may be applied before a leader exists; never less than the snapshot.
    this.#commitIndex = Math.max(start, Math.min(hardState.commit, last))
    this.#term = Math.max(this.#term, this.#spans.termAt(last))
  }

  get role(): Role {
    return this.#role
  }
  get leading(): boolean {
    return this.#role === 'leader'
  }
  get term(): number {
    return this.#term
  }
  get lastIndex(): number {
    return this.#lastIndex
  }
  get commitIndex(): number {
    return this.#commitIndex
  }
  /** Whether the leader has used up its term's counters and must campaign again. */
  get termExhausted(): boolean {
    return this.#role === 'leader' && this.#spans.termAt(this.#lastIndex) === this.#term && this.#counter(this.#lastIndex) >= LAST_COUNTER
  }

  /** Starts an election. With one voter it is won when the own vote is durable. */
  campaign(): void {
    assert(this.#term < MAX_TERM, `term ${this.#term} is the last one that a zxid can carry`)
    this.#becomeCandidate()
  }

  /** Appends an entry in the leader's term. The payload must not change afterwards. */
  propose(payload: Buffer): Entry {
    assert(this.#role === 'leader', 'only a leader proposes')
    const entry: Entry = { term: this.#term, index: this.#lastIndex + 1, payload }
    this.#lastIndex = entry.index
    this.#spans.append(entry.term, entry.index)
    assert(this.#counter(entry.index) <= 0xffff_ffff, 'a term holds at most 2^32 entries')
    this.#queued.push(entry)
    this.#tail.push(entry)
    return entry
  }

  /** Whether {@link takePersistBatch} would give one. */
  get hasBatch(): boolean {
    return this.#outstanding === null && (this.#hardStateDirty || this.#queued.length > 0)
  }

  /** What must become durable next; `null` while a batch is at the disk or nothing waits. */
  takePersistBatch(): PersistBatch | null {
    if (!this.hasBatch) return null
    const entries = this.#queued
    this.#queued = []
    this.#seq += 1
    const batch: PersistBatch = {
      seq: this.#seq,
      hardState: this.#hardStateDirty ? { term: this.#term, votedFor: this.#votedFor, commit: this.#commitIndex } : null,
      entries,
    }
    this.#hardStateDirty = false
    this.#outstanding = { seq: batch.seq, term: this.#term, lastIndex: entries.at(-1)?.index ?? this.#durableIndex }
    return batch
  }

  /** The batch `seq` is durable. */
  persisted(seq: number): void {
    const done = this.#outstanding
    assert(done !== null && done.seq === seq, 'the batch that is durable was at the disk')
    this.#outstanding = null
    // A completion is trusted for its own term only: the same index may have been written again since.
    if (done.term !== this.#term) return
    assert(done.lastIndex >= this.#durableIndex, 'the durable index goes backwards')
    this.#durableIndex = done.lastIndex
    if (this.#role === 'candidate') this.#becomeLeader()
    this.#advanceCommit()
  }

  /** Whether {@link nextCommitted} would give one. */
  get hasCommitted(): boolean {
    const next = this.#tail.peek()
    return next !== undefined && next.index <= this.#commitIndex
  }

  /** The next committed entry in log order that was not yet handed out. */
  nextCommitted(): Entry | undefined {
    const next = this.#tail.peek()
    if (next === undefined || next.index > this.#commitIndex) return undefined
    assert(next.index === this.#handedIndex + 1, 'entries are handed out without a gap')
    this.#handedIndex = next.index
    this.#tail.shift()
    return next
  }

  /** The index a linearizable read must wait for. A quorum of one confirms itself. */
  readIndex(): number {
    assert(this.#role === 'leader', `read index as ${this.#role}`)
    return this.#commitIndex
  }

  /** zxid = term << 32 | (index - first index of the term). */
  zxidOf(entry: Entry): number {
    return entry.term * 2 ** 32 + this.#counter(entry.index)
  }

  /** Describes the state after applying the entry at `index`. */
  snapshotMeta(index: number): SnapshotMeta {
    return { index, term: this.#spans.termAt(index), termStart: index === 0 ? 0 : this.#spans.startAt(index) }
  }

  #counter(index: number): number {
    return index - this.#spans.startAt(index)
  }

  #becomeCandidate(): void {
    this.#role = 'candidate'
    this.#term += 1
    this.#votedFor = this.#id
    this.#hardStateDirty = true
  }

  #becomeLeader(): void {
    assert(this.#role === 'candidate' && this.#votedFor === this.#id, 'only a candidate that voted for itself can lead')
    this.#role = 'leader'
  }

  // Raft figure 2, leaders: commit the highest index that a quorum has, if it is of the current term.
  #advanceCommit(): void {
    const quorumIndex = this.#durableIndex
    if (this.#role !== 'leader' || quorumIndex <= this.#commitIndex) return
    if (this.#spans.termAt(quorumIndex) !== this.#term) return
    this.#commitIndex = quorumIndex
  }
}
