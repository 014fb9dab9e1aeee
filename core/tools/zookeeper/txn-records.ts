// tools: one record of ZooKeeper's transaction log, decoded (SerializeUtils.deserializeTxn, zookeeper.jute: TxnHeader and the txn classes).
//
//   record   TxnHeader, txn, [TxnDigest]                             the digest since 3.6: int version, long digest of the tree after it
//   header   long session, int cxid, long zxid, long time, int type
//
//   type                  txn
//   -10 createSession     int timeout
//   -11 closeSession      nothing (before 3.6), or vector<ustring> of the ephemerals that go
//   1, 15 create(2)       ustring path, buffer data, vector<ACL>, bool ephemeral, [int parentCVersion]     not before 3.4: -1
//   19 createContainer    ustring path, buffer data, vector<ACL>, int parentCVersion
//   21 createTTL          as container, long ttl
//   2, 20 delete          ustring path
//   5, 16 setData         ustring path, buffer data, int version           16 is a reconfiguration: /zookeeper/config
//   7 setACL              ustring path, vector<ACL>, int version
//   14 multi              vector of (int type, buffer txn); one of type error: nothing of it happened
//   13 check, -1 error    nothing happens

import { readAclList } from '../../wire/acl.ts'
import { OpCode } from '../../wire/op-codes.ts'
import { ProtocolError } from '../../wire/protocol-error.ts'
import { Reader } from '../../wire/reader.ts'
import type { Acl } from '../../wire/records.ts'
import { readString } from '../../wire/strings.ts'
import { CONTAINER_OWNER, ttlOwner } from './ephemeral-owner.ts'

/** Of a TxnHeader, and what no record goes without. */
export const TXN_HEADER_BYTES = 32
const DIGEST_BYTES = 12

export interface TxnHeader {
  /** Unsigned id of the session that asked. */
  readonly session: bigint
  readonly zxid: number
  readonly timeMs: number
  readonly type: number
}

/** What a record does. Buffers are views of the record's bytes. */
export type Txn =
  | { readonly kind: 'createSession'; readonly timeoutMs: number }
  /** `paths`: the ephemerals that go, if the record names them. */
  | { readonly kind: 'closeSession'; readonly paths: readonly string[] | null }
  | {
      readonly kind: 'create'
      readonly path: string
      readonly data: Buffer | null
      readonly acl: readonly Acl[] | null
      /** As in a Stat on disk: 0, the session, or the mark of a container or TTL node. */
      readonly owner: bigint
      /** Creates of the parent after this one; -1: one more than before. */
      readonly parentCreates: number
    }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'setData'; readonly path: string; readonly data: Buffer | null; readonly version: number }
  | { readonly kind: 'setAcl'; readonly path: string; readonly acl: readonly Acl[] | null; readonly version: number }
  | { readonly kind: 'multi'; readonly ops: readonly Txn[] }
  | { readonly kind: 'nothing' }

const NOTHING: Txn = { kind: 'nothing' }

export interface TxnRecord {
  readonly header: TxnHeader
  readonly txn: Txn
  /** The digest of the tree after this record as an unsigned number; `null` if the record has none of version 2. */
  readonly digest: bigint | null
}

/** A record that no release of ZooKeeper writes. */
export class TxnFormatError extends Error {
  override readonly name = 'TxnFormatError'
}

export function readTxnHeader(r: Reader): TxnHeader {
  const session = unsigned(r.int64BigInt())
  r.int32() // cxid
  const zxid = r.int64()
  const timeMs = r.int64()
  return { session, zxid, timeMs, type: r.int32() }
}

/** Decodes the bytes of one record. Throws {@link TxnFormatError}. */
export function readTxnRecord(bytes: Buffer): TxnRecord {
  try {
    const r = new Reader(bytes)
    const header = readTxnHeader(r)
    const txn = header.type === OpCode.closeSession ? readCloseSession(r, bytes) : readTxn(r, header.type, header.session, true)
    const digest = readDigest(r)
    r.expectEnd('transaction')
    return { header, txn, digest }
  } catch (error) {
    if (error instanceof ProtocolError) throw new TxnFormatError(`a transaction cannot be read: ${error.message}`)
    throw error
  }
}

function readTxn(r: Reader, type: number, session: bigint, whole: boolean): Txn {
  switch (type) {
    case OpCode.createSession:
      return { kind: 'createSession', timeoutMs: r.int32() }
    case OpCode.create:
    case OpCode.create2:
      return readCreate(r, session)
    case OpCode.createContainer:
      return { ...readNewNode(r), owner: CONTAINER_OWNER, parentCreates: r.int32() }
    case OpCode.createTtl: {
      const node = readNewNode(r)
      const parentCreates = r.int32()
      return { ...node, owner: ttlOwner(r.int64()), parentCreates }
    }
    case OpCode.delete:
    case OpCode.deleteContainer:
      return { kind: 'delete', path: readString(r) }
    case OpCode.setData:
    case OpCode.reconfig:
      return { kind: 'setData', path: readString(r), data: r.buffer(), version: r.int32() }
    case OpCode.setAcl:
      return { kind: 'setAcl', path: readString(r), acl: readAclList(r), version: r.int32() }
    case OpCode.multi:
      if (whole) return readMulti(r, session)
      throw new TxnFormatError('a multi inside a multi')
    case OpCode.check:
      readString(r)
      r.int32()
      return NOTHING
    case OpCode.error:
      r.int32()
      return NOTHING
    default:
      throw new TxnFormatError(`a transaction of type ${type}, which this program does not know`)
  }
}

interface NewNode {
  readonly kind: 'create'
  readonly path: string
  readonly data: Buffer | null
  readonly acl: readonly Acl[] | null
}

function readNewNode(r: Reader): NewNode {
  return { kind: 'create', path: readString(r), data: r.buffer(), acl: readAclList(r) }
}

function readCreate(r: Reader, session: bigint): Txn {
  const node = readNewNode(r)
  const owner = r.boolean() ? session : 0n
  // Nothing but a digest, or nothing at all, is left of a record of 3.3.
  const hasCreates = r.remaining !== 0 && r.remaining !== DIGEST_BYTES
  return { ...node, owner, parentCreates: hasCreates ? r.int32() : -1 }
}

function readMulti(r: Reader, session: bigint): Txn {
  const count = r.vectorCount(8)
  const ops: Txn[] = []
  let failed = false
  for (let i = 0; i < count; i++) {
    const type = r.int32()
    const body = r.buffer()
    if (type === OpCode.error) failed = true
    if (body === null) throw new TxnFormatError('an operation of a multi without a body')
    const op = new Reader(body)
    ops.push(readTxn(op, type, session, false))
    op.expectEnd('operation of a multi')
  }
  return failed ? NOTHING : { kind: 'multi', ops }
}

/**
 * A server may write the paths or not, and a digest or not. Where both could be meant (12 bytes), only paths begin with a slash.
 */
function readCloseSession(r: Reader, bytes: Buffer): Txn {
  if (r.remaining === 0) return { kind: 'closeSession', paths: null }
  const start = r.position
  const paths = tryReadPaths(r)
  if (paths === null) r.reset(bytes, start, bytes.length)
  return { kind: 'closeSession', paths }
}

function tryReadPaths(r: Reader): string[] | null {
  try {
    const count = r.vectorCount(4)
    if (count < 0) return null
    const paths: string[] = []
    for (let i = 0; i < count; i++) {
      const path = r.ustring()
      if (path === null || !path.startsWith('/')) return null
      paths.push(path)
    }
    return r.remaining === 0 || r.remaining === DIGEST_BYTES ? paths : null
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
}

function readDigest(r: Reader): bigint | null {
  if (r.remaining === 0) return null
  const version = r.int32()
  const digest = r.int64BigInt()
  return version === DIGEST_VERSION ? unsigned(digest) : null
}

/** The version of the digest that is compared; 3.6 to 3.9 write it. */
export const DIGEST_VERSION = 2

/** A long as the unsigned number that has its bits. */
export function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}
