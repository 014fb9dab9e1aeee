// An ensemble of three processes of this package on one machine. All clients get the address of one server that does not lead: what they write is forwarded, and
// what one of them has written all of them see.

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
  const leader = await ensemble.leaderKnown()
  const follower = ensemble.ids.find((id) => id !== leader) ?? leader
  return {
    hosts: ensemble.addressOf(follower),
    async stop() {
      await ensemble.stopAll()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
