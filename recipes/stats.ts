// recipes: numbers about the recipes of a client, for a metrics page.

import type { Client } from '../core/index.ts'
import { pendingCleanUps } from './support/clean-up.ts'
import type { RecipeCounters } from './support/counters.ts'
import { allCounters } from './support/counters.ts'

/** What {@link recipeStats} tells. */
export interface RecipeStats {
  /** By kind: `lock`, `read/write lock`, `semaphore`, `leadership`, `membership` (also of persistent nodes), `queue item`; those that were used. */
  readonly recipes: ReadonlyMap<string, RecipeCounters>
  /** Pieces of clean-up that go on in the background. */
  readonly pendingCleanUps: number
}

/**
 * Numbers about the recipes that work through `client`. Asks nothing of the servers.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Mutex, recipeStats } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await new Mutex(client, '/locks/report').run(() => console.log('working'))
 * for (const [recipe, { granted, waitedMs, lost }] of recipeStats(client).recipes) {
 *   console.log(recipe, granted, waitedMs / granted, lost.expired)
 * }
 * ```
 */
export function recipeStats(client: Client): RecipeStats {
  return { recipes: allCounters(client), pendingCleanUps: pendingCleanUps(client) }
}
