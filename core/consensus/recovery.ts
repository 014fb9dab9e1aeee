// consensus: a server that lost durable data takes the log in again, but counts for nothing until it cannot break a promise it forgot. PURE.
//
// What it may have forgotten, and what makes good for it:
//   entries it acknowledged  it votes for nobody meanwhile, so whoever leads has them; it must hold all that the leader had committed, and the leader must
//                            have committed in its own term by then, else its commit index may be old
//   a term or a vote         every other voter tells its term after this restart. A candidate that got the vote is in that term or a later one, and says so;
//                            so the vote was cast in this server's term at the latest. It votes no more in the very term in which it comes back
//   its identity             nothing: it never counts again and must join under another id
//
// Rests on links that deliver nothing from before the restart (messages.ts).

import type { RestartMark } from './options.ts'

export class Recovery {
  readonly #mark: RestartMark | null
  #active: boolean
  #commitReached = false
  readonly #termsTold = new Set<number>()
  /** When the terms are asked for next. */
  nextAskMs: number = Number.NEGATIVE_INFINITY

  constructor(mark: RestartMark | null) {
    this.#mark = mark
    this.#active = mark !== null
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
  commitReached(): void {
    this.#commitReached = true
  }

  /** Takes part again if nothing is missing any more; true at that moment. */
  endIfComplete(durableIndex: number, others: readonly number[]): boolean {
    const mark = this.#mark
    if (!this.#active || mark === null || mark.identityLost || !this.#commitReached || durableIndex < mark.refetchUntil) return false
    if (mark.hardStateSuspect && !others.every((id) => this.#termsTold.has(id))) return false
    this.#active = false
    return true
  }
}
