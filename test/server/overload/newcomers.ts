// overload: clients that come while others flood: each dials, reads something and goes. How long it waits at the door is what the campaign is about.

import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '../../../core/index.ts'
import { Histogram } from '../../bench/histogram.ts'

const EVERY_MS = 500

export class Newcomers {
  /** From the dial to the answer to the first read. */
  readonly waits: Histogram = new Histogram()
  readonly failures: Map<string, number> = new Map<string, number>()
  readonly #port: number
  readonly #longestMs: number
  #stopped = false
  #loop: Promise<void> = Promise.resolve()

  /** One that is not in after `longestMs` has failed. */
  constructor(port: number, longestMs: number) {
    this.#port = port
    this.#longestMs = longestMs
  }

  run(): void {
    this.#loop = this.#come()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#loop
  }

  async #come(): Promise<void> {
    while (!this.#stopped) {
      const startMs = performance.now()
      try {
        const signal = AbortSignal.timeout(this.#longestMs)
        await using client = await connect(`127.0.0.1:${this.#port}`, { connectTimeoutMs: this.#longestMs, signal })
        await client.exists('/fair', { signal })
        this.waits.record((performance.now() - startMs) * 1000)
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        this.failures.set(text, (this.failures.get(text) ?? 0) + 1)
      }
      await delay(EVERY_MS)
    }
  }
}
