// What kind of a life a seed gives: an ensemble that anything befalls, or one with a weakness, so that what needs several blows in a row is seen as well.
//
// Drawn from a generator of its own: what a weakness adds changes nothing of the rest.

import { SeededRandom } from '../../core/support/random.ts'

/** See special-fates.ts. */
export const WEAKNESSES = ['slow links', 'flapping links', 'out of sight', 'hand-overs', 'doomed leaders'] as const
export type Weakness = (typeof WEAKNESSES)[number]

export interface Character {
  readonly weakness: Weakness | null
  /** Entries travel one by one. */
  readonly smallAppends: boolean
}

const OTHER_DRAWS = 2e6

export function characterOf(seed: number): Character {
  const random = new SeededRandom(seed + OTHER_DRAWS)
  const weakness = random.below(2) === 0 ? null : (WEAKNESSES[random.below(WEAKNESSES.length)] ?? null)
  return { weakness, smallAppends: random.below(weakness === 'doomed leaders' ? 2 : 5) === 0 }
}
