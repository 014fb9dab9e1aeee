// The simulated disk has the manners that docs/internals/storage-faults.md tells of.
import { describe, expect, it } from 'vitest'
import type { DiskFile } from '../../core/storage/disk.ts'
import type { Aftermath } from './simulated-disk/cached-content.ts'
import type { FaultSource, OperationFault } from './simulated-disk/disk-faults.ts'
import { DiskFaults } from './simulated-disk/disk-faults.ts'
import { VirtualClock } from './simulated-disk/virtual-clock.ts'
import { SimulatedDisk, type SimulatedDiskOptions } from './simulated-disk.ts'
import { doing } from './store-life.ts'

const PATH = 'log/file'
const OLD = Buffer.alloc(4096, 1)
const NEW = Buffer.alloc(4096, 2)

/** A source of one fault, on operations that match, while it is armed. */
class OneFault implements FaultSource {
  armed = true
  readonly #fault: OperationFault
  readonly #what: RegExp
  readonly #below: number

  constructor(fault: OperationFault, what: RegExp, below = 0) {
    this.#fault = fault
    this.#what = what
    this.#below = below
  }

  hits(fault: OperationFault, what: string): boolean {
    return this.armed && fault === this.#fault && this.#what.test(what)
  }

  below(bound: number): number {
    return Math.min(bound - 1, this.#below)
  }
}

function got<T>(disk: SimulatedDisk, operation: (done: (error: Error | null, value?: T) => void) => void): T {
  let found: T | undefined
  const error = doing(disk, (done) =>
    operation((failure, value) => {
      found = value
      done(failure)
    }),
  )
  if (error !== null || found === undefined) throw error ?? new Error('nothing came')
  return found
}

/** A disk with one file of OLD, durable with its name. */
function withFile(options: SimulatedDiskOptions = {}, seed = 1): { disk: SimulatedDisk; file: DiskFile } {
  const disk = new SimulatedDisk(seed, options)
  doing(disk, (done) => disk.makeFolder('log', done))
  const file = got<DiskFile>(disk, (done) => disk.create(PATH, done))
  write(disk, file, OLD)
  expect(doing(disk, (done) => file.sync(done))).toBeNull()
  expect(doing(disk, (done) => disk.syncFolder('log', done))).toBeNull()
  return { disk, file }
}

function write(disk: SimulatedDisk, file: DiskFile, bytes: Buffer, position = 0): Error | null {
  return doing(disk, (done) => file.write([bytes], position, done))
}

function read(disk: SimulatedDisk): Buffer {
  return got<Buffer>(disk, (done) => disk.read(PATH, 0, OLD.length, done))
}

/** Sectors of the file that hold NEW, on what a crash leaves. */
function newSectors(disk: SimulatedDisk): number {
  const bytes = disk.bytes(PATH)
  let count = 0
  for (let at = 0; at < bytes.length; at += 512) if (bytes[at] === 2) count += 1
  return count
}

describe('a failed sync', () => {
  it.each<Aftermath>(['kept in memory', 'reverted'])('is told; what did not reach the platter is %s', (aftermath) => {
    let lost = 0
    for (let seed = 1; seed <= 30; seed++) {
      const faults = new OneFault('fsync', /^sync/)
      faults.armed = false
      const { disk, file } = withFile({ aftermath, faults }, seed)
      write(disk, file, NEW)
      faults.armed = true
      expect(doing(disk, (done) => file.sync(done))?.message).toMatch(/EIO/)
      faults.armed = false
      const seen = read(disk)
      // The next sync calls itself a success, and brings nothing.
      expect(doing(disk, (done) => file.sync(done))).toBeNull()
      expect(disk.misdeeds).toHaveLength(1)
      const reached = newSectors(disk.crash(seed))
      if (aftermath === 'kept in memory') expect(seen.equals(NEW)).toBe(true)
      else expect(seen.equals(disk.bytes(PATH))).toBe(true)
      expect(newSectors(disk)).toBe(reached)
      if (reached < 8) lost += 1
      expect(disk.kill(seed).hasStale).toBe(aftermath === 'kept in memory' && reached < 8)
      disk.evict()
      expect(read(disk).equals(disk.bytes(PATH))).toBe(true)
      // A write into them goes out whole again.
      write(disk, file, NEW)
      doing(disk, (done) => file.sync(done))
      expect(newSectors(disk.crash(seed))).toBe(8)
    }
    expect(lost).toBeGreaterThan(10)
  })

  it('may be that of a durable write', () => {
    const faults = new OneFault('fsync', /^write log\/file 512/)
    const { disk } = withFile({ faults })
    const file = got<DiskFile>(disk, (done) => disk.openDurable(PATH, done))
    expect(write(disk, file, NEW.subarray(0, 512))).toBeNull()
    expect(newSectors(disk.crash(1))).toBe(1)
    expect(write(disk, file, NEW.subarray(0, 1024), 512)?.message).toMatch(/EIO/)
    expect(read(disk).subarray(0, 1536).equals(NEW.subarray(0, 1536))).toBe(true)
    expect(newSectors(disk.crash(1))).toBeLessThanOrEqual(3)
  })
})

describe('a write', () => {
  it('that is not synced is lost, whole or in sectors, when the machine stops, and not when the process does', () => {
    const outcomes = new Set<number>()
    for (let seed = 1; seed <= 60; seed++) {
      const { disk, file } = withFile()
      write(disk, file, NEW)
      outcomes.add(newSectors(disk.crash(seed)))
      expect(read(disk.kill(seed)).equals(NEW)).toBe(true)
    }
    expect(outcomes).toContain(0)
    expect(outcomes).toContain(8)
    expect(outcomes.size).toBeGreaterThan(4)
  })

  it('that is broken off has arrived up to the end of a sector', () => {
    const { disk, file } = withFile({ faults: new OneFault('short', /^write log\/file 100/, 3) })
    expect(write(disk, file, NEW.subarray(0, 3000), 100)?.message).toBe('short write to log/file: 1436 of 3000 bytes')
    expect([...read(disk)].filter((byte) => byte === 2)).toHaveLength(1436)
  })

  it('under way is there, not there or broken off at a page when the process is killed', () => {
    const outcomes = new Set<number>()
    const large = Buffer.alloc(12_288, 2)
    for (let seed = 1; seed <= 60; seed++) {
      const { disk, file } = withFile()
      file.write([large], 0, () => {})
      outcomes.add(
        disk
          .kill(seed)
          .content(PATH)
          .seen.filter((byte) => byte === 2).length,
      )
    }
    expect([...outcomes].sort((a, b) => a - b)).toEqual([0, 4096, 8192, 12_288])
  })
})

describe('room', () => {
  it('ends: what fits arrives, space tells the truth, and a removal heals', () => {
    const { disk, file } = withFile({ capacityBytes: 10_000 })
    expect(got(disk, (done) => disk.space(done))).toEqual({ freeBytes: 5904, totalBytes: 10_000 })
    expect(write(disk, file, NEW)).toBeNull()
    expect(write(disk, file, Buffer.alloc(8192, 3), 4096)).toMatchObject({ code: 'ENOSPC' })
    expect(disk.usedBytes).toBe(9728)
    const other = got<DiskFile>(disk, (done) => disk.create('log/other', done))
    expect(write(disk, other, NEW)).toMatchObject({ code: 'ENOSPC' })
    expect(doing(disk, (done) => disk.remove(PATH, done))).toBeNull()
    expect(write(disk, other, NEW)).toBeNull()
    expect(got(disk, (done) => disk.space(done))).toEqual({ freeBytes: 5904, totalBytes: 10_000 })
  })

  it('is not wanted by a write over what is there', () => {
    const { disk, file } = withFile({ capacityBytes: 4096 })
    expect(write(disk, file, NEW)).toBeNull()
  })
})

describe('time', () => {
  it('is that of the clock that the test owns; a stall holds one operation and lets others pass', () => {
    const clock = new VirtualClock()
    const disk = new SimulatedDisk(1, { clock, faults: new OneFault('stall', /^syncFolder/, 9) })
    doing(disk, (done) => disk.makeFolder('log', done))
    const begun = clock.nowUs
    expect(begun).toBeGreaterThan(0)
    const order: string[] = []
    disk.syncFolder('log', () => order.push('stalled'))
    disk.list('log', () => order.push('listed'))
    expect(disk.nextUs).toBeLessThan(begun + 10_000)
    disk.run()
    expect(order).toEqual(['listed', 'stalled'])
    expect(clock.nowUs).toBeGreaterThan(begun + 10_000_000)
    expect(disk.nextUs).toBeNull()
  })
})

describe('what lies on the disk', () => {
  it('rots by sectors, and can become unreadable until it is written again', () => {
    const { disk, file } = withFile()
    disk.content(PATH).damage(1, (bytes) => bytes.fill(0))
    expect([...read(disk)].filter((byte) => byte === 0)).toHaveLength(512)
    disk.content(PATH).makeUnreadable(2)
    expect(() => read(disk)).toThrow(/EIO/)
    expect(() => read(disk.crash(1))).toThrow(/EIO/)
    write(disk, file, NEW, 1024)
    expect(read(disk).subarray(1024, 1536).equals(NEW.subarray(0, 512))).toBe(true)
  })

  it('rots unseen beneath what memory holds', () => {
    const { disk, file } = withFile()
    write(disk, file, NEW)
    disk.content(PATH).damage(1, (bytes) => bytes.fill(0))
    expect(read(disk).equals(NEW)).toBe(true)
  })
})

describe('a name', () => {
  it('comes and goes only with the sync of its folder', () => {
    const outcomes = new Set<string>()
    for (let seed = 1; seed <= 40; seed++) {
      const { disk } = withFile()
      doing(disk, (done) => disk.rename(PATH, 'log/renamed', done))
      doing(disk, (done) => disk.create('log/second', (error) => done(error)))
      outcomes.add(disk.crash(seed).paths().join(' '))
      expect(disk.kill(seed).paths()).toEqual(['log/renamed', 'log/second'])
      doing(disk, (done) => disk.syncFolder('log', done))
      expect(disk.crash(seed).paths()).toEqual(['log/renamed', 'log/second'])
    }
    expect([...outcomes].sort()).toEqual(['log/file', 'log/renamed', 'log/renamed log/second'])
  })
})

describe('the disk', () => {
  it('does the same from the same seed, and goes on after a copy of it has crashed', () => {
    const run = (crash: boolean): string => {
      const faults = new DiskFaults(5, { fsync: 0.2, write: 0.2, short: 0.2, stall: 0.2 })
      const { disk, file } = ((): { disk: SimulatedDisk; file: DiskFile } => {
        faults.armed = false
        const made = withFile({ faults }, 3)
        faults.armed = true
        return made
      })()
      const outcomes: string[] = []
      for (let i = 0; i < 60; i++) {
        outcomes.push(String(i % 3 === 0 ? doing(disk, (done) => file.sync(done)) : write(disk, file, NEW, i * 8)))
        if (crash) disk.crash(i)
      }
      return `${outcomes.join()} ${disk.image()} ${disk.clock.nowUs}`
    }
    expect(run(false)).toBe(run(false))
    expect(run(true)).toBe(run(false))
  })
})
