// server: the keys of zoo.cfg about TLS, identities and required authentication, and what they mean together.
//
//   secureClientPort without clientPort     no plain port
//   ssl.clientAuth                          need unless said otherwise, as in ZooKeeper; so ssl.trustStore.location must be there, or none be said
//   sessionRequireClientSASLAuth=true       sasl is required, whatever enforce.auth.* says
//   enforce.auth.enabled=true               enforce.auth.schemes are required

import { readFileSync } from 'node:fs'
import type { Placed } from './zoo-admin-keys.ts'
import { boolean, type CollectedOptions, ignored, integer, refused, text, type ZooKey } from './zoo-key.ts'
import { readBoolean, refuseValue } from './zoo-values.ts'

const FALSE = /^(false|no)$/i
const TRUE = /^(true|yes)$/i
const VERSIONS = ['TLSv1.3', 'TLSv1.2']

const PASSPHRASE: ZooKey = {
  kind: 'honoured',
  about: 'passphrase of the key store; better in `ssl.keyStore.passwordPath` or `ZOARIUM_TLS_PASSPHRASE`',
  read(value, _at, options) {
    options.tlsPassphrase = value
    return null
  },
}

const PASSPHRASE_PATH: ZooKey = {
  kind: 'honoured',
  about: 'file with the passphrase of the key store',
  read(value, at, options) {
    try {
      options.tlsPassphrase = readFileSync(value, 'utf8').replace(/\r?\n$/, '')
    } catch {
      throw refuseValue(at, 'a readable file', value)
    }
    return null
  },
}

/** Told by what is in the file; the key says only what cannot be read. */
function storeType(kinds: string, readable: RegExp): ZooKey {
  return {
    kind: 'honoured',
    about: `${kinds}; told by what is in the file`,
    read(value, at) {
      if (readable.test(value)) return null
      throw refuseValue(at, `${kinds} (docs/operations/securing.md says how to convert)`, value)
    },
  }
}

const CLIENT_AUTH: ZooKey = {
  kind: 'honoured',
  about: 'whether clients show a certificate: need (when not set), want or none',
  read(value, at, options) {
    const lower = value.toLowerCase()
    if (lower !== 'need' && lower !== 'want' && lower !== 'none') throw refuseValue(at, 'need, want or none', value)
    options.tlsClientAuth = lower
    return null
  },
}

const PROTOCOLS: ZooKey = {
  kind: 'honoured',
  about: 'TLSv1.2 and TLSv1.3, or TLSv1.3 alone; never older ones',
  read(value, at, options) {
    const named = value.split(',').map((word) => word.trim())
    if (!named.includes('TLSv1.3') || named.some((word) => !VERSIONS.includes(word)))
      throw refuseValue(at, 'TLSv1.3 or TLSv1.3,TLSv1.2', value)
    options.tlsMinVersion = named.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3'
    return null
  },
}

const PROTOCOL: ZooKey = {
  kind: 'honoured',
  about: 'TLS or TLSv1.2: both versions are spoken; TLSv1.3: that one alone',
  read(value, at, options) {
    if (value === 'TLSv1.3') options.tlsMinVersion = 'TLSv1.3'
    else if (value !== 'TLS' && value !== 'TLSv1.2') throw refuseValue(at, 'TLS, TLSv1.2 or TLSv1.3', value)
    return null
  },
}

const BUILT_IN = /^org\.apache\.zookeeper\.server\.auth\.(X509|SASL|Digest|IP)AuthenticationProvider$/

const PROVIDER: ZooKey = {
  kind: 'refused',
  about: 'the providers for x509, sasl, digest and ip: they are always there; others cannot be plugged in',
  read(value, at) {
    if (BUILT_IN.test(value)) return 'ignored: this provider is always there'
    throw refuseValue(at, this.about, value)
  },
}

const SCHEMES: ZooKey = {
  kind: 'honoured',
  about: 'schemes of which a client must prove one, separated by commas, with `enforce.auth.enabled=true`',
  read: () => null,
}

function settled(about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at) {
      readBoolean(value, at)
      return null
    },
  }
}

export const SECURITY_KEYS: Readonly<Record<string, ZooKey>> = {
  secureClientPort: integer('securePort', 0, 65535, '`securePort`: a port for TLS alone; without `clientPort` there is no plain one'),
  secureClientPortAddress: text('secureHost', '`secureHost`; as `clientPortAddress` when not set'),
  'client.portUnification': boolean('portUnification', 'the client port takes TLS, too'),
  'ssl.keyStore.location': text('tlsCertFile', 'certificate and key, PEM or PKCS12'),
  'ssl.keyStore.password': PASSPHRASE,
  'ssl.keyStore.passwordPath': PASSPHRASE_PATH,
  'ssl.keyStore.type': storeType('PEM or PKCS12', /^(PEM|PKCS12)$/i),
  'ssl.trustStore.location': text('tlsCaFile', 'authorities of client certificates, PEM'),
  'ssl.trustStore.password': ignored('certificates in PEM have none'),
  'ssl.trustStore.passwordPath': ignored('certificates in PEM have none'),
  'ssl.trustStore.type': storeType('PEM', /^PEM$/i),
  'ssl.clientAuth': CLIENT_AUTH,
  'ssl.protocol': PROTOCOL,
  'ssl.enabledProtocols': PROTOCOLS,
  'ssl.authProvider': refused('x509, the only provider for certificates', /^x509$/i),
  'X509AuthenticationProvider.superUser': text('x509SuperUser', 'subject of the client certificate that bypasses every ACL'),
  superUser: text('saslSuperUser', 'SASL user that bypasses every ACL'),
  sessionRequireClientSASLAuth: settled('whether every client must log in with SASL'),
  requireClientAuthScheme: refused('sasl, which is what sessionRequireClientSASLAuth=true says'),
  'enforce.auth.enabled': settled('whether every client must prove one of `enforce.auth.schemes`'),
  'enforce.auth.schemes': SCHEMES,
  allowSaslFailedClients: refused('false: a failed login closes the connection', FALSE),
  authProvider: PROVIDER,
  'authProvider.*': PROVIDER,
  'ssl.ciphersuites': refused('no such key: the ciphers are those of Node.js (node --tls-cipher-list)'),
  'ssl.crl': refused('false: nobody is asked for a list; give the lists themselves, in a file (tlsCrlFile, --tls-crl-file)', FALSE),
  'ssl.ocsp': refused('false: this version asks nobody about revocation', FALSE),
  'ssl.clientHostnameVerification': refused('false: the subject of a client certificate is an identity, no host', FALSE),
  'client.certReload': refused('true: certificates are always read again when they change', TRUE),
  'ssl.*': ignored('not part of this version'),
  'fips-mode': ignored('Node.js says what cryptography is used (node --enable-fips)'),
}

/** Completes `options`. Returns warnings; throws `ERR_CONFIG`. */
export function settleSecurityKeys(placed: ReadonlyMap<string, Placed>, options: CollectedOptions): string[] {
  if (options.securePort !== undefined && !placed.has('clientPort')) options.port = null
  const store = placed.get('ssl.keyStore.location')
  if (store !== undefined && options.tlsCaFile === undefined && options.tlsClientAuth !== 'none') {
    throw refuseValue(
      store.at,
      'ssl.trustStore.location, too, or ssl.clientAuth=none: otherwise clients must show a certificate',
      store.value,
    )
  }
  return settleRequired(placed, options)
}

function settleRequired(placed: ReadonlyMap<string, Placed>, options: CollectedOptions): string[] {
  const schemes = placed.get('enforce.auth.schemes')
  if (says(placed.get('sessionRequireClientSASLAuth'))) {
    options.requireAuthSchemes = ['sasl']
    return []
  }
  const enabled = placed.get('enforce.auth.enabled')
  if (!says(enabled)) return schemes === undefined ? [] : [`${schemes.at}: ignored: enforce.auth.enabled is not true`]
  const named = (schemes?.value ?? '').split(',').map((scheme) => scheme.trim())
  options.requireAuthSchemes = named.filter((scheme) => scheme !== '')
  if (options.requireAuthSchemes.length === 0) throw refuseValue(enabled?.at ?? '', 'enforce.auth.schemes to name some', null)
  return []
}

function says(placed: Placed | undefined): boolean {
  return placed !== undefined && readBoolean(placed.value, placed.at)
}
