import { describe, expect, it } from 'vitest'
import { RaftNode } from '../../core/consensus/raft-node.ts'
import type { Entry, HardState } from '../../core/consensus/types.ts'
import { EMPTY_HARD_STATE } from '../../core/consensus/types.ts'
import { InvariantError } from '../../core/support/assert.ts'
import { SeededRandom } from '../../core/support/random.ts'

const OPTIONS = { id: 1, voters: [1], random: new SeededRandom(1) }

function fresh(hardState: HardState = EMPTY_HARD_STATE, entries: readonly Entry[] = []): RaftNode {
  return new RaftNode(OPTIONS, { hardState, snapshot: null, entries })
}

/** Makes the next batch durable and returns it. */
function persist(node: RaftNode): { hardState: HardState | null; indices: number[] } {
  const batch = node.takePersistBatch()
  if (batch === null) throw new Error('nothing to persist')
  node.persisted(batch.seq)
  return { hardState: batch.hardState, indices: batch.entries.map(({ index }) => index) }
}

function committed(node: RaftNode): number[] {
  const indices: number[] = []
  for (let entry = node.nextCommitted(); entry !== undefined; entry = node.nextCommitted()) indices.push(entry.index)
  return indices
}

function leader(): RaftNode {
  const node = fresh()
  node.campaign()
  persist(node)
  return node
}

describe('an ensemble of one', () => {
  it('leads only when its own vote is durable', () => {
    const node = fresh()
    node.campaign()
    expect(node.role).toBe('candidate')
    expect(() => node.propose(Buffer.from('x'))).toThrow(InvariantError)
    expect(persist(node)).toEqual({ hardState: { term: 1, votedFor: 1, commit: 0 }, indices: [] })
    expect(node.role).toBe('leader')
  })

  it('commits an entry when it is durable, not before', () => {
    const node = leader()
    node.propose(Buffer.from('a'))
    expect(committed(node)).toEqual([])
    const batch = node.takePersistBatch()
    expect(committed(node)).toEqual([])
    if (batch === null) throw new Error('no batch')
    node.persisted(batch.seq)
    expect(committed(node)).toEqual([1])
  })

  it('has one batch at the disk and gathers the next meanwhile', () => {
    const node = leader()
    node.propose(Buffer.from('a'))
    const first = node.takePersistBatch()
    node.propose(Buffer.from('b'))
    node.propose(Buffer.from('c'))
    expect(node.takePersistBatch()).toBeNull()
    if (first === null) throw new Error('no batch')
    node.persisted(first.seq)
    expect(committed(node)).toEqual([1])
    expect(persist(node).indices).toEqual([2, 3])
    expect(committed(node)).toEqual([2, 3])
  })

  it('refuses the completion of a batch that was not at the disk', () => {
    const node = leader()
    expect(() => node.persisted(99)).toThrow(InvariantError)
  })

  it('does not commit entries of earlier terms before one of its own (thesis 3.6.2)', () => {
    const old: Entry[] = [1, 2].map((index) => ({ term: 1, index, payload: Buffer.from([index]) }))
    const node = fresh({ term: 1, votedFor: 1, commit: 0 }, old)
    expect(committed(node)).toEqual([])
    node.campaign()
    persist(node)
    expect(committed(node)).toEqual([])
    node.propose(Buffer.from('first of term 2'))
    persist(node)
    expect(committed(node)).toEqual([1, 2, 3])
  })

  it('hands out at once what was known committed, and never beyond the log', () => {
    const entries: Entry[] = [1, 2, 3].map((index) => ({ term: 1, index, payload: Buffer.alloc(0) }))
    expect(committed(fresh({ term: 1, votedFor: 1, commit: 2 }, entries))).toEqual([1, 2])
    expect(committed(fresh({ term: 1, votedFor: 1, commit: 9 }, entries))).toEqual([1, 2, 3])
  })

  it('starts after its snapshot', () => {
    const node = new RaftNode(OPTIONS, {
      hardState: { term: 4, votedFor: 1, commit: 10 },
      snapshot: { index: 10, term: 3, termStart: 7 },
      entries: [{ term: 3, index: 11, payload: Buffer.alloc(0) }],
    })
    node.campaign()
    persist(node)
    const entry = node.propose(Buffer.alloc(0))
    expect(entry).toMatchObject({ term: 5, index: 12 })
    persist(node)
    expect(committed(node)).toEqual([11, 12])
    expect(node.snapshotMeta(11)).toEqual({ index: 11, term: 3, termStart: 7 })
    expect(node.snapshotMeta(12)).toEqual({ index: 12, term: 5, termStart: 12 })
  })

  it('refuses a log with a hole', () => {
    expect(() => fresh(EMPTY_HARD_STATE, [{ term: 1, index: 2, payload: Buffer.alloc(0) }])).toThrow(InvariantError)
  })

  it('makes zxids of term and counter, the first entry of a term having counter 0', () => {
    const node = leader()
    const first = node.propose(Buffer.alloc(0))
    const second = node.propose(Buffer.alloc(0))
    expect(node.zxidOf(first)).toBe(2 ** 32)
    expect(node.zxidOf(second)).toBe(2 ** 32 + 1)
    node.campaign()
    persist(node)
    const third = node.propose(Buffer.alloc(0))
    expect(node.zxidOf(third)).toBe(2 * 2 ** 32)
    expect(node.zxidOf(second)).toBe(2 ** 32 + 1)
  })

  it('does not trust the completion of a batch from a former term', () => {
    const node = leader()
    node.propose(Buffer.alloc(0))
    const batch = node.takePersistBatch()
    node.campaign()
    if (batch === null) throw new Error('no batch')
    node.persisted(batch.seq)
    expect(committed(node)).toEqual([])
  })

  it('whose log is ahead of its hard state raises its term, and has no vote in it', () => {
    const node = fresh({ term: 3, votedFor: 1, commit: 0 }, [{ term: 7, index: 1, payload: Buffer.alloc(0) }])
    expect(node.term).toBe(7)
    expect(persist(node).hardState).toEqual({ term: 7, votedFor: 0, commit: 0 })
  })

  it('answers a read at once when it has committed in its term, not before', () => {
    const node = leader()
    node.requestRead(1)
    expect(node.takeReads()).toEqual([])
    node.propose(Buffer.alloc(0))
    persist(node)
    expect(node.takeReads()).toEqual([{ id: 1, index: 1 }])
    node.requestRead(2)
    expect(node.takeReads()).toEqual([{ id: 2, index: 1 }])
    expect(node.contactUntilMs).toBe(Number.POSITIVE_INFINITY)
  })
})
