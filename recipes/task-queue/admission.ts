// recipes: how full a queue is, so that it can refuse before a folder grows too large to be listed.

import { ZoariumError } from '../../core/index.ts'
import type { QueueContext } from './queue-context.ts'

/** A count is believed for this long. */
const MAX_AGE_MS = 1_000

/** Above this share of a limit the count is read again before each submission. */
const NEAR = 0.9

/**
 * Counts tasks and own results by the child counts in their folders' Stats, plus what was admitted since: a few small reads a second, no
 * write, no listing. Near a limit it reads before every decision.
 */
export class Admission {
  readonly #context: QueueContext
  readonly #clientId: string
  #tasks = 0
  #results = 0
  #readAtMs = Number.NEGATIVE_INFINITY
  #refreshing: Promise<void> | null = null
  #admittedMeanwhile = 0

  constructor(context: QueueContext, clientId: string) {
    this.#context = context
    this.#clientId = clientId
  }

  /** Resolves when `count` more tasks may be submitted; rejects with `ERR_QUEUE_FULL`. */
  async admit(count: number): Promise<void> {
    const { maxTasks, maxResults } = this.#context.options
    const stale = performance.now() - this.#readAtMs > MAX_AGE_MS
    if (stale || this.#tasks + count > NEAR * maxTasks || this.#results + count > NEAR * maxResults) await this.#refresh()
    if (this.#tasks + count > maxTasks) throw this.#full(`${this.#tasks} tasks, limit ${maxTasks} (maxTasks)`)
    if (this.#results + count > maxResults) throw this.#full(`${this.#results} results to collect, limit ${maxResults} (maxResults)`)
    this.#tasks += count
    this.#results += count
    this.#admittedMeanwhile += count
  }

  #full(what: string): ZoariumError {
    const { root } = this.#context.paths
    return new ZoariumError('ERR_QUEUE_FULL', `${root}: ${what}`, { path: root })
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /** The session's requests are done in order, so the counts include every submission that was sent before. */
  async #read(): Promise<void> {
    const { client, paths } = this.#context
    this.#admittedMeanwhile = 0
    const stats = await Promise.all([paths.resultFolder(this.#clientId), ...paths.shards()].map((path) => client.exists(path)))
    const [results = 0, ...tasks] = stats.map((stat) => stat?.numChildren ?? 0)
    this.#results = results + this.#admittedMeanwhile
    this.#tasks = tasks.reduce((sum, count) => sum + count, this.#admittedMeanwhile)
    this.#readAtMs = performance.now()
  }
}
