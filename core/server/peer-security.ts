// server: reads what the servers of an ensemble prove themselves with.

import { readFile, stat } from 'node:fs/promises'
import { ZoariumError } from '../errors.ts'
import type { PeerSecurity } from '../peer/security.ts'
import type { PeerSecurityFiles } from './ensemble-options.ts'

const GROUP_AND_OTHERS = 0o077

/** Rejects with `ERR_CONFIG` when a file cannot be read, or when others may read the secret. */
export async function readPeerSecurity({ certFile, keyFile, caFile, secretFile, allowPlain }: PeerSecurityFiles): Promise<PeerSecurity> {
  if (certFile !== undefined && keyFile !== undefined && caFile !== undefined) {
    return { kind: 'tls', cert: await read(certFile), key: await read(keyFile), ca: await read(caFile) }
  }
  if (secretFile === undefined) return { kind: 'plain', allowRemote: allowPlain ?? false }
  const text = await read(secretFile)
  await refuseOpenFile(secretFile)
  // An editor's last line break is no part of it.
  return { kind: 'secret', secret: Buffer.from(text.toString('latin1').replace(/\r?\n$/, ''), 'latin1') }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZoariumError('ERR_CONFIG', `${file}: expected a readable file, got: ${reason}`, { cause })
  }
}

async function refuseOpenFile(file: string): Promise<void> {
  const { mode } = await stat(file)
  if (process.platform === 'win32' || (mode & GROUP_AND_OTHERS) === 0) return
  throw new ZoariumError(
    'ERR_CONFIG',
    `${file}: expected a file that nobody but its owner may read (mode 600), got mode ${(mode & 0o777).toString(8)}`,
  )
}
