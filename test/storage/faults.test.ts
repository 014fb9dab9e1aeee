// A short part of the campaigns (npm run storage:crash, npm run storage:faults), and what they have found, each as a case of its own.
import { describe, expect, it, vi } from 'vitest'
import { crashCampaign } from './campaign/crash-campaign.ts'
import { FAULT_CLASSES, faultSeed } from './campaign/fault-seed.ts'
import type { FaultSource, OperationFault } from './simulated-disk/disk-faults.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { doing, openOn, tryOpen } from './store-life.ts'

// Much computing: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 180_000 })

const SIZES = { firstSegmentBytes: 4096, maxSegmentBytes: 4096 }

describe('the campaigns', () => {
  it('a crash and a kill after each of 800 operations leave what was acknowledged', () => {
    const report = crashCampaign({ seed: 11, operations: 800 })
    expect(report.failure).toBeNull()
    expect(report.recoveries).toBe(3200)
  })

  it('200 lives under random faults keep what was acknowledged', () => {
    const seen: Record<string, number> = {}
    for (let seed = 900_001; seed <= 900_200; seed++) {
      const { failure, counts } = faultSeed(seed, null)
      expect(failure, `npm run storage:faults -- --seeds 1 --from ${seed}`).toBeNull()
      for (const [what, times] of Object.entries(counts)) seen[what] = (seen[what] ?? 0) + times
    }
    // A run in which nothing happened has shown nothing.
    for (const what of ['REFUSAL', 'torn tail cut', 'store died of a fault', 'opened over stale memory', 'snapshot passed over']) {
      expect(seen[what], what).toBeGreaterThan(0)
    }
  })

  it.each(FAULT_CLASSES)('lives under %s alone keep what was acknowledged', (fault) => {
    for (let seed = 910_001; seed <= 910_010; seed++) {
      expect(faultSeed(seed, [fault]).failure, `npm run storage:faults -- --seeds 1 --from ${seed} --only ${fault}`).toBeNull()
    }
  })

  it('do the same from the same seed', () => {
    expect(faultSeed(900_007, null)).toEqual(faultSeed(900_007, null))
  })
})

/** Fails the sync of the first durable write that matches; of the content nothing reaches the platter. */
class FailingWrite implements FaultSource {
  what: RegExp | null = null

  hits(fault: OperationFault, what: string): boolean {
    if (fault !== 'fsync' || this.what === null || !this.what.test(what)) return false
    this.what = null
    return true
  }

  below(): number {
    return 0
  }
}

describe('a failed sync', () => {
  it('of the zeros that take the place of a torn write does not let the torn write come back', () => {
    let mended = 0
    for (let seed = 1; seed <= 40; seed++) {
      const faults = new FailingWrite()
      const disk = new SimulatedDisk(seed, { faults })
      const { store } = openOn(disk, SIZES)
      doing(disk, (done) => store.append({ seq: 1, hardState: null, entries: [{ term: 1, index: 1, payload: Buffer.alloc(50, 1) }] }, done))
      store.append({ seq: 2, hardState: null, entries: [{ term: 1, index: 2, payload: Buffer.alloc(3000, 2) }] }, () => {})
      const torn = disk.crash(seed)
      faults.what = /^write log\/0000000001.log \d+\+(2|3)\d\d\d$/
      if (!(tryOpen(torn, SIZES) instanceof Error)) continue
      // The process starts again on the same machine: memory shows zeros where the platter still holds what was torn.
      const again = torn.kill(seed)
      const opened = openOn(again, SIZES)
      if (opened.recovered.entries.length !== 1) continue
      mended += 1
      // Too large for what is left: the segment is ended where the torn write had begun.
      const entry = { term: 1, index: 2, payload: Buffer.alloc(3900, 3) }
      expect(doing(again, (done) => opened.store.append({ seq: 3, hardState: null, entries: [entry] }, done))).toBeNull()
      const left = openOn(again.crash(seed), SIZES).recovered
      expect(left.entries.at(-1)).toEqual(entry)
    }
    expect(mended).toBeGreaterThan(5)
  })
})
