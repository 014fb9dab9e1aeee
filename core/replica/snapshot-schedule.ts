// replica: when the next snapshot is due. PURE.
//
//   --snapshot--|<---- at least PAUSE_FACTOR times as long, or until nothing is applied ---->|--snapshot--     as soon as `everyEntries` were applied
//
// A snapshot costs as much as the tree is large, whatever was applied since the last one. Under a load that never ends one every so many entries
// would mean that a large tree is written all the time: filling a million znodes wrote them five times over, at half of the speed. So they take
// a sixteenth of the time at most, and the one that was put off comes as soon as the load pauses. What a start must do stays bounded all the same: when it
// would take three times as long as after a new snapshot, nothing is put off any more. A load that only creates never comes to that: each entry
// makes the new snapshot larger by a node.

import { assert } from '../support/assert.ts'

/** The pause after a snapshot, in times of what it took. */
const PAUSE_FACTOR = 15
/** Nothing was applied for so long: the load is over, or pauses. */
const LULL_MS = 200
/** What replaying an entry takes at a start, in times of reading a node of a snapshot. */
const ENTRY_COST = 2
/** How much longer a start may take than after a new snapshot. */
const MOST_START_COST = 3

export class SnapshotSchedule {
  readonly #everyEntries: number
  /** Index of the snapshot taken last. */
  #index: number
  /** Znodes that it holds. */
  #nodeCount: number
  #startedMs = -1
  #pauseEndMs = -Infinity
  #lastAppliedMs = -Infinity
  #wanted = false

  /** `index`, `nodeCount`: of the snapshot that a start has found; of the new state without one. */
  constructor(everyEntries: number, index: number, nodeCount: number) {
    this.#everyEntries = everyEntries
    this.#index = index
    this.#nodeCount = nodeCount
  }

  /** Index at which the last snapshot was begun. */
  get index(): number {
    return this.#index
  }

  /** Asks for one as soon as no other is being written. */
  want(): void {
    this.#wanted = true
  }

  /** Entries were applied. */
  applied(nowMs: number): void {
    this.#lastAppliedMs = nowMs
  }

  /** Whether a snapshot is to begin now. */
  due(appliedIndex: number, nodeCount: number, nowMs: number): boolean {
    const entries = appliedIndex - this.#index
    if (this.#startedMs >= 0 || entries <= 0) return false
    if (this.#wanted) return true
    if (entries < this.#everyEntries) return false
    const startCost = this.#nodeCount + ENTRY_COST * entries
    return nowMs >= this.#pauseEndMs || startCost >= MOST_START_COST * nodeCount || nowMs >= this.#lastAppliedMs + LULL_MS
  }

  began(index: number, nodeCount: number, nowMs: number): void {
    assert(this.#startedMs < 0, 'one snapshot is written at a time')
    this.#index = index
    this.#nodeCount = nodeCount
    this.#startedMs = nowMs
    this.#wanted = false
  }

  /** Storage holds the snapshot of another server, up to `index`. */
  installed(index: number, nodeCount: number): void {
    if (index <= this.#index) return
    this.#index = index
    this.#nodeCount = nodeCount
  }

  /** It is on disk, or could not be kept: then the next one is tried in its time. */
  ended(nowMs: number): void {
    assert(this.#startedMs >= 0, 'a snapshot that ends was begun')
    this.#pauseEndMs = nowMs + PAUSE_FACTOR * (nowMs - this.#startedMs)
    this.#startedMs = -1
  }
}
