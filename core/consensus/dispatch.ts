// consensus: what a message's term means, then which file it goes to. PURE.
//
//   higher term   adopted, but for pre-votes, which change nothing, and votes within the lease, which are not even looked at
//   lower term    dropped, but a leader of a lower term is told (else a server whose term ran ahead would never be let in again), and so is whoever
//                 asks for a pre-vote
//   own term      by type; answers only from members

import { unreachable } from '../support/assert.ts'
import { inLease, onPreVote, onPreVoteResponse, onVote, onVoteResponse } from './election.ts'
import { onAppend, onHeartbeat, onSnapshot } from './following.ts'
import { onTimeoutNow } from './handover.ts'
import type { Append, AppendResponse, Heartbeat, HeartbeatResponse, Message, SnapshotMessage } from './messages.ts'
import { onReadRequest, onReadResponse } from './reading.ts'
import { onTermRequest, onTermResponse } from './recovering.ts'
import { onAppendResponse, onHeartbeatResponse } from './replication.ts'
import { becomeFollower } from './roles.ts'
import type { RaftState } from './state.ts'

/** Takes one message in; false if it was of no account. */
export function dispatch(s: RaftState, m: Message): boolean {
  if (m.term > s.term && !adoptTerm(s, m)) return false
  return m.term < s.term ? handleStale(s, m) : handle(s, m)
}

function adoptTerm(s: RaftState, m: Message): boolean {
  switch (m.type) {
    case 'preVote':
      return true
    case 'preVoteResponse':
      if (!m.granted) becomeFollower(s, m.term, 0)
      return true
    case 'vote':
      if (!m.transfer && inLease(s, m.from)) return false
      becomeFollower(s, m.term, 0)
      return true
    case 'append':
    case 'heartbeat':
    case 'snapshot':
      becomeFollower(s, m.term, m.from)
      return true
    case 'voteResponse':
    case 'appendResponse':
    case 'heartbeatResponse':
    case 'timeoutNow':
    case 'readRequest':
    case 'readResponse':
    case 'termRequest':
    case 'termResponse':
      becomeFollower(s, m.term, 0)
      return true
    default:
      return unreachable(m)
  }
}

function handleStale(s: RaftState, m: Message): boolean {
  switch (m.type) {
    case 'append':
    case 'heartbeat':
    case 'snapshot':
      tellTerm(s, m)
      return false
    case 'preVote':
      onPreVote(s, m)
      return false
    case 'termRequest':
      onTermRequest(s, m)
      return true
    case 'termResponse':
      onTermResponse(s, m)
      return true
    case 'preVoteResponse':
    case 'vote':
    case 'voteResponse':
    case 'appendResponse':
    case 'heartbeatResponse':
    case 'timeoutNow':
    case 'readRequest':
    case 'readResponse':
      return false
    default:
      return unreachable(m)
  }
}

function handle(s: RaftState, m: Message): boolean {
  switch (m.type) {
    case 'preVote':
      onPreVote(s, m)
      return true
    case 'preVoteResponse':
      onPreVoteResponse(s, m)
      return true
    case 'vote':
      onVote(s, m)
      return true
    case 'voteResponse':
      onVoteResponse(s, m)
      return true
    case 'append':
      onAppend(s, m)
      return true
    case 'heartbeat':
      onHeartbeat(s, m)
      return true
    case 'snapshot':
      onSnapshot(s, m)
      return true
    case 'timeoutNow':
      onTimeoutNow(s, m)
      return true
    case 'readResponse':
      onReadResponse(s, m)
      return true
    case 'termRequest':
      onTermRequest(s, m)
      return true
    case 'termResponse':
      onTermResponse(s, m)
      return true
    case 'appendResponse':
    case 'heartbeatResponse':
    case 'readRequest':
      return handleOnLeader(s, m)
    default:
      return unreachable(m)
  }
}

function handleOnLeader(s: RaftState, m: AppendResponse | HeartbeatResponse | Extract<Message, { type: 'readRequest' }>): boolean {
  const { leadership } = s
  const progress = leadership?.progressOf(m.from)
  if (leadership === null || progress === undefined) return false
  if (m.type === 'appendResponse') onAppendResponse(s, leadership, progress, m)
  else if (m.type === 'heartbeatResponse') onHeartbeatResponse(s, leadership, progress, m)
  else onReadRequest(s, m)
  return true
}

// Refuses in the own term, which makes that leader step down.
function tellTerm(s: RaftState, m: Append | Heartbeat | SnapshotMessage): void {
  const index = m.type === 'append' ? m.prevIndex : 0
  const recovering = s.recovery.active
  s.send({ type: 'appendResponse', from: s.id, to: m.from, term: s.term, accepted: false, index, hintIndex: 0, hintTerm: 0, recovering })
}
