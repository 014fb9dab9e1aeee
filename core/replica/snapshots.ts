// replica: snapshots of its state: taken when they are due, for peers that are too far behind, and for whoever keeps copies. PURE.
//
// What is received in place of the own state: Replica.installed. When one is due: snapshot-schedule.ts.

import type { SnapshotMessage } from '../consensus/messages.ts'
import type { SnapshotMeta } from '../consensus/types.ts'
import type { ReplicaState } from './replica-state.ts'
import { SnapshotSchedule } from './snapshot-schedule.ts'
import type { Standing } from './standing.ts'

export class Snapshots {
  readonly #state: ReplicaState
  readonly #standing: Standing
  readonly #schedule: SnapshotSchedule

  constructor(state: ReplicaState, standing: Standing) {
    this.#state = state
    this.#standing = standing
    this.#schedule = new SnapshotSchedule(state.options.snapshotEveryEntries, state.appliedIndex, state.tree.nodeCount)
  }

  // ---- this server's own

  /** Takes a snapshot as soon as no other is being written, at an index that has none yet. */
  request(): void {
    this.#schedule.want()
    if (this.#standing.mayDecide && this.#state.appliedIndex === this.#schedule.index) this.#standing.proposeNoop()
    this.takeIfDue()
  }

  /** Entries were applied. */
  applied(): void {
    this.#schedule.applied(this.#state.nowMs)
  }

  takeIfDue(): void {
    const { appliedIndex, tree, nowMs, host } = this.#state
    if (!this.#schedule.due(appliedIndex, tree.nodeCount, nowMs)) return
    this.#schedule.began(appliedIndex, tree.nodeCount, nowMs)
    const meta: SnapshotMeta = this.#standing.raft.snapshotMeta(appliedIndex)
    // Read piece by piece while further entries are applied; the tree keeps what changes meanwhile.
    host.saveSnapshot(meta, tree.snapshot(undefined, 'lent'))
  }

  /** The snapshot given to `host.saveSnapshot` is on disk, or could not be kept: then the next one is tried in its time. */
  ended(saved: boolean): void {
    this.#schedule.ended(this.#state.nowMs)
    if (saved) this.#state.counters.snapshotsSaved += 1
  }

  /** The state is that of another server's snapshot, which storage holds. */
  installed(): void {
    this.#schedule.installed(this.#state.appliedIndex, this.#state.tree.nodeCount)
  }

  // ---- for others, and theirs

  /** What the host is to stream to `peer`, with the message that heads the stream; `null` if it is not wanted any more. */
  forPeer(peer: number): { readonly head: SnapshotMessage; readonly chunks: IterableIterator<Buffer> } | null {
    const { appliedIndex, tree } = this.#state
    if (appliedIndex === 0) return null
    const { raft } = this.#standing
    const head = raft.snapshotStarted(peer, raft.snapshotMeta(appliedIndex))
    // Begun only for whoever takes it: a snapshot that nobody reads keeps images of everything that changes.
    return head === null ? null : { head, chunks: tree.snapshot() }
  }

  /** The stream of a snapshot has ended. */
  sent(peer: number, whole: boolean): void {
    this.#standing.raft.snapshotEnded(peer, whole)
  }

  /** Whether the snapshot that `head` announces is worth taking in. */
  wants(head: SnapshotMessage): boolean {
    return this.#standing.raft.wantsSnapshot(head)
  }

  /**
   * The state as of now for whoever keeps a copy elsewhere: exact at the entry applied last, however late the chunks are taken. They must be taken
   * all, or let go with `return`. The snapshots that this server keeps have nothing to do with it. `null` before the first entry.
   */
  now(): { readonly meta: SnapshotMeta; readonly chunks: IterableIterator<Buffer> } | null {
    const { appliedIndex, tree } = this.#state
    return appliedIndex === 0 ? null : { meta: this.#standing.raft.snapshotMeta(appliedIndex), chunks: tree.snapshot() }
  }
}
