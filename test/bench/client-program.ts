// bench: the parent's side of a process with one client in it.

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Belongings } from './cleanup.ts'
import type { ClientJob, ClientName, FromClientProcess, ResultOf } from './client-job.ts'
import { bindToLastCore } from './last-core.ts'

// Compiled beside this file.
const PROGRAM = fileURLToPath(new URL('./client-process.js', import.meta.url))

export class ClientProgram {
  readonly name: ClientName
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #settle: ((message: FromClientProcess) => void) | null = null

  private constructor(name: ClientName, child: ChildProcess, belongings: Belongings) {
    this.name = name
    this.#child = child
    const pid = child.pid ?? 0
    belongings.addProcess(pid)
    child.on('message', (message: FromClientProcess) => this.#settle?.(message))
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        belongings.dropProcess(pid)
        this.#settle?.({ type: 'failed', reason: `the process of ${name} ended (${signal ?? code})` })
        resolve()
      })
    })
  }

  /** Starts a process of the same Node with the client in it; resolves when it has its session. */
  static async start(name: ClientName, port: number, belongings: Belongings, nodeOptions: readonly string[]): Promise<ClientProgram> {
    const child = fork(PROGRAM, [name, String(port)], { execArgv: ['--expose-gc', ...nodeOptions] })
    const program = new ClientProgram(name, child, belongings)
    bindToLastCore(child.pid ?? 0)
    const message = await program.#next()
    if (message.type !== 'ready') throw new Error(message.type === 'failed' ? message.reason : `${name} began with a result`)
    return program
  }

  async run<J extends ClientJob>(job: J): Promise<ResultOf<J>> {
    const answer = this.#next()
    this.#child.send(job)
    const message = await answer
    if (message.type === 'failed') throw new Error(message.reason)
    if (message.type === 'ready' || message.result.type !== job.type) throw new Error(`${this.name}: not an answer to ${job.type}`)
    return message.result as ResultOf<J>
  }

  /** Has the client close its session, and the process end. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    await this.#exited
  }

  #next(): Promise<FromClientProcess> {
    return new Promise((resolve) => {
      this.#settle = resolve
    })
  }
}
