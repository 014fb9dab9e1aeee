// test/fuzz: valid frames of every kind that travels, from which the fuzzer starts.

import { readConnectRequest, readConnectResponse, writeConnectRequest, writeConnectResponse } from '../../core/wire/connect.ts'
import { readReplyHeader, writeReplyHeader, writeRequestHeader } from '../../core/wire/headers.ts'
import {
  readMultiReadResponse,
  readMultiResponse,
  writeMultiEnd,
  writeMultiError,
  writeMultiReadChildren,
  writeMultiReadData,
  writeMultiResponse,
} from '../../core/wire/multi.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { Reader } from '../../core/wire/reader.ts'
import { EventType, type MultiOp, OPEN_ACL, type Request, type StatFields } from '../../core/wire/records.ts'
import { readRequest, writeRequest } from '../../core/wire/requests.ts'
import {
  readAclResponse,
  readChildren2Response,
  readCountResponse,
  readCreate2Response,
  readDataResponse,
  readErrorResponse,
  readPathResponse,
  readSaslResponse,
  readSetWatches2Response,
  readStringsResponse,
  readWhoAmIResponse,
  writeAclResponse,
  writeChildren2Response,
  writeCountResponse,
  writeCreate2Response,
  writeDataResponse,
  writeErrorResponse,
  writePathResponse,
  writeSaslResponse,
  writeSetWatches2Response,
  writeStringsResponse,
  writeWhoAmIResponse,
} from '../../core/wire/responses.ts'
import { readStat, readStatBigInt, writeStat } from '../../core/wire/stat.ts'
import { readWatcherEvent, writeWatcherEvent } from '../../core/wire/watch-event.ts'
import { Writer } from '../../core/wire/writer.ts'

/** A frame's body and the reader that the other side uses for it. What `read` returns is a request to encode again, or nothing of interest. */
export interface CorpusFrame {
  readonly name: string
  readonly body: Buffer
  readonly read: (r: Reader) => Request | null
}

const STAT: StatFields = {
  czxid: 2 ** 32 + 1,
  mzxid: 2 ** 32 + 2,
  ctime: 1_700_000_000_000,
  mtime: 1_700_000_000_001,
  version: 1,
  cversion: 2,
  aversion: 3,
  ownerHi: 0x0100_0000,
  ownerLo: 0xffff_0001,
  dataLength: 5,
  numChildren: 2,
  pzxid: 2 ** 32 + 3,
}
const PATH = '/services/orders/instances/node-0000000042'
const DATA = Buffer.from('hello')
const PATHS: readonly string[] = ['/a', '/services/orders', '/été/水', PATH]
const PASSWORD = Buffer.alloc(16, 0x5a)

const MULTI_OPS: readonly MultiOp[] = [
  { op: OpCode.check, path: '/a', version: 3 },
  { op: OpCode.create, path: PATH, data: DATA, acl: OPEN_ACL, flags: 1 },
  { op: OpCode.create2, path: '/b', data: null, acl: OPEN_ACL, flags: 2 },
  { op: OpCode.createContainer, path: '/c', data: DATA, acl: OPEN_ACL, flags: 4 },
  { op: OpCode.createTtl, path: '/t', data: DATA, acl: OPEN_ACL, flags: 5, ttlMs: 60_000 },
  { op: OpCode.setData, path: '/a', data: DATA, version: -1 },
  { op: OpCode.delete, path: '/d', version: 0 },
]

const WATCHES = {
  relativeZxid: 2 ** 32 + 7,
  data: PATHS,
  exist: ['/x'],
  child: PATHS,
  persistent: ['/p'],
  persistentRecursive: ['/', '/r'],
}

const REQUESTS: readonly Request[] = [
  ...MULTI_OPS,
  { op: OpCode.exists, path: PATH, watch: true },
  { op: OpCode.getData, path: PATH, watch: false },
  { op: OpCode.getChildren, path: '/', watch: true },
  { op: OpCode.getChildren2, path: '/services', watch: false },
  { op: OpCode.getAcl, path: PATH },
  { op: OpCode.setAcl, path: PATH, acl: [...OPEN_ACL, { perms: 1, id: { scheme: 'digest', id: 'bob:XXXX' } }], version: 0 },
  { op: OpCode.sync, path: '/' },
  { op: OpCode.multi, ops: MULTI_OPS },
  { op: OpCode.multi, ops: [] },
  {
    op: OpCode.multiRead,
    ops: [
      { op: OpCode.getData, path: '/a', watch: false },
      { op: OpCode.getChildren, path: '/', watch: false },
    ],
  },
  { op: OpCode.reconfig, joiningServers: 'server.4=h:2888:3888;2181', leavingServers: '1,2', newMembers: null, curConfigId: -1 },
  { op: OpCode.checkWatches, path: PATH, type: 3 },
  { op: OpCode.removeWatches, path: PATH, type: 5 },
  { op: OpCode.addWatch, path: '/services', mode: 1 },
  { op: OpCode.deleteContainer, path: '/c' },
  { op: OpCode.getEphemerals, path: '/services' },
  { op: OpCode.getAllChildrenNumber, path: '/' },
  { op: OpCode.auth, type: 0, scheme: 'digest', auth: Buffer.from('bob:secret') },
  { op: OpCode.setWatches, ...WATCHES },
  { op: OpCode.setWatches2, ...WATCHES },
  { op: OpCode.sasl, token: Buffer.alloc(40, 1) },
  { op: OpCode.whoAmI },
  { op: OpCode.ping },
  { op: OpCode.closeSession },
]

const REPLIES: readonly [name: string, write: (w: Writer) => void, read: (r: Reader) => unknown][] = [
  ['create', (w) => writePathResponse(w, PATH), readPathResponse],
  ['create2', (w) => writeCreate2Response(w, PATH, STAT), readCreate2Response],
  ['exists', (w) => writeStat(w, STAT), readStatBigInt],
  ['exists between servers', (w) => writeStat(w, STAT), readStat],
  ['getData', (w) => writeDataResponse(w, DATA, STAT), readDataResponse],
  ['getChildren', (w) => writeStringsResponse(w, PATHS), readStringsResponse],
  ['getChildren2', (w) => writeChildren2Response(w, PATHS, STAT), readChildren2Response],
  ['getAcl', (w) => writeAclResponse(w, OPEN_ACL, STAT), readAclResponse],
  ['getAllChildrenNumber', (w) => writeCountResponse(w, 7), readCountResponse],
  ['addWatch', (w) => writeErrorResponse(w, 0), readErrorResponse],
  ['whoAmI', (w) => writeWhoAmIResponse(w, [{ authScheme: 'ip', user: '127.0.0.1' }]), readWhoAmIResponse],
  ['sasl', (w) => writeSaslResponse(w, PASSWORD), readSaslResponse],
  ['setWatches2', (w) => writeSetWatches2Response(w, 2 ** 32), readSetWatches2Response],
  ['multi', writeMulti, readMultiResponse],
  ['failed multi', writeFailedMulti, readMultiResponse],
  ['multiRead', writeMultiRead, readMultiReadResponse],
]

function writeMulti(w: Writer): void {
  writeMultiResponse(w, [
    { op: OpCode.create, err: 0, path: PATH, stat: null },
    { op: OpCode.create2, err: 0, path: '/b', stat: STAT },
    { op: OpCode.setData, err: 0, path: null, stat: STAT },
    { op: OpCode.delete, err: 0, path: null, stat: null },
    { op: OpCode.check, err: 0, path: null, stat: null },
  ])
}

function writeFailedMulti(w: Writer): void {
  for (const err of [0, -101, -2]) writeMultiError(w, err)
  writeMultiEnd(w)
}

function writeMultiRead(w: Writer): void {
  writeMultiReadData(w, DATA, STAT)
  writeMultiError(w, -101)
  writeMultiReadChildren(w, PATHS)
  writeMultiEnd(w)
}

function bytesOf(write: (w: Writer) => void): Buffer {
  const w = new Writer()
  write(w)
  return w.take()
}

function readAnyRequest(r: Reader): Request {
  r.int32()
  return readRequest(r, r.int32())
}

/** A reader for what is of no interest once it was read. */
function only(read: (r: Reader) => unknown): (r: Reader) => null {
  return (r) => {
    read(r)
    return null
  }
}

function requestFrame(q: Request): CorpusFrame {
  const body = bytesOf((w) => {
    writeRequestHeader(w, 1, q.op)
    writeRequest(w, q)
  })
  return { name: `request of op ${q.op}`, body, read: readAnyRequest }
}

function replyFrame([name, write, read]: (typeof REPLIES)[number]): CorpusFrame {
  const body = bytesOf((w) => {
    writeReplyHeader(w, 1, 2 ** 32 + 9, 0)
    write(w)
  })
  return {
    name: `reply to ${name}`,
    body,
    read: only((r) => {
      if (readReplyHeader(r).err === 0) read(r)
    }),
  }
}

function handshakes(readOnly: boolean | null): CorpusFrame[] {
  const session = { protocolVersion: 0, timeoutMs: 30_000, sessionHi: 1, sessionLo: 2, password: PASSWORD, readOnly }
  const suffix = readOnly === null ? ' without readOnly' : ''
  return [
    {
      name: `connect request${suffix}`,
      body: bytesOf((w) => writeConnectRequest(w, { ...session, lastZxidSeen: 5 })),
      read: only(readConnectRequest),
    },
    { name: `connect response${suffix}`, body: bytesOf((w) => writeConnectResponse(w, session)), read: only(readConnectResponse) },
  ]
}

/** Valid frames: both handshakes, a request of every op, a reply of every shape, a watch notification. */
export function wireCorpus(): readonly CorpusFrame[] {
  const event: CorpusFrame = {
    name: 'watch notification',
    body: bytesOf((w) => writeWatcherEvent(w, 2 ** 32 + 3, EventType.nodeCreated, PATH)),
    read: only((r) => {
      readReplyHeader(r)
      readWatcherEvent(r)
    }),
  }
  return [...handshakes(false), ...handshakes(null), ...REQUESTS.map(requestFrame), ...REPLIES.map(replyFrame), event]
}
