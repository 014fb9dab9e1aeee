// recipes: a client's results: waits for all of them with one watch, and removes what was delivered.

import type { PersistentWatch } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import { isTransient } from '../support/outcome.ts'
import { delay, untilDone } from '../support/retry.ts'
import type { QueueContext } from './queue-context.ts'
import type { ResultRecord } from './records.ts'
import { decodeResult } from './records.ts'

interface Waiting {
  readonly promise: Promise<ResultRecord>
  readonly resolve: (result: ResultRecord) => void
  readonly reject: (error: unknown) => void
  /** A look is under way; `again`: something happened since it began. */
  looking: boolean
  again: boolean
}

/**
 * The results in the folder of one client. The first wait opens a persistent recursive watch on the folder, which stays until `close`; each
 * wait looks once at the start and then only when its znode has changed or the watch may have missed something.
 */
export class ResultInbox {
  readonly #context: QueueContext
  readonly #owner: string
  readonly #removes: boolean
  readonly #closing: AbortController = new AbortController()
  readonly #waiting: Map<string, Waiting> = new Map()
  readonly #removals: Map<string, Promise<void>> = new Map()
  #watch: Promise<PersistentWatch> | null = null
  #reading: Promise<void> = Promise.resolve()
  #pausing: Promise<void> | null = null

  /** `removes`: whether a delivered result is taken out of the folder; false for the results of somebody else. */
  constructor(context: QueueContext, owner: string, removes: boolean) {
    this.#context = context
    this.#owner = owner
    this.#removes = removes
  }

  /** Resolves with the outcome of a task. Rejects with `NO_NODE` when it is not (any more) in the folder, `ERR_CLOSED` after `close`. */
  wait(id: string): Promise<ResultRecord> {
    if (this.#closing.signal.aborted) return Promise.reject(this.#closing.signal.reason)
    const known = this.#waiting.get(id)
    if (known !== undefined) return known.promise
    const waiting = newWaiting()
    this.#waiting.set(id, waiting)
    this.#openWatch().then(
      () => this.#look(id),
      (error: unknown) => this.#fail(id, error),
    )
    return waiting.promise
  }

  /** Resolves when a delivered result of that id is out of the folder. */
  async removed(id: string): Promise<void> {
    await this.#removals.get(id)
  }

  /** Rejects what waits with `error`, takes the watch back and finishes the removals. */
  async close(error: ZoariumError): Promise<void> {
    this.#closing.abort(error)
    for (const id of [...this.#waiting.keys()]) this.#fail(id, error)
    const watch = await this.#watch?.catch(() => null)
    await watch?.close()
    await this.#reading
    await Promise.all(this.#removals.values())
  }

  #openWatch(): Promise<PersistentWatch> {
    this.#watch ??= this.#startWatch().catch((error: unknown) => {
      this.#watch = null
      throw error
    })
    return this.#watch
  }

  async #startWatch(): Promise<PersistentWatch> {
    const { client, paths } = this.#context
    const folder = paths.resultFolder(this.#owner)
    const watch = await untilDone(() => client.watch(folder, { recursive: true }), this.#closing.signal)
    this.#reading = this.#read(watch)
    return watch
  }

  async #read(watch: PersistentWatch): Promise<void> {
    try {
      for await (const event of watch) {
        if (event.type === 'lost') break
        if (event.type === 'gap') this.#lookAtAll()
        else if (event.type !== 'resumed') this.#look(event.path.slice(watch.path.length + 1))
      }
    } catch (error) {
      this.#failAll(error)
      return
    }
    this.#watch = null
    this.#failAll(this.#context.closedError('results'))
  }

  #lookAtAll(): void {
    for (const id of this.#waiting.keys()) this.#look(id)
  }

  #failAll(error: unknown): void {
    for (const id of [...this.#waiting.keys()]) this.#fail(id, error)
  }

  #fail(id: string, error: unknown): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.reject(error)
  }

  #look(id: string): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    if (waiting.looking) {
      waiting.again = true
      return
    }
    waiting.looking = true
    waiting.again = false
    this.#readResult(id).then(
      (result) => this.#looked(id, waiting, result),
      (error: unknown) => this.#fail(id, error),
    )
  }

  #looked(id: string, waiting: Waiting, result: ResultRecord | null): void {
    if (this.#waiting.get(id) !== waiting) return
    waiting.looking = false
    if (result === null) {
      if (waiting.again) this.#look(id)
      return
    }
    this.#waiting.delete(id)
    waiting.resolve(result)
    if (this.#removes) this.#remove(id)
  }

  /** The outcome, `null` while the znode is still empty. */
  async #readResult(id: string): Promise<ResultRecord | null> {
    const path = this.#context.paths.result(this.#owner, id)
    const data = await this.#getData(path)
    if (data === null || data.length === 0) return null
    const result = decodeResult(data)
    if (result === null) throw new ZoariumError('ERR_VALIDATION', `the result of task ${id} is not one of this layout`, { path })
    return result
  }

  async #getData(path: string): Promise<Buffer | null> {
    for (;;) {
      this.#closing.signal.throwIfAborted()
      try {
        return (await this.#context.client.getData(path)).data
      } catch (error) {
        if (!isTransient(error)) throw error
      }
      // One pause for all that wait: thousands may.
      this.#pausing ??= sleep(PAUSE_MS, this.#closing.signal).finally(() => {
        this.#pausing = null
      })
      await this.#pausing
    }
  }

  /** Version 1 is the outcome; a submission of the same id that came after has version 0 and is not touched. */
  #remove(id: string): void {
    const { client, paths, cleanUp } = this.#context
    const path = paths.result(this.#owner, id)
    const removal = untilSurelyDone(() => client.delete(path, { version: 1 }))
      .catch((error: unknown) => {
        const gone = ZoariumError.is(error, 'NO_NODE') || ZoariumError.is(error, 'BAD_VERSION') || ZoariumError.is(error, 'ERR_CLOSED')
        if (!gone) cleanUp.report(error)
      })
      .finally(() => this.#removals.delete(id))
    this.#removals.set(id, removal)
  }
}

const PAUSE_MS = 200

async function untilSurelyDone(work: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round++) {
    try {
      await work()
      return
    } catch (error) {
      if (!isTransient(error)) throw error
    }
    await delay(backOffMs(round))
  }
}

function newWaiting(): Waiting {
  let resolve: (result: ResultRecord) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<ResultRecord>((onResult, onError) => {
    resolve = onResult
    reject = onError
  })
  // Whoever waits has a promise of his own; nobody may be left by the time of the failure.
  promise.catch(() => {})
  return { promise, resolve, reject, looking: false, again: false }
}
