// The store on a file system: modes, names, sizes, opening again, and the lock.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Entry } from '../../core/consensus/types.ts'
import { ZoariumError } from '../../core/errors.ts'
import type { Done, Got } from '../../core/storage/disk.ts'
import type { LogStore, OpenedLogStore } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { RealDisk } from '../../core/storage/real-disk.ts'

// Much computing or many syncs: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 180_000 })

let root = ''
let data = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zoarium-storage-'))
  data = join(root, 'data')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function doing(operation: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => operation((error) => (error === null ? resolve() : reject(error))))
}

function got<T>(operation: (done: Got<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => operation((error, value) => (value === undefined ? reject(error) : resolve(value))))
}

function open(folder = data): Promise<OpenedLogStore> {
  return got((done) => openLogStore(new RealDisk(folder), { firstSegmentBytes: 65536, maxSegmentBytes: 262144 }, done))
}

function append(store: LogStore, entries: Entry[]): Promise<void> {
  return doing((done) => store.append({ seq: 1, hardState: { term: 1, votedFor: 1, commit: 0 }, entries }, done))
}

function close(store: LogStore): Promise<void> {
  return doing((done) => store.close(done))
}

function mode(path: string): number {
  return statSync(path).mode & 0o777
}

function entry(index: number, bytes: number): Entry {
  return { term: 1, index, payload: Buffer.alloc(bytes, index) }
}

describe('a data directory', () => {
  it('is made with its parents, for its owner alone: folders 0700, files 0600', async () => {
    const { store } = await open(join(data, 'deep', 'er'))
    await append(store, [entry(1, 10)])
    await doing((done) => store.saveSnapshot({ index: 1, term: 1, termStart: 1 }, [Buffer.from('x')], done))
    const folder = join(data, 'deep', 'er')
    for (const path of [folder, join(folder, 'log'), join(folder, 'snapshots')]) expect(mode(path)).toBe(0o700)
    for (const path of ['lock', 'log/0000000001.log', 'snapshots/0000000000000001.snap']) expect(mode(join(folder, path))).toBe(0o600)
    await close(store)
    expect(readdirSync(folder).sort()).toEqual(['log', 'snapshots'])
  })

  it('gives back what was appended, over many segments and in large batches', async () => {
    const { store } = await open()
    const written: Entry[] = []
    const add = async (entries: Entry[]): Promise<void> => {
      written.push(...entries)
      await append(store, entries)
    }
    for (let index = 1; index <= 300; index++) await add([entry(index, 1500)])
    await add(Array.from({ length: 700 }, (_, i) => entry(301 + i, 1000)))
    await add([entry(1001, 40_000), entry(1002, 3), entry(1003, 900_000), entry(1004, 40_000)])
    expect(store.status().segmentCount).toBeGreaterThan(3)
    await close(store)
    const { store: again, recovered } = await open()
    expect(recovered.entries.length).toBe(written.length)
    expect(recovered.entries.every((found, i) => found.index === i + 1 && written[i]?.payload.equals(found.payload))).toBe(true)
    await close(again)
  })

  it('loses what two newer snapshots make superfluous, and opens from the newest', async () => {
    const { store } = await open()
    for (let index = 1; index <= 400; index++) await append(store, [entry(index, 1500)])
    const before = readdirSync(join(data, 'log')).length
    for (const index of [100, 200, 390]) {
      await doing((done) =>
        store.saveSnapshot({ index, term: 1, termStart: 1 }, [Buffer.alloc(3_000_000, index), Buffer.from('end')], done),
      )
    }
    expect(readdirSync(join(data, 'log')).length).toBeLessThan(before)
    expect(readdirSync(join(data, 'snapshots')).sort()).toEqual(['0000000000000200.snap', '0000000000000390.snap'])
    await close(store)
    const { store: again, recovered } = await open()
    expect(recovered.snapshot?.meta).toEqual({ index: 390, term: 1, termStart: 1 })
    expect([...(recovered.snapshot?.chunks ?? [])].map((chunk) => chunk.length)).toEqual([3_000_000, 3])
    expect(recovered.entries.map(({ index }) => index)).toEqual([391, 392, 393, 394, 395, 396, 397, 398, 399, 400])
    await close(again)
  })

  it('that is damaged is refused and left as it is', async () => {
    const { store } = await open()
    await append(store, [entry(1, 100)])
    await close(store)
    const path = join(data, 'log', '0000000001.log')
    const bytes = readFileSync(path)
    bytes[300] = (bytes[300] ?? 0) ^ 1
    writeFileSync(path, bytes)
    const refusal = await open().catch((error: unknown) => error)
    expect(ZoariumError.is(refusal, 'ERR_STORAGE')).toBe(true)
    expect(String(refusal)).toContain(path)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(readdirSync(data).sort()).toEqual(['log', 'snapshots'])
  })

  it('that cannot be made is told as ERR_STORAGE', async () => {
    writeFileSync(data, 'a file')
    const refusal = await open().catch((error: unknown) => error)
    expect(ZoariumError.is(refusal, 'ERR_STORAGE')).toBe(true)
  })
})

describe('the lock', () => {
  it('keeps a second store of the process out, under any name of the directory, until the first is closed', async () => {
    const { store } = await open()
    symlinkSync(data, join(root, 'other'))
    for (const name of [data, join(root, 'other')]) {
      const refusal = await open(name).catch((error: unknown) => error)
      expect(ZoariumError.is(refusal, 'ERR_STORAGE')).toBe(true)
      expect(String(refusal)).toMatch(/in use by another store of this process/)
    }
    await close(store)
    await close((await open()).store)
  })

  it('keeps other processes out while their owner lives, and is taken over when it is dead', async () => {
    await close((await open()).store)
    const owner = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
    const ended = new Promise((resolve) => owner.once('exit', resolve))
    await new Promise((resolve) => owner.once('spawn', resolve))
    const lock = join(data, 'lock')
    writeFileSync(lock, `${owner.pid} ${startOf(owner.pid)}\n`)
    const refusal = await open().catch((error: unknown) => error)
    expect(String(refusal)).toContain(`in use by process ${owner.pid} (lock file ${lock})`)
    owner.stdin?.end()
    await ended
    await close((await open()).store)
  })

  it.runIf(process.platform === 'linux')(
    'is taken over from a process whose id was given to another, and from an earlier life of our own id',
    async () => {
      await close((await open()).store)
      for (const holder of [`${process.ppid} 1`, `${process.pid} 1`, '', 'nonsense', '999999999 5']) {
        writeFileSync(join(data, 'lock'), `${holder}\n`)
        await close((await open()).store)
      }
      expect(readdirSync(data).sort()).toEqual(['log', 'snapshots'])
    },
  )
})

/** What the lock file says about a process beside its id. */
function startOf(pid: number | undefined): string {
  if (process.platform !== 'linux') return '-'
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
}
