// recipes: random ids that make the name of a znode unique, so that it can be found again and deleted without asking whose it is.

import { customAlphabet } from 'nanoid'

/** Characters of an id: no `-` and no `_`, so that a name can be taken apart at its dashes. */
export const ID_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz' as const

/** 24 of 36 characters: 124 random bits, as many as a UUID has. */
export const ID_LENGTH = 24 as const

const generate = customAlphabet(ID_ALPHABET, ID_LENGTH)

/** A fresh id. A name that carries it is never used twice, which is what makes a late delete harmless. */
export function newId(): string {
  return generate()
}
