// An ensemble of real processes on one machine, to be killed, stopped, paused and started again. What they log is kept in files beside their data.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServerOptions } from '../../core/server/options.ts'
import { reservedPorts } from '../support/reserved-ports.ts'

/** Compiled: the tests themselves are not. */
const PROGRAM = fileURLToPath(new URL('dist/test/ensemble/member-program.js', rootOf(import.meta.url)))

function rootOf(url: string): URL {
  return new URL(url.includes('/dist/') ? '../../../' : '../../', url)
}

/** Where the servers run: on this machine's loopback address, each on ports of its own, unless something else is said. */
export interface Places {
  addressOf(id: number): string
  /** Words in front of the command line. */
  launcher(id: number): readonly string[]
}

const LOOPBACK: Places = { addressOf: () => '127.0.0.1', launcher: () => [] }

interface Running {
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
  mode: string
}

export class EnsembleProcesses implements AsyncDisposable {
  readonly ids: readonly number[]
  readonly #folder: string
  readonly #options: Partial<ServerOptions>
  readonly #places: Places
  readonly #clientPorts: readonly number[]
  readonly #peerPorts: readonly number[]
  readonly #running = new Map<number, Running>()

  private constructor(size: number, folder: string, options: Partial<ServerOptions>, ports: readonly number[], places: Places) {
    this.ids = Array.from({ length: size }, (_, i) => i + 1)
    this.#folder = folder
    this.#options = options
    this.#places = places
    this.#clientPorts = ports.slice(0, size)
    this.#peerPorts = ports.slice(size)
  }

  /** Resolves when all serve. */
  static async start(
    size: number,
    folder: string,
    options: Partial<ServerOptions> = {},
    places: Places = LOOPBACK,
  ): Promise<EnsembleProcesses> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: npm run build`)
    const ensemble = new EnsembleProcesses(size, folder, options, await reservedPorts(2 * size), places)
    await Promise.all(ensemble.ids.map((id) => ensemble.start(id)))
    return ensemble
  }

  get connectString(): string {
    return this.ids.map((id) => this.addressOf(id)).join(',')
  }

  addressOf(id: number): string {
    return `${this.#places.addressOf(id)}:${this.#clientPorts[id - 1]}`
  }

  /** The server that said last that it leads, and runs. */
  get leader(): number {
    for (const [id, { mode }] of this.#running) if (mode === 'leader') return id
    return 0
  }

  pidOf(id: number): number {
    return this.#running.get(id)?.child.pid ?? 0
  }

  /** Resolves when somebody leads; `but` does not count. */
  async leaderKnown(but = 0): Promise<number> {
    while (this.leader === 0 || this.leader === but) await new Promise((resolve) => setTimeout(resolve, 5))
    return this.leader
  }

  /** Resolves when it serves. */
  async start(id: number): Promise<void> {
    const dataDir = join(this.#folder, String(id))
    mkdirSync(dataDir, { recursive: true })
    const servers = this.ids.map((serverId) => ({
      serverId,
      host: this.#places.addressOf(serverId),
      peerPort: this.#peerPorts[serverId - 1],
    }))
    const { ensemble, ...own } = this.#options
    const options = {
      ...own,
      serverId: id,
      dataDir,
      host: this.#places.addressOf(id),
      port: this.#clientPorts[id - 1],
      ensemble: { ...ensemble, servers },
    }
    const log = openSync(this.#logFile(id), 'a')
    const [program = '', ...words] = [...this.#places.launcher(id), process.execPath, PROGRAM, JSON.stringify(options)]
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', log] })
    closeSync(log)
    const running: Running = { child, exited: once(child, 'exit'), mode: '' }
    this.#running.set(id, running)
    const listening = new Promise<void>((resolve) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const said = JSON.parse(line) as { event: string; mode?: string }
        if (said.event === 'mode') running.mode = said.mode ?? ''
        if (said.event === 'listening') resolve()
      })
    })
    const ended = running.exited.then(() => {
      throw new Error(`server ${id} ended before it served:\n${this.log(id)}`)
    })
    await Promise.race([listening, ended])
    ended.catch(() => {})
  }

  /** The end of what it logged. */
  log(id: number): string {
    return readFileSync(this.#logFile(id), 'utf8').slice(-8000)
  }

  /** Of a server that does not run. */
  clearLog(id: number): void {
    rmSync(this.#logFile(id))
  }

  /** kill -9. */
  async kill(id: number): Promise<void> {
    await this.#end(id, 'SIGKILL')
  }

  /** Ends it in order; rejects if it did not end well. */
  async stop(id: number): Promise<void> {
    const code = await this.#end(id, 'SIGTERM')
    if (code !== 0) throw new Error(`server ${id} ended with ${code}:\n${this.log(id)}`)
  }

  /** Ends all in order. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.stop(id)))
  }

  signal(id: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#running.get(id)?.child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.kill(id)))
  }

  async #end(id: number, signal: NodeJS.Signals): Promise<number | null> {
    const running = this.#running.get(id)
    this.#running.delete(id)
    if (running === undefined) return null
    running.child.kill(signal)
    await running.exited
    return running.child.exitCode
  }

  #logFile(id: number): string {
    return join(this.#folder, `${id}.log`)
  }
}
