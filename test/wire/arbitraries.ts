// test/wire: fast-check arbitraries for every record of the client protocol, within what the records can express.

import fc from 'fast-check'
import { OpCode } from '../../core/wire/op-codes.ts'
import type {
  Acl,
  ConnectRequest,
  ConnectResponse,
  CreateRequest,
  CreateTtlRequest,
  MultiOp,
  MultiRequest,
  MultiResult,
  PathWatchRequest,
  Request,
  SetWatchesRequest,
  StatFields,
} from '../../core/wire/records.ts'
import type { ClientInfo } from '../../core/wire/responses.ts'

const INT32 = { min: -0x8000_0000, max: 0x7fff_ffff }
const UINT32 = { min: 0, max: 0xffff_ffff }

export const int32: fc.Arbitrary<number> = fc.oneof(fc.integer(INT32), fc.constantFrom(-1, 0, 1, INT32.min, INT32.max))
export const uint32: fc.Arbitrary<number> = fc.oneof(fc.integer(UINT32), fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff))
/** What a number holds of a long: every safe integer, of both signs. */
export const safeLong: fc.Arbitrary<number> = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(-1, 0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
)
export const long: fc.Arbitrary<bigint> = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
/** ASCII around the lengths at which the cursors change method, and any other Unicode text without lone surrogates. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme-composite', maxLength: 10 }),
)
export const texts: fc.Arbitrary<string[]> = fc.array(text, { maxLength: 5 })
export const bytes: fc.Arbitrary<Buffer> = fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b))
export const nullableBytes: fc.Arbitrary<Buffer | null> = fc.option(bytes)

export const acl: fc.Arbitrary<Acl> = fc.record({ perms: int32, id: fc.record({ scheme: text, id: text }) })
export const acls: fc.Arbitrary<Acl[]> = fc.array(acl, { maxLength: 4 })
const nullableAcls: fc.Arbitrary<Acl[] | null> = fc.option(acls)
const nullableText: fc.Arbitrary<string | null> = fc.option(text)

export const stat: fc.Arbitrary<StatFields> = fc.record({
  czxid: safeLong,
  mzxid: safeLong,
  ctime: safeLong,
  mtime: safeLong,
  version: int32,
  cversion: int32,
  aversion: int32,
  ownerHi: uint32,
  ownerLo: uint32,
  dataLength: int32,
  numChildren: int32,
  pzxid: safeLong,
})

export const connectRequest: fc.Arbitrary<ConnectRequest> = fc.record({
  protocolVersion: int32,
  lastZxidSeen: safeLong,
  timeoutMs: int32,
  sessionHi: uint32,
  sessionLo: uint32,
  password: bytes,
  readOnly: fc.option(fc.boolean()),
})

export const connectResponse: fc.Arbitrary<ConnectResponse> = fc.record({
  protocolVersion: int32,
  timeoutMs: int32,
  sessionHi: uint32,
  sessionLo: uint32,
  password: bytes,
  readOnly: fc.option(fc.boolean()),
})

function createRequest(flags: fc.Arbitrary<number>): fc.Arbitrary<CreateRequest> {
  return fc.record({
    op: fc.constantFrom(OpCode.create, OpCode.create2, OpCode.createContainer),
    path: text,
    data: nullableBytes,
    acl: nullableAcls,
    flags,
  })
}

const createTtl: fc.Arbitrary<CreateTtlRequest> = fc.record({
  op: fc.constant(OpCode.createTtl),
  path: text,
  data: nullableBytes,
  acl: nullableAcls,
  flags: int32,
  ttlMs: safeLong,
})

const pathVersion = fc.record({ op: fc.constantFrom(OpCode.delete, OpCode.check), path: text, version: int32 })
const setData = fc.record({ op: fc.constant(OpCode.setData), path: text, data: nullableBytes, version: int32 })

/** What a multi can hold: its creates carry a flag of one of the modes without a TTL. */
export const multiOp: fc.Arbitrary<MultiOp> = fc.oneof(createRequest(fc.integer({ min: 0, max: 4 })), createTtl, pathVersion, setData)
export const multiRequest: fc.Arbitrary<MultiRequest> = fc.record({
  op: fc.constant(OpCode.multi),
  ops: fc.array(multiOp, { maxLength: 6 }),
})

const multiReadOp: fc.Arbitrary<PathWatchRequest> = fc.record({
  op: fc.constantFrom(OpCode.getData, OpCode.getChildren),
  path: text,
  watch: fc.boolean(),
})

const setWatches2: fc.Arbitrary<SetWatchesRequest> = fc.record({
  op: fc.constant(OpCode.setWatches2),
  relativeZxid: safeLong,
  data: texts,
  exist: texts,
  child: texts,
  persistent: texts,
  persistentRecursive: texts,
})

/** One arbitrary per shape of request; together they cover every op a client may send, and check. */
export const requests: readonly fc.Arbitrary<Request>[] = [
  createRequest(int32),
  createTtl,
  pathVersion,
  setData,
  multiRequest,
  fc.record({ op: fc.constant(OpCode.multiRead), ops: fc.array(multiReadOp, { maxLength: 6 }) }),
  fc.record({
    op: fc.constantFrom(OpCode.exists, OpCode.getData, OpCode.getChildren, OpCode.getChildren2),
    path: text,
    watch: fc.boolean(),
  }),
  fc.record({
    op: fc.constantFrom(OpCode.getAcl, OpCode.sync, OpCode.deleteContainer, OpCode.getAllChildrenNumber, OpCode.getEphemerals),
    path: text,
  }),
  fc.record({ op: fc.constant(OpCode.setAcl), path: text, acl: nullableAcls, version: int32 }),
  fc.record({
    op: fc.constant(OpCode.reconfig),
    joiningServers: nullableText,
    leavingServers: nullableText,
    newMembers: nullableText,
    curConfigId: safeLong,
  }),
  fc.record({ op: fc.constantFrom(OpCode.checkWatches, OpCode.removeWatches), path: text, type: int32 }),
  fc.record({ op: fc.constant(OpCode.addWatch), path: text, mode: int32 }),
  fc.record({ op: fc.constant(OpCode.auth), type: int32, scheme: text, auth: nullableBytes }),
  setWatches2,
  setWatches2.map((q): SetWatchesRequest => ({ ...q, op: OpCode.setWatches, persistent: [], persistentRecursive: [] })),
  fc.record({ op: fc.constant(OpCode.sasl), token: nullableBytes }),
  fc.record({ op: fc.constantFrom(OpCode.ping, OpCode.closeSession, OpCode.whoAmI) }),
]
export const request: fc.Arbitrary<Request> = fc.oneof(...requests)

export const multiResult: fc.Arbitrary<MultiResult> = fc.oneof(
  fc.record({ op: fc.constant(OpCode.create), err: fc.constant(0 as const), path: text, stat: fc.constant(null) }),
  fc.record({ op: fc.constant(OpCode.create2), err: fc.constant(0 as const), path: text, stat }),
  fc.record({
    op: fc.constantFrom(OpCode.delete, OpCode.check),
    err: fc.constant(0 as const),
    path: fc.constant(null),
    stat: fc.constant(null),
  }),
  fc.record({ op: fc.constant(OpCode.setData), err: fc.constant(0 as const), path: fc.constant(null), stat }),
  fc.record({ op: fc.constant(OpCode.error), err: fc.constantFrom(0, -101, -2), path: fc.constant(null), stat: fc.constant(null) }),
)

export const clientInfo: fc.Arbitrary<ClientInfo> = fc.record({ authScheme: text, user: text })
