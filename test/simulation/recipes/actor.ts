// One process as its scenario sees it: its machine, its client, and what it waits for.

import type { History } from './history.ts'
import type { Machine } from './machine.ts'
import type { Actor } from './scenario.ts'

export class SimActor implements Actor {
  readonly machine: Machine
  readonly onError: (error: unknown) => void
  readonly doing: Set<string> = new Set<string>()
  state: 'working' | 'ended' = 'working'
  #client: Actor['client'] | null = null
  readonly #history: History
  #count = 0

  constructor(machine: Machine, history: History, onError: (error: unknown) => void) {
    this.machine = machine
    this.#history = history
    this.onError = onError
  }

  get name(): string {
    return this.machine.name
  }
  get random(): Machine['random'] {
    return this.machine.random
  }
  get client(): Actor['client'] {
    if (this.#client === null) throw new Error(`${this.name} is not connected`)
    return this.#client
  }
  set client(client: Actor['client']) {
    this.#client = client
  }

  ended(): void {
    this.state = 'ended'
    this.#history.say(this.name, 'has ended')
  }

  async waits<T>(what: string, work: Promise<T>): Promise<T> {
    const doing = `${what} (${++this.#count})`
    this.doing.add(doing)
    try {
      return await work
    } finally {
      this.doing.delete(doing)
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }
}
