// replica: what only the leader does, from the apply of its term's first entry on: times of entries, settings, what /zookeeper/config says, expiry of sessions, reaping. PURE.
//
// Its decisions are entries of no client's stream. A leader that is none any more leaves them behind; its successor comes to its own.

import { EntryKind, stampTimes, stringBody } from '../tree/envelope.ts'
import { CONFIG_PATH } from '../tree/node-writes.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { leaderOrigin, type Origin, plainEntry } from './entries.ts'
import type { ReplicaHost, ReplicaOptions } from './host.ts'
import type { SessionTracker, TrackedSession } from './session-tracker.ts'

const NOTHING: Buffer = Buffer.alloc(0)
const NO_SESSION = { hi: 0, lo: 0, generation: 0 }

/** What /zookeeper/config says of the servers: all but the line of its version. */
export function configText(tree: StateMachine): string {
  return (tree.node(CONFIG_PATH)?.data?.toString('utf8') ?? '').replace(/version=[0-9a-f]*$/, '')
}

export class LeaderDuties {
  readonly #options: ReplicaOptions
  readonly #host: ReplicaHost
  readonly #tree: StateMachine
  readonly #tracker: SessionTracker
  readonly #mayExpire: (tracked: TrackedSession) => boolean
  readonly #origin: Origin
  readonly #append: (payload: Buffer) => void
  #lastWallProposedMs = 0
  /** Cluster time at a moment of this server's monotonic clock. */
  #clusterBaseMs = 0
  #clusterBaseAtMs = 0
  #nextReapMs = 0
  /** What /zookeeper/config is to say, and what was proposed last in this term. */
  #config: string | null = null
  #proposedConfig: string | null = null

  constructor(
    options: ReplicaOptions,
    host: ReplicaHost,
    tree: StateMachine,
    tracker: SessionTracker,
    mayExpire: (tracked: TrackedSession) => boolean,
    append: (payload: Buffer) => void,
  ) {
    this.#options = options
    this.#host = host
    this.#tree = tree
    this.#tracker = tracker
    this.#mayExpire = mayExpire
    this.#origin = leaderOrigin(options.serverId)
    this.#append = append
  }

  /** The first entry of a term, before whose apply nothing is served (Raft, section 8); or one that only makes the log longer. */
  proposeNoop(): void {
    this.#propose(EntryKind.noop, null, this.#host.entropy(8))
  }

  /** The first entry of the term was applied: everybody has a whole timeout from now on. */
  begin(nowMs: number): void {
    this.#clusterBaseMs = this.#tree.clusterTimeMs
    this.#clusterBaseAtMs = nowMs
    this.#nextReapMs = nowMs + this.#options.containerCheckIntervalMs
    for (const session of this.#tree.sessions.values()) this.#tracker.track(session, nowMs)
    this.#proposeSettings()
    this.#proposedConfig = null
  }

  /** From now on, if this server leads, /zookeeper/config says this and its version. */
  setConfig(text: string): void {
    this.#config = text
  }

  /** Fills in the times of an entry: never before those of an earlier one. */
  stamp(payload: Buffer, nowMs: number, wallMs: number): void {
    this.#lastWallProposedMs = Math.max(this.#lastWallProposedMs, Math.floor(wallMs), this.#tree.wallTimeMs)
    stampTimes(payload, this.#lastWallProposedMs, this.#clusterTimeMs(nowMs))
  }

  /** Every few tens of milliseconds: expiry, reaping, what the configuration says. */
  tick(nowMs: number): void {
    for (const { state } of this.#tracker.due(nowMs, this.#mayExpire)) this.#propose(EntryKind.expireSession, state, NOTHING)
    this.#reap(nowMs)
    this.#proposeConfig()
  }

  #proposeConfig(): void {
    const config = this.#config
    if (config === null || config === this.#proposedConfig || config === configText(this.#tree)) return
    this.#proposedConfig = config
    this.#propose(EntryKind.config, null, stringBody(config))
  }

  // Settings that can change a result are replicated: the leader writes them when its own differ from those in force.
  #proposeSettings(): void {
    const { extendedTypesEnabled, enforceQuota, skipAcl, containerMaxNeverUsedMs } = this.#options
    const own = { extendedTypesEnabled, enforceQuota, skipAcl, containerMaxNeverUsedMs }
    const now = this.#tree.settings
    if (
      now.extendedTypesEnabled === extendedTypesEnabled &&
      now.enforceQuota === enforceQuota &&
      now.skipAcl === skipAcl &&
      now.containerMaxNeverUsedMs === containerMaxNeverUsedMs
    ) {
      return
    }
    this.#host.logger.info({ settings: own }, 'replicated settings change')
    this.#propose(EntryKind.settings, null, stringBody(JSON.stringify(own)))
  }

  #reap(nowMs: number): void {
    if (nowMs < this.#nextReapMs) return
    const { containerCheckIntervalMs, containerMaxPerMinute } = this.#options
    this.#nextReapMs = nowMs + containerCheckIntervalMs
    const limit = Math.max(1, Math.floor((containerMaxPerMinute * containerCheckIntervalMs) / 60_000))
    for (const path of this.#tree.reapCandidates(this.#clusterTimeMs(nowMs), limit)) {
      this.#propose(EntryKind.reap, null, stringBody(path))
    }
  }

  #propose(kind: EntryKind, session: SessionState | null, body: Buffer): void {
    this.#append(plainEntry(kind, this.#origin, 0, session ?? NO_SESSION, body))
  }

  #clusterTimeMs(nowMs: number): number {
    return this.#clusterBaseMs + Math.max(0, Math.floor(nowMs - this.#clusterBaseAtMs))
  }
}
