// consensus: which term every index of the log belongs to, as runs. Gives term(index) and the zxid mapping in O(log terms). PURE.
//
//   index  1 2 3 | 4 5 | 6 7 8 9 ...
//   term   1     | 2   | 5               spans: (1,1) (2,4) (5,6)

import { assert } from '../support/assert.ts'

interface Span {
  readonly term: number
  /** Index of the term's first entry. */
  readonly start: number
}

/** The terms of a log from its snapshot on. */
export class TermSpans {
  #spans: Span[] = []

  /** Notes that the entry at `index`, the log's new last, belongs to `term`. */
  append(term: number, index: number): void {
    const last = this.#spans.at(-1)
    if (last !== undefined && last.term === term) return
    assert(last === undefined || (term > last.term && index > last.start), `term ${term} at index ${index} goes backwards`)
    this.#spans.push({ term, start: index })
  }

  /** Notes a term whose first entry lies in a snapshot. */
  seed(term: number, start: number): void {
    assert(this.#spans.length === 0, 'spans are seeded once, before anything else')
    this.#spans.push({ term, start })
  }

  /** Forgets every entry from `index` on. */
  truncateFrom(index: number): void {
    while ((this.#spans.at(-1)?.start ?? -1) >= index) this.#spans.pop()
  }

  /** The term of the entry at `index`, 0 before the first. */
  termAt(index: number): number {
    return this.#find(index)?.term ?? 0
  }

  /** The index of the first entry of the term that holds `index`. */
  startAt(index: number): number {
    const span = this.#find(index)
    assert(span !== undefined, 'the index lies in a known term')
    return span.start
  }

  /**
   * The highest index up to `index` whose term is at most `term`: where a log that has `term` at `index` may still agree with this one. Terms never fall
   * along a log, so everything above is surely different. An index before the known terms is returned as it is: it may agree.
   */
  lastAtMost(index: number, term: number): number {
    let at = index
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const span = this.#spans[i] as Span
      if (span.start > at) continue
      if (span.term <= term) return at
      at = span.start - 1
    }
    return at
  }

  // The newest spans are asked for most, so the search runs from the end.
  #find(index: number): Span | undefined {
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const span = this.#spans[i] as Span
      if (span.start <= index) return span
    }
    return undefined
  }
}
