// server: whom this server knew as its leader, since when, and how often that was another one or in another term.

export class LeaderRecord {
  #leaderId = 0
  #term = 0
  #sinceMs = 0
  #changes = 0

  /** How often another leader was known to be elected, the first one included. */
  get changes(): number {
    return this.#changes
  }

  /** For how long the last one has been known. */
  get forMs(): number {
    return performance.now() - this.#sinceMs
  }

  /** After each turn of the replica. */
  note({ leaderId, term }: { readonly leaderId: number; readonly term: number }): void {
    if (leaderId === 0 || (leaderId === this.#leaderId && term === this.#term)) return
    this.#leaderId = leaderId
    this.#term = term
    this.#sinceMs = performance.now()
    this.#changes += 1
  }
}
