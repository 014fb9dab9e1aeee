// An ensemble of three processes of this package on one machine. Clients get the addresses of all three.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EnsembleProcesses } from '../../ensemble/ensemble-processes.ts'
import type { RunningServer } from './servers.ts'

export async function startZoariumEnsemble(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'zoarium-interop-'))
  const ensemble = await EnsembleProcesses.start(3, folder, {
    fourLetterWords: ['*'],
    containerCheckIntervalMs: 500,
    maxConnectionsPerAddress: 0,
  })
  return {
    hosts: ensemble.connectString,
    async stop() {
      await ensemble.stopAll()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
