// peer: how the peer port is protected, and what is refused at start because it is not.

import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { ZoariumError } from '../errors.ts'
import type { PeerAddress } from './identity.ts'

const MIN_SECRET_BYTES = 16

/** How servers prove to each other who they are. Choose one for the whole ensemble. */
export type PeerSecurity =
  /** Mutual TLS 1.3: both ends show a certificate of `ca` that bears the server's name. Encrypted. PEM. */
  | {
      readonly kind: 'tls'
      readonly key: string | Buffer
      readonly cert: string | Buffer
      readonly ca: string | Buffer | readonly (string | Buffer)[]
    }
  /** Both ends prove that they know the ensemble's secret, at least 16 bytes. What follows is neither encrypted nor signed. */
  | { readonly kind: 'secret'; readonly secret: Buffer }
  /** Nothing. Between addresses of one machine, or `allowRemote`, which is logged at every start. */
  | { readonly kind: 'plain'; readonly allowRemote?: boolean }

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  const plain = host.startsWith('::ffff:') ? host.slice(7) : host
  return isIP(plain) === 4 && plain.startsWith('127.')
}

/** Throws ERR_CONFIG if the security does not suffice for these addresses. */
export function checkSecurity(security: PeerSecurity, listenHost: string): void {
  if (security.kind === 'secret' && security.secret.length < MIN_SECRET_BYTES) {
    throw new ZoariumError('ERR_CONFIG', `the ensemble secret has ${security.secret.length} bytes, expected at least ${MIN_SECRET_BYTES}`)
  }
  if (!maySpeakPlainly(security, listenHost)) throw tooOpen(listenHost)
}

export function checkPeerSecurity(security: PeerSecurity, peer: PeerAddress): void {
  if (!maySpeakPlainly(security, peer.host)) throw tooOpen(peer.host)
}

function maySpeakPlainly(security: PeerSecurity, host: string): boolean {
  return security.kind !== 'plain' || security.allowRemote === true || isLoopback(host)
}

function tooOpen(host: string): ZoariumError {
  return new ZoariumError(
    'ERR_CONFIG',
    `the peer port speaks to ${host} without TLS and without an ensemble secret: give one, or allow it explicitly`,
  )
}

/** The name that the certificate of a server must bear. */
export function certificateName({ tlsName, host }: PeerAddress): string {
  return tlsName ?? host
}

/**
 * Whether a certificate that was verified bears the name of `peer`: a DNS name or an IP address among its subject alternative names; the common name
 * counts only if it has none, as everywhere in Node.
 */
export function certificateNames(certificate: PeerCertificate, peer: PeerAddress): boolean {
  if (Object.keys(certificate).length === 0) return false
  return checkServerIdentity(certificateName(peer), certificate) === undefined
}
