// cli: `zoarium ensemble status`: asks the servers on this machine through their admin HTTP what they know of the ensemble.
//
//   --dir       all servers of `zoarium ensemble start`, whose data lie in <dir>/N/data
//   --data-dir  one server, which knows of the others what they told it
//
// The admin HTTP of a server of an ensemble is there before it serves clients, so there is an answer without a quorum too.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { requestEnsemble } from '../admin/admin-client.ts'
import { readAdminFile } from '../admin/admin-file.ts'
import { ZoariumError } from '../errors.ts'
import type { EnsembleView } from '../server/server-view.ts'
import type { EnsembleStatusFlags } from './ensemble-flags.ts'
import { type EnsembleState, ensembleStatus, statusText } from './ensemble-table.ts'
import { ExitCode } from './exit-codes.ts'
import { toolEnd } from './tool-end.ts'

const PATIENCE_MS = 5000

const EXIT_CODES: Readonly<Record<EnsembleState, ExitCode>> = {
  healthy: ExitCode.ok,
  degraded: ExitCode.ensembleDegraded,
  noQuorum: ExitCode.noQuorum,
}

export function statusAction({ dir, dataDir, json = false }: EnsembleStatusFlags): Promise<number> {
  return toolEnd(async () => {
    const folders = dataDir === undefined ? await foldersBelow(dir) : [dataDir]
    const answers = await Promise.all(folders.map((folder) => answerOf(folder)))
    const views = answers.filter((answer) => typeof answer === 'object')
    if (views.length === 0) {
      throw new ZoariumError('ERR_CONNECTION_LOSS', `no server answers\n${answers.join('\n')}\n`)
    }
    const status = ensembleStatus(views)
    process.stdout.write(json ? `${JSON.stringify(status)}\n` : statusText(status))
    return EXIT_CODES[status.state]
  })
}

async function foldersBelow(dir: string): Promise<string[]> {
  let names: string[]
  try {
    names = await readdir(dir)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZoariumError('ERR_CONFIG', `${dir}: expected the folder of an ensemble (--dir), or --data-dir, got: ${reason}`, { cause })
  }
  const folders = names
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => join(dir, name, 'data'))
  if (folders.length > 0) return folders
  throw new ZoariumError(
    'ERR_CONFIG',
    `${dir}: expected the folder of an ensemble, with folders 1, 2, ..., got none of them; --data-dir names one server's`,
  )
}

/** What the server of a data directory knows, or why there is no answer. */
async function answerOf(dataDir: string): Promise<EnsembleView | string> {
  const endpoint = await readAdminFile(dataDir)
  if (endpoint === null) return `${dataDir}: no admin.json: the server does not run, or has no admin HTTP`
  try {
    const view = await requestEnsemble(endpoint, AbortSignal.timeout(PATIENCE_MS))
    if (view !== null) return view
  } catch (error) {
    return `${dataDir}: ${error instanceof Error ? error.message : String(error)}`
  }
  throw new ZoariumError('ERR_CONFIG', `${dataDir}: expected a server of an ensemble, got one that runs alone`)
}
