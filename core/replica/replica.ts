// replica: one server's whole brain: consensus, tree, sessions, watches and the pipeline of a client's request. PURE.
//
//   bytes -> FrameDecoder -> request --read-->  answered from the tree, after everything its session asked before
//                                    --write-> log entry -> [persist] -> committed -> apply -> events, then the reply, then waiting reads
//
// A turn of the host: setTime(), any number of inputs, endTurn(). Everything proposed in one turn goes to disk as one batch; everything
// that a connection is to hear in one turn leaves in one send.
//
// Here is what the host may call, and the order of things in a turn. The parts, each of which knows those before it:
//
//   ReplicaState   settings, clocks, tree           Snapshots   taken, and for others
//   Standing       the term: leads, follows, serves Applier     committed entries, and what they bring
//   Clients        connections and their requests

import type { RaftRestart } from '../consensus/options.ts'
import type { PeerStatus } from '../consensus/progress.ts'
import type { Role } from '../consensus/state.ts'
import type { SnapshotMeta } from '../consensus/types.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import type { Id } from '../wire/records.ts'
import { Applier } from './applier.ts'
import { Clients } from './clients.ts'
import type { Connection } from './connection.ts'
import type { Counters, RefusalReason } from './counters.ts'
import type { Origin } from './entries.ts'
import type { Link, ReplicaHost, ReplicaOptions } from './host.ts'
import type { ReplicaMessage } from './member.ts'
import { GRACE_MS } from './readiness.ts'
import { ReplicaState } from './replica-state.ts'
import type { TrackedSession } from './session-tracker.ts'
import type { SlowOperations } from './slow-operations.ts'
import { Snapshots } from './snapshots.ts'
import { Standing } from './standing.ts'
import type { StateDigests, StateWord } from './state-digests.ts'
import type { WatchManager } from './watch-manager.ts'

/** A tick this late means that the process did not run: see SessionTracker.forgivePause. */
const PAUSE_MS = 1000

export class Replica {
  readonly counters: Counters
  readonly digests: StateDigests
  readonly watches: WatchManager<Connection>
  readonly slowOperations: SlowOperations
  readonly snapshots: Snapshots
  readonly #state: ReplicaState
  readonly #standing: Standing
  readonly #clients: Clients
  readonly #applier: Applier
  #lastTickMs = -1

  constructor(options: ReplicaOptions, host: ReplicaHost, restart: RaftRestart, tree: StateMachine, nowMs: number, wallMs: number) {
    this.#state = new ReplicaState(options, host, tree, restart.snapshot?.index ?? 0, nowMs, wallMs)
    this.#standing = new Standing(this.#state, restart, (sync, index) => this.#applier.indexKnown(sync, index))
    this.#clients = new Clients(this.#state, this.#standing)
    this.snapshots = new Snapshots(this.#state, this.#standing)
    this.#applier = new Applier(this.#state, this.#standing, this.#clients, this.snapshots)
    this.counters = this.#state.counters
    this.digests = this.#state.digests
    this.watches = this.#clients.watches
    this.slowOperations = this.#clients.slowOperations
  }

  // ---- what is to be seen of it

  get tree(): StateMachine {
    return this.#state.tree
  }
  /** Index of the last entry that was applied. */
  get appliedIndex(): number {
    return this.#state.appliedIndex
  }
  get nowMs(): number {
    return this.#state.nowMs
  }
  /** Names the stream of this server's clients. */
  get origin(): Origin {
    return this.#state.origin
  }
  /**
   * Whether clients are served: everything that was acknowledged before this server could reach the leader is applied here, and the ensemble was not out of
   * reach for longer than {@link GRACE_MS} since. Within that time nothing is answered, but nobody is sent away either.
   */
  get serving(): boolean {
    return this.#standing.serving
  }
  /** Whether replies may leave now: what they promise holds as long as others have not elected another leader. */
  get mayReply(): boolean {
    return this.#standing.mayReply
  }
  get role(): Role {
    return this.#standing.raft.role
  }
  /** 0 when nobody is known. */
  get leaderId(): number {
    return this.#standing.raft.leaderId
  }
  get term(): number {
    return this.#standing.raft.term
  }
  get commitIndex(): number {
    return this.#standing.raft.commitIndex
  }
  get durableIndex(): number {
    return this.#standing.raft.durableIndex
  }
  /** Until when replies may leave, on the monotonic clock; Infinity for a server alone. */
  get contactUntilMs(): number {
    return this.#standing.member.contactUntilMs
  }
  /** The other servers as the leader sees them; none on all but a leader. */
  get peers(): readonly PeerStatus[] {
    return this.#standing.raft.peers
  }
  /** Whether this server lost durable data and counts for nothing until it has everything again. */
  get recovering(): boolean {
    return this.#standing.raft.recovering
  }
  /** Syncs that the leader, if this server is it, has not confirmed yet. */
  get pendingSyncs(): number {
    return this.#standing.raft.pendingReads
  }
  /** Whether too much waits to be applied: nothing more is read of what peers send in bulk. */
  get overloaded(): boolean {
    return this.#standing.raft.overloaded
  }
  /** Whether it takes no further requests, because the server is about to end. */
  get draining(): boolean {
    return this.#clients.draining
  }
  /** Why client writes are refused, `null` when they are not. */
  get writeRefusal(): string | null {
    return this.#clients.writeRefusal
  }
  get connections(): ReadonlySet<Connection> {
    return this.#clients.connections.all
  }
  /** Sessions that this server watches over, with when each was last heard of. */
  get trackedSessions(): Iterable<TrackedSession> {
    return this.#state.tracker.values()
  }
  /** Requests in work over all connections. */
  get outstanding(): number {
    return this.#clients.connections.outstanding
  }
  /** Bytes of requests in work. */
  get outstandingBytes(): number {
    return this.#clients.connections.outstandingBytes
  }
  /** Bytes that wait for clients to read them. */
  get unreadBytes(): number {
    return this.#clients.connections.unreadBytes
  }
  /** Whether {@link endTurn} has something to do. */
  get hasWork(): boolean {
    return this.#clients.connections.hasWork || this.#standing.member.hasWork
  }
  /** Whether another turn would find something to do without any further input. */
  get unfinished(): boolean {
    const { raft } = this.#standing
    return this.#clients.connections.resting || raft.hasBatch || raft.hasCommitted || raft.hasAppends
  }

  // ---- turns

  /** Begins. Clients are served once the first entry of a term is applied: a server alone campaigns at once, others when nobody leads them. */
  start(): void {
    if ((this.#state.options.voters ?? []).length <= 1) this.#standing.raft.campaign()
    this.endTurn()
  }

  /** Once a turn, before any input. Monotonic and wall clock, milliseconds. */
  setTime(nowMs: number, wallMs: number): void {
    this.#state.nowMs = nowMs
    this.#state.wallMs = wallMs
    this.#standing.member.setTime(nowMs)
  }

  /** Every few tens of milliseconds: expiry, reaping, deadlines of handshakes. */
  tick(): void {
    this.#lookForPause()
    this.#standing.member.tick()
    this.#lookAtContact()
    this.#clients.tick()
    if (!this.serving) return
    this.snapshots.takeIfDue()
    this.#standing.decide()
  }

  /** Sends one batch to disk and everything that connections are to hear. Applies more of a log that is too long for one turn. */
  endTurn(): void {
    const { connections } = this.#clients
    if (this.#standing.raft.hasCommitted && !this.#standing.stopped) this.#applier.applyCommitted()
    connections.resumeResting()
    this.#standing.exchange()
    this.#standing.lookAtReadiness()
    connections.flushAll()
    connections.closeSlowConsumers()
  }

  // ---- clients

  /** A client has connected; `identities` are those that it has proved on the way. */
  open(link: Link, address: string, remote: string, identities: readonly Id[] = []): Connection {
    this.counters.connections += 1
    return this.#clients.connections.open(link, address, remote, this.#state.nowMs, this.#state.wallMs, identities)
  }

  /** Bytes came. The chunk is not to be written into any more. */
  received(c: Connection, chunk: Buffer): void {
    this.#clients.received(c, chunk)
  }

  /** Counts and logs what was refused. */
  noteRefusal(reason: RefusalReason, remote: string, detail: string): void {
    this.#clients.noteRefusal(reason, remote, detail)
  }

  /** What `c` sent kept the event loop for so long; `receivedBefore` requests had come before. */
  noteSlowTurn(c: Connection, receivedBefore: number, tookMs: number): void {
    this.#clients.noteSlowTurn(c, receivedBefore, tookMs)
  }

  /** The socket has taken everything that a `send` left. */
  drained(c: Connection): void {
    this.#clients.connections.drained(c)
  }

  /** The socket is gone. The session lives on until it is attached again or expires. */
  closed(c: Connection): void {
    this.#clients.connections.discard(c)
  }

  /**
   * From now on client writes are refused with SYSTEM_ERROR, for this reason, or taken again (`null`). What is in work goes on, and so do
   * reads, sessions (made, attached, closed, expired), reaping and the leader's own entries: they are few and small.
   */
  refuseWrites(reason: string | null): void {
    this.#clients.writeRefusal = reason
  }

  /** Tells every client that this server is about to end: who understands it goes to another server while this one serves on. */
  announceEnd(): void {
    this.#clients.announceEnd()
  }

  /** Takes no further request; what is in work is still answered. */
  drain(): void {
    this.#clients.drain()
  }

  /** No reply leaves any more: storage has failed. */
  stop(): void {
    this.#standing.stop()
    this.#clients.closeAll()
  }

  // ---- disk and peers

  /** The batch given to `host.persist` is durable. */
  persisted(seq: number): void {
    this.#standing.raft.persisted(seq)
    this.#applier.applyCommitted()
  }

  /** A message of a peer, in the order in which they came on its link. A snapshot's head comes when the whole snapshot is here and was verified. */
  peerMessage(message: ReplicaMessage): void {
    if (!this.#standing.stopped) this.#standing.member.received(message)
  }

  /** A link to `peer` is up, another one than before. */
  peerUp(peer: number): void {
    this.#standing.member.peerUp(peer)
  }

  /** The link to `peer` broke; `refused`: and nobody listens there any more. */
  peerDown(peer: number, refused: boolean): void {
    this.#standing.member.peerDown(peer)
    if (refused) this.#standing.raft.leaderRefused(peer)
  }

  /**
   * Hands leadership to the voter that has most of the log and was heard of just now; `false` if this server does not lead or there is none. Over when the
   * role changes, or given up after an election timeout.
   */
  handOver(): boolean {
    return this.#standing.member.handOver()
  }

  /** What /zookeeper/config is to say of the servers, if this one leads: lines, all ended. */
  setConfig(text: string): void {
    this.#standing.setConfig(text)
  }

  /** Another server's word on its state. */
  stateHeard(word: StateWord): void {
    this.digests.heard(word, this.appliedIndex, this.tree)
  }

  /**
   * The snapshot of `host.installSnapshot` is durable, and this is its state; `null`: it could not be kept, and everything is as it was. What became of the
   * requests in work cannot be known: their connections close.
   */
  installed(meta: SnapshotMeta, tree: StateMachine | null): void {
    const { raft, member } = this.#standing
    if (tree === null) {
      raft.installEnded(false)
      return
    }
    this.#giveUp('a snapshot took the place of the state')
    this.#state.replace(tree, meta.index)
    this.#standing.treeReplaced()
    this.#clients.intake.treeReplaced()
    this.snapshots.installed()
    raft.installEnded(true)
    member.restarted(meta.term)
  }

  // ---- what cannot go on

  #lookForPause(): void {
    const { nowMs, tracker, host } = this.#state
    const late = this.#lastTickMs < 0 ? 0 : nowMs - this.#lastTickMs
    this.#lastTickMs = nowMs
    if (late <= PAUSE_MS) return
    tracker.forgivePause(late)
    this.counters.pauses += 1
    this.counters.pausedMs += late
    host.logger.warn({ pausedMs: Math.round(late) }, 'the process did not run; sessions are given that time')
  }

  // Nothing may be promised out of contact. Clients wait a while, then they are sent where somebody may.
  #lookAtContact(): void {
    const outMs = this.#standing.outOfContactMs
    if (outMs >= GRACE_MS) {
      this.#giveUp('the ensemble is out of reach')
      this.#standing.endServing()
    } else if (outMs >= 0) this.#clients.closeImpatient(outMs)
  }

  // What became of the requests in work cannot be known any more, or not in time.
  #giveUp(why: string): void {
    const { connections } = this.#clients
    const { stream } = this.#standing.member
    this.#state.host.logger.warn({ why, connections: connections.all.size, requests: stream.size }, 'connections are closed')
    this.#clients.closeAll()
    this.#applier.forgetSyncs()
    this.#standing.forgetAskers()
    stream.abandon(({ bytes }) => connections.countBytes(-bytes))
    this.#state.renameStream()
  }
}
