// Torn writes are cut, damage is refused: what a crash can leave of the last write at every sector, and what it cannot.
import { describe, expect, it, vi } from 'vitest'
import type { Entry } from '../../core/consensus/types.ts'
import { ZoariumError } from '../../core/errors.ts'
import type { LogStore } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { doing, openOn, tryOpen } from './store-life.ts'

// Much computing or many syncs: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 180_000 })

const SEGMENT = 'log/0000000001.log'
const SIZES = { firstSegmentBytes: 8192, maxSegmentBytes: 8192 }
const SECTOR = 512

function entry(index: number, bytes: number, fill = 0x61): Entry {
  return { term: 1, index, payload: Buffer.alloc(bytes, fill) }
}

function append(disk: SimulatedDisk, store: LogStore, entries: Entry[]): void {
  expect(doing(disk, (done) => store.append({ seq: 1, hardState: null, entries }, done))).toBeNull()
}

/** Where the last write to the segment began and ended. */
function lastWrite(disk: SimulatedDisk): { from: number; to: number } {
  const write = disk.trace.filter((line) => line.startsWith(`write ${SEGMENT} `)).at(-1)
  const [from, bytes] = (write?.split(' ')[2] ?? '').split('+').map(Number)
  if (from === undefined || bytes === undefined) throw new Error('nothing was written')
  return { from, to: from + bytes }
}

/** A log of three small batches and one of `payloads`, which is the last. */
function logEndingWith(entries: Entry[]): { disk: SimulatedDisk; from: number; to: number } {
  const disk = new SimulatedDisk(1)
  const { store } = openOn(disk, SIZES)
  for (let index = 1; index <= 3; index++) append(disk, store, [entry(index, 100)])
  append(disk, store, entries)
  return { disk: disk.clone(1), ...lastWrite(disk) }
}

function pieces(from: number, to: number): { from: number; to: number }[] {
  const out = []
  for (let at = from; at < to; ) {
    const next = Math.min(to, at + SECTOR - (at % SECTOR))
    out.push({ from: at, to: next })
    at = next
  }
  return out
}

function lastIndex(disk: SimulatedDisk): number {
  const { recovered } = openOn(disk, SIZES)
  return recovered.entries.at(-1)?.index ?? 0
}

function refusal(left: SimulatedDisk): string {
  const disk = left.clone(1)
  const before = disk.image()
  const outcome = tryOpen(disk, SIZES)
  if (!ZoariumError.is(outcome, 'ERR_STORAGE')) throw new Error('the directory was accepted')
  expect(disk.image()).toBe(before)
  expect(outcome.message).toMatch(/Nothing was deleted or altered|use the version that wrote it/)
  return outcome.message
}

describe('a torn last write', () => {
  it('is cut whichever of its sectors are missing, and the log goes on', () => {
    const { disk, from, to } = logEndingWith([entry(4, 900), entry(5, 700), entry(6, 300)])
    const all = pieces(from, to)
    expect(all.length).toBeGreaterThan(3)
    for (let written = 0; written < 2 ** all.length - 1; written++) {
      const torn = disk.clone(1)
      for (const [i, piece] of all.entries()) if ((written & (1 << i)) === 0) torn.bytes(SEGMENT).fill(0, piece.from, piece.to)
      const { store, recovered } = openOn(torn, SIZES)
      expect(recovered.entries.map(({ index }) => index)).toEqual([1, 2, 3])
      expect(recovered.notes.length, `sectors ${written}`).toBe(written === 0 ? 0 : 1)
      append(torn, store, [entry(4, 50)])
      expect(lastIndex(torn.crash(written))).toBe(4)
    }
  })

  it('is cut when its payload held zeros too', () => {
    const { disk, from, to } = logEndingWith([entry(4, 2000, 0), entry(5, 600)])
    const last = pieces(from, to).at(-1)
    if (last === undefined) throw new Error('nothing was written')
    disk.bytes(SEGMENT).fill(0, last.from, last.to)
    expect(lastIndex(disk)).toBe(3)
  })

  it('is cut when it is the first of a segment, also when the opening is interrupted again', () => {
    const sizes = { firstSegmentBytes: 4096, maxSegmentBytes: 4096 }
    const disk = new SimulatedDisk(1)
    const { store } = openOn(disk, sizes)
    for (let index = 1; index <= 3; index++) append(disk, store, [entry(index, 1000)])
    append(disk, store, [entry(4, 1500)])
    const second = 'log/0000000002.log'
    const all = pieces(0, disk.bytes(second).findLastIndex((byte) => byte !== 0) + 1)
    expect(all.length).toBeGreaterThan(3)
    for (let written = 1; written < 2 ** all.length - 1; written++) {
      const torn = disk.clone(1)
      torn.drop('log/0000000003.log')
      for (const [i, piece] of all.entries()) if ((written & (1 << i)) === 0) torn.bytes(second).fill(0, piece.from, piece.to)
      const whole = torn.clone(1)
      const { store: next, recovered } = openOn(whole, sizes)
      expect(recovered.entries.at(-1)?.index).toBe(3)
      append(whole, next, [entry(4, 10)])
      expect(openOn(whole.crash(written), sizes).recovered.entries.at(-1)).toEqual(entry(4, 10))
      for (let steps = 8; steps < 30; steps += 2) {
        const interrupted = torn.clone(1)
        openLogStore(interrupted, sizes, () => {})
        while (!interrupted.idle && interrupted.steps < steps) interrupted.step()
        expect(openOn(interrupted.crash(written * 100 + steps), sizes).recovered.entries.at(-1)?.index).toBe(3)
      }
    }
  })

  it('is named in a note with file, offset and the last entry kept', () => {
    const { disk, from, to } = logEndingWith([entry(4, 900)])
    disk.bytes(SEGMENT).fill(0, to - SECTOR, to)
    const { recovered } = openOn(disk, SIZES)
    expect(recovered.notes[0]).toContain(`${SEGMENT}: a write that a crash had interrupted was removed at offset ${from}`)
    expect(recovered.notes[0]).toContain('after entry 3')
  })
})

describe('damage', () => {
  it('in any byte of an unsealed log is found: never taken for a torn write', () => {
    const { disk, to } = logEndingWith([entry(4, 200), entry(5, 600, 0), entry(6, 50)])
    for (let at = 0; at < to; at++) {
      const damaged = disk.clone(1)
      const bytes = damaged.bytes(SEGMENT)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      const outcome = tryOpen(damaged, SIZES)
      if (!ZoariumError.is(outcome, 'ERR_STORAGE')) throw new Error(`a flipped bit at offset ${at} was not found`)
    }
  })

  it('of the last batch is refused though its payload is full of zeros', () => {
    const { disk, to } = logEndingWith([entry(4, 5000, 0)])
    const bytes = disk.bytes(SEGMENT)
    bytes[to - 100] = 1
    expect(refusal(disk)).toMatch(/checksum of a payload does not match .*index 4.*all of its sectors were written/)
  })

  it('of a whole sector is refused once the log was sealed', () => {
    const disk = new SimulatedDisk(1)
    const { store } = openOn(disk, SIZES)
    append(disk, store, [entry(1, 3000)])
    const { from } = lastWrite(disk)
    store.idle()
    disk.run()
    disk.bytes(SEGMENT).fill(0, from + 1024 - (from % SECTOR), from + 1536 - (from % SECTOR))
    expect(refusal(disk)).toMatch(/something was written after it \(batch \d+ at offset \d+\)/)
  })

  it('of a whole sector is refused when a snapshot shows that it was durable', () => {
    const disk = new SimulatedDisk(1)
    const { store } = openOn(disk, SIZES)
    append(disk, store, [entry(1, 3000), entry(2, 3000)])
    const { from, to } = lastWrite(disk)
    expect(doing(disk, (done) => store.saveSnapshot({ index: 1, term: 1, termStart: 1 }, [Buffer.from('x')], done))).toBeNull()
    disk.bytes(SEGMENT).fill(0, to - SECTOR, to)
    expect(refusal(disk.clone(1))).toMatch(/a snapshot shows that its entries were durable/)
    disk.bytes(SEGMENT).fill(0, from, to)
    expect(refusal(disk)).toMatch(/the log ends at entry 0, but a whole snapshot of entry 1 is there/)
  })

  it('names file, offset, entries and what to do', () => {
    const { disk, from } = logEndingWith([entry(4, 900)])
    disk.bytes(SEGMENT).writeUInt8(1, from + 200)
    const message = refusal(disk)
    expect(message).toContain(`simulated/${SEGMENT} at offset ${from} (batch of entry 4)`)
    expect(message).toMatch(/lost: entry 4; everything up to entry 3 can be kept/)
    expect(message).toMatch(/zoarium snapshot restore.*zoarium log repair --data-dir simulated.*--accept-loss/)
  })

  it('of the first sector of a log is refused: its first write cannot be torn', () => {
    const { disk } = logEndingWith([entry(4, 900)])
    disk.bytes(SEGMENT).fill(0, 0, SECTOR)
    expect(refusal(disk)).toMatch(/the first sector is empty, but data follows it/)
  })

  it('of a whole sector is refused after an orderly end', () => {
    const disk = new SimulatedDisk(1)
    const { store } = openOn(disk, SIZES)
    append(disk, store, [entry(1, 3000)])
    const { from } = lastWrite(disk)
    expect(doing(disk, (done) => store.close(done))).toBeNull()
    disk.bytes(SEGMENT).fill(0, from + 1024 - (from % SECTOR), from + 1536 - (from % SECTOR))
    expect(refusal(disk)).toMatch(/was written after it/)
  })

  it('by a batch of another history of the same log is refused', () => {
    const disk = new SimulatedDisk(1)
    const { store } = openOn(disk, SIZES)
    append(disk, store, [entry(1, 100)])
    const histories = [1, 2].map((fill) => {
      const own = disk.kill(fill).clone(fill)
      const next = openOn(own, SIZES).store
      append(own, next, [entry(2, 1000, fill)])
      const place = lastWrite(own)
      append(own, next, [entry(3, 1000, fill)])
      return { own, ...place }
    })
    const [one, two] = histories
    if (one === undefined || two === undefined) throw new Error('two histories were made')
    expect(two.from).toBe(one.from)
    two.own.bytes(SEGMENT).copy(one.own.bytes(SEGMENT), one.from, one.from, one.to)
    expect(refusal(one.own)).toMatch(/does not continue the chain/)
  })

  it('behind the end of the log, where nothing was ever written, is made zero again', () => {
    const { disk, to } = logEndingWith([entry(4, 900)])
    disk.bytes(SEGMENT).writeUInt8(1, to + 3000)
    const { recovered } = openOn(disk, SIZES)
    expect(recovered.entries.at(-1)?.index).toBe(4)
    expect(recovered.notes.length).toBe(1)
    expect(disk.bytes(SEGMENT)[to + 3000]).toBe(0)
  })
})

/** A log over several segments, with a prepared one after them. */
function severalSegments(): { disk: SimulatedDisk; paths: string[] } {
  const disk = new SimulatedDisk(1)
  const sizes = { firstSegmentBytes: 4096, maxSegmentBytes: 4096 }
  const { store } = openOn(disk, sizes)
  for (let index = 1; index <= 12; index++) append(disk, store, [entry(index, 1000)])
  append(disk, store, [entry(13, 1000)])
  return { disk, paths: disk.paths().filter((path) => path.endsWith('.log')) }
}

describe('a missing or foreign file', () => {
  it('of the log is refused, wherever it is missing', () => {
    const { disk, paths } = severalSegments()
    expect(paths.length).toBeGreaterThan(4)
    // The last one may be the prepared segment, which holds nothing.
    for (const path of paths.slice(0, -2)) {
      const incomplete = disk.clone(1)
      incomplete.drop(path)
      expect(refusal(incomplete)).toMatch(/missing|begins after entry/)
    }
  })

  it('is refused when all segments from one on are missing', () => {
    const { disk, paths } = severalSegments()
    for (let from = 1; from < paths.length - 1; from++) {
      const incomplete = disk.clone(1)
      for (const path of paths.slice(from)) incomplete.drop(path)
      expect(refusal(incomplete)).toMatch(/the file is missing, though the segment before it is ended/)
    }
  })

  it('of another history of the same log is refused', () => {
    const sizes = { firstSegmentBytes: 4096, maxSegmentBytes: 4096 }
    const start = new SimulatedDisk(1)
    openOn(start, sizes)
    const histories = [1, 2].map((fill) => {
      const disk = start.clone(fill)
      const { store } = openOn(disk, sizes)
      for (let index = 1; index <= 8; index++) append(disk, store, [entry(index, 1000, fill)])
      return disk
    })
    const [one, two] = histories
    if (one === undefined || two === undefined) throw new Error('two histories were made')
    one.place('log/0000000002.log', Buffer.from(two.bytes('log/0000000002.log')))
    expect(refusal(one)).toMatch(/does not continue the one before/)
  })

  it('of another log is refused', () => {
    const { disk, paths } = severalSegments()
    const other = new SimulatedDisk(2)
    const { store } = openOn(other, { firstSegmentBytes: 4096, maxSegmentBytes: 4096 })
    for (let index = 1; index <= 13; index++) append(other, store, [entry(index, 1000)])
    const path = paths[2] ?? ''
    disk.place(path, Buffer.from(other.bytes(path)))
    expect(refusal(disk)).toMatch(/belongs to another log/)
  })

  it('that is shorter or longer than it was made is refused', () => {
    const { disk, paths } = severalSegments()
    const path = paths[1] ?? ''
    const whole = disk.bytes(path)
    disk.place(path, Buffer.concat([whole, Buffer.alloc(512)]))
    expect(refusal(disk)).toMatch(/the file has 4608 bytes, expected 4096/)
    disk.place(path, whole.subarray(0, 2048))
    expect(refusal(disk)).toMatch(/the file has 2048 bytes, expected 4096/)
  })

  it('leaves snapshots without a log, which is refused', () => {
    const { disk, paths } = severalSegments()
    disk.place('snapshots/0000000000000004.snap', Buffer.from('anything'))
    for (const path of paths) disk.drop(path)
    expect(refusal(disk)).toMatch(/there are snapshots but no log/)
  })

  it('of a newer format is refused with the version', () => {
    const { disk, paths } = severalSegments()
    const bytes = disk.bytes(paths[0] ?? '')
    bytes.writeUInt32BE(2, 12)
    bytes.writeUInt32BE(disk.crc32(bytes.subarray(12, 64)), 8)
    expect(refusal(disk)).toMatch(/format version is 2, this program reads 1/)
  })
})
