// recipes: who stands where among the contenders of one folder. Pure: names in, places out.

import { ID_ALPHABET, ID_LENGTH } from './ids.ts'
import { compareSequences, parseSequence } from './sequence.ts'

// The name of a contender:   <id>-<kind>-<sequence>     e.g. 4h0x...9q-lock-0000000042
// Whatever else lies in the folder is not a contender and is ignored.

const NAME = new RegExp(`^[${ID_ALPHABET}]{${ID_LENGTH}}-([a-z][a-z0-9]*)-(-?\\d+)$`)

/** A contender's name, taken apart. */
export interface QueuedName {
  readonly name: string
  readonly kind: string
  readonly sequence: number
}

/** A name taken apart, `null` if it is no contender. */
export type NameParser = (name: string) => QueuedName | null

/**
 * Where a contender stands. `missing`: its own name is not in the list. `first`: it is its turn; `followed`: somebody stands behind it (told
 * by rules that need it); `outdated`: the folder's data says what concerns nobody any more. `behind`: until the `predecessor` has gone, it cannot be its turn; `watchFolder`: until the folder has changed.
 */
export type Place =
  | { readonly type: 'missing' }
  | { readonly type: 'first'; readonly followed?: boolean; readonly outdated?: boolean }
  | {
      readonly type: 'behind'
      readonly predecessor: string
      readonly head: string
      readonly ahead: number
      readonly watchFolder?: boolean
      /** It would be its turn, but it yields to that one, see {@link Succession}. */
      readonly yieldTo?: string
    }

/** Whether `other`, who came earlier, keeps `self` waiting. */
export type Blocks = (other: QueuedName, self: QueuedName) => boolean

/** What a contender's name starts with; the server appends the sequence number. */
export function contenderPrefix(id: string, kind: string): string {
  return `${id}-${kind}-`
}

/** `name` taken apart, `null` if it is no contender of this package. */
export function parseName(name: string): QueuedName | null {
  const parts = NAME.exec(name)
  const sequence = parts === null ? null : parseSequence(parts[2] ?? '')
  return parts === null || sequence === null ? null : { name, kind: parts[1] ?? '', sequence }
}

/** `name` taken apart, `null` if it is no contender of this kind. */
export function parseContender(name: string, kind: string): QueuedName | null {
  const parsed = parseName(name)
  return parsed?.kind === kind ? parsed : null
}

/** The contenders among `children`, first come first. */
export function queueOf(children: readonly string[], kind: string): string[] {
  return entriesOf(children, (name) => parseContender(name, kind)).map((entry) => entry.name)
}

/** The same, taken apart. */
export function entriesOf(children: readonly string[], parse: NameParser): QueuedName[] {
  const queued = children.map(parse).filter((entry) => entry !== null)
  return queued.sort((a, b) => compareSequences(a.sequence, b.sequence))
}

/** The place of `own` among `children` of one kind, each of which waits for all before it. */
export function placeInQueue(children: readonly string[], own: string, kind: string): Place {
  return placeAmong(children, own, (name) => parseContender(name, kind), always)
}

/** The place of `own` among `children`: one pass, no sorting, since a waiter needs the last one that it has to wait for. */
export function placeAmong(children: readonly string[], own: string, parse: NameParser, blocks: Blocks): Place {
  const self = parse(own)
  if (self === null || !children.includes(own)) return { type: 'missing' }
  let predecessor: QueuedName | null = null
  let head: QueuedName = self
  let ahead = 0
  for (const name of children) {
    const other = parse(name)
    if (other === null || compareSequences(other.sequence, self.sequence) >= 0 || !blocks(other, self)) continue
    ahead++
    if (compareSequences(other.sequence, head.sequence) < 0) head = other
    if (predecessor === null || compareSequences(other.sequence, predecessor.sequence) > 0) predecessor = other
  }
  return predecessor === null ? { type: 'first' } : { type: 'behind', predecessor: predecessor.name, head: head.name, ahead }
}

/** Every earlier contender keeps the later ones waiting. */
export function always(): boolean {
  return true
}
