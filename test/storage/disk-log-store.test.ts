import { describe, expect, it, vi } from 'vitest'
import type { Entry } from '../../core/consensus/types.ts'
import { ZoariumError } from '../../core/errors.ts'
import type { LogStore } from '../../core/storage/log-store.ts'
import { MemoryLogStore } from '../../core/storage/memory-log-store.ts'
import { SnapshotStore } from '../../core/storage/snapshot-store.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { doing, openOn, tryOpen } from './store-life.ts'

// Much computing or many syncs: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 180_000 })

const SIZES = { firstSegmentBytes: 4096, maxSegmentBytes: 16384 }

function entries(from: number, to: number, bytes = 100, term = 1): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({ term, index: from + i, payload: Buffer.alloc(bytes, from + i) }))
}

function append(disk: SimulatedDisk, store: LogStore, added: Entry[]): Error | null {
  return doing(disk, (done) => store.append({ seq: 1, hardState: null, entries: added }, done))
}

function snapshot(disk: SimulatedDisk, store: LogStore, index: number): Error | null {
  return doing(disk, (done) => store.saveSnapshot({ index, term: 1, termStart: 1 }, [Buffer.from(`state at ${index}`)], done))
}

function opened(seed = 1): { disk: SimulatedDisk; store: LogStore } {
  const disk = new SimulatedDisk(seed)
  return { disk, store: openOn(disk, SIZES).store }
}

function indices(found: readonly Entry[]): number[] {
  return found.map(({ index }) => index)
}

describe('the log', () => {
  it('of a new directory is blank', () => {
    const { recovered } = openOn(new SimulatedDisk(1), SIZES)
    expect(recovered).toEqual({
      blank: true,
      hardState: { term: 0, votedFor: 0, commit: 0 },
      snapshot: null,
      entries: [],
      notes: [],
      mark: null,
    })
  })

  it('gives back entries and hard state as they were, payloads copied or not', () => {
    const { disk, store } = opened()
    const written: Entry[] = [
      { term: 1, index: 1, payload: Buffer.alloc(0) },
      { term: 1, index: 2, payload: Buffer.from('small') },
      { term: 2, index: 3, payload: Buffer.alloc(200_000, 3) },
      { term: 2, index: 4, payload: Buffer.alloc(70_000, 4) },
      { term: 2, index: 5, payload: Buffer.alloc(3000, 0) },
    ]
    const hardState = { term: 2 ** 21 - 1, votedFor: 255, commit: 2 ** 45 }
    expect(doing(disk, (done) => store.append({ seq: 1, hardState, entries: written }, done))).toBeNull()
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.entries.map(({ term, index, payload }) => ({ term, index, bytes: payload.length }))).toEqual(
      written.map(({ term, index, payload }) => ({ term, index, bytes: payload.length })),
    )
    expect(recovered.entries.every(({ payload }, i) => written[i]?.payload.equals(payload))).toBe(true)
    expect(recovered.hardState).toEqual(hardState)
    expect(recovered.blank).toBe(false)
  })

  it('takes a hard state alone, and calls back without a write for an empty batch', () => {
    const { disk, store } = opened()
    const hardState = { term: 3, votedFor: 2, commit: 0 }
    expect(doing(disk, (done) => store.append({ seq: 1, hardState, entries: [] }, done))).toBeNull()
    const steps = disk.steps
    expect(doing(disk, (done) => store.append({ seq: 2, hardState: null, entries: [] }, done))).toBeNull()
    expect(disk.steps).toBe(steps)
    expect(openOn(disk.crash(1), SIZES).recovered.hardState).toEqual(hardState)
  })

  it('replaces what a batch overwrites', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    append(disk, store, entries(6, 7, 50, 2))
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.entries).toEqual([...entries(1, 5), ...entries(6, 7, 50, 2)])
  })

  it('refuses a gap as a bug of the caller', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 3))
    expect(() => append(disk, store, entries(5, 6))).toThrow(/entries follow the last one or replace it/)
  })

  it('goes on in the next segment, twice as large, and in a larger one for a larger batch', () => {
    const { disk, store } = opened()
    for (let index = 1; index <= 40; index++) append(disk, store, entries(index, index, 900))
    append(disk, store, entries(41, 41, 100_000))
    const sizes = disk.paths().map((path) => disk.bytes(path).length)
    expect(sizes.slice(0, 4)).toEqual([4096, 8192, 16384, 16384])
    expect(sizes.some((bytes) => bytes > 100_000)).toBe(true)
    expect(indices(openOn(disk.crash(1), SIZES).recovered.entries)).toEqual(indices(entries(1, 41)))
  })

  it('acknowledges the first batch of a segment only after the folder knows the file', () => {
    const { disk, store } = opened()
    for (let index = 1; index <= 20; index++) append(disk, store, entries(index, index, 900))
    const first = disk.trace.findIndex((line) => line.startsWith('write log/0000000002.log '))
    const renamed = disk.trace.indexOf('rename log/0000000002.log.tmp log/0000000002.log')
    const synced = disk.trace.findIndex((line, at) => at > renamed && line === 'syncFolder log')
    expect(renamed).toBeGreaterThan(0)
    expect(synced).toBeLessThan(first)
  })

  it('makes sure of a prepared segment that a crash left between its rename and the sync of the folder', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { disk, store } = opened()
      const name = 'log/0000000002.log'
      store.append({ seq: 1, hardState: null, entries: entries(1, 2, 1200) }, () => {})
      while (disk.trace.at(-1) !== `rename ${name}.tmp ${name}`) disk.step()
      const killed = disk.kill(seed)
      const next = openOn(killed, SIZES).store
      let acknowledged = false
      const opening = killed.trace.length
      next.append({ seq: 2, hardState: null, entries: entries(3, 3, 1400) }, () => (acknowledged = true))
      while (!acknowledged) killed.step()
      expect(killed.trace.slice(opening).filter((line) => line.startsWith(`write ${name} `))).toHaveLength(1)
      expect(indices(openOn(killed.crash(seed), SIZES).recovered.entries)).toEqual([1, 2, 3])
    }
  })

  it('keeps the hard state when the segment it was written in is gone', () => {
    const { disk, store } = opened()
    const hardState = { term: 7, votedFor: 3, commit: 0 }
    doing(disk, (done) => store.append({ seq: 1, hardState, entries: [] }, done))
    for (let index = 1; index <= 40; index++) append(disk, store, entries(index, index, 900))
    expect(snapshot(disk, store, 30)).toBeNull()
    expect(snapshot(disk, store, 39)).toBeNull()
    expect(disk.paths()).not.toContain('log/0000000001.log')
    expect(openOn(disk.crash(1), SIZES).recovered.hardState).toEqual(hardState)
  })

  it('is sealed once when idle, and not again before something is written', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 1))
    const before = disk.steps
    store.idle()
    store.idle()
    disk.run()
    store.idle()
    disk.run()
    expect(disk.steps).toBe(before + 1)
    append(disk, store, entries(2, 2))
    expect(indices(openOn(disk.crash(1), SIZES).recovered.entries)).toEqual([1, 2])
  })

  it('takes an append while a seal is under way', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 1))
    store.idle()
    expect(append(disk, store, entries(2, 2))).toBeNull()
    expect(indices(openOn(disk.crash(1), SIZES).recovered.entries)).toEqual([1, 2])
  })
})

describe('snapshots', () => {
  it('come back with their pieces; entries after them follow', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 10))
    const chunks = [Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(700_000, 2), Buffer.from('three'), Buffer.alloc(190_000, 4)]
    const meta = { index: 6, term: 1, termStart: 1 }
    expect(doing(disk, (done) => store.saveSnapshot(meta, chunks, done))).toBeNull()
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.snapshot?.meta).toEqual(meta)
    const wanted = chunks.filter((chunk) => chunk.length > 0)
    const found = [...(recovered.snapshot?.chunks ?? [])]
    expect(found.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length))
    expect(Buffer.concat(found).equals(Buffer.concat(wanted))).toBe(true)
    expect(indices(recovered.entries)).toEqual([7, 8, 9, 10])
  })

  it('may be empty', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 2))
    doing(disk, (done) => store.saveSnapshot({ index: 2, term: 1, termStart: 1 }, [], done))
    expect([...(openOn(disk.crash(1), SIZES).recovered.snapshot?.chunks ?? [1])]).toEqual([])
  })

  it('are equal byte for byte on two servers', () => {
    const [one, two] = [opened(1), opened(2)]
    for (const { disk, store } of [one, two]) {
      append(disk, store, entries(1, 5))
      snapshot(disk, store, 5)
    }
    const path = 'snapshots/0000000000000005.snap'
    expect(one.disk.bytes(path).equals(two.disk.bytes(path))).toBe(true)
    expect(one.disk.bytes('log/0000000001.log').equals(two.disk.bytes('log/0000000001.log'))).toBe(false)
  })

  it('are kept two, with all of the log after the older one', () => {
    const { disk, store } = opened()
    for (let index = 1; index <= 60; index++) append(disk, store, entries(index, index, 900))
    for (const index of [20, 30, 40]) expect(snapshot(disk, store, index)).toBeNull()
    expect(store.status().snapshots).toEqual([40, 30])
    expect(disk.paths().filter((path) => path.startsWith('snapshots'))).toHaveLength(2)
    expect(disk.paths()).not.toContain('log/0000000001.log')
    const damaged = disk.crash(1)
    damaged.bytes('snapshots/0000000000000040.snap').writeUInt8(99, 30)
    const { recovered } = openOn(damaged, SIZES)
    expect(recovered.snapshot?.meta.index).toBe(30)
    expect(indices(recovered.entries)).toEqual(indices(entries(31, 60)))
    expect(recovered.notes[0]).toMatch(/snapshot passed over: simulated\/snapshots\/0000000000000040.snap: the checksum of the chunk/)
  })

  it('do not count towards the two when they are damaged, and are moved aside, not removed', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    snapshot(disk, store, 3)
    snapshot(disk, store, 5)
    const damaged = disk.crash(1)
    damaged.bytes('snapshots/0000000000000005.snap').writeUInt8(99, 30)
    const { store: next } = openOn(damaged, SIZES)
    expect(snapshot(damaged, next, 9)).toBeNull()
    expect(next.status().snapshots).toEqual([9, 3])
    expect(damaged.paths().filter((path) => /^snapshots\/0{15}5\.snap\.damaged-[0-9a-f]{8}$/.test(path))).toHaveLength(1)
  })

  it('that turn bad while the store is open are moved aside by the purge, and do not count', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    for (const index of [3, 5, 9]) {
      const own = new SimulatedDisk(index)
      const other = openOn(own, SIZES)
      append(own, other.store, entries(1, 9))
      snapshot(own, other.store, index)
      disk.place(`snapshots/000000000000000${index}.snap`, own.bytes(`snapshots/000000000000000${index}.snap`))
    }
    disk.bytes('snapshots/0000000000000005.snap').writeUInt8(99, 30)
    const snapshots = new SnapshotStore(
      disk,
      [3, 5, 9].map((index) => ({ index, verified: false })),
    )
    let floor: number | undefined
    snapshots.verify((_error, found) => (floor = found))
    disk.run()
    expect(floor).toBe(3)
    expect(snapshots.indices).toEqual([9, 3])
    expect(disk.paths().filter((path) => /^snapshots\/0{15}5\.snap\.damaged-[0-9a-f]{8}$/.test(path))).toHaveLength(1)
  })

  it('that are all damaged are refused when the log does not reach back to the beginning', () => {
    const { disk, store } = opened()
    for (let index = 1; index <= 60; index++) append(disk, store, entries(index, index, 900))
    for (const index of [30, 40]) snapshot(disk, store, index)
    const damaged = disk.crash(1)
    for (const index of [30, 40]) damaged.bytes(`snapshots/00000000000000${index}.snap`).writeUInt8(99, 30)
    const before = damaged.image()
    const outcome = tryOpen(damaged, SIZES)
    expect(ZoariumError.is(outcome, 'ERR_STORAGE')).toBe(true)
    expect(String(outcome)).toMatch(/the log begins after entry \d+, .*no whole snapshot covers what came before/)
    expect(damaged.image()).toBe(before)
  })

  it.each([
    ['a byte of its head', (bytes: Buffer) => bytes.writeUInt8(0, 3)],
    ['the footer', (bytes: Buffer) => bytes.writeUInt8(0, bytes.length - 1)],
    ['the metadata', (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20)],
    ['a chunk length', (bytes: Buffer) => bytes.writeUInt8(1, 12)],
  ])('with damage in %s are passed over', (_, damage) => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    snapshot(disk, store, 5)
    const damaged = disk.crash(1)
    damage(damaged.bytes('snapshots/0000000000000005.snap'))
    const { recovered } = openOn(damaged, SIZES)
    expect(recovered.snapshot).toBeNull()
    expect(recovered.notes).toHaveLength(1)
    expect(indices(recovered.entries)).toEqual(indices(entries(1, 9)))
  })

  it('whose pieces changed places are found damaged', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    const meta = { index: 5, term: 1, termStart: 1 }
    doing(disk, (done) => store.saveSnapshot(meta, [Buffer.from('one'), Buffer.from('two')], done))
    const damaged = disk.crash(1)
    const bytes = damaged.bytes('snapshots/0000000000000005.snap')
    const [one, two] = [Buffer.from(bytes.subarray(12, 23)), Buffer.from(bytes.subarray(23, 34))]
    two.copy(bytes, 12)
    one.copy(bytes, 23)
    const { recovered } = openOn(damaged, SIZES)
    expect(recovered.snapshot).toBeNull()
    expect(recovered.notes[0]).toMatch(/the digest does not match/)
  })

  it('are found damaged at any byte', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    snapshot(disk, store, 5)
    const path = 'snapshots/0000000000000005.snap'
    const left = disk.crash(1)
    for (let at = 0; at < left.bytes(path).length; at++) {
      const damaged = left.clone(1)
      const bytes = damaged.bytes(path)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      expect(openOn(damaged, SIZES).recovered.snapshot, `byte ${at}`).toBeNull()
    }
  })

  it('wait until the entries they stand for are durable', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 2))
    let saved = false
    store.saveSnapshot({ index: 3, term: 1, termStart: 1 }, [Buffer.from('ahead')], () => (saved = true))
    disk.run()
    expect(saved).toBe(false)
    expect(disk.paths()).not.toContain('snapshots/0000000000000003.snap')
    append(disk, store, entries(3, 3))
    expect(saved).toBe(true)
    expect(disk.paths()).toContain('snapshots/0000000000000003.snap')
  })

  it('wait for an append that overwrites what they hold, though entries of their indices are durable', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { disk, store } = opened(seed)
      append(disk, store, entries(1, 5))
      let acknowledged = false
      let renamed = false
      // A quorum of others has the new entries, so they may be applied here already.
      store.saveSnapshot({ index: 5, term: 2, termStart: 1 }, [Buffer.from('of term 2')], () => {})
      while (disk.trace.at(-1) !== 'sync snapshots/0000000000000005.snap.tmp') disk.step()
      store.append({ seq: 2, hardState: null, entries: entries(4, 5, 100, 2) }, () => (acknowledged = true))
      while (!disk.idle) {
        disk.step()
        if (!(disk.trace.at(-1) ?? '').startsWith('rename snapshots')) continue
        renamed = true
        expect(acknowledged, `seed ${seed}`).toBe(true)
      }
      expect(renamed).toBe(true)
    }
  })

  it('older than a damaged one are kept like any, and the store lives', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 9))
    expect(snapshot(disk, store, 4)).toBeNull()
    expect(snapshot(disk, store, 8)).toBeNull()
    const left = disk.crash(1)
    left.bytes('snapshots/0000000000000008.snap').writeUInt8(7, 20)
    const next = openOn(left, SIZES)
    expect(next.recovered.snapshot?.meta.index).toBe(4)
    expect(snapshot(left, next.store, 6)).toBeNull()
    expect(next.store.failure).toBeNull()
  })

  it('tell their source when nobody reads it to the end', () => {
    const { disk, store } = opened()
    let kept = 0
    const source = (): Iterable<Buffer> => {
      kept += 1
      let left = 1000
      const iterator: IterableIterator<Buffer> = {
        [Symbol.iterator]: () => iterator,
        next: () => (left-- > 0 ? { done: false, value: Buffer.alloc(5000) } : { done: true, value: undefined }),
        return: () => {
          kept -= 1
          return { done: true, value: undefined }
        },
      }
      return iterator
    }
    const meta = { index: 1, term: 1, termStart: 1 }
    store.saveSnapshot(meta, source(), () => {})
    disk.step()
    disk.step()
    expect(doing(disk, (done) => store.close(done))).toBeNull()
    store.saveSnapshot(meta, source(), () => {})
    new MemoryLogStore().saveSnapshot(meta, source(), () => {})
    expect(kept).toBe(0)
  })

  it('end a turn at an empty piece', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 2))
    let taken = 0
    function* pieces(): Generator<Buffer> {
      for (taken = 0; taken < 50; taken++) yield Buffer.alloc(taken % 2)
    }
    store.saveSnapshot({ index: 2, term: 1, termStart: 1 }, pieces(), () => {})
    const steps: number[] = []
    while (!disk.idle) {
      const before = taken
      disk.step()
      steps.push(taken - before)
    }
    expect(Math.max(...steps)).toBeLessThanOrEqual(2)
    expect(openOn(disk.crash(1), SIZES).recovered.snapshot?.chunks).toHaveLength(25)
  })

  it('that wait are given up at close, without a left-over', () => {
    const { disk, store } = opened()
    let outcome: Error | null = null
    store.saveSnapshot({ index: 3, term: 1, termStart: 1 }, [Buffer.from('ahead')], (error) => (outcome = error))
    disk.run()
    expect(doing(disk, (done) => store.close(done))).toBeNull()
    expect(ZoariumError.is(outcome, 'ERR_CLOSED')).toBe(true)
    expect(disk.paths().filter((path) => path.startsWith('snapshots'))).toEqual([])
  })

  it('whose source throws are given up, and the store lives', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 2))
    function* broken(): Generator<Buffer> {
      yield Buffer.from('first')
      throw new Error('out of order')
    }
    const outcome = doing(disk, (done) => store.saveSnapshot({ index: 2, term: 1, termStart: 1 }, broken(), done))
    expect(outcome?.message).toMatch(/out of order/)
    expect(store.failure).toBeNull()
    expect(disk.paths().filter((path) => path.startsWith('snapshots'))).toEqual([])
    expect(append(disk, store, entries(3, 3))).toBeNull()
  })

  it('of another server take their place also when the segment ends between the two records of it', () => {
    let between = 0
    // The last append leaves room for the first record and not for the second.
    for (let bytes = 680; bytes < 820; bytes += 8) {
      const { disk, store } = opened()
      for (let index = 1; index <= 3; index++) append(disk, store, entries(index, index, 900))
      append(disk, store, entries(4, 4, bytes))
      const meta = { index: 100, term: 4, termStart: 90 }
      store.installSnapshot(meta, [Buffer.from('theirs')], () => {})
      const renamed = (): boolean => disk.trace.some((line) => line.startsWith('rename snapshots'))
      while (!disk.idle) {
        disk.step()
        if (!renamed() || !(disk.trace.at(-1) ?? '').startsWith('close log/0000000001.log')) continue
        between += 1
        for (const left of [disk.kill(bytes), disk.crash(bytes)]) {
          const { recovered } = openOn(left, SIZES)
          expect(recovered.snapshot?.meta).toEqual(meta)
          expect(recovered.entries).toEqual([])
        }
      }
    }
    expect(between).toBeGreaterThan(0)
  })

  it('whose installation was interrupted and that cannot be read are out of the way for good', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 5))
    store.installSnapshot({ index: 100, term: 4, termStart: 90 }, [Buffer.from('theirs')], () => {})
    while (disk.trace.at(-1) !== 'syncFolder snapshots') disk.step()
    const left = disk.crash(1)
    left.content('snapshots/0000000000000100.snap').makeUnreadable(0)
    const next = openOn(left, SIZES).store
    expect(append(left, next, entries(6, 7))).toBeNull()
    const again = left.crash(2)
    for (const path of again.paths()) again.content(path).makeReadable()
    const { recovered } = openOn(again, SIZES)
    expect(recovered.snapshot).toBeNull()
    expect(indices(recovered.entries)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('of another server replace the log', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 5))
    const meta = { index: 100, term: 4, termStart: 90 }
    expect(doing(disk, (done) => store.installSnapshot(meta, [Buffer.from('theirs')], done))).toBeNull()
    expect(append(disk, store, entries(101, 102, 10, 4))).toBeNull()
    const { recovered } = openOn(disk.crash(1), SIZES)
    expect(recovered.snapshot?.meta).toEqual(meta)
    expect(recovered.entries).toEqual(entries(101, 102, 10, 4))
  })

  it('of another server wait for one of its own that is being written; another one of its own is refused meanwhile, and the store lives on', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 5))
    const order: string[] = []
    const theirs = { index: 100, term: 4, termStart: 90 }
    store.saveSnapshot({ index: 3, term: 1, termStart: 1 }, [Buffer.from('own')], (error) => order.push(`own ${error}`))
    store.installSnapshot(theirs, [Buffer.from('theirs')], (error) => order.push(`theirs ${error}`))
    store.saveSnapshot({ index: 5, term: 1, termStart: 1 }, [Buffer.from('late')], (error) => order.push(`late ${error?.name}`))
    disk.run()
    expect(order).toEqual(['late ZoariumError', 'own null', 'theirs null'])
    expect(store.failure).toBeNull()
    expect(append(disk, store, entries(101, 102, 10, 4))).toBeNull()
    expect(openOn(disk.crash(1), SIZES).recovered.snapshot?.meta).toEqual(theirs)
  })
})

describe('a failure', () => {
  const EIO = (): Error => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  const ENOSPC = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })

  it('of a write ends the store: every later call reports it, and nothing is acknowledged', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 2))
    disk.fault = (what) => (what.startsWith('write log') ? EIO() : null)
    const first = append(disk, store, entries(3, 3))
    expect(ZoariumError.is(first, 'ERR_STORAGE')).toBe(true)
    expect(first?.message).toMatch(/writing the log in simulated failed \(EIO: i\/o error\)/)
    disk.fault = () => null
    expect(store.failure).toBe(first)
    expect(append(disk, store, entries(3, 3))).toBe(first)
    expect(snapshot(disk, store, 2)).toBe(first)
    store.idle()
    expect(disk.idle).toBe(true)
    expect(doing(disk, (done) => store.close(done))).toBe(first)
    expect(indices(openOn(disk, SIZES).recovered.entries)).toEqual([1, 2])
  })

  it.each(['sync snapshots', 'rename snapshots', 'syncFolder snapshots', 'read snapshots', 'remove log', 'syncFolder log'])(
    'of "%s" while a snapshot is taken ends the store',
    (what) => {
      const { disk, store } = opened()
      for (let index = 1; index <= 40; index++) append(disk, store, entries(index, index, 900))
      snapshot(disk, store, 20)
      disk.fault = (operation) => (operation.startsWith(what) ? EIO() : null)
      expect(ZoariumError.is(snapshot(disk, store, 39), 'ERR_STORAGE')).toBe(true)
      expect(ZoariumError.is(append(disk, store, entries(41, 41)), 'ERR_STORAGE')).toBe(true)
    },
  )

  it('to prepare a segment in the background ends the store', () => {
    const { disk, store } = opened()
    disk.fault = (what) => (what.startsWith('sync log/0000000002') ? EIO() : null)
    for (let index = 1; index <= 3; index++) append(disk, store, entries(index, index, 900))
    expect(store.failure?.message).toMatch(/preparing a log segment .*EIO/)
  })

  it('of a seal ends an installation that waited for it: nothing is written in its place', () => {
    const { disk, store } = opened()
    append(disk, store, entries(1, 2))
    const place = disk.trace.at(-1)
    let outcome: Error | null | undefined
    store.installSnapshot({ index: 9, term: 2, termStart: 9 }, [Buffer.from('theirs')], (error) => (outcome = error))
    while (disk.trace.at(-1) !== 'sync snapshots/0000000000000009.snap.tmp') disk.step()
    disk.fault = (what) => (what.startsWith('write log/0000000001.log') ? EIO() : null)
    store.idle()
    while (store.failure === null) disk.step()
    disk.fault = () => null
    disk.run()
    expect(outcome).toBe(store.failure)
    const after = disk.trace.slice(disk.trace.indexOf(place ?? '') + 1)
    expect(after.filter((line) => line.startsWith('write log/0000000001.log '))).toHaveLength(1)
    expect(disk.paths()).not.toContain('snapshots/0000000000000009.snap')
  })

  it('beside an append under way leaves that append without an acknowledgement', () => {
    let failedFirst = 0
    // Until the failed preparation comes before the end of the append: which of the two ends first is drawn from the seed.
    for (let seed = 1; seed <= 20; seed++) {
      const one = opened(seed)
      one.disk.fault = (what) => (what.startsWith('create log/0000000002') ? EIO() : null)
      const outcomes: (Error | null)[] = []
      one.store.append({ seq: 1, hardState: null, entries: entries(1, 2, 1200) }, () => {
        one.store.append({ seq: 2, hardState: null, entries: entries(3, 3) }, (error) => outcomes.push(error))
      })
      let failureAt = 0
      while (!one.disk.idle) {
        one.disk.step()
        if (failureAt === 0 && one.store.failure !== null) failureAt = outcomes.length + 1
      }
      if (failureAt !== 1) continue
      failedFirst += 1
      expect(outcomes).toEqual([one.store.failure])
    }
    expect(failedFirst).toBeGreaterThan(0)
  })

  it('for lack of room spares the store as long as the present segment lasts', () => {
    const { disk, store } = opened()
    disk.fault = (what) => (/(write|create) .*\.tmp/.test(what) ? ENOSPC() : null)
    for (let index = 1; index <= 3; index++) expect(append(disk, store, entries(index, index, 900))).toBeNull()
    expect(store.status().shortage?.message).toMatch(/ENOSPC/)
    expect(snapshot(disk, store, 2)?.message).toMatch(/ENOSPC/)
    expect(store.failure).toBeNull()
    disk.fault = () => null
    expect(append(disk, store, entries(4, 9, 900))).toBeNull()
    expect(store.status().shortage).toBeNull()
    expect(snapshot(disk, store, 2)).toBeNull()
  })

  it('for lack of room ends the store when there is no segment to write to', () => {
    const { disk, store } = opened()
    disk.fault = (what) => (/(write|create) .*\.tmp/.test(what) ? ENOSPC() : null)
    expect(append(disk, store, entries(1, 9, 900))?.message).toMatch(/ENOSPC/)
    expect(store.failure).not.toBeNull()
    disk.fault = () => null
    doing(disk, (done) => store.close(done))
    expect(openOn(disk, SIZES).recovered.entries).toEqual([])
  })

  it('at any operation of a busy life is reported, and what was acknowledged is there afterwards', () => {
    for (let failing = 1; failing < 130; failing += 2) {
      const { disk, store } = opened()
      let operations = 0
      disk.fault = () => (++operations === failing ? EIO() : null)
      let acknowledged = 0
      for (let index = 1; index <= 24 && store.failure === null; index++) {
        if (append(disk, store, entries(index, index, 900)) === null) acknowledged = index
        if (index % 6 === 0) snapshot(disk, store, index - 1)
      }
      disk.fault = () => null
      doing(disk, (done) => store.close(done))
      const { recovered } = openOn(disk.crash(failing), SIZES)
      const last = recovered.entries.at(-1)?.index ?? recovered.snapshot?.meta.index ?? 0
      expect(last, `operation ${failing}: ${store.failure?.message}`).toBeGreaterThanOrEqual(acknowledged)
    }
  })

  it('while opening is told and releases the directory', () => {
    const disk = new SimulatedDisk(1)
    for (let failing = 2; ; failing++) {
      let operations = 0
      disk.fault = () => (++operations === failing ? EIO() : null)
      const outcome = tryOpen(disk, SIZES)
      if (!(outcome instanceof Error)) break
      expect(outcome.message, `operation ${failing}`).toMatch(/EIO/)
      disk.fault = () => null
    }
  })
})

describe('close', () => {
  it('waits for what is under way, seals and releases the directory; later calls say that it is closed', () => {
    const { disk, store } = opened()
    const order: string[] = []
    store.append({ seq: 1, hardState: null, entries: entries(1, 1) }, (error) => order.push(`append ${error}`))
    store.close((error) => order.push(`close ${error}`))
    store.close((error) => order.push(`close again ${error}`))
    disk.run()
    expect(order).toEqual(['append null', 'close null', 'close again null'])
    expect(doing(disk, (done) => store.close(done))).toBeNull()
    expect(ZoariumError.is(append(disk, store, entries(2, 2)), 'ERR_CLOSED')).toBe(true)
    expect(indices(openOn(disk, SIZES).recovered.entries)).toEqual([1])
  })

  it('is needed before the directory can be opened again', () => {
    const { disk, store } = opened()
    expect(String(tryOpen(disk, SIZES))).toMatch(/in use/)
    doing(disk, (done) => store.close(done))
    expect(tryOpen(disk, SIZES)).not.toBeInstanceOf(Error)
  })
})

describe('the store in memory', () => {
  it('calls back at once and counts', () => {
    const store = new MemoryLogStore()
    const outcomes: (Error | null)[] = []
    store.append({ seq: 1, hardState: null, entries: entries(1, 3) }, (error) => outcomes.push(error))
    store.saveSnapshot({ index: 3, term: 1, termStart: 1 }, [], (error) => outcomes.push(error))
    expect(store.status().durableIndex).toBe(3)
    store.installSnapshot({ index: 9, term: 1, termStart: 1 }, [], (error) => outcomes.push(error))
    store.idle()
    store.close((error) => outcomes.push(error))
    expect(outcomes).toEqual([null, null, null, null])
    expect(store.status().durableIndex).toBe(9)
  })
})
