// What rots at rest is found while memory still holds what is right, and is made superfluous.
import { describe, expect, it } from 'vitest'
import type { SegmentInfo } from '../../core/storage/log-recovery.ts'
import { type SegmentVerdict, SegmentVerifier } from '../../core/storage/segment-verifier.ts'
import { CaredStore, SIZES } from './care-harness.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { openOn, tryOpen } from './store-life.ts'

const SCRUB = { scrubBytesPerSecond: 1e6, lowBytes: 0, reserveBytes: 0 }
const HOUR_MS = 3_600_000

/** A store with several complete segments, entries of all sizes, and two snapshots. */
function filled(seed = 1): CaredStore {
  const cared = new CaredStore(new SimulatedDisk(seed), SCRUB)
  for (const bytes of [0, 10, 300, 7, 2000, 512, 40, 9000, 100, 100, 6000, 1]) cared.append(3, bytes)
  return cared
}

/** A pass begins every hour; its reads take place within seconds. */
function onePass(cared: CaredStore): void {
  const { scrubPasses } = cared.care
  cared.nowMs += HOUR_MS
  for (let i = 0; cared.care.scrubPasses === scrubPasses; i++) {
    if (i > 100) throw new Error('no end of the pass')
    cared.pass(1000)
  }
}

function verify(disk: SimulatedDisk, info: SegmentInfo): SegmentVerdict {
  let verdict: SegmentVerdict | null = null
  new SegmentVerifier(disk, info, null, (found) => (verdict = found)).start()
  disk.run()
  if (verdict === null) throw new Error('no verdict')
  return verdict
}

describe('the scrubber', () => {
  it('finds a sound store sound, pass after pass', () => {
    const cared = filled()
    cared.snapshot()
    cared.append(2)
    cared.snapshot()
    for (let i = 0; i < 3; i++) onePass(cared)
    expect(cared.heard).toEqual([])
    expect(cared.care).toMatchObject({ scrubPasses: 3, damagedFiles: 0, damageFound: 0 })
    expect(cared.care.scrubbedBytes).toBeGreaterThan(3000)
  })

  it('finds every single flipped bit of a complete segment, as recovery does', () => {
    const cared = filled()
    const path = 'log/0000000001.log'
    const bytes = cared.disk.bytes(path)
    const info = { number: 1, fileBytes: bytes.length, maxIndex: 0 }
    expect(verify(cared.disk, info).type).toBe('whole')
    // Every byte up to the end seal and a sample of the zeros after it; one bit each, another one from byte to byte.
    const used = bytes.length - 200
    for (let at = 0; at < bytes.length; at += at < used ? 1 : 37) {
      const flip = 1 << (at % 8)
      bytes[at] = (bytes[at] ?? 0) ^ flip
      const verdict = verify(cared.disk, info)
      expect({ at, type: verdict.type }).toEqual({ at, type: 'damaged' })
      if (at % 97 === 0) expect(tryOpen(cared.disk.clone(at), SIZES)).toBeInstanceOf(Error)
      bytes[at] = (bytes[at] ?? 0) ^ flip
    }
    expect(verify(cared.disk, info).type).toBe('whole')
  })

  it('goes on in the next segment from where the last one ended', () => {
    const cared = filled()
    const other = filled(2)
    // A whole segment, but of another log.
    cared.disk.place('log/0000000002.log', Buffer.from(other.disk.bytes('log/0000000002.log')))
    cared.obedient = false
    onePass(cared)
    expect(cared.heard[0]).toMatch(/^damaged log\/0000000002\.log at 0/)
  })

  it('names the damaged segment, asks for snapshots at once and moves it aside when two of them cover it', () => {
    const cared = filled()
    cared.disk.bytes('log/0000000002.log')[700] = 0x55
    const damaged = Buffer.from(cared.disk.bytes('log/0000000002.log'))
    onePass(cared)
    cared.pass(1000)
    expect(cared.heard[0]).toMatch(/^damaged log\/0000000002\.log at \d+: \d+ to \d+$/)
    expect(cared.heard.slice(1)).toEqual([
      'snapshot wanted: a file is damaged',
      'snapshot wanted: a file is damaged',
      'log/0000000002.log moved to log/0000000002.log.damaged',
    ])
    expect(cared.disk.bytes('log/0000000002.log.damaged').equals(damaged)).toBe(true)
    expect(cared.care).toMatchObject({ damagedFiles: 0, damageFound: 1 })
    cared.append(1)
    const { recovered } = openOn(cared.disk.crash(1), SIZES)
    expect(recovered.snapshot?.meta.index).toBeGreaterThan(30)
    expect((recovered.snapshot?.meta.index ?? 0) + recovered.entries.length).toBe(cared.lastIndex)
  })

  it('trusts no damaged snapshot with a purge, and moves it aside', () => {
    const cared = filled()
    cared.snapshot()
    const first = cared.lastIndex
    cared.append(2)
    cared.snapshot()
    const second = `snapshots/${String(cared.lastIndex).padStart(16, '0')}.snap`
    cared.append(2)
    cared.disk.bytes(second)[200] = 0x55
    cared.obedient = false
    onePass(cared)
    expect(cared.heard).toEqual([`damaged ${second} at -1: 1 to ${cared.lastIndex - 2}`, 'snapshot wanted: a file is damaged'])
    // One good new snapshot and the old good one: everything after the old one is still needed.
    const segments = cared.store.status().segmentCount
    cared.snapshot()
    expect(cared.store.status().snapshots).toEqual([cared.lastIndex, cared.lastIndex - 2, first])
    expect(cared.store.status().segmentCount).toBe(segments)
    cared.append(1)
    cared.snapshot()
    expect(cared.heard.at(-1)).toBe(`${second} moved to ${second}.damaged`)
    expect(cared.disk.paths()).toContain(`${second}.damaged`)
    expect(cared.store.status().snapshots).toEqual([cared.lastIndex, cared.lastIndex - 1])
  })

  it('is not the only one to report damage: opening and purging come upon it first', () => {
    const cared = filled()
    cared.snapshot()
    const first = cared.lastIndex
    const disk = cared.disk.crash(1)
    disk.bytes(`snapshots/${String(first).padStart(16, '0')}.snap`)[200] = 0x55
    const again = new CaredStore(disk, SCRUB)
    again.lastIndex = first
    again.append(1)
    again.snapshot()
    expect([...again.recovered.notes, ...again.heard].join()).toMatch(/snapshots\/0+36\.snap/)
  })

  it('does not take a lack of file descriptors for damage, and reads again in the next pass', () => {
    const cared = filled()
    cared.snapshot()
    let hindered = 0
    cared.disk.fault = (what) => {
      if (!what.startsWith('read ')) return null
      hindered += 1
      return Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
    }
    onePass(cared)
    expect(hindered).toBeGreaterThan(2)
    expect(cared.heard).toEqual([])
    cared.disk.fault = () => null
    cared.disk.bytes('log/0000000001.log')[700] = 0x55
    onePass(cared)
    expect(cared.heard[0]).toMatch(/^damaged log\/0000000001\.log/)
  })

  it('takes a file that cannot be read for damaged', () => {
    const cared = filled()
    cared.disk.fault = (what) => {
      return what.startsWith('read log/0000000002') ? Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }) : null
    }
    cared.obedient = false
    onePass(cared)
    expect(cared.heard[0]).toMatch(/^damaged log\/0000000002\.log at -1: \d+ to \d+$/)
  })

  it('keeps to its rate, and waits for appends', () => {
    const disk = new SimulatedDisk(1)
    const cared = new CaredStore(disk, { ...SCRUB, scrubBytesPerSecond: 4096 })
    for (let i = 0; i < 60; i++) cared.append(1, 900)
    cared.pass(4000)
    const { scrubbedBytes } = cared.care
    expect(scrubbedBytes).toBeGreaterThan(4096)
    // What the time pays for, and the read that overdraws it.
    expect(scrubbedBytes).toBeLessThanOrEqual(4096 * 4 + 16_384)
    // An append under way for a while: nothing is read beside it.
    cared.store.append({ seq: 9, hardState: null, entries: [{ term: 1, index: 61, payload: Buffer.alloc(10) }] }, () => {})
    const reads = disk.trace.filter((what) => what.startsWith('read ')).length
    for (const end = cared.nowMs + 5000; cared.nowMs < end; cared.nowMs += 50) cared.store.tick(cared.nowMs)
    disk.run()
    expect(disk.trace.filter((what) => what.startsWith('read '))).toHaveLength(reads)
  })
})
