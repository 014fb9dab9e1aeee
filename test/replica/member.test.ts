// A server as a member: what it says to whoever leads when the leader was out of sight.
import { describe, expect, it } from 'vitest'
import { Member, type MemberOwner, type ReplicaMessage } from '../../core/replica/member.ts'
import { SessionTracker } from '../../core/replica/session-tracker.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'

const ORIGIN = { serverId: 1, nonceHi: 7, nonceLo: 9 }
const STREAM = { nonceHi: 7, nonceLo: 9 }

function follower(): { member: Member<string, never>; sent: ReplicaMessage[]; hear(nowMs: number): void } {
  const sent: ReplicaMessage[] = []
  const owner: MemberOwner<never> = {
    origin: ORIGIN,
    tree: new StateMachine(),
    tracker: new SessionTracker(1000),
    stamp() {},
    roleChanged() {},
    indexKnown() {},
    send: (message) => sent.push(message),
  }
  const options = { id: 1, voters: [1, 2, 3], random: new SeededRandom(1), timing: {}, limits: {} }
  const member = new Member<string, never>(
    options,
    { hardState: { term: 1, votedFor: 0, commit: 0 }, snapshot: null, entries: [] },
    owner,
    0,
  )
  let round = 0
  return {
    member,
    sent,
    /** The leader is heard of. */
    hear(nowMs) {
      member.setTime(nowMs)
      round += 1
      member.received({ type: 'heartbeat', from: 2, to: 1, term: 1, commit: 0, round, echo: 0, payload: Buffer.alloc(0) })
      member.advance()
    },
  }
}

describe('a member', () => {
  it('asks a leader that was out of sight what it has, before it sends more: a link may have broken meanwhile without a word', () => {
    const { member, sent, hear } = follower()
    hear(10)
    member.applied(1)
    member.advance()
    expect(sent).toMatchObject([{ type: 'forwardQuestion', attempt: 1 }])
    member.received({ type: 'forwardAnswer', from: 2, to: 1, term: 1, ...STREAM, attempt: 1, last: 0 })
    member.stream.push(Buffer.alloc(64), 'first')
    member.advance()
    expect(sent[1]).toMatchObject({ type: 'forward', first: 1 })

    // No heartbeat for so long that it looks for another leader; then the same one is there again.
    for (let nowMs = 100; nowMs <= 2000; nowMs += 100) {
      member.setTime(nowMs)
      member.tick()
      member.advance()
    }
    expect(member.raft.leaderId).toBe(0)
    sent.length = 0
    hear(2100)
    expect(member.raft.leaderId).toBe(2)
    expect(member.raft.term).toBe(1)
    expect(sent).toMatchObject([{ type: 'forwardQuestion' }])

    // What was lost is sent again.
    const [question] = sent
    const attempt = question?.type === 'forwardQuestion' ? question.attempt : 0
    member.received({ type: 'forwardAnswer', from: 2, to: 1, term: 1, ...STREAM, attempt, last: 0 })
    member.advance()
    expect(sent[1]).toMatchObject({ type: 'forward', first: 1 })
  })
})
