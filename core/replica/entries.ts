// replica: builds log entries: the envelope of core/tree/envelope.ts around a request's bytes. PURE.
//
// A connection keeps its envelope as a template, so that a request costs one allocation, two copies and the few fields that differ.

import { highHalf, lowHalf } from '../support/int64.ts'
import { ENVELOPE_BYTES, EntryKind, EnvelopeOffset, SEMANTICS_VERSION } from '../tree/envelope.ts'
import { writeId } from '../wire/acl.ts'
import type { Id } from '../wire/records.ts'
import { Writer } from '../wire/writer.ts'

/** Where entries of this server's clients come from: server id and the nonce of this process. */
export interface Origin {
  readonly serverId: number
  readonly nonceHi: number
  readonly nonceLo: number
}

/** The origin of a leader's own decisions: part of no client stream. */
export function leaderOrigin(serverId: number): Origin {
  return { serverId, nonceHi: 0, nonceLo: 0 }
}

function put32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function get32(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  )
}

/** Whether the entry came from a client of `origin` in this process. */
export function isFrom(payload: Buffer, origin: Origin): boolean {
  return (
    get32(payload, EnvelopeOffset.nonceLo) === origin.nonceLo &&
    get32(payload, EnvelopeOffset.nonceHi) === origin.nonceHi &&
    get32(payload, EnvelopeOffset.originServer) === origin.serverId
  )
}

/** The entry's position in its origin's stream. */
export function numberOf(payload: Buffer): number {
  return get32(payload, EnvelopeOffset.numberHi) * 2 ** 32 + get32(payload, EnvelopeOffset.numberLo)
}

function header(kind: EntryKind, origin: Origin, sessionHi: number, sessionLo: number, generation: number, auth: Buffer): Buffer {
  const bytes = Buffer.alloc(ENVELOPE_BYTES + auth.length)
  bytes[EnvelopeOffset.kind] = kind
  bytes[EnvelopeOffset.semantics] = SEMANTICS_VERSION >>> 8
  bytes[EnvelopeOffset.semantics + 1] = SEMANTICS_VERSION
  put32(bytes, EnvelopeOffset.originServer, origin.serverId)
  put32(bytes, EnvelopeOffset.nonceHi, origin.nonceHi)
  put32(bytes, EnvelopeOffset.nonceLo, origin.nonceLo)
  put32(bytes, EnvelopeOffset.sessionHi, sessionHi)
  put32(bytes, EnvelopeOffset.sessionLo, sessionLo)
  put32(bytes, EnvelopeOffset.generation, generation)
  put32(bytes, EnvelopeOffset.authLength, auth.length)
  auth.copy(bytes, ENVELOPE_BYTES)
  return bytes
}

function authSection(ids: readonly Id[]): Buffer {
  const w = new Writer(64)
  const count = Buffer.alloc(2)
  count.writeUInt16BE(ids.length)
  w.raw(count)
  for (const id of ids) writeId(w, id)
  return w.copy()
}

const NO_AUTH_IDS = authSection([])

/** The template of a connection's request entries. Made anew when its session or its identities change. */
export function connectionEnvelope(origin: Origin, sessionHi: number, sessionLo: number, generation: number, ids: readonly Id[]): Buffer {
  return header(EntryKind.request, origin, sessionHi, sessionLo, generation, authSection(ids))
}

/** An entry for a client's request: the connection's template and the body's bytes, verbatim. */
export function requestEntry(template: Buffer, number: number, xid: number, op: number, bytes: Buffer, start: number, end: number): Buffer {
  const payload = Buffer.allocUnsafe(template.length + end - start)
  template.copy(payload, 0)
  bytes.copy(payload, template.length, start, end)
  put32(payload, EnvelopeOffset.numberHi, highHalf(number))
  put32(payload, EnvelopeOffset.numberLo, lowHalf(number))
  put32(payload, EnvelopeOffset.xid, xid)
  put32(payload, EnvelopeOffset.op, op)
  return payload
}

/** An entry of any other kind. */
export function plainEntry(
  kind: EntryKind,
  origin: Origin,
  number: number,
  sessionHi: number,
  sessionLo: number,
  generation: number,
  xid: number,
  body: Buffer,
): Buffer {
  const head = header(kind, origin, sessionHi, sessionLo, generation, NO_AUTH_IDS)
  put32(head, EnvelopeOffset.numberHi, highHalf(number))
  put32(head, EnvelopeOffset.numberLo, lowHalf(number))
  put32(head, EnvelopeOffset.xid, xid)
  return Buffer.concat([head, body])
}

/** The leader fills in both times. */
export function stampTimes(payload: Buffer, wallTimeMs: number, clusterTimeMs: number): void {
  put32(payload, EnvelopeOffset.wallTime, highHalf(wallTimeMs))
  put32(payload, EnvelopeOffset.wallTime + 4, lowHalf(wallTimeMs))
  put32(payload, EnvelopeOffset.clusterTime, highHalf(clusterTimeMs))
  put32(payload, EnvelopeOffset.clusterTime + 4, lowHalf(clusterTimeMs))
}
