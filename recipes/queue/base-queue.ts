// recipes: what the queues have in common: putting, taking with a claim, and the count of attempts.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { endOfTurn } from '../cache/server-zxid.ts'
import { backOffMs, linkAbort, sleep } from '../support/abort.ts'
import { Attempt } from '../support/attempt.ts'
import { limitOf, waitWithin, withinTime } from '../support/call-bounds.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { CleanUp } from '../support/clean-up.ts'
import { lookUntil } from '../support/look-until.ts'
import { MAX_TIMER_MS, requireCount, requireOneOf, requirePath, requireTimeout } from '../support/options.ts'
import { childPath } from '../support/own-node.ts'
import { protectedCreate } from '../support/protected-create.ts'
import { MAX_REQUEST_BYTES } from '../support/request-limit.ts'
import { Claims } from './claims.ts'
import type { ItemName } from './item-name.ts'
import { itemPrefix } from './item-name.ts'
import { QueueView } from './queue-view.ts'
import type { QueuedItem, TakenItem } from './queued-item.ts'
import { ServerClock } from './server-clock.ts'

/** Options that every queue takes. */
export interface QueueOptions {
  /**
   * Items that the queue should hold, 1 to 1,000,000. Whoever puts looks first, so that it may be exceeded by as many as put at the same time. Default 100,000.
   */
  readonly maxItems?: number
  /** What a put into a full queue does: reject with `ERR_QUEUE_FULL` (`reject`, the default), or wait for room (`wait`). */
  readonly whenFull?: 'reject' | 'wait'
  /**
   * How often an item is given out, 1 to 1,000,000. One that would be given out once more is put into the folder `dead` instead. Default 1,000,000.
   */
  readonly maxAttempts?: number
  /** Access control list of the znodes. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Called with errors that no caller waits for. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** Options of puts and takes. */
export interface QueueCallOptions extends CallOptions {
  /** One deadline, in milliseconds from the call, 0 to 2^31 - 1; the call then rejects with `ERR_TIMEOUT`. Default: none. */
  readonly timeoutMs?: number
}

//   <path>/items/<id>-<rank>-<n>    persistent; its version is how often it was taken
//   <path>/taken/<same name>        ephemeral: whoever has it; data: an id of this taking
//   <path>/dead/<same name>         given out too often
//   <path>/clocks                   where the servers' time is asked for
//
//   take: one transaction (make the claim, rewrite the item: version + 1)    complete: one transaction (delete the claim, delete that version)
//
// A claim's name is used again, so a claim is told from a later one by the version of the item.

/**
 * What {@link Queue}, {@link PriorityQueue} and {@link DelayQueue} have in common. At least once: an item whose taker's session ends is given to another one. Completed
 * once: by one transaction that fails if the item was given to another one meanwhile.
 */
export abstract class BaseQueue implements AsyncDisposable {
  readonly path: string
  readonly #client: Client
  readonly #options: QueueOptions
  readonly #cleanUp: CleanUp
  readonly #clock: ServerClock
  readonly #closed = new AbortController()
  readonly #claims: Claims
  readonly #maxItems: number
  readonly #maxAttempts: number
  readonly #whenFull: 'reject' | 'wait'
  #view: QueueView | null = null
  #starting: Promise<QueueView> | null = null
  #closing: Promise<void> | undefined = undefined

  /** @internal */
  protected constructor(client: Client, path: string, options: QueueOptions) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#options = options
    this.#maxItems = requireCount('maxItems', options.maxItems ?? 100_000, 1, 1_000_000)
    this.#maxAttempts = requireCount('maxAttempts', options.maxAttempts ?? 1_000_000, 1, 1_000_000)
    this.#whenFull = requireOneOf('whenFull', options.whenFull, ['reject', 'wait'], 'reject')
    this.#cleanUp = new CleanUp(client, options.onError)
    this.#claims = new Claims({ client, cleanUp: this.#cleanUp, path, acl: options.acl, closed: this.#closed.signal })
    this.#clock = new ServerClock(client, this.#cleanUp, childPath(path, 'clocks'))
  }

  /** Items that are in the queue now, those that somebody has included. */
  size(options: CallOptions = {}): Promise<number> {
    return withinTime(
      options,
      () => `size of queue ${this.path}`,
      async (call) => (await this.#client.exists(this.#items, call))?.numChildren ?? 0,
    )
  }

  /**
   * Takes the first item; waits for one. It is this process's until it is completed, released, or the session ends.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CLOSED`, `UNIMPLEMENTED` (a server without persistent watches: ZooKeeper before 3.6), or with what the servers
   * refuse.
   */
  async take(options: QueueCallOptions = {}): Promise<QueuedItem> {
    const timeoutMs = requireTimeout(options.timeoutMs)
    this.#closed.signal.throwIfAborted()
    const attempt = new Attempt({ signal: options.signal, timeoutMs, closed: this.#closed.signal }, () => `queue ${this.path}`)
    try {
      attempt.check()
      const view = await attempt.wait(this.#viewed())
      for (let failures = 0; ; ) {
        attempt.check()
        view.signal.throwIfAborted()
        const taken = await this.#tryFirst(view, attempt)
        if (taken === 'none') await this.#wait(view, attempt)
        else if (taken !== 'missed') return taken
        // What made it fail was told before, and is taken in by the end of the turn.
        else if (failures++ < 3) await endOfTurn()
        else await sleep(backOffMs(Math.min(failures - 3, 4)), attempt.signal)
        if (taken === 'none') failures = 0
      }
    } finally {
      attempt.end()
    }
  }

  /** Takes the first item if one is free now, else `null`. Rejects as {@link BaseQueue.take} does. */
  async tryTake(options: CallOptions = {}): Promise<QueuedItem | null> {
    const timeoutMs = limitOf(options)
    this.#closed.signal.throwIfAborted()
    const attempt = new Attempt({ signal: options.signal, timeoutMs, closed: this.#closed.signal }, () => `queue ${this.path}`)
    try {
      attempt.check()
      // Not older than this call: what was put before it is seen.
      await attempt.wait(this.#viewed())
      await attempt.wait(this.#client.sync(this.path))
      await endOfTurn()
      const view = await attempt.wait(this.#viewed())
      for (;;) {
        await view.listed(attempt.signal)
        attempt.check()
        view.signal.throwIfAborted()
        const taken = await this.#tryFirst(view, attempt)
        if (taken === 'none') return null
        if (taken !== 'missed') return taken
        await endOfTurn()
      }
    } finally {
      attempt.end()
    }
  }

  /** Gives up every wait, releases every item, and waits for all clean-up, at most until the session's deadline. Idempotent. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing queue ${this.path}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal */
  protected async add(
    data: Uint8Array | string | null,
    rankOf: (clock: (attempt: Attempt) => Promise<number>, attempt: Attempt) => number | Promise<number>,
    options: QueueCallOptions,
  ): Promise<string> {
    const timeoutMs = requireTimeout(options.timeoutMs)
    this.#closed.signal.throwIfAborted()
    // The claim writes the item again. What could be put but not taken would be in the way of all others.
    if (data !== null && Buffer.byteLength(data) > MAX_REQUEST_BYTES)
      throw new ZoariumError('ERR_TOO_LARGE', `queue ${this.path}: an item has at most ${MAX_REQUEST_BYTES} bytes`, { path: this.path })
    const attempt = new Attempt({ signal: options.signal, timeoutMs, closed: this.#closed.signal }, () => `queue ${this.path}`)
    try {
      attempt.check()
      const rank = await rankOf(async (bounds) => (await this.#clock.now(bounds)).latestMs, attempt)
      await this.#untilRoom(attempt)
      const { acl } = this.#options
      const what = { client: this.#client, cleanUp: this.#cleanUp, attempt, parent: this.#items, data, acl }
      const { node } = await protectedCreate(
        { ...what, name: (id) => itemPrefix(id, rank), mode: 'persistent-sequential' },
        async () => null,
      )
      return node.path
    } finally {
      attempt.end()
    }
  }

  /** When `item` may be taken, by the servers' clock; 0: at once. @internal */
  protected dueMs(_item: ItemName): number {
    return 0
  }

  get #items(): string {
    return childPath(this.path, 'items')
  }

  async #close(): Promise<void> {
    const reason = new ZoariumError('ERR_CLOSED', `queue ${this.path}`, { path: this.path })
    this.#closed.abort(reason)
    const released = await Promise.allSettled([...this.#claims.open.values()].map((item) => item.release()))
    // A start that is under way ends with its view, however long the servers cannot be reached.
    await this.#view?.close(reason)
    await this.#starting?.catch(() => {})
    await this.#cleanUp.bounded(this.#cleanUp.settled())
    for (const result of released) if (result.status === 'rejected') throw result.reason
  }

  /** One that has failed is made anew: what the servers refused they may allow now. */
  #viewed(): Promise<QueueView> {
    if (this.#view?.signal.aborted === true && !this.#closed.signal.aborted) this.#starting = null
    this.#starting ??= this.#startView().catch((error: unknown) => {
      this.#starting = null
      throw error
    })
    return this.#starting
  }

  async #startView(): Promise<QueueView> {
    const view = new QueueView(this.#client, this.#cleanUp, {
      root: this.path,
      items: this.#items,
      taken: childPath(this.path, 'taken'),
    })
    this.#view = view
    view.onReleased = (name) => {
      const item = this.#claims.open.get(name)
      if (item !== undefined) this.#cleanUp.track(item.verify())
    }
    try {
      await view.start()
    } catch (error) {
      await view.close(error)
      throw error
    }
    // What a view before this one did not live to see.
    for (const item of this.#claims.open.values()) this.#cleanUp.track(item.verify())
    return view
  }

  /** The first item that is free, `missed` if somebody was faster. */
  async #tryFirst(view: QueueView, attempt: Attempt): Promise<TakenItem | 'none' | 'missed'> {
    const item = view.first()
    if (item === null) return 'none'
    const dueMs = this.dueMs(item)
    if (dueMs > 0 && (await this.#clock.now(attempt)).earliestMs < dueMs) return 'none'
    const taken = await this.#claim(item, attempt)
    if (taken === null) return 'missed'
    if (taken.attempt <= this.#maxAttempts) return taken
    await this.#bury(item, taken, attempt)
    return 'missed'
  }

  /** Goes on when the attempt has ended. */
  async #bury(item: ItemName, taken: TakenItem, attempt: Attempt): Promise<void> {
    const burying = this.#claims.bury(item, taken)
    try {
      await attempt.wait(burying)
    } catch (error) {
      if (attempt.signal.aborted) this.#cleanUp.track(burying)
      throw error
    }
  }

  /** Until something changes, or the first item is due. */
  async #wait(view: QueueView, attempt: Attempt): Promise<void> {
    const { controller, unlink } = linkAbort(attempt.signal)
    const first = view.first()
    let timer: NodeJS.Timeout | undefined
    try {
      const dueMs = first === null ? 0 : this.dueMs(first)
      if (first !== null && dueMs === 0) return
      if (dueMs > 0) {
        const leftMs = dueMs - (await this.#clock.now(attempt)).earliestMs
        timer = setTimeout(() => controller.abort(), Math.min(Math.max(1, Math.ceil(leftMs)), MAX_TIMER_MS))
      }
      // Nothing may have come while the clock was asked.
      if (view.first() === first) await view.changed(controller.signal)
    } finally {
      clearTimeout(timer)
      unlink()
      controller.abort()
    }
  }

  /** What is taken after the attempt has ended is given back. */
  async #claim(item: ItemName, attempt: Attempt): Promise<TakenItem | null> {
    const claiming = this.#claims.take(item)
    try {
      return await attempt.wait(claiming)
    } catch (error) {
      // Why a claim that nobody awaits any more was refused is of no interest; that it cannot be given back is.
      this.#cleanUp.track(
        claiming.then(
          (late) => late?.release(),
          () => {},
        ),
      )
      throw error
    }
  }

  async #untilRoom(attempt: Attempt): Promise<void> {
    const hasRoom = async (): Promise<true | undefined> => {
      const stat = await this.#client.exists(this.#items)
      return (stat?.numChildren ?? 0) < this.#maxItems ? true : undefined
    }
    if (this.#whenFull === 'wait') await lookUntil(this.#client, attempt, () => [[this.#items, 'children']], hasRoom)
    else if ((await attempt.wait(hasRoom())) === undefined)
      throw new ZoariumError('ERR_QUEUE_FULL', `queue ${this.path}`, { path: this.path })
  }
}
