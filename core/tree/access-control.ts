// tree: who may do what (ZooKeeperServer.checkACL, PrepRequestProcessor.fixupACL). PURE.
//
// A node's own list decides, nothing is inherited; any entry that has the bit and matches one of the identities grants.
// `super` among the identities passes everything. Schemes that a list may name:
//
//   world:anyone     everybody
//   ip               address or range, see ip-address.ts
//   digest           user:base64(sha1(user:password)), equal strings
//   x509             subject of a client certificate, equal strings
//   sasl             name of a user of SASL, equal strings
//   auth             only in requests: stands for every authenticated identity of the requester

import type { Acl, Id } from '../wire/records.ts'
import { inRange, parseAddress, parseRange } from './ip-address.ts'

/** Whether `list` grants one of the bits of `permission` to somebody with these identities. */
export function permits(list: readonly Acl[], permission: number, ids: readonly Id[]): boolean {
  if (list.length === 0 || isSuper(ids)) return true
  for (const { perms, id } of list) {
    if ((perms & permission) !== 0 && matches(id, ids)) return true
  }
  return false
}

/**
 * The list that is stored for a list that a client sent: duplicates removed, `auth` replaced by the requester's identities.
 * `null` if it is not valid (-114).
 */
export function resolveAcl(list: readonly Acl[] | null, ids: readonly Id[]): readonly Acl[] | null {
  if (list === null || list.length === 0) return null
  const resolved: Acl[] = []
  for (const acl of list.length === 1 ? list : withoutRepeats(list)) {
    if (acl.id.scheme === 'auth') {
      if (!pushAuthenticated(resolved, acl.perms, ids)) return null
    } else if (isStorable(acl.id)) {
      resolved.push(acl)
    } else {
      return null
    }
  }
  return resolved
}

/** What getACL shows to somebody without ADMIN: hashes of digest identities are hidden. */
export function maskDigests(list: readonly Acl[]): readonly Acl[] {
  return list.map((acl) => (acl.id.scheme === 'digest' ? { perms: acl.perms, id: { scheme: 'digest', id: maskDigest(acl.id.id) } } : acl))
}

export function isSuper(ids: readonly Id[]): boolean {
  for (const id of ids) if (id.scheme === 'super') return true
  return false
}

function matches(wanted: Id, ids: readonly Id[]): boolean {
  if (isAnyone(wanted)) return true
  for (const id of ids) {
    if (id.scheme !== wanted.scheme) continue
    if (wanted.scheme === 'ip' ? matchesAddress(wanted.id, id.id) : wanted.id === id.id) return true
  }
  return false
}

function matchesAddress(wanted: string, own: string): boolean {
  if (wanted === own) return true
  const range = parseRange(wanted)
  const address = parseAddress(own)
  return range !== null && address !== null && inRange(address, range)
}

function isAnyone(id: Id): boolean {
  return id.scheme === 'world' && id.id === 'anyone'
}

function isStorable(id: Id): boolean {
  switch (id.scheme) {
    case 'world':
      return id.id === 'anyone'
    case 'ip':
      return parseRange(id.id) !== null
    case 'digest':
      return isDigest(id.id)
    case 'x509':
      return id.id !== ''
    case 'sasl':
      return isPrincipal(id.id)
    default:
      return false
  }
}

// Java's "a:b".split(":").length === 2: colons at the end do not count.
function isDigest(id: string): boolean {
  const trimmed = id.replace(/:+$/, '')
  const colon = trimmed.indexOf(':')
  return colon >= 0 && trimmed.indexOf(':', colon + 1) < 0
}

// Java's KerberosName: name, name@realm or name/host@realm; anything without @ is a name.
function isPrincipal(id: string): boolean {
  return id !== '' && (!id.includes('@') || /^[^/@]*(\/[^/@]*)?@[^/@]*$/.test(id))
}

function maskDigest(id: string): string {
  const colon = id.indexOf(':')
  return colon < 0 ? id : `${id.slice(0, colon)}:x`
}

function pushAuthenticated(resolved: Acl[], perms: number, ids: readonly Id[]): boolean {
  let found = false
  for (const id of ids) {
    if (id.scheme !== 'digest' && id.scheme !== 'x509' && id.scheme !== 'sasl') continue
    resolved.push({ perms, id })
    found = true
  }
  return found
}

function withoutRepeats(list: readonly Acl[]): readonly Acl[] {
  const seen = new Set<string>()
  return list.filter(({ perms, id }) => {
    const key = `${perms}:${id.scheme.length}:${id.scheme}:${id.id}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
