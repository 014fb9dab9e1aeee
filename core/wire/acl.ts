// wire: access control lists and identities.
//
//   ACL  int perms, Id id
//   Id   ustring scheme, ustring id

import type { Reader } from './reader.ts'
import { type Acl, type Id, OPEN_ACL } from './records.ts'
import { readString } from './strings.ts'
import { Writer } from './writer.ts'

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

/** The bytes of {@link OPEN_ACL}, which nearly every request brings. */
const OPEN_BYTES: Buffer = openBytes()

/** vector<ACL>; `null` for a null vector, which a server refuses with -114 like an empty one. */
export function readAclList(r: Reader): readonly Acl[] | null {
  if (r.skipIf(OPEN_BYTES)) return OPEN_ACL
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

function openBytes(): Buffer {
  const w = new Writer()
  writeAclList(w, OPEN_ACL)
  return w.copy()
}
