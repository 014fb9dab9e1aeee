// One life of a log store on a simulated disk: random appends, overwrites, seals and snapshots, beside a model (store-model.ts).
import type { Entry, PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import type { LogStore, OpenedLogStore } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { SeededRandom } from '../../core/support/random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { appended, type Expectation, entryAt, installed, lastIndex, type Model, snapshotChunks, snapshotTaken } from './store-model.ts'

export const SMALL_SEGMENTS = { firstSegmentBytes: 4096, maxSegmentBytes: 16384 }

/** Opens the store and runs the disk until it is open. */
export function openOn(disk: SimulatedDisk, options: object = SMALL_SEGMENTS): OpenedLogStore {
  const outcome = tryOpen(disk, options)
  if (outcome instanceof Error) throw outcome
  return outcome
}

export function tryOpen(disk: SimulatedDisk, options: object = SMALL_SEGMENTS): OpenedLogStore | Error {
  let outcome: OpenedLogStore | Error | null = null
  openLogStore(disk, options, (error, opened) => {
    outcome = opened ?? error
  })
  disk.run()
  if (outcome === null) throw new Error('open never called back')
  return outcome
}

/** Calls one operation of a store, runs the disk until it is done and returns its error. */
export function doing(disk: SimulatedDisk, operation: (done: (error: Error | null) => void) => void): Error | null {
  let outcome: Error | null | undefined
  operation((error) => {
    outcome = error
  })
  disk.run()
  if (outcome === undefined) throw new Error('the operation never called back')
  return outcome
}

/** What a life did, for those who count. */
export type Deed = 'append' | 'overwrite' | 'seal' | 'snapshot' | 'install' | 'refused snapshot' | 'refused append'

/** Drives a store with random work, one decision whenever nothing or little is under way. */
export class StoreLife {
  readonly #disk: SimulatedDisk
  readonly #random: SeededRandom
  readonly store: LogStore
  /** What was acknowledged. */
  acknowledged: Model
  /** What is under way, or failed and killed the store: it may be there or not. */
  appending: PersistBatch | null = null
  savingSnapshot = 0
  installing: Model | null = null
  /** Entries up to here are committed: never overwritten. */
  committed: number
  readonly errors: Error[] = []
  /** What the store must never do, and did. */
  readonly misdeeds: string[] = []
  /** Whether the store was told that it is idle, and nothing was given to the log since: its last batch is to be a seal. */
  sealDue = false
  onDeed: (deed: Deed) => void = () => {}
  readonly #salt: number
  #seq = 0

  /** Lives of one seed and several salts differ only in the bytes of their payloads. */
  constructor(disk: SimulatedDisk, store: LogStore, model: Model, seed: number, committed = 0, salt = 0) {
    this.#disk = disk
    this.store = store
    this.#random = new SeededRandom(seed)
    this.#salt = salt
    this.acknowledged = model
    this.committed = Math.max(model.base, model.snapshots[0] ?? 0, committed)
  }

  /** What may be on the disk: the acknowledged state, or that with what is under way. */
  expectation(): Expectation {
    const models = [this.acknowledged]
    if (this.appending !== null) models.push(appended(this.acknowledged, this.appending))
    if (this.installing !== null) models.push(this.installing)
    return { models, saving: this.savingSnapshot, olderSnapshots: false }
  }

  /** Does up to `decisions` things; stops earlier when the disk has made `maxSteps` steps. */
  live(decisions: number, maxSteps: number): void {
    for (let i = 0; i < decisions; i++) {
      const pause = this.decide()
      for (let s = 0; s < pause && !this.#disk.idle; s++) {
        if (this.#disk.steps >= maxSteps) return
        this.#disk.step()
      }
    }
    while (!this.#disk.idle && this.#disk.steps < maxSteps) this.#disk.step()
  }

  /** Does one thing, or nothing; returns how many operations of the disk to wait before the next. */
  decide(): number {
    if (this.store.failure !== null) this.#appendToTheDead(this.store.failure)
    else if (this.installing === null) this.#work()
    return this.#random.below(12)
  }

  #work(): void {
    const choice = this.#random.below(40)
    if (choice < 30) this.#append()
    else if (choice < 33) {
      this.onDeed('seal')
      this.sealDue ||= this.appending === null
      this.store.idle()
    } else if (choice < 38) this.snapshot()
    else if (choice < 39) this.#install()
  }

  /** Begins something whose interruption is delicate. */
  venture(): void {
    if (this.store.failure !== null || this.installing !== null) return
    if (this.#random.below(2) === 0) {
      this.#install()
      return
    }
    const last = lastIndex(this.acknowledged)
    this.#append(true)
    this.snapshot(last)
  }

  /** A dead store refuses, with the error that ended it. */
  #appendToTheDead(failure: Error): void {
    if (this.appending !== null) return
    const entries = [{ term: 1, index: lastIndex(this.acknowledged) + 1, payload: Buffer.alloc(1) }]
    this.onDeed('refused append')
    this.store.append({ seq: this.#seq + 1, hardState: null, entries }, (error) => {
      if (error !== failure) this.misdeeds.push(`a dead store answered an append with ${error}`)
    })
  }

  #append(overwriting = false): void {
    if (this.appending !== null) return
    const model = this.acknowledged
    const last = lastIndex(model)
    const overwritable = Math.max(0, last - this.committed)
    const overwrite = this.#random.below(5) === 0 || overwriting ? this.#random.below(overwritable + 1) : 0
    const term = Math.max(1, (entryAt(model, last)?.term ?? model.hardState.term) + (overwrite > 0 ? 1 : 0))
    const first = last - overwrite + 1
    const entries: Entry[] = []
    for (let i = 0; i < this.#random.below(6); i++) entries.push({ term, index: first + i, payload: this.#payload() })
    const hardState = this.#random.below(2) === 0 ? { term, votedFor: this.#random.below(5), commit: this.committed } : null
    this.#seq += 1
    const batch: PersistBatch = { seq: this.#seq, hardState, entries }
    this.appending = batch
    this.sealDue = false
    this.store.append(batch, (error) => {
      if (error === null) {
        this.#mustLive('an append')
        this.appending = null
        this.acknowledged = appended(this.acknowledged, batch)
        this.onDeed(overwrite > 0 ? 'overwrite' : 'append')
        return
      }
      this.errors.push(error)
      if (this.store.failure === null) this.misdeeds.push(`an append failed (${error.message}), and the store lives`)
    })
  }

  #mustLive(acknowledged: string): void {
    if (this.store.failure !== null) this.misdeeds.push(`a dead store acknowledged ${acknowledged}`)
  }

  #payload(): Buffer {
    const kind = this.#random.below(10)
    const bytes = kind === 0 ? 0 : kind === 1 ? 3000 + this.#random.below(12000) : this.#random.below(700)
    const payload = Buffer.alloc(bytes, this.#random.below(3) === 0 ? 0 : 1 + ((this.#random.below(255) + this.#salt) % 255))
    if (bytes > 8 && this.#random.below(2) === 0) payload[this.#random.below(bytes)] = 7
    return payload
  }

  /** Saves one of up to `until`, if that can be. */
  snapshot(until: number = Number.POSITIVE_INFINITY): void {
    if (this.savingSnapshot !== 0 || this.installing !== null) return
    // Entries under way may be committed and applied already: a quorum of others has them.
    const model = this.appending === null ? this.acknowledged : appended(this.acknowledged, this.appending)
    const first = Math.max(model.base, model.snapshots[0] ?? 0) + 1
    const last = Math.min(until, lastIndex(model))
    if (first > last) return
    const index = until === last ? last : first + this.#random.below(last - first + 1)
    const entry = entryAt(model, index)
    if (entry === undefined) return
    this.committed = Math.max(this.committed, index)
    this.savingSnapshot = index
    this.store.saveSnapshot({ index, term: entry.term, termStart: 1 }, snapshotChunks(model, index), (error) => {
      if (error === null) {
        this.#mustLive('a snapshot')
        this.savingSnapshot = 0
        this.acknowledged = snapshotTaken(this.acknowledged, index)
        this.onDeed('snapshot')
        return
      }
      this.errors.push(error)
      if (this.store.failure !== null) return
      this.savingSnapshot = 0
      this.onDeed('refused snapshot')
    })
  }

  #install(): void {
    if (this.appending !== null || this.savingSnapshot !== 0) return
    const model = this.acknowledged
    const last = lastIndex(model)
    const index = last + this.#random.below(20) + 1 - this.#random.below(Math.min(4, Math.max(0, last - this.committed) + 1))
    if (index <= this.committed) return
    const meta: SnapshotMeta = { index, term: model.hardState.term + 2, termStart: 1 }
    const after = installed(model, meta)
    this.installing = after
    this.sealDue = false
    this.store.installSnapshot(meta, snapshotChunks(after, index), (error) => {
      if (error === null) {
        this.#mustLive('an installation')
        this.installing = null
        this.acknowledged = after
        this.committed = index
        this.onDeed('install')
        return
      }
      this.errors.push(error)
      if (this.store.failure === null) this.installing = null
    })
  }
}
