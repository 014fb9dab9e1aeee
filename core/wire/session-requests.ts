// wire: bodies of the requests that concern the connection or the ensemble rather than a znode.
//
//   auth      int type (0), ustring scheme, buffer auth
//   sasl      buffer token
//   reconfig  ustring joiningServers, ustring leavingServers, ustring newMembers, long curConfigId

import { OpCode } from './op-codes.ts'
import type { Reader } from './reader.ts'
import type { AuthRequest, ReconfigRequest, SaslRequest } from './records.ts'
import { readString } from './strings.ts'
import type { Writer } from './writer.ts'

export function readAuth(r: Reader): AuthRequest {
  const type = r.int32()
  const scheme = readString(r)
  return { op: OpCode.auth, type, scheme, auth: r.buffer() }
}

export function writeAuth(w: Writer, q: AuthRequest): void {
  w.int32(q.type)
  w.ustring(q.scheme)
  w.buffer(q.auth)
}

export function readSasl(r: Reader): SaslRequest {
  return { op: OpCode.sasl, token: r.buffer() }
}

export function writeSasl(w: Writer, q: SaslRequest): void {
  w.buffer(q.token)
}

export function readReconfig(r: Reader): ReconfigRequest {
  const joiningServers = r.ustring()
  const leavingServers = r.ustring()
  const newMembers = r.ustring()
  return { op: OpCode.reconfig, joiningServers, leavingServers, newMembers, curConfigId: r.int64() }
}

export function writeReconfig(w: Writer, q: ReconfigRequest): void {
  w.ustring(q.joiningServers)
  w.ustring(q.leavingServers)
  w.ustring(q.newMembers)
  w.int64(q.curConfigId)
}
