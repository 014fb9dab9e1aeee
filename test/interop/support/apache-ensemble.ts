// An ensemble of Apache ZooKeeper servers, each a process of its own, all of which may become read-only when they lose their quorum.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reservedPort } from '../../support/reserved-ports.ts'
import { type ApacheProcess, startApacheZooKeeperIn } from './apache-zookeeper.ts'

export interface ApacheEnsemble {
  /** `host:port` of each. */
  readonly hosts: readonly string[]
  start(...servers: readonly number[]): Promise<void>
  kill(server: number): Promise<void>
  /** Ends all of them and removes their data. */
  stop(): Promise<void>
}

export async function apacheEnsemble(size: number): Promise<ApacheEnsemble> {
  const home = await mkdtemp(join(tmpdir(), 'zookeeper-ensemble-'))
  const ports: number[] = []
  while (ports.length < size * 3) {
    const port = await reservedPort()
    if (!ports.includes(port)) ports.push(port)
  }
  const clientPort = (server: number): number => ports[server] ?? 0
  const lines = Array.from({ length: size }, (_, i) => `server.${i + 1}=127.0.0.1:${ports[size + i]}:${ports[2 * size + i]}`)
  const running = new Map<number, ApacheProcess>()
  const startOne = async (server: number): Promise<void> => {
    const folder = join(home, String(server))
    await mkdir(join(folder, 'data'), { recursive: true })
    await writeFile(join(folder, 'data', 'myid'), String(server + 1))
    const options = {
      port: clientPort(server),
      lines: [...lines, 'initLimit=10', 'syncLimit=5', 'localSessionsEnabled=true', 'localSessionsUpgradingEnabled=true'],
      properties: ['readonlymode.enabled=true'],
    }
    running.set(server, await startApacheZooKeeperIn(folder, options))
  }
  const kill = async (server: number): Promise<void> => {
    await running.get(server)?.kill()
    running.delete(server)
  }
  return {
    hosts: Array.from({ length: size }, (_, i) => `127.0.0.1:${clientPort(i)}`),
    async start(...servers) {
      await Promise.all(servers.map(startOne))
    },
    kill,
    async stop() {
      await Promise.all([...running.keys()].map(kill))
      await rm(home, { recursive: true, force: true })
    },
  }
}
