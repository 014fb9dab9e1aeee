// Turns frames into values that can be compared: plain values, and marked ones for what differs between any two servers.

import { readConnectResponse } from '../../../core/wire/connect.ts'
import { readReplyHeader } from '../../../core/wire/headers.ts'
import { isWrite } from '../../../core/wire/op-classes.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { Reader } from '../../../core/wire/reader.ts'
import {
  readAclResponse,
  readChildren2Response,
  readCountResponse,
  readCreate2Response,
  readDataResponse,
  readErrorResponse,
  readPathResponse,
  readStringsResponse,
  readWhoAmIResponse,
} from '../../../core/wire/responses.ts'
import { readStatBigInt, type WireStat } from '../../../core/wire/stat.ts'
import { readWatcherEvent } from '../../../core/wire/watch-event.ts'
import type { Asked } from './connection.ts'
import { isShared } from './shared-paths.ts'

/** A zxid: only its order among the sequence's zxids means something. */
export class Zxid {
  readonly value: bigint
  /** Whether it names a transaction of this sequence. Else it is the server's newest, which other lanes move. */
  readonly own: boolean

  constructor(value: bigint, own: boolean) {
    this.value = value
    this.own = own
  }
}

/** A time of a Stat: the same for everything that one transaction did, and close to now. */
export class Stamp {
  readonly zxid: bigint
  readonly ms: number

  constructor(zxid: bigint, ms: number) {
    this.zxid = zxid
    this.ms = ms
  }
}

export type Seen = string | number | boolean | null | Zxid | Stamp | readonly Seen[] | { readonly [name: string]: Seen }

/** One thing that was heard, ready to be compared and printed. */
export interface Observation {
  readonly kind: 'welcome' | 'reply' | 'event' | 'closed' | 'silence' | 'cut'
  readonly step: number
  /** What was asked, `null` for what came unasked. */
  readonly asked: Asked | null
  readonly seen: Seen
}

/** What the sequence's sessions are called. */
export interface SessionNames {
  nameOf(id: bigint): string
}

const EVENT_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'NodeCreated'],
  [2, 'NodeDeleted'],
  [3, 'NodeDataChanged'],
  [4, 'NodeChildrenChanged'],
])

export function seeWelcome(bytes: Buffer, names: SessionNames): Seen {
  const r = new Reader(bytes)
  const { protocolVersion, timeoutMs, sessionHi, sessionLo, password, readOnly } = readConnectResponse(r)
  const id = (BigInt(sessionHi) << 32n) | BigInt(sessionLo)
  return {
    protocolVersion,
    timeoutMs,
    session: names.nameOf(id),
    password: password.every((byte) => byte === 0) ? `${password.length} zeros` : `${password.length} bytes`,
    readOnly,
    left: r.remaining,
  }
}

/** The header's zxid is not compared: ZooKeeper 3.8 sends -1, 3.9 and this server the change's (ZOOKEEPER-4655). */
export function seeEvent(bytes: Buffer): Seen {
  const r = new Reader(bytes)
  const { err } = readReplyHeader(r)
  const { type, state, path } = readWatcherEvent(r)
  return { event: EVENT_NAMES.get(type) ?? type, path, state, err, left: r.remaining }
}

export function seeReply(bytes: Buffer, { op, xid: sentXid, call }: Asked, names: SessionNames): Seen {
  const r = new Reader(bytes)
  const { xid, zxid, err } = readReplyHeader(r)
  const own = isWrite(op) && op !== OpCode.reconfig
  const header = { err, zxid: zxid <= 0n ? String(zxid) : new Zxid(zxid, own), xid: xid - sentXid }
  // Nobody reads what may follow an error: 3.8 sends the part of a multiRead that it had written.
  if (err !== 0 || r.remaining === 0) return header
  const { request } = call
  if ('path' in request && isShared(request.path)) return { ...header, body: SHARED }
  const start = r.position
  try {
    const body = seeBody(r, op, names)
    return r.remaining === 0 ? { ...header, body } : { ...header, body, left: r.remaining }
  } catch (error) {
    return { ...header, undecodable: bytes.toString('hex', start), why: String(error) }
  }
}

function seeBody(r: Reader, op: number, names: SessionNames): Seen {
  switch (op) {
    case OpCode.create:
    case OpCode.sync:
      return { path: readPathResponse(r) }
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl: {
      const { path, stat } = readCreate2Response(r)
      return { path, stat: seeStat(stat, names) }
    }
    case OpCode.exists:
    case OpCode.setData:
    case OpCode.setAcl:
      return { stat: seeStat(readStatBigInt(r), names) }
    case OpCode.getData: {
      const { data, stat } = readDataResponse(r)
      return { data: seeData(data), stat: seeStat(stat, names) }
    }
    case OpCode.getChildren:
    case OpCode.getEphemerals:
      // Servers may list in any order.
      return { list: seeNames(readStringsResponse(r)) }
    case OpCode.getChildren2: {
      const { children, stat } = readChildren2Response(r)
      return { list: seeNames(children), stat: seeStat(stat, names) }
    }
    case OpCode.getAcl: {
      const { acl, stat } = readAclResponse(r)
      return {
        // ZooKeeper holds a connection's identities in a hash set, so a list that was made from them has no order there.
        acl: acl.map(({ perms, id }) => `${perms} ${id.scheme}:${id.id}`).sort(),
        stat: seeStat(stat, names),
      }
    }
    case OpCode.getAllChildrenNumber:
      return { count: readCountResponse(r) }
    case OpCode.addWatch:
      return { errorResponse: readErrorResponse(r) }
    case OpCode.whoAmI:
      return {
        who: readWhoAmIResponse(r)
          .map(({ authScheme, user }) => `${authScheme}:${user}`)
          .sort(),
      }
    case OpCode.multi:
    case OpCode.multiRead:
      return { results: seeMulti(r, names) }
    default:
      return { bytes: r.raw(r.remaining).toString('hex') }
  }
}

// Read here field by field, so that headers are compared too.
function seeMulti(r: Reader, names: SessionNames): Seen {
  const results: Seen[] = []
  for (;;) {
    const type = r.int32()
    const done = r.boolean()
    const err = r.int32()
    if (done) {
      results.push(`end ${type} ${err}`)
      return results
    }
    results.push({ type, err, ...seeMultiResult(r, type, names) })
  }
}

function seeMultiResult(r: Reader, type: number, names: SessionNames): { readonly [name: string]: Seen } {
  switch (type) {
    case OpCode.create:
      return { path: readPathResponse(r) }
    case OpCode.create2: {
      const { path, stat } = readCreate2Response(r)
      return { path, stat: seeStat(stat, names) }
    }
    case OpCode.setData:
      return { stat: seeStat(readStatBigInt(r), names) }
    case OpCode.delete:
    case OpCode.check:
      return {}
    case OpCode.getData: {
      const { data, stat } = readDataResponse(r)
      return { data: seeData(data), stat: seeStat(stat, names) }
    }
    case OpCode.getChildren:
      return { list: seeNames(readStringsResponse(r)) }
    case OpCode.error:
      return { errorResponse: r.int32() }
    default:
      throw new Error(`a result of type ${type}`)
  }
}

/** What all lanes share is not compared: the root, which no transaction made, and the list of its children. */
export const SHARED = 'what all lanes share'

function seeNames(list: string[]): Seen {
  return list.includes('zookeeper') || list.includes('quota') ? SHARED : list.sort()
}

function seeStat(stat: WireStat, names: SessionNames): Seen {
  if (stat.czxid === 0n) return SHARED
  return {
    czxid: new Zxid(stat.czxid, true),
    mzxid: new Zxid(stat.mzxid, true),
    pzxid: new Zxid(stat.pzxid, true),
    ctime: new Stamp(stat.czxid, stat.ctimeMs),
    mtime: new Stamp(stat.mzxid, stat.mtimeMs),
    versions: `${stat.version} ${stat.cversion} ${stat.aversion}`,
    owner: names.nameOf(stat.ephemeralOwner),
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
  }
}

function seeData(data: Buffer | null): Seen {
  return data === null ? null : data.toString('latin1')
}
