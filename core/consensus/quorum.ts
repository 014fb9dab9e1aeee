// consensus: what a majority is, of one set of voters or of both halves of a joint configuration. The only place that counts. PURE.

import type { Configuration } from './types.ts'

export type VoteResult = 'won' | 'lost' | 'pending'

/** At most this many voters on one side of a configuration. */
export const MAX_VOTERS = 7

const scratch = new Float64Array(MAX_VOTERS)

/** Whether `id` has a say: a voter on either side. */
export function isVoter(configuration: Configuration, id: number): boolean {
  return configuration.voters.includes(id) || configuration.outgoing.includes(id)
}

/** The highest value that a quorum has reached; `reachedBy` gives a voter's, which only grows. 0 without voters. */
export function quorumValue(configuration: Configuration, reachedBy: (id: number) => number): number {
  const value = majorityValue(configuration.voters, reachedBy)
  return configuration.outgoing.length === 0 ? value : Math.min(value, majorityValue(configuration.outgoing, reachedBy))
}

/** Whether those for whom `holds` is true are a quorum. */
export function isQuorum(configuration: Configuration, holds: (id: number) => boolean): boolean {
  return quorumValue(configuration, (id) => (holds(id) ? 1 : 0)) === 1
}

/** Where an election stands: won with a quorum of yes, lost when no such quorum can come any more. */
export function voteResult(configuration: Configuration, votes: ReadonlyMap<number, boolean>): VoteResult {
  if (isQuorum(configuration, (id) => votes.get(id) === true)) return 'won'
  return isQuorum(configuration, (id) => votes.get(id) !== false) ? 'pending' : 'lost'
}

// The values in ascending order, by insertion: there are at most seven. A majority has what stands at floor((n - 1) / 2) or more.
//
//   n = 5   3 4 [7] 7 9      n = 4   3 [4] 7 9
function majorityValue(voters: readonly number[], reachedBy: (id: number) => number): number {
  const n = voters.length
  if (n === 0) return 0
  for (let i = 0; i < n; i++) {
    const value = reachedBy(voters[i] as number)
    let at = i
    for (; at > 0 && (scratch[at - 1] as number) > value; at--) scratch[at] = scratch[at - 1] as number
    scratch[at] = value
  }
  return scratch[(n - 1) >> 1] as number
}
