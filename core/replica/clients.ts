// replica: this server's clients: from the bytes of a connection to the entries of its requests, and what the parts of that way may do. PURE.
//
//   received --> Intake --read--> out(c)
//                       --write-> propose --> the member's stream ... applier.ts ... --> out(c)
//
// Connections, their sessions and their watches meet here; what is decided about a request lies in intake.ts, handshake.ts, login.ts and settlement.ts.

import { assert } from '../support/assert.ts'
import { int64ToHex } from '../support/int64.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { Change, StateMachine } from '../tree/state-machine.ts'
import { SERVER_ENDS, Xid } from '../wire/op-codes.ts'
import { Permission } from '../wire/records.ts'
import { writeWatcherEvent } from '../wire/watch-event.ts'
import type { Writer } from '../wire/writer.ts'
import { Attachments } from './attachments.ts'
import type { ChangeHistory } from './change-history.ts'
import type { Connection, FrameHandler, Pending, Sync } from './connection.ts'
import { Connections, type ConnectionsOwner } from './connections.ts'
import type { ReplicaContext } from './context.ts'
import type { Counters, RefusalReason } from './counters.ts'
import { numberOf, type Origin } from './entries.ts'
import type { ReplicaHost, ReplicaOptions } from './host.ts'
import { Intake } from './intake.ts'
import { hasWaitedEnough } from './readiness.ts'
import type { ReplicaState } from './replica-state.ts'
import { writeHeaderReply } from './replies.ts'
import { SessionIds } from './session-ids.ts'
import { type Asker, SlowOperations } from './slow-operations.ts'
import type { Standing } from './standing.ts'
import { WatchManager } from './watch-manager.ts'

const NOTHING: Buffer = Buffer.alloc(0)

export class Clients implements ReplicaContext, ConnectionsOwner {
  readonly options: ReplicaOptions
  readonly host: ReplicaHost
  readonly counters: Counters
  readonly watches: WatchManager<Connection>
  readonly sessionIds: SessionIds
  readonly slowOperations: SlowOperations
  readonly intake: Intake
  readonly connections: Connections
  /** Why client writes are refused, `null` when they are not. */
  writeRefusal: string | null = null
  readonly #state: ReplicaState
  readonly #standing: Standing
  readonly #attachments = new Attachments((c) => this.close(c))
  #draining = false

  constructor(state: ReplicaState, standing: Standing) {
    const { options, host, counters } = state
    this.options = options
    this.host = host
    this.counters = counters
    this.#state = state
    this.#standing = standing
    this.watches = new WatchManager<Connection>((connection, change) => this.#deliver(connection, change))
    this.sessionIds = new SessionIds(options.serverId, state.wallMs)
    this.slowOperations = new SlowOperations(options.slowOperationMs ?? 0, host.logger)
    this.intake = new Intake(this)
    const onFrame: FrameHandler = (c, bytes, start, end) => this.intake.frame(c, bytes, start, end)
    this.connections = new Connections(options, this, counters, host, onFrame)
  }

  get tree(): StateMachine {
    return this.#state.tree
  }
  get history(): ChangeHistory {
    return this.#state.history
  }
  get origin(): Origin {
    return this.#state.origin
  }
  get nowMs(): number {
    return this.#state.nowMs
  }
  get appliedIndex(): number {
    return this.#state.appliedIndex
  }
  get serving(): boolean {
    return this.#standing.serving
  }
  get alone(): boolean {
    return this.#standing.alone
  }
  get mayReply(): boolean {
    return this.#standing.mayReply
  }
  get draining(): boolean {
    return this.#draining
  }

  clock(): number {
    return this.host.clock()
  }

  /** Bytes came. The chunk is not to be written into any more. */
  received(c: Connection, chunk: Buffer): void {
    if (c.phase === 'closed' || c.finishing) return
    if (c.tracked !== null) {
      c.tracked.lastHeardMs = this.nowMs
      this.#standing.member.touch(c.tracked)
    }
    c.slice = 0
    this.intake.bytes(c, chunk)
    if (c.waiting) c.link.pause()
    if (c.out !== null) this.connections.flush(c)
  }

  /** Every few tens of milliseconds: handshakes that take too long, and those whose requests wait here. */
  tick(): void {
    for (const c of this.connections.newcomers) {
      if (c.phase === 'behind') this.intake.checkBehind(c)
      else if (this.nowMs - c.acceptedMs > this.options.handshakeTimeoutMs) {
        this.refuse(c, 'handshake_timeout', `no session after ${this.options.handshakeTimeoutMs} ms`)
      }
    }
    this.connections.hearWaiting()
  }

  /** Tells every client that this server is about to end: who understands it goes to another server while this one serves on. */
  announceEnd(): void {
    for (const c of this.connections.all) {
      if (c.phase !== 'open') continue
      writeHeaderReply(this.out(c), Xid.ping, this.tree.lastZxid, SERVER_ENDS)
    }
  }

  /** Takes no further request; what is in work is still answered. */
  drain(): void {
    this.#draining = true
    for (const c of this.connections.all) c.finishing = true
  }

  closeAll(): void {
    for (const c of [...this.connections.all]) this.close(c)
  }

  /** Closes those that have waited enough for a server that has been out of contact for so long. */
  closeImpatient(outOfContactMs: number): void {
    for (const c of [...this.connections.all]) {
      if (c.session !== null && hasWaitedEnough(c.session.timeoutMs, outOfContactMs)) this.close(c)
    }
  }

  /** The session has ended, or lives at another server. */
  sessionGone(session: SessionState): void {
    this.#attachments.gone(session)
  }

  // ---- ReplicaContext

  out(c: Connection): Writer {
    return this.connections.out(c)
  }

  mayContinue(c: Connection): boolean {
    return this.connections.mayContinue(c)
  }

  nextNumber(): number {
    return this.#standing.member.stream.lastNumber + 1
  }

  propose(c: Connection, payload: Buffer): void {
    assert(numberOf(payload) === this.nextNumber(), 'numbers have no gap')
    this.#standing.member.stream.push(payload, { connection: c, bytes: payload.length })
    this.connections.countBytes(payload.length)
  }

  askIndex(sync: Sync): void {
    this.#standing.member.askIndex(sync)
  }

  countPending(change: 1 | -1, bytes: number): void {
    this.connections.countPending(change)
    this.connections.countBytes(change * bytes)
  }

  noteRefusal(reason: RefusalReason, remote: string, detail: string): void {
    this.connections.noteRefusal(reason, remote, detail)
  }

  noteIfSlow(c: Connection, pending: Pending, bytes: Buffer, start: number): void {
    const tookMs = this.nowMs - pending.receivedMs
    if (tookMs <= this.slowOperations.thresholdMs) return
    this.slowOperations.answered(askerOf(c), pending.op, pending.xid, bytes, start, tookMs, this.nowMs)
  }

  /** What `c` sent kept the event loop for so long; `receivedBefore` requests had come before. */
  noteSlowTurn(c: Connection, receivedBefore: number, tookMs: number): void {
    this.slowOperations.turn(askerOf(c), c.lastOp, c.received - receivedBefore, tookMs, this.nowMs)
  }

  refuse(c: Connection, reason: RefusalReason, detail: string): void {
    this.connections.refuse(c, reason, detail)
  }

  close(c: Connection): void {
    this.connections.close(c)
  }

  attach(c: Connection, session: SessionState): void {
    this.connections.settled(c)
    this.#attachments.attach(c, session, this.#state.tracker.track(session, this.nowMs))
  }

  resumeInput(c: Connection): void {
    if (c.closed) return
    this.intake.bytes(c, NOTHING)
    if (!c.waiting && !c.closed) c.link.resume()
  }

  // ---- ConnectionsOwner

  /** A connection is closed: its watches and its hold on the session go with it. */
  discarded(c: Connection): void {
    this.watches.removeAll(c)
    this.#attachments.discarded(c)
  }

  #deliver(c: Connection, change: Change): void {
    const { tree } = this.#state
    if (c.phase !== 'open' || !tree.permits(change.acl, Permission.read, c.ids)) return
    const w = this.out(c)
    const frame = w.beginFrame()
    writeWatcherEvent(w, tree.lastZxid, change.type, change.path)
    w.endFrame(frame)
    c.sent += 1
    this.counters.packetsSent += 1
    this.connections.eventWritten(c)
  }
}

function askerOf(c: Connection): Asker {
  return { remote: c.remote, sessionId: c.session === null ? '' : int64ToHex(c.session.hi, c.session.lo) }
}
