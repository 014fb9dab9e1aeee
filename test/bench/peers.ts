// bench: the servers under test as child processes: how each is started, when it is up, how it is stopped.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BareSession } from './bare-session.ts'
import type { Belongings } from './cleanup.ts'
import { cpuSeconds } from './proc-stat.ts'

const READY_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 50
const PROBE_TIMEOUT_MS = 2000
const LOG_TAIL_BYTES = 2000

/** Something that speaks the protocol and can be started. */
export interface Peer {
  readonly name: string
  /** Load it gets before anything is measured: a JVM needs about 20 s to reach its speed. */
  readonly warmUpSec: number
  /** The command line that serves `port` from `folder`, where the peer may write files first. */
  command(port: number, folder: string): readonly string[]
}

/** The folder of ZooKeeper's jars on Debian. */
const ZOOKEEPER_JARS = '/usr/share/java'

/** Apache ZooKeeper from Debian's package: durable (forceSync), one gigabyte of heap, no logger on the class path. */
export const zookeeperPeer: Peer = {
  name: 'ZooKeeper',
  warmUpSec: 20,
  command(port, folder) {
    const data = join(folder, 'data')
    mkdirSync(data)
    const config = [
      'tickTime=2000',
      `dataDir=${data}`,
      `clientPort=${port}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      '4lw.commands.whitelist=*',
      'maxClientCnxns=0',
      'forceSync=yes',
    ]
    writeFileSync(join(folder, 'zoo.cfg'), `${config.join('\n')}\n`)
    return [
      'java',
      '-Xmx1g',
      '-cp',
      join(ZOOKEEPER_JARS, 'zookeeper.jar'),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(folder, 'zoo.cfg'),
    ]
  },
}

export function hasZookeeper(): boolean {
  return existsSync(join(ZOOKEEPER_JARS, 'zookeeper.jar'))
}

/** The command as it was compiled with this file. */
const COMMAND = fileURLToPath(new URL('../../core/cli/main.js', import.meta.url))
const SERVE = ['server', '--port', '{port}', '--data-dir', '{dir}', '--max-connections-per-address', '0', '--log-level', 'warn']

/** Node and V8 are at their speed after a few seconds. */
const NODE_WARM_UP_SEC = 5

function peerOf(name: string, words: readonly string[]): Peer {
  return {
    name,
    warmUpSec: NODE_WARM_UP_SEC,
    command: (port, folder) => words.map((word) => word.replaceAll('{port}', String(port)).replaceAll('{dir}', join(folder, 'data'))),
  }
}

/** Any server that a command line starts, cut at blanks; `{port}` and `{dir}` in it are filled in. */
export function commandPeer(name: string, line: string): Peer {
  return peerOf(
    name,
    line.split(/\s+/).filter((word) => word !== ''),
  )
}

/** This package's server as it was compiled with this file, or as `line` starts it. `nodeOptions` go to node before everything else. */
export function ourPeer(line: string | null, nodeOptions: readonly string[]): Peer {
  return line === null ? peerOf('zoarium', [process.execPath, ...nodeOptions, COMMAND, ...SERVE]) : commandPeer('zoarium', line)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export class RunningServer {
  readonly peer: Peer
  readonly port: number
  readonly pid: number
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #belongings: Belongings
  readonly #exited: Promise<void>
  #hasExited = false

  private constructor(peer: Peer, port: number, pid: number, child: ChildProcess, folder: string, belongings: Belongings) {
    this.peer = peer
    this.port = port
    this.pid = pid
    this.#child = child
    this.#folder = folder
    this.#belongings = belongings
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        this.#hasExited = true
        belongings.dropProcess(pid)
        resolve()
      })
    })
  }

  /** Starts `peer` with its data in a fresh folder under `parent` and waits until it grants a session. */
  static async start(peer: Peer, parent: string, belongings: Belongings): Promise<RunningServer> {
    const folder = belongings.makeFolder(parent, 'zoarium-bench')
    const port = await freePort()
    const [program, ...args] = peer.command(port, folder)
    const log = openSync(join(folder, 'server.log'), 'w')
    const child = spawn(program ?? '', args, { cwd: process.cwd(), stdio: ['ignore', log, log] })
    const { pid } = child
    if (pid === undefined) throw new Error(`${peer.name}: ${program} cannot be started`)
    belongings.addProcess(pid)
    const server = new RunningServer(peer, port, pid, child, folder, belongings)
    await server.#becomeReady()
    return server
  }

  cpuSeconds(): number {
    return cpuSeconds(this.pid)
  }

  /** Stops the server in order and removes its data. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await Promise.race([this.#exited, delay(STOP_TIMEOUT_MS)])
    if (!this.#hasExited) this.#child.kill('SIGKILL')
    await this.#exited
    this.#belongings.removeFolder(this.#folder)
  }

  /** The end of what the server has logged. */
  logTail(): string {
    return readFileSync(join(this.#folder, 'server.log'), 'utf8').slice(-LOG_TAIL_BYTES)
  }

  async #becomeReady(): Promise<void> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS
    for (;;) {
      if (this.#hasExited) throw new Error(`${this.peer.name} ended while it started:\n${this.logTail()}`)
      // A server that is still starting may take a connection and never answer on it.
      const session = await BareSession.open({ port: this.port }, PROBE_TIMEOUT_MS).catch(() => null)
      if (session !== null) return session.close()
      if (performance.now() > deadlineMs) throw new Error(`${this.peer.name} did not come up in 30 s:\n${this.logTail()}`)
      await delay(POLL_MS)
    }
  }
}
