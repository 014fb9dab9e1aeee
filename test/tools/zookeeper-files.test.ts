// Readers of ZooKeeper's files on bytes made by hand: damage of every kind, records of old releases, what a tree of ours cannot hold.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { adler32 } from '../../core/tools/zookeeper/adler32.ts'
import type { ByteFile } from '../../core/tools/zookeeper/byte-file.ts'
import { OwnerKinds, ttlMsOf } from '../../core/tools/zookeeper/ephemeral-owner.ts'
import { type ImportOptions, type ReadState, readZooKeeper } from '../../core/tools/zookeeper/import.ts'
import { sessionPassword } from '../../core/tools/zookeeper/session-password.ts'
import { type LogEnd, readTxnLog } from '../../core/tools/zookeeper/txn-log-reader.ts'
import { readTxnRecord } from '../../core/tools/zookeeper/txn-records.ts'
import { writeAclList } from '../../core/wire/acl.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { OPEN_ACL } from '../../core/wire/records.ts'
import type { Writer } from '../../core/wire/writer.ts'
import { copyFixture, type HandMadeNode, logFile, logRecord, logRecords, snapshotFile } from './zookeeper-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zookeeper-files-'))
  mkdirSync(join(folder, 'version-2'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function memoryFile(bytes: Buffer): ByteFile {
  return { path: 'log.1', size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }
}

function readAll(bytes: Buffer): { readonly zxids: number[]; readonly end: LogEnd } {
  const zxids: number[] = []
  const records = readTxnLog(memoryFile(bytes))
  for (;;) {
    const step = records.next()
    if (step.done === true) return { zxids, end: step.value }
    zxids.push(step.value.zxid)
  }
}

function put(name: string, bytes: Buffer): string {
  const file = join(folder, 'version-2', name)
  writeFileSync(file, bytes)
  return file
}

function read(options: Partial<ImportOptions> = {}): Promise<ReadState> {
  const defaults = { dropSessions: false, emulate353: false, acceptLoss: false, nowMs: 1e13, progress: () => {}, logDir: folder }
  return readZooKeeper({ from: folder, ...defaults, ...options })
}

/** Reads a snapshot of these nodes and a log that follows it. */
function readMade(
  nodes: readonly HandMadeNode[],
  records: readonly Buffer[] = [],
  sessions: readonly (readonly [bigint, number])[] = [],
  options: Partial<ImportOptions> = {},
): Promise<ReadState> {
  put('snapshot.0', snapshotFile(nodes, sessions))
  put('log.1', logFile(records))
  return read(options)
}

const create =
  (path: string, parentCreates: number | null, ephemeral = false) =>
  (w: Writer) => {
    w.ustring(path)
    w.buffer(Buffer.from('data'))
    writeAclList(w, OPEN_ACL)
    w.boolean(ephemeral)
    if (parentCreates !== null) w.int32(parentCreates)
  }
const path = (name: string) => (w: Writer) => w.ustring(name)
const digest = (w: Writer): void => {
  w.int32(2)
  w.int64(1)
}

describe('Adler-32', () => {
  it('is that of RFC 1950', () => {
    expect(adler32(Buffer.from('Wikipedia'))).toBe(0x11e60398)
    expect(adler32(Buffer.alloc(0))).toBe(1)
    // Long runs of the largest byte would overflow sums that are reduced too seldom.
    expect(adler32(Buffer.alloc(1_000_000, 0xff))).toBe(0x3843_e1be)
  })
})

describe('a session password', () => {
  it('is what java.util.Random makes of the id', () => {
    expect(sessionPassword(0, 0xb341_5c00).toString('hex')).toBe('60b420bb3851d9d47acb933dbe70399b')
    expect(sessionPassword(0x1000_0000, 1).toString('hex')).toBe('054cc74a37327db215e702e20c73f005')
    expect(sessionPassword(0xff00_0000, 5).toString('hex')).toBe('51d0af4ab760fac5eaf29f8f5a96423a')
  })
})

describe('an owner', () => {
  it('is a session, a container, a TTL node or nobody', () => {
    const owners = new OwnerKinds(false)
    owners.sessionSeen(0xff00_0000_0000_0005n)
    expect(owners.kindOf(0n)).toBe('none')
    expect(owners.kindOf(0x1000_0000_0000_0001n)).toBe('session')
    expect(owners.kindOf(0x8000_0000_0000_0000n)).toBe('container')
    expect(owners.kindOf(0xff00_0000_0000_03e8n)).toBe('ttl')
    expect(ttlMsOf(0xff00_0000_0000_03e8n)).toBe(1000)
    // The bits of a TTL node, but there is such a session: of a server with id 255.
    expect(owners.kindOf(0xff00_0000_0000_0005n)).toBe('session')
    expect(owners.kindOf(0xff12_3400_0000_0005n)).toBe('session')
    expect(owners.kindOf(0x8000_0000_0000_03e8n)).toBe('session')
    expect(new OwnerKinds(true).kindOf(0x8000_0000_0000_03e8n)).toBe('ttl')
  })
})

describe('the log', () => {
  const records = [1, 2, 3, 4].map((zxid) => logRecord(zxid, OpCode.delete, 7n, path(`/node-${zxid}`)))

  it('ends at zeros or at the end of the file', () => {
    expect(readAll(logFile(records))).toEqual({ zxids: [1, 2, 3, 4], end: { offset: expect.any(Number), torn: false } })
    const whole = logFile(records).subarray(0, -100)
    expect(readAll(whole)).toEqual({ zxids: [1, 2, 3, 4], end: { offset: whole.length, torn: false } })
    expect(readAll(logFile([]))).toEqual({ zxids: [], end: { offset: 16, torn: false } })
  })

  it('has no flipped bit in a record that others follow which goes unnoticed', () => {
    const bytes = logFile(records)
    const [, second] = logRecords(bytes)
    for (let at = second?.offset ?? 0; at < (second?.end ?? 0); at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(bytes)
        flipped[at] = (flipped[at] as number) ^ (1 << bit)
        expect(() => readAll(flipped), `byte ${at}, bit ${bit}`).toThrow(`log.1 at offset ${second?.offset}: `)
      }
    }
  })

  it('is not taken for torn when a whole record follows, wherever it begins', () => {
    const bytes = logFile(records)
    const [, second, third] = logRecords(bytes)
    bytes.fill(0, second?.offset, (second?.end ?? 0) - 1)
    expect(() => readAll(bytes)).toThrow(`a whole one (zxid 0x3) follows at offset ${third?.offset}`)
  })

  it('is torn where a record ends in zeros or the file ends in it', () => {
    const bytes = logFile(records)
    const last = logRecords(bytes).at(-1)
    const { offset = 0, end = 0 } = last ?? {}
    expect(readAll(bytes.subarray(0, end - 1)).end).toEqual({ offset, torn: true })
    const zeros = Buffer.from(bytes)
    zeros.fill(0, end - 6, end)
    expect(readAll(zeros)).toEqual({ zxids: [1, 2, 3], end: { offset, torn: true } })
  })

  it('says what is wrong with a file that is none', () => {
    expect(() => readAll(Buffer.from('ZKLG'))).toThrow('log.1 at offset 0: the file has 4 bytes, less than its header')
    expect(() => readAll(Buffer.alloc(100))).toThrow('log.1 at offset 0: this is no transaction log of ZooKeeper')
    const later = logFile(records)
    later.writeInt32BE(3, 4)
    expect(() => readAll(later)).toThrow('log.1 at offset 4: a log of format version 3; this program reads 2')
    const absurd = logFile(records)
    absurd.writeInt32BE(-5, 24)
    expect(() => readAll(absurd)).toThrow('log.1 at offset 16: a record that claims to have -5 bytes')
  })
})

describe('a record', () => {
  const decode = (type: number, ...bodies: ((w: Writer) => void)[]) => {
    const framed = logRecord(9, type, 7n, (w) => {
      for (const body of bodies) body(w)
    })
    return readTxnRecord(framed.subarray(12, -1))
  }

  it('of a create may lack the parent counter (3.3) and the digest (before 3.6)', () => {
    const node = { kind: 'create', path: '/a', data: Buffer.from('data'), acl: OPEN_ACL }
    expect(decode(OpCode.create, create('/a', null))).toMatchObject({ txn: { ...node, owner: 0n, parentCreates: -1 }, digest: null })
    expect(decode(OpCode.create, create('/a', 5, true))).toMatchObject({ txn: { ...node, owner: 7n, parentCreates: 5 }, digest: null })
    expect(decode(OpCode.create, create('/a', null), digest)).toMatchObject({ txn: { parentCreates: -1 }, digest: 1n })
    expect(decode(OpCode.create2, create('/a', 5), digest)).toMatchObject({ txn: { parentCreates: 5 }, digest: 1n })
  })

  it('of a session end may have paths, a digest, both or nothing', () => {
    const paths = (...list: string[]) => {
      return (w: Writer): void => {
        w.int32(list.length)
        for (const item of list) w.ustring(item)
      }
    }
    expect(decode(OpCode.closeSession)).toMatchObject({ txn: { paths: null }, digest: null })
    expect(decode(OpCode.closeSession, digest)).toMatchObject({ txn: { paths: null }, digest: 1n })
    expect(decode(OpCode.closeSession, paths())).toMatchObject({ txn: { paths: [] }, digest: null })
    expect(decode(OpCode.closeSession, paths(), digest)).toMatchObject({ txn: { paths: [] }, digest: 1n })
    // As long as a digest.
    expect(decode(OpCode.closeSession, paths('/abc'))).toMatchObject({ txn: { paths: ['/abc'] }, digest: null })
    expect(decode(OpCode.closeSession, paths('/a', '/b/c'), digest)).toMatchObject({ txn: { paths: ['/a', '/b/c'] }, digest: 1n })
  })

  it('is refused if it is of an unknown type, too short or too long', () => {
    expect(() => decode(99)).toThrow('a transaction of type 99, which this program does not know')
    expect(() => decode(OpCode.setData, path('/a'))).toThrow('a transaction cannot be read')
    expect(() => decode(OpCode.delete, path('/a'), (w) => w.int32(1))).toThrow('a transaction cannot be read')
  })

  it('that is refused is named with its file and offset', async () => {
    const file = put('log.1', logFile([logRecord(1, OpCode.createSession, 7n, (w) => w.int32(1000)), logRecord(2, 99, 7n, () => {})]))
    await expect(read()).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      message: expect.stringContaining(`${file} at offset 65: a transaction of type 99`) as string,
    })
  })
})

describe('a snapshot', () => {
  it('says what is wrong with a file that is none', async () => {
    const cases: [string, Buffer, RegExp][] = [
      ['snapshot.5', Buffer.alloc(100), /at offset 0: this is no snapshot of ZooKeeper/],
      ['snapshot.5', Buffer.alloc(0), /at offset 0: the file ends in its header/],
      ['snapshot.5', snapshotFile([]).subarray(0, 100), /the file ends in its nodes/],
      ['snapshot.5', Buffer.concat([snapshotFile([]), Buffer.from('more')]), /the end of the snapshot cannot be read/],
      ['snapshot.5', Buffer.concat([snapshotFile([]), Buffer.alloc(5000)]), /there are bytes after the end/],
      ['snapshot.5', snapshotFile([{ path: '/a/b' }]), /"\/a\/b" has no parent/],
      ['snapshot.5', snapshotFile([{ path: '/a' }, { path: '/a' }]), /"\/a" is there twice/],
      ['snapshot.5.gz', snapshotFile([]), /the compressed file is damaged \(incorrect header check\)/],
      ['snapshot.5.snappy', snapshotFile([]), /compressed with snappy, which this program does not read/],
    ]
    for (const [name, bytes, message] of cases) {
      const file = put(name, bytes)
      await expect(read()).rejects.toThrow(message)
      await expect(read()).rejects.toThrow(`snapshot passed over: ${file} at offset`)
      rmSync(file)
    }
  })

  it('of a live server has every cut noticed', async () => {
    copyFixture('gzip', folder)
    const bytes = readFileSync(join(folder, 'version-2/snapshot.0'))
    rmSync(join(folder, 'version-2'), { recursive: true })
    mkdirSync(join(folder, 'version-2'))
    const found: number[] = []
    for (let end = 0; end < bytes.length; end++) {
      put('snapshot.0', bytes.subarray(0, end))
      await read().then(
        () => found.push(end),
        (error: unknown) => expect(error).toMatchObject({ code: 'ERR_STORAGE' }),
      )
    }
    // Without the digest and its seal it is a whole snapshot of an older release.
    expect(found).toEqual([bytes.length - 33])
  })
})

describe('a tree', () => {
  const session = 0x1000_0000_0000_0001n

  it('of an old release gets /zookeeper/config', async () => {
    const { machine, report } = await readMade([])
    expect(machine.node('/zookeeper/config')?.stat()).toMatchObject({ aversion: -1, dataLength: 0 })
    expect(report).toMatchObject({ nodes: 4, digest: 'absent' })
  })

  it('counts the creates of a record that does not say how many there were', async () => {
    const { machine } = await readMade([{ path: '/a', creates: 3 }], [logRecord(1, OpCode.create, session, create('/a/b', null))])
    expect(machine.node('/a')?.stat()).toMatchObject({ cversion: 7, pzxid: 1, numChildren: 1 })
  })

  it('takes the list of a create whose node is there already', async () => {
    const { machine } = await readMade(
      [{ path: '/a', aclNumber: 77, data: Buffer.from('old') }],
      [logRecord(1, OpCode.create2, session, create('/a', 1))],
    )
    expect(machine.node('/a')?.acl.list).toEqual(OPEN_ACL)
    expect(machine.node('/a')?.data?.toString()).toBe('old')
    expect(machine.node('/')?.stat()).toMatchObject({ pzxid: 1 })
  })

  it('takes what a fuzzy snapshot holds below a node that is deleted and made again', async () => {
    const nodes = [
      { path: '/a', creates: 1 },
      { path: '/a/b', data: Buffer.from('early') },
    ]
    const { machine } = await readMade(nodes, [
      logRecord(1, OpCode.delete, session, path('/a')),
      logRecord(2, OpCode.create2, session, create('/a', 2)),
      logRecord(3, OpCode.create2, session, create('/a/b', 1)),
    ])
    expect(machine.node('/a')?.stat()).toMatchObject({ czxid: 2, pzxid: 3, cversion: 1, numChildren: 1 })
    expect(machine.node('/a/b')?.stat()).toMatchObject({ czxid: 3 })
    expect(machine.node('/a/b')?.data?.toString()).toBe('data')
  })

  it('knows no ephemeral any more of a subtree that went', async () => {
    const nodes = [
      { path: '/a', creates: 1 },
      { path: '/a/e', owner: session },
    ]
    const other = session + 1n
    const sessions = [[session, 5000] as const, [other, 5000] as const]
    const { machine } = await readMade(
      nodes,
      [
        logRecord(1, OpCode.delete, other, path('/a')),
        logRecord(2, OpCode.create2, other, create('/a', 2)),
        logRecord(3, OpCode.create2, other, create('/a/e', 1, true)),
        // The node under the old one's path is another session's now.
        logRecord(4, OpCode.closeSession, session, () => {}),
      ],
      sessions,
    )
    expect(machine.node('/a/e')?.stat()).toMatchObject({ czxid: 3, ownerLo: 2 })
    expect(machine.sessions.size).toBe(1)
  })

  it('loses the ephemerals of sessions that do not exist, with a note', async () => {
    const nodes = [
      { path: '/dead', owner: session },
      { path: '/alive', owner: session + 1n },
    ]
    const { machine, report } = await readMade(nodes, [], [[session + 1n, 5000]])
    expect(machine.node('/dead')).toBeUndefined()
    expect(machine.node('/alive')).toBeDefined()
    expect(report.notes).toEqual(['1 ephemeral nodes of sessions that had ended were removed, as ZooKeeper does at its start'])
  })

  it('of release 3.5.3 keeps its TTL nodes on request', async () => {
    const nodes = [
      { path: '/ttl', owner: 0x8000_0000_0000_03e8n, mtime: 500 },
      { path: '/later', mtime: 900 },
    ]
    expect((await readMade(nodes)).machine.node('/ttl')).toBeUndefined()
    const { machine, report } = await readMade(nodes, [], [], { emulate353: true })
    expect(machine.node('/ttl')?.lifetime).toMatchObject({ ttlMs: 1000, touchedMs: 500 })
    expect(report).toMatchObject({ ttlNodes: 1 })
  })

  it('counts quotas afresh', async () => {
    const quota = '/zookeeper/quota/a'
    const nodes = [
      { path: '/a', data: Buffer.from('12345') },
      { path: '/a/b', data: null },
      { path: quota },
      { path: `${quota}/zookeeper_limits`, data: Buffer.from('count=10,bytes=100') },
      { path: `${quota}/zookeeper_stats`, data: Buffer.from('count=1,bytes=1') },
    ]
    const { machine, report } = await readMade(nodes)
    expect(report.quotas).toBe(1)
    expect(machine.node(`${quota}/zookeeper_stats`)?.data?.toString()).toBe('count=2,bytes=5')
    expect(machine.node('/a/b')?.data).toBeNull()
  })

  it('names the schemes in its lists that no client can prove here', async () => {
    const list = [
      { perms: 31, id: { scheme: 'sasl', id: 'app' } },
      { perms: 1, id: { scheme: 'ip', id: '::1' } },
    ]
    put('snapshot.0', snapshotFile([{ path: '/a', aclNumber: 1 }], [], [[1, list]]))
    const { machine, report } = await read()
    expect(machine.node('/a')?.acl.list).toEqual(list)
    expect(report.notes).toEqual([expect.stringMatching(/^access control lists name identities of sasl, which no client can prove here/)])
  })

  it('is refused with everything in it that ours cannot hold', async () => {
    const nodes = [
      { path: '/control\u0001', owner: 0n },
      { path: '/\ufffd' },
      { path: '/list', aclNumber: 9 },
      { path: '/old', mtime: -1 },
      { path: '/e', owner: session },
      { path: '/e/child' },
    ]
    const refused = readMade(
      nodes,
      [],
      [
        [session, 5000],
        [session + 1n, 0],
      ],
    )
    await expect(refused).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    for (const problem of [
      'holds 6 things that cannot be imported',
      '"/control\\u0001": a path must not contain U+0001',
      '"/\ufffd": a path must not contain U+FFFD',
      '"/list": its access control list is neither in the snapshot nor in the log',
      '"/old": its ctime is -1',
      '"/e": it is ephemeral and has children',
      'session 0x1000000000000002 has a timeout of 0 ms',
    ]) {
      await expect(refused).rejects.toThrow(problem)
    }
  })

  it('is not looked for in a folder that is none', async () => {
    await expect(read({ from: join(folder, 'missing') })).rejects.toThrow(
      /missing\/version-2 cannot be read; expected the folder that dataDir/,
    )
    await expect(read()).rejects.toThrow('nothing to import: there is neither a snapshot nor a log')
    mkdirSync(join(folder, 'version-2/log.1'))
    await expect(read()).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining('EISDIR') as string })
  })
})
