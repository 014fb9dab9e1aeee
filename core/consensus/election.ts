// consensus: elections: who asks when, who grants, who has won. PURE.
//
//   timeout, or the leader refuses connections --> pre-vote: would a quorum elect me? --> vote in the next term, own vote durable first --> leader
//
// Pre-votes and the lease keep a server that lost touch from deposing a leader that the others hear; with the check of the quorum they also make a
// leader with too few followers go (thesis 9.6; without both, partly cut networks have no leader for good).

import { membersOf } from './configuration.ts'
import type { PreVote, PreVoteResponse, Vote, VoteResponse } from './messages.ts'
import { isQuorum, isVoter, voteResult } from './quorum.ts'
import { startRound } from './replication.ts'
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate, castVote, leaderIsRefusing, restartTimer } from './roles.ts'
import type { RaftState } from './state.ts'

/** Whether this server may stand for election. A snapshot that waits to be installed makes its log worthless. */
export function mayCampaign(s: RaftState): boolean {
  return s.role !== 'leader' && mayStand(s) && !s.recovery.active && s.install === null
}

// Voters stand, and so does whoever is not one any more by an entry that may not be committed: its log may be the longest, so that the voters need it to
// lead until that entry is (thesis 4.2.2). Its own vote counts for nothing.
//
//   1: voters 1 | 1 3         3, the old leader: voters 1 | 1 3, voters 1        1 needs the vote of 3, which has the longer log and refuses
function mayStand(s: RaftState): boolean {
  return s.voter || s.configurations.someSince(s.log.commitIndex, (configuration) => isVoter(configuration, s.id))
}

/** Starts an election if its time has come. */
export function tickElection(s: RaftState): void {
  const due = s.nowMs - s.timerStartMs >= s.timeoutMs || s.nowMs >= s.refusedLeaderAtMs
  if (!due) return
  if (mayCampaign(s)) campaign(s)
  else restartTimer(s)
}

/** Asks for pre-votes. */
export function campaign(s: RaftState): void {
  becomePreCandidate(s)
  s.votes.set(s.id, true)
  const { lastIndex, lastTerm } = s.log
  for (const to of otherVoters(s)) s.send({ type: 'preVote', from: s.id, to, term: s.term + 1, lastIndex, lastTerm })
  tally(s)
}

/** Campaigns in the next term. Nobody is asked before this server's own vote is durable: `send` holds the messages. */
export function campaignForReal(s: RaftState, byTransfer: boolean): void {
  becomeCandidate(s)
  const { lastIndex, lastTerm } = s.log
  for (const to of otherVoters(s)) s.send({ type: 'vote', from: s.id, to, term: s.term, lastIndex, lastTerm, transfer: byTransfer })
}

/** The candidate's term and vote may be durable now: then its own vote counts. */
export function countOwnVote(s: RaftState): void {
  if (s.role !== 'candidate' || s.log.persist.stateSeq !== 0 || s.votes.has(s.id)) return
  s.votes.set(s.id, true)
  tally(s)
}

/** The link to `peer` was reset, and connecting again is refused: nobody listens there. The survivors start one after the other. */
export function leaderRefused(s: RaftState, peer: number): void {
  if (s.role !== 'follower' || s.leaderId !== peer || s.refusedLeaderAtMs !== Number.POSITIVE_INFINITY) return
  const rank = s.configuration.voters.filter((id) => id !== peer && id < s.id).length
  leaderIsRefusing(s, s.nowMs + rank * s.timing.staggerMs)
  tickElection(s)
}

/** Whether a leader other than the candidate was heard from within E: then an election would only disturb. */
export function inLease(s: RaftState, candidate: number): boolean {
  if (s.leaderId === 0 || s.leaderId === candidate) return false
  if (s.leadership !== null) return s.nowMs < Math.max(s.leadership.contactUntilMs, s.leadership.checkedAtMs + s.timing.electionMs)
  return s.nowMs - s.heardLeaderMs < s.timing.electionMs && s.refusedLeaderAtMs === Number.POSITIVE_INFINITY
}

export function onPreVote(s: RaftState, m: PreVote): void {
  const inTime = m.term > s.term || (m.term === s.term && mayVoteFor(s, m.from))
  const granted = inTime && !inLease(s, m.from) && votes(s) && s.log.isUpToDate(m.lastTerm, m.lastIndex)
  // A grant carries the term that was asked for, so that it counts there; a refusal carries the own, which the asker adopts if it is higher.
  s.send({ type: 'preVoteResponse', from: s.id, to: m.from, term: granted ? m.term : s.term, granted })
}

export function onPreVoteResponse(s: RaftState, m: PreVoteResponse): void {
  if (s.role !== 'preCandidate' || m.term !== (m.granted ? s.term + 1 : s.term)) return
  s.votes.set(m.from, m.granted)
  tally(s)
}

/** The term of the message is this server's by now. */
export function onVote(s: RaftState, m: Vote): void {
  const granted = mayVoteFor(s, m.from) && votes(s) && s.log.isUpToDate(m.lastTerm, m.lastIndex)
  if (granted) {
    castVote(s, m.from)
    restartTimer(s)
  }
  s.send({ type: 'voteResponse', from: s.id, to: m.from, term: s.term, granted })
}

export function onVoteResponse(s: RaftState, m: VoteResponse): void {
  if (s.role !== 'candidate') return
  s.votes.set(m.from, m.granted)
  tally(s)
}

/** Whether a quorum was heard from since the last check; a leader without one goes. */
export function checkQuorum(s: RaftState): void {
  const { leadership } = s
  if (leadership === null || s.nowMs - leadership.checkedAtMs < s.timing.electionMs) return
  const isActive = (id: number): boolean => {
    const progress = leadership.progressOf(id)
    return id === s.id || (progress !== undefined && !progress.recovering && progress.heardMs >= leadership.checkedAtMs)
  }
  if (isQuorum(s.configuration, isActive)) leadership.checkedAtMs = s.nowMs
  else becomeFollower(s, s.term, 0)
}

// A vote already given is given again: the answer may have been lost.
function mayVoteFor(s: RaftState, candidate: number): boolean {
  return s.votedFor === candidate || (s.votedFor === 0 && s.leaderId === 0)
}

// Learners vote: who asks them knows them to be promoted. A server that knows no ensemble, or forgot what it promised, does not.
function votes(s: RaftState): boolean {
  return s.configuration.voters.length > 0 && !s.recovery.active
}

function otherVoters(s: RaftState): number[] {
  const { voters, outgoing } = s.configuration
  return membersOf({ ...s.configuration, voters, outgoing, learners: [], learnersNext: [] }).filter((id) => id !== s.id)
}

function tally(s: RaftState): void {
  switch (voteResult(s.configuration, s.votes)) {
    case 'won':
      if (s.role === 'preCandidate') campaignForReal(s, false)
      else {
        becomeLeader(s)
        startRound(s)
      }
      return
    case 'lost':
      becomeFollower(s, s.term, 0)
      return
    case 'pending':
      return
  }
}
