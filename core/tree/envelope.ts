// tree: the envelope around every log entry's request: who asked, through which server, when. Fixed layout, so that the leader
// fills the times in place. PURE.
//
//    0  u8   kind                what the entry is (EntryKind)
//    1  u8   reserved (0)
//    2  u16  semantics version   raised only when all voters support it
//    4  u32  origin server id
//    8  u32  boot nonce, upper   the origin's incarnation of this process
//   12  u32  boot nonce, lower
//   16  u32  number, upper       position in the origin's gap-free stream
//   20  u32  number, lower
//   24  u32  session id, upper
//   28  u32  session id, lower
//   32  u32  generation          attach generation of the session at the origin
//   36  i32  xid                 the client's own id, for diagnosis
//   40  i64  wall time           ms since 1970; max(wall clock, last entry's), filled by the leader
//   48  i64  cluster time        ms of the leader's monotonic time since the ensemble was formed, filled by the leader
//   56  i32  op code             of the client's request (kind = request), else 0
//   60  u32  auth length         bytes of the auth section
//   64  auth section             count:u16, then per id: ustring scheme, ustring id (jute strings)
//   64+auth  body                the client's request bytes, verbatim; or the body of the kind, see below
//
// Bodies of the other kinds (jute):
//   noop            8 bytes: a random cluster id proposal, kept by the first one ever applied
//   createSession   int timeoutMs, 16 bytes password
//   attachSession   int timeoutMs, 16 bytes password       (generation: ignored, apply increments the session's)
//   closeSession    empty                                  (the client's own close; conditional on the generation)
//   expireSession   empty                                  (conditional on the generation: a newer attach wins)
//   settings        ustring JSON of the settings in force
//   reap            ustring path                           (container or TTL node; conditions re-checked at apply)
//   config          ustring what /zookeeper/config is to say, without the line of its version

import { highHalf, joinInt64, lowHalf } from '../support/int64.ts'
import { readId, writeId } from '../wire/acl.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import type { Id } from '../wire/records.ts'
import { Writer } from '../wire/writer.ts'

/** What a log entry asks for. */
export const EntryKind = {
  noop: 0,
  request: 1,
  createSession: 2,
  attachSession: 3,
  closeSession: 4,
  expireSession: 5,
  settings: 6,
  reap: 7,
  config: 8,
} as const
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind]

export const ENVELOPE_BYTES = 64
export const SEMANTICS_VERSION = 1
export const PASSWORD_BYTES = 16

export const EnvelopeOffset = {
  kind: 0,
  semantics: 2,
  originServer: 4,
  nonceHi: 8,
  nonceLo: 12,
  numberHi: 16,
  numberLo: 20,
  sessionHi: 24,
  sessionLo: 28,
  generation: 32,
  xid: 36,
  wallTime: 40,
  clusterTime: 48,
  op: 56,
  authLength: 60,
} as const

/** What the origin knows of an entry; the leader adds the times. */
export interface Envelope {
  readonly kind: EntryKind
  readonly originServer: number
  readonly nonceHi: number
  readonly nonceLo: number
  /** Position in the origin's stream, a safe integer. */
  readonly number: number
  readonly sessionHi: number
  readonly sessionLo: number
  readonly generation: number
  readonly xid: number
  /** Op code of the client's request; 0 for other kinds. */
  readonly op: number
}

/** The uint32 at one of the offsets of {@link EnvelopeOffset}. The payload must hold a whole envelope. */
export function envelopeUint32(payload: Buffer, offset: number): number {
  return envelopeInt32(payload, offset) >>> 0
}

/** The int32 at one of the offsets of {@link EnvelopeOffset}. */
export function envelopeInt32(payload: Buffer, offset: number): number {
  return (
    ((payload[offset] as number) << 24) |
    ((payload[offset + 1] as number) << 16) |
    ((payload[offset + 2] as number) << 8) |
    (payload[offset + 3] as number)
  )
}

/** The 64-bit value at one of the offsets of {@link EnvelopeOffset}; inexact beyond 2^53. */
export function envelopeInt64(payload: Buffer, offset: number): number {
  return joinInt64(envelopeInt32(payload, offset), envelopeInt32(payload, offset + 4))
}

/** The semantics version that the entry was written for. */
export function envelopeSemantics(payload: Buffer): number {
  return ((payload[EnvelopeOffset.semantics] as number) << 8) | (payload[EnvelopeOffset.semantics + 1] as number)
}

/** Where the body starts; -1 if the payload is too short for its envelope and auth section. */
export function bodyStart(payload: Buffer): number {
  if (payload.length < ENVELOPE_BYTES) return -1
  const start = ENVELOPE_BYTES + envelopeUint32(payload, EnvelopeOffset.authLength)
  return start > payload.length ? -1 : start
}

/** The auth section of `ids`: made once per connection and used for all its entries. */
export function encodeAuth(ids: readonly Id[]): Buffer {
  const w = new Writer(64)
  w.raw(Uint8Array.of(ids.length >>> 8, ids.length & 0xff))
  for (const id of ids) writeId(w, id)
  return w.copy()
}

/** The identities of an entry; none if the section is malformed. The payload must hold its auth section. */
export function decodeAuth(payload: Buffer): readonly Id[] {
  const end = ENVELOPE_BYTES + envelopeUint32(payload, EnvelopeOffset.authLength)
  const r = new Reader(payload, ENVELOPE_BYTES, end)
  try {
    const [hi, lo] = r.raw(2)
    const count = ((hi as number) << 8) | (lo as number)
    const ids: Id[] = []
    for (let i = 0; i < count; i++) ids.push(readId(r))
    return ids
  } catch (error) {
    if (error instanceof ProtocolError) return []
    throw error
  }
}

/** Fills in what differs between the entries of one template: everything that a request brings. */
export function stampRequest(payload: Buffer, number: number, xid: number, op: number): void {
  put64(payload, EnvelopeOffset.numberHi, number)
  put32(payload, EnvelopeOffset.xid, xid)
  put32(payload, EnvelopeOffset.op, op)
}

/** Writes envelope and auth section to the start of `target`, both times 0. Returns where the body goes. */
export function writeEnvelope(target: Buffer, e: Envelope, auth: Uint8Array): number {
  target.fill(0, 0, ENVELOPE_BYTES)
  target[EnvelopeOffset.kind] = e.kind
  target[EnvelopeOffset.semantics] = SEMANTICS_VERSION >>> 8
  target[EnvelopeOffset.semantics + 1] = SEMANTICS_VERSION & 0xff
  put32(target, EnvelopeOffset.originServer, e.originServer)
  put32(target, EnvelopeOffset.nonceHi, e.nonceHi)
  put32(target, EnvelopeOffset.nonceLo, e.nonceLo)
  put64(target, EnvelopeOffset.numberHi, e.number)
  put32(target, EnvelopeOffset.sessionHi, e.sessionHi)
  put32(target, EnvelopeOffset.sessionLo, e.sessionLo)
  put32(target, EnvelopeOffset.generation, e.generation)
  put32(target, EnvelopeOffset.xid, e.xid)
  put32(target, EnvelopeOffset.op, e.op)
  put32(target, EnvelopeOffset.authLength, auth.length)
  target.set(auth, ENVELOPE_BYTES)
  return ENVELOPE_BYTES + auth.length
}

/** A whole entry: envelope, auth section and the bytes [start, end) of `body`, verbatim. */
export function encodeEntry(e: Envelope, auth: Uint8Array, body: Uint8Array, start = 0, end: number = body.length): Buffer {
  const payload = Buffer.allocUnsafe(ENVELOPE_BYTES + auth.length + end - start)
  payload.set(start === 0 && end === body.length ? body : body.subarray(start, end), writeEnvelope(payload, e, auth))
  return payload
}

/** The leader fills in both times, in place. */
export function stampTimes(payload: Buffer, wallTimeMs: number, clusterTimeMs: number): void {
  put64(payload, EnvelopeOffset.wallTime, wallTimeMs)
  put64(payload, EnvelopeOffset.clusterTime, clusterTimeMs)
}

/** Body of createSession and attachSession. */
export function sessionBody(timeoutMs: number, password: Uint8Array): Buffer {
  const body = Buffer.allocUnsafe(4 + PASSWORD_BYTES)
  put32(body, 0, timeoutMs)
  body.set(password.subarray(0, PASSWORD_BYTES), 4)
  return body
}

/** Body of settings (their JSON) and of reap (a path). */
export function stringBody(text: string): Buffer {
  const w = new Writer(64)
  w.ustring(text)
  return w.copy()
}

function put32(target: Buffer, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

function put64(target: Buffer, at: number, value: number): void {
  put32(target, at, highHalf(value))
  put32(target, at + 4, lowHalf(value))
}
