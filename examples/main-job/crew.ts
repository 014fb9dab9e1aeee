// examples: the child processes of the main job: starts them, hears them, kills them.

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MasterEvent } from 'zoarium/recipes'
import type { ChildMessage } from './messages.ts'

export type Role = 'master' | 'worker'

/** One child process. */
export class Member {
  readonly name: string
  readonly role: Role
  readonly ready: Promise<void>
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #killed = false

  constructor(role: Role, name: string, args: readonly string[], onEvent: (member: Member, event: MasterEvent) => void) {
    this.name = name
    this.role = role
    const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [role, name, ...args])
    this.#child = child
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()))
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: ChildMessage) => {
        if (message.type === 'ready') resolve()
        else onEvent(this, message.event)
      })
      child.once('exit', (code, signal) => {
        if (!this.#killed && code !== 0) reject(new Error(`${name} ended with ${code ?? signal}`))
      })
    })
    // Whoever waits for readiness hears of the failure; a later one is the job's own finding.
    this.ready.catch(() => {})
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#killed = true
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Asks it to finish in good order. */
  async stop(): Promise<void> {
    if (this.alive && this.#child.connected) this.#child.send({ type: 'stop' })
    await this.#exited
  }
}
