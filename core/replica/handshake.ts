// replica: ConnectRequest to ConnectResponse: a session is made or attached through the log, and answered after local apply. PURE.
//
// (ZooKeeper: ZooKeeperServer.processConnectRequest, finishSessionInit.) A refused session is told timeout 0, id 0 and sixteen zero bytes.

import { assert } from '../support/assert.ts'
import { EntryKind, PASSWORD_BYTES, sessionBody } from '../tree/envelope.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { Applied } from '../tree/state-machine.ts'
import { readConnectRequest, writeConnectResponse } from '../wire/connect.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import type { Reader } from '../wire/reader.ts'
import type { ConnectRequest } from '../wire/records.ts'
import type { Connection } from './connection.ts'
import type { ReplicaContext } from './context.ts'
import { connectionEnvelope, plainEntry } from './entries.ts'

/** How long a client whose last zxid is ahead of this server is kept waiting before it is sent elsewhere. */
const BEHIND_MS = 1000
const NO_PASSWORD: Buffer = Buffer.alloc(PASSWORD_BYTES)

/** Takes the first frame of a connection. */
export function beginHandshake(replica: ReplicaContext, c: Connection, r: Reader): void {
  const request = readConnectRequest(r)
  c.connectRequest = { ...request, password: Buffer.from(request.password) }
  if (!replica.serving) {
    replica.refuse(c, 'not_serving', 'this server serves no clients now')
    return
  }
  if (request.lastZxidSeen > replica.tree.lastZxid) {
    c.phase = 'behind'
    c.behindUntilMs = replica.nowMs + BEHIND_MS
    return
  }
  proposeAttach(replica, c, request)
}

/** A client that was ahead of this server: lets it in once this server has caught up, sends it away when the time is over. */
export function checkBehind(replica: ReplicaContext, c: Connection): void {
  const request = c.connectRequest
  assert(request !== null, 'a connection that waits has sent its request')
  if (request.lastZxidSeen <= replica.tree.lastZxid) proposeAttach(replica, c, request)
  else if (replica.nowMs >= c.behindUntilMs) {
    replica.refuse(c, 'client_ahead', `the client has seen zxid 0x${request.lastZxidSeen.toString(16)}, which this server has not`)
  }
}

function proposeAttach(replica: ReplicaContext, c: Connection, request: ConnectRequest): void {
  c.phase = 'attaching'
  if (request.sessionHi === 0 && request.sessionLo === 0) proposeCreate(replica, c, request)
  else {
    if (request.password.length !== PASSWORD_BYTES) {
      refuseSession(replica, c, request, 'the password is not 16 bytes long')
      return
    }
    const { sessionHi, sessionLo, password } = request
    propose(replica, c, EntryKind.attachSession, sessionHi, sessionLo, sessionBody(grantedTimeoutMs(replica, request), password))
  }
}

function proposeCreate(replica: ReplicaContext, c: Connection, request: ConnectRequest): void {
  const { hi, lo } = replica.sessionIds.next()
  propose(
    replica,
    c,
    EntryKind.createSession,
    hi,
    lo,
    sessionBody(grantedTimeoutMs(replica, request), replica.host.entropy(PASSWORD_BYTES)),
  )
}

function propose(replica: ReplicaContext, c: Connection, kind: EntryKind, hi: number, lo: number, body: Buffer): void {
  replica.propose(c, plainEntry(kind, replica.origin, replica.nextNumber(), { hi, lo, generation: 0 }, body))
}

function grantedTimeoutMs(replica: ReplicaContext, request: ConnectRequest): number {
  const { minSessionTimeoutMs, maxSessionTimeoutMs } = replica.options
  return Math.min(Math.max(request.timeoutMs, minSessionTimeoutMs), maxSessionTimeoutMs)
}

/** The entry was applied: answers the client and opens the connection, or refuses it. */
export function completeAttach(replica: ReplicaContext, c: Connection, applied: Applied): void {
  const request = c.connectRequest
  assert(request !== null && c.phase === 'attaching', 'an attach belongs to a handshake')
  if (applied.kind === EntryKind.createSession && applied.err === ErrorCode.nodeExists) {
    proposeCreate(replica, c, request)
    return
  }
  if (applied.err !== ErrorCode.ok || applied.session === null) {
    refuseSession(replica, c, request, `code ${applied.err}`)
    return
  }
  const { session } = applied
  replica.attach(c, session)
  replica.counters.sessionsAttached += 1
  c.connectRequest = null
  c.envelope = null
  respond(replica, c, request, session.timeoutMs, session.hi, session.lo, session.password)
  c.phase = 'open'
  replica.resumeInput(c)
}

/** The template of the connection's entries; made at the first write after its session or its identities changed. */
export function envelopeOf(replica: ReplicaContext, c: Connection, session: SessionState): Buffer {
  c.envelope ??= connectionEnvelope(replica.origin, { hi: session.hi, lo: session.lo, generation: c.generation }, c.ids)
  return c.envelope
}

function refuseSession(replica: ReplicaContext, c: Connection, request: ConnectRequest, why: string): void {
  respond(replica, c, request, 0, 0, 0, NO_PASSWORD)
  replica.refuse(c, 'session_refused', why)
}

function respond(
  replica: ReplicaContext,
  c: Connection,
  request: ConnectRequest,
  timeoutMs: number,
  hi: number,
  lo: number,
  password: Buffer,
): void {
  const w = replica.out(c)
  const frame = w.beginFrame()
  writeConnectResponse(w, {
    protocolVersion: 0,
    timeoutMs,
    sessionHi: hi,
    sessionLo: lo,
    password,
    // A client that sent no readOnly byte gets none (ZOOKEEPER-4814).
    readOnly: request.readOnly === null ? null : false,
  })
  w.endFrame(frame)
  c.sent += 1
  replica.counters.packetsSent += 1
}
