// consensus: a leader hands over to a voter of its choice: transfer.ts says in which steps. PURE.

import { campaignForReal, mayCampaign } from './election.ts'
import type { TimeoutNow } from './messages.ts'
import type { RaftState } from './state.ts'
import type { TransferRefusal } from './transfer.ts'

export function transferLeadership(s: RaftState, to: number): TransferRefusal | null {
  const { leadership } = s
  if (leadership === null) return 'notLeader'
  if (to === s.id) return 'self'
  if (!s.configuration.voters.includes(to)) return 'notVoter'
  if (leadership.transfer !== null) return 'transferring'
  leadership.transfer = { to, deadlineMs: s.nowMs + s.timing.electionMs, told: false }
  return null
}

/** Tells the successor when it has everything; gives up when the time is over. */
export function advanceTransfer(s: RaftState): void {
  const { leadership } = s
  const transfer = leadership?.transfer
  if (leadership === null || transfer === null || transfer === undefined) return
  if (s.nowMs >= transfer.deadlineMs) leadership.transfer = null
  else if (!transfer.told && leadership.progressOf(transfer.to)?.match === s.log.lastIndex) {
    transfer.told = true
    s.send({ type: 'timeoutNow', from: s.id, to: transfer.to, term: s.term })
  }
}

/** The leader asks this server to campaign: no pre-vote, and no lease stands against it. */
export function onTimeoutNow(s: RaftState, m: TimeoutNow): void {
  if (s.role === 'follower' && (s.leaderId === m.from || s.leaderId === 0) && mayCampaign(s)) campaignForReal(s, true)
}
