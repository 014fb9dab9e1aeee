// recipes: a candidate for master of a task queue: stands for election, governs while elected, stands again.

import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { LeaderElection } from '../leader-election.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import type { SignalOptions } from '../support/call-bounds.ts'
import { waitWithin } from '../support/call-bounds.ts'
import { isTransient } from '../support/outcome.ts'
import { EventStream } from './event-stream.ts'
import { MasterTerm } from './master-term.ts'
import type { QueueContext } from './queue-context.ts'
import type { MasterEvent, RunEnd } from './types.ts'

/**
 * A master of a {@link TaskQueue}, or one that stands by until the present one is gone. Made by {@link TaskQueue.runMaster}.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { TaskQueue } from 'zoarium/recipes'
 *
 * const client = await connect('127.0.0.1:2181')
 * await using queue = new TaskQueue(client, '/queues/mail')
 * await using master = queue.runMaster()
 * for await (const event of master.events()) console.log(event)
 * ```
 */
export class TaskMaster implements AsyncDisposable {
  /** Resolves when the master has ended; never rejects. A failure goes to the queue's `onError` too. */
  readonly ended: Promise<RunEnd>
  readonly #context: QueueContext
  readonly #name: string
  readonly #events: EventStream = new EventStream()
  readonly #closing: AbortController = new AbortController()
  #term: MasterTerm | null = null

  /** @internal Use {@link TaskQueue.runMaster}. */
  constructor(context: QueueContext, name: string, signal: AbortSignal | undefined) {
    this.#context = context
    this.#name = name
    const abort = (): void => void this.close()
    signal?.addEventListener('abort', abort, { once: true })
    this.ended = this.#run().finally(() => signal?.removeEventListener('abort', abort))
    if (signal?.aborted === true) abort()
  }

  /** The number of its term of office while it is elected, else `null`. Larger than that of every earlier master of the queue. */
  get epoch(): number | null {
    const epoch = this.#term?.epoch ?? 0
    return epoch === 0 ? null : epoch
  }

  /**
   * What happens from now on, in order; ends with the master. Keeps up to 10,000 events for a reader that lags, then says `dropped`.
   * Aborting `signal` rejects with its reason.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using queue = new TaskQueue(client, '/queues/mail')
   * const master = queue.runMaster()
   * for await (const event of master.events({ signal: AbortSignal.timeout(60_000) })) {
   *   if (event.type === 'dead') console.error(`task ${event.task} was given up`)
   * }
   * ```
   */
  events(options: SignalOptions = {}): AsyncIterableIterator<MasterEvent, undefined, undefined> {
    return this.#events.read(options.signal)
  }

  /** Steps down or stops standing by; resolves when nothing is left behind. Idempotent. `signal` and `timeoutMs` end the waiting only. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing a master of ${this.#context.paths.root}`,
      async () => {
        if (!this.#closing.signal.aborted) this.#closing.abort(this.#context.closedError('master'))
        await this.ended
      },
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(): Promise<RunEnd> {
    // Whoever calls the constructor can still read the events from the first one on.
    await null
    const { client, paths, options, cleanUp } = this.#context
    const report = (error: unknown): void => cleanUp.report(error)
    const election = new LeaderElection(client, paths.election, { data: this.#name, acl: options.acl, onError: report })
    try {
      for (let round = 0; ; round++) {
        this.#signal.throwIfAborted()
        const before = performance.now()
        await this.#standOnce(election)
        if (performance.now() - before > STEADY_MS) round = 0
        else await sleep(backOffMs(round), this.#signal)
      }
    } catch (error) {
      if (this.#signal.aborted) return { type: 'closed' }
      report(error)
      return { type: 'failed', error }
    } finally {
      await election.close().catch(report)
      this.#events.end()
    }
  }

  get #signal(): AbortSignal {
    return this.#closing.signal
  }

  async #standOnce(election: LeaderElection): Promise<void> {
    try {
      await this.#context.ensureLayout()
      const grant = await election.campaign({ signal: this.#signal })
      try {
        this.#term = new MasterTerm(this.#context, grant, this.#name, this.#events, this.#signal)
        await this.#term.run()
      } finally {
        this.#term = null
        await grant.release()
      }
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!isTransient(error) || ZoariumError.is(error, 'ERR_CLOSED')) throw error
    }
  }
}

/** A candidacy that lasted this long was no hiccup: the next one begins without a pause. */
const STEADY_MS = 1_000
