// recipes: what the parts of one TaskQueue object share, and the folders that every queue consists of.

import type { Client, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs } from '../support/abort.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { delay } from '../support/retry.ts'
import type { ResolvedQueueOptions } from './options.ts'
import { QueuePaths } from './paths.ts'

/** Version of the layout in paths.ts and records.ts. */
const LAYOUT = 1

/** How often folders that vanish again and again are made anew before the error is passed on. */
const MAX_REPAIRS = 10

/** Client, paths, options and background work of one TaskQueue object. */
export class QueueContext {
  readonly client: Client
  readonly paths: QueuePaths
  readonly options: ResolvedQueueOptions
  readonly cleanUp: CleanUp
  #layout: Promise<void> | null = null
  #damaged = false

  constructor(client: Client, path: string, options: ResolvedQueueOptions, cleanUp: CleanUp) {
    this.client = client
    this.paths = new QueuePaths(path)
    this.options = options
    this.cleanUp = cleanUp
  }

  /** Makes the queue's folders if they are missing; asks the servers once. Rejects with `ERR_CONFIG` if a newer version made the queue. */
  ensureLayout(): Promise<void> {
    this.#layout ??= this.#makeLayout().catch((error: unknown) => {
      this.#layout = null
      throw error
    })
    return this.#layout
  }

  /** A folder was missing: the next `ensureLayout` makes all that are. */
  forgetLayout(): void {
    this.#layout = null
    this.#damaged = true
  }

  /** A create operation with the queue's access control list. */
  create(path: string, data: string | null, mode: 'persistent' | 'ephemeral' | 'container' = 'persistent'): TransactionOp {
    return { type: 'create', path, data, mode, acl: this.options.acl }
  }

  /** What calls reject with once the queue is closed. */
  closedError(what: string): ZoariumError {
    return new ZoariumError('ERR_CLOSED', `task queue ${this.paths.root} (${what})`, { path: this.paths.root })
  }

  async #makeLayout(): Promise<void> {
    const { paths } = this
    const meta = await this.#readMeta()
    if (meta !== null && meta !== LAYOUT) {
      throw new ZoariumError('ERR_CONFIG', `${paths.root}: expected a task queue of layout ${LAYOUT}, got ${String(meta)}`, {
        path: paths.meta,
      })
    }
    if (meta !== null && !this.#damaged) return
    for (let round = 0; ; round++) {
      try {
        await this.#makeFolders()
        this.#damaged = false
        return
      } catch (error) {
        // Somebody is deleting what is made here.
        if (!ZoariumError.is(error, 'NO_NODE') || round === MAX_REPAIRS) throw error
      }
      await delay(backOffMs(round))
    }
  }

  async #makeFolders(): Promise<void> {
    const { client, paths } = this
    await client.ensurePath(paths.root)
    const folders = [paths.workers, paths.assign, paths.tasks, ...paths.shards(), paths.results, paths.dead]
    // One session's requests are done in order: parents before children, and `meta` says that all the rest is there.
    const made = [...folders, paths.epoch].map((path) => this.#createIfMissing(path, null))
    await Promise.all([...made, this.#createIfMissing(paths.meta, JSON.stringify({ layout: LAYOUT }))])
  }

  async #readMeta(): Promise<unknown> {
    try {
      const { data } = await this.client.getData(this.paths.meta)
      const meta: unknown = JSON.parse(data?.toString('utf8') ?? 'null')
      return typeof meta === 'object' && meta !== null && 'layout' in meta ? meta.layout : 'something else'
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return null
      if (error instanceof SyntaxError) return 'something else'
      throw error
    }
  }

  async #createIfMissing(path: string, data: string | null): Promise<void> {
    try {
      await this.client.create(path, data, { acl: this.options.acl })
    } catch (error) {
      if (!ZoariumError.is(error, 'NODE_EXISTS')) throw error
    }
  }
}
