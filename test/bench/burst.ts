// bench: has lanes begin their requests together: the next one when all have had the answer to the one before.

export class Burst {
  #lanes: number
  #ready: (() => void)[] = []

  constructor(lanes: number) {
    this.#lanes = lanes
  }

  /** A lane has its answer; `next` is called when all others have theirs. */
  ready(next: () => void): void {
    this.#ready.push(next)
    this.#begin()
  }

  /** A lane has ended: nobody waits for it any more. */
  leave(): void {
    this.#lanes -= 1
    this.#begin()
  }

  #begin(): void {
    if (this.#ready.length < this.#lanes) return
    const all = this.#ready
    this.#ready = []
    for (const next of all) next()
  }
}
