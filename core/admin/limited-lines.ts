// admin: answers that list what clients have made: as many lines as they like, unless somebody counts. A word on the client port is
// answered in one turn of the event loop and held in memory whole, so a list ends somewhere (CVE-2017-5637 is what happens otherwise).

/** Lines of a list. */
const MAX_LINES = 100_000

/** Counts down what may still be listed. */
export class LineLimit {
  #left: number

  constructor(lines: number = MAX_LINES) {
    this.#left = lines
  }

  /** Whether one more may follow. */
  take(): boolean {
    if (this.#left === 0) return false
    this.#left -= 1
    return true
  }

  /** Whether the list had to end. */
  get reached(): boolean {
    return this.#left === 0
  }
}

/** The last line of a list that had to end. */
export const CUT_SHORT: string = `... cut short after ${MAX_LINES} lines`
