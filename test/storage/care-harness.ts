// A store whose disk is looked after, on a simulated disk and a clock of ticks; what its observer hears, as lines.
import type { Entry } from '../../core/consensus/types.ts'
import type { CareOptions } from '../../core/storage/disk-care.ts'
import type { CareStatus, LogStore, Recovered } from '../../core/storage/log-store.ts'
import type { StorageObserver } from '../../core/storage/storage-observer.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { doing, openOn } from './store-life.ts'

export const SIZES = { firstSegmentBytes: 4096, maxSegmentBytes: 16384 }

export const CARE: CareOptions = { lowBytes: 40_000, reserveBytes: 16_384, stallMs: 1000, scrubBytesPerSecond: 0 }

export class CaredStore {
  readonly disk: SimulatedDisk
  readonly store: LogStore
  readonly recovered: Recovered
  readonly heard: string[] = []
  nowMs = 0
  lastIndex = 0
  /** Whether wanted snapshots are taken. */
  obedient = true
  failure: Error | null = null
  #wanted = false
  #saving = false
  #snapshotIndex = 0

  constructor(disk: SimulatedDisk, care: Partial<CareOptions> = {}) {
    this.disk = disk
    const { store, recovered } = openOn(disk, { ...SIZES, care: { ...CARE, ...care } })
    this.store = store
    this.recovered = recovered
    this.lastIndex = (recovered.snapshot?.meta.index ?? 0) + recovered.entries.length
    this.#snapshotIndex = recovered.snapshot?.meta.index ?? 0
    const observer: StorageObserver = {
      failed: (error) => {
        this.failure = error
        this.heard.push('failed')
      },
      stalled: (what, pendingMs) => this.heard.push(`stalled ${what} ${pendingMs}`),
      stallEnded: (what, totalMs) => this.heard.push(`ended ${what} ${totalMs}`),
      roomChanged: (refusal) => this.heard.push(refusal === null ? 'writes taken' : 'writes refused'),
      spaceUnknown: () => this.heard.push('space unknown'),
      snapshotWanted: (reason) => {
        this.heard.push(`snapshot wanted: ${reason}`)
        this.#wanted = true
      },
      damaged: ({ path, offset, firstIndex, lastIndex }) => this.heard.push(`damaged ${path} at ${offset}: ${firstIndex} to ${lastIndex}`),
      movedAside: (path, to) => this.heard.push(`${path} moved to ${to}`),
    }
    store.observe(observer)
  }

  get care(): CareStatus {
    const { care } = this.store.status()
    if (care === null) throw new Error('nobody looks after the disk')
    return care
  }

  append(count: number, bytes = 100): Error | null {
    const entries: Entry[] = []
    for (let i = 1; i <= count; i++) entries.push({ term: 1, index: this.lastIndex + i, payload: Buffer.alloc(bytes, 1) })
    const error = doing(this.disk, (done) => this.store.append({ seq: 1, hardState: null, entries }, done))
    if (error === null) this.lastIndex += count
    return error
  }

  /** A snapshot of everything up to now; what the state takes is `bytes`. */
  snapshot(bytes = 1000): Error | null {
    this.#snapshotIndex = this.lastIndex
    const meta = { index: this.lastIndex, term: 1, termStart: 1 }
    return doing(this.disk, (done) => this.store.saveSnapshot(meta, [Buffer.alloc(bytes, 2)], done))
  }

  /** Ticks for `ms`; wanted snapshots are taken as the replica would. */
  pass(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += 50) {
      this.store.tick(this.nowMs)
      this.disk.run()
      if (this.#wanted && this.obedient && !this.#saving && this.failure === null) {
        this.#wanted = false
        this.#saving = true
        if (this.#snapshotIndex === this.lastIndex) this.append(1)
        this.snapshot()
        this.#saving = false
      }
    }
  }
}
