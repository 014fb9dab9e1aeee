// recipes: what the recipes of one client count: waits and holds, by kind of recipe.

import type { LostReason } from './hold-model.ts'

/** Of one kind of recipe, through one client. Totals are since the client was made. */
export interface RecipeCounters {
  /** Who waits for a turn now. */
  readonly waiting: number
  /** What is held now. */
  readonly held: number
  /** Turns that came, memberships that began, items that were taken. */
  readonly granted: number
  /** Waits that ended in another way: given up, timed out, refused; and what was not free and not waited for. */
  readonly notGranted: number
  /** Places in a queue that were lost and taken again at its end. */
  readonly requeued: number
  /** Milliseconds that were waited for what was granted, together and at most. */
  readonly waitedMs: number
  readonly longestWaitMs: number
  /** Milliseconds that was held what is not held any more. */
  readonly heldMs: number
  /** How holds ended. */
  readonly lost: Readonly<Record<LostReason, number>>
}

/** The same, to be counted with. */
type Writable = { -readonly [K in Exclude<keyof RecipeCounters, 'lost'>]: RecipeCounters[K] } & {
  readonly lost: Record<LostReason, number>
}

const COUNTERS = new WeakMap<object, Map<string, Writable>>()

function zero(): Writable {
  const lost = { expired: 0, deadline: 0, nodeDeleted: 0, revoked: 0, released: 0, closed: 0 }
  return { waiting: 0, held: 0, granted: 0, notGranted: 0, requeued: 0, waitedMs: 0, longestWaitMs: 0, heldMs: 0, lost }
}

/** What recipes of this kind count through `client`. */
export function countersOf(client: object, recipe: string): Writable {
  let byRecipe = COUNTERS.get(client)
  if (byRecipe === undefined) COUNTERS.set(client, (byRecipe = new Map()))
  let counters = byRecipe.get(recipe)
  if (counters === undefined) byRecipe.set(recipe, (counters = zero()))
  return counters
}

/** Copies of all of them, by kind of recipe. */
export function allCounters(client: object): Map<string, RecipeCounters> {
  const all = [...(COUNTERS.get(client) ?? [])]
  return new Map(all.map(([recipe, counters]) => [recipe, { ...counters, lost: { ...counters.lost } }]))
}
