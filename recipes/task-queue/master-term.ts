// recipes: one term of office of a master: from the fence to the end of the leadership.

import type { PersistentWatch, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from '../support/abort.ts'
import type { Grant } from '../support/grant.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import { untilDone } from '../support/retry.ts'
import { Adoption } from './adoption.ts'
import type { EventStream } from './event-stream.ts'
import { MasterView } from './master-view.ts'
import type { QueueContext } from './queue-context.ts'
import type { Assignment } from './queue-state.ts'
import { decodeEpoch, encodeEpoch } from './records.ts'
import { WakeUp } from './wake-up.ts'

//   won the election
//     -> write the epoch (guarded by the own candidate node): its new data version is the fence
//     -> watch, then scan
//     -> loop { take in what happened; requeue what dead workers had; assign; clean up; sleep until something happens }
//     -> fenced, leadership lost, or closed
//
// Every write of the loop is a transaction that begins with check(epoch, fence) and check(own candidate node). So a master that was paused
// and does not know that there is a successor writes nothing: its first transaction fails, and that is how it learns. The second check
// holds even if the epoch's znode was deleted and made anew, whose versions begin again.

/** Why a term ended. */
export type TermEnd = 'fenced' | 'lost' | 'closed'

/** Tasks of one assignment transaction, at most. */
const ASSIGN_BATCH = 250

/** Znodes that are looked at for removal at a time, and removals under way at a time. */
const CLEAN_BATCH = 100
const REMOVE_PARALLEL = 8

/** How often a missing epoch is made anew before the error ends the master. */
const MAX_REPAIRS = 3

/** What an operation of an assignment transaction stands for. */
type Role = { readonly type: 'worker'; readonly worker: string } | { readonly type: 'task' | 'attempt'; readonly assignment: Assignment }

export class MasterTerm {
  readonly #context: QueueContext
  readonly #grant: Grant
  readonly #name: string
  readonly #events: EventStream
  readonly #closing: AbortSignal
  readonly #stop: AbortController
  readonly #unlink: () => void
  readonly #wakeUp: WakeUp = new WakeUp()
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
    const adoption = new Adoption(this.#context, view, this.#events, this.#signal, (ops) => this.#commit(ops))
    const watch = await view.watch()
    const following = view.follow(watch)
    try {
      await view.scan()
      this.#elected = true
      const { taskCount: tasks, workerCount: workers } = view.state
      this.#events.emit({ type: 'elected', epoch: this.#fence, tasks, workers })
      await this.#govern(view, adoption)
    } finally {
      await closeWatch(watch, following)
    }
  }

  /** Writes the epoch under this leadership, whatever becomes of the replies. Returns the origin of the servers' clock. */
  async #takeOffice(): Promise<number> {
    const { client, paths } = this.#context
    const leader = this.#grant.token.toString()
    for (let round = 0; ; round++) {
      try {
        await untilDone(() => this.#context.ensureLayout(), this.#signal)
        const [, { data, stat }] = await untilDone(() => Promise.all([client.sync(paths.epoch), client.getData(paths.epoch)]), this.#signal)
        if (decodeEpoch(data)?.leader === leader) {
          this.#fence = stat.version
          return stat.mtimeMs - performance.now()
        }
        const epoch = encodeEpoch({ name: this.#name, leader })
        await this.#grant.guard([{ type: 'setData', path: paths.epoch, data: epoch, version: stat.version }])
      } catch (error) {
        this.#signal.throwIfAborted()
        if (ZoariumError.is(error, 'NO_NODE') && round < MAX_REPAIRS) this.#context.forgetLayout()
        else if (!ZoariumError.is(error, 'BAD_VERSION') && !isTransient(error)) throw error
        await sleep(backOffMs(round), this.#signal)
      }
    }
  }

  async #govern(view: MasterView, adoption: Adoption): Promise<void> {
    for (let trouble = 0; ; ) {
      this.#signal.throwIfAborted()
      try {
        await view.absorb()
        if (view.epochTouched) await this.#checkEpoch(view)
        const settled = (await adoption.adoptOrphans()) && (await this.#assign(view))
        if (settled) await this.#cleanUp(view)
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
  async #commit(ops: readonly TransactionOp[]): Promise<void> {
    this.#signal.throwIfAborted()
    const fence: TransactionOp[] = [
      { type: 'check', path: this.#context.paths.epoch, version: this.#fence },
      { type: 'check', path: this.#grant.path },
    ]
    try {
      await this.#context.client.multi([...fence, ...ops], { signal: this.#signal })
    } catch (error) {
      if (ZoariumError.is(error) && error.index !== undefined && error.index < fence.length && !isTransient(error)) this.#stepDown()
      this.#signal.throwIfAborted()
      if (!ZoariumError.is(error) || error.index === undefined) throw error
      throw new ZoariumError(error.code, 'master', { path: error.path, index: error.index - fence.length, cause: error })
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

  /** Attempts without a task, results nobody came for, dead letters beyond the limit: a little at a time. */
  async #cleanUp(view: MasterView): Promise<void> {
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
    if (surplus.length === CLEAN_BATCH || due.length === CLEAN_BATCH) this.#wakeUp.ring()
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
