// replica: committed entries applied to the tree, in their order, and what each one brings. PURE.
//
//   entry -> tree -> events to whoever watches -> the reply, if a client of this server asked -> what waited behind it -> sessions that moved or ended
//
// An event leaves before any reply that reveals its change. Syncs wait here for the index that they were told.

import type { Entry } from '../consensus/types.ts'
import { assert } from '../support/assert.ts'
import { int64ToHex } from '../support/int64.ts'
import { EntryKind, envelopeSemantics, SEMANTICS_VERSION } from '../tree/envelope.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { Applied } from '../tree/state-machine.ts'
import type { Clients } from './clients.ts'
import type { Sync } from './connection.ts'
import { isFrom, numberOf } from './entries.ts'
import { QuotaWarnings } from './quota-warnings.ts'
import type { ReplicaState } from './replica-state.ts'
import { settle } from './settlement.ts'
import type { Snapshots } from './snapshots.ts'
import type { Standing } from './standing.ts'

/** Entries applied in one turn before clients are served. */
const REPLAY_SLICE = 2000
/** After that a turn applies everything; in a crowd for so long, looking at the clock after so many entries, because newcomers and others wait meanwhile. */
const APPLY_MS = 3
const APPLY_SLICE = 32

export class Applier {
  readonly #state: ReplicaState
  readonly #standing: Standing
  readonly #clients: Clients
  readonly #snapshots: Snapshots
  readonly #quotaWarnings: QuotaWarnings
  /** Syncs that wait for an index to be applied. */
  #syncs: Sync[] = []

  constructor(state: ReplicaState, standing: Standing, clients: Clients, snapshots: Snapshots) {
    this.#state = state
    this.#standing = standing
    this.#clients = clients
    this.#snapshots = snapshots
    this.#quotaWarnings = new QuotaWarnings(state.counters, state.host)
  }

  /** Applies what is committed, or as much of it as one turn may take. */
  applyCommitted(): void {
    const { raft } = this.#standing
    const { host } = this.#state
    const untilMs = host.clock() + APPLY_MS
    let applied = 0
    for (let entry = raft.nextCommitted(); entry !== undefined; entry = raft.nextCommitted()) {
      this.#apply(entry)
      applied += 1
      if (!this.#standing.serving && applied === REPLAY_SLICE) break
      if (applied % APPLY_SLICE === 0 && this.#clients.connections.crowded && host.clock() >= untilMs) break
    }
    this.#snapshots.applied()
    if (this.#syncs.length > 0) this.#answerSyncs()
    if (!raft.hasCommitted) this.#snapshots.takeIfDue()
  }

  /** The index that a sync waits for is known. */
  indexKnown(sync: Sync, index: number): void {
    sync.pending.waitIndex = index
    if (index > this.#state.appliedIndex) this.#syncs.push(sync)
    else this.#clients.intake.answerWaiting(sync.connection)
  }

  /** Nobody waits for an index any more. */
  forgetSyncs(): void {
    this.#syncs = []
  }

  #answerSyncs(): void {
    const { appliedIndex } = this.#state
    const syncs = this.#syncs
    this.#syncs = syncs.filter(({ pending }) => pending.waitIndex > appliedIndex)
    for (const { connection, pending } of syncs) if (pending.waitIndex <= appliedIndex) this.#clients.intake.answerWaiting(connection)
  }

  #apply(entry: Entry): void {
    // Going on would make this server's state differ from what the program that wrote the entry has.
    assert(envelopeSemantics(entry.payload) <= SEMANTICS_VERSION, 'the log was written by a program of later semantics')
    const { member } = this.#standing
    const { tree, history, digests } = this.#state
    const { watches } = this.#clients
    const applied = tree.apply(entry.payload, member.raft.zxidOf(entry))
    this.#state.appliedIndex = entry.index
    if (entry.index >= digests.nextIndex) digests.applied(entry.index, tree)
    const firstOfTerm = member.applied(entry.term)
    for (const change of applied.changes) {
      history.record(applied.zxid, change)
      watches.trigger(change)
    }
    if (applied.softQuotaPath !== '') this.#quotaWarnings.note(applied.softQuotaPath, this.#state.nowMs)
    if (isFrom(entry.payload, this.#state.origin)) {
      const { connection, bytes } = member.stream.applied(numberOf(entry.payload))
      this.#clients.connections.countBytes(-bytes)
      settle(this.#clients, this.#clients.intake, connection, entry.payload, applied)
    }
    this.#noteSessions(applied)
    if (firstOfTerm) this.#standing.termApplied()
  }

  #noteSessions({ kind, session, endedSession }: Applied): void {
    if (endedSession !== null) this.#noteEnd(endedSession, kind)
    else if (session !== null) this.#noteAttach(session)
  }

  #noteEnd(session: SessionState, kind: EntryKind): void {
    const { counters, host, tracker } = this.#state
    if (kind === EntryKind.expireSession) {
      counters.sessionsExpired += 1
      host.logger.info({ sessionId: int64ToHex(session.hi, session.lo) }, 'session expired')
    }
    tracker.forget(session)
    this.#clients.sessionGone(session)
  }

  #noteAttach(session: SessionState): void {
    const { tracker, options, nowMs } = this.#state
    if (this.#standing.member.leads) tracker.track(session, nowMs)
    if (session.serverId !== options.serverId) this.#clients.sessionGone(session)
  }
}
