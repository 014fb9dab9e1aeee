// How a snapshot gets from one simulated server to another: a stream of its own, which takes its time and may be lost with the process at either end. It
// travels in one piece; core/server's streams in chunks are not in the simulation.

import type { SnapshotMessage } from '../../core/consensus/messages.ts'
import type { SnapshotMeta } from '../../core/consensus/types.ts'
import type { SeededRandom } from '../../core/support/random.ts'
import type { Judge } from './judge.ts'
import type { Scheduler } from './scheduler.ts'

interface Parcel {
  readonly head: SnapshotMessage
  readonly chunks: readonly Buffer[]
}

/** Who sends and receives. */
export interface CourierOwner {
  readonly listening: boolean
  /** The head of a snapshot whose chunks are all here. */
  snapshotCame(head: SnapshotMessage): void
}

export class SnapshotCourier {
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  readonly #judge: Judge
  readonly #owner: CourierOwner
  readonly #received = new Map<number, readonly Buffer[]>()

  constructor(scheduler: Scheduler, random: SeededRandom, judge: Judge, owner: CourierOwner) {
    this.#scheduler = scheduler
    this.#random = random
    this.#judge = judge
    this.#owner = owner
  }

  /** `alive`: whether the process that sends is still the same; `sent`: the stream has ended, whole or not. */
  send(
    to: SnapshotCourier,
    snapshot: { readonly head: SnapshotMessage; readonly chunks: Iterable<Buffer> },
    alive: () => boolean,
    sent: (whole: boolean) => void,
  ): void {
    const chunks = [...snapshot.chunks].map((chunk) => Buffer.from(chunk))
    this.#judge.saw('snapshot sent')
    this.#scheduler.after(5 + this.#random.next() * 100, () => {
      if (!alive()) return
      const arrives = this.#random.below(5) > 0 && to.#owner.listening
      if (arrives) to.#receive({ head: snapshot.head, chunks })
      sent(arrives)
    })
  }

  /** The chunks that are to be installed; whatever else has come is let go. */
  take({ index }: SnapshotMeta): readonly Buffer[] {
    const chunks = this.#received.get(index)
    this.#received.clear()
    if (chunks === undefined) throw new Error(`no snapshot ${index} was received`)
    return chunks
  }

  /** The process is gone. */
  forget(): void {
    this.#received.clear()
  }

  #receive({ head, chunks }: Parcel): void {
    this.#received.set(head.meta.index, chunks)
    this.#owner.snapshotCame(head)
  }
}
