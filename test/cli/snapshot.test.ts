// `zoarium snapshot` as an operator uses it: real processes from start to end.

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from 'zoarium'
import { writeAdminFile } from '../../core/admin/admin-file.ts'
import { startAdmin } from '../../core/admin/admin-server.ts'
import { TermSpans } from '../../core/consensus/term-spans.ts'
import { SILENT_LOGGER } from '../../core/support/logger.ts'
import { openDataDirectory } from '../../core/tools/read-data-directory.ts'
import { loadSnapshotFile } from '../../core/tools/snapshot-file.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { CreateFlag, OPEN_ACL } from '../../core/wire/records.ts'
import { beginSnapshot, EndlessView } from '../admin/endless-view.ts'
import { CommandProcess } from './command-process.ts'
import { NEW_SESSION, RawSession } from './raw-session.ts'

let folder = ''
let data = ''
let file = ''
const started: CommandProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoarium-snapshot-'))
  data = join(folder, 'data')
  file = join(folder, 'a.snap')
})

afterEach(async () => {
  for (const server of started.splice(0)) await server.kill()
  await rm(folder, { recursive: true })
})

async function startOn(dataDir: string, ...flags: string[]): Promise<{ server: CommandProcess; port: number }> {
  const timing = ['--tick-time-ms', '50', '--max-session-timeout-ms', '60000']
  const server = await CommandProcess.start(['server', '--port', '0', '--json', ...timing, '--data-dir', dataDir, ...flags])
  started.push(server)
  return { server, port: (await server.listening()).port }
}

async function stop(server: CommandProcess): Promise<void> {
  server.signal('SIGTERM')
  expect(await server.exited).toBe(0)
}

function snapshot(...args: string[]): ReturnType<typeof CommandProcess.run> {
  return CommandProcess.run(['snapshot', ...args], { cwd: folder })
}

/** Runs a command that must succeed, with --json. */
async function snapshotJson(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await snapshot(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Record<string, unknown>
}

async function create(session: RawSession, path: string, flags: number = CreateFlag.persistent): Promise<{ err: number; zxid: bigint }> {
  return session.request({ op: OpCode.create, path, data: Buffer.from('x'), acl: OPEN_ACL, flags })
}

/** Waits for `work`, which may take longer than the session's timeout on a busy machine. */
async function keptAlive<T>(session: RawSession, work: Promise<T>): Promise<T> {
  const pings = setInterval(() => void exists(session, '/'), 200)
  try {
    return await work
  } finally {
    clearInterval(pings)
  }
}

async function exists(session: RawSession, path: string): Promise<boolean> {
  return (await session.request({ op: OpCode.exists, path, watch: false })).err === ErrorCode.ok
}

/** The state after the log's entry `index`, from a directory without snapshots: another way to the same state. */
async function replayedTo(index: number): Promise<StateMachine> {
  const directory = await openDataDirectory(data)
  try {
    const tree = new StateMachine()
    const spans = new TermSpans()
    for (const entry of directory.recovered.entries.slice(0, index)) {
      spans.append(entry.term, entry.index)
      tree.apply(entry.payload, entry.term * 2 ** 32 + (entry.index - spans.startAt(entry.index)))
    }
    return tree
  } finally {
    await directory.close()
  }
}

describe('zoarium snapshot save', () => {
  test('of a running server under load is exact, and holds what was acknowledged before', async () => {
    const { server, port } = await startOn(data)
    await using client = await connect(`127.0.0.1:${port}`)
    await Promise.all(Array.from({ length: 2000 }, (_, i) => client.create(`/n${i}`, `${i}:${'x'.repeat(1000)}`)))
    let writes = 0
    let saving = true
    const load = Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let i = 0; saving; i++, writes++) {
          await client.setData(`/n${(writer * 100 + i) % 2000}`, `${writer}-${i}`)
          await client.create(`/w${writer}-${i}`)
          if (i % 2 === 1) await client.delete(`/w${writer}-${i - 1}`)
        }
      }),
    )
    const { zxid, ...saved } = await snapshotJson('save', file, '--data-dir', data)
    saving = false
    await load
    expect(writes).toBeGreaterThan(20)
    const { tree, metadata } = await loadSnapshotFile(file)
    expect(saved).toMatchObject({ file, from: 'server', index: metadata.meta.index, term: 1, nodes: tree.nodeCount, sessions: 1 })
    expect(Number(zxid)).toBe(tree.lastZxid)
    for (let i = 0; i < 2000; i++) expect(tree.node(`/n${i}`)).toBeDefined()
    await client.close()
    await stop(server)
    expect((await replayedTo(metadata.meta.index)).digest()).toBe(tree.digest())
  })

  test('of a stopped server, and of one that was killed and left its admin.json, reads the data directory', async () => {
    const first = await startOn(data)
    const session = await RawSession.open(first.port, NEW_SESSION, 2000)
    await create(session, '/a')
    await stop(first.server)
    expect(existsSync(join(data, 'admin.json'))).toBe(false)
    expect(await snapshotJson('save', file, '--data-dir', data)).toMatchObject({ from: 'data-directory', term: 1 })
    const second = await startOn(data)
    await create(await RawSession.open(second.port, NEW_SESSION, 2000), '/b')
    await second.server.kill()
    expect(existsSync(join(data, 'admin.json'))).toBe(true)
    expect(await snapshotJson('save', file, '--data-dir', data, '--force')).toMatchObject({ from: 'data-directory', term: 2 })
    expect((await loadSnapshotFile(file)).tree.node('/b')).toBeDefined()
  })

  test('takes the word of no other server at the port of a dead one', async () => {
    const { server } = await startOn(data)
    await server.kill()
    const other = await startAdmin({ view: new EndlessView().view, port: 0, dataDir: null, logger: SILENT_LOGGER })
    try {
      await writeAdminFile(data, { url: other.url, token: 'of-the-dead-one', pid: server.pid, version: '0' })
      expect(await snapshotJson('save', file, '--data-dir', data)).toMatchObject({ from: 'data-directory' })
    } finally {
      await other.close()
    }
  })

  test('of a server without admin HTTP ends with 5 and says why', async () => {
    await startOn(data, '--admin-port', 'off')
    const { code, stderr } = await snapshot('save', file, '--data-dir', data)
    expect(code).toBe(5)
    expect(stderr).toContain('--admin-port off')
    expect(stderr).toContain('in use by process')
    expect(existsSync(file)).toBe(false)
  })

  test('does not write over a file, nor make a data directory', async () => {
    await writeFile(file, 'mine')
    expect(await snapshot('save', file, '--data-dir', data)).toMatchObject({ code: 3, stderr: expect.stringContaining('--force') })
    expect(await readFile(file, 'utf8')).toBe('mine')
    expect((await snapshot('save', file, '--data-dir', data, '--force')).code).toBe(5)
    expect(await readdir(folder)).toEqual(['a.snap'])
  })

  test('ends with 8 when the server takes another one, with 130 when it is interrupted, and leaves nothing', async () => {
    await mkdir(data)
    const endless = new EndlessView()
    const admin = await startAdmin({ view: endless.view, port: 0, dataDir: data, logger: SILENT_LOGGER })
    try {
      const first = await beginSnapshot(admin)
      const refused = await snapshot('save', file, '--data-dir', data)
      expect(refused).toMatchObject({ code: 8, stderr: expect.stringContaining('another snapshot is under way') })
      first.asked.destroy()
      await endless.givenUp
      const saving = await CommandProcess.start(['snapshot', 'save', file, '--data-dir', data])
      while (!(await readdir(folder)).some((name) => name.endsWith('.tmp'))) await sleep(10)
      saving.signal('SIGINT')
      expect(await saving.exited).toBe(130)
      expect(saving.stderr).toBe('SIGINT: nothing was saved\n')
      expect(await readdir(folder)).toEqual(['data'])
    } finally {
      await admin.close()
    }
  })
})

describe('zoarium snapshot restore', () => {
  const TIMEOUT_MS = 2000

  /** A backup with a session and its ephemeral node; then a later life that the backup knows nothing of. */
  async function backedUp(): Promise<{ identity: RawSession['identity']; lost: bigint }> {
    const { server, port } = await startOn(data)
    const session = await RawSession.open(port, NEW_SESSION, TIMEOUT_MS)
    await create(session, '/app')
    await create(session, '/app/mine', CreateFlag.ephemeral)
    await keptAlive(session, snapshotJson('save', file, '--data-dir', data))
    const { identity } = session
    await create(session, '/app/lock', CreateFlag.ephemeral)
    const { zxid } = await create(session, '/later')
    await stop(server)
    return { identity, lost: zxid }
  }

  test('sessions go on with their password for a whole timeout, with their nodes; zxids and tokens only grow', async () => {
    const { identity, lost } = await backedUp()
    const stoppedMs = performance.now()
    const restored = join(folder, 'restored')
    expect(await snapshotJson('restore', file, '--data-dir', restored)).toMatchObject({
      sessions: 1,
      droppedSessions: 0,
      firstZxid: '0x3ea00000000',
    })
    // Longer than the session lives unheard: it is given all of its timeout again.
    while (performance.now() - stoppedMs <= TIMEOUT_MS) await sleep(20)
    const { port } = await startOn(restored)
    const stranger = await RawSession.open(port, { ...identity, password: Buffer.alloc(16) }, TIMEOUT_MS)
    expect(stranger.identity.hi).toBe(0)
    const session = await RawSession.open(port, identity, TIMEOUT_MS, Number(lost))
    expect(session.identity).toEqual(identity)
    expect(await exists(session, '/app/mine')).toBe(true)
    expect(await exists(session, '/app/lock')).toBe(false)
    expect(await exists(session, '/later')).toBe(false)
    const again = await create(session, '/app/lock', CreateFlag.ephemeral)
    expect(again.err).toBe(ErrorCode.ok)
    expect(again.zxid).toBeGreaterThan(lost)
    expect(again.zxid >> 32n).toBe(1002n)
  })

  test('a client that has seen what --after-zxid says is let in, and gets higher zxids', async () => {
    await backedUp()
    const seen = 0x5000_0000_0007n
    const restored = join(folder, 'restored')
    await snapshotJson('restore', file, '--data-dir', restored, '--after-zxid', `0x${seen.toString(16)}`)
    const { port } = await startOn(restored)
    const session = await RawSession.open(port, NEW_SESSION, TIMEOUT_MS, Number(seen))
    const { err, zxid } = await create(session, '/app/lock')
    expect(err).toBe(ErrorCode.ok)
    expect(zxid).toBeGreaterThan(seen)
  })

  test('--drop-sessions ends them and their nodes', async () => {
    const { identity, lost } = await backedUp()
    const restored = join(folder, 'restored')
    const result = await snapshotJson('restore', file, '--data-dir', restored, '--drop-sessions')
    expect(result).toMatchObject({ sessions: 0, droppedSessions: 1, droppedNodes: 1 })
    const { port } = await startOn(restored)
    const refused = await RawSession.open(port, identity, TIMEOUT_MS, Number(lost))
    expect([refused.identity.hi, refused.identity.lo]).toEqual([0, 0])
    const session = await RawSession.open(port, NEW_SESSION, TIMEOUT_MS, Number(lost))
    expect(await exists(session, '/app')).toBe(true)
    expect(await exists(session, '/app/mine')).toBe(false)
    expect((await create(session, '/app/mine')).zxid).toBeGreaterThan(lost)
  })

  test('refuses a folder in use and a damaged file with 5, a zxid that cannot be with 2 or 3; and changes nothing', async () => {
    await backedUp()
    expect(await snapshot('restore', file, '--data-dir', data)).toMatchObject({ code: 5, stderr: expect.stringContaining('not empty') })
    const to = ['--data-dir', join(folder, 'restored')]
    expect((await snapshot('restore', file, ...to, '--after-zxid', 'new')).code).toBe(2)
    expect((await snapshot('restore', file, ...to, '--after-zxid', '0x7fffffffffffffff')).code).toBe(3)
    expect((await snapshot('restore', file)).code).toBe(2)
    await truncate(file, 500)
    expect(await snapshot('restore', file, ...to)).toMatchObject({ code: 5, stderr: expect.stringContaining(file) })
    expect((await readdir(folder)).sort()).toEqual(['a.snap', 'data'])
  })
})

describe('zoarium snapshot inspect and verify', () => {
  test('say what is in a file, and which files are whole', async () => {
    const { server, port } = await startOn(data)
    const session = await RawSession.open(port, NEW_SESSION, 5000)
    await create(session, '/app')
    await create(session, '/app/b')
    await create(session, '/app/a', CreateFlag.ephemeral)
    await snapshotJson('save', file, '--data-dir', data)
    expect(await snapshotJson('inspect', file)).toMatchObject({
      file,
      index: 5,
      term: 1,
      termStart: 1,
      zxid: '0x100000004',
      nodes: 7,
      ephemerals: 1,
      sessions: 1,
    })
    const words = await snapshot('inspect', file)
    expect(words.stdout).toMatch(/^last zxid +0x100000004$/m)
    const nodes = (await snapshot('inspect', file, '--nodes', '/app')).stdout.trim().split('\n')
    expect(nodes.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual(['/app', '/app/a', '/app/b'])
    const { hi, lo } = session.identity
    const id = `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`
    expect(JSON.parse((await snapshot('inspect', file, '--sessions')).stdout)).toEqual({ id, timeoutMs: 5000, ephemerals: 1 })
    expect((await snapshot('inspect', file, '--nodes', '/none')).code).toBe(2)

    expect(await snapshot('verify', '--data-dir', data)).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no snapshot yet'),
    })
    const bad = join(folder, 'bad.snap')
    const bytes = await readFile(file)
    bytes.writeUInt8(bytes.readUInt8(600) ^ 1, 600)
    await writeFile(bad, bytes)
    const verdict = await snapshot('verify', file, bad)
    expect(verdict.code).toBe(5)
    expect(verdict.stdout).toMatch(new RegExp(`^whole   ${file}: .*\nDAMAGED ${bad}: `))
    expect((await snapshot('verify')).code).toBe(2)
    expect((await snapshot('verify', '--data-dir', folder)).code).toBe(5)
    await stop(server)
  })

  test('verify reads the snapshots of a running server', async () => {
    const { port } = await startOn(data, '--snapshot-every-entries', '10')
    const session = await RawSession.open(port, NEW_SESSION, 5000)
    for (let i = 0; i < 30; i++) await create(session, `/n${i}`)
    const snapshots = (): Promise<string[]> => readdir(join(data, 'snapshots'))
    while ((await snapshots()).filter((name) => name.endsWith('.snap')).length < 2) await sleep(10)
    const verdicts = (await snapshot('verify', '--data-dir', data, '--json')).stdout.trim().split('\n')
    expect(verdicts.map((line) => (JSON.parse(line) as { whole: boolean }).whole)).toEqual([true, true])
  })
})
