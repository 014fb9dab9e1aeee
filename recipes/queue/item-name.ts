// recipes: the names of a queue's items, and their order. Pure.

import { ID_ALPHABET, ID_LENGTH } from '../support/ids.ts'
import { compareSequences, parseSequence } from '../support/sequence.ts'

//   <id>-<rank>-<sequence>     e.g. 4h0x...9q-00042-0000000007
//
// The rank comes first in the order, then the sequence: a priority, a time in milliseconds, or always 0.

const NAME = new RegExp(`^([${ID_ALPHABET}]{${ID_LENGTH}})-(\\d{1,15})-(.+)$`)

/** A name taken apart. */
export interface ItemName {
  readonly name: string
  readonly rank: number
  readonly sequence: number
}

/** What a name starts with; the server appends the sequence number. */
export function itemPrefix(id: string, rank: number): string {
  return `${id}-${rank}-`
}

/** `null`: no item; whatever else lies in the folder is ignored. */
export function parseItem(name: string): ItemName | null {
  const [, , rank = '', suffix = ''] = NAME.exec(name) ?? []
  const sequence = parseSequence(suffix)
  return sequence === null ? null : { name, rank: Number(rank), sequence }
}

/** Negative when `a` comes first. */
export function compareItems(a: ItemName, b: ItemName): number {
  return a.rank - b.rank || compareSequences(a.sequence, b.sequence)
}
