// A real server on a real file system that gets full: what clients see, what operators see, and that it heals by itself.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { NEW_SESSION, RawSession } from './raw-session.ts'
import { SmallDisk, smallDisksArePossible } from './small-disk.ts'

const MIB = 2 ** 20
const root = mkdtempSync(join(tmpdir(), 'zoarium-full-disk-'))
const possible = smallDisksArePossible(join(root, 'probe'))
if (!possible)
  process.stderr.write('full-disk tests are left out: this machine allows no file system of our own (unshare --user --mount)\n')
afterAll(() => rmSync(root, { recursive: true }))

async function mntr(port: number): Promise<Map<string, string>> {
  const socket = connect(port, '127.0.0.1', () => socket.write('mntr'))
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await once(socket, 'end')
  return new Map(text.split('\n').map((line): [string, string] => [line.split('\t')[0] ?? '', line.split('\t')[1] ?? '']))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

function create(path: string, bytes = 10): Request {
  return { op: OpCode.create, path, data: Buffer.alloc(bytes, 1), acl: OPEN_ACL, flags: 0 }
}

const ARGS = [
  '--disk-low-bytes',
  String(8 * MIB),
  '--disk-reserve-bytes',
  String(2 * MIB),
  '--four-letter-words',
  '*',
  '--max-connections-per-address',
  '0',
]

describe.skipIf(!possible)('a server whose disk gets full', { timeout: 120_000 }, () => {
  let disk: SmallDisk
  let port: number
  let session: RawSession

  beforeEach(async () => {
    disk = await SmallDisk.start(mkdtempSync(join(root, 'disk-')), 64, ARGS)
    port = (await disk.server.listening()).port
    session = await RawSession.open(port, NEW_SESSION, 30_000)
    expect((await session.request(create('/a'))).err).toBe(ErrorCode.ok)
    await until(async () => (await mntr(port)).get('zk_disk_reserve_bytes') === String(2 * MIB))
  })

  afterEach(async () => {
    session.cut()
    await disk.server.kill()
  })

  async function refused(): Promise<boolean> {
    return (await mntr(port)).get('zk_disk_writes_refused') === '1'
  }

  function logged(message: string): number {
    return disk.server.stderr.split('\n').filter((line) => line.includes(`"msg":"${message}`)).length
  }

  test('refuses writes while reads and sessions go on, and takes them again without a restart', async () => {
    disk.fill()
    expect(disk.freeBytes).toBe(0)
    await until(refused)
    expect((await session.request(create('/b'))).err).toBe(ErrorCode.systemError)
    expect((await session.request({ op: OpCode.setData, path: '/a', data: null, version: -1 })).err).toBe(ErrorCode.systemError)
    expect((await session.request({ op: OpCode.getData, path: '/a', watch: false })).err).toBe(ErrorCode.ok)
    for (let i = 0; i < 50; i++) {
      const other = await RawSession.open(port, NEW_SESSION, 30_000)
      expect(other.identity.lo).not.toBe(0)
      expect((await other.request({ op: OpCode.closeSession })).err).toBe(ErrorCode.ok)
      other.cut()
    }
    const stats = await mntr(port)
    const shown = ['zk_disk_free_bytes', 'zk_disk_low_bytes', 'zk_refused_low_disk'].map((name) => stats.get(name))
    expect(shown).toEqual(['0', String(8 * MIB), '2'])
    expect(logged('the disk is nearly full; client writes are refused')).toBe(1)

    disk.empty()
    await until(async () => !(await refused()))
    expect((await session.request(create('/b'))).err).toBe(ErrorCode.ok)
    expect(logged('there is room on the disk again; client writes are taken')).toBe(1)
    disk.server.signal('SIGTERM')
    expect(await disk.server.exited).toBe(0)
  })

  test('goes on out of the reserve when the log needs a segment and there is not a byte left', async () => {
    const reserved = (): number => disk.logFiles().filter((name) => name.endsWith('.reserve')).length
    expect(reserved()).toBe(2)
    disk.fill()
    // Large writes as long as they are taken, then what is never refused, until the log has had to find a segment in the reserve.
    for (let n = 0, err: number = ErrorCode.ok; err === ErrorCode.ok; n++) err = (await session.request(create(`/n${n}`, 100_000))).err
    const liveAndDie = async (): Promise<void> => {
      const other = await RawSession.open(port, NEW_SESSION, 30_000)
      expect((await other.request({ op: OpCode.closeSession })).err).toBe(ErrorCode.ok)
      other.cut()
    }
    while (reserved() === 2) await Promise.all(Array.from({ length: 200 }, liveAndDie))
    expect(disk.freeBytes).toBe(0)
    expect(await refused()).toBe(true)
    expect((await session.request({ op: OpCode.getData, path: '/n0', watch: false })).err).toBe(ErrorCode.ok)
    disk.empty()
    await until(async () => !(await refused()))
    expect((await session.request(create('/again'))).err).toBe(ErrorCode.ok)
    expect((await mntr(port)).get('zk_disk_reserve_bytes')).toBe(String(2 * MIB))
  })

  test('makes room by itself when it is its own log that fills the disk', async () => {
    // Values written over and over: the log grows, the state does not. A write that comes while room is being made may be refused: try again.
    let refusedWrites = 0
    for (let i = 0; i < 400; ) {
      const { err } = await session.request({ op: OpCode.setData, path: '/a', data: Buffer.alloc(400_000, i), version: -1 })
      if (err === ErrorCode.systemError) refusedWrites += 1
      else expect(err).toBe(ErrorCode.ok)
      if (err === ErrorCode.ok) i += 1
      else await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(logged('a snapshot is taken ahead of its time')).toBeGreaterThan(1)
    expect(Number((await mntr(port)).get('zk_refused_low_disk') ?? 0)).toBe(refusedWrites)
  })
})
