// replica: when the next snapshot is due. PURE.
//
//   --snapshot--|<---- at least PAUSE_FACTOR times as long, or until nothing is applied ---->|--snapshot--     as soon as `everyEntries` were applied
//
// A snapshot costs as much as the tree is large, whatever was applied since the last one. Under a load that never ends one every so many entries
// would mean that a large tree is written all the time: filling a million znodes wrote them five times over, at half of the speed. So they take
// an eighth of the time at most, and the one that was put off comes as soon as the load pauses. What a start must replay stays bounded all the same:
// with as many entries since the last snapshot as there are znodes, nothing is put off any more.

import { assert } from '../support/assert.ts'

/** The pause after a snapshot, in times of what it took. */
const PAUSE_FACTOR = 7
/** Nothing was applied for so long: the load is over, or pauses. */
const LULL_MS = 200

export class SnapshotSchedule {
  readonly #everyEntries: number
  /** Index of the snapshot taken last. */
  #index: number
  #startedMs = -1
  #pauseEndMs = -Infinity
  #lastAppliedMs = -Infinity
  #wanted = false

  constructor(everyEntries: number, index: number) {
    this.#everyEntries = everyEntries
    this.#index = index
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
    return nowMs >= this.#pauseEndMs || entries >= nodeCount || nowMs >= this.#lastAppliedMs + LULL_MS
  }

  began(index: number, nowMs: number): void {
    assert(this.#startedMs < 0, 'one snapshot is written at a time')
    this.#index = index
    this.#startedMs = nowMs
    this.#wanted = false
  }

  /** Storage holds the snapshot of another server, up to `index`. */
  installed(index: number): void {
    this.#index = Math.max(this.#index, index)
  }

  /** It is on disk, or could not be kept: then the next one is tried in its time. */
  ended(nowMs: number): void {
    assert(this.#startedMs >= 0, 'a snapshot that ends was begun')
    this.#pauseEndMs = nowMs + PAUSE_FACTOR * (nowMs - this.#startedMs)
    this.#startedMs = -1
  }
}
