// storage: running callback operations one after the other. PURE.

import type { Done } from './disk.ts'

/** Does `step` for each item in order and stops at the first error. */
export function eachInTurn<T>(items: Iterable<T>, step: (item: T, done: Done) => void, done: Done): void {
  const iterator = items[Symbol.iterator]()
  const next = (error: Error | null): void => {
    if (error !== null) {
      done(error)
      return
    }
    const result = iterator.next()
    if (result.done === true) done(null)
    else step(result.value, next)
  }
  next(null)
}

/** Runs `steps` in order and stops at the first error. */
export function inTurn(steps: readonly ((done: Done) => void)[], done: Done): void {
  eachInTurn(steps, (step, stepDone) => step(stepDone), done)
}

/** Tells the source of chunks that nobody will read them: what it keeps for them it can let go. */
export function letGo(chunks: Iterable<Buffer>): void {
  chunks[Symbol.iterator]().return?.()
}
