// consensus: the become functions, the only ones that change role, term, vote, leader and timers. PURE.
//
//   follower -> preCandidate -> candidate -> leader, and from each of them back to follower. Nothing else.

import { assert } from '../support/assert.ts'
import { MAX_TERM } from '../support/int64.ts'
import { Leadership } from './leadership.ts'
import type { RaftState } from './state.ts'

/** Takes up its life as a follower at `nowMs`. */
export function beginLife(s: RaftState, nowMs: number): void {
  s.nowMs = nowMs
  becomeFollower(s, s.term, 0)
}

/** Follows `leaderId` (0: nobody known yet) in `term`. */
export function becomeFollower(s: RaftState, term: number, leaderId: number): void {
  assert(term >= s.term, `term ${term} follows term ${s.term}`)
  assert(term > s.term || s.leaderId === 0 || leaderId === 0 || s.leaderId === leaderId, `term ${term} has two leaders`)
  leaveRole(s)
  s.role = 'follower'
  // A role first, then the term: nothing may be stamped with a term in which this server was never leader.
  enterTerm(s, term)
  s.leaderId = leaderId
  if (leaderId !== 0) s.heardLeaderMs = s.nowMs
}

/** Asks whether it would be elected. Changes neither term nor vote. */
export function becomePreCandidate(s: RaftState): void {
  assert(s.role !== 'leader', 'a leader does not campaign')
  leaveRole(s)
  s.role = 'preCandidate'
  s.leaderId = 0
}

/** Campaigns in the next term. */
export function becomeCandidate(s: RaftState): void {
  assert(s.role !== 'leader', 'a leader does not campaign')
  assert(s.term < MAX_TERM, `term ${s.term} is the last one that a zxid can carry`)
  leaveRole(s)
  s.role = 'candidate'
  enterTerm(s, s.term + 1)
  s.leaderId = 0
  castVote(s, s.id)
}

/** Won. */
export function becomeLeader(s: RaftState): void {
  assert(s.role === 'candidate' && s.votedFor === s.id, 'only a candidate that voted for itself can lead')
  assert(s.log.persist.stateSeq === 0, 'a leader has its term and vote on its disk')
  leaveRole(s)
  s.role = 'leader'
  s.leaderId = s.id
  s.leadership = new Leadership(s.id, s.limits, s.nowMs)
  s.leadership.adapt(s.configuration, s.log.lastIndex)
}

/** Gives the vote of this term. */
export function castVote(s: RaftState, candidate: number): void {
  assert(s.votedFor === 0 || s.votedFor === candidate, `one vote in term ${s.term}`)
  if (s.votedFor === candidate) return
  s.votedFor = candidate
  s.log.persist.stateChanged()
}

/** Gives up the vote of a term in which one may have been given and lost. */
export function spendVote(s: RaftState): void {
  s.votedFor = s.id
  s.log.persist.stateChanged()
}

/** The leader of this term was heard from. */
export function heardLeader(s: RaftState, leaderId: number): void {
  if (s.role !== 'follower' || s.leaderId !== leaderId) becomeFollower(s, s.term, leaderId)
  s.heardLeaderMs = s.nowMs
  s.timerStartMs = s.nowMs
  s.refusedLeaderAtMs = Number.POSITIVE_INFINITY
}

/** Time until the next election begins anew, as long as before. */
export function restartTimer(s: RaftState): void {
  s.timerStartMs = s.nowMs
}

/** The leader refuses connections: its lease is over, and this server may campaign at `atMs`. */
export function leaderIsRefusing(s: RaftState, atMs: number): void {
  s.refusedLeaderAtMs = atMs
}

function leaveRole(s: RaftState): void {
  const { leadership } = s
  if (leadership !== null) for (const id of leadership.reads.lost(s.id)) s.readStates.push({ id, index: null })
  for (const id of s.forwardedReads) s.readStates.push({ id, index: null })
  s.forwardedReads.clear()
  s.leadership = null
  s.snapshotRequests.length = 0
  s.log.pin(Number.POSITIVE_INFINITY)
  s.votes.clear()
  s.refusedLeaderAtMs = Number.POSITIVE_INFINITY
  s.timerStartMs = s.nowMs
  // Drawn at every change of role: whoever collided once will hardly do so again.
  s.timeoutMs = s.timing.electionMs * (1 + s.random.next())
}

function enterTerm(s: RaftState, term: number): void {
  if (term === s.term) return
  assert(term > s.term, `term ${term} follows term ${s.term}`)
  s.term = term
  s.votedFor = 0
  s.log.persist.stateChanged()
  s.outbox.dropAcknowledgements()
}
