// recipes: guaranteed deletes. Whatever a recipe made and no longer wants is deleted in the background until it is gone.

import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from './abort.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { findOwn } from './own-node.ts'

/** Who hears of a failure that no caller is waiting for. */
export type BackgroundErrorHandler = (error: unknown) => void

/** Clean-up in progress, by client. */
const PENDING = new WeakMap<Client, Set<Promise<void>>>()

/** How many pieces of clean-up of all recipe objects of `client` are in progress. */
export function pendingCleanUps(client: Client): number {
  return PENDING.get(client)?.size ?? 0
}

/** The default handler: a warning of the process. */
export function warnOfError(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)))
}

/** `handler`, but what it throws itself becomes a warning of the process: it must not disturb the recipe. */
export function safeHandler(handler: BackgroundErrorHandler = warnOfError): BackgroundErrorHandler {
  return (error) => {
    try {
      handler(error)
    } catch (thrown) {
      warnOfError(thrown)
    }
  }
}

/**
 * The deletes of one recipe object. A delete is repeated, with pauses, while the connection is the trouble; it ends when the znode is gone,
 * when the session that owns it has ended (the server then deletes it), when the client is closed, or at an error that repeating cannot
 * cure, which the caller gets, or the handler if nobody waits.
 *
 * Repeating is safe because a name is never used twice: a delete that arrives late finds nothing.
 */
export class CleanUp {
  /** Tells the handler. */
  readonly report: BackgroundErrorHandler
  readonly #client: Client
  readonly #running: Set<Promise<void>> = new Set()

  constructor(client: Client, onError?: BackgroundErrorHandler) {
    this.#client = client
    this.report = safeHandler(onError)
  }

  /** Deletes in progress. */
  get pending(): number {
    return this.#running.size
  }

  /** Deletes `node` until it is gone. The promise may not be ignored: {@link CleanUp.discard} is for that. */
  remove(node: OwnNode): Promise<void> {
    return this.#track(this.#untilGone(node), false)
  }

  /** The same for a node that nobody waits for. */
  discard(node: OwnNode): void {
    void this.#track(this.#untilGone(node), true)
  }

  /**
   * Gives up a create that nobody awaits any more: lets it end and deletes what it made. If its outcome is unknown (`null`: it is known to
   * be unknown), the znode whose name starts with `prefix` is looked for.
   */
  abandon(creating: Promise<OwnNode> | null, parent: string, prefix: string): void {
    void this.#track(this.#undo(creating, parent, prefix), true)
  }

  /** Runs `work` as a guaranteed delete: again and again while the connection is the trouble. The promise may not be ignored. */
  perform(work: () => Promise<void>): Promise<void> {
    return this.#track(this.#persist(work), false)
  }

  /**
   * Settles like `work`, or resolves when the belief in the client's session ends first: nothing then depends on `work` any more, which
   * goes
   * on, and tells the handler if it fails. So nobody who is cut off from the servers waits for them longer than a session timeout.
   */
  async bounded(work: Promise<void>): Promise<void> {
    const { signal } = this.#client.session
    try {
      await orAbort(work, signal)
    } catch (error) {
      if (!signal.aborted) throw error
      work.catch((failure: unknown) => this.report(failure))
    }
  }

  /** Lets `settled` wait for `work`; its failure goes to the handler. */
  track(work: Promise<void>): void {
    void this.#track(work, true)
  }

  /** Resolves when nothing is in progress any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  #track(work: Promise<void>, report: boolean): Promise<void> {
    const pending = this.#pending()
    const ended = (): void => {
      this.#running.delete(tracked)
      pending.delete(tracked)
    }
    const tracked = work.then(ended, (error: unknown) => {
      ended()
      if (!report) throw error
      this.report(error)
    })
    this.#running.add(tracked)
    pending.add(tracked)
    return tracked
  }

  #pending(): Set<Promise<void>> {
    let pending = PENDING.get(this.#client)
    if (pending === undefined) PENDING.set(this.#client, (pending = new Set()))
    return pending
  }

  async #undo(creating: Promise<OwnNode> | null, parent: string, prefix: string): Promise<void> {
    const created = await creating?.catch((error: unknown) => (isTransient(error) ? null : undefined))
    if (created === undefined && creating !== null) return
    const node = created ?? (await this.#persist(() => findOwn(this.#client, parent, prefix)))
    if (node !== null && node !== undefined) await this.#untilGone(node)
  }

  async #untilGone(node: OwnNode): Promise<void> {
    await this.#persist(async () => {
      const foreign = node.owner !== 0n && this.#client.session.id !== node.owner
      try {
        await this.#client.delete(node.path)
      } catch (error) {
        if (ZoariumError.is(error, 'NO_NODE') || (foreign && isTransient(error))) return
        throw error
      }
    })
  }

  /** Runs `work` until it succeeds, the client is closed (`undefined`: its ephemeral znodes go with it), or repeating cannot help. */
  async #persist<T>(work: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (ZoariumError.is(error, 'ERR_CLOSED')) return undefined
        if (!isTransient(error)) throw error
      }
      await sleep(backOffMs(attempt))
    }
  }
}
