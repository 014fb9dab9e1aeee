// recipes: a worker of a task queue: registers, works, and registers anew whenever its session has ended.

import PQueue from 'p-queue'
import type { CallOptions } from '../../core/index.ts'
import { waitWithin } from '../support/call-bounds.ts'
import type { IncarnationEnd } from './incarnation.ts'
import { Incarnation } from './incarnation.ts'
import type { ResolvedWorkerOptions } from './options.ts'
import type { QueueContext } from './queue-context.ts'
import type { Registration } from './registration.ts'
import { register } from './registration.ts'
import type { RunEnd, TaskHandler } from './types.ts'

/**
 * A worker of a {@link TaskQueue}. Made by {@link TaskQueue.runWorker}.
 *
 * When its session ends, the signals of its handlers abort, their tasks go to other workers, and it registers again under another id.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { TaskQueue } from 'zoarium/recipes'
 *
 * const client = await connect('127.0.0.1:2181')
 * const queue = new TaskQueue<{ to: string }, string>(client, '/queues/mail')
 * const worker = await queue.runWorker(async (task, { signal }) => `sent to ${task.payload.to}, ${signal.aborted}`, { concurrency: 4 })
 * process.once('SIGTERM', () => void worker.close())
 * console.log(await worker.ended)
 * ```
 */
export class TaskWorker<Payload, Value> implements AsyncDisposable {
  /** Resolves when the worker has ended; never rejects. A failure goes to the queue's `onError` too. */
  readonly ended: Promise<RunEnd>
  /** @internal Resolves with the first registration. */
  readonly registered: Promise<void>
  readonly #context: QueueContext
  readonly #options: ResolvedWorkerOptions
  readonly #handler: TaskHandler<Payload, Value>
  readonly #slots: PQueue
  readonly #closing: AbortController = new AbortController()
  #registration: Registration | null = null
  #wasRegistered = false

  /** @internal Use {@link TaskQueue.runWorker}. */
  constructor(
    context: QueueContext,
    handler: TaskHandler<Payload, Value>,
    options: ResolvedWorkerOptions,
    signal: AbortSignal | undefined,
  ) {
    this.#context = context
    this.#handler = handler
    this.#options = options
    this.#slots = new PQueue({ concurrency: options.concurrency })
    const abort = (): void => this.#stop(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    const first = this.#register()
    this.registered = first.then(() => {})
    this.ended = this.#run(first).finally(() => signal?.removeEventListener('abort', abort))
  }

  /** The name of its znode in `workers`; another one after the loss of the session, `null` while it is not registered. */
  get id(): string | null {
    return this.#registration?.id ?? null
  }

  /** Handlers that run now, also those whose result is not wanted any more. */
  get running(): number {
    return this.#slots.pending
  }

  /**
   * Closes in good order: takes nothing more, hands back what has not begun (without using up an attempt), lets handlers finish for
   * `drainTimeoutMs`, then aborts their signals, waits `abortGraceMs` and hands back what still runs. Resolves when its znodes and its
   * watch are gone. Idempotent. `signal` and `timeoutMs` end the waiting only.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using queue = new TaskQueue<number, number>(client, '/queues/squares')
   * const worker = await queue.runWorker(({ payload }) => payload ** 2, { drainTimeoutMs: 10_000 })
   * await worker.close()
   * console.log(worker.id) // null
   * ```
   */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing a worker of ${this.#context.paths.root}`,
      async () => {
        this.#stop(this.#context.closedError('worker'))
        await this.ended
      },
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #stop(reason: unknown): void {
    if (!this.#closing.signal.aborted) this.#closing.abort(reason)
  }

  #register(): Promise<Registration> {
    return register(this.#context, this.#options, this.#closing.signal)
  }

  async #run(first: Promise<Registration>): Promise<RunEnd> {
    let registering = first
    try {
      for (;;) {
        this.#registration = await registering
        this.#wasRegistered = true
        const end = await this.#serve(this.#registration)
        this.#registration = null
        if (end === 'closed') return { type: 'closed' }
        registering = this.#register()
      }
    } catch (error) {
      if (this.#closing.signal.aborted && error === this.#closing.signal.reason) return { type: 'closed' }
      // Before the first registration the caller of `runWorker` gets it.
      if (this.#wasRegistered) this.#context.cleanUp.report(error)
      return { type: 'failed', error }
    } finally {
      this.#registration = null
    }
  }

  #serve(registration: Registration): Promise<IncarnationEnd> {
    return new Incarnation(this.#context, registration, this.#options, this.#slots, this.#handler).run(this.#closing.signal)
  }
}
