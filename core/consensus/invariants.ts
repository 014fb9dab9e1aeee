// consensus: what must hold after every input, whatever came. Cheap, and on in production: a member that breaks one stops. PURE.

import { assert } from '../support/assert.ts'
import { isVoter } from './quorum.ts'
import type { RaftState } from './state.ts'

/** Compares the state with itself as it was after the former input. */
export class Invariants {
  #term = 0
  #votedFor = 0
  #commit = 0
  #contactUntilMs = Number.NEGATIVE_INFINITY

  check(s: RaftState): void {
    const { log, term, votedFor } = s
    assert(log.handedIndex <= log.commitIndex && log.commitIndex <= log.lastIndex, 'applied, committed, last stand in this order')
    assert(log.durableIndex <= log.lastIndex, 'nothing is durable beyond the log')
    assert(log.firstIndex <= log.handedIndex + 1, 'what is not applied is in memory')
    assert(log.lastTerm <= term, 'no entry is of a later term than the own')
    assert(term >= this.#term, 'terms never fall')
    assert(term > this.#term || this.#votedFor === 0 || votedFor === this.#votedFor, 'a vote is never changed')
    assert(log.commitIndex >= this.#commit, 'the commit index never falls')
    assert(s.contact.untilMs >= this.#contactUntilMs, 'contact never goes back')
    assert(
      (s.role === 'leader') === (s.leadership !== null) && (s.role === 'leader') === (s.leaderId === s.id),
      'a leader has a leadership, nobody else',
    )
    if (s.role === 'leader' || s.role === 'candidate') assert(votedFor === s.id, 'whoever campaigned or leads has its own vote')
    if (s.leadership !== null) this.#checkPeers(s)
    this.#term = term
    this.#votedFor = votedFor
    this.#commit = log.commitIndex
    this.#contactUntilMs = s.contact.untilMs
  }

  #checkPeers(s: RaftState): void {
    for (const progress of s.leadership?.peers ?? []) {
      assert(progress.match < progress.next, 'match lies before next')
      assert(progress.match <= s.log.lastIndex && progress.next <= s.log.lastIndex + 1, 'no peer has more than the leader')
      assert(progress.ackedRound <= (s.leadership?.rounds.current ?? 0), 'no round is acknowledged before it begins')
    }
    const { configuration } = s
    assert(!configuration.learners.some((id) => isVoter(configuration, id)), 'nobody learns and votes')
  }
}
