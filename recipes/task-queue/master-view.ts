// recipes: how a master learns what is in its queue: one scan when it takes office, then the events of one watch.

import type { Client, PersistentWatch, PersistentWatchEvent, WatchEvent } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { untilDone } from '../support/retry.ts'
import type { EventStream } from './event-stream.ts'
import { attemptName } from './paths.ts'
import type { QueueContext } from './queue-context.ts'
import { QueueState } from './queue-state.ts'
import { decodeTask, decodeWorker } from './records.ts'
import { DeadLetters, ResultRetention } from './retention.ts'
import type { WakeUp } from './wake-up.ts'

/** Reads that are under way at a time. */
const READ_BATCH = 500

/** Events that wait for the master at most; more of them cost a scan. */
const MAX_EVENTS = 100_000

/** The servers' clock, as far as this process knows it. */
export interface ServerClock {
  /** The ensemble's wall clock when `performance.now()` is 0, milliseconds since 1970. */
  readonly originMs: number
}

/** The state of the queue, kept up with the tree. Everything that happened is taken in by `absorb`, between two decisions. */
export class MasterView {
  readonly #context: QueueContext
  readonly #client: Client
  readonly #events: EventStream
  readonly #wakeUp: WakeUp
  readonly #signal: AbortSignal
  readonly #term: bigint
  readonly #clock: ServerClock
  readonly #givenUp: Set<string> = new Set()
  #inbox: PersistentWatchEvent[] = []
  #attempts = 0
  #quiet = true
  #state: QueueState
  #results: ResultRetention
  #dead: DeadLetters
  /** Whether the epoch's znode was touched by somebody. */
  epochTouched = false

  constructor(
    context: QueueContext,
    events: EventStream,
    wakeUp: WakeUp,
    term: { token: bigint; clock: ServerClock; signal: AbortSignal },
  ) {
    this.#context = context
    this.#client = context.client
    this.#events = events
    this.#wakeUp = wakeUp
    this.#signal = term.signal
    this.#term = term.token
    this.#clock = term.clock
    this.#state = this.#newState()
    this.#results = new ResultRetention(context.options.resultRetentionMs)
    this.#dead = new DeadLetters(context.options.maxDead)
  }

  get state(): QueueState {
    return this.#state
  }

  get results(): ResultRetention {
    return this.#results
  }

  get dead(): DeadLetters {
    return this.#dead
  }

  /** Whether something waits for `absorb`. */
  get hasNews(): boolean {
    return this.#inbox.length > 0
  }

  /** Opens the watch, before anything is read: what changes from now on is not missed. */
  watch(): Promise<PersistentWatch> {
    const { paths } = this.#context
    return untilDone(() => this.#client.watch(paths.root, { recursive: true, maxBufferedEvents: MAX_EVENTS }), this.#signal)
  }

  /** Fills the inbox until the watch is closed. */
  async follow(watch: PersistentWatch): Promise<void> {
    for await (const event of watch) {
      this.#inbox.push(event)
      this.#wakeUp.ring()
    }
  }

  /** Takes in all that happened since the last call, and reads what must be read for it. */
  async absorb(): Promise<void> {
    const inbox = this.#inbox
    this.#inbox = []
    let gap = false
    for (const event of inbox) {
      if (event.type === 'gap' || event.type === 'lost') gap = true
      else if (event.type !== 'resumed') this.#happened(event)
    }
    if (gap) await this.scan()
    else await this.#readUnread()
  }

  /**
   * Reads the whole queue. Folders are listed before workers and attempts before tasks: each is made together with or after the other, so
   * what is missing in the later list has gone, it cannot be too new.
   */
  async scan(): Promise<void> {
    const { paths } = this.#context
    await this.#reading(() => this.#client.sync(paths.root))
    const folders = await this.#children(paths.assign)
    const attempts = await this.#childrenOfEach(folders.map((worker) => paths.folder(worker)))
    const workers = await this.#children(paths.workers)
    const tasks = await this.#childrenOfEach(paths.shards())
    const owners = await this.#children(paths.results)
    const results = await this.#childrenOfEach(owners.map((owner) => paths.resultFolder(owner)))
    this.#state = this.#newState()
    this.#results = new ResultRetention(this.#context.options.resultRetentionMs)
    for (const task of tasks.flat()) this.#state.taskChanged(task)
    for (const worker of workers) this.#state.workerCreated(worker)
    folders.forEach((worker, at) => {
      this.#state.folderCreated(worker)
      for (const attempt of attempts[at] ?? []) this.#state.attemptCreated(worker, attempt)
    })
    owners.forEach((owner, at) => {
      for (const task of results[at] ?? []) this.#results.seen(paths.result(owner, task), performance.now())
    })
    this.#dead.load(await this.#children(paths.dead))
    this.#quiet = true
    await this.#readUnread()
    this.#quiet = false
  }

  #newState(): QueueState {
    return new QueueState((task) => attemptName(task, this.#term, this.#attempts++))
  }

  #happened(event: WatchEvent): void {
    if (event.type === 'created') this.#created(event)
    else if (event.type === 'changed') this.#changed(event)
    else if (event.type === 'deleted') this.#deleted(event)
  }

  #created({ path, zxid }: WatchEvent): void {
    const node = this.#context.paths.parse(path)
    if (node.type === 'task') this.#state.taskCreated(node.task, zxid)
    else if (node.type === 'worker') this.#state.workerCreated(node.worker)
    else if (node.type === 'folder') this.#state.folderCreated(node.worker)
    else if (node.type === 'attempt') this.#state.attemptCreated(node.worker, node.attempt)
    else if (node.type === 'dead') {
      this.#dead.added(node.attempt)
      this.#givenUp.add(node.task)
    }
  }

  #changed({ path }: WatchEvent): void {
    const node = this.#context.paths.parse(path)
    if (node.type === 'task') this.#state.taskChanged(node.task)
    else if (node.type === 'worker') this.#state.workerCreated(node.worker)
    else if (node.type === 'result') this.#results.seen(path, performance.now())
    else if (node.type === 'epoch') this.epochTouched = true
  }

  #deleted({ path, zxid }: WatchEvent): void {
    const node = this.#context.paths.parse(path)
    if (node.type === 'task') this.#taskEnded(node.task, zxid)
    else if (node.type === 'folder') this.#state.folderDeleted(node.worker)
    else if (node.type === 'attempt') this.#state.attemptDeleted(node.worker, node.attempt)
    else if (node.type === 'result') this.#results.gone(path)
    else if (node.type === 'dead') this.#dead.removed(node.attempt)
    else if (node.type === 'epoch') this.epochTouched = true
    else if (node.type === 'worker' && this.#state.workerDeleted(node.worker) === 'left') {
      this.#events.emit({ type: 'workerLeft', worker: node.worker })
    }
  }

  #taskEnded(task: string, zxid: bigint | null): void {
    const ended = this.#state.taskDeleted(task, zxid)
    const givenUp = this.#givenUp.delete(task)
    if (ended === null) return
    const { worker } = ended
    if (givenUp) this.#events.emit({ type: 'dead', task, worker })
    else if (worker !== null) this.#events.emit({ type: 'completed', task, worker })
  }

  async #readUnread(): Promise<void> {
    for (;;) {
      const tasks = this.#state.unreadTasks(READ_BATCH)
      const workers = this.#state.unreadWorkers(READ_BATCH)
      if (tasks.length === 0 && workers.length === 0) return
      await Promise.all([...tasks.map((task) => this.#readTask(task)), ...workers.map((worker) => this.#readWorker(worker))])
    }
  }

  async #readTask(task: string): Promise<void> {
    const found = await this.#data(this.#context.paths.task(task))
    if (found === null) {
      this.#state.taskMissing(task)
      return
    }
    // A worker finds out what an unreadable task is and gives it up: the master only passes it on.
    const { index = 0, failures = 0, crashes = 0, delayMs = 0 } = decodeTask(found.data) ?? {}
    const { czxid, version, mtimeMs } = found.stat
    const before = this.#state.taskRead(task, { czxid, index, version, failures, crashes, dueMs: this.#due(delayMs, mtimeMs) })
    if (!this.#quiet && failures > before) this.#events.emit({ type: 'retrying', task, failures, delayMs })
  }

  async #readWorker(worker: string): Promise<void> {
    const found = await this.#data(this.#context.paths.worker(worker))
    if (found === null) {
      this.#state.workerMissing(worker)
      return
    }
    const { slots, draining } = decodeWorker(found.data) ?? { slots: 0, draining: true }
    const joined = this.#state.workerRead(worker, slots, draining)
    if (joined && !this.#quiet) this.#events.emit({ type: 'workerJoined', worker, slots })
  }

  /**
   * When a delay that began at `sinceMs` of the servers' clock ends, by the own clock; 0: it has ended. A clock that jumps can make it
   * neither longer than asked for nor negative.
   */
  #due(delayMs: number, sinceMs: number): number {
    const nowMs = performance.now()
    const passedMs = this.#clock.originMs + nowMs - sinceMs
    const leftMs = Math.min(delayMs, delayMs - passedMs)
    return leftMs <= 0 ? 0 : nowMs + leftMs
  }

  async #data(path: string): Promise<Awaited<ReturnType<Client['getData']>> | null> {
    try {
      return await this.#reading(() => this.#client.getData(path))
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return null
      throw error
    }
  }

  async #children(path: string): Promise<string[]> {
    try {
      return (await this.#reading(() => this.#client.getChildren(path))).children
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return []
      throw error
    }
  }

  async #childrenOfEach(paths: readonly string[]): Promise<string[][]> {
    const lists: string[][] = []
    for (let at = 0; at < paths.length; at += READ_BATCH) {
      lists.push(...(await Promise.all(paths.slice(at, at + READ_BATCH).map((path) => this.#children(path)))))
    }
    return lists
  }

  #reading<T>(work: () => Promise<T>): Promise<T> {
    return untilDone(work, this.#signal)
  }
}
