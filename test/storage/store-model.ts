// What a log store holds, the naive way, and how what was recovered is told from it.
import { crc32 } from 'node:zlib'
import type { Entry, HardState, PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import { EMPTY_HARD_STATE } from '../../core/consensus/types.ts'
import type { Recovered } from '../../core/storage/log-store.ts'

/** An entry, with a hash over it and everything before it. */
interface ModelEntry {
  readonly entry: Entry
  readonly hash: number
}

/** Never changed: each step makes a new one. */
export interface Model {
  /** Entries up to here are only in a snapshot. */
  readonly base: number
  /** Hash of what led to `base`. */
  readonly baseHash: number
  readonly baseTerm: number
  /** Those after `base`. */
  readonly entries: readonly ModelEntry[]
  readonly hardState: HardState
  /** Indices of the snapshots that were saved, newest first; older ones may be removed by now. */
  readonly snapshots: readonly number[]
  /** Others that were not read at the last opening; perhaps they are another time. */
  readonly passedOver: readonly number[]
}

export const EMPTY_MODEL: Model = {
  base: 0,
  baseHash: 0,
  baseTerm: 0,
  entries: [],
  hardState: EMPTY_HARD_STATE,
  snapshots: [],
  passedOver: [],
}

export function lastIndex(model: Model): number {
  return model.base + model.entries.length
}

export function entryAt(model: Model, index: number): Entry | undefined {
  return model.entries[index - model.base - 1]?.entry
}

/** Hash of everything up to `index`; `undefined` where the model does not reach. */
function hashAt(model: Model, index: number): number | undefined {
  return index === model.base ? model.baseHash : model.entries[index - model.base - 1]?.hash
}

const NUMBERS = Buffer.alloc(12)

function hashOf({ term, index, payload }: Entry, before: number): number {
  NUMBERS.writeUInt32BE(before, 0)
  NUMBERS.writeUInt32BE(term, 4)
  NUMBERS.writeUInt32BE(index, 8)
  return crc32(payload, crc32(NUMBERS))
}

export function appended(model: Model, batch: PersistBatch): Model {
  const first = batch.entries[0]
  const entries = first === undefined ? [...model.entries] : model.entries.slice(0, first.index - 1 - model.base)
  let hash = entries.at(-1)?.hash ?? model.baseHash
  for (const entry of batch.entries) entries.push({ entry, hash: (hash = hashOf(entry, hash)) })
  return { ...model, entries, hardState: batch.hardState ?? model.hardState }
}

export function snapshotTaken(model: Model, index: number): Model {
  return { ...model, snapshots: [index, ...older(model, index)], passedOver: newer(model.passedOver, index) }
}

function older({ snapshots, passedOver }: Model, than: number): number[] {
  return [...snapshots, ...passedOver].filter((index) => index < than).sort((a, b) => b - a)
}

function newer(indices: readonly number[], than: number): number[] {
  return indices.filter((index) => index > than)
}

/** Another server's snapshot in place of everything. */
export function installed(model: Model, { index, term }: SnapshotMeta): Model {
  const baseHash = hashOf({ term, index, payload: Buffer.from('installed') }, 0)
  return { base: index, baseHash, baseTerm: term, entries: [], hardState: model.hardState, snapshots: [index], passedOver: [] }
}

/** Forgets entries that nothing needs any more: those that the three newest snapshots hold. */
export function trimmed(model: Model): Model {
  const base = model.snapshots[2] ?? 0
  const baseHash = hashAt(model, base)
  if (base <= model.base || baseHash === undefined) return model
  const baseTerm = entryAt(model, base)?.term ?? model.baseTerm
  return { ...model, base, baseHash, baseTerm, entries: model.entries.slice(base - model.base), snapshots: model.snapshots.slice(0, 3) }
}

/** What the snapshot of `index` holds in these tests: enough to tell one history from another; some are larger than one slice. */
export function snapshotChunks(model: Model, index: number): Buffer[] {
  const size = index % 40 === 0 ? 70_000 : 20 * (index % 200)
  return [Buffer.from(`up to ${index}`), Buffer.from(String(hashAt(model, index)).padEnd(size, '#'))]
}

/** What may be found after an end. */
export interface Expectation {
  /** Any of these. */
  readonly models: readonly Model[]
  /** Index of a snapshot that may be there already, 0 for none. */
  readonly saving: number
  /** Whether the newest snapshot may be passed over for an older one. */
  readonly olderSnapshots: boolean
}

/** Which of the possible states was recovered; a string says how it differs from all of them. */
export function recognise(recovered: Recovered, { models, saving, olderSnapshots }: Expectation): Model | string {
  const problems: string[] = []
  const from = recovered.snapshot?.meta.index ?? 0
  for (const model of models) {
    const newest = model.snapshots[0] ?? 0
    const known =
      from === newest ||
      (from !== 0 && from === saving) ||
      (model.passedOver.includes(from) && (from > newest || olderSnapshots)) ||
      (olderSnapshots && (from === 0 || model.snapshots.includes(from)))
    // An earlier opening that came to nothing may have read another snapshot, and have written down the term that it proves.
    const perhapsRead = olderSnapshots ? [saving, ...model.snapshots, ...model.passedOver] : []
    const problem = known ? difference(recovered, model, perhapsRead) : `snapshot ${from}, expected ${newest}`
    if (problem === null)
      return openedFrom({ ...model, hardState: recovered.hardState }, from, olderSnapshots || saving < from ? saving : 0)
    problems.push(problem)
  }
  return problems.join(' | ')
}

/** `perhaps`: a snapshot that may be there, unread; 0 for none. */
function openedFrom(model: Model, snapshot: number, perhaps: number): Model {
  const passedOver = newer([...model.snapshots, ...model.passedOver], snapshot)
  if (perhaps !== 0 && perhaps !== snapshot) passedOver.push(perhaps)
  return { ...model, snapshots: snapshot === 0 ? [] : [snapshot, ...older(model, snapshot)], passedOver }
}

/** A term that a snapshot proves is in force, without a vote. */
function raised(hardState: HardState, term: number): HardState {
  return term > hardState.term ? { ...hardState, term, votedFor: 0 } : hardState
}

function termAt(model: Model, index: number): number {
  return index === model.base ? model.baseTerm : (entryAt(model, index)?.term ?? 0)
}

function sameState(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.votedFor === b.votedFor && a.commit === b.commit
}

function difference(recovered: Recovered, model: Model, perhapsRead: readonly number[]): string | null {
  const { hardState, snapshot, entries } = recovered
  const wanted = snapshot === null ? model.hardState : raised(model.hardState, snapshot.meta.term)
  const known = sameState(hardState, wanted) || perhapsRead.some((index) => sameState(hardState, raised(wanted, termAt(model, index))))
  if (!known) {
    return `hard state ${JSON.stringify(hardState)}, expected ${JSON.stringify(wanted)}`
  }
  const from = snapshot?.meta.index ?? 0
  if (hashAt(model, from) === undefined) return `snapshot ${from} of a log that ends at ${lastIndex(model)}`
  if (snapshot !== null) {
    const chunks = [...snapshot.chunks]
    const expected = snapshotChunks(model, from).filter((chunk) => chunk.length > 0)
    if (chunks.length !== expected.length || !expected.every((chunk, i) => chunks[i]?.equals(chunk))) return `contents of snapshot ${from}`
  }
  const last = lastIndex(model)
  if (entries.length !== last - from) return `${entries.length} entries after ${from}, expected ${last - from}`
  for (const entry of entries) {
    const same = entryAt(model, entry.index)
    if (same === undefined) return `entry ${entry.index} where none was`
    if (entry.term !== same.term || !entry.payload.equals(same.payload)) return `entry ${entry.index}`
  }
  return null
}
