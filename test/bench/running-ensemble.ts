// bench: three servers of one kind as an ensemble on this machine, each a child process with a folder of its own.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Belongings } from './cleanup.ts'
import type { OtherServer } from './job.ts'
import { dataFolder, type Peer, zookeeperPeer } from './peers.ts'
import { freePort, RunningServer } from './running-server.ts'

const SIZE = 3
/** Compiled beside this file. */
const MEMBER = fileURLToPath(new URL('../ensemble/member-program.js', import.meta.url))

export class RunningEnsemble {
  readonly peer: Peer
  readonly #servers: readonly RunningServer[]

  private constructor(peer: Peer, servers: readonly RunningServer[]) {
    this.peer = peer
    this.#servers = servers
  }

  /** Starts them with their data in fresh folders under `parent` and waits until each grants a session. */
  static async start(peer: Peer, parent: string, belongings: Belongings): Promise<RunningEnsemble> {
    const ports: number[] = []
    while (ports.length < 2 * SIZE) {
      const port = await freePort()
      if (!ports.includes(port)) ports.push(port)
    }
    const members = Array.from({ length: SIZE }, (_, i) => memberPeer(peer, i + 1, ports))
    const servers = await Promise.all(
      members.map((member) => RunningServer.launch(member, belongings.makeFolder(parent, 'zoarium-bench'), belongings)),
    )
    for (const server of servers) await server.becomeReady()
    return new RunningEnsemble(peer, servers)
  }

  get port(): number {
    return this.#servers[0]?.port ?? 0
  }

  get pid(): number {
    return this.#servers[0]?.pid ?? 0
  }

  get others(): readonly OtherServer[] {
    return this.#servers.slice(1).map(({ port, pid }) => ({ port, pid }))
  }

  /** Stops them in order and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
  }
}

/** `ports`: for each server one for the others, then (ZooKeeper) one for elections. */
function memberPeer(peer: Peer, id: number, ports: readonly number[]): Peer {
  const name = `${peer.name} ${id}`
  if (peer.kind === 'zookeeper') return { ...peer, name, command: (port, folder) => zookeeperMember(id, ports, port, folder) }
  const servers = Array.from({ length: SIZE }, (_, i) => ({ serverId: i + 1, host: '127.0.0.1', peerPort: ports[i] }))
  return {
    ...peer,
    name,
    command: (port, folder) => {
      const options = { serverId: id, port, dataDir: dataFolder(folder), maxConnectionsPerAddress: 0, ensemble: { servers } }
      return [process.execPath, MEMBER, JSON.stringify(options)]
    },
  }
}

/** The settings of a server alone, and who the others are. */
function zookeeperMember(id: number, ports: readonly number[], port: number, folder: string): readonly string[] {
  const command = zookeeperPeer.command(port, folder, null)
  mkdirSync(dataFolder(folder), { recursive: true })
  writeFileSync(join(dataFolder(folder), 'myid'), String(id))
  const lines = Array.from({ length: SIZE }, (_, i) => `server.${i + 1}=127.0.0.1:${ports[i]}:${ports[SIZE + i]}`)
  writeFileSync(join(folder, 'zoo.cfg'), `${['initLimit=10', 'syncLimit=5', ...lines].join('\n')}\n`, { flag: 'a' })
  return command
}
