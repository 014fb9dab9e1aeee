// One server's disk: what is durable. A batch is durable whole or not at all, as core/storage sees to; damage leaves a recovery mark as it does.

import type { RaftRestart, RestartMark } from '../../../core/consensus/options.ts'
import { EMPTY_HARD_STATE, type Entry, type HardState, type PersistBatch, type SnapshotMeta } from '../../../core/consensus/types.ts'

export interface SavedSnapshot {
  readonly meta: SnapshotMeta
  /** Digest of the state it holds. */
  readonly digest: number
}

export class SimDisk {
  hardState: HardState = EMPTY_HARD_STATE
  snapshot: SavedSnapshot | null = null
  entries: Entry[] = []
  mark: RestartMark | null = null

  get firstIndex(): number {
    return (this.snapshot?.meta.index ?? 0) + 1
  }
  get lastIndex(): number {
    return this.firstIndex + this.entries.length - 1
  }

  write({ hardState, entries }: PersistBatch): void {
    if (hardState !== null) this.hardState = hardState
    const first = entries[0]
    if (first === undefined) return
    if (first.index > this.lastIndex + 1 || first.index < this.firstIndex)
      throw new Error(`entry ${first.index} does not follow ${this.lastIndex}`)
    this.entries.length = first.index - this.firstIndex
    this.entries.push(...entries)
  }

  /** Keeps a snapshot of the own state; the entries up to it go. */
  save(snapshot: SavedSnapshot): void {
    if (snapshot.meta.index > this.lastIndex) throw new Error('a snapshot is kept when its entries are durable')
    this.entries.splice(0, snapshot.meta.index - this.firstIndex + 1)
    this.snapshot = snapshot
  }

  /** A snapshot of another server takes the place of the log. */
  install(snapshot: SavedSnapshot): void {
    this.entries = []
    this.snapshot = snapshot
  }

  /** Whether the entry is durable here, as itself or in a snapshot. */
  has(index: number, term: number): boolean {
    if (index < this.firstIndex) return true
    return this.entries[index - this.firstIndex]?.term === term
  }

  /** Loses the last `count` entries, and what is newer of the hard state if `voteToo`. */
  damage(count: number, voteToo: boolean): void {
    const refetchUntil = Math.max(this.mark?.refetchUntil ?? 0, this.lastIndex)
    const hardStateSuspect = voteToo || this.mark?.hardStateSuspect === true
    this.entries.length = Math.max(0, this.entries.length - count)
    if (voteToo) {
      const term = this.entries.at(-1)?.term ?? this.snapshot?.meta.term ?? 0
      this.hardState = { term: Math.min(term, this.hardState.term), votedFor: 0, commit: 0 }
    }
    this.mark = { refetchUntil, hardStateSuspect, identityLost: false }
  }

  get restart(): RaftRestart {
    return { hardState: this.hardState, snapshot: this.snapshot?.meta ?? null, entries: [...this.entries], mark: this.mark }
  }
}
