// A leader's side of replication.
import { describe, expect, it } from 'vitest'
import type { HeartbeatResponse, Message } from '../../core/consensus/messages.ts'
import { RaftNode } from '../../core/consensus/raft-node.ts'
import { SeededRandom } from '../../core/support/random.ts'

const NOTHING = Buffer.alloc(0)

function settle(node: RaftNode): readonly Message[] {
  for (let batch = node.takePersistBatch(); batch !== null; batch = node.takePersistBatch()) node.persisted(batch.seq)
  return node.takeMessages()
}

/** Server 1 of three leads term 1. */
function leader(): RaftNode {
  const restart = { hardState: { term: 0, votedFor: 0, commit: 0 }, snapshot: null, entries: [] }
  const node = new RaftNode({ id: 1, voters: [1, 2, 3], random: new SeededRandom(1) }, restart)
  node.campaign()
  settle(node)
  node.step({ type: 'preVoteResponse', from: 2, to: 1, term: 1, granted: true })
  settle(node)
  node.step({ type: 'voteResponse', from: 2, to: 1, term: 1, granted: true })
  node.propose(NOTHING)
  settle(node)
  return node
}

function answer(round: number, counter: number): HeartbeatResponse {
  return { type: 'heartbeatResponse', from: 2, to: 1, term: 1, round, counter, recovering: false, payload: NOTHING }
}

/** What the next heartbeat echoes to server 2. */
function echoed(node: RaftNode, nowMs: number): number | undefined {
  node.setTime(nowMs)
  node.tick()
  return settle(node).flatMap((message) => (message.type === 'heartbeat' && message.to === 2 ? [message.echo] : []))[0]
}

describe('a leader', () => {
  it('echoes what it has processed last: an answer of a life that is over may come after the break of a link, and the next life counts from 1', () => {
    const node = leader()
    expect(node.leading).toBe(true)
    node.step(answer(1, 700))
    expect(echoed(node, 100)).toBe(700)

    // The process of server 2 ends, and one of its last answers comes on a link of its own.
    node.peerUnreachable(2)
    node.step(answer(2, 701))
    node.step(answer(2, 1))
    expect(echoed(node, 200)).toBe(1)
  })

  it('gives a peer that has missed much a share in each turn, so that others need not wait for all of it', () => {
    const node = leader()
    const payload = Buffer.alloc(1000)
    for (let i = 0; i < 2000; i++) node.propose(payload)
    settle(node)
    // Everything but the entry that began the term is new to server 2; what has come of it is not.
    node.step({ type: 'appendResponse', from: 2, to: 1, term: 1, accepted: true, index: 1, hintIndex: 0, hintTerm: 0, recovering: false })
    const turns: number[] = []
    do {
      const appends = settle(node).flatMap((message) => (message.type === 'append' && message.to === 2 ? [message] : []))
      turns.push(appends.reduce((sum, { entries }) => sum + entries.length, 0))
    } while (node.hasAppends)
    expect(turns.reduce((sum, count) => sum + count)).toBe(2000)
    expect(turns).toEqual([262, 262, 262, 262, 262, 262, 262, 166])
  })
})
