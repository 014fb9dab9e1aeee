// support: run-time invariants that stay on in production. A failed assertion is a bug in this package, never bad input.

/** Thrown when an invariant of this package does not hold: always a bug here, never the caller's mistake. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws an {@link InvariantError} unless `condition` holds. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${what}`)
}

/** The end of an exhaustive `switch`: the compiler rejects a call that can be reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable case: ${String(value)}`)
}
