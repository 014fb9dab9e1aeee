// recipes: who stands where among the contenders of one folder. Pure: names in, places out.

import { ID_ALPHABET, ID_LENGTH } from './ids.ts'
import { compareSequences, parseSequence } from './sequence.ts'

// The name of a contender:   <id>-<kind>-<sequence>     e.g. 4h0x...9q-lock-0000000042
// Whatever else lies in the folder is not a contender and is ignored.

const ID = new RegExp(`^[${ID_ALPHABET}]{${ID_LENGTH}}$`)

/** A contender's name, taken apart. */
export interface QueuedName {
  readonly name: string
  readonly sequence: number
}

/** Where a contender stands. `missing`: its own name is not in the list. */
export type Place =
  | { readonly type: 'missing' }
  | { readonly type: 'first' }
  | { readonly type: 'behind'; readonly predecessor: string; readonly head: string; readonly ahead: number }

/** What a contender's name starts with; the server appends the sequence number. */
export function contenderPrefix(id: string, kind: string): string {
  return `${id}-${kind}-`
}

/** `name` taken apart, `null` if it is no contender of this kind. */
export function parseContender(name: string, kind: string): QueuedName | null {
  const start = ID_LENGTH + kind.length + 2
  if (!ID.test(name.slice(0, ID_LENGTH)) || name.slice(ID_LENGTH, start) !== `-${kind}-`) return null
  const sequence = parseSequence(name.slice(start))
  return sequence === null ? null : { name, sequence }
}

/** The contenders among `children`, first come first. */
export function queueOf(children: readonly string[], kind: string): string[] {
  const queued = children.map((name) => parseContender(name, kind)).filter((entry) => entry !== null)
  return queued.sort((a, b) => compareSequences(a.sequence, b.sequence)).map((entry) => entry.name)
}

/** The place of `own` among `children`: one pass, no sorting, since a waiter needs its predecessor only. */
export function placeInQueue(children: readonly string[], own: string, kind: string): Place {
  const self = parseContender(own, kind)
  if (self === null || !children.includes(own)) return { type: 'missing' }
  let predecessor: QueuedName | null = null
  let head: QueuedName = self
  let ahead = 0
  for (const name of children) {
    const other = parseContender(name, kind)
    if (other === null || compareSequences(other.sequence, self.sequence) >= 0) continue
    ahead++
    if (compareSequences(other.sequence, head.sequence) < 0) head = other
    if (predecessor === null || compareSequences(other.sequence, predecessor.sequence) > 0) predecessor = other
  }
  return predecessor === null ? { type: 'first' } : { type: 'behind', predecessor: predecessor.name, head: head.name, ahead }
}
