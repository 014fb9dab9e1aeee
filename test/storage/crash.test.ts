// A crash after every single operation on the disk: everything acknowledged is there afterwards, and nothing is there by halves.
import { describe, expect, it, vi } from 'vitest'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { doing, openOn, SMALL_SEGMENTS, StoreLife, tryOpen } from './store-life.ts'
import { EMPTY_MODEL, type Expectation, recognise } from './store-model.ts'

// Much computing or many syncs: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 180_000 })

const DECISIONS = 45

/** Lives one life of `seed` up to `maxSteps` disk operations. */
function lived(seed: number, maxSteps: number): { disk: SimulatedDisk; life: StoreLife } {
  const disk = new SimulatedDisk(seed)
  const { store } = openOn(disk)
  const life = new StoreLife(disk, store, EMPTY_MODEL, seed)
  life.live(DECISIONS, maxSteps)
  return { disk, life }
}

describe('a crash', () => {
  it.each([1, 3])('after any operation on the disk loses nothing acknowledged (seed %i)', (seed) => {
    const total = lived(seed, Number.POSITIVE_INFINITY).disk.steps
    expect(total).toBeGreaterThan(100)
    for (let steps = 1; steps <= total; steps++) {
      const { disk, life } = lived(seed, steps)
      for (const crashSeed of [steps, steps + 100_000]) {
        const left = disk.crash(crashSeed)
        const opened = tryOpen(left)
        const where = `seed ${seed}, crash after ${steps} operations, crash seed ${crashSeed}: ${disk.trace.at(-1)}`
        if (opened instanceof Error) throw new Error(`${where}: ${opened.message}`)
        const found = recognise(opened.recovered, life.expectation())
        if (typeof found === 'string') throw new Error(`${where}: ${found}`)
        expect(life.errors).toEqual([])
      }
    }
  })

  it('during the opening changes nothing of what will be found', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { disk, life } = lived(seed, 120 + seed * 17)
      const left = disk.crash(seed)
      const probe = left.clone(seed)
      openOn(probe)
      for (let steps = 1; steps < probe.steps; steps++) {
        const again = left.clone(seed)
        tryOpenPartly(again, steps)
        const opened = tryOpen(again.crash(seed * 1000 + steps))
        const where = `seed ${seed}, crash after ${steps} operations of the opening`
        if (opened instanceof Error) throw new Error(`${where}: ${opened.message}`)
        const found = recognise(opened.recovered, life.expectation())
        if (typeof found === 'string') throw new Error(`${where}: ${found}`)
      }
    }
  })

  it('of the machine loses nothing that was acknowledged after a crash of the process', () => {
    const seed = 5
    const total = lived(seed, Number.POSITIVE_INFINITY).disk.steps
    for (let steps = 1; steps <= total; steps++) {
      const { disk, life } = lived(seed, steps)
      const killed = disk.kill(steps)
      const { store, recovered } = openOn(killed)
      const where = `killed after ${steps} operations`
      const found = recognise(recovered, life.expectation())
      if (typeof found === 'string') throw new Error(`${where}: ${found}`)
      const next = new StoreLife(killed, store, found, steps)
      next.live(12, Number.POSITIVE_INFINITY)
      const opened = tryOpen(killed.crash(steps))
      if (opened instanceof Error) throw new Error(`${where}: ${opened.message}`)
      const after = recognise(opened.recovered, next.expectation())
      if (typeof after === 'string') throw new Error(`${where}: ${after}`)
    }
  })

  it('after an opening loses nothing of the last segment that only the system’s memory had held', () => {
    const { disk, life } = lived(3, 200)
    const left = disk.clone(1)
    const path = left.paths().findLast((name) => name.endsWith('.log') && left.bytes(name).some((byte) => byte !== 0)) ?? ''
    const held = left.bytes(path)
    // As after failed syncs: the file can be read in full, but the platter has only the zeros it was made of.
    const rewritten = new SimulatedDisk(2)
    openOn(rewritten)
    for (const name of rewritten.paths()) rewritten.drop(name)
    for (const name of left.paths()) if (name !== path) rewritten.place(name, left.bytes(name))
    doing(rewritten, (done) => {
      rewritten.create(path, (_error, file) => {
        file?.write([Buffer.alloc(held.length)], 0, () => file.sync(() => rewritten.syncFolder('log', () => file.write([held], 0, done))))
      })
    })
    const again = rewritten.kill(4)
    const { recovered } = openOn(again)
    const found = recognise(recovered, life.expectation())
    if (typeof found === 'string') throw new Error(found)
    const after = openOn(again.crash(5)).recovered
    expect(recognise(after, { models: [found], saving: 0, olderSnapshots: false })).not.toBeTypeOf('string')
  })

  it('may come again and again, of the machine or of the process alone', () => {
    for (let seed = 100; seed < 150; seed++) {
      let disk = new SimulatedDisk(seed)
      let model = EMPTY_MODEL
      let expectation: Expectation = { models: [model], saving: 0, olderSnapshots: false }
      for (let life = 0; life < 8; life++) {
        const where = `seed ${seed}, life ${life}`
        const opened = tryOpen(disk)
        if (opened instanceof Error) throw new Error(`${where}: ${opened.message}`)
        const found = recognise(opened.recovered, expectation)
        if (typeof found === 'string') throw new Error(`${where}: ${found}`)
        expect(disk.paths().filter((path) => path.endsWith('.tmp'))).toEqual([])
        model = found
        const living = new StoreLife(disk, opened.store, model, seed * 10 + life)
        living.live(40, disk.steps + ((seed * 7 + life * 13) % 150))
        expectation = living.expectation()
        disk = (seed + life) % 3 === 0 ? disk.crash(seed + life) : disk.kill(seed + life)
      }
    }
  })

  it('does not matter after an orderly end', () => {
    for (let seed = 200; seed < 220; seed++) {
      const { disk, life } = lived(seed, Number.POSITIVE_INFINITY)
      expect(doing(disk, (done) => life.store.close(done))).toBeNull()
      const { recovered } = openOn(disk.crash(seed))
      expect(recognise(recovered, { models: [life.acknowledged], saving: 0, olderSnapshots: false })).not.toBeTypeOf('string')
      expect(recovered.notes).toEqual([])
    }
  })
})

function tryOpenPartly(disk: SimulatedDisk, steps: number): void {
  openPartly(disk)
  while (!disk.idle && disk.steps < steps) disk.step()
}

function openPartly(disk: SimulatedDisk): void {
  openLogStore(disk, SMALL_SEGMENTS, () => {})
}
