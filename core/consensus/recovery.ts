// consensus: a server that lost durable data takes the log in again, but counts for nothing until it cannot break a promise it forgot. PURE.
//
// What it may have forgotten, and what makes good for it:
//   entries it acknowledged  it votes for nobody meanwhile, so whoever leads has them; it must hold all that the leader had committed, and the leader must
//                            have committed in its own term by then, else its commit index may be old. A leader of a term in which this server may have
//                            acknowledged could still count on that: under such a one it must also hold as much as it ever had. What only it had when it
//                            was the leader itself comes never again
//   a term or a vote         every other voter tells its term after this restart. A candidate that got the vote is in that term or a later one, and says so;
//                            so the vote was cast in this server's term at the latest. It votes no more in the very term in which it comes back
//   its identity             nothing: it never counts again and must join under another id
//
// Rests on links that deliver nothing from before the restart (messages.ts).

import type { RestartMark } from './options.ts'

/** Where a leader's statement of what is committed was reached here. */
interface Reached {
  readonly index: number
  readonly term: number
}

export class Recovery {
  readonly #mark: RestartMark | null
  #active: boolean
  /** The first in the newest term. */
  #reached: Reached | null = null
  readonly #termsTold = new Set<number>()
  /** It acknowledged nothing in a term above this one. `null`: not known yet. */
  #lastOwnTerm: number | null
  /** When the terms are asked for next. */
  nextAskMs: number = Number.NEGATIVE_INFINITY

  /** `term` is the one that was read from the disk. */
  constructor(mark: RestartMark | null, term: number) {
    this.#mark = mark
    this.#active = mark !== null
    this.#lastOwnTerm = mark?.hardStateSuspect === true ? null : term
  }

  /** Whether this server counts for nothing yet. */
  get active(): boolean {
    return this.#active
  }
  get asksForTerms(): boolean {
    return this.#active && this.#mark?.hardStateSuspect === true && !this.#mark.identityLost
  }

  /** A voter told a term that is not above this server's own, which is durable. */
  termTold(id: number): void {
    this.#termsTold.add(id)
  }

  /** This server's log reaches a commit index that its leader stated after committing in its own term. */
  commitReached(index: number, term: number): void {
    if (this.#active && (this.#reached === null || term > this.#reached.term)) this.#reached = { index, term }
  }

  /** Takes part again if nothing is missing any more; true at that moment. */
  endIfComplete(durableIndex: number, term: number, others: readonly number[]): boolean {
    const mark = this.#mark
    if (!this.#active || mark === null || mark.identityLost) return false
    if (this.#lastOwnTerm === null) {
      if (!others.every((id) => this.#termsTold.has(id))) return false
      // Whose entries it acknowledged is one of them, in that term or a later one, and has said so.
      this.#lastOwnTerm = term
    }
    const reached = this.#reached
    if (reached === null || durableIndex < reached.index) return false
    if (durableIndex < mark.refetchUntil && reached.term <= this.#lastOwnTerm) return false
    this.#active = false
    return true
  }
}
