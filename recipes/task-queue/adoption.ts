// recipes: what a master does with the tasks of workers that are no more.

import type { TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { isTransient } from '../support/outcome.ts'
import { orMissing, untilDone } from '../support/retry.ts'
import type { EventStream } from './event-stream.ts'
import type { MasterView } from './master-view.ts'
import { taskOfAttempt } from './paths.ts'
import type { QueueContext } from './queue-context.ts'
import type { Orphanage } from './queue-state.ts'
import type { TaskRecord } from './records.ts'
import { decodeTask, describeTask, encodeDead, encodeResult, encodeTask } from './records.ts'
import type { TaskErrorInfo } from './types.ts'

// A worker without its ephemeral znode is dead; its id is never used again. What is in its folder is taken away attempt by attempt:
//
//   setData tasks/<s>/<task> v  crashes + 1        the task can be assigned again
//   delete  assign/<worker>/<attempt>              and a late completion finds nothing
//
// or, after too many crashes, the task is given up in the same transaction. The folder goes with the last attempt. Whatever interrupts
// this, what is left in the folder is found by the next look, or by the next master.

/** Attempts of one transaction, at most. */
const BATCH = 50

/** A transaction stays below this. */
const MAX_BYTES = 512 * 1_024

/** The operations that take one attempt away, and what is to be noted once they are done. */
interface Rescue {
  readonly ops: readonly TransactionOp[]
  readonly bytes: number
  readonly done: () => void
}

/** A task's znode, read. */
interface Found {
  readonly data: Buffer | null
  readonly version: number
}

/** Puts the tasks of dead workers back into the queue. */
export class Adoption {
  readonly #context: QueueContext
  readonly #view: MasterView
  readonly #events: EventStream
  readonly #signal: AbortSignal
  readonly #commit: (ops: readonly TransactionOp[]) => Promise<void>
  /** Dead workers that were told of and are not settled. */
  readonly #announced: Set<string> = new Set()

  /** `commit` carries out a transaction of the master's term. */
  constructor(
    context: QueueContext,
    view: MasterView,
    events: EventStream,
    signal: AbortSignal,
    commit: (ops: readonly TransactionOp[]) => Promise<void>,
  ) {
    this.#context = context
    this.#view = view
    this.#events = events
    this.#signal = signal
    this.#commit = commit
  }

  /** Settles every dead worker. False: something was out of date and must be looked at again. */
  async adoptOrphans(): Promise<boolean> {
    for (const orphans of this.#view.state.orphans()) {
      const { worker, attempts } = orphans
      if (!this.#announced.has(worker)) this.#events.emit({ type: 'workerLost', worker, tasks: attempts.length })
      this.#announced.add(worker)
      if (!(await this.#adopt(orphans))) return false
      this.#announced.delete(worker)
    }
    return true
  }

  async #adopt({ worker, attempts }: Orphanage): Promise<boolean> {
    const left = [...attempts]
    do {
      const rescues = await Promise.all(left.slice(0, BATCH).map((attempt) => this.#rescue(worker, attempt)))
      const batch = takeWithin(rescues, MAX_BYTES)
      left.splice(0, batch.length)
      const ops = batch.flatMap((rescue) => rescue.ops)
      if (left.length === 0) ops.push({ type: 'delete', path: this.#context.paths.folder(worker) })
      try {
        await this.#commit(ops)
      } catch (error) {
        await this.#relearn(worker, error)
        return false
      }
      for (const { done } of batch) done()
    } while (left.length > 0)
    this.#view.state.folderDeleted(worker)
    return true
  }

  /** What a dead worker had is not what was believed: its folder is listed again. */
  async #relearn(worker: string, error: unknown): Promise<void> {
    const outOfDate = ZoariumError.is(error, 'NO_NODE') || ZoariumError.is(error, 'BAD_VERSION') || ZoariumError.is(error, 'NOT_EMPTY')
    if (!outOfDate && !isTransient(error)) throw error
    const { client, paths } = this.#context
    const { state } = this.#view
    const known = state.orphans().find((orphans) => orphans.worker === worker)?.attempts ?? []
    const listed = await untilDone(() => orMissing(client.getChildren(paths.folder(worker))), this.#signal)
    if (listed === null) {
      state.folderDeleted(worker)
      return
    }
    for (const attempt of known) if (!listed.children.includes(attempt)) state.attemptDeleted(worker, attempt)
    for (const attempt of listed.children) state.attemptCreated(worker, attempt)
  }

  async #rescue(worker: string, attempt: string): Promise<Rescue> {
    const { client, paths } = this.#context
    const task = taskOfAttempt(attempt) ?? attempt
    const remove: TransactionOp = { type: 'delete', path: paths.attempt(worker, attempt) }
    const found = await untilDone(() => orMissing(client.getData(paths.task(task))), this.#signal)
    if (found === null) return { ops: [remove], bytes: 0, done: () => this.#view.state.attemptDeleted(worker, attempt) }
    const { data, stat } = found
    const record = decodeTask(data)
    const crashes = (record?.crashes ?? 0) + 1
    const error = { name: 'WorkerLost', message: `worker ${worker} was lost` }
    const rescue =
      record === null || crashes >= this.#context.options.maxCrashes
        ? await this.#giveUp({ worker, task, attempt }, { data, version: stat.version }, record, error)
        : this.#requeue({ worker, task, attempt }, stat.version, { ...record, crashes, delayMs: 0, error })
    return { ...rescue, ops: [...rescue.ops, remove] }
  }

  #requeue({ worker, task, attempt }: Names, version: number, record: TaskRecord): Rescue {
    const data = encodeTask(record)
    const { state } = this.#view
    const done = (): void => {
      state.taskChanged(task)
      state.attemptDeleted(worker, attempt)
      this.#events.emit({ type: 'requeued', task, worker, crashes: record.crashes })
    }
    return { ops: [{ type: 'setData', path: this.#context.paths.task(task), data, version }], bytes: Buffer.byteLength(data), done }
  }

  async #giveUp({ worker, task, attempt }: Names, found: Found, record: TaskRecord | null, error: TaskErrorInfo): Promise<Rescue> {
    const { client, paths } = this.#context
    const reason = record === null ? 'unreadable' : 'crashes'
    const letter = encodeDead({ reason, worker, error, task: describeTask(found.data) })
    const ops: TransactionOp[] = [
      this.#context.create(paths.deadLetter(attempt), letter),
      { type: 'delete', path: paths.task(task), version: found.version },
    ]
    if (record !== null) {
      const path = paths.result(record.client, task)
      const stat = await untilDone(() => client.exists(path), this.#signal)
      const attempts = record.failures + record.crashes + 1
      const data = encodeResult({ type: 'failed', attempt: attempts, token: '0', worker, reason, error })
      if (stat?.version === 0) ops.push({ type: 'setData', path, data, version: 0 })
    }
    const done = (): void => {
      this.#view.state.taskDeleted(task)
      this.#view.state.attemptDeleted(worker, attempt)
      this.#events.emit({ type: 'dead', task, worker })
    }
    return { ops, bytes: Buffer.byteLength(letter), done }
  }
}

/** What is taken away from whom. */
interface Names {
  readonly worker: string
  readonly task: string
  readonly attempt: string
}

/** As many from the front as fit, at least one if there is one. */
function takeWithin(rescues: readonly Rescue[], maxBytes: number): Rescue[] {
  const taken: Rescue[] = []
  let bytes = 0
  for (const rescue of rescues) {
    bytes += rescue.bytes
    if (taken.length > 0 && bytes > maxBytes) break
    taken.push(rescue)
  }
  return taken
}
