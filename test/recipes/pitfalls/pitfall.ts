// The pitfalls of coordination recipes: what went wrong in other libraries, and the test that says it does not here.
//
// A test says which pitfalls it covers at the beginning of its title: `G-03, G-04: ...`. What is proved by a test whose title names none is
// given by its title in `titles`. docs/internals/pitfalls.md is made from both, by test/docs/pitfalls.test.ts.

export interface Pitfall {
  /** `G-03`. */
  readonly id: string
  /** What must not go wrong. */
  readonly text: string
  /** Titles of tests that prove it without naming it, as they stand in the source, variables and all. */
  readonly titles?: readonly string[]
  /** Why it cannot go wrong here, where no test is possible. */
  readonly impossible?: string
}

/** Shorthand for a list. */
export function pitfall(id: string, text: string, more: Pick<Pitfall, 'titles' | 'impossible'> = {}): Pitfall {
  return { id, text, ...more }
}
