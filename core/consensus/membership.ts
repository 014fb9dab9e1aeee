// consensus: changes of the configuration on the leader: begin one, leave the joint one, go when one's own time is over. PURE.
//
//   propose goal --> [joint appended] --committed--> [left, appended] --committed--> a leader that is not in it hands over and steps down

import { begin, type ConfigurationGoal, goalProblem, isJoint, leave } from './configuration.ts'
import type { Leadership } from './leadership.ts'
import { isQuorum } from './quorum.ts'
import { advanceCommit, committedInTerm, confirmRounds } from './replication.ts'
import { becomeFollower } from './roles.ts'
import type { RaftState } from './state.ts'
import type { Configuration, Entry } from './types.ts'

/** Why a change is not begun. */
export type ConfigurationRefusal =
  | 'notLeader'
  | 'noVoters'
  | 'tooManyVoters'
  | 'badId'
  | 'contextTooLarge'
  /** A leadership transfer is under way. */
  | 'transferring'
  /** The former change is not over. */
  | 'changePending'
  /** No entry of this term is committed yet (Ongaro's correction of 2015). */
  | 'termNotStarted'
  /** A new voter must be a learner that has all but the newest entries. */
  | 'notCaughtUp'
  /** Too few of the voters to be are heard from: the ensemble would stand still. */
  | 'quorumNotLive'

export function proposeConfiguration(s: RaftState, goal: ConfigurationGoal): Entry | ConfigurationRefusal {
  const { leadership } = s
  if (leadership === null) return 'notLeader'
  const refusal = goalProblem(goal) ?? pendingProblem(s, leadership) ?? readinessProblem(s, leadership, goal)
  return refusal ?? appendConfiguration(s, leadership, begin(s.configuration, goal))
}

/** What follows from entries that were committed since the last call. Also tried again after a transfer that was given up. */
export function followUp(s: RaftState): void {
  const { leadership } = s
  if (leadership === null || s.log.commitIndex < s.configurations.index || leadership.transfer !== null) return
  if (isJoint(s.configuration) && committedInTerm(s)) appendConfiguration(s, leadership, leave(s.configuration))
  else if (!isJoint(s.configuration) && !s.voter && committedInTerm(s)) {
    const successor = bestVoter(s, leadership)
    if (successor !== 0) s.send({ type: 'timeoutNow', from: s.id, to: successor, term: s.term })
    becomeFollower(s, s.term, 0)
  }
}

/** Appends an entry of this leader. */
export function appendOwn(s: RaftState, payload: Buffer): Entry {
  const entry: Entry = { term: s.term, index: s.log.lastIndex + 1, payload }
  s.log.append(entry)
  return entry
}

function appendConfiguration(s: RaftState, leadership: Leadership, configuration: Configuration): Entry {
  const entry = appendOwn(s, s.codec.write(configuration))
  s.configurations.append(entry.index, configuration)
  s.configurationChanged()
  leadership.adapt(configuration, s.log.lastIndex)
  const { transfer } = leadership
  if (transfer !== null && !configuration.voters.includes(transfer.to)) leadership.transfer = null
  // Fewer voters may have what the former ones lacked.
  advanceCommit(s)
  confirmRounds(s, leadership)
  return entry
}

function pendingProblem(s: RaftState, leadership: Leadership): ConfigurationRefusal | null {
  if (leadership.transfer !== null) return 'transferring'
  if (isJoint(s.configuration) || s.configurations.index > s.log.commitIndex) return 'changePending'
  return committedInTerm(s) ? null : 'termNotStarted'
}

function readinessProblem(s: RaftState, leadership: Leadership, { voters }: ConfigurationGoal): ConfigurationRefusal | null {
  const fresh = voters.filter((id) => !s.configuration.voters.includes(id))
  const isReady = (id: number): boolean => {
    const progress = leadership.progressOf(id)
    return progress !== undefined && progress.state === 'replicate' && !progress.recovering && progress.next > s.log.commitIndex
  }
  if (!fresh.every(isReady)) return 'notCaughtUp'
  const isLive = (id: number): boolean => {
    const progress = leadership.progressOf(id)
    return id === s.id || (progress !== undefined && s.nowMs - progress.heardMs < s.timing.electionMs)
  }
  const goal: Configuration = { ...s.configuration, voters, outgoing: [] }
  return isQuorum(goal, isLive) ? null : 'quorumNotLive'
}

function bestVoter(s: RaftState, leadership: Leadership): number {
  let best = 0
  let bestMatch = -1
  for (const { id, match, recovering } of leadership.peers) {
    if (recovering || match <= bestMatch || !s.configuration.voters.includes(id)) continue
    best = id
    bestMatch = match
  }
  return best
}
