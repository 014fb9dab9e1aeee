// replica: the auth request: which identities a connection gains by what it shows. PURE.
//
// digest (ZooKeeper: DigestAuthenticationProvider): shows `user:password`, gains digest:user:base64(sha1(user:password)), and super
// when that equals the configured super user. ip is gained at the start by every connection, x509 with the handshake of TLS: showing them again changes
// nothing. Identities belong to the connection.

import type { Id } from '../wire/records.ts'

/** The identities gained, or `null` when the server refuses what was shown. */
export function authenticate(
  scheme: string,
  auth: Uint8Array | null,
  address: string,
  own: readonly Id[],
  superDigest: string | null,
  sha1: (bytes: Buffer) => Buffer,
): readonly Id[] | null {
  switch (scheme) {
    case 'digest': {
      if (auth === null) return null
      const shown = Buffer.from(auth.buffer, auth.byteOffset, auth.byteLength)
      const user = shown.toString('utf8').split(':', 1)[0] ?? ''
      const id = `${user}:${sha1(shown).toString('base64')}`
      const digest: Id = { scheme: 'digest', id }
      return id === superDigest ? [digest, { scheme: 'super', id: '' }] : [digest]
    }
    case 'ip':
      return [{ scheme: 'ip', id: address }]
    case 'x509': {
      const shown = own.filter((id) => id.scheme === 'x509')
      return shown.length > 0 ? shown : null
    }
    default:
      return null
  }
}

/** `ids` and what was gained, each once. */
export function mergeIds(ids: readonly Id[], gained: readonly Id[]): readonly Id[] {
  const merged = [...ids]
  for (const id of gained) {
    if (!merged.some((have) => have.scheme === id.scheme && have.id === id.id)) merged.push(id)
  }
  return merged
}
