// admin: `<data directory>/admin.json` (0600), by which tools on the same machine find a running server's admin HTTP and prove that they may use it.
//
//   {"url":"http://127.0.0.1:40123","token":"<43 characters>","pid":4711,"version":"0.1.0"}
//
// There while the server runs; left behind by a kill -9, so that a reader must expect nobody, or somebody else, at the address.

import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZoariumError } from '../errors.ts'

/** Where a server's admin HTTP is and what it wants to hear. */
export interface AdminEndpoint {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** For the header `Authorization: Bearer <token>`. Another one at every start. */
  readonly token: string
}

export interface AdminFile extends AdminEndpoint {
  readonly pid: number
  readonly version: string
}

function adminPath(dataDir: string): string {
  return join(dataDir, 'admin.json')
}

/** Puts the file in place as a whole; nobody but the owner may read it. */
export async function writeAdminFile(dataDir: string, contents: AdminFile): Promise<void> {
  const path = adminPath(dataDir)
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await writeFile(draft, `${JSON.stringify(contents)}\n`, { mode: 0o600, flag: 'wx' })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

export async function removeAdminFile(dataDir: string): Promise<void> {
  await rm(adminPath(dataDir), { force: true })
}

/** What a server left there; `null` when there is none, or nothing that a server wrote. Rejects with `ERR_STORAGE` when it may not be read. */
export async function readAdminFile(dataDir: string): Promise<AdminFile | null> {
  let text: string
  try {
    text = await readFile(adminPath(dataDir), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw new ZoariumError('ERR_STORAGE', `${adminPath(dataDir)} cannot be read`, { cause: error })
  }
  try {
    const { url, token, pid, version } = JSON.parse(text) as Record<string, unknown>
    if (typeof url === 'string' && typeof token === 'string' && typeof pid === 'number' && typeof version === 'string') {
      return { url, token, pid, version }
    }
  } catch {
    // Not JSON: an empty file after a power cut. The same as none.
  }
  return null
}
