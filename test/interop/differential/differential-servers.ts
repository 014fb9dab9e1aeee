// The two servers of a run: ours in this process, in memory; Apache ZooKeeper as a process on a folder of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../../core/server/index.ts'
import { resolveServerOptions } from '../../../core/server/options.ts'
import { ReplicaDriver } from '../../../core/server/replica-driver.ts'
import { MemoryLogStore } from '../../../core/storage/memory-log-store.ts'
import { SILENT_LOGGER } from '../../../core/support/logger.ts'
import { StateMachine } from '../../../core/tree/state-machine.ts'
import { reservedPort } from '../../support/reserved-ports.ts'
import { startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'
import { Caretaker } from './caretaker.ts'
import { type Dial, inProcess, tcp } from './dial.ts'
import type { Both } from './lane.ts'
import { SUPER_DIGEST } from './values.ts'

/** Sessions last 30 s to 5 minutes: longer than a sequence on a busy machine. */
const TICK_MS = 15_000
const HOUR_MS = 3_600_000

export interface BothServers {
  readonly both: Both
  stop(): Promise<void>
}

/** `tcp`: our whole server with its sockets; `memory`: its replica alone, called directly, which is several times as fast. */
export type Reach = 'tcp' | 'memory'

interface Ours {
  readonly dial: Dial
  stop(): Promise<void>
}

export async function startBoth(reach: Reach): Promise<BothServers> {
  const home = await mkdtemp(join(tmpdir(), 'zoarium-differential-'))
  try {
    const port = await reservedPort()
    const theirs = await startApacheZooKeeperIn(home, {
      port,
      tickTimeMs: TICK_MS,
      lines: ['snapCount=1000000'],
      properties: [
        `zookeeper.DigestAuthenticationProvider.superDigest=${SUPER_DIGEST}`,
        `znode.container.checkIntervalMs=${HOUR_MS}`,
        'zookeeper.forceSync=no',
        'zookeeper.enforceQuota=true',
      ],
    })
    await Caretaker.whenServing(tcp(port))
    const ours = reach === 'tcp' ? await startOurs() : startReplica()
    return {
      both: { ours: ours.dial, theirs: tcp(port) },
      async stop() {
        await ours.stop()
        await theirs.kill()
        await rm(home, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(home, { recursive: true, force: true })
    throw error
  }
}

const OPTIONS = {
  tickTimeMs: TICK_MS,
  enforceQuota: true,
  superDigest: SUPER_DIGEST,
  maxConnectionsPerAddress: 0,
  containerCheckIntervalMs: HOUR_MS,
} as const

async function startOurs(): Promise<Ours> {
  const server = await startServer(OPTIONS)
  return { dial: tcp(server.port), stop: () => server.close() }
}

function startReplica(): Ours {
  const beginning = { store: new MemoryLogStore(), recovered: null, tree: new StateMachine(), saslUsers: null }
  const driver = new ReplicaDriver(resolveServerOptions(OPTIONS), beginning, SILENT_LOGGER, {
    onProgress: () => {},
    onServing: () => {},
    onFailure: (error) => {
      throw error
    },
  })
  driver.start()
  return {
    dial: inProcess(driver),
    async stop() {
      driver.dispose()
    },
  }
}
