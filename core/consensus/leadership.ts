// consensus: what a member has only while it leads: its peers' progress, rounds, waiting reads, a transfer. Gone with the role, so nothing of it can
// outlive a term. PURE.

import { membersOf } from './configuration.ts'
import type { RaftLimits } from './options.ts'
import { Progress } from './progress.ts'
import { quorumValue } from './quorum.ts'
import { ReadQueue } from './read-index.ts'
import { Rounds } from './rounds.ts'
import type { Transfer } from './transfer.ts'
import type { Configuration } from './types.ts'

export class Leadership {
  readonly rounds: Rounds = new Rounds()
  readonly reads: ReadQueue = new ReadQueue()
  transfer: Transfer | null = null
  /** The turn's share was sent to a peer, and more could follow at once. */
  hasMore = false
  nextHeartbeatMs: number
  /** Peers heard from since then are active at the next check of the quorum. */
  checkedAtMs: number
  /** E after the send time of the newest confirmed round of this term. */
  contactUntilMs: number = Number.NEGATIVE_INFINITY
  readonly #id: number
  readonly #limits: RaftLimits
  #peers: Progress[] = []
  readonly #byId = new Map<number, Progress>()
  #durableIndex = 0
  readonly #ackedIndex = (id: number): number => (id === this.#id ? this.#durableIndex : (this.#counted(id)?.match ?? 0))
  readonly #ackedRound = (id: number): number => (id === this.#id ? this.rounds.current : (this.#counted(id)?.ackedRound ?? 0))

  constructor(id: number, limits: RaftLimits, nowMs: number) {
    this.#id = id
    this.#limits = limits
    this.nextHeartbeatMs = nowMs
    this.checkedAtMs = nowMs
  }

  /** The other members in the order of their ids. */
  get peers(): readonly Progress[] {
    return this.#peers
  }

  progressOf(id: number): Progress | undefined {
    return this.#byId.get(id)
  }

  /** Another configuration is in force. */
  adapt(configuration: Configuration, lastIndex: number): void {
    const ids = membersOf(configuration).filter((id) => id !== this.#id)
    for (const id of this.#byId.keys()) if (!ids.includes(id)) this.#byId.delete(id)
    this.#peers = ids.map((id) => {
      const known = this.#byId.get(id)
      if (known !== undefined) return known
      const fresh = new Progress(id, lastIndex, this.#limits)
      this.#byId.set(id, fresh)
      return fresh
    })
  }

  /** The highest index that a quorum has durable; the leader counts with what its own disk has. */
  quorumIndex(configuration: Configuration, durableIndex: number): number {
    this.#durableIndex = durableIndex
    return quorumValue(configuration, this.#ackedIndex)
  }

  /** The newest round that a quorum has acknowledged. */
  quorumRound(configuration: Configuration): number {
    return quorumValue(configuration, this.#ackedRound)
  }

  #counted(id: number): Progress | undefined {
    const progress = this.#byId.get(id)
    return progress === undefined || progress.recovering ? undefined : progress
  }
}
