// consensus: how a read finds its way to the leader and back. What the leader does with it: read-index.ts. PURE.
//
//   member --readRequest--> leader --a round that began later, confirmed--> readResponse --> (id, index), or (id, null) when the leader is lost

import type { ReadRequest, ReadResponse } from './messages.ts'
import { committedInTerm } from './replication.ts'
import type { RaftState } from './state.ts'

export function requestRead(s: RaftState, id: number): void {
  if (s.role === 'leader') queueRead(s, id, s.id)
  else if (s.leaderId === 0) s.readStates.push({ id, index: null })
  else {
    s.forwardedReads.add(id)
    s.send({ type: 'readRequest', from: s.id, to: s.leaderId, term: s.term, id })
  }
}

export function onReadRequest(s: RaftState, m: ReadRequest): void {
  queueRead(s, m.id, m.from)
}

export function onReadResponse(s: RaftState, m: ReadResponse): void {
  if (s.leaderId !== m.from || !s.forwardedReads.delete(m.id)) return
  s.readStates.push({ id: m.id, index: m.index })
}

/** The link to the leader broke: answers may be lost. */
export function forgetForwardedReads(s: RaftState): void {
  for (const id of s.forwardedReads) s.readStates.push({ id, index: null })
  s.forwardedReads.clear()
}

function queueRead(s: RaftState, id: number, from: number): void {
  const { leadership, log } = s
  if (leadership === null) return
  const index = committedInTerm(s) ? log.commitIndex : -1
  // Whoever is its own quorum was the leader all along.
  if (s.alone && index >= 0 && from === s.id) s.readStates.push({ id, index })
  else leadership.reads.add(id, from, leadership.rounds.current + 1, index)
}
