// The two servers of a run: ours in this process, in memory; Apache ZooKeeper as a process on a folder of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../../core/server/index.ts'
import { freePort, startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'
import { Caretaker } from './caretaker.ts'
import type { Ports } from './lane.ts'
import { SUPER_DIGEST } from './values.ts'

/** Sessions last 8 to 80 s: longer than a sequence on a busy machine. */
const TICK_MS = 4000
const HOUR_MS = 3_600_000

export interface BothServers {
  readonly ports: Ports
  stop(): Promise<void>
}

export async function startBoth(): Promise<BothServers> {
  const home = await mkdtemp(join(tmpdir(), 'zoarium-differential-'))
  try {
    const port = await freePort()
    const theirs = await startApacheZooKeeperIn(home, {
      port,
      tickTimeMs: TICK_MS,
      lines: ['forceSync=no', 'enforceQuota=true', 'snapCount=1000000'],
      properties: [
        `zookeeper.DigestAuthenticationProvider.superDigest=${SUPER_DIGEST}`,
        `znode.container.checkIntervalMs=${HOUR_MS}`,
        'zookeeper.forceSync=no',
        'zookeeper.enforceQuota=true',
      ],
    })
    await Caretaker.whenServing(port)
    const ours = await startServer({
      tickTimeMs: TICK_MS,
      enforceQuota: true,
      superDigest: SUPER_DIGEST,
      maxConnectionsPerAddress: 0,
      containerCheckIntervalMs: HOUR_MS,
    })
    return {
      ports: { ours: ours.port, theirs: port },
      async stop() {
        await ours.close()
        await theirs.kill()
        await rm(home, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(home, { recursive: true, force: true })
    throw error
  }
}
