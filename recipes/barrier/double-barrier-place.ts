// recipes: a member's place at a double barrier, and under which names it may have been counted. Pure.

import type { OwnNode } from '../support/own-node.ts'

/** Somebody who wants to pass, in one generation. */
export interface Place {
  readonly generation: number
  readonly node: OwnNode
  /** Ids of znodes before it, whose creates were never answered: they may have existed, and may have been counted. */
  readonly lostIds: readonly string[]
}

/** Whether `name` is a znode of this member from before the one that it has. */
export function isLost(name: string, { lostIds }: Place): boolean {
  return lostIds.some((id) => name.startsWith(id))
}

/** Whether this member is among those who passed, under whichever name. */
export function isNamed(passed: readonly string[] | null, place: Place): boolean {
  return passed?.some((name) => name === place.node.name || isLost(name, place)) === true
}
