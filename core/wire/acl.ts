// wire: access control lists and identities.
//
//   ACL  int perms, Id id
//   Id   ustring scheme, ustring id

import type { Reader } from './reader.ts'
import type { Acl, Id } from './records.ts'
import { readString } from './strings.ts'
import type { Writer } from './writer.ts'

/** perms and two length fields. */
const MIN_ACL_BYTES = 12

/** Null scheme or id read as '', which no scheme accepts. */
export function readId(r: Reader): Id {
  const scheme = readString(r)
  const id = readString(r)
  return { scheme, id }
}

export function writeId(w: Writer, id: Id): void {
  w.ustring(id.scheme)
  w.ustring(id.id)
}

/** vector<ACL>; `null` for a null vector, which a server refuses with -114 like an empty one. */
export function readAclList(r: Reader): Acl[] | null {
  const count = r.vectorCount(MIN_ACL_BYTES)
  if (count < 0) return null
  const list: Acl[] = []
  for (let i = 0; i < count; i++) {
    const perms = r.int32()
    list.push({ perms, id: readId(r) })
  }
  return list
}

export function writeAclList(w: Writer, list: readonly Acl[] | null): void {
  if (list === null) {
    w.int32(-1)
    return
  }
  w.int32(list.length)
  for (const acl of list) {
    w.int32(acl.perms)
    writeId(w, acl.id)
  }
}
