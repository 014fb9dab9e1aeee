// tree: access control lists, each different one stored once (ReferenceCountedACLCache). PURE.

import { assert } from '../support/assert.ts'
import { type Acl, OPEN_ACL, Permission } from '../wire/records.ts'
import { hashString } from './digest-sum.ts'

/** A list that many nodes share. Two nodes with equal lists share the same object. */
export class SharedAcl {
  readonly list: readonly Acl[]
  /** Equal for equal lists, different for different ones. */
  readonly key: string
  /** Of the key, equal on all servers. */
  readonly hash: number
  /** How many nodes use it. */
  uses = 0
  /** By which the rows of nodes name it while it is in use. It may differ between servers. */
  number = 0

  constructor(list: readonly Acl[], key: string) {
    this.list = list
    this.key = key
    this.hash = hashString(key)
  }
}

/** world:anyone may do everything. A constant, so that the check of nearly every node is one comparison. */
export const OPEN: SharedAcl = new SharedAcl(OPEN_ACL, aclKey(OPEN_ACL))

/** The lists in use. */
export class AclTable {
  readonly #byKey = new Map<string, SharedAcl>([[OPEN.key, OPEN]])
  /** By number; OPEN has 0 in every table. */
  readonly #byNumber: (SharedAcl | undefined)[] = [OPEN]
  readonly #freeNumbers: number[] = []

  /** Different lists in use. */
  get size(): number {
    return this.#byKey.size
  }

  /** The shared form of a list. It enters the table when a node retains it. */
  share(list: readonly Acl[]): SharedAcl {
    if (isOpen(list)) return OPEN
    const key = aclKey(list)
    return this.#byKey.get(key) ?? new SharedAcl(Object.freeze(list.map(frozen)), key)
  }

  /** The list that has `number`. */
  at(number: number): SharedAcl {
    const acl = this.#byNumber[number]
    assert(acl !== undefined, 'a node names a list in use')
    return acl
  }

  retain(acl: SharedAcl): void {
    if (acl === OPEN) return
    if (acl.uses++ > 0) return
    assert(!this.#byKey.has(acl.key), 'equal access control lists are one object')
    this.#byKey.set(acl.key, acl)
    acl.number = this.#freeNumbers.pop() ?? this.#byNumber.length
    this.#byNumber[acl.number] = acl
  }

  release(acl: SharedAcl): void {
    if (acl === OPEN) return
    assert(acl.uses > 0, 'an access control list is released once for every use')
    if (--acl.uses > 0) return
    this.#byKey.delete(acl.key)
    this.#byNumber[acl.number] = undefined
    this.#freeNumbers.push(acl.number)
  }
}

/** Whether a list is world:anyone with all permissions and nothing else. */
export function isOpen(list: readonly Acl[]): boolean {
  if (list === OPEN_ACL) return true
  const first = list[0]
  return (
    list.length === 1 && first !== undefined && first.perms === Permission.all && first.id.scheme === 'world' && first.id.id === 'anyone'
  )
}

function frozen(acl: Acl): Acl {
  return Object.freeze({ perms: acl.perms, id: Object.freeze({ scheme: acl.id.scheme, id: acl.id.id }) })
}

// Lengths make it unambiguous whatever the strings hold.
function aclKey(list: readonly Acl[]): string {
  let key = ''
  for (const { perms, id } of list) key += `${perms}:${id.scheme.length}:${id.scheme}:${id.id.length}:${id.id};`
  return key
}
