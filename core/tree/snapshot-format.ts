// tree: the bytes of a snapshot. PURE.
//
//   snapshot  record*, cut into chunks anywhere          equal states give equal bytes
//   record    u32 length of the rest, u8 tag, body       integers big-endian, strings and buffers as in jute
//
//   1 header   first: u16 format version, i64 last zxid, i64 wall time, i64 cluster time, ustring cluster id, ustring settings (JSON)
//   2 session  by id (unsigned): u32 id upper, u32 id lower, i32 timeout, u32 generation, u32 server, 16 bytes password
//   3 node     in tree order (a node, then its children's subtrees by name in byte order):
//              ustring path, i32 ACL number, [vector<ACL> if the number is the next one], buffer data,
//              i64 czxid, i64 mzxid, i64 pzxid, i64 ctime, i64 mtime, i32 version, i32 creates, i32 aversion,
//              u8 holder: 0 none | 1 session: u32 id upper, u32 id lower | 2 container or TTL: i64 ttl, i64 touched
//   4 end      last: u32 sessions, u32 nodes, ustring digest (16 hex digits) of all bytes before this record
//
// Children, ephemerals, sizes and quotas follow from the nodes and are not stored.

import { readAclList, writeAclList } from '../wire/acl.ts'
import type { Reader } from '../wire/reader.ts'
import type { Writer } from '../wire/writer.ts'
import type { AclTable, SharedAcl } from './acl-table.ts'
import { PASSWORD_BYTES } from './envelope.ts'
import { type Holder, Lifetime, type NodeContent } from './node-image.ts'
import { Session, type Sessions } from './session-table.ts'
import { type Settings, settingsFromJson, settingsToJson } from './settings.ts'

export const SNAPSHOT_FORMAT = 1

export const RecordTag = { header: 1, session: 2, node: 3, end: 4 } as const

/** Those numbers of a node that have 64 bits, in their order, and all of them. */
const TIMES = ['czxid', 'mzxid', 'pzxid', 'ctime', 'mtime'] as const
const NUMBERS_BYTES = 8 * TIMES.length + 4 * 3
/** Of a number up to Number.MAX_SAFE_INTEGER. */
const MOST_UPPER = 2 ** 21 - 1

export const HolderTag = { none: 0, session: 1, lifetime: 2 } as const

/** The bytes are not a snapshot, or not one whole, or not what was written. */
export class SnapshotFormatError extends Error {
  override readonly name = 'SnapshotFormatError'
}

/** What a snapshot holds beside nodes and sessions. */
export interface StateFacts {
  readonly lastZxid: number
  readonly wallTimeMs: number
  readonly clusterTimeMs: number
  readonly clusterId: string
  readonly settings: Settings
}

export function writeTag(w: Writer, tag: (typeof RecordTag)[keyof typeof RecordTag] | (typeof HolderTag)[keyof typeof HolderTag]): void {
  w.uint8(tag)
}

export function writeFacts(w: Writer, facts: StateFacts): void {
  w.raw(Uint8Array.of(SNAPSHOT_FORMAT >>> 8, SNAPSHOT_FORMAT & 0xff))
  w.int64(facts.lastZxid)
  w.int64(facts.wallTimeMs)
  w.int64(facts.clusterTimeMs)
  w.ustring(facts.clusterId)
  w.ustring(settingsToJson(facts.settings))
}

export function readFacts(r: Reader): StateFacts {
  const version = (r.uint8() << 8) | r.uint8()
  if (version !== SNAPSHOT_FORMAT) throw new SnapshotFormatError(`format version ${version}, this program reads ${SNAPSHOT_FORMAT}`)
  const lastZxid = time(r, 'last zxid')
  const wallTimeMs = time(r, 'wall time')
  const clusterTimeMs = time(r, 'cluster time')
  const clusterId = text(r, 'cluster id')
  if (!/^([0-9a-f]{16})?$/.test(clusterId)) throw new SnapshotFormatError('cluster id is not 16 hex digits')
  const settings = settingsFromJson(text(r, 'settings'))
  if (settings === null) throw new SnapshotFormatError('settings cannot be read')
  return { lastZxid, wallTimeMs, clusterTimeMs, clusterId, settings }
}

export function writeSession(w: Writer, s: Session): void {
  w.int64Halves(s.hi, s.lo)
  w.int32(s.timeoutMs)
  w.int32(s.generation)
  w.int32(s.serverId)
  w.raw(s.password)
}

export function readSession(r: Reader): Session {
  const hi = r.int32() >>> 0
  const lo = r.int32() >>> 0
  const timeoutMs = r.int32()
  const generation = r.int32() >>> 0
  const serverId = r.int32() >>> 0
  return new Session(hi, lo, timeoutMs, generation, serverId, r.raw(PASSWORD_BYTES))
}

/** Writes a node behind its path; `numbers` gives each list the number of its first use. */
export function writeNode(w: Writer, node: NodeContent, numbers: Map<SharedAcl, number>): void {
  writeAcl(w, node.acl, numbers)
  node.putData(w)
  node.putNumbers(w)
  writeHolder(w, node.holder)
}

/** A node where it lies in a snapshot. One object, filled for every node. */
export interface NodeRecord {
  pathStart: number
  pathEnd: number
  acl: SharedAcl
  /** -1 for null. */
  dataStart: number
  dataEnd: number
  /** Where the numbers from czxid to aversion begin. */
  numbers: number
  holder: Holder
}

/** Finds the parts of a node's record; its numbers may be anything ({@link checkNumbers}). At least a word lies behind path and data. */
export function readNode(r: Reader, node: NodeRecord, acls: SharedAcl[], table: AclTable, sessions: Sessions): void {
  node.pathStart = r.skipString()
  if (node.pathStart < 0) throw new SnapshotFormatError('path is null')
  node.pathEnd = r.position
  node.acl = readAcl(r, acls, table)
  node.dataStart = r.skipBuffer()
  node.dataEnd = r.position
  node.numbers = r.skip(NUMBERS_BYTES)
  node.holder = readHolder(r, sessions)
}

/** Refuses 64-bit numbers that are negative or not exact in a double, and a node that is younger than the whole state. */
export function checkNumbers(view: DataView, at: number, lastZxid: number): void {
  for (let i = 0; i < TIMES.length; i++) {
    if (view.getUint32(at + 8 * i) > MOST_UPPER) throw new SnapshotFormatError(`${TIMES[i]} is out of range`)
  }
  if (view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4) > lastZxid)
    throw new SnapshotFormatError('a node was created after the last entry')
}

function writeAcl(w: Writer, acl: SharedAcl, numbers: Map<SharedAcl, number>): void {
  const known = numbers.get(acl)
  if (known !== undefined) {
    w.int32(known)
    return
  }
  w.int32(numbers.size)
  numbers.set(acl, numbers.size)
  writeAclList(w, acl.list)
}

function readAcl(r: Reader, acls: SharedAcl[], table: AclTable): SharedAcl {
  const number = r.int32()
  const known = acls[number]
  if (known !== undefined) return known
  if (number !== acls.length) throw new SnapshotFormatError(`access control list ${number} is not known`)
  const list = readAclList(r)
  if (list === null) throw new SnapshotFormatError('null access control list')
  const acl = table.share(list)
  if (acls.includes(acl)) throw new SnapshotFormatError('two access control lists are equal')
  acls.push(acl)
  return acl
}

function writeHolder(w: Writer, holder: Holder): void {
  if (holder === null) {
    writeTag(w, HolderTag.none)
  } else if (holder instanceof Lifetime) {
    writeTag(w, HolderTag.lifetime)
    w.int64(holder.ttlMs)
    w.int64(holder.touchedMs)
  } else {
    writeTag(w, HolderTag.session)
    w.int64Halves(holder.hi, holder.lo)
  }
}

function readHolder(r: Reader, sessions: Sessions): Holder {
  const tag = r.uint8()
  switch (tag) {
    case HolderTag.none:
      return null
    case HolderTag.lifetime: {
      const ttlMs = time(r, 'ttl')
      return new Lifetime(ttlMs, time(r, 'touched'))
    }
    case HolderTag.session: {
      const session = sessions.get(r.int32(), r.int32())
      if (session === undefined) throw new SnapshotFormatError('an ephemeral node names a session that does not exist')
      return session
    }
    default:
      throw new SnapshotFormatError(`holder ${tag}`)
  }
}

function text(r: Reader, what: string): string {
  const value = r.ustring()
  if (value === null) throw new SnapshotFormatError(`${what} is null`)
  return value
}

function time(r: Reader, what: string): number {
  const value = r.int64()
  if (value < 0 || value > Number.MAX_SAFE_INTEGER) throw new SnapshotFormatError(`${what} is out of range`)
  return value
}
