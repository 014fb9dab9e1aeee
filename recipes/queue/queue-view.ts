// recipes: what is in a queue, by name alone: one list at the beginning and after each gap, then the names that events tell. Nothing is read.

import type { Client, PersistentWatch, PersistentWatchEvent } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { Damper } from '../support/damper.ts'
import { Heap } from '../support/heap.ts'
import { isTransient } from '../support/outcome.ts'
import { childPath } from '../support/own-node.ts'
import { untilDone } from '../support/retry.ts'
import type { ItemName } from './item-name.ts'
import { compareItems, parseItem } from './item-name.ts'

/** Items in the heap that are gone, beside as many as are there. */
const MOST_STALE = 100

/** Folders of a queue. */
export interface QueueFolders {
  readonly root: string
  readonly items: string
  readonly taken: string
}

/** Follows one queue from `start` on. */
export class QueueView {
  readonly #client: Client
  readonly #cleanUp: CleanUp
  readonly #folders: QueueFolders
  readonly #end = new AbortController()
  readonly #items = new Map<string, ItemName>()
  readonly #taken = new Set<string>()
  /** Items that are free, the first one on top, and some that are not any more. */
  #free = new Heap<ItemName>(comesBefore)
  /** What events told while a list was under way, by path: true for created. */
  #since: Map<string, boolean> | null = null
  readonly #waiting = new Set<() => void>()
  readonly #gaps = new Damper()
  /** Called when a claim is gone. */
  onReleased: (name: string) => void = () => {}
  #watch: PersistentWatch | null = null
  #following: Promise<void> = Promise.resolve()
  #lists = 0

  constructor(client: Client, cleanUp: CleanUp, folders: QueueFolders) {
    this.#client = client
    this.#cleanUp = cleanUp
    this.#folders = folders
  }

  /** Aborts with the reason when nothing can be followed any more. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** Items, taken ones included. */
  get size(): number {
    return this.#items.size
  }

  /** Resolves when what is in the queue is known. */
  async start(): Promise<void> {
    const { signal } = this.#end
    this.#watch = await untilDone(() => this.#client.watch(this.#folders.root, { recursive: true, signal }), signal)
    this.#following = this.#follow(this.#watch).catch((error: unknown) => this.#fail(error))
    signal.throwIfAborted()
    await this.#list()
  }

  async close(reason: unknown): Promise<void> {
    this.#finish(reason)
    await this.#watch?.close()
    await this.#following
  }

  /** The first item that is free, `null` if none is. */
  first(): ItemName | null {
    for (let item = this.#free.peek(); item !== undefined; item = this.#free.peek()) {
      if (this.#items.get(item.name) === item && !this.#taken.has(item.name)) return item
      this.#free.pop()
    }
    return null
  }

  /** Resolves when what is in the queue is known again, if it is being listed; also when the signal aborts or the view ends. */
  async listed(signal: AbortSignal): Promise<void> {
    while (this.#since !== null && !signal.aborted && !this.#end.signal.aborted) await this.changed(signal)
  }

  /** Resolves at the next change that can matter to somebody who found nothing. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      if (signal.aborted || this.#end.signal.aborted) wake()
      else signal.addEventListener('abort', wake, { once: true })
    })
  }

  async #follow(watch: PersistentWatch): Promise<void> {
    for await (const event of watch) this.#hear(event)
  }

  #hear(event: PersistentWatchEvent): void {
    switch (event.type) {
      case 'gap':
        this.#list().catch((error: unknown) => this.#fail(error))
        return
      case 'lost':
        this.#fail(new ZoariumError('ERR_CLOSED', `queue ${this.#folders.root}: the client is closed`, { path: this.#folders.root }))
        return
      case 'created':
      case 'deleted':
        this.#since?.set(event.path, event.type === 'created')
        this.#apply(event.path, event.type === 'created')
        return
      case 'changed':
      case 'children':
      case 'resumed':
        return
    }
  }

  #apply(path: string, created: boolean): void {
    const { items, taken } = this.#folders
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (path === childPath(items, name)) {
      if (created) this.#add(name)
      else this.#items.delete(name)
    } else if (path === childPath(taken, name)) {
      if (created) this.#taken.add(name)
      else this.#release(name)
    } else return
    this.#wake()
  }

  #add(name: string): void {
    if (this.#items.has(name)) return
    const item = parseItem(name)
    if (item === null) return
    this.#items.set(name, item)
    this.#push(item)
  }

  #release(name: string): void {
    this.#taken.delete(name)
    const item = this.#items.get(name)
    if (item !== undefined) this.#push(item)
    this.onReleased(name)
  }

  /** What is free no more leaves the heap at its top alone: in a process that takes nothing for long it would gather, so it is made anew now and then. */
  #push(item: ItemName): void {
    this.#free.push(item)
    if (this.#free.size <= 2 * this.#items.size + MOST_STALE) return
    this.#free = new Heap<ItemName>(comesBefore)
    for (const one of this.#items.values()) if (!this.#taken.has(one.name)) this.#free.push(one)
  }

  /** Replaces everything by what the servers have, and what events told since they were asked. A later list makes this one void. */
  async #list(): Promise<void> {
    const number = ++this.#lists
    this.#since = new Map()
    const pauseMs = this.#gaps.pauseMs()
    if (pauseMs > 0) await sleep(pauseMs, this.#end.signal)
    if (number !== this.#lists) return
    const [items, taken] = await Promise.all([this.#names(this.#folders.items), this.#names(this.#folders.taken)])
    if (number !== this.#lists || this.#end.signal.aborted) return
    const since = this.#since
    this.#since = null
    const before = [...this.#taken]
    this.#items.clear()
    this.#taken.clear()
    this.#free = new Heap<ItemName>(comesBefore)
    for (const name of taken) this.#taken.add(name)
    for (const name of items) this.#add(name)
    for (const [path, created] of since) this.#apply(path, created)
    for (const name of before) if (!this.#taken.has(name)) this.onReleased(name)
    this.#wake()
  }

  async #names(folder: string): Promise<readonly string[]> {
    for (let round = 0; ; round++) {
      try {
        return (await this.#client.getChildren(folder, { signal: this.#end.signal })).children
      } catch (error) {
        if (ZoariumError.is(error, 'NO_NODE')) return []
        if (this.#end.signal.aborted || !isTransient(error)) throw error
      }
      await sleep(backOffMs(round), this.#end.signal)
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  #fail(error: unknown): void {
    if (!this.#end.signal.aborted) this.#cleanUp.track(this.#watch?.close() ?? Promise.resolve())
    this.#finish(error)
  }

  #finish(reason: unknown): void {
    if (!this.#end.signal.aborted) this.#end.abort(reason)
    this.#wake()
  }
}

function comesBefore(a: ItemName, b: ItemName): boolean {
  return compareItems(a, b) < 0
}
