// Writers of one client, each counting upwards in a node of its own, several writes in flight. What was acknowledged must be there, and each write once.

import { type Client, ZoariumError } from '../../core/index.ts'

const WRITERS = 4

class Counter {
  acknowledged = 0
  /** Writes whose outcome is not known. */
  unknown = 0
  readonly path: string
  constructor(path: string) {
    this.path = path
  }
}

export class Load {
  readonly errors: ZoariumError[] = []
  /** Longest time between two acknowledgements. */
  longestGapMs = 0
  #acknowledgedAtMs = performance.now()
  readonly #client: Client
  readonly #counters: readonly Counter[]
  #stopping = false
  #work: Promise<unknown> = Promise.resolve()

  private constructor(client: Client, path: string) {
    this.#client = client
    this.#counters = Array.from({ length: WRITERS }, (_, i) => new Counter(`${path}-${i}`))
  }

  static async start(client: Client, path: string): Promise<Load> {
    const load = new Load(client, path)
    for (const counter of load.#counters) await client.create(counter.path, '')
    load.#work = Promise.all(load.#counters.map((counter) => load.#write(counter)))
    return load
  }

  /** Resolves when so many more writes were acknowledged. */
  async acknowledged(more: number): Promise<void> {
    const until = this.#total + more
    while (this.#total < until) {
      const fatal = this.errors.find(({ code }) => code !== 'ERR_UNKNOWN_OUTCOME')
      if (fatal !== undefined) throw new Error(`a writer has given up: ${fatal.message}`, { cause: fatal })
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#work
  }

  /** Looks through another client: the version counts the writes that took effect. */
  async verify(other: Client): Promise<void> {
    await other.sync('/')
    for (const { path, acknowledged, unknown } of this.#counters) {
      const { stat } = await other.getData(path)
      if (stat.version >= acknowledged && stat.version <= acknowledged + unknown) continue
      throw new Error(`${path} has version ${stat.version} after ${acknowledged} acknowledged writes and ${unknown} unknown ones`)
    }
  }

  get #total(): number {
    return this.#counters.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  }

  async #write(counter: Counter): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#client.setData(counter.path, String(counter.acknowledged))
        counter.acknowledged += 1
        const nowMs = performance.now()
        this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#acknowledgedAtMs)
        this.#acknowledgedAtMs = nowMs
      } catch (error) {
        if (!ZoariumError.is(error)) throw error
        this.errors.push(error)
        if (error.code !== 'ERR_UNKNOWN_OUTCOME') return
        counter.unknown += 1
      }
    }
  }
}
