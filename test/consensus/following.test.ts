import { describe, expect, it } from 'vitest'
import type { Append, Message } from '../../core/consensus/messages.ts'
import { RaftNode } from '../../core/consensus/raft-node.ts'
import type { Entry } from '../../core/consensus/types.ts'
import { InvariantError } from '../../core/support/assert.ts'
import { SeededRandom } from '../../core/support/random.ts'

const NOTHING = Buffer.alloc(0)

function entry(term: number, index: number): Entry {
  return { term, index, payload: NOTHING }
}

/** Server 1 of three, in term 2 with entries 1 to 5 of term 1, following server 2. */
function follower(commit = 0): RaftNode {
  const entries = [1, 2, 3, 4, 5].map((index) => entry(1, index))
  const restart = { hardState: { term: 2, votedFor: 0, commit }, snapshot: null, entries }
  return new RaftNode({ id: 1, voters: [1, 2, 3], random: new SeededRandom(1) }, restart)
}

function append(prev: Entry | null, commit: number, entries: readonly Entry[], from = 2): Append {
  return { type: 'append', from, to: 1, term: 2, prevIndex: prev?.index ?? 0, prevTerm: prev?.term ?? 0, commit, entries, silent: false }
}

function answers(node: RaftNode): Message[] {
  for (let batch = node.takePersistBatch(); batch !== null; batch = node.takePersistBatch()) node.persisted(batch.seq)
  return [...node.takeMessages()]
}

describe('a follower', () => {
  it('commits no farther than the message vouches for: what follows in its log may be of another history', () => {
    const node = follower()
    node.step(append(entry(1, 2), 5, [entry(1, 3)]))
    expect(node.commitIndex).toBe(3)
    expect(node.lastIndex).toBe(5)
  })

  it('cuts nothing off because a message is shorter than its log', () => {
    const node = follower()
    node.step(append(entry(1, 1), 0, [entry(1, 2)]))
    expect(node.lastIndex).toBe(5)
    node.step(append(entry(1, 1), 0, [entry(2, 2)]))
    expect(node.lastIndex).toBe(2)
  })

  it('stops when it is to cut off what is committed', () => {
    const node = follower(4)
    expect(() => node.step(append(entry(1, 2), 4, [entry(2, 3), entry(2, 4), entry(2, 5)]))).toThrow(InvariantError)
  })

  it('stops when a term has two leaders', () => {
    const node = follower()
    node.step(append(entry(1, 5), 0, [], 2))
    expect(() => node.step(append(entry(1, 5), 0, [], 3))).toThrow(InvariantError)
  })

  it('answers a repeated append with what is committed', () => {
    const node = follower(4)
    node.step(append(entry(1, 1), 2, [entry(1, 2)]))
    expect(answers(node)).toMatchObject([{ type: 'appendResponse', accepted: true, index: 4 }])
  })

  it('takes nothing from a snapshot whose entries it has, and keeps what is behind them', () => {
    const node = follower()
    node.step({ type: 'snapshot', from: 2, to: 1, term: 2, meta: { index: 3, term: 1, termStart: 1 } })
    expect(node.takeInstall()).toBeNull()
    expect(node.commitIndex).toBe(3)
    expect(node.lastIndex).toBe(5)
    expect(answers(node)).toMatchObject([{ type: 'appendResponse', accepted: true, index: 3 }])
  })

  it('takes no snapshot of what is committed here', () => {
    const node = follower(4)
    const message = { type: 'snapshot', from: 2, to: 1, term: 2, meta: { index: 4, term: 1, termStart: 1 } } as const
    expect(node.wantsSnapshot(message)).toBe(false)
    node.step(message)
    expect(node.takeInstall()).toBeNull()
    expect(answers(node)).toMatchObject([{ type: 'appendResponse', accepted: true, index: 4 }])
  })

  it('waits with a snapshot for the batch at the disk, and with the next batch for the snapshot', () => {
    const node = follower()
    node.step(append(entry(1, 5), 0, [entry(2, 6)]))
    const batch = node.takePersistBatch()
    const meta = { index: 9, term: 2, termStart: 6 }
    node.step({ type: 'snapshot', from: 2, to: 1, term: 2, meta })
    expect(node.takeInstall()).toBeNull()
    node.persisted(batch?.seq ?? 0)
    expect(node.takeInstall()).toEqual(meta)
    // A second one before the first is in place, and a vote that must wait for the disk.
    node.step({ type: 'snapshot', from: 2, to: 1, term: 2, meta: { ...meta, index: 12 } })
    node.step({ type: 'vote', from: 3, to: 1, term: 3, lastIndex: 9, lastTerm: 2, transfer: true })
    expect(node.hasBatch).toBe(false)
    node.installEnded(true)
    expect(node.lastIndex).toBe(9)
    expect(node.takeInstall()).toBeNull()
    expect(answers(node)).toContainEqual(expect.objectContaining({ type: 'voteResponse', granted: true, term: 3 }))
  })

  it('has the configuration of a snapshot that it installed, a joint one too', () => {
    const node = follower()
    const configuration = { voters: [1, 4], outgoing: [1, 2, 3], learners: [5], learnersNext: [2], context: NOTHING }
    const meta = { index: 9, term: 2, termStart: 6, configuration }
    node.step({ type: 'snapshot', from: 2, to: 1, term: 2, meta })
    expect(answers(node)).toEqual([])
    expect(node.takeInstall()).toEqual(meta)
    expect(node.configuration.voters).toEqual([1, 2, 3])
    node.installEnded(true)
    expect(node.configuration).toEqual(configuration)
    expect(node.snapshotMeta(9)).toEqual(meta)
  })

  it('says when too much waits to be applied', () => {
    const limits = { maxUnappliedBytes: 100 }
    const restart = { hardState: { term: 0, votedFor: 0, commit: 0 }, snapshot: null, entries: [] }
    const node = new RaftNode({ id: 1, voters: [1], random: new SeededRandom(1), limits }, restart)
    node.campaign()
    persistAll(node)
    node.propose(Buffer.alloc(200))
    expect(node.overloaded).toBe(true)
    persistAll(node)
    node.nextCommitted()
    expect(node.overloaded).toBe(false)
  })
})

function persistAll(node: RaftNode): void {
  for (let batch = node.takePersistBatch(); batch !== null; batch = node.takePersistBatch()) node.persisted(batch.seq)
}
