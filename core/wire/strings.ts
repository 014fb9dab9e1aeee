// wire: strings where the protocol allows null and this package does not, and vectors of them.
//
// A null path, scheme or id reads as the empty string: no valid one is empty, so the check that follows refuses both alike,
// and getEphemerals treats both as "everything", as ZooKeeper does.

import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** A length field: the least an item of a string vector takes. */
const MIN_STRING_BYTES = 4

/** What a vector of strings is written from; `null` is an empty vector. */
export type Strings = readonly string[] | ReadonlySet<string> | null

/** A string; null reads as ''. */
export function readString(r: Reader): string {
  return r.ustring() ?? ''
}

/** vector<ustring>; a null vector reads as an empty one. */
export function readStrings(r: Reader): string[] {
  const count = r.vectorCount(MIN_STRING_BYTES)
  const list: string[] = []
  for (let i = 0; i < count; i++) list.push(readString(r))
  return list
}

/** vector<ustring> in the order in which the list or set yields. */
export function writeStrings(w: Writer, list: Strings): void {
  if (list === null) {
    w.int32(0)
    return
  }
  w.int32(list instanceof Set ? list.size : (list as readonly string[]).length)
  for (const item of list) w.ustring(item)
}
