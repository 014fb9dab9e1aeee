// cli: one server process of `zoarium ensemble start`: a `zoarium server` with a log file of its own.
//
// It is the head of a process group of its own: a Ctrl-C at the terminal reaches the parent alone, which stops the servers in order.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { LocalServer } from './local-ensemble.ts'

export interface ChildEnd {
  readonly pid: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Whether clients were served before. */
  readonly served: boolean
}

export interface ChildListener {
  /** Clients can connect. */
  listening(child: EnsembleChild): void
  ended(child: EnsembleChild, end: ChildEnd): void
}

export class EnsembleChild {
  readonly server: LocalServer
  readonly pid: number
  readonly exited: Promise<void>
  #listening = false
  readonly #child: ChildProcess

  constructor(server: LocalServer, listener: ChildListener) {
    this.server = server
    const log = openSync(server.logFile, 'a', 0o600)
    const command = [...process.execArgv, process.argv[1] ?? '', 'server', server.configFile, '--json', '--log-format', 'json']
    try {
      this.#child = spawn(process.execPath, command, {
        cwd: server.folder,
        detached: true,
        stdio: ['ignore', 'pipe', log],
        env: withoutServerVariables(process.env),
      })
    } finally {
      closeSync(log)
    }
    const child = this.#child
    this.pid = child.pid ?? 0
    const { stdout } = child
    if (stdout !== null) {
      createInterface(stdout).once('line', () => {
        this.#listening = true
        listener.listening(this)
      })
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        listener.ended(this, { pid: this.pid, code, signal, served: this.#listening })
        resolve()
      })
    })
  }

  get listening(): boolean {
    return this.#listening
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Asks for an orderly end. */
  stop(): void {
    this.#child.kill('SIGTERM')
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** All settings stand in the file: a variable meant for another server must not change three of them. */
function withoutServerVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('ZOARIUM_')))
}
