// examples: three server processes as an ensemble on this machine, of which the leader can be killed.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerMessage } from './messages.ts'

/** What a job runs on: one server, or several. */
export interface Servers {
  /** What a client connects to. */
  readonly connectString: string
  /** kill -9 of the server that leads the others; its process id, or `null` when there is no such server. */
  killLeader(): number | null
  close(): Promise<void>
}

interface ServerProcess {
  readonly id: number
  readonly child: ChildProcess
  leads: boolean
}

export class EnsembleOfProcesses implements Servers {
  readonly connectString: string
  readonly #servers: readonly ServerProcess[]

  private constructor(servers: readonly ServerProcess[], connectString: string) {
    this.#servers = servers
    this.connectString = connectString
  }

  /** Resolves when all of them serve. `tell` hears who leads. */
  static async start(size: number, dataDir: string, tell: (line: string) => void): Promise<EnsembleOfProcesses> {
    const ports = await freePorts(size)
    const servers = ports.map((_port, i): ServerProcess => {
      const args = [String(i + 1), join(dataDir, String(i + 1)), ...ports.map(String)]
      return { id: i + 1, child: fork(fileURLToPath(new URL('./server.js', import.meta.url)), args), leads: false }
    })
    try {
      const addresses = await Promise.all(servers.map((server) => serving(server, tell)))
      tell(`an ensemble of ${size} servers on ${addresses.join(', ')}, data in ${dataDir}`)
      return new EnsembleOfProcesses(servers, addresses.join(','))
    } catch (error) {
      for (const { child } of servers) child.kill('SIGKILL')
      throw error
    }
  }

  killLeader(): number | null {
    const leader = this.#servers.find(({ leads, child }) => leads && isAlive(child))
    leader?.child.kill('SIGKILL')
    return leader?.child.pid ?? null
  }

  async close(): Promise<void> {
    const living = this.#servers.filter(({ child }) => isAlive(child))
    const ended = living.map(({ child }) => once(child, 'exit'))
    for (const { child } of living) if (child.connected) child.send({ type: 'stop' })
    await Promise.all(ended)
  }
}

/** Its address, once it serves. */
function serving(server: ServerProcess, tell: (line: string) => void): Promise<string> {
  const { id, child } = server
  return new Promise((resolve, reject) => {
    child.on('message', (message: ServerMessage) => {
      if (message.type === 'serving') return resolve(message.connectString)
      server.leads = message.leads
      if (message.leads) tell(`server ${id} leads the ensemble`)
    })
    child.once('exit', (code, signal) => reject(new Error(`server ${id} ended with ${code ?? signal}`)))
  })
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** Ports of this machine that nobody uses, below those that it gives to outgoing connections. Each process looks at other ones first. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  for (let port = 10_000 + ((process.pid * 16) % 20_000); ports.length < count; port++) if (await isFree(port)) ports.push(port)
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const listener = createServer()
  try {
    await once(listener.listen(port, '127.0.0.1'), 'listening')
    await once(listener.close(), 'close')
    return true
  } catch {
    return false
  }
}
