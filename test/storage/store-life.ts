// One life of a log store on a simulated disk: random appends, overwrites, seals and snapshots, beside a model that is a plain array.
import type { Entry, HardState, PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import { EMPTY_HARD_STATE } from '../../core/consensus/types.ts'
import type { LogStore, OpenedLogStore, Recovered } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { SeededRandom } from '../../core/support/random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

export const SMALL_SEGMENTS = { firstSegmentBytes: 4096, maxSegmentBytes: 16384 }

/** What a log holds, the naive way. */
export interface Model {
  /** Entries up to here are only in a snapshot that was installed. */
  readonly base: number
  /** Entry n stands at n - 1; below `base` there are holes of no meaning. */
  readonly entries: readonly (Entry | null)[]
  readonly hardState: HardState
  /** Newest snapshot. */
  readonly snapshot: number
}

export const EMPTY_MODEL: Model = { base: 0, entries: [], hardState: EMPTY_HARD_STATE, snapshot: 0 }

export function appended(model: Model, batch: PersistBatch): Model {
  const first = batch.entries[0]
  const kept = first === undefined ? model.entries : model.entries.slice(0, first.index - 1)
  return { ...model, entries: [...kept, ...batch.entries], hardState: batch.hardState ?? model.hardState }
}

/** What the snapshots of these tests hold: enough to tell one history from another. */
export function snapshotChunks(model: Model, index: number): Buffer[] {
  const history = model.entries
    .slice(0, index)
    .map((entry) => (entry === null ? '-' : `${entry.index}.${entry.term}.${entry.payload.length}`))
  return [Buffer.from(`up to ${index}`), Buffer.from(history.join(' ').padEnd(index * 20, '#'))]
}

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

/** Drives a store with random work, one decision whenever nothing or little is under way. */
export class StoreLife {
  readonly #disk: SimulatedDisk
  readonly #random: SeededRandom
  readonly #store: LogStore
  /** What was acknowledged. */
  acknowledged: Model
  /** What is under way. */
  appending: PersistBatch | null = null
  savingSnapshot = 0
  installing: Model | null = null
  /** Entries up to here are committed: never overwritten. */
  committed: number
  errors: Error[] = []
  #seq = 0

  constructor(disk: SimulatedDisk, store: LogStore, model: Model, seed: number) {
    this.#disk = disk
    this.#store = store
    this.#random = new SeededRandom(seed)
    this.acknowledged = model
    this.committed = Math.max(model.base, model.snapshot)
  }

  get store(): LogStore {
    return this.#store
  }

  /** What may be on the disk: the acknowledged state, or that with what is under way. */
  possible(): Model[] {
    const models = [this.acknowledged]
    if (this.appending !== null) models.push(appended(this.acknowledged, this.appending))
    if (this.installing !== null) models.push(this.installing)
    return models
  }

  /** Does up to `decisions` things; stops earlier when the disk has made `maxSteps` steps. */
  live(decisions: number, maxSteps: number): void {
    for (let i = 0; i < decisions; i++) {
      this.#decide()
      const pause = this.#random.below(12)
      for (let s = 0; s < pause && !this.#disk.idle; s++) {
        if (this.#disk.steps >= maxSteps) return
        this.#disk.step()
      }
    }
    while (!this.#disk.idle && this.#disk.steps < maxSteps) this.#disk.step()
  }

  #decide(): void {
    if (this.installing !== null) return
    const choice = this.#random.below(40)
    if (choice < 30) this.#append()
    else if (choice < 33) this.#store.idle()
    else if (choice < 38) this.#snapshot()
    else if (choice < 39) this.#install()
  }

  #append(): void {
    if (this.appending !== null) return
    const { entries } = this.acknowledged
    const last = entries.length
    const overwrite = this.#random.below(5) === 0 ? this.#random.below(last - this.committed + 1) : 0
    const term = (entries[last - 1]?.term ?? this.acknowledged.hardState.term) + (overwrite > 0 ? 1 : 0)
    const first = last - overwrite + 1
    const added: Entry[] = []
    for (let i = 0; i < this.#random.below(6); i++) added.push({ term: Math.max(term, 1), index: first + i, payload: this.#payload() })
    const hardState =
      this.#random.below(2) === 0 ? { term: Math.max(term, 1), votedFor: this.#random.below(5), commit: this.committed } : null
    this.#seq += 1
    const batch: PersistBatch = { seq: this.#seq, hardState, entries: added }
    this.appending = batch
    this.#store.append(batch, (error) => {
      this.appending = null
      if (error !== null) this.errors.push(error)
      else this.acknowledged = appended(this.acknowledged, batch)
    })
  }

  #payload(): Buffer {
    const kind = this.#random.below(10)
    const bytes = kind === 0 ? 0 : kind === 1 ? 3000 + this.#random.below(12000) : this.#random.below(700)
    const payload = Buffer.alloc(bytes, this.#random.below(3) === 0 ? 0 : 1 + this.#random.below(255))
    if (bytes > 8 && this.#random.below(2) === 0) payload[this.#random.below(bytes)] = 7
    return payload
  }

  #snapshot(): void {
    if (this.savingSnapshot !== 0) return
    // Entries under way may be committed and applied already: a quorum of others has them.
    const model = this.appending === null ? this.acknowledged : appended(this.acknowledged, this.appending)
    const first = Math.max(this.committed, model.base + 1, this.acknowledged.snapshot + 1)
    if (first > model.entries.length) return
    const index = first + this.#random.below(model.entries.length - first + 1)
    const entry = model.entries[index - 1]
    if (entry === undefined || entry === null) return
    this.committed = index
    this.savingSnapshot = index
    this.#store.saveSnapshot({ index, term: entry.term, termStart: 1 }, snapshotChunks(model, index), (error) => {
      this.savingSnapshot = 0
      if (error !== null) this.errors.push(error)
      else this.acknowledged = { ...this.acknowledged, snapshot: index }
    })
  }

  #install(): void {
    if (this.appending !== null || this.savingSnapshot !== 0) return
    const model = this.acknowledged
    const index =
      model.entries.length + this.#random.below(20) + 1 - this.#random.below(Math.min(4, model.entries.length - this.committed + 1))
    const meta: SnapshotMeta = { index, term: model.hardState.term + 2, termStart: 1 }
    const installed: Model = {
      base: index,
      entries: new Array<Entry | null>(index).fill(null),
      hardState: model.hardState,
      snapshot: index,
    }
    if (index <= this.committed) return
    this.installing = installed
    this.#store.installSnapshot(meta, snapshotChunks(installed, index), (error) => {
      this.installing = null
      if (error !== null) this.errors.push(error)
      else {
        this.acknowledged = installed
        this.committed = index
      }
    })
  }
}

/** Which of the possible states was recovered; a string says how it differs from all of them. */
export function recognise(recovered: Recovered, possible: readonly Model[], savingSnapshot: number): Model | string {
  const problems: string[] = []
  for (const model of possible) {
    const problem = difference(recovered, model, savingSnapshot)
    if (problem === null) return { ...model, snapshot: recovered.snapshot?.meta.index ?? 0 }
    problems.push(problem)
  }
  return problems.join(' | ')
}

function difference(recovered: Recovered, model: Model, savingSnapshot: number): string | null {
  const { hardState, snapshot, entries } = recovered
  // A term that the snapshot proves is in force, without a vote.
  const raised = snapshot !== null && snapshot.meta.term > model.hardState.term
  const wanted = raised ? { ...model.hardState, term: snapshot.meta.term, votedFor: 0 } : model.hardState
  if (JSON.stringify(hardState) !== JSON.stringify(wanted)) return `hard state ${JSON.stringify(hardState)}`
  const from = snapshot?.meta.index ?? 0
  if (from !== model.snapshot && from !== savingSnapshot) return `snapshot ${from}, expected ${model.snapshot}`
  if (snapshot !== null) {
    const chunks = [...snapshot.chunks]
    const expected = snapshotChunks(model, from).filter((chunk) => chunk.length > 0)
    if (!Buffer.concat(chunks).equals(Buffer.concat(expected)) || chunks.length !== expected.length) return `contents of snapshot ${from}`
  }
  const expected = model.entries.slice(from)
  if (entries.length !== expected.length) return `${entries.length} entries after ${from}, expected ${expected.length}`
  for (const [i, entry] of entries.entries()) {
    const wanted = expected[i]
    if (wanted === undefined || wanted === null) return `entry ${entry.index} where none was`
    if (entry.index !== wanted.index || entry.term !== wanted.term || !entry.payload.equals(wanted.payload)) return `entry ${wanted.index}`
  }
  return null
}
