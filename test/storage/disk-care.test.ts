// A disk that gets full, hangs or fails without anybody waiting for it, and what the store makes of it.
import { describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import { CaredStore } from './care-harness.ts'
import { LimitedDisk } from './limited-disk.ts'
import { doing, openOn } from './store-life.ts'

const MIB = 2 ** 20

function reserveFiles(disk: LimitedDisk): string[] {
  return disk.paths().filter((path) => path.endsWith('.reserve'))
}

function settled(limitBytes = MIB): CaredStore & { readonly disk: LimitedDisk } {
  const cared = new CaredStore(new LimitedDisk(1, limitBytes))
  cared.pass(10_000)
  return cared as CaredStore & { readonly disk: LimitedDisk }
}

describe('the reserve', () => {
  it('is made when the server has been up for a moment, and found again after a restart', () => {
    const cared = settled()
    expect(reserveFiles(cared.disk)).toHaveLength(4)
    expect(cared.care.reserveBytes).toBe(16_384)
    expect(doing(cared.disk, (done) => cared.store.close(done))).toBeNull()
    const { store, recovered } = openOn(cared.disk, { firstSegmentBytes: 4096, maxSegmentBytes: 16384 })
    expect(recovered.notes).toEqual([])
    expect(store.status().logBytes).toBeGreaterThanOrEqual(16_384)
  })

  it('takes at most a sixteenth of the disk', () => {
    expect(reserveFiles(settled(4096 * 16 * 2).disk)).toHaveLength(2)
  })

  it('feeds the log when there is not a byte left, as long as it lasts; then the store ends', () => {
    const cared = settled()
    cared.obedient = false
    cared.disk.othersBytes += cared.disk.freeBytes
    expect(cared.disk.freeBytes).toBe(0)
    let written = 0
    while (cared.append(1, 100) === null) {
      written += 1
      if (written > 10_000) throw new Error('the disk never got full')
    }
    // Four files of 4096 bytes, 16 batches of 248 bytes and a header in each.
    expect(written).toBeGreaterThan(4 * 15)
    expect(cared.failure).not.toBeNull()
    expect(ZoariumError.is(cared.failure, 'ERR_STORAGE')).toBe(true)
    expect(reserveFiles(cared.disk)).toEqual([])
    const { recovered } = openOn(cared.disk.crash(1))
    expect(recovered.entries).toHaveLength(written)
  })

  it('lets a start on a full disk succeed, and the log goes on', () => {
    const cared = settled()
    cared.obedient = false
    cared.disk.othersBytes += cared.disk.freeBytes
    // Up to the last byte of the last segment: the next record needs a new one.
    while (reserveFiles(cared.disk).length > 3) expect(cared.append(1, 100)).toBeNull()
    const kill = cared.disk.kill(1)
    kill.fault = (what) => (what.startsWith('create ') ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : null)
    const again = new CaredStore(kill)
    expect(again.recovered.entries).toHaveLength(cared.lastIndex)
    for (let i = 0; i < 20; i++) expect(again.append(1, 100)).toBeNull()
  })
})

describe('a crash on a full disk', () => {
  it('at any step loses nothing that was acknowledged, also while the log feeds on the reserve', () => {
    let crashes = 0
    for (let steps = 0; ; steps++) {
      const cared = settled()
      cared.obedient = false
      cared.disk.othersBytes += cared.disk.freeBytes
      cared.pass(1100)
      const from = cared.disk.steps
      let acknowledged = 0
      let index = 0
      const append = (): void => {
        index += 1
        const entry = { term: 1, index, payload: Buffer.alloc(700, index) }
        cared.store.append({ seq: index, hardState: null, entries: [entry] }, (error) => {
          if (error !== null) return
          acknowledged = entry.index
          if (index < 24) append()
        })
      }
      append()
      while (!cared.disk.idle && cared.disk.steps - from < steps) cared.disk.step()
      if (cared.disk.idle) break
      crashes += 1
      for (const left of [cared.disk.crash(steps), cared.disk.kill(steps)]) {
        const { recovered } = openOn(left)
        expect(recovered.entries.length).toBeGreaterThanOrEqual(acknowledged)
        expect(recovered.entries.length).toBeLessThanOrEqual(acknowledged + 1)
      }
    }
    expect(crashes).toBeGreaterThan(30)
  })
})

describe('a disk that gets full', () => {
  it('refuses client writes below the mark, and takes them again when there is room and the reserve is whole', () => {
    const cared = settled()
    cared.disk.othersBytes += cared.disk.freeBytes - 30_000
    cared.pass(1100)
    expect(cared.heard).toEqual(['writes refused'])
    expect(cared.care.refusal).toMatch(/^the disk is nearly full: 30000 bytes free, 40000 wanted$/)
    // Above the mark, but not by enough.
    cared.disk.othersBytes -= 12_000
    cared.pass(5000)
    expect(cared.heard).toEqual(['writes refused'])
    cared.disk.othersBytes -= 12_000
    cared.pass(5000)
    expect(cared.heard).toEqual(['writes refused', 'writes taken'])
    expect(cared.care.refusal).toBeNull()
  })

  it('first makes room: two snapshots and the purge, without refusing anything', () => {
    const cared = settled()
    for (let i = 0; i < 200; i++) cared.append(1, 500)
    const { segmentCount } = cared.store.status()
    expect(segmentCount).toBeGreaterThan(5)
    cared.disk.othersBytes += cared.disk.freeBytes - 30_000
    cared.pass(5000)
    expect(cared.heard).toEqual(['snapshot wanted: room is wanted on the disk', 'snapshot wanted: room is wanted on the disk'])
    expect(cared.store.status().segmentCount).toBeLessThan(segmentCount)
    expect(cared.disk.freeBytes).toBeGreaterThan(40_000)
  })

  it('refuses at once below half of the mark, and heals by the snapshots that it takes out of the reserve', () => {
    const cared = settled()
    for (let i = 0; i < 200; i++) cared.append(1, 500)
    cared.snapshot(3000)
    cared.disk.othersBytes += cared.disk.freeBytes
    cared.pass(1100)
    expect(cared.heard.slice(0, 2)).toEqual(['writes refused', 'snapshot wanted: room is wanted on the disk'])
    cared.pass(10_000)
    expect(cared.heard.at(-1)).toBe('writes taken')
    expect(reserveFiles(cared.disk)).toHaveLength(4)
    expect(cared.failure).toBeNull()
  })

  it('does not ask for a snapshot that could free nothing', () => {
    const cared = settled()
    cared.disk.othersBytes += cared.disk.freeBytes - 100
    cared.pass(10_000)
    expect(cared.heard).toEqual(['writes refused'])
  })

  it('refuses when a segment cannot be prepared though the system shows room, and heals only when it can', () => {
    const cared = settled()
    cared.obedient = false
    let quota = true
    cared.disk.further = (what) => {
      if (!quota || !/^create log\/\d+\.log/.test(what)) return null
      return Object.assign(new Error('EDQUOT: disk quota exceeded'), { code: 'EDQUOT' })
    }
    const before = cared.store.status().segmentCount
    while (cared.store.status().segmentCount < before + 2) expect(cared.append(1, 500)).toBeNull()
    cared.pass(10_000)
    expect(cared.heard).toContain('writes refused')
    expect(cared.heard).not.toContain('writes taken')
    quota = false
    cared.pass(10_000)
    expect(cared.heard.at(-1)).toBe('writes taken')
    expect(cared.store.status().shortage).toBeNull()
    expect(reserveFiles(cared.disk)).toHaveLength(4)
  })

  it('says once when the system does not tell how much room there is', () => {
    const cared = settled()
    cared.disk.further = (what) => (what === 'space' ? new Error('ENOSYS') : null)
    cared.pass(5000)
    expect(cared.heard).toEqual(['space unknown'])
  })
})

describe('a failure that nobody waits for', () => {
  it.each([
    ['a seal', (what: string) => what.startsWith('write log/0000000001.log'), (cared: CaredStore) => cared.store.idle()],
    ['the reserve', (what: string) => what.startsWith('sync log/0001.reserve'), (cared: CaredStore) => cared.pass(10_000)],
    ['the next segment', (what: string) => what.startsWith('sync log/0000000002.log'), (cared: CaredStore) => cared.append(3, 500)],
  ])('of %s ends the store at once', (_, hits, act) => {
    const disk = new LimitedDisk(1, MIB)
    const cared = new CaredStore(disk)
    cared.append(1)
    disk.further = (what) => (hits(what) ? Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }) : null)
    act(cared)
    disk.run()
    expect(cared.heard).toEqual(['failed'])
    expect(cared.failure).toBe(cared.store.failure)
    expect(cared.append(1)).toBe(cared.failure)
  })
})

describe('closing', () => {
  it.each([1, 2, 3, 5, 8, 13, 21])('waits for what is under way, %i steps into making the reserve', (steps) => {
    const disk = new LimitedDisk(steps, MIB)
    const cared = new CaredStore(disk, { scrubBytesPerSecond: 1e6 })
    cared.append(40, 500)
    for (let t = 0; t < 4000; t += 50) {
      cared.store.tick(t)
      if (t < 3000) disk.run()
    }
    for (let i = 0; i < steps && !disk.idle; i++) disk.step()
    expect(doing(disk, (done) => cared.store.close(done))).toBeNull()
    expect(disk.idle).toBe(true)
    expect(disk.trace.at(-1)).toBe('unlock')
    openOn(disk)
  })
})
