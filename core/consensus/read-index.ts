// consensus: linearizable reads without a log entry (thesis 6.4). The leader notes its commit index, then a round of heartbeats that began afterwards
// must be acknowledged by a quorum: so it was still the leader when the read was asked for. PURE.
//
//   request --> [waits: round r+1, commit c] --round r+1 confirmed, own term has committed--> (id, c)
//
// Requests are told apart by their place in the queue, not by their id: a repeated id gains nothing from an older round.

import { Deque } from '../support/deque.ts'

/** `index` null: lost with the leader; ask again. */
export interface ReadState {
  readonly id: number
  readonly index: number | null
}

interface PendingRead {
  readonly id: number
  /** Who asked; the leader itself too. */
  readonly from: number
  /** The round that must be confirmed. */
  readonly round: number
  /** -1 while the leader has not committed in its own term: until then its commit index may be old. */
  index: number
}

export class ReadQueue {
  readonly #pending = new Deque<PendingRead>()
  #unresolved = 0

  get size(): number {
    return this.#pending.size
  }
  get empty(): boolean {
    return this.#pending.size === 0
  }
  /** The newest round that anybody waits for, 0 if nobody does. */
  get neededRound(): number {
    return this.#pending.at(this.#pending.size - 1)?.round ?? 0
  }

  add(id: number, from: number, round: number, index: number): void {
    if (index < 0) this.#unresolved += 1
    this.#pending.push({ id, from, round, index })
  }

  /** The leader has committed its first own entry. */
  resolve(commitIndex: number): void {
    if (this.#unresolved === 0) return
    for (const read of this.#pending) if (read.index < 0) read.index = commitIndex
    this.#unresolved = 0
  }

  /** Hands out, in order, what may be answered now that `round` is confirmed. */
  release(round: number, answer: (id: number, from: number, index: number) => void): void {
    for (let read = this.#pending.peek(); read !== undefined; read = this.#pending.peek()) {
      if (read.round > round || read.index < 0) return
      this.#pending.shift()
      answer(read.id, read.from, read.index)
    }
  }

  /** Ids of `self` that will never be answered here. */
  lost(self: number): number[] {
    const ids: number[] = []
    for (const read of this.#pending) if (read.from === self) ids.push(read.id)
    return ids
  }
}
