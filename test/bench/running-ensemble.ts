// bench: three servers of one kind as an ensemble on this machine, each a child process with a folder of its own.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reservedPorts } from '../support/reserved-ports.ts'
import type { Belongings } from './cleanup.ts'
import type { OtherServer } from './job.ts'
import { dataFolder, type Peer } from './peers.ts'
import { RunningServer } from './running-server.ts'

const SIZE = 3
/** Each server sees a third of the load, so that code is compiled later than in a server alone. The same for all peers. */
const WARM_UP_SEC = 20

export class RunningEnsemble {
  readonly peer: Peer
  readonly #servers: RunningServer[]
  readonly #belongings: Belongings

  private constructor(peer: Peer, servers: RunningServer[], belongings: Belongings) {
    this.peer = { ...peer, warmUpSec: Math.max(peer.warmUpSec, WARM_UP_SEC) }
    this.#servers = servers
    this.#belongings = belongings
  }

  /** Starts them with their data in fresh folders under `parent` and waits until each grants a session. */
  static async start(peer: Peer, parent: string, belongings: Belongings): Promise<RunningEnsemble> {
    const ports = await reservedPorts(2 * SIZE)
    const members = Array.from({ length: SIZE }, (_, i) => memberPeer(peer, i + 1, ports))
    const servers = await Promise.all(
      members.map((member) => RunningServer.launch(member, belongings.makeFolder(parent, 'zoarium-bench'), belongings)),
    )
    for (const server of servers) await server.becomeReady()
    return new RunningEnsemble(peer, servers, belongings)
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

  get servers(): readonly RunningServer[] {
    return this.#servers
  }

  /** The client ports of all. */
  get connectString(): string {
    return this.#servers.map(({ port }) => `127.0.0.1:${port}`).join(',')
  }

  /** Starts a server that has ended on its data, with another client port, and waits until it grants a session. */
  async startAgain(server: RunningServer): Promise<void> {
    const again = await RunningServer.launch(server.peer, server.folder, this.#belongings)
    this.#servers[this.#servers.indexOf(server)] = again
    await again.becomeReady()
  }

  /** Stops them in order and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
  }
}

/** `ports`: for each server one for the others, then one for elections, which ZooKeeper alone uses. */
function memberPeer(peer: Peer, id: number, ports: readonly number[]): Peer {
  const lines = Array.from({ length: SIZE }, (_, i) => `server.${i + 1}=127.0.0.1:${ports[i]}:${ports[SIZE + i]}`)
  const member = peer.kind === 'zookeeper' ? zookeeperMember : ourMember
  return { ...peer, name: `${peer.name} ${id}`, command: (port, folder) => member(peer, id, lines, port, folder) }
}

/** The settings of a server alone, and who the others are. */
function zookeeperMember(peer: Peer, id: number, servers: readonly string[], port: number, folder: string): readonly string[] {
  const command = peer.command(port, folder, null)
  writeFileSync(join(dataFolder(folder), 'myid'), String(id))
  writeFileSync(join(folder, 'zoo.cfg'), `${['initLimit=10', 'syncLimit=5', ...servers].join('\n')}\n`, { flag: 'a' })
  return command
}

/** The program of the command line that starts a server alone, this build or another one, with a zoo.cfg in place of its flags. */
function ourMember(peer: Peer, id: number, servers: readonly string[], port: number, folder: string): readonly string[] {
  const command = peer.command(port, folder, null)
  const serve = command.indexOf('server')
  if (serve < 0) throw new Error(`${peer.name}: no \`server\` in its command line: ${command.join(' ')}`)
  mkdirSync(dataFolder(folder), { recursive: true })
  writeFileSync(join(dataFolder(folder), 'myid'), String(id))
  const settings = [
    `dataDir=${dataFolder(folder)}`,
    `clientPort=${port}`,
    'clientPortAddress=127.0.0.1',
    'maxClientCnxns=0',
    'admin.enableServer=false',
    ...servers,
  ]
  const file = join(folder, 'zoo.cfg')
  writeFileSync(file, `${settings.join('\n')}\n`)
  return [...command.slice(0, serve + 1), file, '--log-level', 'warn']
}
