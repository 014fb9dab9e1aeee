// recipes: the rules by which contenders of one folder wait for each other: names, order, whose turn it is. Pure.

import { newId } from './ids.ts'
import type { Place, QueuedName } from './queue-place.ts'
import { contenderPrefix, parseContender, placeInQueue } from './queue-place.ts'

/** How a contender is named, and what the names of the folder mean to it. */
export interface QueueRule {
  /** A fresh id: the beginning of a name that is never used again. */
  newId(): string
  /** What the name of the contender with that id starts with; the server appends the sequence number. */
  prefix(id: string): string
  /** A name taken apart, `null` if it is no contender of this queue. */
  parse(name: string): QueuedName | null
  /** Where `own` stands. `folder` is the folder's data, read before the list, if the rule needs it. */
  place(children: readonly string[], own: string, folder: Buffer | null): Place
  /** Whether the place depends on the folder's data. */
  readonly readsFolder: boolean
}

/** One after the other, first come first served. */
export function exclusiveRule(kind: string): QueueRule {
  return {
    newId,
    prefix: (id) => contenderPrefix(id, kind),
    parse: (name) => parseContender(name, kind),
    place: (children, own) => placeInQueue(children, own, kind),
    readsFolder: false,
  }
}
