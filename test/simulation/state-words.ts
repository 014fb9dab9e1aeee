// What a simulated server tells the others of its state, as real ones do in their facts (core/server/ensemble-member.ts): digests, compared by core/replica.
//
//   servers 1, 2, 3 --facts, now and then--> each other --stateHeard--> verdict        nobody's state differs from anybody's, ever

import type { Facts } from '../../core/peer/peer-messages.ts'
import type { Replica } from '../../core/replica/replica.ts'
import type { StateWord } from '../../core/replica/state-digests.ts'
import { SEMANTICS_VERSION } from '../../core/tree/envelope.ts'

const NO_DIGEST = Buffer.alloc(16)

/** What does not concern the state is of no interest to anybody here. */
export function factsOf(from: number, replica: Replica, to: number): Facts {
  const mark = replica.digests.marks.at(-1)
  return {
    type: 'facts',
    from,
    to,
    software: 'simulated',
    semantics: SEMANTICS_VERSION,
    unformed: false,
    configurationDigest: NO_DIGEST,
    foundingDigest: NO_DIGEST,
    clientAddress: '',
    wallMs: 0,
    term: replica.term,
    leaderId: replica.leaderId,
    role: replica.role,
    appliedIndex: replica.appliedIndex,
    durableIndex: replica.durableIndex,
    lastZxid: replica.tree.lastZxid,
    contactMs: 0,
    serving: replica.serving,
    stateDigest: replica.tree.runningDigest,
    markIndex: mark?.index ?? 0,
    markDigest: mark?.digest ?? '',
    agreeing: replica.digests.agreeing(to),
  }
}

/** Its words on its newest mark, if it has one, and on what it has applied. */
export function wordsOf({ from, markIndex, markDigest, appliedIndex, stateDigest, agreeing }: Facts): readonly StateWord[] {
  const applied: StateWord = { from, index: appliedIndex, digest: stateDigest, agreeing }
  return markDigest === '' ? [applied] : [{ from, index: markIndex, digest: markDigest, agreeing }, applied]
}

/** What must not be, `null` if all is well. */
export function stateProblem({ digests: { verdict, mismatches } }: Replica): string | null {
  if (verdict.type !== 'agreed')
    return `takes its state for ${verdict.type} at ${verdict.index}: it differs from that of ${verdict.differing.join(' and ')}`
  if (mismatches > 0) return 'has found that a state differs from its own'
  return null
}
