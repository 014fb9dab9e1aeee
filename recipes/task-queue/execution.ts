// recipes: one attempt at one task: read it, run the handler, write the outcome in one fenced transaction.

import type { Stat, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from '../support/abort.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import { orMissing, untilDone } from '../support/retry.ts'
import type { QueueContext } from './queue-context.ts'
import type { ResultRecord, TaskRecord } from './records.ts'
import { decodeTask, describeError, describeTask, encodeDead, encodeResult, encodeTask, retryDelay } from './records.ts'
import { checkedBytes } from './submitter.ts'
import type { GiveUpReason, TaskContext, TaskErrorInfo, TaskHandler } from './types.ts'

//   queued --> running --> settling --> over
//     |          |                       ^
//     '----------'-- revoked, handed ----'
//                    back, session ended
//
// The transaction that ends an attempt:
//
//   check  workers/<worker>          the session that was given the attempt still lives
//   delete tasks/<s>/<task> v        nobody requeued it meanwhile                (or setData: it is tried again)
//   setData results/<c>/<task> 0     the one result                              (unless it is tried again)
//   delete assign/<worker>/<attempt> this attempt, whose name was never used before
//
// Whatever of this is not as expected, nothing happens: somebody else has the task.

/** Where an execution stands. */
export type ExecutionState = 'queued' | 'running' | 'settling' | 'over'

/** Times that a dead letter's missing folder is made anew. */
const MAX_REPAIRS = 3

/** The worker that executions belong to. */
export interface ExecutionHost<Payload, Value> {
  readonly context: QueueContext
  readonly worker: string
  readonly handler: TaskHandler<Payload, Value>
  /** Aborts when the session that owns the worker's znode ends. */
  readonly session: AbortSignal
}

type Role = 'worker' | 'dead' | 'task' | 'result' | 'attempt'

interface Step {
  readonly role: Role
  readonly op: TransactionOp
}

/** What was read of the task. */
interface Found {
  readonly data: Buffer | null
  readonly stat: Stat
  readonly token: bigint
}

type Ended<Value> = { readonly type: 'value'; readonly value: Value } | { readonly type: 'error'; readonly error: unknown }

export class Execution<Payload, Value> {
  readonly task: string
  readonly attempt: string
  /** Resolves when nothing more will be written; rejects with an error that trying again cannot cure. */
  readonly over: Promise<void>
  readonly #host: ExecutionHost<Payload, Value>
  readonly #controller: AbortController
  readonly #unlink: () => void
  #state: ExecutionState = 'queued'
  #closing = false
  #settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => {}, reject: () => {} }

  constructor(host: ExecutionHost<Payload, Value>, task: string, attempt: string) {
    this.#host = host
    this.task = task
    this.attempt = attempt
    const { controller, unlink } = linkAbort(host.session)
    this.#controller = controller
    this.#unlink = unlink
    this.over = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // Whoever waits for the end has a promise of his own.
    this.over.catch(() => {})
  }

  get state(): ExecutionState {
    return this.#state
  }

  /** Runs it, unless it was taken away before its turn came. Never rejects. */
  async run(): Promise<void> {
    if (this.#state !== 'queued' || this.#host.session.aborted) {
      this.#end()
      return
    }
    this.#state = 'running'
    try {
      await this.#execute()
      this.#end()
    } catch (error) {
      if (this.#isOver() || this.#host.session.aborted) this.#end()
      else {
        this.#settle.reject(error)
        this.#end()
      }
    }
  }

  /** The attempt's znode is gone, or the session. Its own transaction removes it too: that one knows better what happened. */
  revoke(why: string): void {
    if (this.#state === 'settling' || this.#state === 'over') return
    const { session, worker } = this.#host
    const lost = (): ZoariumError => new ZoariumError('ERR_LOST', `attempt ${this.attempt} of worker ${worker}: ${why}`)
    this.#controller.abort(session.aborted ? session.reason : lost())
    this.#end()
  }

  /** The worker closes: what comes back in time still counts, an error does not. */
  requestEnd(reason: unknown): void {
    this.#closing = true
    this.#controller.abort(reason)
  }

  #isOver(): boolean {
    return this.#state === 'over'
  }

  #end(): void {
    this.#state = 'over'
    this.#unlink()
    this.#settle.resolve()
  }

  async #execute(): Promise<void> {
    const { client, paths } = this.#host.context
    const reading = (): Promise<[Stat | null, { data: Buffer | null; stat: Stat } | null]> =>
      Promise.all([client.exists(paths.attempt(this.#host.worker, this.attempt)), orMissing(client.getData(paths.task(this.task)))])
    const [attempt, task] = await untilDone(reading, this.#host.session)
    if (attempt === null || this.#isOver()) return
    if (task === null) {
      await this.#commit(() => [this.#attemptStep()])
      return
    }
    const found = { ...task, token: attempt.czxid }
    const record = decodeTask(task.data)
    if (record === null) {
      await this.#giveUp(found, null, 'unreadable', { name: 'Unreadable', message: 'the znode holds no task of this layout' })
      return
    }
    const ended = await this.#callHandler(found, record)
    if (this.#isOver() || this.#host.session.aborted) return
    if (ended.type === 'value') await this.#complete(found, record, ended.value)
    else if (!this.#closing) await this.#fail(found, record, ended.error)
  }

  async #callHandler({ stat, token }: Found, record: TaskRecord): Promise<Ended<Value>> {
    const { failures, crashes } = record
    // The one unchecked step: what was submitted is what the handler's type parameter says.
    const task = { id: this.task, payload: record.payload as Payload, submittedAtMs: stat.ctimeMs, failures, crashes }
    const context: TaskContext = { signal: this.#controller.signal, token, attempt: failures + crashes + 1 }
    try {
      const value = await this.#host.handler(task, context)
      checkedBytes(`value of task ${this.task}`, value, this.#host.context.options.maxPayloadBytes)
      return { type: 'value', value }
    } catch (error) {
      return { type: 'error', error }
    }
  }

  #complete(found: Found, record: TaskRecord, value: Value): Promise<void> {
    const result: ResultRecord = { type: 'completed', ...this.#signature(found, record), value }
    return this.#commit((withResult) => [
      this.#removeTaskStep(found),
      ...(withResult ? [this.#resultStep(record, result)] : []),
      this.#attemptStep(),
    ])
  }

  #fail(found: Found, record: TaskRecord, thrown: unknown): Promise<void> {
    const failures = record.failures + 1
    const error = describeError(thrown)
    if (failures >= record.maxAttempts) return this.#giveUp(found, record, 'attempts', error)
    const data = encodeTask({ ...record, failures, error, delayMs: retryDelay(record, failures) })
    const path = this.#host.context.paths.task(this.task)
    return this.#commit(() => [{ role: 'task', op: { type: 'setData', path, data, version: found.stat.version } }, this.#attemptStep()])
  }

  #giveUp(found: Found, record: TaskRecord | null, reason: GiveUpReason, error: TaskErrorInfo): Promise<void> {
    const { context, worker } = this.#host
    const dead = encodeDead({ reason, worker, error, task: describeTask(found.data) })
    const create = context.create(context.paths.deadLetter(this.attempt), dead)
    return this.#commit((withResult) => [
      { role: 'dead', op: create },
      this.#removeTaskStep(found),
      ...(withResult && record !== null
        ? [this.#resultStep(record, { type: 'failed', ...this.#signature(found, record), reason, error })]
        : []),
      this.#attemptStep(),
    ])
  }

  #signature({ token }: Found, { failures, crashes }: TaskRecord): { attempt: number; token: string; worker: string } {
    return { attempt: failures + crashes + 1, token: token.toString(), worker: this.#host.worker }
  }

  #removeTaskStep({ stat }: Found): Step {
    return { role: 'task', op: { type: 'delete', path: this.#host.context.paths.task(this.task), version: stat.version } }
  }

  #resultStep({ client }: TaskRecord, result: ResultRecord): Step {
    const path = this.#host.context.paths.result(client, this.task)
    return { role: 'result', op: { type: 'setData', path, data: encodeResult(result), version: 0 } }
  }

  #attemptStep(): Step {
    return { role: 'attempt', op: { type: 'delete', path: this.#host.context.paths.attempt(this.#host.worker, this.attempt) } }
  }

  /** Writes the outcome, whatever becomes of the replies; returns also when it was refused because somebody else has the task. */
  async #commit(steps: (withResult: boolean) => Step[]): Promise<void> {
    this.#state = 'settling'
    const { context, worker, session } = this.#host
    const check: Step = { role: 'worker', op: { type: 'check', path: context.paths.worker(worker) } }
    let withResult = true
    for (let round = 0, repairs = 0; ; round++) {
      const all = [check, ...steps(withResult)]
      try {
        await context.client.multi(
          all.map((step) => step.op),
          { signal: session },
        )
        return
      } catch (error) {
        if (session.aborted) return
        const role = ZoariumError.is(error) && error.index !== undefined ? all[error.index]?.role : undefined
        const outOfDate = ZoariumError.is(error, 'NO_NODE') || ZoariumError.is(error, 'BAD_VERSION')
        if (role === 'result' && outOfDate && withResult) withResult = false
        else if (role === 'dead' && outOfDate && repairs++ < MAX_REPAIRS) await this.#repair()
        else if (role !== undefined && role !== 'result' && role !== 'dead' && outOfDate) return
        else if (!isTransient(error)) throw error
        else if (isUnknownOutcome(error) && (await this.#isSettled())) return
      }
      if (round > 0) await sleep(backOffMs(round), session)
    }
  }

  /** After a lost reply: while the session lives, nobody but the own transaction takes the attempt away. */
  async #isSettled(): Promise<boolean> {
    const { context, worker, session } = this.#host
    const path = context.paths.attempt(worker, this.attempt)
    const [, stat] = await untilDone(() => Promise.all([context.client.sync(path), context.client.exists(path)]), session)
    return stat === null
  }

  async #repair(): Promise<void> {
    const { context, session } = this.#host
    context.forgetLayout()
    await untilDone(() => context.ensureLayout(), session)
  }
}
