// replica: one server's whole brain: consensus, tree, sessions, watches and the pipeline of a client's request. PURE.
//
//   bytes -> FrameDecoder -> request --read-->  answered from the tree, after everything its session asked before
//                                    --write-> log entry -> [persist] -> committed -> apply -> events, then the reply, then waiting reads
//
// A turn of the host: setTime(), any number of inputs, endTurn(). Everything proposed in one turn goes to disk as one batch; everything
// that a connection is to hear in one turn leaves in one send.

import { RaftNode, type RaftRestart } from '../consensus/raft-node.ts'
import type { Entry, SnapshotMeta } from '../consensus/types.ts'
import { assert, unreachable } from '../support/assert.ts'
import { Deque } from '../support/deque.ts'
import { int64ToHex } from '../support/int64.ts'
import { bodyStart, EntryKind, envelopeSemantics, SEMANTICS_VERSION, stampTimes, stringBody } from '../tree/envelope.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { Applied, Change, StateMachine } from '../tree/state-machine.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import { Permission } from '../wire/records.ts'
import { writeWatcherEvent } from '../wire/watch-event.ts'
import type { Writer } from '../wire/writer.ts'
import { Connection, type FrameHandler, type InFlight, type Pending, WriterPool } from './connection.ts'
import type { ReplicaContext } from './context.ts'
import { Counters, type RefusalReason } from './counters.ts'
import { isFrom, leaderOrigin, numberOf, type Origin, plainEntry } from './entries.ts'
import { completeAttach } from './handshake.ts'
import type { Link, ReplicaHost, ReplicaOptions } from './host.ts'
import { Intake } from './intake.ts'
import { writeAppliedReply, writeHeaderReply } from './replies.ts'
import { SessionIds } from './session-ids.ts'
import { SessionTracker, type TrackedSession } from './session-tracker.ts'
import { type Asker, SlowOperations } from './slow-operations.ts'
import { WatchManager } from './watch-manager.ts'

/** A connection with more than this waiting in its socket is not read from until it drains. */
const HOLD_ABOVE_BYTES = 1 << 20
/** A connection that lets this much pile up is closed: it does not read what it asked for. */
const CLOSE_ABOVE_BYTES = 64 << 20
/** A tick this late means that the process did not run: see SessionTracker.forgivePause. */
const PAUSE_MS = 1000

/** Soft quotas are warned of this often at most. */
const QUOTA_WARNING_MS = 10_000

/** Entries applied in one turn before clients are served. After that a turn applies what one batch of the log committed. */
const REPLAY_SLICE = 2000

const NOTHING: Buffer = Buffer.alloc(0)
const NO_SESSION = { hi: 0, lo: 0, generation: 0 }

export class Replica implements ReplicaContext {
  readonly options: ReplicaOptions
  readonly host: ReplicaHost
  readonly origin: Origin
  readonly counters: Counters = new Counters()
  readonly watches: WatchManager<Connection>
  readonly sessionIds: SessionIds
  readonly slowOperations: SlowOperations
  readonly #leaderOrigin: Origin
  readonly #raft: RaftNode
  readonly #tree: StateMachine
  readonly #intake: Intake
  readonly #onFrame: FrameHandler
  readonly #tracker: SessionTracker
  readonly #connections = new Set<Connection>()
  /** Those without a session yet. */
  readonly #newcomers = new Set<Connection>()
  readonly #attached = new Map<SessionState, Connection>()
  readonly #inFlight = new Deque<InFlight>(1024)
  readonly #writers = new WriterPool()
  #dirty: Connection[] = []
  #held = new Set<Connection>()
  #number = 0
  #outstanding = 0
  #nextConnectionId = 1
  #appliedIndex: number
  #snapshotIndex: number
  #snapshotRunning = false
  #snapshotWanted = false
  #writeRefusal: string | null = null
  #nowMs = 0
  #wallMs = 0
  #lastTickMs = -1
  #lastWallProposedMs = 0
  #clusterBaseMs = 0
  #clusterBaseAtMs = 0
  #termStarted = false
  #nextReapMs = 0
  #nextQuotaWarningMs = 0
  #stopped = false
  #draining = false

  constructor(options: ReplicaOptions, host: ReplicaHost, restart: RaftRestart, tree: StateMachine, nowMs: number, wallMs: number) {
    this.options = options
    this.host = host
    this.#nowMs = nowMs
    this.#wallMs = wallMs
    const nonce = host.entropy(8)
    this.origin = { serverId: options.serverId, nonceHi: (nonce.readUInt32BE(0) | 1) >>> 0, nonceLo: nonce.readUInt32BE(4) }
    this.#leaderOrigin = leaderOrigin(options.serverId)
    this.#raft = new RaftNode({ id: options.serverId, voters: [options.serverId] }, restart)
    this.#tree = tree
    this.#appliedIndex = restart.snapshot?.index ?? 0
    this.#snapshotIndex = this.#appliedIndex
    this.#tracker = new SessionTracker(Math.max(10, Math.floor(options.tickTimeMs / 2)))
    this.watches = new WatchManager<Connection>((connection, change) => this.#deliver(connection, change))
    this.sessionIds = new SessionIds(options.serverId, wallMs)
    this.slowOperations = new SlowOperations(options.slowOperationMs ?? 0, host.logger)
    this.#intake = new Intake(this)
    this.#onFrame = (c, bytes, start, end) => this.#intake.frame(c, bytes, start, end)
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
    return this.#connections
  }
  /** Whether clients are served: this server leads and has applied its term's first entry. */
  get serving(): boolean {
    return this.#termStarted && !this.#stopped
  }
  /** Whether it takes no further requests, because the server is about to end. */
  get draining(): boolean {
    return this.#draining
  }
  /** Sessions that this server watches over, with when each was last heard of. */
  get trackedSessions(): Iterable<TrackedSession> {
    return this.#tracker.values()
  }
  /** Why client writes are refused, `null` when they are not. */
  get writeRefusal(): string | null {
    return this.#writeRefusal
  }
  /** Requests in work over all connections. */
  get outstanding(): number {
    return this.#outstanding
  }
  /** Whether {@link endTurn} has something to do. */
  get hasWork(): boolean {
    return this.#dirty.length > 0 || this.#raft.hasBatch || this.#raft.hasCommitted
  }
  /** Index of the last entry that was applied. */
  get appliedIndex(): number {
    return this.#appliedIndex
  }

  /** Campaigns. Served are clients once the first entry of the term is applied. */
  start(): void {
    this.#raft.campaign()
    this.endTurn()
  }

  /** Once a turn, before any input. Monotonic and wall clock, milliseconds. */
  setTime(nowMs: number, wallMs: number): void {
    this.#nowMs = nowMs
    this.#wallMs = wallMs
  }

  /** A client has connected. */
  open(link: Link, address: string, remote: string): Connection {
    const id = this.#nextConnectionId++
    const { maxFrameBytes } = this.options
    const connection = new Connection(id, link, address, remote, this.#nowMs, this.#wallMs, maxFrameBytes, this.#onFrame)
    this.counters.connections += 1
    this.#connections.add(connection)
    this.#newcomers.add(connection)
    return connection
  }

  /** Bytes came. The chunk may be overwritten after the call. */
  received(c: Connection, chunk: Buffer): void {
    if (c.phase === 'closed' || c.finishing) return
    if (c.tracked !== null) c.tracked.lastHeardMs = this.#nowMs
    this.#intake.bytes(c, chunk)
    if (c.waiting) c.link.pause()
    else if (c.out !== null) this.#flush(c)
  }

  /** The socket has drained. */
  drained(c: Connection): void {
    if (c.held) this.#resume(c)
  }

  /** The socket is gone. The session lives on until it is attached again or expires. */
  closed(c: Connection): void {
    this.#discard(c)
  }

  /** The batch given to `host.persist` is durable. */
  persisted(seq: number): void {
    const before = this.#raft.leading
    this.#raft.persisted(seq)
    if (!before && this.#raft.leading) this.#startTerm()
    this.#applyCommitted()
  }

  /** The snapshot given to `host.saveSnapshot` is on disk, or could not be kept: then the next one is tried in its time. */
  snapshotEnded(saved: boolean): void {
    this.#snapshotRunning = false
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
    this.#snapshotWanted = true
    if (this.serving && this.#appliedIndex === this.#snapshotIndex) this.#proposeOwn(EntryKind.noop, null, this.host.entropy(8))
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
      this.#tracker.forgivePause(late)
      this.counters.pauses += 1
      this.counters.pausedMs += late
      this.host.logger.warn({ pausedMs: Math.round(late) }, 'the process did not run; sessions are given that time')
    }
    this.#dropLateHandshakes()
    if (!this.serving) return
    if (this.#snapshotWanted) this.#maybeSnapshot()
    for (const { state } of this.#tracker.due(this.#nowMs)) this.#proposeExpiry(state)
    this.#reap()
    if (this.#raft.termExhausted) {
      this.#termStarted = false
      this.#raft.campaign()
    }
  }

  /** Sends one batch to disk and everything that connections are to hear. Applies more of a log that is too long for one turn. */
  endTurn(): void {
    if (this.#raft.hasCommitted && !this.#stopped) this.#applyCommitted()
    do {
      for (let batch = this.#raft.takePersistBatch(); batch !== null; batch = this.#raft.takePersistBatch()) this.host.persist(batch)
      this.flushAll()
    } while (this.#releaseHeld())
  }

  /** Sends what waits on every connection. */
  flushAll(): void {
    if (this.#dirty.length === 0) return
    const dirty = this.#dirty
    this.#dirty = []
    for (const c of dirty) if (c.out !== null) this.#flush(c)
  }

  /** Takes no further request; what is in work is still answered. */
  drain(): void {
    this.#draining = true
    for (const c of this.#connections) c.finishing = true
  }

  /** No reply leaves any more: storage has failed. */
  stop(): void {
    this.#stopped = true
    for (const c of [...this.#connections]) this.close(c)
  }

  // ---- used by intake and handshake -------------------------------------------------------------------------------

  /** Where a connection's replies are written; they leave with the next flush. */
  out(c: Connection): Writer {
    if (c.out === null) {
      c.out = this.#writers.get()
      this.#dirty.push(c)
    }
    return c.out
  }

  /** Whether the connection may be given its next request now. If not it is held until {@link endTurn} or a drain lets it go on. */
  mayContinue(c: Connection): boolean {
    if (c.phase === 'attaching' || c.phase === 'behind') return false
    if (c.finishing || c.phase === 'closed') return false
    if (!this.#tooMuchWork(c) && this.#waitingBytes(c) < HOLD_ABOVE_BYTES) return true
    c.held = true
    this.#held.add(c)
    return false
  }

  /** The number of the next entry of this server's clients. */
  nextNumber(): number {
    return this.#number + 1
  }

  /** Appends an entry of a client of this server. */
  propose(c: Connection, payload: Buffer): void {
    this.#number += 1
    assert(numberOf(payload) === this.#number, 'numbers have no gap')
    this.#inFlight.push({ number: this.#number, connection: c })
    this.#append(payload)
  }

  countPending(change: 1 | -1): void {
    this.#outstanding += change
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
    this.counters.refused(reason)
    this.host.logger.warn({ remote: c.remote, reason, detail }, 'connection refused')
    this.close(c)
  }

  /** Sends what waits, then closes the socket. */
  close(c: Connection): void {
    if (c.closed) return
    // Sending may find that the client does not read, which closes the connection on the way.
    if (c.out !== null) this.#flush(c)
    if (c.closed) return
    this.#discard(c)
    c.link.close()
  }

  /** The session is on this connection now; a former connection of it is closed. */
  attach(c: Connection, session: SessionState): void {
    const former = this.#attached.get(session)
    this.#attached.set(session, c)
    this.#newcomers.delete(c)
    if (former !== undefined && former !== c) this.close(former)
    c.session = session
    c.generation = session.generation
    c.tracked = this.#tracker.track(session, this.#nowMs)
  }

  /** Goes on with what the decoder holds. */
  resumeInput(c: Connection): void {
    if (c.closed) return
    this.#intake.bytes(c, NOTHING)
    if (!c.waiting && !c.closed) c.link.resume()
  }

  // ---- the term ---------------------------------------------------------------------------------------------------

  // A leader's first entry: nothing of its term is served before it is applied (Raft, section 8).
  #startTerm(): void {
    this.#proposeOwn(EntryKind.noop, null, this.host.entropy(8))
  }

  #termApplied(): void {
    this.#clusterBaseMs = this.#tree.clusterTimeMs
    this.#clusterBaseAtMs = this.#nowMs
    this.#termStarted = true
    this.#nextReapMs = this.#nowMs + this.options.containerCheckIntervalMs
    for (const session of this.#tree.sessions.values()) this.#tracker.track(session, this.#nowMs)
    this.#proposeSettings()
    this.host.logger.info({ term: this.#raft.term, lastZxid: this.#tree.lastZxid }, 'serving')
  }

  // Settings that can change a result are replicated: the leader writes them when its own differ from those in force.
  #proposeSettings(): void {
    const { extendedTypesEnabled, enforceQuota, skipAcl, containerMaxNeverUsedMs } = this.options
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
    this.host.logger.info({ settings: own }, 'replicated settings change')
    this.#proposeOwn(EntryKind.settings, null, stringBody(JSON.stringify(own)))
  }

  #proposeExpiry(session: SessionState): void {
    this.#proposeOwn(EntryKind.expireSession, session, NOTHING)
  }

  #reap(): void {
    if (this.#nowMs < this.#nextReapMs) return
    const { containerCheckIntervalMs, containerMaxPerMinute } = this.options
    this.#nextReapMs = this.#nowMs + containerCheckIntervalMs
    const limit = Math.max(1, Math.floor((containerMaxPerMinute * containerCheckIntervalMs) / 60_000))
    for (const path of this.#tree.reapCandidates(this.#clusterTimeMs(), limit)) {
      this.#proposeOwn(EntryKind.reap, null, stringBody(path))
    }
  }

  #proposeOwn(kind: EntryKind, session: SessionState | null, body: Buffer): void {
    this.#append(plainEntry(kind, this.#leaderOrigin, 0, session ?? NO_SESSION, body))
  }

  #append(payload: Buffer): void {
    this.#lastWallProposedMs = Math.max(this.#lastWallProposedMs, Math.floor(this.#wallMs), this.#tree.wallTimeMs)
    stampTimes(payload, this.#lastWallProposedMs, this.#clusterTimeMs())
    this.#raft.propose(payload)
  }

  #clusterTimeMs(): number {
    return this.#clusterBaseMs + Math.max(0, Math.floor(this.#nowMs - this.#clusterBaseAtMs))
  }

  // ---- apply ------------------------------------------------------------------------------------------------------

  #applyCommitted(): void {
    for (let left = this.serving ? Infinity : REPLAY_SLICE; left > 0; left--) {
      const entry = this.#raft.nextCommitted()
      if (entry === undefined) break
      this.#apply(entry)
    }
    if (!this.#raft.hasCommitted) this.#maybeSnapshot()
  }

  #apply(entry: Entry): void {
    // Going on would make this server's state differ from what the program that wrote the entry has.
    assert(envelopeSemantics(entry.payload) <= SEMANTICS_VERSION, 'the log was written by a program of later semantics')
    const applied = this.#tree.apply(entry.payload, this.#raft.zxidOf(entry))
    this.#appliedIndex = entry.index
    for (const change of applied.changes) this.watches.trigger(change)
    if (applied.softQuotaPath !== '') this.#warnOfQuota(applied.softQuotaPath)
    if (isFrom(entry.payload, this.origin)) this.#settleOwn(entry.payload, applied)
    this.#noteSessions(applied, entry)
  }

  // An entry of this server's clients: they come back in the order in which they went, none missing.
  #settleOwn(payload: Buffer, applied: Applied): void {
    const inFlight = this.#inFlight.shift()
    assert(inFlight !== undefined && inFlight.number === numberOf(payload), 'entries come back in order')
    const c = inFlight.connection
    if (c.phase === 'closed') return
    switch (applied.kind) {
      case EntryKind.request:
        this.#settleWrite(c, payload, applied)
        break
      case EntryKind.closeSession:
        this.#settleClose(c, applied)
        break
      case EntryKind.createSession:
      case EntryKind.attachSession:
        completeAttach(this, c, applied)
        break
      case EntryKind.noop:
      case EntryKind.expireSession:
      case EntryKind.settings:
      case EntryKind.reap:
        assert(false, `entry kind ${applied.kind} belongs to no client`)
        break
      default:
        unreachable(applied.kind)
    }
  }

  #settleWrite(c: Connection, payload: Buffer, applied: Applied): void {
    const pending = c.pending.shift()
    assert(pending !== undefined && pending.body === null, 'the oldest request in work is the write that was applied')
    this.#outstanding -= 1
    writeAppliedReply(this.out(c), pending.xid, applied)
    if (applied.err === ErrorCode.marshallingError) this.counters.refused('bad_request')
    this.#intake.replied(c, pending, applied.zxid)
    this.noteIfSlow(c, pending, payload, bodyStart(payload))
    this.#intake.answerWaiting(c)
    // A session that lives elsewhere, or no longer, has no business on this connection.
    if (applied.err === ErrorCode.sessionMoved || applied.err === ErrorCode.sessionExpired) this.close(c)
  }

  #settleClose(c: Connection, applied: Applied): void {
    const pending = c.pending.shift()
    assert(pending !== undefined && pending.op === OpCode.closeSession, 'the oldest request in work is the close')
    this.#outstanding -= 1
    writeHeaderReply(this.out(c), pending.xid, applied.zxid, applied.err)
    this.#intake.replied(c, pending, applied.zxid)
    this.close(c)
  }

  #noteSessions(applied: Applied, entry: Entry): void {
    if (applied.endedSession !== null) {
      if (applied.kind === EntryKind.expireSession) {
        this.counters.sessionsExpired += 1
        this.host.logger.info({ sessionId: hex(applied.endedSession) }, 'session expired')
      }
      this.#tracker.forget(applied.endedSession)
      const c = this.#attached.get(applied.endedSession)
      this.#attached.delete(applied.endedSession)
      if (c !== undefined) this.close(c)
      return
    }
    if (applied.session !== null && this.#termStarted) this.#tracker.track(applied.session, this.#nowMs)
    if (applied.kind === EntryKind.noop && entry.term === this.#raft.term && !this.#termStarted) this.#termApplied()
  }

  #warnOfQuota(path: string): void {
    this.counters.softQuotaExceeded += 1
    if (this.#nowMs < this.#nextQuotaWarningMs) return
    this.#nextQuotaWarningMs = this.#nowMs + QUOTA_WARNING_MS
    this.host.logger.warn({ path, exceeded: this.counters.softQuotaExceeded }, 'a write went above a soft quota')
  }

  #maybeSnapshot(): void {
    const entriesSince = this.#appliedIndex - this.#snapshotIndex
    const due = entriesSince >= this.options.snapshotEveryEntries || (this.#snapshotWanted && entriesSince > 0)
    if (this.#snapshotRunning || !due) return
    this.#snapshotWanted = false
    this.#snapshotIndex = this.#appliedIndex
    this.#snapshotRunning = true
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
  }

  #waitingBytes(c: Connection): number {
    return c.link.bufferedBytes + (c.out?.length ?? 0)
  }

  #flush(c: Connection): void {
    const w = c.out
    if (w === null) return
    c.out = null
    if (w.length === 0 || c.phase === 'closed') {
      w.reset()
      this.#writers.put(w)
      return
    }
    this.counters.bytesSent += w.length
    // A buffer that the socket keeps goes with it; one that it took at once is used again.
    if (c.link.send(w.view())) {
      w.reset()
      this.#writers.put(w)
    } else if (c.link.bufferedBytes > CLOSE_ABOVE_BYTES) {
      this.refuse(c, 'slow_consumer', `${c.link.bufferedBytes} bytes wait for a client that does not read`)
    }
  }

  // Whoever was held for too much work or for bytes that have left goes on; the others wait for their socket to drain.
  #releaseHeld(): boolean {
    if (this.#held.size === 0) return false
    let released = false
    for (const c of [...this.#held]) released = this.#resume(c) || released
    return released
  }

  #resume(c: Connection): boolean {
    if (this.#tooMuchWork(c) || this.#waitingBytes(c) >= HOLD_ABOVE_BYTES) return false
    c.held = false
    this.#held.delete(c)
    this.resumeInput(c)
    return true
  }

  #tooMuchWork(c: Connection): boolean {
    return this.#outstanding >= this.options.maxOutstandingRequests && c.pending.size > 0
  }

  #discard(c: Connection): void {
    if (c.phase === 'closed') return
    c.phase = 'closed'
    this.#connections.delete(c)
    this.#newcomers.delete(c)
    this.#held.delete(c)
    this.watches.removeAll(c)
    this.#outstanding -= c.pending.size
    c.pending.clear()
    if (c.session !== null && this.#attached.get(c.session) === c) this.#attached.delete(c.session)
    if (c.out !== null) {
      c.out.reset()
      this.#writers.put(c.out)
      c.out = null
    }
    c.session = null
    c.tracked = null
    c.envelope = null
  }

  #dropLateHandshakes(): void {
    for (const c of this.#newcomers) {
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
