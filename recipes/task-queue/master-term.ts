// recipes: one term of office of a master: from the fence to the end of the leadership.

import type { PersistentWatch, TransactionOp, TransactionResult } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from '../support/abort.ts'
import type { Grant } from '../support/grant.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import type { EventStream } from './event-stream.ts'
import { MasterView } from './master-view.ts'
import type { QueueContext } from './queue-context.ts'
import type { Assignment, Orphanage } from './queue-state.ts'
import type { TaskRecord } from './records.ts'
import { decodeEpoch, decodeTask, describeTask, encodeDead, encodeEpoch, encodeResult, encodeTask } from './records.ts'
import { untilDone } from './retry.ts'
import type { GiveUpReason, TaskErrorInfo } from './types.ts'
import { WakeUp } from './wake-up.ts'

//   won the election
//     -> write the epoch (guarded by the own candidate node): its new data version is the fence
//     -> watch, then scan
//     -> loop { take in what happened; requeue what dead workers had; assign; clean up; sleep until something happens }
//     -> fenced, leadership lost, or closed
//
// Every write of the loop is a transaction that begins with check(epoch, fence). So a master that was paused and does not know that there
// is a successor writes nothing: its first transaction fails, and that is how it learns.

/** Why a term ended. */
export type TermEnd = 'fenced' | 'lost' | 'closed'

/** Tasks of one assignment transaction, and attempts of one requeueing transaction, at most. */
const ASSIGN_BATCH = 250
const REQUEUE_BATCH = 50
const CLEAN_BATCH = 100
const REMOVE_PARALLEL = 8

/** A requeueing transaction stays below this. */
const MAX_TRANSACTION_BYTES = 512 * 1_024

/** What an operation of an assignment transaction stands for. */
type Role = { readonly type: 'worker'; readonly worker: string } | { readonly type: 'task' | 'attempt'; readonly assignment: Assignment }

/** The operations that take an attempt away from a dead worker, and what is to be noted once they are done. */
interface Rescue {
  readonly ops: TransactionOp[]
  readonly bytes: number
  readonly done: () => void
}

export class MasterTerm {
  readonly #context: QueueContext
  readonly #grant: Grant
  readonly #name: string
  readonly #events: EventStream
  readonly #closing: AbortSignal
  readonly #stop: AbortController
  readonly #unlink: () => void
  readonly #wakeUp: WakeUp = new WakeUp()
  readonly #announced: Set<string> = new Set()
  #fence = 0
  #fenced = false
  #elected = false

  constructor(context: QueueContext, grant: Grant, name: string, events: EventStream, closing: AbortSignal) {
    this.#context = context
    this.#grant = grant
    this.#name = name
    this.#events = events
    this.#closing = closing
    const { controller, unlink } = linkAbort(closing, grant.signal)
    this.#stop = controller
    this.#unlink = unlink
  }

  /** The data version of the epoch's znode during this term; 0 before. */
  get epoch(): number {
    return this.#fence
  }

  /** Resolves when the term has ended; rejects with an error that trying again cannot cure. */
  async run(): Promise<TermEnd> {
    try {
      await this.#serve()
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    } finally {
      this.#stop.abort()
      this.#unlink()
    }
    const reason = this.#fenced ? 'fenced' : this.#closing.aborted ? 'closed' : 'lost'
    if (this.#elected) this.#events.emit({ type: 'steppedDown', epoch: this.#fence, reason })
    return reason
  }

  get #signal(): AbortSignal {
    return this.#stop.signal
  }

  async #serve(): Promise<void> {
    const originMs = await this.#takeOffice()
    const term = { token: this.#grant.token, clock: { originMs }, signal: this.#signal }
    const view = new MasterView(this.#context, this.#events, this.#wakeUp, term)
    const watch = await view.watch()
    const following = view.follow(watch)
    try {
      await view.scan()
      this.#elected = true
      const { taskCount: tasks, workerCount: workers } = view.state
      this.#events.emit({ type: 'elected', epoch: this.#fence, tasks, workers })
      await this.#govern(view)
    } finally {
      await closeWatch(watch, following)
    }
  }

  /** Writes the epoch under this leadership, whatever becomes of the replies. Returns the origin of the servers' clock. */
  async #takeOffice(): Promise<number> {
    const { client, paths } = this.#context
    const leader = this.#grant.token.toString()
    for (let round = 0; ; round++) {
      await untilDone(() => this.#context.ensureLayout(), this.#signal)
      const [, { data, stat }] = await untilDone(() => Promise.all([client.sync(paths.epoch), client.getData(paths.epoch)]), this.#signal)
      if (decodeEpoch(data)?.leader === leader) {
        this.#fence = stat.version
        return stat.mtimeMs - performance.now()
      }
      try {
        const epoch = encodeEpoch({ name: this.#name, leader })
        await this.#grant.guard([{ type: 'setData', path: paths.epoch, data: epoch, version: stat.version }])
      } catch (error) {
        this.#signal.throwIfAborted()
        if (!ZoariumError.is(error, 'BAD_VERSION') && !isTransient(error)) throw error
        await sleep(backOffMs(round), this.#signal)
      }
    }
  }

  async #govern(view: MasterView): Promise<void> {
    for (let trouble = 0; ; ) {
      this.#signal.throwIfAborted()
      try {
        await view.absorb()
        if (view.epochTouched) await this.#checkEpoch(view)
        const settled = (await this.#adoptOrphans(view)) && (await this.#assign(view)) && (await this.#cleanUp(view))
        trouble = settled ? 0 : trouble + 1
      } catch (error) {
        this.#signal.throwIfAborted()
        if (!isTransient(error)) throw error
        trouble++
      }
      // What failed once was out of date and is put right by the news that comes meanwhile; what fails again must not turn into a storm.
      if (trouble > 1) await sleep(backOffMs(trouble - 2), this.#signal)
      else if (trouble === 0 && !view.hasNews) await this.#wakeUp.sleep(nextDueMs(view), this.#signal)
    }
  }

  /** Somebody wrote the epoch: a successor, or an operator's hand. */
  async #checkEpoch(view: MasterView): Promise<void> {
    view.epochTouched = false
    const stat = await untilDone(() => this.#context.client.exists(this.#context.paths.epoch), this.#signal)
    if (stat?.version !== this.#fence) this.#stepDown()
  }

  #stepDown(): void {
    this.#fenced = true
    this.#stop.abort(new ZoariumError('ERR_LOST', `master of ${this.#context.paths.root}: fenced`, { path: this.#context.paths.epoch }))
  }

  /** A transaction of this term. `index` of a rejection counts `ops`. */
  async #commit(ops: readonly TransactionOp[]): Promise<TransactionResult[]> {
    this.#signal.throwIfAborted()
    const check: TransactionOp = { type: 'check', path: this.#context.paths.epoch, version: this.#fence }
    try {
      return await this.#context.client.multi([check, ...ops], { signal: this.#signal })
    } catch (error) {
      if (ZoariumError.is(error) && error.index === 0 && !isTransient(error)) this.#stepDown()
      this.#signal.throwIfAborted()
      if (!ZoariumError.is(error) || error.index === undefined) throw error
      throw new ZoariumError(error.code, 'master', { path: error.path, index: error.index - 1, cause: error })
    }
  }

  /** One batch of assignments. False: something was out of date, or there is more to do. */
  async #assign(view: MasterView): Promise<boolean> {
    const { state } = view
    const planned = state.plan(performance.now(), ASSIGN_BATCH)
    if (planned.length === 0) return true
    const { ops, roles } = this.#assignOps(planned)
    try {
      await this.#commit(ops)
    } catch (error) {
      if (isUnknownOutcome(error)) await this.#settle(view, planned)
      else {
        for (const { worker, attempt } of planned) state.attemptDeleted(worker, attempt)
        learn(view, error, roles)
      }
      return false
    }
    for (const assignment of planned) this.#announce(assignment)
    // More may fit, and the next batch has gathered meanwhile.
    this.#wakeUp.ring()
    return true
  }

  #announce({ task, worker, from }: Assignment): void {
    this.#events.emit(from === null ? { type: 'assigned', task, worker } : { type: 'reassigned', task, worker, from })
  }

  #assignOps(planned: readonly Assignment[]): { ops: TransactionOp[]; roles: Role[] } {
    const { paths } = this.#context
    const ops: TransactionOp[] = []
    const roles: Role[] = []
    for (const worker of new Set(planned.map((assignment) => assignment.worker))) {
      ops.push({ type: 'check', path: paths.worker(worker) })
      roles.push({ type: 'worker', worker })
    }
    for (const assignment of planned) {
      const { task, taskVersion, worker, attempt } = assignment
      ops.push({ type: 'check', path: paths.task(task), version: taskVersion }, this.#context.create(paths.attempt(worker, attempt), null))
      roles.push({ type: 'task', assignment }, { type: 'attempt', assignment })
    }
    return { ops, roles }
  }

  /** The reply was lost: each attempt is looked for. One that is not there was not created, or has ended already. */
  async #settle(view: MasterView, planned: readonly Assignment[]): Promise<void> {
    const { client, paths } = this.#context
    await untilDone(() => client.sync(paths.root), this.#signal)
    const settle = async (assignment: Assignment): Promise<void> => {
      const { worker, attempt } = assignment
      const stat = await untilDone(() => client.exists(paths.attempt(worker, attempt)), this.#signal)
      if (stat === null) view.state.attemptDeleted(worker, attempt)
      else this.#announce(assignment)
    }
    await Promise.all(planned.map(settle))
  }

  /** Puts the tasks of dead workers back. False: something was out of date. */
  async #adoptOrphans(view: MasterView): Promise<boolean> {
    for (const orphans of view.state.orphans()) {
      const { worker, attempts } = orphans
      if (!this.#announced.has(worker)) this.#events.emit({ type: 'workerLost', worker, tasks: attempts.length })
      this.#announced.add(worker)
      if (!(await this.#adopt(view, orphans))) return false
      this.#announced.delete(worker)
    }
    return true
  }

  async #adopt(view: MasterView, { worker, attempts }: Orphanage): Promise<boolean> {
    const left = [...attempts]
    do {
      const rescues = await Promise.all(left.slice(0, REQUEUE_BATCH).map((attempt) => this.#rescue(view, worker, attempt)))
      const batch = takeWithin(rescues, MAX_TRANSACTION_BYTES)
      left.splice(0, batch.length)
      const ops = batch.flatMap((rescue) => rescue.ops)
      // The folder goes with the last of them.
      if (left.length === 0) ops.push({ type: 'delete', path: this.#context.paths.folder(worker) })
      try {
        await this.#commit(ops)
      } catch (error) {
        return await this.#relearnFolder(view, worker, error)
      }
      for (const { done } of batch) done()
    } while (left.length > 0)
    view.state.folderDeleted(worker)
    return true
  }

  /** What a dead worker had is not what was believed: its folder is listed again. */
  async #relearnFolder(view: MasterView, worker: string, error: unknown): Promise<false> {
    const outOfDate = ZoariumError.is(error, 'NO_NODE') || ZoariumError.is(error, 'BAD_VERSION') || ZoariumError.is(error, 'NOT_EMPTY')
    if (!outOfDate && !isTransient(error)) throw error
    const { client, paths } = this.#context
    const known = view.state.orphans().find((orphans) => orphans.worker === worker)?.attempts ?? []
    try {
      const { children } = await untilDone(() => client.getChildren(paths.folder(worker)), this.#signal)
      for (const attempt of known) if (!children.includes(attempt)) view.state.attemptDeleted(worker, attempt)
      for (const attempt of children) view.state.attemptCreated(worker, attempt)
    } catch (missing) {
      if (!ZoariumError.is(missing, 'NO_NODE')) throw missing
      view.state.folderDeleted(worker)
    }
    return false
  }

  async #rescue(view: MasterView, worker: string, attempt: string): Promise<Rescue> {
    const { client, paths } = this.#context
    const task = attempt.slice(0, attempt.indexOf('~'))
    const remove: TransactionOp = { type: 'delete', path: paths.attempt(worker, attempt) }
    const forget = (): void => view.state.attemptDeleted(worker, attempt)
    const found = await untilDone(() => orMissing(client.getData(paths.task(task))), this.#signal)
    if (found === null) return { ops: [remove], bytes: 0, done: forget }
    const record = decodeTask(found.data)
    const crashes = (record?.crashes ?? 0) + 1
    const error = { name: 'WorkerLost', message: `worker ${worker} was lost` }
    if (record === null || crashes >= this.#context.options.maxCrashes) {
      const version = found.stat.version
      const reason = record === null ? 'unreadable' : 'crashes'
      const ops = await this.#giveUpOps({ task, attempt, worker, record, data: found.data, version, reason, error, crashes })
      const done = (): void => {
        view.state.taskDeleted(task)
        forget()
        this.#events.emit({ type: 'dead', task, worker })
      }
      return { ops: [...ops, remove], bytes: 2 * found.stat.dataLength, done }
    }
    const data = encodeTask({ ...record, crashes, delayMs: 0, error })
    const done = (): void => {
      view.state.taskChanged(task)
      forget()
      this.#events.emit({ type: 'requeued', task, worker, crashes })
    }
    return { ops: [{ type: 'setData', path: paths.task(task), data, version: found.stat.version }, remove], bytes: data.length, done }
  }

  async #giveUpOps(what: {
    task: string
    attempt: string
    worker: string
    record: TaskRecord | null
    data: Buffer | null
    version: number
    reason: GiveUpReason
    error: TaskErrorInfo
    crashes: number
  }): Promise<TransactionOp[]> {
    const { client, paths } = this.#context
    const { task, attempt, worker, record, data, version, reason, error, crashes } = what
    const ops: TransactionOp[] = [
      this.#context.create(paths.deadLetter(attempt), encodeDead({ reason, worker, error, task: describeTask(data) })),
      { type: 'delete', path: paths.task(task), version },
    ]
    if (record === null) return ops
    const path = paths.result(record.client, task)
    const stat = await untilDone(() => client.exists(path), this.#signal)
    if (stat === null || stat.version > 0) return ops
    const result = encodeResult({ type: 'failed', attempt: record.failures + crashes, token: '0', worker, reason, error })
    return [...ops, { type: 'setData', path, data: result, version: 0 }]
  }

  /** Attempts without a task, results nobody came for, dead letters beyond the limit: a little at a time. False: there is more to do. */
  async #cleanUp(view: MasterView): Promise<boolean> {
    const { client, paths } = this.#context
    const strays = view.state.takeStrays().map(({ worker, attempt }) => paths.attempt(worker, attempt))
    const surplus = view.dead.surplus(CLEAN_BATCH)
    for (const name of surplus) view.dead.removed(name)
    const due = view.results.takeDue(performance.now(), CLEAN_BATCH)
    const stats = await Promise.all(due.map((path) => untilDone(() => client.exists(path), this.#signal)))
    const old = due.filter((_, at) => (stats[at]?.version ?? 0) > 0)
    const removed = [...strays, ...surplus.map((name) => paths.deadLetter(name)), ...old]
    for (let at = 0; at < removed.length; at += REMOVE_PARALLEL) {
      await Promise.all(removed.slice(at, at + REMOVE_PARALLEL).map((path) => this.#remove(path)))
    }
    return surplus.length < CLEAN_BATCH && due.length < CLEAN_BATCH
  }

  async #remove(path: string): Promise<void> {
    try {
      await this.#commit([{ type: 'delete', path }])
    } catch (error) {
      // Gone already. After a lost reply it is gone too, or seen again by the next scan.
      if (!ZoariumError.is(error, 'NO_NODE') && !isTransient(error)) throw error
    }
  }
}

async function closeWatch(watch: PersistentWatch, following: Promise<void>): Promise<void> {
  await watch.close()
  await following
}

/** What a refused assignment says: which worker or task is not what was believed. The rest is planned anew. */
function learn({ state }: MasterView, error: unknown, roles: readonly Role[]): void {
  const role = ZoariumError.is(error) && error.index !== undefined ? roles[error.index] : undefined
  if (role === undefined) throw error
  const missing = ZoariumError.is(error, 'NO_NODE')
  if (role.type === 'worker' && missing) state.workerDoubted(role.worker)
  else if (role.type === 'attempt' && missing) state.folderDeleted(role.assignment.worker)
  else if (role.type === 'task' && (missing || ZoariumError.is(error, 'BAD_VERSION'))) state.taskChanged(role.assignment.task)
  else throw error
}

function nextDueMs(view: MasterView): number | null {
  const task = view.state.nextDueMs()
  const result = view.results.nextDueMs()
  return task === null || result === null ? (task ?? result) : Math.min(task, result)
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

async function orMissing<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}
