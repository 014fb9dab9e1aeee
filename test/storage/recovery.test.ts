// Damage that is not refused: marked for recovery from peers, or repaired. Whatever happens, what is kept is a prefix of what was acknowledged, the
// mark or the report covers what is missing, the originals are still there, and a crash at any operation changes nothing of that.
import { describe, expect, it, vi } from 'vitest'
import type { Entry, HardState } from '../../core/consensus/types.ts'
import { ZoariumError } from '../../core/errors.ts'
import { surveyDirectory } from '../../core/storage/directory-survey.ts'
import type { LogStore, OpenedLogStore } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { type RepairResult, repairLog } from '../../core/storage/repair-log.ts'
import { damageIn } from '../../core/storage/storage-damage.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { doing, openOn, tryOpen } from './store-life.ts'

vi.setConfig({ testTimeout: 180_000 })

const SIZES = { firstSegmentBytes: 4096, maxSegmentBytes: 4096 }
const MARK = { ...SIZES, onDamage: 'mark' } as const
const ENTRIES = 13

function entry(index: number): Entry {
  return { term: 1 + Math.floor(index / 6), index, payload: Buffer.alloc(700, index) }
}

function state(index: number): HardState {
  return { term: entry(index).term, votedFor: 1, commit: index - 1 }
}

/** A log of 13 entries over several segments, snapshots as asked, sealed. */
function fullDisk(snapshots: readonly number[] = []): SimulatedDisk {
  const disk = new SimulatedDisk(1)
  const { store } = openOn(disk, SIZES)
  for (let index = 1; index <= ENTRIES; index++) {
    const hardState = index === 1 || entry(index - 1).term !== entry(index).term ? state(index) : null
    expect(doing(disk, (done) => store.append({ seq: index, hardState, entries: [entry(index)] }, done))).toBeNull()
    if (snapshots.includes(index)) expect(saved(disk, store, index)).toBeNull()
  }
  expect(doing(disk, (done) => store.close(done))).toBeNull()
  return disk.clone(1)
}

function saved(disk: SimulatedDisk, store: LogStore, index: number): Error | null {
  return doing(disk, (done) => store.saveSnapshot({ index, term: entry(index).term, termStart: 1 }, [Buffer.from(`${index}`)], done))
}

/** The offset of entry `index` in its segment: its payload's bytes are its number. */
function place(disk: SimulatedDisk, index: number): { path: string; at: number } {
  for (const path of disk.paths().filter((name) => name.endsWith('.log'))) {
    const at = disk.bytes(path).indexOf(Buffer.alloc(600, index))
    if (at >= 0) return { path, at }
  }
  throw new Error(`entry ${index} is nowhere`)
}

function rot(disk: SimulatedDisk, index: number): void {
  const { path, at } = place(disk, index)
  disk.bytes(path).writeUInt8(255, at + 10)
}

function repair(disk: SimulatedDisk, acceptLoss: boolean): RepairResult {
  let failure: Error | null = new Error('repair never called back')
  let repaired: RepairResult | undefined
  repairLog(disk, { acceptLoss, raiseTerms: 1000, sizes: SIZES }, (error, result) => {
    failure = error
    repaired = result
  })
  disk.run()
  if (repaired === undefined) throw failure
  return repaired
}

function report(outcome: OpenedLogStore | Error) {
  const damage = damageIn(outcome)
  if (damage === null || damage.report === null) throw new Error(`not damage: ${String(outcome)}`)
  return damage.report
}

/** The bytes of every log file that ever was, by their number. */
function originals(disk: SimulatedDisk): string[] {
  return disk
    .paths()
    .filter((path) => /\.log(\.damaged-[0-9a-f]{8})?$/.test(path))
    .map((path) => `${path.slice(0, 18)} ${disk.bytes(path).toString('base64')}`)
}

describe('a refusal', () => {
  it('carries where the damage is, which entries it concerns, and what can be kept', () => {
    const disk = fullDisk()
    rot(disk, 5)
    const outcome = tryOpen(disk, SIZES)
    expect(report(outcome)).toMatchObject({
      file: place(disk, 6).path,
      badBatch: { firstIndex: 5, lastIndex: 5 },
      lostFrom: 5,
      lostUntil: 13,
      endKnown: true,
      hardState: 'kept',
      snapshotIndex: 0,
      keptUntil: 4,
    })
    expect(String(outcome)).toMatch(/lost: entries 5 to 13; everything up to entry 4 can be kept/)
  })

  it('says that nothing is lost when a whole snapshot lies beyond the damage', () => {
    const disk = fullDisk([8])
    rot(disk, 5)
    const outcome = tryOpen(disk, SIZES)
    expect(report(outcome)).toMatchObject({ lostFrom: null, lostUntil: null, hardState: 'kept', snapshotIndex: 8, keptUntil: 13 })
    expect(String(outcome)).toMatch(/no entry is lost \(the snapshot of entry 8 is whole\): everything up to entry 13 can be kept/)
  })

  it('says that term and vote are lost when no hard state can be read', () => {
    const disk = fullDisk()
    for (const path of disk.paths().filter((name) => name.startsWith('log/'))) disk.bytes(path).fill(0xff, 0, 4096)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({ hardState: 'lost', keptUntil: 0, endKnown: false, lostFrom: 1 })
  })

  it('calls the hard state suspect when a newer one may have been in what cannot be read', () => {
    const disk = fullDisk()
    const { path } = place(disk, 13)
    // The header of the last batch with an entry, and the seals behind it.
    disk.bytes(path).fill(0xff, place(disk, 13).at - 72)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({ hardState: 'suspect', endKnown: false, lostFrom: 13, lostUntil: null })
  })
})

describe('a directory opened with onDamage: mark', () => {
  it('opens with the good prefix, says what is missing, and keeps the originals', () => {
    const disk = fullDisk()
    rot(disk, 5)
    const before = originals(disk)
    const { store, recovered } = openOn(disk, MARK)
    expect(recovered.entries).toEqual([1, 2, 3, 4].map(entry))
    expect(recovered.hardState).toEqual(state(12))
    expect(recovered.mark).toMatchObject({ missingFrom: 5, refetchUntil: 13, endKnown: true, hardStateSuspect: false, identityLost: false })
    expect(store.mark).toEqual(recovered.mark)
    expect(originals(disk)).toEqual(expect.arrayContaining(before))
    expect(recovered.notes.join('\n')).toMatch(/lost: entries 5 to 13.*\n.*moved aside/)
  })

  it('stays marked over restarts, and refuses to run alone, until it is told that everything is there again', () => {
    const disk = fullDisk()
    rot(disk, 5)
    const { store, recovered } = openOn(disk, MARK)
    const mark = recovered.mark
    for (let index = 5; index <= ENTRIES; index++) {
      expect(doing(disk, (done) => store.append({ seq: index, hardState: null, entries: [entry(index)] }, done))).toBeNull()
    }
    const alone = disk.crash(3)
    expect(String(tryOpen(alone, SIZES))).toMatch(/marked for recovery from peers \(entries 5 to 13 missing/)
    const again = alone.kill(4)
    const opened = openOn(again, MARK)
    expect(opened.recovered.mark).toEqual(mark)
    expect(opened.recovered.entries).toHaveLength(ENTRIES)
    expect(doing(again, (done) => opened.store.recoveryDone(done))).toBeNull()
    expect(opened.store.mark).toBeNull()
    const healed = openOn(again.crash(5), SIZES)
    expect(healed.recovered.mark).toBeNull()
    expect(healed.recovered.entries).toHaveLength(ENTRIES)
  })

  it('loses its mark with a snapshot of a peer beyond what is missing, but not with one before its end', () => {
    for (const [index, marked] of [
      [9, true],
      [20, false],
    ] as const) {
      const disk = fullDisk()
      rot(disk, 5)
      const { store } = openOn(disk, MARK)
      const meta = { index, term: 3, termStart: 1 }
      expect(doing(disk, (done) => store.installSnapshot(meta, [Buffer.from('x')], done))).toBeNull()
      expect(store.mark !== null).toBe(marked)
      expect(openOn(disk.crash(1), MARK).recovered.mark !== null).toBe(marked)
    }
  })

  it('is not marked when a snapshot covers the damage: nothing is missing', () => {
    const disk = fullDisk([8])
    rot(disk, 5)
    const { recovered } = openOn(disk, MARK)
    expect(recovered.mark).toBeNull()
    expect(recovered.snapshot?.meta.index).toBe(8)
    expect(recovered.entries).toEqual([9, 10, 11, 12, 13].map(entry))
    expect(openOn(disk.crash(1), SIZES).recovered.entries).toEqual(recovered.entries)
  })

  it('is not marked for a directory of another format: that is no damage', () => {
    const disk = fullDisk()
    const bytes = disk.bytes('log/0000000001.log')
    bytes.writeUInt32BE(2, 12)
    bytes.writeUInt32BE(disk.crc32(bytes.subarray(12, 64)), 8)
    const before = disk.image()
    expect(String(tryOpen(disk, MARK))).toMatch(/format version is 2/)
    expect(disk.image()).toBe(before)
  })

  it('is not marked or repaired either when a file of another format comes behind the damage', () => {
    const disk = fullDisk()
    rot(disk, 2)
    const bytes = disk.bytes('log/0000000003.log')
    bytes.writeUInt32BE(2, 12)
    bytes.writeUInt32BE(disk.crc32(bytes.subarray(12, 64)), 8)
    const before = disk.image()
    expect(String(tryOpen(disk, MARK))).toMatch(/0000000003.log: the format version is 2/)
    expect(() => repair(disk, true)).toThrow(/the format version is 2/)
    expect(disk.image()).toBe(before)
  })

  it('joins the marks when more damage is found before the first is made good', () => {
    const disk = fullDisk()
    rot(disk, 9)
    openOn(disk, MARK)
    const again = disk.crash(1)
    rot(again, 4)
    const { recovered } = openOn(again, MARK)
    // What was kept went into the new log as one batch.
    expect(recovered.mark).toMatchObject({ missingFrom: 1, refetchUntil: 13 })
    expect(recovered.entries).toEqual([])
  })

  it('refuses a mark that cannot be read: what it said may matter', () => {
    const disk = fullDisk()
    rot(disk, 9)
    openOn(disk, MARK)
    const again = disk.crash(1)
    again.bytes('log/recovery.mark').writeUInt8(1, 20)
    expect(String(tryOpen(again, MARK))).toMatch(/recovery.mark: the checksum does not match/)
  })

  it('ends in the same state when a crash interrupts the marking at any operation', () => {
    const start = fullDisk([3])
    rot(start, 5)
    const probe = start.clone(1)
    const expected = openOn(probe, MARK).recovered
    for (let steps = 1; steps < probe.steps; steps++) {
      const disk = start.clone(1)
      openLogStore(disk, MARK, () => {})
      while (!disk.idle && disk.steps < steps) disk.step()
      const { recovered } = openOn(disk.crash(steps), MARK)
      const where = `crash after ${steps} operations`
      expect(recovered.entries, where).toEqual(expected.entries)
      expect(recovered.hardState, where).toEqual(expected.hardState)
      expect(recovered.mark, where).toEqual(expected.mark)
    }
  })
})

describe('a repair', () => {
  it('changes nothing unless the loss is accepted', () => {
    const disk = fullDisk()
    rot(disk, 5)
    const before = disk.image()
    const result = repair(disk, false)
    expect(result).toMatchObject({ outcome: 'refused', keptUntil: 4, entryCount: 4, termBefore: 3, termAfter: 1003, suffix: null })
    expect(disk.image()).toBe(before)
  })

  it('has nothing to do with a log that is whole, or whose last write is torn', () => {
    const disk = fullDisk()
    expect(repair(disk, true)).toMatchObject({ outcome: 'whole', keptUntil: 13, suffix: null })
    const torn = new SimulatedDisk(1)
    const { store } = openOn(torn, SIZES)
    store.append({ seq: 1, hardState: null, entries: [entry(1)] }, () => {})
    while (!torn.trace.some((line) => line.startsWith('write log/0000000001.log'))) torn.step()
    const left = torn.clone(2)
    left.bytes('log/0000000001.log').fill(0, 512, 1024)
    expect(repair(left, true)).toMatchObject({ outcome: 'whole', suffix: null })
  })

  it('keeps what comes before the damage, raises the term, keeps the originals, and the result opens alone', () => {
    const disk = fullDisk()
    rot(disk, 5)
    const before = originals(disk)
    const result = repair(disk, true)
    expect(result.outcome).toBe('repaired')
    expect(originals(disk)).toEqual(expect.arrayContaining(before))
    expect(disk.paths().filter((path) => path.endsWith(`.damaged-${result.suffix}`))).toHaveLength(before.length)
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.entries).toEqual([1, 2, 3, 4].map(entry))
    expect(recovered.hardState).toEqual({ term: 1003, votedFor: 0, commit: 4 })
    expect(repair(disk.crash(2), true).outcome).toBe('whole')
  })

  it('loses nothing and raises no term when a snapshot covers the damage', () => {
    const disk = fullDisk([8])
    rot(disk, 5)
    rot(disk, 6)
    expect(repair(disk, true)).toMatchObject({ outcome: 'repaired', snapshotIndex: 8, keptUntil: 13, termBefore: 3, termAfter: 3 })
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.snapshot?.meta.index).toBe(8)
    expect(recovered.entries).toEqual([9, 10, 11, 12, 13].map(entry))
  })

  it('loses no entry when only a record without entries is damaged', () => {
    const disk = fullDisk()
    const path = place(disk, 13).path
    const bytes = disk.bytes(path)
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1
    // The directory of the last seal.
    bytes.writeUInt8(bytes.readUInt8(end - 10) ^ 1, end - 10)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({ lostFrom: null, keptUntil: 13 })
    expect(repair(disk, true).outcome).toBe('repaired')
    expect(openOn(disk, SIZES).recovered.entries).toHaveLength(13)
  })

  it('does not use whole data of another history, though a snapshot covers where it begins', () => {
    const start = new SimulatedDisk(1)
    const first = openOn(start, SIZES).store
    for (const index of [1, 2]) {
      expect(doing(start, (done) => first.append({ seq: index, hardState: state(index), entries: [entry(index)] }, done))).toBeNull()
    }
    const [one, two] = [10, 20].map((fill) => {
      const disk = start.clone(fill)
      const { store } = openOn(disk, SIZES)
      for (let index = 3; index <= ENTRIES; index++) {
        const entries = [{ term: 1, index, payload: Buffer.alloc(700, fill + index) }]
        expect(doing(disk, (done) => store.append({ seq: index, hardState: null, entries }, done))).toBeNull()
        if (index === 8) expect(saved(disk, store, index)).toBeNull()
      }
      return disk
    })
    if (one === undefined || two === undefined) throw new Error('two histories were made')
    for (const path of two.paths().filter((name) => /0000000[2-9]\.log$/.test(name))) one.place(path, Buffer.from(two.bytes(path)))
    expect(report(tryOpen(one.clone(1), SIZES))).toMatchObject({ snapshotIndex: 8, keptUntil: 8, lostFrom: 9, lostUntil: 13 })
    expect(openOn(one.clone(1), MARK).recovered.entries).toEqual([])
  })

  it('keeps what can be read between two damages when a snapshot covers the first', () => {
    const disk = fullDisk([8])
    rot(disk, 5)
    rot(disk, 11)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({ lostFrom: 11, lostUntil: 13, endKnown: true, keptUntil: 10 })
    repair(disk, true)
    expect(openOn(disk, SIZES).recovered.entries).toEqual([9, 10].map(entry))
  })

  it('does not say that nothing is lost when the last file is missing', () => {
    const disk = fullDisk([8])
    rot(disk, 5)
    const { path } = place(disk, 13)
    for (const name of disk.paths().filter((other) => other >= path && other.startsWith('log/'))) disk.drop(name)
    const { keptUntil, ...found } = report(tryOpen(disk, SIZES))
    expect(keptUntil).toBeGreaterThanOrEqual(9)
    expect(found).toMatchObject({ lostFrom: keptUntil + 1, lostUntil: null, endKnown: false })
  })

  it('does not keep entries that the damaged batch had overwritten', () => {
    const disk = new SimulatedDisk(1)
    const { store } = openOn(disk, SIZES)
    for (const entries of [
      [1, 2, 3, 4].map(entry),
      [3, 4, 5].map((index) => ({ ...entry(index), term: 2, payload: Buffer.alloc(100, 99) })),
    ]) {
      expect(doing(disk, (done) => store.append({ seq: 1, hardState: null, entries }, done))).toBeNull()
    }
    expect(doing(disk, (done) => store.close(done))).toBeNull()
    const bytes = disk.bytes('log/0000000001.log')
    bytes.writeUInt8(1, bytes.indexOf(Buffer.alloc(100, 99)) + 150)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({
      badBatch: { firstIndex: 3, lastIndex: 5 },
      lostFrom: 3,
      lostUntil: 5,
      keptUntil: 2,
    })
  })

  it('knows whether a damaged batch held a hard state', () => {
    for (const [index, hardState] of [
      [2, 'suspect'],
      [3, 'kept'],
    ] as const) {
      const disk = new SimulatedDisk(1)
      const { store } = openOn(disk, { firstSegmentBytes: 65536, maxSegmentBytes: 65536 })
      for (const at of [1, 2, 3]) {
        const batch = { seq: at, hardState: at < 3 ? state(at) : null, entries: [entry(at)] }
        expect(doing(disk, (done) => store.append(batch, done))).toBeNull()
      }
      const left = disk.clone(1)
      rot(left, index)
      expect(report(tryOpen(left, SIZES)), `entry ${index}`).toMatchObject({ hardState, keptUntil: index - 1 })
    }
  })

  it('moves damaged snapshots aside with the log, so that they do not refuse the next opening', () => {
    const disk = fullDisk([8, 12])
    disk.bytes('snapshots/0000000000000012.snap').writeUInt8(1, 20)
    rot(disk, 10)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({ snapshotIndex: 8, lostFrom: 10, lostUntil: 13, keptUntil: 9 })
    const { suffix } = repair(disk, true)
    expect(disk.paths()).toContain(`snapshots/0000000000000012.snap.damaged-${suffix}`)
    expect(openOn(disk.crash(1), SIZES).recovered.entries).toEqual([entry(9)])
  })

  it('makes a directory out of a snapshot whose log is gone', () => {
    const disk = fullDisk([8, 12])
    for (const path of disk.paths().filter((name) => name.startsWith('log/'))) disk.drop(path)
    expect(report(tryOpen(disk, SIZES))).toMatchObject({ hardState: 'lost', snapshotIndex: 12, keptUntil: 12, endKnown: false })
    expect(repair(disk, true)).toMatchObject({ outcome: 'repaired', keptUntil: 12, termAfter: entry(12).term + 1000 })
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.snapshot?.meta.index).toBe(12)
    expect(recovered.hardState.term).toBe(entry(12).term + 1000)
  })

  it('takes a mark off when the loss is accepted', () => {
    const disk = fullDisk()
    rot(disk, 5)
    const { store } = openOn(disk, MARK)
    expect(doing(disk, (done) => store.close(done))).toBeNull()
    expect(repair(disk, false)).toMatchObject({ outcome: 'refused', damage: null, mark: { missingFrom: 5, refetchUntil: 13 } })
    expect(repair(disk, true)).toMatchObject({ outcome: 'repaired', termAfter: 1003 })
    expect(openOn(disk.crash(1), SIZES).recovered.entries).toEqual([1, 2, 3, 4].map(entry))
  })

  it('takes sectors that the medium does not give back for damage, never for a torn write', () => {
    const disk = new SimulatedDisk(1)
    const sizes = { firstSegmentBytes: 65536, maxSegmentBytes: 65536 }
    const { store } = openOn(disk, sizes)
    for (const index of [1, 2]) {
      const entries = [{ term: 1, index, payload: Buffer.alloc(20_000, index) }]
      expect(doing(disk, (done) => store.append({ seq: index, hardState: null, entries }, done))).toBeNull()
    }
    const left = disk.clone(1)
    const { path, at } = place(left, 2)
    const bad = at + 8000
    const read = left.read.bind(left)
    left.read = (name, position, length, done) => {
      const hit = name === path && position <= bad && bad < position + length
      left.fault = () => (hit ? Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }) : null)
      read(name, position, length, done)
    }
    const before = left.image()
    expect(report(tryOpen(left, sizes))).toMatchObject({ file: path, badBatch: { firstIndex: 2, lastIndex: 2 }, keptUntil: 1 })
    expect(left.image()).toBe(before)
  })

  it('ends in the same state when a crash interrupts it at any operation and it is called again', () => {
    const start = fullDisk([3, 12])
    start.bytes('snapshots/0000000000000012.snap').writeUInt8(1, 20)
    rot(start, 5)
    const probe = start.clone(1)
    repair(probe, true)
    for (let steps = 1; steps < probe.steps; steps++) {
      const disk = start.clone(1)
      repairLog(disk, { acceptLoss: true, raiseTerms: 1000, sizes: SIZES }, () => {})
      while (!disk.idle && disk.steps < steps) disk.step()
      const left = disk.crash(steps)
      const where = `crash after ${steps} operations`
      repair(left, true)
      const { recovered } = openOn(left.crash(steps), SIZES)
      expect(recovered.entries, where).toEqual([entry(4)])
      expect(recovered.snapshot?.meta.index, where).toBe(3)
      expect(recovered.hardState, where).toEqual({ term: 1003, votedFor: 0, commit: 4 })
      expect(left.paths().filter((path) => path.includes('.damaged-')).length, where).toBeGreaterThan(4)
    }
  })

  it.each([1, 2, 3, 4, 5, 6])('of random damage keeps a prefix, covers what is missing, and opens (seed %i)', (seed) => {
    const random = new SeededRandom(seed)
    const whole = fullDisk(seed % 3 === 1 ? [] : seed % 3 === 2 ? [7] : [4, 10])
    const files = whole.paths().filter((path) => path.endsWith('.log'))
    const last = place(whole, 13).path
    for (let round = 0; round < 150; round++) {
      const disk = whole.clone(1)
      const where = `seed ${seed}, round ${round}`
      const did: string[] = []
      for (let i = random.below(3); i >= 0; i--) {
        const path = files[random.below(files.length)] ?? ''
        if (random.below(12) === 0) {
          disk.drop(path)
          did.push(`drop ${path}`)
        } else if (disk.paths().includes(path)) {
          const at = random.below(4096)
          did.push(`${path} ${at}`)
          const bytes = 1 + random.below(random.below(2) === 0 ? 2 : 1500)
          // Zeros over the very end, its seals included, cannot be told from an end that was never written.
          disk.bytes(path).fill(random.below(3) === 0 && path !== last ? 0 : 1 + random.below(255), at, Math.min(4096, at + bytes))
        }
      }
      const alone = tryOpen(disk.clone(1), SIZES)
      if (!ZoariumError.is(alone)) {
        if (alone instanceof Error) throw alone
        // The last segment holds nothing but seals after the last entry; everything acknowledged must be there.
        expect(alone.recovered.entries.at(-1)?.index, where).toBe(13)
        continue
      }
      const { lostFrom, lostUntil, endKnown, keptUntil } = report(alone)
      if (keptUntil < 13)
        expect(lostFrom === keptUntil + 1 && (lostUntil === 13 || !endKnown), `${where}: ${did.join()} ${alone.message}`).toBe(true)
      for (const options of [MARK, SIZES]) {
        const own = disk.clone(1)
        if (options === SIZES) repair(own, true)
        const { recovered } = openOn(own, options)
        const from = recovered.snapshot?.meta.index ?? 0
        expect(recovered.entries, where).toEqual(Array.from({ length: keptUntil - from }, (_, i) => entry(from + 1 + i)))
        if (recovered.mark !== null) expect(recovered.mark.missingFrom, where).toBeLessThanOrEqual(keptUntil + 1)
      }
    }
  })
})

describe('a survey', () => {
  it('changes nothing and does not need the lock', () => {
    const disk = fullDisk([8])
    rot(disk, 12)
    disk.lock(() => {})
    disk.run()
    const before = disk.image()
    let verdict: string | null = null
    surveyDirectory(disk, { keepChunks: false }, (_error, survey) => (verdict = survey?.row.verdict ?? null))
    disk.run()
    expect(verdict).toBe('damage')
    expect(disk.image()).toBe(before)
  })
})
