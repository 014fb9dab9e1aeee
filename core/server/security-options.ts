// server: the options that keep a server closed: TLS, x509, SASL and required authentication; their defaults and their one validation.

import { ZoariumError } from '../errors.ts'
import type { TlsSettings } from './tls-files.ts'

/** Options of a server about who may come in. */
export interface SecurityOptions {
  /** A port for TLS alone (`secureClientPort`); 0 takes a free one, `null` does without. Default `null`. */
  readonly securePort?: number | null
  /** Address of {@link securePort}. Default: as `host`. */
  readonly secureHost?: string
  /** Whether the client port takes TLS, too, told apart by the first byte (`client.portUnification`). Default false. */
  readonly portUnification?: boolean
  /** Certificate chain in PEM, with the private key unless `tlsKeyFile` has it; or both in PKCS12. Read again when it changes. */
  readonly tlsCertFile?: string
  /** Private key in PEM. */
  readonly tlsKeyFile?: string
  /** Of the private key or of the PKCS12 file. */
  readonly tlsPassphrase?: string
  /** Authorities, in PEM, that clients' certificates must come from. */
  readonly tlsCaFile?: string
  /**
   * Lists of the certificates that the authorities of `tlsCaFile` have revoked, in PEM: one of each authority in a client's chain, none of them expired,
   * or its clients are refused. Read again when it changes, for connections from then on; those that are open stay.
   */
  readonly tlsCrlFile?: string
  /**
   * Whether clients show a certificate: `need` refuses those who do not, `want` lets them in without an identity, `none` does not ask.
   * Default: `need` with `tlsCaFile`, `none` without.
   */
  readonly tlsClientAuth?: 'none' | 'want' | 'need'
  /** Oldest version of TLS that is spoken. Default `TLSv1.2`. */
  readonly tlsMinVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** Subject of a client's certificate, in the form of `whoAmI`, that bypasses every ACL. */
  readonly x509SuperUser?: string
  /** File of the users of SASL DIGEST-MD5: lines `user:password`, or a JAAS file of ZooKeeper. Nobody but its owner may read it. */
  readonly saslUsersFile?: string
  /** SASL user that bypasses every ACL. */
  readonly saslSuperUser?: string
  /**
   * Schemes of which a client must prove one before it may ask for anything (`enforce.auth.schemes`): `sasl`, `digest`, `x509`, `ip`. Any other
   * first request is answered with `SESSION_CLOSED_REQUIRE_SASL_AUTH`, and the connection is closed. Default: none.
   */
  readonly requireAuthSchemes?: readonly string[]
}

/** The same with every default filled in. */
export interface ResolvedSecurityOptions {
  readonly securePort: number | null
  readonly secureHost: string
  readonly portUnification: boolean
  /** `null` without TLS. */
  readonly tls: TlsSettings | null
  readonly x509SuperUser: string | null
  readonly saslUsersFile: string | null
  readonly saslSuperUser: string | null
  readonly requireAuthSchemes: readonly string[]
}

const SCHEMES: readonly string[] = ['sasl', 'digest', 'x509', 'ip']
const CLIENT_AUTH: readonly string[] = ['none', 'want', 'need']
const VERSIONS: readonly string[] = ['TLSv1.2', 'TLSv1.3']

/** Validates; throws `ERR_CONFIG` that names the option. */
export function resolveSecurityOptions(options: SecurityOptions, host: string, listensPlain: boolean): ResolvedSecurityOptions {
  const { securePort = null, portUnification = false, saslUsersFile = null, saslSuperUser = null, x509SuperUser = null } = options
  if (securePort !== null && !(Number.isInteger(securePort) && securePort >= 0 && securePort <= 65535)) {
    throw refuse('securePort', `an integer from 0 to 65535, got ${String(securePort)}`)
  }
  if (securePort === null && !listensPlain) throw refuse('port', 'a port, because there is no securePort either')
  if (portUnification && !listensPlain) throw refuse('portUnification', 'a client port that could take both')
  const tls = resolveTls(options)
  const usesTls = securePort !== null || portUnification
  if (usesTls && tls === null) throw refuse('tlsCertFile', 'a certificate for securePort or portUnification')
  if (!usesTls && tls !== null) throw refuse('tlsCertFile', 'securePort or portUnification: no port would use the certificate')
  if (x509SuperUser !== null && (tls === null || tls.clientAuth === 'none')) {
    throw refuse('x509SuperUser', 'tlsCaFile: without it nobody can show such a certificate')
  }
  if (saslSuperUser !== null && saslUsersFile === null) throw refuse('saslSuperUser', 'saslUsersFile: the user needs a password')
  return {
    securePort,
    secureHost: options.secureHost ?? host,
    portUnification,
    tls,
    x509SuperUser,
    saslUsersFile,
    saslSuperUser,
    requireAuthSchemes: resolveSchemes(options, tls),
  }
}

function resolveTls(options: SecurityOptions): TlsSettings | null {
  const { tlsCertFile, tlsKeyFile, tlsPassphrase, tlsCaFile, tlsCrlFile, tlsMinVersion = 'TLSv1.2' } = options
  const clientAuth = options.tlsClientAuth ?? (tlsCaFile === undefined ? 'none' : 'need')
  if (!CLIENT_AUTH.includes(clientAuth)) throw refuse('tlsClientAuth', `one of ${CLIENT_AUTH.join(', ')}, got ${clientAuth}`)
  if (!VERSIONS.includes(tlsMinVersion)) throw refuse('tlsMinVersion', `one of ${VERSIONS.join(', ')}, got ${tlsMinVersion}`)
  if (clientAuth !== 'none' && tlsCaFile === undefined) throw refuse('tlsCaFile', `authorities, because tlsClientAuth is ${clientAuth}`)
  if (tlsCrlFile !== undefined && clientAuth === 'none') throw refuse('tlsCaFile', 'authorities whose certificates tlsCrlFile revokes')
  if (tlsCertFile === undefined) {
    if (tlsKeyFile !== undefined || tlsCaFile !== undefined) throw refuse('tlsCertFile', 'a certificate that goes with the other files')
    return null
  }
  return {
    certFile: tlsCertFile,
    keyFile: tlsKeyFile ?? null,
    passphrase: tlsPassphrase ?? null,
    caFile: tlsCaFile ?? null,
    crlFile: tlsCrlFile ?? null,
    clientAuth,
    minVersion: tlsMinVersion,
  }
}

/** A scheme that nobody can prove would shut everybody out. */
function resolveSchemes({ requireAuthSchemes = [], saslUsersFile }: SecurityOptions, tls: TlsSettings | null): readonly string[] {
  const unknown = requireAuthSchemes.filter((scheme) => !SCHEMES.includes(scheme))
  if (unknown.length > 0) throw refuse('requireAuthSchemes', `some of ${SCHEMES.join(', ')}, got ${unknown.join(', ')}`)
  if (requireAuthSchemes.includes('sasl') && saslUsersFile === undefined) {
    throw refuse('requireAuthSchemes', 'saslUsersFile, because sasl is among them')
  }
  if (requireAuthSchemes.includes('x509') && (tls === null || tls.clientAuth === 'none')) {
    throw refuse('requireAuthSchemes', 'tlsCaFile, because x509 is among them')
  }
  return requireAuthSchemes
}

function refuse(option: string, expected: string): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `${option}: expected ${expected}`)
}
