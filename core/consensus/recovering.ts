// consensus: how a marked server asks for terms and comes back: recovery.ts says when. PURE.

import { membersOf } from './configuration.ts'
import type { TermRequest, TermResponse } from './messages.ts'
import { spendVote } from './roles.ts'
import type { RaftState } from './state.ts'

export function tickRecovery(s: RaftState): void {
  const { recovery } = s
  if (!recovery.asksForTerms || s.nowMs < recovery.nextAskMs) return
  recovery.nextAskMs = s.nowMs + s.timing.electionMs
  for (const to of otherVoters(s)) s.send({ type: 'termRequest', from: s.id, to, term: s.term })
}

/** Answered whatever the terms are: a higher one in the request was adopted before. */
export function onTermRequest(s: RaftState, m: TermRequest): void {
  s.send({ type: 'termResponse', from: s.id, to: m.from, term: s.term })
}

/** A higher term in the response was adopted before. */
export function onTermResponse(s: RaftState, m: TermResponse): void {
  s.recovery.termTold(m.from)
}

/** After everything that may have brought the last missing piece. */
export function endRecovery(s: RaftState): void {
  if (!s.recovery.active || s.log.persist.stateSeq !== 0 || !s.recovery.endIfComplete(s.log.durableIndex, s.term, otherVoters(s))) return
  // It may have voted in this very term.
  if (s.votedFor === 0) spendVote(s)
  s.recovered = true
}

function otherVoters(s: RaftState): number[] {
  return membersOf({ ...s.configuration, learners: [], learnersNext: [] }).filter((id) => id !== s.id)
}
