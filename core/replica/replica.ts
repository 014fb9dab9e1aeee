// replica: one server's whole brain: consensus, tree, sessions, watches and the pipeline of a client's request. PURE.
//
//   bytes -> FrameDecoder -> request --read-->  answered from the tree, after everything its session asked before
//                                    --write-> log entry -> [persist] -> committed -> apply -> events, then the reply, then waiting reads
//
// A turn of the host: setTime(), any number of inputs, endTurn(). Everything proposed in one turn goes to disk as one batch; everything
// that a connection is to hear in one turn leaves in one send.

import type { SnapshotMessage } from '../consensus/messages.ts'
import type { RaftRestart } from '../consensus/options.ts'
import type { PeerStatus } from '../consensus/progress.ts'
import type { RaftNode, RoleChange } from '../consensus/raft-node.ts'
import type { Role } from '../consensus/state.ts'
import type { Entry, SnapshotMeta } from '../consensus/types.ts'
import { assert } from '../support/assert.ts'
import { int64ToHex } from '../support/int64.ts'
import { SeededRandom } from '../support/random.ts'
import { EntryKind, envelopeSemantics, SEMANTICS_VERSION } from '../tree/envelope.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { Applied, Change, StateMachine } from '../tree/state-machine.ts'
import { SERVER_ENDS, Xid } from '../wire/op-codes.ts'
import { type Id, Permission } from '../wire/records.ts'
import { writeWatcherEvent } from '../wire/watch-event.ts'
import type { Writer } from '../wire/writer.ts'
import { Attachments } from './attachments.ts'
import { ChangeHistory } from './change-history.ts'
import type { Connection, FrameHandler, InFlight, Pending, Sync } from './connection.ts'
import { Connections, type ConnectionsOwner } from './connections.ts'
import type { ReplicaContext } from './context.ts'
import { Counters, type RefusalReason } from './counters.ts'
import { isFrom, numberOf, type Origin } from './entries.ts'
import type { Link, ReplicaHost, ReplicaOptions } from './host.ts'
import { Intake } from './intake.ts'
import { LeaderDuties } from './leader-duties.ts'
import { Member, type MemberOwner, type ReplicaMessage } from './member.ts'
import { QuotaWarnings } from './quota-warnings.ts'
import { GRACE_MS, hasWaitedEnough, READINESS, Readiness } from './readiness.ts'
import { writeHeaderReply } from './replies.ts'
import { SessionIds } from './session-ids.ts'
import { SessionTracker, type TrackedSession } from './session-tracker.ts'
import { settle } from './settlement.ts'
import { type Asker, SlowOperations } from './slow-operations.ts'
import { SnapshotSchedule } from './snapshot-schedule.ts'
import { StateDigests, type StateWord } from './state-digests.ts'
import { WatchManager } from './watch-manager.ts'

/** A tick this late means that the process did not run: see SessionTracker.forgivePause. */
const PAUSE_MS = 1000

/** Entries applied in one turn before clients are served. */
const REPLAY_SLICE = 2000
/** After that a turn applies everything; in a crowd for so long, looking at the clock after so many entries, because newcomers and others wait meanwhile. */
const APPLY_MS = 3
const APPLY_SLICE = 32

const NOTHING: Buffer = Buffer.alloc(0)

export class Replica implements ReplicaContext, ConnectionsOwner, MemberOwner<Sync | typeof READINESS> {
  readonly options: ReplicaOptions
  readonly host: ReplicaHost
  origin: Origin
  readonly counters: Counters = new Counters()
  readonly watches: WatchManager<Connection>
  history: ChangeHistory
  readonly sessionIds: SessionIds
  readonly slowOperations: SlowOperations
  readonly tracker: SessionTracker
  readonly digests: StateDigests
  readonly #member: Member<InFlight, Sync | typeof READINESS>
  #tree: StateMachine
  readonly #intake: Intake
  #duties: LeaderDuties
  readonly #connections: Connections
  readonly #attachments = new Attachments((c) => this.close(c))
  readonly #quotaWarnings: QuotaWarnings
  /** Syncs that wait for an index to be applied. */
  #syncs: Sync[] = []
  #appliedIndex: number
  readonly #snapshots: SnapshotSchedule
  #writeRefusal: string | null = null
  #nowMs = 0
  #wallMs = 0
  #lastTickMs = -1
  readonly #readiness = new Readiness()
  #stopped = false
  #draining = false

  constructor(options: ReplicaOptions, host: ReplicaHost, restart: RaftRestart, tree: StateMachine, nowMs: number, wallMs: number) {
    this.options = options
    this.host = host
    this.#nowMs = nowMs
    this.#wallMs = wallMs
    this.tracker = new SessionTracker(Math.max(10, Math.floor(options.tickTimeMs / 2)))
    this.origin = this.#newOrigin()
    const { serverId: id, voters = [id], timing = {}, limits = {} } = options
    const random = new SeededRandom(host.entropy(8).readUIntBE(2, 6))
    this.#member = new Member({ id, voters, random, timing, limits }, restart, this, nowMs)
    this.#tree = tree
    this.#appliedIndex = restart.snapshot?.index ?? 0
    this.digests = new StateDigests(voters.length, this.#appliedIndex)
    this.#snapshots = new SnapshotSchedule(options.snapshotEveryEntries, this.#appliedIndex, tree.nodeCount)
    this.watches = new WatchManager<Connection>((connection, change) => this.#deliver(connection, change))
    this.history = this.#newHistory()
    this.sessionIds = new SessionIds(options.serverId, wallMs)
    this.slowOperations = new SlowOperations(options.slowOperationMs ?? 0, host.logger)
    this.#quotaWarnings = new QuotaWarnings(this.counters, host)
    this.#intake = new Intake(this)
    const onFrame: FrameHandler = (c, bytes, start, end) => this.#intake.frame(c, bytes, start, end)
    this.#connections = new Connections(options, this, this.counters, host, onFrame)
    this.#duties = this.#newDuties()
  }

  get tree(): StateMachine {
    return this.#tree
  }
  get nowMs(): number {
    return this.#nowMs
  }
  get wallMs(): number {
    return this.#wallMs
  }
  get connections(): ReadonlySet<Connection> {
    return this.#connections.all
  }
  /**
   * Whether clients are served: everything that was acknowledged before this server could reach the leader is applied here, and the ensemble was not out of
   * reach for longer than {@link GRACE_MS} since. Within that time nothing is answered, but nobody is sent away either.
   */
  get serving(): boolean {
    return this.#readiness.ready && !this.#stopped
  }
  get alone(): boolean {
    return this.#member.alone
  }
  /** Whether replies may leave now: what they promise holds as long as others have not elected another leader. */
  get mayReply(): boolean {
    return this.alone || this.host.clock() < this.#member.contactUntilMs
  }
  get role(): Role {
    return this.#raft.role
  }
  /** 0 when nobody is known. */
  get leaderId(): number {
    return this.#raft.leaderId
  }
  get term(): number {
    return this.#raft.term
  }
  get commitIndex(): number {
    return this.#raft.commitIndex
  }
  /** Whether it takes no further requests, because the server is about to end. */
  get draining(): boolean {
    return this.#draining
  }
  /** Sessions that this server watches over, with when each was last heard of. */
  get trackedSessions(): Iterable<TrackedSession> {
    return this.tracker.values()
  }
  get durableIndex(): number {
    return this.#raft.durableIndex
  }
  /** Until when replies may leave, on the monotonic clock; Infinity for a server alone. */
  get contactUntilMs(): number {
    return this.#member.contactUntilMs
  }
  /** The other servers as the leader sees them; none on all but a leader. */
  get peers(): readonly PeerStatus[] {
    return this.#raft.peers
  }
  /** Whether this server lost durable data and counts for nothing until it has everything again. */
  get recovering(): boolean {
    return this.#raft.recovering
  }
  /** Syncs that the leader, if this server is it, has not confirmed yet. */
  get pendingSyncs(): number {
    return this.#raft.pendingReads
  }
  /** Whether too much waits to be applied: nothing more is read of what peers send in bulk. */
  get overloaded(): boolean {
    return this.#raft.overloaded
  }
  /** Why client writes are refused, `null` when they are not. */
  get writeRefusal(): string | null {
    return this.#writeRefusal
  }
  /** Requests in work over all connections. */
  get outstanding(): number {
    return this.#connections.outstanding
  }
  /** Bytes of requests in work. */
  get outstandingBytes(): number {
    return this.#connections.outstandingBytes
  }
  /** Bytes that wait for clients to read them. */
  get unreadBytes(): number {
    return this.#connections.unreadBytes
  }
  /** Whether {@link endTurn} has something to do. */
  get hasWork(): boolean {
    return this.#connections.hasWork || this.#member.hasWork
  }
  /** Whether another turn would find something to do without any further input. */
  get unfinished(): boolean {
    return this.#connections.resting || this.#raft.hasBatch || this.#raft.hasCommitted
  }
  /** Index of the last entry that was applied. */
  get appliedIndex(): number {
    return this.#appliedIndex
  }

  /** Begins. Clients are served once the first entry of a term is applied: a server alone campaigns at once, others when nobody leads them. */
  start(): void {
    if ((this.options.voters ?? []).length <= 1) this.#raft.campaign()
    this.endTurn()
  }

  /** Once a turn, before any input. Monotonic and wall clock, milliseconds. */
  setTime(nowMs: number, wallMs: number): void {
    this.#nowMs = nowMs
    this.#wallMs = wallMs
    this.#member.setTime(nowMs)
  }

  /** A client has connected; `identities` are those that it has proved on the way. */
  open(link: Link, address: string, remote: string, identities: readonly Id[] = []): Connection {
    this.counters.connections += 1
    return this.#connections.open(link, address, remote, this.#nowMs, this.#wallMs, identities)
  }

  /** Bytes came. The chunk is not to be written into any more. */
  received(c: Connection, chunk: Buffer): void {
    if (c.phase === 'closed' || c.finishing) return
    if (c.tracked !== null) {
      c.tracked.lastHeardMs = this.#nowMs
      this.#member.touch(c.tracked)
    }
    c.slice = 0
    this.#intake.bytes(c, chunk)
    if (c.waiting) c.link.pause()
    if (c.out !== null) this.#connections.flush(c)
  }

  /** The socket has taken everything that a `send` left. */
  drained(c: Connection): void {
    this.#connections.drained(c)
  }

  /** The socket is gone. The session lives on until it is attached again or expires. */
  closed(c: Connection): void {
    this.#connections.discard(c)
  }

  /** The batch given to `host.persist` is durable. */
  persisted(seq: number): void {
    this.#raft.persisted(seq)
    this.#applyCommitted()
  }

  /** A message of a peer, in the order in which they came on its link. A snapshot's head comes when the whole snapshot is here and was verified. */
  peerMessage(message: ReplicaMessage): void {
    if (!this.#stopped) this.#member.received(message)
  }

  /** A link to `peer` is up, another one than before. */
  peerUp(peer: number): void {
    this.#member.peerUp(peer)
  }

  /** The link to `peer` broke; `refused`: and nobody listens there any more. */
  peerDown(peer: number, refused: boolean): void {
    this.#member.peerDown(peer)
    if (refused) this.#raft.leaderRefused(peer)
  }

  /**
   * Hands leadership to the voter that has most of the log and was heard of just now; `false` if this server does not lead or there is none. Over when the
   * role changes, or given up after an election timeout.
   */
  handOver(): boolean {
    return this.#member.handOver()
  }

  /** What the host is to stream to `peer`, with the message that heads the stream; `null` if it is not wanted any more. */
  snapshotFor(peer: number): { readonly head: SnapshotMessage; readonly chunks: IterableIterator<Buffer> } | null {
    if (this.#appliedIndex === 0) return null
    const head = this.#raft.snapshotStarted(peer, this.#raft.snapshotMeta(this.#appliedIndex))
    // Begun only for whoever takes it: a snapshot that nobody reads keeps images of everything that changes.
    return head === null ? null : { head, chunks: this.#tree.snapshot() }
  }

  /** What /zookeeper/config is to say of the servers, if this one leads: lines, all ended. */
  setConfig(text: string): void {
    this.#duties.setConfig(text)
  }

  /** Another server's word on its state. */
  stateHeard(word: StateWord): void {
    this.digests.heard(word, this.#appliedIndex, this.#tree)
  }

  /** The stream of a snapshot has ended. */
  snapshotSent(peer: number, whole: boolean): void {
    this.#raft.snapshotEnded(peer, whole)
  }

  /** Whether the snapshot that `head` announces is worth taking in. */
  wantsSnapshot(head: SnapshotMessage): boolean {
    return this.#raft.wantsSnapshot(head)
  }

  /**
   * The snapshot of `host.installSnapshot` is durable, and this is its state; `null`: it could not be kept, and everything is as it was. What became of the
   * requests in work cannot be known: their connections close.
   */
  installed(meta: SnapshotMeta, tree: StateMachine | null): void {
    if (tree === null) {
      this.#raft.installEnded(false)
      return
    }
    this.#giveUp('a snapshot took the place of the state')
    for (const session of this.#tree.sessions.values()) this.tracker.forget(session)
    this.#tree = tree
    this.history = this.#newHistory()
    this.#duties = this.#newDuties()
    this.#intake.treeReplaced()
    this.#appliedIndex = meta.index
    this.digests.replaced(meta.index)
    this.#snapshots.installed(meta.index, tree.nodeCount)
    this.#raft.installEnded(true)
    this.#member.restarted(meta.term)
  }

  /** The snapshot given to `host.saveSnapshot` is on disk, or could not be kept: then the next one is tried in its time. */
  snapshotEnded(saved: boolean): void {
    this.#snapshots.ended(this.#nowMs)
    if (saved) this.counters.snapshotsSaved += 1
  }

  /**
   * From now on client writes are refused with SYSTEM_ERROR, for this reason, or taken again (`null`). What is in work goes on, and so do
   * reads, sessions (made, attached, closed, expired), reaping and the leader's own entries: they are few and small.
   */
  refuseWrites(reason: string | null): void {
    this.#writeRefusal = reason
  }

  /** Takes a snapshot as soon as no other is being written, at an index that has none yet. */
  requestSnapshot(): void {
    this.#snapshots.want()
    if (this.#mayDecide && this.#appliedIndex === this.#snapshots.index) this.#duties.proposeNoop()
    this.#maybeSnapshot()
  }

  /**
   * The state as of now for whoever keeps a copy elsewhere: exact at the entry applied last, however late the chunks are taken. They must be taken
   * all, or let go with `return`. The snapshots that this server keeps have nothing to do with it. `null` before the first entry.
   */
  snapshotNow(): { readonly meta: SnapshotMeta; readonly chunks: IterableIterator<Buffer> } | null {
    if (this.#appliedIndex === 0) return null
    return { meta: this.#raft.snapshotMeta(this.#appliedIndex), chunks: this.#tree.snapshot() }
  }

  /** Every few tens of milliseconds: expiry, reaping, deadlines of handshakes. */
  tick(): void {
    const late = this.#lastTickMs < 0 ? 0 : this.#nowMs - this.#lastTickMs
    this.#lastTickMs = this.#nowMs
    if (late > PAUSE_MS) {
      this.tracker.forgivePause(late)
      this.counters.pauses += 1
      this.counters.pausedMs += late
      this.host.logger.warn({ pausedMs: Math.round(late) }, 'the process did not run; sessions are given that time')
    }
    this.#member.tick()
    this.#lookAtContact()
    this.#dropLateHandshakes()
    this.#connections.hearWaiting()
    if (!this.serving) return
    this.#maybeSnapshot()
    if (!this.#mayDecide) return
    this.#duties.tick(this.#nowMs)
    if (this.#raft.termExhausted) this.#raft.campaign()
  }

  /** Sends one batch to disk and everything that connections are to hear. Applies more of a log that is too long for one turn. */
  endTurn(): void {
    if (this.#raft.hasCommitted && !this.#stopped) this.#applyCommitted()
    this.#connections.resumeResting()
    this.#exchange()
    this.#lookAtReadiness()
    this.flushAll()
    this.#connections.closeSlowConsumers()
  }

  // What consensus has for the disk and for the peers, and from them.
  #exchange(): void {
    this.#member.advance()
    for (let batch = this.#raft.takePersistBatch(); batch !== null; batch = this.#raft.takePersistBatch()) {
      this.host.persist(batch)
      this.#member.advance()
    }
    this.#member.sendMessages()
    this.#member.takeIndices()
    for (const peer of this.#raft.takeSnapshotRequests()) this.host.sendSnapshot(peer)
    const install = this.#raft.takeInstall()
    if (install !== null) this.host.installSnapshot(install)
    if (this.#raft.takeRecovered()) this.host.recovered()
  }

  /** Sends what waits on every connection. */
  flushAll(): void {
    this.#connections.flushAll()
  }

  /** Tells every client that this server is about to end: who understands it goes to another server while this one serves on. */
  announceEnd(): void {
    for (const c of this.#connections.all) {
      if (c.phase !== 'open') continue
      writeHeaderReply(this.out(c), Xid.ping, this.#tree.lastZxid, SERVER_ENDS)
    }
  }

  /** Takes no further request; what is in work is still answered. */
  drain(): void {
    this.#draining = true
    for (const c of this.#connections.all) c.finishing = true
  }

  /** No reply leaves any more: storage has failed. */
  stop(): void {
    this.#stopped = true
    for (const c of [...this.#connections.all]) this.close(c)
  }

  // ---- used by intake and handshake -------------------------------------------------------------------------------

  /** Where a connection's replies are written; they leave with the next flush. */
  out(c: Connection): Writer {
    return this.#connections.out(c)
  }

  /** Whether the connection may be given its next request now. If not it is held until {@link endTurn} or a drain lets it go on. */
  mayContinue(c: Connection): boolean {
    return this.#connections.mayContinue(c)
  }

  /** The number of the next entry of this server's clients. */
  nextNumber(): number {
    return this.#member.stream.lastNumber + 1
  }

  /** Sends an entry of a client of this server on its way to the log. */
  propose(c: Connection, payload: Buffer): void {
    assert(numberOf(payload) === this.nextNumber(), 'numbers have no gap')
    this.#member.stream.push(payload, { connection: c, bytes: payload.length })
    this.#connections.countBytes(payload.length)
  }

  askIndex(sync: Sync): void {
    this.#member.askIndex(sync)
  }

  /** The index that a sync waits for is known. */
  indexKnown(sync: Sync | typeof READINESS, index: number): void {
    if (sync === READINESS) {
      this.#readiness.indexKnown(index)
      return
    }
    sync.pending.waitIndex = index
    if (index > this.#appliedIndex) this.#syncs.push(sync)
    else this.#intake.answerWaiting(sync.connection)
  }

  send(message: ReplicaMessage): void {
    this.host.send(message)
  }

  /** Fills in the times of an entry. */
  stamp(payload: Buffer): void {
    this.#duties.stamp(payload, this.#nowMs, this.#wallMs)
  }

  roleChanged({ role, term, leaderId }: RoleChange): void {
    this.host.logger.info({ role, term, leaderId }, 'role')
    // A leader's first entry: nothing of its term is served before it is applied (Raft, section 8).
    if (role === 'leader') this.#duties.proposeNoop()
  }

  countPending(change: 1 | -1, bytes: number): void {
    this.#connections.countPending(change)
    this.#connections.countBytes(change * bytes)
  }

  /** Counts and logs what was refused. */
  noteRefusal(reason: RefusalReason, remote: string, detail: string): void {
    this.#connections.noteRefusal(reason, remote, detail)
  }

  noteIfSlow(c: Connection, pending: Pending, bytes: Buffer, start: number): void {
    const tookMs = this.#nowMs - pending.receivedMs
    if (tookMs <= this.slowOperations.thresholdMs) return
    this.slowOperations.answered(askerOf(c), pending.op, pending.xid, bytes, start, tookMs, this.#nowMs)
  }

  /** What `c` sent kept the event loop for so long; `receivedBefore` requests had come before. */
  noteSlowTurn(c: Connection, receivedBefore: number, tookMs: number): void {
    this.slowOperations.turn(askerOf(c), c.lastOp, c.received - receivedBefore, tookMs, this.#nowMs)
  }

  /** Refuses with a counted, logged reason and closes. */
  refuse(c: Connection, reason: RefusalReason, detail: string): void {
    this.#connections.refuse(c, reason, detail)
  }

  /** Sends what waits, then closes the socket. */
  close(c: Connection): void {
    this.#connections.close(c)
  }

  /** The session is on this connection now; a former connection of it is closed. */
  attach(c: Connection, session: SessionState): void {
    this.#connections.settled(c)
    this.#attachments.attach(c, session, this.tracker.track(session, this.#nowMs))
  }

  /** Goes on with what the decoder holds. */
  resumeInput(c: Connection): void {
    if (c.closed) return
    this.#intake.bytes(c, NOTHING)
    if (!c.waiting && !c.closed) c.link.resume()
  }

  // ---- the term ---------------------------------------------------------------------------------------------------

  get #raft(): RaftNode {
    return this.#member.raft
  }

  /** Whether this server leads and may append entries of its own. */
  get #mayDecide(): boolean {
    return this.#member.leads && this.#raft.mayPropose
  }

  #newOrigin(): Origin {
    const nonce = this.host.entropy(8)
    return { serverId: this.options.serverId, nonceHi: (nonce.readUInt32BE(0) | 1) >>> 0, nonceLo: nonce.readUInt32BE(4) }
  }

  #newHistory(): ChangeHistory {
    return new ChangeHistory(this.options.watchHistoryEntries, this.options.watchHistoryBytes, this.#tree.lastZxid)
  }

  #newDuties(): LeaderDuties {
    return new LeaderDuties(
      this.options,
      this.host,
      this.#tree,
      this.tracker,
      (tracked) => this.#member.mayExpire(tracked),
      (payload) => this.#member.append(payload),
    )
  }

  // The first entry of a term was applied.
  #termApplied(): void {
    if (!this.#member.leads) return
    this.#member.reports.begin(this.#nowMs)
    this.#duties.begin(this.#nowMs)
  }

  #lookAtReadiness(): void {
    if (this.#readiness.ready) return
    const ask = (): void => this.#member.askIndex(READINESS)
    if (!this.#readiness.becomes(this.#member, this.#nowMs, this.#appliedIndex, ask)) return
    const { role, term, leaderId } = this.#raft
    this.host.logger.info({ role, term, leaderId, lastZxid: this.#tree.lastZxid }, 'serving')
  }

  // Nothing may be promised out of contact. Clients wait a while, then they are sent where somebody may.
  #lookAtContact(): void {
    const outMs = this.#readiness.outOfContactMs(this.#member, this.#nowMs)
    if (outMs >= GRACE_MS) {
      this.#giveUp('the ensemble is out of reach')
      this.#readiness.ends()
    } else if (outMs >= 0) {
      for (const c of [...this.#connections.all]) {
        if (c.session !== null && hasWaitedEnough(c.session.timeoutMs, outMs)) this.close(c)
      }
    }
  }

  // What became of the requests in work cannot be known any more, or not in time.
  #giveUp(why: string): void {
    this.host.logger.warn({ why, connections: this.#connections.all.size, requests: this.#member.stream.size }, 'connections are closed')
    for (const c of [...this.#connections.all]) this.close(c)
    this.#syncs = []
    this.#member.forgetAskers()
    this.#readiness.forgetIndex()
    this.#member.stream.abandon(({ bytes }) => this.#connections.countBytes(-bytes))
    this.origin = this.#newOrigin()
  }

  // ---- apply ------------------------------------------------------------------------------------------------------

  #applyCommitted(): void {
    const untilMs = this.clock() + APPLY_MS
    let applied = 0
    for (let entry = this.#raft.nextCommitted(); entry !== undefined; entry = this.#raft.nextCommitted()) {
      this.#apply(entry)
      applied += 1
      if (!this.serving && applied === REPLAY_SLICE) break
      if (applied % APPLY_SLICE === 0 && this.#connections.crowded && this.clock() >= untilMs) break
    }
    this.#snapshots.applied(this.#nowMs)
    if (this.#syncs.length > 0) this.#answerSyncs()
    if (!this.#raft.hasCommitted) this.#maybeSnapshot()
  }

  #answerSyncs(): void {
    const syncs = this.#syncs
    this.#syncs = syncs.filter(({ pending }) => pending.waitIndex > this.#appliedIndex)
    for (const { connection, pending } of syncs) if (pending.waitIndex <= this.#appliedIndex) this.#intake.answerWaiting(connection)
  }

  #apply(entry: Entry): void {
    // Going on would make this server's state differ from what the program that wrote the entry has.
    assert(envelopeSemantics(entry.payload) <= SEMANTICS_VERSION, 'the log was written by a program of later semantics')
    const applied = this.#tree.apply(entry.payload, this.#raft.zxidOf(entry))
    this.#appliedIndex = entry.index
    if (entry.index >= this.digests.nextIndex) this.digests.applied(entry.index, this.#tree)
    const firstOfTerm = this.#member.applied(entry.term)
    for (const change of applied.changes) {
      this.history.record(applied.zxid, change)
      this.watches.trigger(change)
    }
    if (applied.softQuotaPath !== '') this.#quotaWarnings.note(applied.softQuotaPath, this.#nowMs)
    if (isFrom(entry.payload, this.origin)) {
      const { connection, bytes } = this.#member.stream.applied(numberOf(entry.payload))
      this.#connections.countBytes(-bytes)
      settle(this, this.#intake, connection, entry.payload, applied)
    }
    this.#noteSessions(applied)
    if (firstOfTerm) this.#termApplied()
  }

  #noteSessions(applied: Applied): void {
    if (applied.endedSession !== null) {
      if (applied.kind === EntryKind.expireSession) {
        this.counters.sessionsExpired += 1
        this.host.logger.info({ sessionId: hex(applied.endedSession) }, 'session expired')
      }
      this.tracker.forget(applied.endedSession)
      this.#attachments.gone(applied.endedSession)
      return
    }
    const { session } = applied
    if (session === null) return
    if (this.#member.leads) this.tracker.track(session, this.#nowMs)
    if (session.serverId !== this.options.serverId) this.#attachments.gone(session)
  }

  #maybeSnapshot(): void {
    if (!this.#snapshots.due(this.#appliedIndex, this.#tree.nodeCount, this.#nowMs)) return
    this.#snapshots.began(this.#appliedIndex, this.#tree.nodeCount, this.#nowMs)
    const meta: SnapshotMeta = this.#raft.snapshotMeta(this.#appliedIndex)
    // Read piece by piece while further entries are applied; the tree keeps what changes meanwhile.
    this.host.saveSnapshot(meta, this.#tree.snapshot(undefined, 'lent'))
  }

  // ---- connections ------------------------------------------------------------------------------------------------

  #deliver(c: Connection, change: Change): void {
    if (c.phase !== 'open' || !this.#tree.permits(change.acl, Permission.read, c.ids)) return
    const w = this.out(c)
    const frame = w.beginFrame()
    writeWatcherEvent(w, this.#tree.lastZxid, change.type, change.path)
    w.endFrame(frame)
    c.sent += 1
    this.counters.packetsSent += 1
    this.#connections.eventWritten(c)
  }

  clock(): number {
    return this.host.clock()
  }

  /** A connection is closed: its watches and its hold on the session go with it. */
  discarded(c: Connection): void {
    this.watches.removeAll(c)
    this.#attachments.discarded(c)
  }

  #dropLateHandshakes(): void {
    for (const c of this.#connections.newcomers) {
      if (c.phase === 'behind') this.#intake.checkBehind(c)
      else if (this.#nowMs - c.acceptedMs > this.options.handshakeTimeoutMs) {
        this.refuse(c, 'handshake_timeout', `no session after ${this.options.handshakeTimeoutMs} ms`)
      }
    }
  }
}

function askerOf(c: Connection): Asker {
  return { remote: c.remote, sessionId: c.session === null ? '' : hex(c.session) }
}

function hex(session: SessionState): string {
  return int64ToHex(session.hi, session.lo)
}
