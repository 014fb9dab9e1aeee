// replica: what the parts of a replica share: its settings, its clocks as of this turn, and how far its state has come. PURE.

import type { StateMachine } from '../tree/state-machine.ts'
import { ChangeHistory } from './change-history.ts'
import { Counters } from './counters.ts'
import type { Origin } from './entries.ts'
import type { ReplicaHost, ReplicaOptions } from './host.ts'
import { SessionTracker } from './session-tracker.ts'
import { StateDigests } from './state-digests.ts'

export class ReplicaState {
  readonly options: ReplicaOptions
  readonly host: ReplicaHost
  readonly counters: Counters = new Counters()
  readonly tracker: SessionTracker
  readonly digests: StateDigests
  /** Names the stream of this server's clients: another one once what was in it was given up. */
  origin: Origin
  /** Monotonic and wall clock of this turn. */
  nowMs: number
  wallMs: number
  tree: StateMachine
  /** Index of the last entry that was applied. */
  appliedIndex: number
  /** What the tree went through last. */
  history: ChangeHistory

  constructor(options: ReplicaOptions, host: ReplicaHost, tree: StateMachine, appliedIndex: number, nowMs: number, wallMs: number) {
    this.options = options
    this.host = host
    this.nowMs = nowMs
    this.wallMs = wallMs
    this.tracker = new SessionTracker(Math.max(10, Math.floor(options.tickTimeMs / 2)))
    this.origin = newOrigin(options, host)
    this.tree = tree
    this.appliedIndex = appliedIndex
    this.digests = new StateDigests(this.voters.length, appliedIndex)
    this.history = newHistory(options, tree)
  }

  /** The ids of the servers that have a say at first. */
  get voters(): readonly number[] {
    return this.options.voters ?? [this.options.serverId]
  }

  /** What was in the stream is given up: nobody may take it for what comes next. */
  renameStream(): void {
    this.origin = newOrigin(this.options, this.host)
  }

  /** Another server's state, up to `index`, takes the place of this one's. */
  replace(tree: StateMachine, index: number): void {
    for (const session of this.tree.sessions.values()) this.tracker.forget(session)
    this.tree = tree
    this.appliedIndex = index
    this.history = newHistory(this.options, tree)
    this.digests.replaced(index)
  }
}

function newOrigin({ serverId }: ReplicaOptions, host: ReplicaHost): Origin {
  const nonce = host.entropy(8)
  return { serverId, nonceHi: (nonce.readUInt32BE(0) | 1) >>> 0, nonceLo: nonce.readUInt32BE(4) }
}

function newHistory({ watchHistoryEntries, watchHistoryBytes }: ReplicaOptions, tree: StateMachine): ChangeHistory {
  return new ChangeHistory(watchHistoryEntries, watchHistoryBytes, tree.lastZxid)
}
