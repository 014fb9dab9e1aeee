// consensus: what a leader knows of one peer, and what it may send to it next. PURE.
//
//   probe     one append at a time, to find where the logs agree; the next one after a response
//   replicate appends run ahead of the acknowledgements, as far as the window lets them
//   snapshot  the entries are not in memory any more: nothing is sent until a snapshot has come, or the log reaches the peer after all
//
//   probe --accepted--> replicate --refused, link broken--> probe --too far behind--> snapshot --accepted--> replicate, --failed--> probe
//
//   match < next always. match: the logs are known to be equal up to here. next: the first entry to send.

import { assert } from '../support/assert.ts'
import { Inflights } from './inflights.ts'
import type { RaftLimits } from './options.ts'

/** A peer as its leader sees it. */
export interface PeerStatus {
  readonly id: number
  readonly state: ProgressState
  readonly match: number
  readonly next: number
  /** When it was last heard from, -Infinity for never. */
  readonly heardMs: number
  readonly recovering: boolean
}

export type ProgressState = 'probe' | 'replicate' | 'snapshot'

export class Progress {
  readonly id: number
  readonly inflights: Inflights
  #state: ProgressState = 'probe'
  #match = 0
  #next: number
  /** Probe: one is under way. Replicate: the window is full and an empty append was sent to find out. */
  #paused = false
  /** Replicate: entries are under way and a heartbeat was answered since: an empty append finds out whether they were lost. */
  #probeDue = false
  /** The round of heartbeats that was the newest when an append last left: the answer to a later one comes after that append's. */
  #sentInRound = 0
  /** Highest commit index under way to the peer. */
  #sentCommit = 0
  #snapshotIndex = 0
  /** When it was last heard from, -Infinity for never. */
  heardMs: number = Number.NEGATIVE_INFINITY
  /** The newest round it acknowledged. */
  ackedRound = 0
  /** Highest counter of its heartbeat responses that was processed. */
  counter = 0
  /** It makes good a loss: neither its log nor its rounds count. */
  recovering = false

  constructor(id: number, lastIndex: number, limits: RaftLimits) {
    this.id = id
    this.#next = lastIndex + 1
    this.inflights = new Inflights(limits.maxInflightMessages, limits.maxInflightBytes)
  }

  get state(): ProgressState {
    return this.#state
  }
  get match(): number {
    return this.#match
  }
  get next(): number {
    return this.#next
  }
  get paused(): boolean {
    return this.#paused
  }
  get probeDue(): boolean {
    return this.#probeDue
  }
  /** Index of the snapshot under way, 0 while it is asked for. */
  get snapshotIndex(): number {
    return this.#snapshotIndex
  }

  becomeProbe(): void {
    // A snapshot that is not acknowledged may have arrived all the same.
    const from = this.#state === 'snapshot' ? this.#snapshotIndex : 0
    this.#enter('probe')
    this.#next = Math.max(this.#match, from) + 1
    this.#sentCommit = Math.min(this.#sentCommit, this.#next - 1)
  }

  becomeReplicate(): void {
    this.#enter('replicate')
    this.#next = this.#match + 1
  }

  becomeSnapshot(): void {
    this.#enter('snapshot')
  }

  snapshotStarted(index: number): void {
    assert(this.#state === 'snapshot', 'a snapshot was asked for')
    this.#snapshotIndex = index
    this.#next = Math.max(this.#match, index) + 1
  }

  /** The host gave up on the snapshot: the next try comes after a sign of life. */
  snapshotFailed(): void {
    this.#snapshotIndex = 0
    this.becomeProbe()
    this.#paused = true
  }

  /** The host has sent all of it: what the peer made of it, a probe will tell. */
  snapshotSent(): void {
    this.becomeProbe()
    this.#paused = true
  }

  /** An append with `count` entries left. */
  sent(count: number, bytes: number, commit: number, round: number): void {
    this.#sentInRound = round
    this.commitTold(commit)
    this.#probeDue = false
    switch (this.#state) {
      case 'probe':
        this.#paused = true
        return
      case 'replicate':
        if (count > 0) {
          this.#next += count
          this.inflights.add(this.#next - 1, bytes)
        }
        this.#paused = this.inflights.full
        return
      case 'snapshot':
        assert(false, 'nothing is appended while a snapshot is under way')
    }
  }

  /** A message that left tells this commit index. */
  commitTold(commit: number): void {
    if (commit > this.#sentCommit) this.#sentCommit = commit
  }

  /** Whether telling `commit` now could move the peer's. */
  wantsCommit(commit: number): boolean {
    return commit > this.#sentCommit && this.#sentCommit < this.#next - 1
  }

  /** The peer has everything up to `index`. False if that was known. */
  accepted(index: number): boolean {
    if (index <= this.#match) return false
    this.#match = index
    if (index >= this.#next) this.#next = index + 1
    this.#paused = false
    if (this.#state === 'replicate') this.inflights.freeTo(index)
    return true
  }

  /** The peer refused an append after `prevIndex`; its log may agree up to `hint`. False for an answer to a message of long ago. */
  refused(prevIndex: number, hint: number): boolean {
    if (this.recovering && prevIndex <= this.#match) this.#match = Math.min(hint, prevIndex - 1, this.#match)
    else if (this.#state === 'replicate' ? prevIndex <= this.#match : prevIndex !== this.#next - 1) return false
    if (this.#state === 'snapshot') return false
    if (this.#state === 'replicate') this.becomeProbe()
    else this.#next = Math.max(Math.min(prevIndex, hint + 1), this.#match + 1)
    this.#sentCommit = Math.min(this.#sentCommit, this.#next - 1)
    this.#paused = false
    return true
  }

  /** The peer says whether it makes good a loss. One that does may have lost what it acknowledged. */
  noteRecovering(recovering: boolean): void {
    if (recovering && !this.recovering && this.#state === 'replicate') this.becomeProbe()
    this.recovering = recovering
  }

  /** The heartbeat of `round` was answered: whatever left before it has arrived or is lost, so one more may leave. */
  resume(round: number, lastIndex: number): void {
    if (round <= this.#sentInRound) return
    this.#paused = false
    this.#probeDue = this.#match < lastIndex
  }

  #enter(state: ProgressState): void {
    this.#state = state
    this.#paused = false
    this.#probeDue = false
    this.#snapshotIndex = 0
    this.inflights.clear()
  }
}
