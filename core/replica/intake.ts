// replica: what a connection's bytes mean: four-letter word, handshake, or requests that are answered, queued or logged in order. PURE.
//
//   request        nothing in work before it     something in work before it
//   read, ping     answered at once              copied into the queue, answered in its turn
//   write, close   logged                        logged
//   refused write  -1 at once                    -1 in its turn: the disk is nearly full; closing a session is never refused
//   auth, sasl     identities at once, reply in its turn: login.ts
//   too large      -5 in its turn, then the connection closes
//   unknown        -6 in its turn, then the connection closes (ZooKeeperServer, FinalRequestProcessor)

import { assert } from '../support/assert.ts'
import { EntryKind } from '../tree/envelope.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { fourLetterWord } from '../wire/four-letter.ts'
import { writeReplyHeader } from '../wire/headers.ts'
import { isClientOp, isWrite, opName } from '../wire/op-classes.ts'
import { OpCode } from '../wire/op-codes.ts'
import { FrameTooLarge, ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import { writeSaslResponse } from '../wire/responses.ts'
import type { Connection, Pending } from './connection.ts'
import type { ReplicaContext } from './context.ts'
import { plainEntry, requestEntry } from './entries.ts'
import { beginHandshake, checkBehind, envelopeOf } from './handshake.ts'
import { login, mayAsk } from './login.ts'
import { ReadRequests } from './read-requests.ts'
import { writeHeaderReply } from './replies.ts'

const NOTHING: Buffer = Buffer.alloc(0)
const WORD_BYTES = 4
/** What the refusal of an unknown operation carries, as ZooKeeper's does: no zxid was looked up for it. */
const NO_ZXID = -1
const REQUEST_HEADER_BYTES = 8
/** The two first bytes of a TLS record: handshake, version 3.x. */
const TLS_HANDSHAKE = 0x1603

export class Intake {
  readonly #replica: ReplicaContext
  #reads: ReadRequests
  /** For frames that are read where they lie. */
  readonly #reader = new Reader(NOTHING)

  constructor(replica: ReplicaContext) {
    this.#replica = replica
    this.#reads = new ReadRequests(replica.tree, replica.watches, replica.history)
  }

  /** Another tree took the place of the one before. */
  treeReplaced(): void {
    const { tree, watches, history } = this.#replica
    this.#reads = new ReadRequests(tree, watches, history)
  }

  bytes(c: Connection, chunk: Buffer): void {
    this.#replica.counters.bytesReceived += chunk.length
    const bytes = c.backlog === null ? chunk : Buffer.concat([c.backlog, chunk])
    c.backlog = null
    if (c.waiting) {
      c.backlog = Buffer.from(bytes)
      return
    }
    const input = c.phase === 'fresh' ? this.#sniff(c, bytes) : bytes
    if (input === null) return
    try {
      c.decoder.push(input, c.onFrame)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#replica.refuse(c, 'frame_size', c.phase === 'open' ? describe(error) : error.message)
    }
  }

  /** One whole frame. Returns whether the next one may follow at once. */
  frame(c: Connection, bytes: Buffer, start: number, end: number): boolean {
    const replica = this.#replica
    c.received += 1
    replica.counters.packetsReceived += 1
    const r = this.#reader.reset(bytes, start, end)
    try {
      if (c.phase === 'open') this.#request(c, r, bytes, end)
      else {
        assert(c.phase === 'handshake', `a frame in phase ${c.phase}`)
        beginHandshake(replica, c, r)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      replica.refuse(c, 'protocol_error', error.message)
    }
    return replica.mayContinue(c)
  }

  checkBehind(c: Connection): void {
    checkBehind(this.#replica, c)
  }

  /** Answers what waited to be answered here, up to the next write, or sync that still waits. */
  answerWaiting(c: Connection): void {
    for (let next = c.pending.peek(); next !== undefined && next.body !== null; next = c.pending.peek()) {
      if (c.phase === 'closed' || next.waitIndex > this.#replica.appliedIndex) return
      c.pending.shift()
      this.#replica.countPending(-1, next.body.length)
      const reader = new Reader(next.body)
      this.#answer(c, next.xid, next.op, reader, next)
      this.#replica.noteIfSlow(c, next, next.body, 0)
    }
  }

  /**
   * A write that came after them was applied, so everything is that was acknowledged before they came: whoever appended the write had it in the log already.
   */
  answerSyncs(c: Connection): void {
    for (let next = c.pending.peek(); next !== undefined && next.body !== null; next = c.pending.peek()) {
      next.waitIndex = 0
      this.answerWaiting(c)
      if (c.pending.peek() === next) return
    }
  }

  /** Counts a reply. */
  replied(c: Connection, pending: Pending, zxid: number): void {
    this.#count(c, pending.xid, pending.op, zxid, this.#replica.nowMs - pending.receivedMs)
  }

  // The first four bytes tell a four-letter word from the length of a ConnectRequest. Returns the bytes to decode.
  #sniff(c: Connection, bytes: Buffer): Buffer | null {
    if (bytes.length < WORD_BYTES) {
      c.backlog = Buffer.from(bytes)
      return null
    }
    c.phase = 'handshake'
    const word = fourLetterWord(bytes.readInt32BE(0))
    if (word !== null) {
      c.finishing = true
      c.received += 1
      this.#replica.counters.packetsReceived += 1
      c.link.fourLetterWord(word)
      return null
    }
    if (bytes.readUInt16BE(0) === TLS_HANDSHAKE) {
      this.#replica.refuse(c, 'protocol_error', 'a TLS handshake came to a port without TLS')
      return null
    }
    return bytes
  }

  #request(c: Connection, r: Reader, bytes: Buffer, end: number): void {
    if (r.remaining < 8) throw new ProtocolError(`a request of ${r.remaining} bytes has no header`)
    const xid = r.int32()
    const op = r.int32()
    c.lastOp = op
    c.lastXid = xid
    if (op === OpCode.auth || op === OpCode.sasl) {
      this.#login(c, xid, op, r)
      return
    }
    if (!mayAsk(this.#replica, c)) {
      this.#refuseUnknown(c, xid, op)
      return
    }
    if (isWrite(op) && op !== OpCode.reconfig) {
      if (this.#replica.writeRefusal !== null && op !== OpCode.closeSession) this.#refuseWrite(c, xid, op)
      else this.#write(c, xid, op, bytes, r.position, end)
      return
    }
    if (!isClientOp(op)) c.finishing = true
    if (op === OpCode.sync && !this.#replica.alone) this.#sync(c, xid, Buffer.from(bytes.subarray(r.position, end)))
    else if (c.pending.size === 0) this.#answer(c, xid, op, r, null)
    else this.#wait(c, xid, op, Buffer.from(bytes.subarray(r.position, end)), ErrorCode.ok)
  }

  // Answered when everything is applied here that was acknowledged anywhere before it came: a read index of the leader.
  #sync(c: Connection, xid: number, body: Buffer): void {
    const pending = this.#wait(c, xid, OpCode.sync, body, ErrorCode.ok)
    pending.waitIndex = Number.POSITIVE_INFINITY
    this.#replica.askIndex({ connection: c, pending })
  }

  #write(c: Connection, xid: number, op: number, bytes: Buffer, start: number, end: number): void {
    const replica = this.#replica
    assert(c.session !== null, 'an open connection has a session')
    const number = replica.nextNumber()
    c.pending.push({ xid, op, body: null, err: ErrorCode.ok, ids: c.ids, receivedMs: replica.nowMs, waitIndex: 0 })
    replica.countPending(1, 0)
    if (op === OpCode.closeSession) {
      const { hi, lo } = c.session
      c.finishing = true
      replica.propose(c, plainEntry(EntryKind.closeSession, replica.origin, number, { hi, lo, generation: c.generation }, NOTHING))
    } else replica.propose(c, requestEntry(envelopeOf(replica, c, c.session), number, xid, op, bytes, start, end))
  }

  // Decided when it comes, at its origin: the request becomes no entry, and is answered in its turn like any other.
  #refuseWrite(c: Connection, xid: number, op: number): void {
    this.#replica.counters.refused('low_disk')
    if (c.pending.size > 0) this.#wait(c, xid, op, NOTHING, ErrorCode.systemError)
    else this.#answerRefused(c, xid, op, 0)
  }

  #answerRefused(c: Connection, xid: number, op: number, latencyMs: number): void {
    const replica = this.#replica
    const { lastZxid } = replica.tree
    writeHeaderReply(replica.out(c), xid, lastZxid, ErrorCode.systemError)
    this.#count(c, xid, op, lastZxid, latencyMs)
  }

  #wait(c: Connection, xid: number, op: number, body: Buffer, err: ErrorCode): Pending {
    const pending = { xid, op, body, err, ids: c.ids, receivedMs: this.#replica.nowMs, waitIndex: 0 }
    c.pending.push(pending)
    this.#replica.countPending(1, body.length)
    return pending
  }

  #login(c: Connection, xid: number, op: typeof OpCode.auth | typeof OpCode.sasl, r: Reader): void {
    const { err, token, why } = login(this.#replica, c, op, r)
    if (err !== ErrorCode.ok) {
      c.finishing = true
      c.refusal = why
    }
    if (c.pending.size > 0) this.#wait(c, xid, op, token ?? NOTHING, err)
    else this.#answerLogin(c, xid, op, err, token)
  }

  #answerLogin(c: Connection, xid: number, op: number, err: ErrorCode, token: Buffer | null): void {
    const replica = this.#replica
    const w = replica.out(c)
    const frame = w.beginFrame()
    writeReplyHeader(w, xid, 0, err)
    if (op === OpCode.sasl && err === ErrorCode.ok) writeSaslResponse(w, token)
    w.endFrame(frame)
    this.#count(c, xid, op, 0, 0)
    if (err !== ErrorCode.ok) replica.refuse(c, 'auth_failed', c.refusal)
  }

  #refuseUnknown(c: Connection, xid: number, op: number): void {
    writeHeaderReply(this.#replica.out(c), xid, 0, ErrorCode.sessionClosedRequireSaslAuth)
    this.#count(c, xid, op, 0, 0)
    this.#replica.refuse(c, 'auth_required', `${opName(op)} before an identity was proved`)
  }

  #answer(c: Connection, xid: number, op: number, r: Reader, waited: Pending | null): void {
    const replica = this.#replica
    if (waited !== null && (op === OpCode.auth || op === OpCode.sasl)) {
      this.#answerLogin(c, xid, op, waited.err, waited.body)
      return
    }
    if (waited !== null && waited.err === ErrorCode.systemError) {
      this.#answerRefused(c, xid, op, replica.nowMs - waited.receivedMs)
      return
    }
    if (!isClientOp(op)) {
      writeHeaderReply(replica.out(c), xid, NO_ZXID, ErrorCode.unimplemented)
      replica.refuse(c, 'unknown_operation', opName(op))
      return
    }
    const err = this.#reads.answer(replica.out(c), c, xid, op, r, waited === null ? c.ids : waited.ids)
    if (err === ErrorCode.marshallingError) replica.noteRefusal('bad_request', c.remote, opName(op))
    this.#count(c, xid, op, replica.tree.lastZxid, waited === null ? 0 : replica.nowMs - waited.receivedMs)
  }

  #count(c: Connection, xid: number, op: number, zxid: number, latencyMs: number): void {
    const { counters } = this.#replica
    counters.packetsSent += 1
    counters.answered(op)
    counters.latency.record(latencyMs)
    if (isWrite(op)) counters.updateLatency.record(latencyMs)
    else counters.readLatency.record(latencyMs)
    c.latency.record(latencyMs)
    c.sent += 1
    c.lastOp = op
    c.lastXid = xid
    c.lastZxid = zxid
    c.lastLatencyMs = latencyMs
    c.lastReplyMs = this.#replica.nowMs
  }
}

/** The connection closes without an answer, as ZooKeeper's does: clients count on it. So the log says which request it was. */
function describe(error: ProtocolError): string {
  if (!(error instanceof FrameTooLarge) || error.head.length < REQUEST_HEADER_BYTES) return error.message
  return `${error.message}: ${opName(error.head.readInt32BE(4))}, xid ${error.head.readInt32BE(0)}`
}
