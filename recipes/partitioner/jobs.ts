// recipes: a member's half of a partitioner: a job for each item that is assigned to it, from the wait for the item's lock until its work has settled.
//
//   assigned to me --> job: queue for <path>/items/<item> --held--> work, again after each loss
//   not any more   --> signal, wait for the work, give the lock back: then the next one has it

import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { Mutex } from '../mutex.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import type { BackgroundErrorHandler, CleanUp } from '../support/clean-up.ts'
import type { Grant } from '../support/grant.ts'
import { isTransient } from '../support/outcome.ts'
import { childPath } from '../support/own-node.ts'
import type { Assignment } from './assignment.ts'
import { NOTHING } from './assignment.ts'

/** An item that this member works on. */
export interface Partition {
  readonly item: string
  /** Of the distribution that gave it. */
  readonly generation: number
  /** Aborts when the item is to be given up, or was lost. */
  readonly signal: AbortSignal
  /** The ownership: with a fencing token that rises with every owner of the item, and guarded writes. */
  readonly grant: Grant
}

/** What the jobs need of their partitioner. */
export interface JobsOptions {
  /** Of the partitioner. */
  readonly path: string
  /** Of the member. */
  readonly name: string
  readonly work: (partition: Partition) => Promise<void> | void
  readonly onError?: BackgroundErrorHandler | undefined
}

/** An item that is assigned to this member. */
interface Job {
  readonly stop: AbortController
  readonly done: Promise<void>
}

export class Jobs {
  readonly #client: Client
  readonly #options: JobsOptions
  readonly #cleanUp: CleanUp
  readonly #jobs = new Map<string, Job>()
  /** Jobs that were told to stop and whose work has not settled. */
  readonly #stopping = new Map<string, Promise<void>>()
  readonly #owned = new Map<string, Grant>()
  #assignment: Assignment = NOTHING
  #stopped = false

  constructor(client: Client, options: JobsOptions, cleanUp: CleanUp) {
    this.#client = client
    this.#options = options
    this.#cleanUp = cleanUp
  }

  /** The assignment that is followed. */
  get assignment(): Assignment {
    return this.#assignment
  }

  /** Items that are owned now, in order. */
  get owned(): string[] {
    return [...this.#owned].flatMap(([item, grant]) => (grant.isHeld ? [item] : [])).sort()
  }

  /** Does what the assignment says. */
  follow(assignment: Assignment): void {
    this.#assignment = assignment
    if (this.#stopped) return
    const { owners } = assignment
    for (const item of [...this.#jobs.keys()]) if (owners[item] !== this.#options.name) this.#stop(item)
    for (const [item, owner] of Object.entries(owners)) {
      if (owner === this.#options.name && !this.#jobs.has(item)) this.#begin(item)
    }
  }

  /** Gives everything up, for good; resolves when all work has settled. */
  stop(): Promise<unknown> {
    this.#stopped = true
    for (const item of [...this.#jobs.keys()]) this.#stop(item)
    return Promise.all(this.#stopping.values())
  }

  #begin(item: string): void {
    const stop = new AbortController()
    // One that was given up a moment ago has to settle before it begins again.
    const before = this.#stopping.get(item) ?? Promise.resolve()
    this.#jobs.set(item, { stop, done: before.then(() => this.#keep(item, stop.signal)) })
  }

  #stop(item: string): void {
    const job = this.#jobs.get(item)
    if (job === undefined) return
    const { path } = this.#options
    this.#jobs.delete(item)
    job.stop.abort(new ZoariumError('ERR_NOT_HELD', `partition ${item} of ${path} is given to another member`, { path }))
    const settled: Promise<void> = job.done.finally(() => {
      if (this.#stopping.get(item) === settled) this.#stopping.delete(item)
    })
    this.#stopping.set(item, settled)
  }

  /** Owns the item, again after each loss, until it is told to stop. Never rejects. */
  async #keep(item: string, signal: AbortSignal): Promise<void> {
    const { path, name, onError } = this.#options
    const shared = onError === undefined ? {} : { onError }
    const mutex = new Mutex(this.#client, childPath(childPath(path, 'items'), item), { ...shared, label: name })
    for (let failures = 0; !signal.aborted; ) {
      const sinceMs = performance.now()
      try {
        await mutex.run((grant) => this.#work(item, grant, signal), { signal })
      } catch (error) {
        if (signal.aborted || ZoariumError.is(error, 'ERR_CLOSED')) break
        failures = performance.now() - sinceMs > 10_000 ? 0 : failures + 1
        if (!isTransient(error)) this.#cleanUp.report(error)
        await sleep(backOffMs(failures), signal).catch(() => {})
      }
    }
    await mutex.close().catch((error: unknown) => this.#cleanUp.report(error))
  }

  async #work(item: string, grant: Grant, signal: AbortSignal): Promise<void> {
    this.#owned.set(item, grant)
    try {
      for (let failures = 0; grant.isHeld; failures++) {
        try {
          const { generation } = this.#assignment
          await this.#options.work({ item, generation, signal: grant.signal, grant })
          // What is done stays owned: nobody else has to do it.
          await orAbort(new Promise<never>(() => {}), grant.signal)
        } catch (error) {
          if (!grant.isHeld || signal.aborted) return
          this.#cleanUp.report(error)
          await sleep(backOffMs(failures + 2), grant.signal).catch(() => {})
        }
      }
    } finally {
      if (this.#owned.get(item) === grant) this.#owned.delete(item)
    }
  }
}
