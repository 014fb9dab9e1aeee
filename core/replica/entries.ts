// replica: builds log entries: the envelope of core/tree/envelope.ts around a request's bytes. PURE.
//
// A connection keeps its envelope as a template, so that a request costs one allocation, two copies and the few fields that differ.

import {
  ENVELOPE_BYTES,
  type EntryKind,
  EnvelopeOffset,
  encodeAuth,
  encodeEntry,
  envelopeInt64,
  envelopeUint32,
  EntryKind as Kinds,
  stampRequest,
  writeEnvelope,
} from '../tree/envelope.ts'
import type { Id } from '../wire/records.ts'

/** Where entries of this server's clients come from: server id and the nonce of this process. */
export interface Origin {
  readonly serverId: number
  readonly nonceHi: number
  readonly nonceLo: number
}

/** The session that an entry is about. */
export interface EntrySession {
  readonly hi: number
  readonly lo: number
  readonly generation: number
}

const NOBODY: Buffer = encodeAuth([])

/** The origin of a leader's own decisions: part of no client stream. */
export function leaderOrigin(serverId: number): Origin {
  return { serverId, nonceHi: 0, nonceLo: 0 }
}

/** Whether the entry came from a client of `origin` in this process. */
export function isFrom(payload: Buffer, origin: Origin): boolean {
  return (
    envelopeUint32(payload, EnvelopeOffset.nonceLo) === origin.nonceLo &&
    envelopeUint32(payload, EnvelopeOffset.nonceHi) === origin.nonceHi &&
    envelopeUint32(payload, EnvelopeOffset.originServer) === origin.serverId
  )
}

/** The entry's position in its origin's stream. */
export function numberOf(payload: Buffer): number {
  return envelopeInt64(payload, EnvelopeOffset.numberHi)
}

/** The template of a connection's request entries. Made anew when its session or its identities change. */
export function connectionEnvelope(origin: Origin, session: EntrySession, ids: readonly Id[]): Buffer {
  const auth = encodeAuth(ids)
  const template = Buffer.alloc(ENVELOPE_BYTES + auth.length)
  writeEnvelope(template, envelope(Kinds.request, origin, 0, session), auth)
  return template
}

/** An entry for a client's request: the connection's template and the body's bytes, verbatim. */
export function requestEntry(template: Buffer, number: number, xid: number, op: number, bytes: Buffer, start: number, end: number): Buffer {
  const payload = Buffer.allocUnsafe(template.length + end - start)
  template.copy(payload, 0)
  bytes.copy(payload, template.length, start, end)
  stampRequest(payload, number, xid, op)
  return payload
}

/** An entry of any other kind; `number` is 0 for a leader's own. */
export function plainEntry(kind: EntryKind, origin: Origin, number: number, session: EntrySession, body: Buffer): Buffer {
  return encodeEntry(envelope(kind, origin, number, session), NOBODY, body)
}

function envelope(kind: EntryKind, origin: Origin, number: number, session: EntrySession) {
  return {
    kind,
    originServer: origin.serverId,
    nonceHi: origin.nonceHi,
    nonceLo: origin.nonceLo,
    number,
    sessionHi: session.hi,
    sessionLo: session.lo,
    generation: session.generation,
    xid: 0,
    op: 0,
  }
}
