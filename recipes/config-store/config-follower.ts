// recipes: hearing of every change of one znode: a persistent watch, and a read whenever it says that something may have happened.

import type { Client, PersistentWatch } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { isTransient } from '../support/outcome.ts'
import type { Stored } from './config-writer.ts'

/** What a follower tells. */
export interface FollowerHost {
  /** Reads what is stored; `null`: nothing. */
  read(signal: AbortSignal): Promise<Stored | null>
  /** What was read. Called in the order of the reads. */
  heard(stored: Stored | null): void
  /** The client is closed or its session gone for good: nothing more will be heard. */
  lost(): void
}

/** Follows one znode between `start` and `stop`. May be started again. */
export class ConfigFollower {
  readonly #client: Client
  readonly #path: string
  readonly #host: FollowerHost
  readonly #cleanUp: CleanUp
  #watch: PersistentWatch | null = null
  #following: Promise<void> = Promise.resolve()
  #stopped: AbortController = new AbortController()
  #reading: Promise<void> | null = null
  #again = false

  constructor(client: Client, path: string, host: FollowerHost, cleanUp: CleanUp) {
    this.#client = client
    this.#path = path
    this.#host = host
    this.#cleanUp = cleanUp
  }

  /** Resolves when nothing that happens from now on is missed. An aborted start leaves no watch behind. */
  async start(signal: AbortSignal): Promise<void> {
    this.#stopped = new AbortController()
    for (let round = 0; this.#watch === null; round++) {
      signal.throwIfAborted()
      const opening = this.#client.watch(this.#path)
      try {
        this.#watch = await orAbort(opening, signal)
      } catch (error) {
        if (signal.aborted) this.#cleanUp.track(opening.then((late) => late.close()).catch(() => {}))
        if (signal.aborted || !isTransient(error)) throw error
        await sleep(backOffMs(round), signal)
      }
    }
    this.#following = this.#follow(this.#watch)
  }

  /** Takes the watch back; resolves when nothing more will be told. */
  async stop(): Promise<void> {
    const watch = this.#watch
    this.#watch = null
    this.#stopped.abort()
    await watch?.close()
    await this.#following
    await this.#reading
  }

  async #follow(watch: PersistentWatch): Promise<void> {
    for await (const event of watch) {
      if (event.type === 'lost') break
      if (event.type !== 'resumed' && event.type !== 'children') this.#refresh()
    }
    if (this.#watch === watch) this.#host.lost()
  }

  /** Reads what is there; events that come meanwhile make it read once more. */
  #refresh(): void {
    this.#again = true
    if (this.#reading !== null || this.#stopped.signal.aborted) return
    this.#reading = this.#readWhileNeeded(this.#stopped.signal).finally(() => {
      this.#reading = null
      if (this.#again) this.#refresh()
    })
  }

  async #readWhileNeeded(signal: AbortSignal): Promise<void> {
    while (this.#again && !signal.aborted) {
      this.#again = false
      try {
        const stored = await this.#host.read(signal)
        if (!signal.aborted) this.#host.heard(stored)
      } catch (error) {
        if (!signal.aborted && !ZoariumError.is(error, 'ERR_CLOSED')) this.#cleanUp.report(error)
      }
    }
  }
}
