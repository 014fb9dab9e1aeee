// bench: a server under test as a child process: started on a folder, up when it grants a session, ended in order or killed.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reservedPort } from '../support/reserved-ports.ts'
import { BareSession } from './bare-session.ts'
import type { Belongings } from './cleanup.ts'
import type { OtherServer } from './job.ts'
import type { Peer, Tuning } from './peers.ts'
import { cpuSeconds } from './proc-stat.ts'

const READY_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 50
const PROBE_TIMEOUT_MS = 2000
const LOG_TAIL_BYTES = 2000

/** How a server is started on a folder. */
export interface Launch {
  readonly tuning?: Tuning
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
}

export class RunningServer {
  readonly peer: Peer
  readonly port: number
  readonly pid: number
  readonly folder: string
  readonly others: readonly OtherServer[] = []
  /** The moment before the process was asked for, in milliseconds of `performance.now`. */
  readonly spawnedMs: number
  readonly #child: ChildProcess
  readonly #belongings: Belongings
  readonly #exited: Promise<void>
  #hasExited = false

  private constructor(peer: Peer, port: number, child: ChildProcess, spawnedMs: number, folder: string, belongings: Belongings) {
    this.peer = peer
    this.port = port
    this.pid = child.pid ?? 0
    this.folder = folder
    this.spawnedMs = spawnedMs
    this.#child = child
    this.#belongings = belongings
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        this.#hasExited = true
        belongings.dropProcess(this.pid)
        resolve()
      })
    })
  }

  /** Starts `peer` with its data in a fresh folder under `parent` and waits until it grants a session. */
  static async start(peer: Peer, parent: string, belongings: Belongings): Promise<RunningServer> {
    const server = await RunningServer.launch(peer, belongings.makeFolder(parent, 'zoarium-bench'), belongings)
    await server.becomeReady()
    return server
  }

  /** Starts `peer` on what `folder` holds; returns as soon as the process is there. */
  static async launch(peer: Peer, folder: string, belongings: Belongings, launch: Launch = {}): Promise<RunningServer> {
    const port = await reservedPort()
    const [program, ...args] = peer.command(port, folder, launch.tuning ?? null)
    const log = openSync(logFile(folder), 'w')
    const spawnedMs = performance.now()
    const child = spawn(program ?? '', args, { stdio: ['ignore', log, log], env: { ...process.env, ...launch.env } })
    closeSync(log)
    if (child.pid === undefined) {
      child.on('error', () => {})
      throw new Error(`${peer.name}: ${program} cannot be started`)
    }
    belongings.addProcess(child.pid)
    return new RunningServer(peer, port, child, spawnedMs, folder, belongings)
  }

  get hasExited(): boolean {
    return this.#hasExited
  }

  cpuSeconds(): number {
    return cpuSeconds(this.pid)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Stops the server in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    this.#belongings.removeFolder(this.folder)
  }

  /** Stops the server in order and leaves its data. Throws when it did not manage to. */
  async stopKeepingData(): Promise<void> {
    await this.#end('SIGTERM')
    const { exitCode, signalCode } = this.#child
    // A JVM that was asked to end says 128 + 15.
    const inOrder = exitCode === 0 || (this.peer.kind === 'zookeeper' && exitCode === 143)
    if (!inOrder) throw new Error(`${this.peer.name} did not stop in order (${signalCode ?? exitCode}):\n${this.logTail()}`)
  }

  /** Ends the server with kill -9 and leaves its data. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** All that the server has logged since it was started. */
  log(): string {
    return readFileSync(logFile(this.folder), 'utf8')
  }

  /** The end of what the server has logged. */
  logTail(): string {
    return this.log().slice(-LOG_TAIL_BYTES)
  }

  /** Waits until the server grants a session. */
  async becomeReady(): Promise<void> {
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

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal)
    await Promise.race([this.#exited, delay(STOP_TIMEOUT_MS, undefined, { ref: false })])
    if (!this.#hasExited) this.#child.kill('SIGKILL')
    await this.#exited
  }
}

function logFile(folder: string): string {
  return join(folder, 'server.log')
}
