// The disk of one simulated machine, which outlives its processes: it moves with the world while one of them uses it, stalls, fills up, fails and rots.

import type { OpenedLogStore } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import type { Random, SeededRandom } from '../../core/support/random.ts'
import { DiskFaults, type FaultRates } from '../storage/simulated-disk/disk-faults.ts'
import { SimulatedDisk } from '../storage/simulated-disk.ts'
import type { Scheduler } from './scheduler.ts'

const SEGMENTS = { firstSegmentBytes: 1 << 14, maxSegmentBytes: 1 << 16 }
const UNLIMITED_BYTES = 2 ** 41
/** What is nearer to the end of a file may be taken for a torn write. */
const LEAST_USED_BYTES = 2000

export class MachineDisk {
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  readonly #faults: DiskFaults
  #disk: SimulatedDisk
  #inUse = false

  constructor(scheduler: Scheduler, random: SeededRandom, seed: number, id: number, faults: FaultRates) {
    this.#scheduler = scheduler
    this.#random = random
    this.#faults = new DiskFaults(seed * 13 + id, faults)
    const aftermath = random.below(2) === 0 ? 'kept in memory' : 'reverted'
    this.#disk = new SimulatedDisk(seed * 17 + id, { clock: scheduler.clock, faults: this.#faults, aftermath })
  }

  /** A process begins to use it. */
  open(opened: (error: Error | null, store?: OpenedLogStore) => void): void {
    const disk = this.#disk
    this.#inUse = true
    disk.trace.length = 0
    this.#scheduler.add(disk)
    openLogStore(disk, SEGMENTS, (error, store) => {
      disk.trace.length = 0
      opened(error, store)
    })
  }

  /** The process is gone: what the system holds in memory stays, or the power is gone too, and what was not synced may be lost. */
  abandon(power: 'stays' | 'goes'): void {
    this.#inUse = false
    this.#scheduler.remove(this.#disk)
    const seed = this.#random.below(2 ** 31)
    this.#disk = power === 'stays' ? this.#disk.kill(seed) : this.#disk.crash(seed)
  }

  /** Nothing fails by itself any more. */
  calm(): void {
    this.#faults.armed = false
    this.#disk.capacityBytes = UNLIMITED_BYTES
  }

  /** Nothing that is at the disk ends before `ms` are over. */
  stall(ms: number): void {
    const disk = this.#disk
    this.#scheduler.remove(disk)
    this.#scheduler.after(ms, () => {
      if (disk === this.#disk && this.#inUse) this.#scheduler.add(disk)
    })
  }

  /** There is room for so many bytes more, for a while. */
  fill(freeBytes: number, ms: number): void {
    this.#disk.capacityBytes = this.#disk.usedBytes + freeBytes
    this.#scheduler.after(ms, () => {
      this.#disk.capacityBytes = UNLIMITED_BYTES
    })
  }

  /** A bit turns over in a file of a server that is down, well before its end; says where, `null` if there is nothing to damage. */
  rot(random: Random): string | null {
    const paths = this.#disk.paths().filter((path) => path.startsWith('log/') || path.startsWith('snapshots/'))
    const path = paths[random.below(paths.length)]
    const bytes = path === undefined ? null : this.#disk.bytes(path)
    const used = bytes?.findLastIndex((byte) => byte !== 0) ?? -1
    if (path === undefined || bytes === null || used < LEAST_USED_BYTES) return null
    const at = random.below(Math.floor(used / 2))
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
    return `a bit of ${path} turns over at ${at} of ${used}`
  }
}
