// What kind of a life a seed gives: an ensemble that anything befalls, or one with a weakness, so that what needs several blows in a row is seen as well.
//
// Drawn from a generator of its own: what a weakness adds changes nothing of the rest.

import { SeededRandom } from '../../core/support/random.ts'

/** See special-fates.ts. */
export const WEAKNESSES = ['slow links', 'flapping links', 'out of sight', 'unheard', 'hand-overs', 'doomed leaders'] as const
export type Weakness = (typeof WEAKNESSES)[number]

export interface Character {
  readonly weakness: Weakness | null
  /**
   * Clients that mostly ping, each with one server: whether their sessions live hangs on a single word of theirs. Such a life is longer, and less befalls
   * it, so that sessions have the time to end.
   */
  readonly quiet: boolean
  /** Most clients only read. */
  readonly readers: boolean
  /** Entries travel one by one. */
  readonly smallAppends: boolean
  /** Five servers rather than three. */
  readonly large: boolean
}

const OTHER_DRAWS = 2e6

export function characterOf(seed: number): Character {
  const random = new SeededRandom(seed + OTHER_DRAWS)
  const oneOf = (count: number): boolean => random.below(count) === 0
  const weakness = oneOf(2) ? null : (WEAKNESSES[random.below(WEAKNESSES.length)] ?? null)
  return {
    weakness,
    quiet: weakness === 'unheard' || (weakness === 'flapping links' && oneOf(3)),
    readers: weakness === 'hand-overs' && oneOf(3),
    smallAppends: weakness === 'doomed leaders' ? !oneOf(4) : oneOf(6),
    large: weakness === 'hand-overs' && oneOf(2),
  }
}
