// wire: bodies of the requests that name one znode, alone or inside a multi.
//
//   create, create2, createContainer    ustring path, buffer data, vector<ACL> acl, int flags
//   createTTL                           the same, long ttl
//   delete, check                       ustring path, int version
//   setData                             ustring path, buffer data, int version
//   setACL                              ustring path, vector<ACL> acl, int version
//   exists, getData, getChildren(2)     ustring path, boolean watch
//   getACL, sync, deleteContainer, getAllChildrenNumber, getEphemerals    ustring path
//
// `data` is a view of the frame: whoever keeps it copies it.

import { readAclList, writeAclList } from './acl.ts'
import { OpCode } from './op-codes.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Reader } from './reader.ts'
import type {
  CheckRequest,
  CreateRequest,
  CreateTtlRequest,
  DeleteRequest,
  PathRequest,
  PathWatchRequest,
  SetAclRequest,
  SetDataRequest,
} from './records.ts'
import { readString } from './strings.ts'
import type { Writer } from './writer.ts'

export function readCreate(r: Reader, op: CreateRequest['op']): CreateRequest {
  const path = readString(r)
  const data = r.buffer()
  const acl = readAclList(r)
  return { op, path, data, acl, flags: r.int32() }
}

export function readCreateTtl(r: Reader): CreateTtlRequest {
  const path = readString(r)
  const data = r.buffer()
  const acl = readAclList(r)
  const flags = r.int32()
  return { op: OpCode.createTtl, path, data, acl, flags, ttlMs: r.int64() }
}

export function writeCreate(w: Writer, q: CreateRequest | CreateTtlRequest): void {
  w.ustring(q.path)
  w.buffer(q.data)
  writeAclList(w, q.acl)
  w.int32(q.flags)
  if (q.op === OpCode.createTtl) w.int64(q.ttlMs)
}

export function readDelete(r: Reader): DeleteRequest {
  // A null path is no bad path here but a body that cannot be read (-5), as in ZooKeeper.
  const path = r.ustring()
  if (path === null) throw new ProtocolError('delete: null path')
  return { op: OpCode.delete, path, version: r.int32() }
}

export function readCheck(r: Reader): CheckRequest {
  const path = readString(r)
  return { op: OpCode.check, path, version: r.int32() }
}

export function writePathVersion(w: Writer, q: DeleteRequest | CheckRequest): void {
  w.ustring(q.path)
  w.int32(q.version)
}

export function readSetData(r: Reader): SetDataRequest {
  const path = readString(r)
  const data = r.buffer()
  return { op: OpCode.setData, path, data, version: r.int32() }
}

export function writeSetData(w: Writer, q: SetDataRequest): void {
  w.ustring(q.path)
  w.buffer(q.data)
  w.int32(q.version)
}

export function readSetAcl(r: Reader): SetAclRequest {
  const path = readString(r)
  const acl = readAclList(r)
  return { op: OpCode.setAcl, path, acl, version: r.int32() }
}

export function writeSetAcl(w: Writer, q: SetAclRequest): void {
  w.ustring(q.path)
  writeAclList(w, q.acl)
  w.int32(q.version)
}

export function readPathWatch(r: Reader, op: PathWatchRequest['op']): PathWatchRequest {
  const path = readString(r)
  return { op, path, watch: r.boolean() }
}

export function writePathWatch(w: Writer, q: PathWatchRequest): void {
  w.ustring(q.path)
  w.boolean(q.watch)
}

export function readPath(r: Reader, op: PathRequest['op']): PathRequest {
  return { op, path: readString(r) }
}

export function writePath(w: Writer, q: PathRequest): void {
  w.ustring(q.path)
}
