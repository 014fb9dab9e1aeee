// wire: the handshake, the only frames without headers. The first frame of each direction.
//
//   ConnectRequest   int protocolVersion, long lastZxidSeen, int timeOut, long sessionId, buffer passwd [, boolean readOnly]
//   ConnectResponse  int protocolVersion, int timeOut, long sessionId, buffer passwd [, boolean readOnly]
//
// Clients up to 3.3 send no readOnly byte and must get none; a response with timeOut 0 refuses the session.

import type { Reader } from './reader.ts'
import type { ConnectRequest, ConnectResponse } from './records.ts'
import type { Writer } from './writer.ts'

/** Bytes of a session's password. */
export const SESSION_PASSWORD_BYTES = 16

const NO_PASSWORD: Uint8Array = new Uint8Array(0)

/** The password is a view of the frame. Bytes after the record are ignored, as later versions may add fields. */
export function readConnectRequest(r: Reader): ConnectRequest {
  const protocolVersion = r.int32()
  const lastZxidSeen = r.int64()
  const timeoutMs = r.int32()
  const sessionHi = r.int32() >>> 0
  const sessionLo = r.int32() >>> 0
  const password = r.buffer() ?? NO_PASSWORD
  const readOnly = readOptionalBoolean(r)
  return { protocolVersion, lastZxidSeen, timeoutMs, sessionHi, sessionLo, password, readOnly }
}

export function writeConnectRequest(w: Writer, q: ConnectRequest): void {
  w.int32(q.protocolVersion)
  w.int64(q.lastZxidSeen)
  w.int32(q.timeoutMs)
  w.int64Halves(q.sessionHi, q.sessionLo)
  w.buffer(q.password)
  if (q.readOnly !== null) w.boolean(q.readOnly)
}

/** The password is a view of the frame: copy it to keep it. */
export function readConnectResponse(r: Reader): ConnectResponse {
  const protocolVersion = r.int32()
  const timeoutMs = r.int32()
  const sessionHi = r.int32() >>> 0
  const sessionLo = r.int32() >>> 0
  const password = r.buffer() ?? NO_PASSWORD
  const readOnly = readOptionalBoolean(r)
  return { protocolVersion, timeoutMs, sessionHi, sessionLo, password, readOnly }
}

export function writeConnectResponse(w: Writer, s: ConnectResponse): void {
  w.int32(s.protocolVersion)
  w.int32(s.timeoutMs)
  w.int64Halves(s.sessionHi, s.sessionLo)
  w.buffer(s.password)
  if (s.readOnly !== null) w.boolean(s.readOnly)
}

function readOptionalBoolean(r: Reader): boolean | null {
  return r.remaining > 0 ? r.boolean() : null
}
