import { describe, expect, it } from 'vitest'
import { StallMonitor } from '../../core/storage/stall-monitor.ts'
import { CaredStore } from './care-harness.ts'
import { SimulatedDisk } from './simulated-disk.ts'

function monitored(): { monitor: StallMonitor; heard: string[]; tick: (ms: number) => void } {
  const monitor = new StallMonitor(1000)
  const heard: string[] = []
  monitor.listen({
    stalled: (what, pendingMs) => heard.push(`stalled ${what} ${pendingMs}`),
    stallEnded: (what, totalMs) => heard.push(`ended ${what} ${totalMs}`),
  })
  let nowMs = 0
  const tick = (ms: number): void => {
    for (const end = nowMs + ms; nowMs < end; ) monitor.tick((nowMs += 50))
  }
  monitor.tick(0)
  return { monitor, heard, tick }
}

describe('a stall', () => {
  it('is told while it lasts, again when it goes on, and when it is over', () => {
    const { monitor, heard, tick } = monitored()
    const work = { what: 'write a', sinceMs: 0 }
    monitor.begin(work)
    tick(950)
    expect(heard).toEqual([])
    expect(monitor.stalledMs).toBe(0)
    tick(50)
    expect(heard).toEqual(['stalled write a 1000'])
    tick(9000)
    expect(monitor.stalledMs).toBe(10_000)
    tick(30_000)
    expect(heard).toEqual(['stalled write a 1000', 'stalled write a 11000', 'stalled write a 22000'])
    monitor.end(work)
    tick(50)
    expect(heard.at(-1)).toBe('ended write a 40050')
    expect(monitor.stalledMs).toBe(0)
    expect(monitor.stalls).toBe(1)
  })

  it('is not what takes long in many short operations', () => {
    const { monitor, heard, tick } = monitored()
    const work = { what: 'write a', sinceMs: 0 }
    for (let i = 0; i < 10; i++) {
      monitor.begin(work)
      tick(900)
      monitor.end(work)
    }
    expect(heard).toEqual([])
    expect(monitor.stalls).toBe(0)
  })

  it('names the oldest operation, and of those that began together the last', () => {
    const { monitor, heard, tick } = monitored()
    monitor.begin({ what: 'append', sinceMs: 0 })
    monitor.begin({ what: 'write', sinceMs: 0 })
    tick(100)
    monitor.begin({ what: 'read', sinceMs: 0 })
    tick(2000)
    expect(heard).toEqual(['stalled write 1000'])
  })

  it('is counted and not told each time when one follows the other', () => {
    const { monitor, heard, tick } = monitored()
    const work = { what: 'write', sinceMs: 0 }
    for (let i = 0; i < 8; i++) {
      monitor.begin(work)
      tick(1200)
      monitor.end(work)
      tick(50)
    }
    expect(monitor.stalls).toBe(8)
    expect(heard).toEqual(['stalled write 1000', 'ended write 1250'])
  })

  it('is not time in which the process did not run', () => {
    const { monitor, heard } = monitored()
    const work = { what: 'write', sinceMs: 0 }
    monitor.begin(work)
    monitor.tick(60_000)
    monitor.end(work)
    monitor.tick(60_050)
    expect(heard).toEqual([])
  })
})

describe('a store whose disk hangs', () => {
  function ticks(cared: CaredStore, ms: number): void {
    for (const end = cared.nowMs + ms; cared.nowMs < end; cared.nowMs += 50) cared.store.tick(cared.nowMs)
  }

  it.each([
    ['an append', 'write log/0000000001.log', (cared: CaredStore) => append(cared)],
    ['a seal', 'write log/0000000001.log', (cared: CaredStore) => cared.store.idle()],
    ['a snapshot', 'create snapshots/0000000000000001.snap.tmp', (cared: CaredStore) => save(cared)],
  ])('says so while %s hangs', (_, operation, begin) => {
    const cared = new CaredStore(new SimulatedDisk(1))
    cared.append(1)
    cared.pass(200)
    begin(cared)
    ticks(cared, 2000)
    expect(cared.heard).toHaveLength(1)
    expect(cared.heard[0]).toContain(`stalled ${operation} 10`)
    expect(cared.care.stalledMs).toBeGreaterThanOrEqual(1000)
    cared.disk.run()
    ticks(cared, 50)
    expect(cared.heard[1]).toContain(`ended ${operation} `)
    expect(cared.care.stalledMs).toBe(0)
    expect(cared.care.stalls).toBe(1)
  })

  function append(cared: CaredStore): void {
    cared.store.append({ seq: 2, hardState: null, entries: [{ term: 1, index: 2, payload: Buffer.alloc(10) }] }, () => {})
  }

  function save(cared: CaredStore): void {
    cared.store.saveSnapshot({ index: 1, term: 1, termStart: 1 }, [Buffer.from('x')], () => {})
  }
})
