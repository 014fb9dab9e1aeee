// server: the files behind TLS: certificate and key (PEM or PKCS12), and in PEM the authorities that clients' certificates must come from and their lists of
// those they have revoked.

import { readFile, stat } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { ZoariumError } from '../errors.ts'

/** Where certificate and key are, and how strict TLS is. */
export interface TlsSettings {
  readonly certFile: string
  /** `null`: the key is in `certFile`. */
  readonly keyFile: string | null
  readonly passphrase: string | null
  readonly caFile: string | null
  /** Lists of revoked certificates, one of each authority of `caFile`. */
  readonly crlFile: string | null
  readonly clientAuth: 'none' | 'want' | 'need'
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
}

/** How to make PEM of what Java's keytool keeps, for messages. */
const CONVERT = 'keytool -importkeystore -srckeystore STORE -destkeystore store.p12 -deststoretype PKCS12'

/** Reads the files; rejects with `ERR_CONFIG` that names the file and what is wrong with it. */
export async function readTlsFiles(settings: TlsSettings): Promise<SecureContextOptions> {
  const { certFile, keyFile, caFile, crlFile, passphrase, minVersion } = settings
  const store = await read(certFile)
  const context: SecureContextOptions = { minVersion, ...(passphrase === null ? {} : { passphrase }) }
  if (isPem(store)) {
    context.cert = store
    context.key = keyFile === null ? store : await read(keyFile)
  } else {
    if (keyFile !== null) throw problem(certFile, 'expected PEM, because the key is in a file of its own')
    context.pfx = store
  }
  if (caFile !== null) context.ca = await readAuthorities(caFile)
  try {
    createSecureContext(context)
  } catch (cause) {
    throw problem(certFile, `no usable certificate and key: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  if (crlFile !== null) context.crl = await readRevocationLists(crlFile)
  return context
}

/** What changes when one of the files is replaced, also through a symbolic link. */
export async function tlsFilesVersion({ certFile, keyFile, caFile, crlFile }: TlsSettings): Promise<string> {
  const files = [certFile, keyFile, caFile, crlFile].filter((file) => file !== null)
  const versions = await Promise.all(
    files.map(async (file) => {
      const { ino, size, mtimeMs } = await stat(file)
      return `${ino}:${size}:${mtimeMs}`
    }),
  )
  return versions.join()
}

async function readAuthorities(caFile: string): Promise<Buffer> {
  const bytes = await read(caFile)
  if (!isPem(bytes)) throw problem(caFile, 'expected certificates in PEM (openssl pkcs12 -in trust.p12 -nokeys -out ca.pem)')
  return bytes
}

/** One by one: OpenSSL reads the first list of a text alone. */
async function readRevocationLists(crlFile: string): Promise<string[]> {
  const lists = (await read(crlFile)).toString('latin1').match(/-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g)
  if (lists === null) throw problem(crlFile, 'expected revocation lists in PEM (openssl crl -inform DER -in list.crl -out list.pem)')
  try {
    createSecureContext({ crl: lists })
  } catch (cause) {
    throw problem(crlFile, `no usable revocation lists: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  return lists
}

async function read(file: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (cause) {
    throw problem(file, `expected a readable file, got: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeedfeed)
    throw problem(file, `Java's JKS is not read, make PKCS12 of it: ${CONVERT}`)
  return bytes
}

function isPem(bytes: Buffer): boolean {
  return bytes.includes('-----BEGIN ')
}

function problem(file: string, text: string, cause?: unknown): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `${file}: ${text}`, cause === undefined ? {} : { cause })
}
