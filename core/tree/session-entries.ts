// tree: entries that begin, move and fence sessions. PURE.
//
//   createSession   an id that exists -110, so that the origin tries another
//   attachSession   no session -112, wrong password -115; raises the generation
//   by generation   no session -112, another generation -118: a newer attach wins over writes, close and expiry of the one before

import { ErrorCode } from '../wire/error-codes.ts'
import type { Reader } from '../wire/reader.ts'
import type { Outcome } from './applied.ts'
import { EnvelopeOffset, envelopeUint32, PASSWORD_BYTES } from './envelope.ts'
import { Session, type Sessions } from './session-table.ts'

const BODY_BYTES = 4 + PASSWORD_BYTES

/** The session that an entry names, whatever its generation. */
export function namedSession(sessions: Sessions, payload: Buffer): Session | undefined {
  return sessions.get(envelopeUint32(payload, EnvelopeOffset.sessionHi), envelopeUint32(payload, EnvelopeOffset.sessionLo))
}

/** Why an entry may not act for the session that it names. */
export function generationProblem(session: Session | undefined, payload: Buffer): ErrorCode {
  if (session === undefined) return ErrorCode.sessionExpired
  return session.generation === envelopeUint32(payload, EnvelopeOffset.generation) ? ErrorCode.ok : ErrorCode.sessionMoved
}

export function createSession(sessions: Sessions, payload: Buffer, body: Reader, out: Outcome): ErrorCode {
  if (body.remaining < BODY_BYTES) return ErrorCode.marshallingError
  const hi = envelopeUint32(payload, EnvelopeOffset.sessionHi)
  const lo = envelopeUint32(payload, EnvelopeOffset.sessionLo)
  const timeoutMs = body.int32()
  if (timeoutMs <= 0 || (hi === 0 && lo === 0)) return ErrorCode.badArguments
  if (sessions.get(hi, lo) !== undefined) return ErrorCode.nodeExists
  const session = new Session(hi, lo, timeoutMs, 1, envelopeUint32(payload, EnvelopeOffset.originServer), body.raw(PASSWORD_BYTES))
  sessions.add(session)
  out.session = session
  return ErrorCode.ok
}

export function attachSession(sessions: Sessions, payload: Buffer, body: Reader, out: Outcome): ErrorCode {
  if (body.remaining < BODY_BYTES) return ErrorCode.marshallingError
  const timeoutMs = body.int32()
  if (timeoutMs <= 0) return ErrorCode.badArguments
  const session = namedSession(sessions, payload)
  if (session === undefined) return ErrorCode.sessionExpired
  if (!session.hasPassword(body.raw(PASSWORD_BYTES))) return ErrorCode.authFailed
  sessions.attach(session, timeoutMs, envelopeUint32(payload, EnvelopeOffset.originServer))
  out.session = session
  return ErrorCode.ok
}
