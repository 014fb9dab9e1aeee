// Import of what Debian's Apache ZooKeeper 3.8.0 wrote (fixtures: test/interop/import/write-fixtures.ts), against what that server showed of
// its tree before it was killed.

import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../core/index.ts'
import { startServer } from '../../core/server/index.ts'
import { type ImportOptions, importZooKeeper, type ReadState, readZooKeeper } from '../../core/tools/zookeeper/import.ts'
import { RawSession } from '../cli/raw-session.ts'
import { takeCensus } from '../interop/import/census.ts'
import { SUPER_DIGEST } from '../interop/import/workload.ts'
import { copyFixture, type Expected, FIXTURE_NAMES, logRecords, nodesOf, sessionsOf } from './zookeeper-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zookeeper-import-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const DEFAULTS = { dropSessions: false, emulate353: false, acceptLoss: false, progress: () => {} }

function read(options: Partial<ImportOptions> = {}): Promise<ReadState> {
  return readZooKeeper({ from: folder, nowMs: Date.now(), ...DEFAULTS, ...options })
}

/** The files whose names begin so, in order of their zxids. */
function filesNamed(prefix: string): string[] {
  return readdirSync(join(folder, 'version-2'))
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => Number.parseInt(a.split('.')[1] ?? '', 16) - Number.parseInt(b.split('.')[1] ?? '', 16))
    .map((name) => join(folder, 'version-2', name))
}

/** What must be there in every case; a server of an ensemble writes /zookeeper/config anew at its start and logs nothing of it. */
function expectState({ machine, report }: ReadState, expected: Expected): void {
  const nodes = expected.nodes.filter(({ path }) => path !== '/zookeeper/config')
  const paths = nodes.map(({ path }) => path)
  expect(nodesOf(machine, paths)).toEqual(nodes)
  expect(machine.nodeCount).toBe(expected.nodes.length)
  expect(sessionsOf(machine)).toEqual([...expected.sessions].sort((a, b) => (a.id < b.id ? -1 : 1)))
  expect(report.lastZxid).toBe(expected.lastZxid)
}

describe('what ZooKeeper wrote', () => {
  it.each(FIXTURE_NAMES)('%s: every node, list, Stat and session is as the server showed it', async (name) => {
    const expected = copyFixture(name, folder)
    const state = await read()
    expectState(state, expected)
    expect(state.report.digest).toBe(name === 'no-digest' ? 'absent' : 'equal')
    expect(state.report.ephemerals).toBe(expected.sessions.flatMap(({ ephemerals }) => ephemerals).length)
    expect(state.report.quotas).toBe(1)
    expect(state.report.lossy).toBe(false)
    const config = expected.nodes.filter(({ path }) => path === '/zookeeper/config')
    const [imported] = nodesOf(state.machine, ['/zookeeper/config'])
    const { data, acl, stat } = config[0] ?? { data: '', acl: [], stat: {} }
    expect(imported).toMatchObject({ data, acl, stat: { ...stat, mtimeMs: expect.any(Number) } })
  })

  it('starts with the log alone where there is no snapshot', async () => {
    const expected = copyFixture('restarted', folder)
    for (const file of filesNamed('snapshot.')) rmSync(file)
    const state = await read()
    expectState(state, expected)
    expect(state.report).toMatchObject({ snapshot: null, digest: 'equal' })
  })

  it('does not read what the snapshot holds', async () => {
    copyFixture('restarted', folder)
    const all = filesNamed('log.').flatMap((file) => logRecords(readFileSync(file)))
    const since = Number.parseInt(filesNamed('snapshot.').at(-1)?.split('.').at(-1) ?? '', 16)
    expect((await read()).report.replayedRecords).toBe(all.filter(({ zxid }) => zxid > since).length)
  })

  it('comes to the same from a fuzzy snapshot: the newest one under the zxid of any earlier moment', async () => {
    const expected = copyFixture('restarted', folder)
    const digest = (await read()).machine.digest()
    const snapshots = filesNamed('snapshot.')
    const newest = readFileSync(snapshots.at(-1) ?? '')
    const end = Number.parseInt(snapshots.at(-1)?.split('.').at(-1) ?? '', 16)
    for (const file of snapshots) rmSync(file)
    for (let zxid = 0; zxid < end; zxid++) {
      const file = join(folder, 'version-2', `snapshot.${zxid.toString(16)}`)
      writeFileSync(file, newest)
      const state = await read()
      expect(state.report.replayedRecords).toBe(Number(expected.lastZxid) - zxid)
      expect(state.machine.digest(), `from zxid ${zxid}`).toBe(digest)
      rmSync(file)
    }
  })

  it('refuses a fuzzy snapshot whose time the log does not cover', async () => {
    copyFixture('restarted', folder)
    const snapshots = filesNamed('snapshot.')
    const newest = readFileSync(snapshots.at(-1) ?? '')
    for (const file of snapshots) rmSync(file)
    writeFileSync(join(folder, 'version-2/snapshot.10'), newest)
    for (const file of filesNamed('log.').slice(1)) rmSync(file)
    await expect(read()).rejects.toThrow(
      /snapshot\.10: it was written while records up to zxid 0x[0-9a-f]+ were applied, but the log ends at/,
    )
    expect((await read({ acceptLoss: true })).report).toMatchObject({ lossy: true })
  })

  it('passes a damaged snapshot over, as long as the log reaches back to an older one', async () => {
    const expected = copyFixture('restarted', folder)
    const snapshots = filesNamed('snapshot.')
    for (const [turn, file] of snapshots.reverse().entries()) {
      const bytes = readFileSync(file)
      bytes[bytes.length >>> 1] = (bytes[bytes.length >>> 1] as number) ^ 1
      writeFileSync(file, bytes)
      const state = await read()
      expectState(state, expected)
      expect(state.report.snapshot).toBe(snapshots[turn + 1] ?? null)
      expect(state.report.notes.filter((note) => note.startsWith('snapshot passed over'))).toHaveLength(turn + 1)
    }
  })

  it('finds every flipped bit of a snapshot', async () => {
    copyFixture('gzip', folder)
    for (const file of filesNamed('log.')) rmSync(file)
    for (const file of filesNamed('snapshot.').slice(1)) rmSync(file)
    const [file] = filesNamed('snapshot.')
    const bytes = readFileSync(file ?? '')
    await read({ logDir: folder })
    // The dbid behind the version says nothing, but the checksum covers it; only the "/" of a seal is not looked at.
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8))
      writeFileSync(file ?? '', flipped)
      const isSeal = at >= bytes.length - 5
      if (!isSeal) await expect(read({ logDir: folder }), `byte ${at}`).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    }
  })
})

describe('the end of a log', () => {
  it('leaves a write out that a crash interrupted, wherever that was, and says so', async () => {
    copyFixture('log-only', folder)
    const [file] = filesNamed('log.')
    const bytes = readFileSync(file ?? '')
    const last = logRecords(bytes).at(-1)
    if (file === undefined || last === undefined) throw new Error('the fixture has a log')
    const { offset, end, zxid } = last
    for (let cut = offset; cut < end; cut += 5) {
      for (const torn of [bytes.subarray(0, cut), Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(500)])]) {
        writeFileSync(file, torn)
        const { report } = await read()
        expect(report.lastZxid).toBe(`0x${(zxid - 1).toString(16)}`)
        expect(report.digest).toBe('equal')
        // Nothing is seen of a write of which only zeros arrived: the checksum's upper half is zero.
        const seen = torn.subarray(offset).some((byte) => byte !== 0)
        expect(report.notes).toEqual(
          seen ? [`${file}: a write that a crash had interrupted at offset ${offset} was left out; it was never acknowledged`] : [],
        )
      }
    }
  })

  it('takes an empty last file for what it is', async () => {
    const expected = copyFixture('log-only', folder)
    const file = join(folder, 'version-2/log.ffff')
    writeFileSync(file, '')
    const state = await read()
    expectState(state, expected)
    expect(state.report.notes).toEqual([`${file} is empty: a crash came before its first record`])
  })

  it('refuses a record that is not what was written, with file and offset', async () => {
    copyFixture('log-only', folder)
    const [file] = filesNamed('log.')
    const bytes = readFileSync(file ?? '')
    const records = logRecords(bytes)
    const middle = records[records.length >>> 1]
    if (file === undefined || middle === undefined) throw new Error('the fixture has a log')
    bytes[middle.end - 10] = (bytes[middle.end - 10] as number) ^ 1
    writeFileSync(file, bytes)
    await expect(read()).rejects.toThrow(`${file} at offset ${middle.offset}: a record whose checksum does not match`)
    const { report } = await read({ acceptLoss: true })
    expect(report).toMatchObject({ lossy: true, lastZxid: `0x${(middle.zxid - 1).toString(16)}`, digest: 'equal' })
    expect(report.notes).toEqual([expect.stringMatching(/^records were given up: .* whose checksum does not match/)])
  })

  it('refuses zeros in the middle, where ZooKeeper would stop in silence', async () => {
    copyFixture('log-only', folder)
    const [file] = filesNamed('log.')
    const bytes = readFileSync(file ?? '')
    const records = logRecords(bytes)
    const [from, to] = [records[20], records[30]]
    if (file === undefined || from === undefined || to === undefined) throw new Error('the fixture has a log')
    bytes.fill(0, from.offset, to.offset)
    writeFileSync(file, bytes)
    await expect(read()).rejects.toThrow(
      `${file} at offset ${from.offset}: no record of the log, but a whole one (zxid 0x${to.zxid.toString(16)}) follows at offset ${to.offset}`,
    )
    const { report } = await read({ acceptLoss: true })
    expect(report).toMatchObject({ lossy: true, lastZxid: `0x${(from.zxid - 1).toString(16)}`, digest: 'equal' })
  })

  it('refuses a gap between files, and what lies before a log that is not the first', async () => {
    copyFixture('restarted', folder)
    for (const file of filesNamed('snapshot.')) rmSync(file)
    const [first, second, third] = filesNamed('log.')
    if (first === undefined || second === undefined || third === undefined) throw new Error('the fixture has three logs')
    renameSync(second, join(folder, 'aside'))
    await expect(read()).rejects.toThrow(/log\.\w+ at offset 16: zxid 0x\w+ follows 0x\w+: records between them are missing/)
    expect((await read({ acceptLoss: true })).report.lossy).toBe(true)
    renameSync(join(folder, 'aside'), second)
    rmSync(first)
    await expect(read()).rejects.toThrow(/log\.\w+ at offset 16: zxid 0x\w+ follows nothing \(there is no snapshot\)/)
    await expect(read({ acceptLoss: true })).rejects.toThrow('nothing to import')
  })

  it('refuses a folder of snapshots without a log, unless told that this is all', async () => {
    copyFixture('restarted', folder)
    for (const file of filesNamed('log.')) rmSync(file)
    await expect(read()).rejects.toThrow(/name dataLogDir of zoo\.cfg with --log-dir/)
    const { report } = await read({ logDir: folder })
    expect(report).toMatchObject({ replayedRecords: 0, digest: 'equal' })
  })

  it('reads a log of its own folder', async () => {
    const expected = copyFixture('restarted', folder)
    const logDir = join(folder, 'logs')
    copyFixture('restarted', logDir)
    for (const file of filesNamed('log.')) rmSync(file)
    expectState(await read({ logDir }), expected)
    await expect(read({ logDir: join(folder, 'missing') })).rejects.toMatchObject({ code: 'ERR_CONFIG' })
  })
})

describe('the new data directory', () => {
  it('is one that a server starts on: nodes as before, sessions with their passwords, new zxids above all old ones', async () => {
    const expected = copyFixture('ensemble', folder)
    const dataDir = join(folder, 'deep/new')
    const report = await importZooKeeper({ from: folder, dataDir, nowMs: Date.now(), ...DEFAULTS })
    expect(report).toMatchObject({ dataDir, epoch: 2, firstZxid: '0x3eb00000000' })
    await using server = await startServer({ dataDir, superDigest: SUPER_DIGEST })
    await using client = await connect(server.connectString, { auth: [{ scheme: 'digest', auth: 'super:secret' }] })
    const without = (nodes: Expected['nodes']): Expected['nodes'] => nodes.filter(({ path }) => path !== '/zookeeper/config')
    expect(without(await takeCensus(client))).toEqual(without(expected.nodes))
    const { stat } = await client.create('/new')
    expect(stat.czxid).toBeGreaterThan(0x3ea_ffff_ffffn)
    // As the note advises.
    expect((await client.setData('/zookeeper/config', '')).dataLength).toBe(0)

    for (const { id, password, timeoutMs } of expected.sessions) {
      const value = BigInt(id)
      const identity = { hi: Number(value >> 32n), lo: Number(value & 0xffff_ffffn), password: Buffer.from(password, 'hex') }
      const session = await RawSession.open(server.port, identity, timeoutMs, Number(report.firstZxid))
      expect(session.identity).toEqual(identity)
      session.cut()
      const stranger = await RawSession.open(server.port, { ...identity, password: Buffer.alloc(16) }, timeoutMs)
      expect(stranger.identity).toMatchObject({ hi: 0, lo: 0 })
      stranger.cut()
    }
  })

  it('goes on behind the last zxid, or has one of its own where the old epoch is 0', async () => {
    copyFixture('ensemble', folder)
    const ensemble = await read()
    expect(ensemble.meta).toEqual({ index: (Number(ensemble.report.lastZxid) % 2 ** 32) + 1, term: 2, termStart: 1 })
    expect(ensemble.machine.lastZxid).toBe(Number(ensemble.report.lastZxid))
    expect(ensemble.hardStateTerm).toBe(1002)
    copyFixture('log-only', join(folder, 'standalone'))
    const standalone = await read({ from: join(folder, 'standalone') })
    expect(standalone.meta).toEqual({ index: 1, term: 1000, termStart: 1 })
    expect(standalone.machine.lastZxid).toBe(1000 * 2 ** 32)
    expect(standalone.machine.clusterId).toBe('')
    const low = await read({ from: join(folder, 'standalone'), afterZxid: 0n })
    expect(low).toMatchObject({ meta: { index: 1, term: 1, termStart: 1 }, hardStateTerm: 1 })
  })

  it('takes epochs that only currentEpoch or acceptedEpoch know, and zxids that only the operator knows, into account', async () => {
    copyFixture('ensemble', folder)
    writeFileSync(join(folder, 'version-2/acceptedEpoch'), '77\n')
    expect((await read()).hardStateTerm).toBe(1077)
    expect((await read({ afterZxid: (5000n << 32n) + 9n })).hardStateTerm).toBe(5000)
    expect((await read({ afterZxid: 3n << 32n })).hardStateTerm).toBe(77)
    writeFileSync(join(folder, 'version-2/currentEpoch'), '2096500')
    await expect(read()).rejects.toThrow(/term 2097501 is needed, those of this program end at 2097151/)
    writeFileSync(join(folder, 'version-2/currentEpoch'), 'x')
    await expect(read()).rejects.toThrow(/currentEpoch: expected a number, got "x"/)
  })

  it('holds no session and no ephemeral on request; who watches their parents hears of it', async () => {
    const expected = copyFixture('restarted', folder)
    const { machine, report, meta, hardStateTerm } = await read({ dropSessions: true })
    const sessions = expected.sessions.length
    expect(report).toMatchObject({ sessions: 0, ephemerals: 0, droppedSessions: sessions })
    expect(machine.sessions.size).toBe(0)
    // An expiry each, in the term after the one of the import.
    expect(meta).toEqual({ index: 1 + sessions, term: 1001, termStart: 2 })
    expect(hardStateTerm).toBe(1001)
    expect(machine.lastZxid).toBe(1001 * 2 ** 32 + sessions - 1)
    const gone = new Set(expected.sessions.flatMap(({ ephemerals }) => ephemerals))
    expect(gone.size).toBeGreaterThan(2)
    const parents = new Map<string, number>()
    for (const path of gone) {
      expect(machine.node(path)).toBeUndefined()
      const parent = path.slice(0, path.lastIndexOf('/'))
      parents.set(parent, (parents.get(parent) ?? 0) + 1)
    }
    for (const [path, count] of parents) {
      const before = expected.nodes.find((node) => node.path === path)?.stat
      const stat = machine.node(path)?.stat()
      expect(stat?.pzxid).toBeGreaterThanOrEqual(1001 * 2 ** 32)
      expect(stat?.cversion).toBe(Number(before?.cversion) + count)
    }
    expect(report.droppedNodes).toBe(gone.size)
    expect(machine.nodeCount).toBe(expected.nodes.length - gone.size)
  })

  it('keeps TTL and age of nodes that go by themselves', async () => {
    const expected = copyFixture('log-only', folder)
    const { machine } = await read()
    const { mtimeMs } = expected.nodes.find(({ path }) => path === '/w/ttl')?.stat ?? {}
    expect(machine.node('/w/ttl')?.lifetime).toMatchObject({ ttlMs: 86_400_000, touchedMs: mtimeMs })
    expect(machine.node('/w/container')?.lifetime).toMatchObject({ ttlMs: 0 })
    expect(machine.wallTimeMs).toBe(Math.max(...expected.nodes.map(({ stat }) => Number(stat.mtimeMs))))
    expect(machine.clusterTimeMs).toBe(machine.wallTimeMs)
    expect((await read({ nowMs: 5000 })).machine.wallTimeMs).toBe(5000)
  })

  it('is not made over another, nor when the import is refused', async () => {
    copyFixture('log-only', folder)
    const from = folder
    await expect(importZooKeeper({ from, dataDir: folder, nowMs: 0, ...DEFAULTS })).rejects.toThrow(/is not empty/)
    const dataDir = join(folder, 'new')
    const [file] = filesNamed('log.')
    const bytes = readFileSync(file ?? '')
    writeFileSync(file ?? '', Buffer.concat([Buffer.from('ZKxx'), bytes.subarray(4)]))
    await expect(importZooKeeper({ from, dataDir, nowMs: 0, ...DEFAULTS })).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    expect(existsSync(dataDir)).toBe(false)
    expect(readdirSync(folder)).toEqual(['version-2'])
  })
})
