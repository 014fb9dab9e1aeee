// Files of ZooKeeper for tests: the committed ones with what their server showed, and hand-made ones.

import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adler32 } from '../../core/tools/zookeeper/adler32.ts'
import type { StateMachine } from '../../core/tree/state-machine.ts'
import { writeAclList } from '../../core/wire/acl.ts'
import type { Acl } from '../../core/wire/records.ts'
import { Writer } from '../../core/wire/writer.ts'
import type { CensusNode } from '../interop/import/census.ts'

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url))

export interface ExpectedSession {
  readonly id: string
  readonly timeoutMs: number
  readonly password: string
  readonly ephemerals: readonly string[]
}

/** What a server showed before it was killed. */
export interface Expected {
  readonly lastZxid: string
  readonly nodes: readonly CensusNode[]
  readonly sessions: readonly ExpectedSession[]
}

export const FIXTURE_NAMES = ['log-only', 'restarted', 'gzip', 'no-digest', 'ensemble'] as const

/** Copies the data of a fixture to a folder that a test may damage. */
export function copyFixture(name: (typeof FIXTURE_NAMES)[number], target: string): Expected {
  cpSync(join(FIXTURES, name, 'version-2'), join(target, 'version-2'), { recursive: true })
  return JSON.parse(readFileSync(join(FIXTURES, name, 'expected.json'), 'utf8')) as Expected
}

/** The nodes of a state in the shape in which a census shows them; `undefined` in place of those that are missing. */
export function nodesOf(machine: StateMachine, paths: readonly string[]): (CensusNode | undefined)[] {
  return paths.map((path) => {
    const node = machine.node(path)
    if (node === undefined) return undefined
    const { czxid, mzxid, pzxid, ownerHi, ownerLo, ctime, mtime, version, cversion, aversion, dataLength, numChildren } = node.stat()
    const owner = (BigInt(ownerHi >>> 0) << 32n) | BigInt(ownerLo >>> 0)
    return {
      path,
      data: node.data === null ? null : node.data.toString('base64'),
      acl: node.acl.list,
      stat: {
        czxid: `0x${czxid.toString(16)}`,
        mzxid: `0x${mzxid.toString(16)}`,
        pzxid: `0x${pzxid.toString(16)}`,
        ephemeralOwner: `0x${owner.toString(16)}`,
        ctimeMs: ctime,
        mtimeMs: mtime,
        version,
        cversion,
        aversion,
        dataLength,
        numChildren,
      },
    }
  })
}

/** The sessions of a state in the shape in which a fixture names them, by id. */
export function sessionsOf(machine: StateMachine): ExpectedSession[] {
  return [...machine.sessions.values()]
    .map(({ hi, lo, timeoutMs, password, ephemerals }) => ({
      id: `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`,
      timeoutMs,
      password: password.toString('hex'),
      ephemerals: [...ephemerals].sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Where the records of a log lie. */
export function logRecords(bytes: Buffer): { readonly offset: number; readonly end: number; readonly zxid: number }[] {
  const records: { offset: number; end: number; zxid: number }[] = []
  for (let offset = 16; offset + 12 < bytes.length; ) {
    const length = bytes.readInt32BE(offset + 8)
    if (length === 0) break
    const end = offset + 13 + length
    records.push({ offset, end, zxid: Number(bytes.readBigInt64BE(offset + 24)) })
    offset = end
  }
  return records
}

/** A record as it lies in a log. */
export function logRecord(zxid: number, type: number, session: bigint, body: (w: Writer) => void): Buffer {
  const w = new Writer()
  w.int64BigInt(session)
  w.int32(0)
  w.int64(zxid)
  w.int64(1_700_000_000_000 + zxid)
  w.int32(type)
  body(w)
  return frameRecord(w.copy())
}

export function frameRecord(bytes: Buffer): Buffer {
  const w = new Writer()
  w.int64(adler32(bytes))
  w.buffer(bytes)
  w.raw(Buffer.from('B'))
  return w.copy()
}

/** A whole log file. */
export function logFile(records: readonly Buffer[]): Buffer {
  return Buffer.concat([fileHeader('ZKLG'), ...records, Buffer.alloc(100)])
}

function fileHeader(magic: string): Buffer {
  const header = Buffer.alloc(16)
  header.write(magic)
  header.writeInt32BE(2, 4)
  return header
}

export interface HandMadeNode {
  readonly path: string
  readonly data?: Buffer | null
  readonly aclNumber?: number
  readonly owner?: bigint
  readonly creates?: number
  readonly mtime?: number
}

/** A snapshot file: the built-in nodes and `nodes`, which come parents first. */
export function snapshotFile(
  nodes: readonly HandMadeNode[],
  sessions: readonly (readonly [id: bigint, timeoutMs: number])[] = [],
  acls: readonly (readonly [number: number, list: readonly Acl[]])[] = [],
): Buffer {
  const w = new Writer()
  w.raw(fileHeader('ZKSN'))
  w.int32(sessions.length)
  for (const [id, timeoutMs] of sessions) {
    w.int64BigInt(id)
    w.int32(timeoutMs)
  }
  w.int32(acls.length)
  for (const [number, list] of acls) {
    w.int64(number)
    writeAclList(w, list)
  }
  const builtIn = ['', '/zookeeper', '/zookeeper/quota'].map((path) => ({ path }))
  for (const node of [...builtIn, ...nodes]) writeNode(w, node)
  w.ustring('/')
  const body = w.copy()
  w.int64(adler32(body))
  w.ustring('/')
  return Buffer.concat([body, w.copy()])
}

function writeNode(w: Writer, { path, data = Buffer.alloc(0), aclNumber = -1, owner = 0n, creates = 0, mtime = 1000 }: HandMadeNode): void {
  w.ustring(path)
  w.buffer(data)
  w.int64(aclNumber)
  w.int64(0)
  w.int64(0)
  w.int64(mtime)
  w.int64(mtime)
  w.int32(0)
  w.int32(creates)
  w.int32(0)
  w.int64BigInt(BigInt.asIntN(64, owner))
  w.int64(0)
}
