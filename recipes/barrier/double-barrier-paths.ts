// recipes: where a double barrier keeps what, and how that reads. Pure.
//
//   <path>                     data: the number of the generation that is gathering
//   <path>/7/<id>-member-<n>   ephemeral: somebody who wants to pass, or is in; data: the name
//   <path>/7-ready             who passed, one znode's name a line. Made in one transaction with the next number, and only while all of them exist

import { childPath } from '../support/own-node.ts'
import { MAX_REQUEST_BYTES } from '../support/request-limit.ts'

export const MEMBER = 'member'

/** `<id>-member-<n>`. */
const NAME_BYTES = 24 + 1 + 6 + 1 + 11
/** A check in a transaction: its header, the length of the path, the version. */
const CHECK_BYTES = 9 + 4 + 4

/** How many members of a barrier can pass in one transaction: each is checked, and named in what tells who passed. */
export function maxMembers(path: string): number {
  const folderBytes = Buffer.byteLength(path) + 1 + 15 + 1
  return Math.floor(MAX_REQUEST_BYTES / (CHECK_BYTES + folderBytes + NAME_BYTES + NAME_BYTES + 1))
}

export function folderOf(path: string, generation: number): string {
  return childPath(path, String(generation))
}

export function readyOf(path: string, generation: number): string {
  return childPath(path, `${generation}-ready`)
}

/** Foreign data counts as the first generation's beginning. */
export function parseGeneration(data: Buffer | null): number {
  const text = (data ?? '').toString()
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

export function parseMembers(data: Buffer | null): string[] {
  return (data ?? '')
    .toString()
    .split('\n')
    .filter((line) => line !== '')
}
