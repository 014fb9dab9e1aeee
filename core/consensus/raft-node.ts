// consensus: one member of a Raft group as a pure state machine. Inputs are method calls, outputs are taken from it. The contract:
// docs/internals/consensus.md. This is the facade; state.ts holds what it knows, roles.ts changes roles, dispatch.ts takes messages. PURE.
//
// An ensemble of one voter takes the same path as any other: it campaigns, its vote counts once it is durable (thesis 3.4), it becomes leader, and an
// entry commits when a quorum, here itself, has it durable in the leader's own term (thesis 3.6.2).
//
//   propose() --> [queued] --takePersistBatch()--> [at the disk] --persisted()--> [durable here and at a quorum: committed] --nextCommitted()--> apply
//                    \------takeMessages()--> [appends to peers, at the same time] --step(responses)---/

import { assert } from '../support/assert.ts'
import type { ConfigurationGoal } from './configuration.ts'
import { dispatch } from './dispatch.ts'
import { campaign, campaignForReal, checkQuorum, countOwnVote, leaderRefused, mayCampaign, tickElection } from './election.ts'
import { installEnded, wantsSnapshot } from './following.ts'
import { advanceTransfer, transferLeadership } from './handover.ts'
import { Invariants } from './invariants.ts'
import { appendOwn, type ConfigurationRefusal, followUp, proposeConfiguration } from './membership.ts'
import type { Message, SnapshotMessage } from './messages.ts'
import type { RaftOptions, RaftRestart } from './options.ts'
import type { PeerStatus } from './progress.ts'
import type { ReadState } from './read-index.ts'
import { forgetForwardedReads, requestRead } from './reading.ts'
import { endRecovery, tickRecovery } from './recovering.ts'
import { advanceCommit, peerUnreachable, sendAppends, snapshotEnded, snapshotStarted, startRound } from './replication.ts'
import { becomeFollower, beginLife } from './roles.ts'
import { RaftState, type Role } from './state.ts'
import type { TransferRefusal } from './transfer.ts'
import type { Configuration, Entry, PersistBatch, SnapshotMeta } from './types.ts'

/** What a host should know at once. */
export interface RoleChange {
  readonly role: Role
  readonly term: number
  /** 0 when nobody is known. */
  readonly leaderId: number
}

/** A leader starts a new term before its counter reaches this value, so that a zxid never overflows its lower half. */
const LAST_COUNTER = 0xffff_0000

/** Most turns have none: taking it allocates nothing. */
const NONE: readonly never[] = []

export class RaftNode {
  readonly #s: RaftState
  readonly #invariants = new Invariants()
  #told: RoleChange

  /** `nowMs`: the monotonic clock at start. */
  constructor(options: RaftOptions, restart: RaftRestart, nowMs = 0) {
    this.#s = new RaftState(options, restart)
    beginLife(this.#s, nowMs)
    this.#told = { role: 'follower', term: this.#s.term, leaderId: 0 }
    this.#invariants.check(this.#s)
  }

  // ---- what it is

  get role(): Role {
    return this.#s.role
  }
  get leading(): boolean {
    return this.#s.role === 'leader'
  }
  get term(): number {
    return this.#s.term
  }
  /** 0 when nobody is known to lead this term. */
  get leaderId(): number {
    return this.#s.leaderId
  }
  /** The configuration in force: the last one in the log, committed or not. */
  get configuration(): Configuration {
    return this.#s.configuration
  }
  /** Whether this server has a say; a learner has none. */
  get voter(): boolean {
    return this.#s.voter
  }
  /** Whether this server makes good a loss and counts for nothing meanwhile. */
  get recovering(): boolean {
    return this.#s.recovery.active
  }
  get lastIndex(): number {
    return this.#s.log.lastIndex
  }
  get commitIndex(): number {
    return this.#s.log.commitIndex
  }
  get durableIndex(): number {
    return this.#s.log.durableIndex
  }
  /** Until when this server may promise anything, on the monotonic clock. Never goes back. */
  get contactUntilMs(): number {
    return this.leading && this.#s.alone ? Number.POSITIVE_INFINITY : this.#s.contact.untilMs
  }
  /** Whether {@link propose} may be called. */
  get mayPropose(): boolean {
    const { leadership } = this.#s
    return leadership !== null && leadership.transfer === null && this.#s.voter
  }
  /** Whether too much waits to be applied: stop taking in more. */
  get overloaded(): boolean {
    return this.#s.log.unappliedBytes > this.#s.limits.maxUnappliedBytes
  }
  /** Whether the leader has used up its term's counters and must campaign again. */
  get termExhausted(): boolean {
    const { role, log, term } = this.#s
    return role === 'leader' && log.lastTerm === term && this.#counter(log.lastIndex) >= LAST_COUNTER
  }
  /** The other members as the leader sees them; none on all but a leader. */
  get peers(): readonly PeerStatus[] {
    const peers = this.#s.leadership?.peers ?? []
    return peers.map(({ id, state, match, next, heardMs, recovering }) => ({ id, state, match, next, heardMs, recovering }))
  }
  /** Reads that the leader has not confirmed yet; 0 on all but a leader. */
  get pendingReads(): number {
    return this.#s.leadership?.reads.size ?? 0
  }

  // ---- inputs

  /** Once a turn, before any other input. */
  setTime(nowMs: number): void {
    assert(nowMs >= this.#s.nowMs, 'the monotonic clock goes forward')
    this.#s.nowMs = nowMs
  }

  /** Elections, heartbeats, deadlines. Every 10 to 50 ms. */
  tick(): void {
    const s = this.#s
    tickRecovery(s)
    checkQuorum(s)
    if (s.leadership === null) tickElection(s)
    else if (s.nowMs >= s.leadership.nextHeartbeatMs) startRound(s)
    advanceTransfer(s)
    this.#after()
  }

  /** Takes a well-formed message of a peer. True if it counted: only then its payload may be used. */
  step(message: Message): boolean {
    assert(message.to === this.#s.id && message.from !== this.#s.id, 'the message is for this server, from another')
    const counted = dispatch(this.#s, message)
    this.#after()
    return counted
  }

  /** Starts an election at once; a leader goes on in a new term. Nothing happens where this server may not be elected. */
  campaign(): void {
    const s = this.#s
    if (s.role === 'leader') {
      becomeFollower(s, s.term, 0)
      if (mayCampaign(s)) campaignForReal(s, true)
    } else if (mayCampaign(s)) campaign(s)
    this.#after()
  }

  /** Appends an entry in the leader's term. The payload must not change afterwards. */
  propose(payload: Buffer): Entry {
    const s = this.#s
    assert(s.leadership !== null, 'only a leader proposes')
    assert(s.leadership.transfer === null, 'nothing is proposed while leadership is handed over')
    const entry = appendOwn(s, payload)
    assert(this.#counter(entry.index) <= 0xffff_ffff, 'a term holds at most 2^32 entries')
    return entry
  }

  /** Begins a change of the configuration; a string says why not. */
  proposeConfiguration(goal: ConfigurationGoal): Entry | ConfigurationRefusal {
    const result = proposeConfiguration(this.#s, goal)
    this.#after()
    return result
  }

  /** Hands leadership to the voter `to`; a string says why not. Over when the role changes, or given up after E. */
  transferLeadership(to: number): TransferRefusal | null {
    return transferLeadership(this.#s, to)
  }

  /** Steps down at once. */
  resign(): void {
    if (this.leading) becomeFollower(this.#s, this.#s.term, 0)
    this.#after()
  }

  /** Asks for the index that a linearizable read must wait for; {@link takeReads} has the answer. */
  requestRead(id: number): void {
    requestRead(this.#s, id)
    if (this.#s.alone) this.#startNeededRound()
  }

  /** The link to `peer` broke: what was on it may be lost. */
  peerUnreachable(peer: number): void {
    const s = this.#s
    if (s.leadership !== null) peerUnreachable(s.leadership, peer)
    if (peer === s.leaderId) forgetForwardedReads(s)
  }

  /** The link to `peer` was reset and connecting again is refused: nobody listens there. */
  leaderRefused(peer: number): void {
    leaderRefused(this.#s, peer)
    this.#after()
  }

  /** The batch `seq` is durable. */
  persisted(seq: number): void {
    const s = this.#s
    s.log.persist.persisted(seq)
    s.outbox.release(seq)
    countOwnVote(s)
    advanceCommit(s)
    this.#after()
  }

  // ---- outputs

  /** The change since the last call, `null` for none. */
  takeRoleChange(): RoleChange | null {
    const { role, term, leaderId } = this.#s
    const told = this.#told
    if (told.role === role && told.term === term && told.leaderId === leaderId) return null
    this.#told = { role, term, leaderId }
    return this.#told
  }

  /** Everything that may leave now, in order for each peer. */
  takeMessages(): readonly Message[] {
    const s = this.#s
    if (s.leadership !== null) {
      assert(s.log.lastTerm === s.term, 'a leader proposes its first entry at once')
      advanceTransfer(s)
      this.#startNeededRound()
      sendAppends(s, s.leadership)
    }
    return s.outbox.take()
  }

  /** Whether appends were held back by the limit of a turn: {@link takeMessages} would give more without any input. */
  get hasAppends(): boolean {
    return this.#s.leadership?.hasMore ?? false
  }

  /** Whether {@link takePersistBatch} would give one. */
  get hasBatch(): boolean {
    return this.#s.log.persist.hasBatch
  }

  /** What must become durable next; `null` while a batch is at the disk or nothing waits. */
  takePersistBatch(): PersistBatch | null {
    const { log, term, votedFor } = this.#s
    return log.persist.take(term, votedFor, log.commitIndex)
  }

  /** Whether {@link nextCommitted} would give one. */
  get hasCommitted(): boolean {
    return this.#s.log.hasCommitted
  }

  /** The next committed entry in log order that was not yet handed out. */
  nextCommitted(): Entry | undefined {
    return this.#s.log.nextCommitted()
  }

  /** Answers to {@link requestRead}. */
  takeReads(): readonly ReadState[] {
    const { readStates } = this.#s
    return readStates.length === 0 ? NONE : readStates.splice(0)
  }

  /** True once when a marked server has everything again. */
  takeRecovered(): boolean {
    const { recovered } = this.#s
    this.#s.recovered = false
    return recovered
  }

  // ---- snapshots

  /** Describes the state after applying the entry at `index`. */
  snapshotMeta(index: number): SnapshotMeta {
    const { log, configurations } = this.#s
    const meta = { index, term: log.termAt(index), termStart: index === 0 ? 0 : log.termStartAt(index) }
    const configuration = configurations.at(index)
    return configuration === undefined ? meta : { ...meta, configuration }
  }

  /** Peers that need a snapshot; for each {@link snapshotStarted} follows, or {@link snapshotEnded}. */
  takeSnapshotRequests(): readonly number[] {
    const { snapshotRequests } = this.#s
    return snapshotRequests.length === 0 ? NONE : snapshotRequests.splice(0)
  }

  /** The host streams the snapshot `meta` to `peer`: what heads the stream. `null` if it is not wanted any more. */
  snapshotStarted(peer: number, meta: SnapshotMeta): SnapshotMessage | null {
    const s = this.#s
    if (s.leadership === null || !snapshotStarted(s, s.leadership, peer, meta)) return null
    return { type: 'snapshot', from: s.id, to: peer, term: s.term, meta }
  }

  /** The snapshot was sent whole, or given up. */
  snapshotEnded(peer: number, sent: boolean): void {
    if (this.#s.leadership !== null) snapshotEnded(this.#s, this.#s.leadership, peer, sent)
  }

  /** Whether the snapshot whose head came is worth taking in. Step its message when it has come whole. */
  wantsSnapshot(message: SnapshotMessage): boolean {
    return wantsSnapshot(this.#s, message)
  }

  /** A snapshot to make durable in place of the log; {@link installEnded} follows. */
  takeInstall(): SnapshotMeta | null {
    const { install, log } = this.#s
    if (install === null || install.atHost || !log.persist.idle) return null
    install.atHost = true
    log.persist.block(true)
    return install.meta
  }

  /** The snapshot of {@link takeInstall} is durable and the state is the snapshot's; or it could not be kept, and all is as it was. */
  installEnded(installed: boolean): void {
    installEnded(this.#s, installed)
    this.#after()
  }

  // ---- zxids

  /** zxid = term << 32 | (index - first index of the term). */
  zxidOf(entry: Entry): number {
    return entry.term * 2 ** 32 + this.#counter(entry.index)
  }

  #counter(index: number): number {
    return index - this.#s.log.termStartAt(index)
  }

  // Reads wait for a round that begins after them; one serves all that came in the turn.
  #startNeededRound(): void {
    const { leadership } = this.#s
    if (leadership !== null && leadership.reads.neededRound > leadership.rounds.current) startRound(this.#s)
  }

  #after(): void {
    followUp(this.#s)
    endRecovery(this.#s)
    this.#invariants.check(this.#s)
  }
}
