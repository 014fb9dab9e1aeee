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
import type { StatFields } from '../wire/records.ts'
import type { Writer } from '../wire/writer.ts'
import type { AclTable, SharedAcl } from './acl-table.ts'
import { PASSWORD_BYTES } from './envelope.ts'
import { Session, type Sessions } from './session-table.ts'
import { type Settings, settingsFromJson, settingsToJson } from './settings.ts'
import { type Holder, Lifetime, type StoredData, storeData, Znode } from './znode.ts'

export const SNAPSHOT_FORMAT = 1

export const RecordTag = { header: 1, session: 2, node: 3, end: 4 } as const

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

const TAG_BYTES: readonly Uint8Array[] = [0, 1, 2, 3, 4].map((tag) => Uint8Array.of(tag))

export function writeTag(w: Writer, tag: (typeof RecordTag)[keyof typeof RecordTag] | (typeof HolderTag)[keyof typeof HolderTag]): void {
  w.raw(TAG_BYTES[tag] as Uint8Array)
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
  const version = ((r.raw(1)[0] as number) << 8) | (r.raw(1)[0] as number)
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

/** Writes a node; `numbers` gives each list the number of its first use. */
export function writeNode(w: Writer, path: string, node: Znode, numbers: Map<SharedAcl, number>): void {
  w.ustring(path)
  writeAcl(w, node.acl, numbers)
  writeData(w, node.storedData)
  w.int64(node.czxid)
  w.int64(node.mzxid)
  w.int64(node.pzxid)
  w.int64(node.ctime)
  w.int64(node.mtime)
  w.int32(node.version)
  w.int32(node.creates)
  w.int32(node.aversion)
  writeHolder(w, node.holder)
}

/** Reads a node's path and the node. */
export function readNode(
  r: Reader,
  acls: SharedAcl[],
  table: AclTable,
  sessions: Sessions,
): { readonly path: string; readonly node: Znode } {
  const path = text(r, 'path')
  const acl = readAcl(r, acls, table)
  const data = storeData(r.buffer())
  const czxid = time(r, 'czxid')
  const mzxid = time(r, 'mzxid')
  const pzxid = time(r, 'pzxid')
  const ctime = time(r, 'ctime')
  const mtime = time(r, 'mtime')
  const version = r.int32()
  const creates = r.int32()
  const aversion = r.int32()
  const stat: StatFields = { ...NO_STAT, czxid, mzxid, pzxid, ctime, mtime, version, aversion }
  return { path, node: Znode.from(data, acl, readHolder(r, sessions), stat, creates) }
}

const NO_STAT: StatFields = {
  czxid: 0,
  mzxid: 0,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ownerHi: 0,
  ownerLo: 0,
  dataLength: 0,
  numChildren: 0,
  pzxid: 0,
}

function writeData(w: Writer, data: StoredData): void {
  if (typeof data !== 'string') {
    w.buffer(data)
    return
  }
  w.int32(data.length)
  w.latin1(data)
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
  const tag = r.raw(1)[0]
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
