import { expect, it } from 'vitest'
import { ForwardingDisk } from '../../core/storage/forwarding-disk.ts'
import { StallMonitor } from '../../core/storage/stall-monitor.ts'
import { WatchedDisk } from '../../core/storage/watched-disk.ts'
import { SimulatedDisk } from './simulated-disk.ts'

/** Remembers what it was called with. */
class TellingDisk extends SimulatedDisk {
  lent: Buffer | undefined
  override read(...args: Parameters<SimulatedDisk['read']>): void {
    this.lent = (args as unknown[])[4] as Buffer | undefined
    super.read(...args)
  }
}

// A lent buffer that gets lost on the way costs one buffer for each slice that is read, and collections of the whole heap with them.
it.each(['forwarding', 'watched'])('a %s disk hands on the buffer that is lent for a read', (kind) => {
  const disk = new TellingDisk(1)
  const outer = kind === 'watched' ? new WatchedDisk(disk, new StallMonitor(1_000)) : new ForwardingDisk(disk)
  const lent = Buffer.alloc(8)
  outer.read('log/none', 0, 8, () => {}, lent)
  expect(disk.lent).toBe(lent)
})
