// recipes: one registration of a worker, from its znode's creation to its end: takes what comes into its folder, and drains.

import type PQueue from 'p-queue'
import type { TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort, sleep } from '../support/abort.ts'
import { isTransient } from '../support/outcome.ts'
import { untilDone } from '../support/retry.ts'
import type { ExecutionHost } from './execution.ts'
import { Execution } from './execution.ts'
import type { ResolvedWorkerOptions } from './options.ts'
import { taskOfAttempt } from './paths.ts'
import type { QueueContext } from './queue-context.ts'
import type { Registration } from './registration.ts'
import { deregister, workerData } from './registration.ts'
import type { TaskHandler } from './types.ts'

/** How a registration ended: the worker closed, its session ended, or somebody removed its folder. */
export type IncarnationEnd = 'closed' | 'sessionEnded' | 'removed'

/** Attempts handed back in one transaction. */
const HAND_BACK_BATCH = 500

export class Incarnation<Payload, Value> {
  readonly #context: QueueContext
  readonly #registration: Registration
  readonly #options: ResolvedWorkerOptions
  readonly #host: ExecutionHost<Payload, Value>
  /** Shared with the worker's other incarnations: handlers of an earlier one may still run and count. */
  readonly #slots: PQueue
  readonly #executions: Map<string, Execution<Payload, Value>> = new Map()
  /** Aborts when this incarnation takes nothing more, with the error that ended it, if one did. */
  readonly #end: AbortController = new AbortController()
  #draining = false
  #removed = false
  #failure: { readonly error: unknown } | null = null

  constructor(
    context: QueueContext,
    registration: Registration,
    options: ResolvedWorkerOptions,
    slots: PQueue,
    handler: TaskHandler<Payload, Value>,
  ) {
    this.#context = context
    this.#registration = registration
    this.#options = options
    this.#slots = slots
    this.#host = { context, worker: registration.id, handler, session: registration.session.signal }
  }

  /** Works until `closing` aborts and the rest is drained, or until the registration is gone. Rejects with what cannot be cured. */
  async run(closing: AbortSignal): Promise<IncarnationEnd> {
    const { watch, session } = this.#registration
    const stop = (): void => this.#end.abort()
    closing.addEventListener('abort', stop, { once: true })
    session.signal.addEventListener('abort', stop, { once: true })
    if (closing.aborted || session.signal.aborted) stop()
    const following = this.#follow()
    try {
      await aborted(this.#end.signal)
      if (this.#failure !== null) throw this.#failure.error
      if (closing.aborted && !session.signal.aborted) await this.#drain(closing.reason)
    } finally {
      closing.removeEventListener('abort', stop)
      session.signal.removeEventListener('abort', stop)
      for (const execution of this.#executions.values()) execution.revoke('the worker is not registered any more')
      await watch.close()
      await following
      await this.#leave()
    }
    if (closing.aborted) return 'closed'
    return this.#removed ? 'removed' : 'sessionEnded'
  }

  /** Also after the loss of the session: when only its deadline has passed, the znode may still be there. Then nobody waits for it. */
  async #leave(): Promise<void> {
    const { id, session } = this.#registration
    const leaving = deregister(this.#context, id)
    this.#context.cleanUp.track(leaving)
    // A failure is reported by the clean-up.
    await orAbort(leaving, session.signal).catch(() => {})
  }

  async #follow(): Promise<void> {
    const { watch } = this.#registration
    try {
      for await (const event of watch) {
        if (event.type === 'gap') await this.#list()
        else if (event.type === 'created') this.#start(event.path)
        else if (event.type === 'deleted') this.#gone(event.path)
        else if (event.type === 'lost') break
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Something may have been missed: the folder is compared with what is known. */
  async #list(): Promise<void> {
    const { paths, client } = this.#context
    const folder = paths.folder(this.#registration.id)
    try {
      const { children } = await untilDone(() => client.getChildren(folder), this.#end.signal)
      for (const attempt of this.#executions.keys()) if (!children.includes(attempt)) this.#revoke(attempt)
      for (const attempt of children) this.#start(`${folder}/${attempt}`)
    } catch (error) {
      if (this.#end.signal.aborted) return
      if (ZoariumError.is(error, 'NO_NODE')) this.#gone(folder)
      else throw error
    }
  }

  #start(path: string): void {
    const attempt = path.slice(path.lastIndexOf('/') + 1)
    const task = taskOfAttempt(attempt)
    if (task === null || this.#draining || this.#end.signal.aborted || this.#executions.has(attempt)) return
    const execution = new Execution(this.#host, task, attempt)
    this.#executions.set(attempt, execution)
    void this.#slots.add(() => execution.run())
    execution.over.then(
      () => this.#executions.delete(attempt),
      (error: unknown) => {
        this.#executions.delete(attempt)
        this.#fail(error)
      },
    )
  }

  #gone(path: string): void {
    if (path !== this.#context.paths.folder(this.#registration.id)) {
      this.#revoke(path.slice(path.lastIndexOf('/') + 1))
      return
    }
    this.#removed = true
    this.#end.abort()
  }

  #revoke(attempt: string): void {
    this.#executions.get(attempt)?.revoke('it was taken away')
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#end.abort()
  }

  //   draining: the master assigns nothing more -> hand back what has not begun -> wait for what runs -> ask it to end -> hand it back

  async #drain(reason: unknown): Promise<void> {
    this.#draining = true
    const { drainTimeoutMs, abortGraceMs } = this.#options
    try {
      await this.#announceDraining()
      await this.#handBackUnstarted()
      await this.#runningEnd(drainTimeoutMs)
      for (const execution of this.#executions.values()) execution.requestEnd(reason)
      await this.#runningEnd(abortGraceMs)
      if (this.#failure !== null) throw this.#failure.error
    } catch (error) {
      if (!this.#host.session.aborted) throw error
    }
  }

  async #announceDraining(): Promise<void> {
    const { client, paths } = this.#context
    const path = paths.worker(this.#registration.id)
    try {
      await untilDone(() => client.setData(path, workerData(this.#options, true)), this.#host.session)
    } catch (error) {
      if (!ZoariumError.is(error, 'NO_NODE')) throw error
    }
  }

  async #handBackUnstarted(): Promise<void> {
    const { client, paths } = this.#context
    const { id } = this.#registration
    const unstarted = [...this.#executions.values()].filter((execution) => execution.state === 'queued')
    for (const execution of unstarted) execution.revoke('it was handed back')
    for (let at = 0; at < unstarted.length; at += HAND_BACK_BATCH) {
      const attempts = unstarted.slice(at, at + HAND_BACK_BATCH)
      const ops = attempts.map(({ attempt }): TransactionOp => ({ type: 'delete', path: paths.attempt(id, attempt) }))
      try {
        await client.multi([{ type: 'check', path: paths.worker(id) }, ...ops], { signal: this.#host.session })
      } catch (error) {
        // What is not handed back here goes with the folder.
        if (!ZoariumError.is(error, 'NO_NODE') && !isTransient(error)) throw error
      }
    }
  }

  /** Waits until nothing runs any more, or for `ms`. */
  async #runningEnd(ms: number): Promise<void> {
    const running = [...this.#executions.values()].map((execution) => execution.over)
    if (running.length === 0) return
    const timer = new AbortController()
    const { session } = this.#host
    try {
      await orAbort(Promise.race([Promise.allSettled(running), sleep(ms, timer.signal)]), session)
    } finally {
      timer.abort()
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
