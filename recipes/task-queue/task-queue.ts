// recipes: the task queue's public face: submit, run a master, run a worker.

import type { CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort } from '../support/abort.ts'
import { Undecided, waitWithin, withinTime } from '../support/call-bounds.ts'
import { CleanUp } from '../support/clean-up.ts'
import { newId } from '../support/ids.ts'
import { Operations } from '../support/operations.ts'
import type { MasterOptions, TaskQueueOptions, WorkerOptions } from './options.ts'
import { checkId, checkQueuePath, resolveMasterName, resolveQueueOptions, resolveWorkerOptions } from './options.ts'
import { QueueContext } from './queue-context.ts'
import { decodeEpoch, toResult } from './records.ts'
import { ResultInbox } from './result-inbox.ts'
import type { Submitted } from './submitter.ts'
import { Submitter } from './submitter.ts'
import { TaskMaster } from './task-master.ts'
import { TaskWorker } from './task-worker.ts'
import type { QueueStats, Submission, TaskHandle, TaskHandler, TaskResult } from './types.ts'

/** Options of {@link TaskQueue.submit}. */
export interface SubmitOptions extends CallOptions {
  /** Id of the task: 1 to 64 of `A-Z a-z 0-9 _ . -`. Default: a random one. */
  readonly id?: string
}

/** A master or worker that this object runs. */
interface Runner {
  readonly ended: Promise<unknown>
  close(): Promise<void>
}

/**
 * A durable queue of tasks: processes submit, one master assigns, workers do. Any process may play any of the roles; they only need the
 * same path.
 *
 * - A task that `submit` resolved for survives the loss of every process and of a minority of the servers.
 * - A task is done at least once and has **at most one accepted result**. Two handlers can overlap only while one of them is cut off
 *   from the servers for longer than its session; its result is then refused and its signal aborts.
 * - Tasks are assigned in the order of submission. There is no order under retries, and none between workers.
 * - Losing the master stops new assignments until a standby master has taken over; tasks that run are not concerned.
 *
 * It is a queue for work that must not be lost or done twice, at hundreds to some thousands of tasks a second and up to 100,000 waiting;
 * for bulk there are better tools. A task costs three transactions: submit, assign, complete; the first two are batched under load.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { TaskQueue } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using queue = new TaskQueue<{ n: number }, number>(client, '/queues/squares')
 * await using master = queue.runMaster()
 * await using worker = await queue.runWorker((task) => task.payload.n ** 2, { concurrency: 2 })
 * const handle = await queue.submit({ n: 12 })
 * console.log(await handle.value(), master.epoch, worker.id) // 144
 * ```
 */
export class TaskQueue<Payload = unknown, Value = unknown> implements AsyncDisposable {
  /** Whose folder the results of this object's submissions go to. */
  readonly clientId: string
  readonly #context: QueueContext
  readonly #submitter: Submitter
  readonly #inboxes: Map<string, ResultInbox> = new Map()
  readonly #runners: Set<Runner> = new Set()
  readonly #operations: Operations = new Operations()
  #closed: Promise<void> | null = null

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: TaskQueueOptions = {}) {
    const resolved = resolveQueueOptions(options)
    this.clientId = resolved.clientId ?? newId()
    const cleanUp = resolved.onError === null ? new CleanUp(client) : new CleanUp(client, resolved.onError)
    this.#context = new QueueContext(client, checkQueuePath(path), resolved, cleanUp)
    this.#submitter = new Submitter(this.#context, this.clientId)
  }

  /** The queue's path. */
  get path(): string {
    return this.#context.paths.root
  }

  /**
   * Puts a task into the queue; resolves when it is durable. `payload` must be JSON.
   *
   * A task is known by its id: submitting an id again while its task is not ended or its result not collected gives a handle of the same
   * task, whoever submitted it first. So a call that was aborted or rejected may be repeated with the same id, and a lost reply is resolved
   * here in the same way. The result belongs to who was first: another client's handle can miss it when that one collects it.
   *
   * Rejects with `ERR_QUEUE_FULL` (`maxTasks`, `maxResults`), `ERR_TOO_LARGE` (`maxPayloadBytes`), `ERR_VALIDATION` (not JSON),
   * `ERR_CONFLICT` (the id stands for another payload), `ERR_CONFIG` (the id), `ERR_CLOSED`, or `signal.reason`; after an abort the task
   * may have been submitted or not. When time is up: with `ERR_TIMEOUT` if it was not, with `ERR_UNKNOWN_OUTCOME` if nobody can say.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using queue = new TaskQueue(client, '/queues/mail')
   * const handle = await queue.submit({ to: 'a@example.org' }, { id: 'welcome-4711' })
   * const result = await handle.result({ signal: AbortSignal.timeout(60_000) })
   * console.log(result.type === 'completed' ? result.value : result.error.message)
   * ```
   */
  async submit(payload: Payload, options: SubmitOptions = {}): Promise<TaskHandle<Value>> {
    const id = options.id === undefined ? newId() : checkId('id', options.id)
    const task = this.#submitter.prepare(id, payload)
    return this.#submitting(options, async (signal, undecided) => {
      await orAbort(Promise.resolve(this.#inboxes.get(this.clientId)?.removed(id)), signal)
      return this.#handle(await this.#submitter.submit(task, signal, undecided))
    })
  }

  /**
   * Submits many tasks in few transactions (up to 200 tasks or 512 KiB each, in order) and resolves with their handles in the same order.
   * Rejects as {@link TaskQueue.submit} does; transactions before the one that failed stay submitted, so give ids if you want to repeat.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using queue = new TaskQueue<number, number>(client, '/queues/squares')
   * const handles = await queue.submitMany([1, 2, 3].map((payload) => ({ payload })))
   * console.log(await Promise.all(handles.map((handle) => handle.value())))
   * ```
   */
  async submitMany(submissions: readonly Submission<Payload>[], options: CallOptions = {}): Promise<TaskHandle<Value>[]> {
    const tasks = submissions.map(({ id, payload }) => this.#submitter.prepare(id === undefined ? newId() : checkId('id', id), payload))
    return this.#submitting(options, async (signal, undecided) => {
      await orAbort(Promise.all(tasks.map(({ id }) => this.#inboxes.get(this.clientId)?.removed(id))), signal)
      const submitted = await this.#submitter.submitMany(tasks, signal, undecided)
      return submitted.map((one) => this.#handle(one))
    })
  }

  /**
   * Runs a master: it assigns tasks while it is elected, and stands by while another one is. Every queue needs at least one; two or
   * more in different processes make the loss of one a matter of a session timeout.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using queue = new TaskQueue(client, '/queues/mail')
   * const stop = new AbortController()
   * process.once('SIGTERM', () => stop.abort())
   * const master = queue.runMaster({ name: 'host-7', signal: stop.signal })
   * for await (const event of master.events()) {
   *   if (event.type === 'workerLost') console.log(`${event.worker} is gone, ${event.tasks} tasks go back`)
   * }
   * ```
   */
  runMaster(options: MasterOptions = {}): TaskMaster {
    this.#checkOpen()
    return this.#run(new TaskMaster(this.#context, resolveMasterName(options), options.signal))
  }

  /**
   * Runs a worker; resolves when it is registered. Rejects with `signal.reason`, `ERR_CONFIG`, `ERR_CLOSED`, or with what the servers
   * refuse (`NO_AUTH`).
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using queue = new TaskQueue<{ url: string }, number>(client, '/queues/fetch')
   * await using worker = await queue.runWorker(
   *   async (task, { signal, token, attempt }) => {
   *     const response = await fetch(task.payload.url, { signal, headers: { 'x-fencing-token': `${token}`, 'x-attempt': `${attempt}` } })
   *     return response.status
   *   },
   *   { concurrency: 8, name: 'fetcher' },
   * )
   * console.log(await worker.ended)
   * ```
   */
  async runWorker(handler: TaskHandler<Payload, Value>, options: WorkerOptions = {}): Promise<TaskWorker<Payload, Value>> {
    this.#checkOpen()
    const worker = this.#run(new TaskWorker(this.#context, handler, resolveWorkerOptions(options), options.signal))
    await orAbort(worker.registered, options.signal)
    return worker
  }

  /**
   * Numbers of the queue, by a few small reads.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { TaskQueue } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const { tasks, assigned, workers, master } = await new TaskQueue(client, '/queues/mail').stats()
   * console.log(`${tasks - assigned} wait, ${assigned} with ${workers} workers, master ${master?.name}`)
   * ```
   */
  stats(options: CallOptions = {}): Promise<QueueStats> {
    return withinTime(
      options,
      () => `numbers of task queue ${this.path}`,
      (call) => this.#stats(call),
    )
  }

  async #stats(options: CallOptions): Promise<QueueStats> {
    const { client, paths } = this.#context
    await orAbort(this.#context.ensureLayout(), options.signal)
    const count = async (path: string): Promise<number> => (await client.exists(path, options))?.numChildren ?? 0
    const countAll = async (all: readonly string[]): Promise<number> => (await Promise.all(all.map(count))).reduce((a, b) => a + b, 0)
    const [tasks, workers, dead, results, epoch, folders] = await Promise.all([
      countAll(paths.shards()),
      count(paths.workers),
      count(paths.dead),
      count(paths.resultFolder(this.clientId)),
      client.getData(paths.epoch, options),
      client.getChildren(paths.assign, options),
    ])
    const assigned = await countAll(folders.children.map((worker) => paths.folder(worker)))
    const record = decodeEpoch(epoch.data)
    return { tasks, assigned, workers, dead, results, master: record === null ? null : { epoch: epoch.stat.version, name: record.name } }
  }

  /**
   * Closes every master and worker that this object runs, in good order, rejects what waits for results with `ERR_CLOSED`, and leaves no
   * watch behind. Tasks and results stay. Idempotent. The client stays open. `signal` and `timeoutMs` end the waiting only.
   */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing task queue ${this.path}`,
      () => (this.#closed ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const error = this.#context.closedError('queue')
    this.#operations.end(error)
    await Promise.all([...this.#runners].map((runner) => runner.close()))
    await Promise.all([...this.#inboxes.values()].map((inbox) => inbox.close(error)))
    await this.#operations.settled()
    await this.#context.cleanUp.settled()
  }

  #submitting<T>(options: CallOptions, work: (signal: AbortSignal, undecided: Undecided) => Promise<T>): Promise<T> {
    const undecided = new Undecided()
    return withinTime(
      options,
      () => `submission to task queue ${this.path}`,
      (call) => this.#operations.run(call.signal, (signal) => work(signal, undecided)),
      () => undecided.is,
    )
  }

  #run<T extends Runner>(runner: T): T {
    this.#runners.add(runner)
    void runner.ended.then(() => this.#runners.delete(runner))
    return runner
  }

  #checkOpen(): void {
    if (this.#operations.ended) throw this.#context.closedError('queue')
  }

  #handle({ id, owner, deduplicated }: Submitted): TaskHandle<Value> {
    let outcome: Promise<TaskResult<Value>> | null = null
    const ended = (): Promise<TaskResult<Value>> => {
      outcome ??= this.#inbox(owner)
        .wait(id)
        .then((record) => toResult<Value>(id, record))
      return outcome
    }
    const result = (options: CallOptions = {}): Promise<TaskResult<Value>> =>
      withinTime(
        options,
        () => `result of task ${id}`,
        ({ signal }) => orAbort(ended(), signal),
      )
    const value = async (options: CallOptions = {}): Promise<Value> => {
      const end = await result(options)
      if (end.type === 'completed') return end.value
      const cause = Object.assign(new Error(end.error.message), { name: end.error.name })
      throw new ZoariumError('ERR_TASK_FAILED', `task ${id} (${end.reason}): ${end.error.message}`, { cause })
    }
    return { id, deduplicated, result, value }
  }

  #inbox(owner: string): ResultInbox {
    let inbox = this.#inboxes.get(owner)
    if (inbox === undefined) this.#inboxes.set(owner, (inbox = new ResultInbox(this.#context, owner, owner === this.clientId)))
    return inbox
  }
}
