// overload: clients with manners: one request at a time, each awaited; how long it took is what the campaign is about.

import { type Client, connect } from '../../../core/index.ts'
import { Histogram } from '../../bench/histogram.ts'

export class FairClients {
  readonly reads: Histogram = new Histogram()
  readonly writes: Histogram = new Histogram()
  /** Operations that failed, by error. */
  readonly failures: Map<string, number> = new Map<string, number>()
  readonly #clients: Client[] = []
  readonly #loops: Promise<void>[] = []
  #stopped = false

  /** Connects `count` clients; each has a znode of its own below /fair. */
  async start(port: number, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const client = await connect(`127.0.0.1:${port}`, { sessionTimeoutMs: 30_000, requestTimeoutMs: 30_000 })
      await client.ensurePath('/fair')
      await client.create(`/fair/${i}`, 'x')
      this.#clients.push(client)
    }
  }

  run(): void {
    for (const [index, client] of this.#clients.entries()) this.#loops.push(this.#loop(client, `/fair/${index}`))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#loops)
    for (const client of this.#clients) await client.close()
  }

  async #loop(client: Client, path: string): Promise<void> {
    for (let i = 0; !this.#stopped; i++) {
      const value = String(i)
      await this.#timed(this.writes, () => client.setData(path, value))
      await this.#timed(this.reads, async () => {
        const { data } = await client.getData(path)
        if (data?.toString() !== value) throw new Error(`read ${String(data)}, wrote ${value}`)
      })
    }
  }

  async #timed(histogram: Histogram, work: () => Promise<unknown>): Promise<void> {
    const startMs = performance.now()
    try {
      await work()
      histogram.record((performance.now() - startMs) * 1000)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.failures.set(text, (this.failures.get(text) ?? 0) + 1)
    }
  }
}
