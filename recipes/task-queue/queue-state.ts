// recipes: a master's view of its queue, and its decisions: which task goes to which worker. Pure: znodes in, plans out.

import { Heap } from '../support/heap.ts'
import { taskOfAttempt } from './paths.ts'

// A task is in exactly one place:
//
//   unread      its znode is new or has changed and must be read
//   delayed     it failed and may not be assigned again yet
//   waiting     it can be assigned, oldest first
//   assigned    an attempt's znode exists, or a transaction that creates it is under way
//
// Whatever is learned twice, or late, changes nothing: every input says what there is, not what to do.

/** What a master must know of a task that was read. */
export interface TaskFacts {
  /** The zxid of its creation: the order of assignment. */
  readonly czxid: bigint
  /** Its position among the tasks of the same transaction. */
  readonly index: number
  readonly version: number
  readonly failures: number
  readonly crashes: number
  /** When it may be assigned, by the clock that `plan` is called with. */
  readonly dueMs: number
}

/** A decision: `attempt` of `task` shall be created in the folder of `worker`. */
export interface Assignment {
  readonly task: string
  readonly taskVersion: number
  readonly worker: string
  readonly attempt: string
  /** The worker that had it before, `null` for the first attempt. */
  readonly from: string | null
}

/** An attempt that exists and that nothing can come of. */
export interface Stray {
  readonly worker: string
  readonly attempt: string
}

interface TaskEntry {
  readonly id: string
  /** Where it is, when it is not assigned. */
  place: 'unread' | 'delayed' | 'waiting'
  czxid: bigint
  index: number
  version: number
  failures: number
  crashes: number
  dueMs: number
  attempt: string | null
  worker: string | null
  lastWorker: string | null
  /** Whether an item of the waiting heap points here, valid or not. */
  inHeap: boolean
}

interface WorkerEntry {
  readonly id: string
  /** Its ephemeral znode exists. */
  alive: boolean
  /** Its folder exists. */
  folder: boolean
  /** `null` until its record was read. */
  slots: number | null
  draining: boolean
  readonly attempts: Set<string>
}

/** A worker that is no more but has left its folder. */
export interface Orphanage {
  readonly worker: string
  readonly attempts: readonly string[]
}

/** The master's view. */
export class QueueState {
  readonly #newAttempt: (task: string) => string
  readonly #tasks: Map<string, TaskEntry> = new Map()
  readonly #workers: Map<string, WorkerEntry> = new Map()
  readonly #waiting: Heap<TaskEntry> = new Heap(comesBefore)
  readonly #delayed: Heap<{ readonly dueMs: number; readonly entry: TaskEntry }> = new Heap((a, b) => a.dueMs < b.dueMs)
  readonly #unreadTasks: Set<string> = new Set()
  readonly #unreadWorkers: Set<string> = new Set()
  readonly #strays: Stray[] = []
  /** The transaction whose tasks are being announced, and how many were. */
  #announcing = { zxid: 0n, count: 0 }

  /** `newAttempt` makes the name of a task's next attempt: never the same twice. */
  constructor(newAttempt: (task: string) => string) {
    this.#newAttempt = newAttempt
  }

  get taskCount(): number {
    return this.#tasks.size
  }

  /** Workers that are alive. */
  get workerCount(): number {
    let count = 0
    for (const worker of this.#workers.values()) if (worker.alive) count++
    return count
  }

  hasTask(id: string): boolean {
    return this.#tasks.has(id)
  }

  /** A task's znode was created. Without a `zxid` (servers that do not tell it with events) the task must be read first. */
  taskCreated(id: string, zxid: bigint | null): void {
    if (zxid === null) {
      this.taskChanged(id)
      return
    }
    // The events of a transaction come in the order of its operations.
    if (this.#announcing.zxid !== zxid) this.#announcing = { zxid, count: 0 }
    const index = this.#announcing.count++
    const known = this.#tasks.get(id)
    if (known !== undefined && known.czxid >= zxid) return
    this.taskRead(id, { czxid: zxid, index, version: 0, failures: 0, crashes: 0, dueMs: 0 })
  }

  /** A task exists, but what is known of it is out of date. */
  taskChanged(id: string): void {
    this.#entry(id).place = 'unread'
    this.#unreadTasks.add(id)
  }

  /** A task was read. Returns how many failures were known of it before. */
  taskRead(id: string, facts: TaskFacts): number {
    const entry = this.#entry(id)
    const before = entry.failures
    this.#unreadTasks.delete(id)
    if (entry.czxid !== facts.czxid && entry.inHeap) this.#replaceEntry(entry, facts)
    else Object.assign(entry, facts)
    this.#enqueue(this.#entry(id))
    return before
  }

  /** A task was to be read and is not there: the news of its end is on its way. */
  taskMissing(id: string): void {
    this.#unreadTasks.delete(id)
  }

  /** A task is gone; `zxid` tells whether the news is older than the znode that is known. Returns who had it. */
  taskDeleted(id: string, zxid: bigint | null = null): { readonly worker: string | null } | null {
    const entry = this.#tasks.get(id)
    if (entry === undefined || (zxid !== null && zxid < entry.czxid)) return null
    this.#tasks.delete(id)
    this.#unreadTasks.delete(id)
    return { worker: entry.worker }
  }

  workerCreated(id: string): void {
    this.#worker(id).alive = true
    this.#unreadWorkers.add(id)
  }

  /** As `taskMissing`. */
  workerMissing(id: string): void {
    this.#unreadWorkers.delete(id)
  }

  /** Returns whether the worker was not known before. */
  workerRead(id: string, slots: number, draining: boolean): boolean {
    const worker = this.#worker(id)
    this.#unreadWorkers.delete(id)
    const joined = worker.slots === null
    worker.alive = true
    worker.slots = slots
    worker.draining = draining
    return joined
  }

  /** A worker does not look like what is known of it: it gets nothing until it was read again. */
  workerDoubted(id: string): void {
    const worker = this.#workers.get(id)
    if (worker === undefined) return
    worker.draining = true
    this.#unreadWorkers.add(id)
  }

  /** A worker is no more. Returns how it went, `null` if that is no news. */
  workerDeleted(id: string): 'left' | 'lost' | null {
    const worker = this.#workers.get(id)
    this.#unreadWorkers.delete(id)
    if (worker === undefined || !worker.alive) return null
    worker.alive = false
    if (worker.folder) return 'lost'
    this.#workers.delete(id)
    return 'left'
  }

  folderCreated(id: string): void {
    this.#worker(id).folder = true
  }

  /** A worker without a folder gets nothing more; it registers anew when it notices. */
  folderDeleted(id: string): void {
    const worker = this.#workers.get(id)
    if (worker === undefined) return
    worker.folder = false
    for (const attempt of worker.attempts) this.attemptDeleted(id, attempt)
    if (!worker.alive) this.#workers.delete(id)
  }

  attemptCreated(workerId: string, attempt: string): void {
    const worker = this.#worker(workerId)
    if (worker.attempts.has(attempt)) return
    const id = taskOfAttempt(attempt)
    const entry = id === null ? undefined : this.#tasks.get(id)
    worker.attempts.add(attempt)
    if (entry === undefined || entry.attempt !== null) this.#strays.push({ worker: workerId, attempt })
    else assign(entry, workerId, attempt)
  }

  attemptDeleted(workerId: string, attempt: string): void {
    this.#workers.get(workerId)?.attempts.delete(attempt)
    const entry = this.#tasks.get(taskOfAttempt(attempt) ?? '')
    if (entry === undefined || entry.attempt !== attempt) return
    entry.attempt = null
    entry.worker = null
    this.#enqueue(entry)
  }

  /** Up to `limit` tasks whose znodes must be read. */
  unreadTasks(limit: number): string[] {
    return firstOf(this.#unreadTasks, limit)
  }

  unreadWorkers(limit: number): string[] {
    return firstOf(this.#unreadWorkers, limit)
  }

  /** Folders of workers that are no more. */
  orphans(): Orphanage[] {
    const orphans: Orphanage[] = []
    for (const { id, alive, folder, attempts } of this.#workers.values()) {
      if (!alive && folder) orphans.push({ worker: id, attempts: [...attempts] })
    }
    return orphans
  }

  /** Attempts without a task, or beside another attempt of the same task, that are still there. */
  takeStrays(): Stray[] {
    return this.#strays.splice(0).filter((stray) => this.#workers.get(stray.worker)?.attempts.has(stray.attempt) === true)
  }

  /** When the next delayed task is due; `null`: none is delayed. */
  nextDueMs(): number | null {
    this.#dropStaleDelays()
    return this.#delayed.peek()?.dueMs ?? null
  }

  /**
   * Up to `limit` assignments, oldest task first, each to the worker with the least load. They count as made: `attemptDeleted` takes back
   * those that could not be.
   */
  plan(nowMs: number, limit: number): Assignment[] {
    this.#wakeDelayed(nowMs)
    const free = this.#freeWorkers()
    const planned: Assignment[] = []
    while (planned.length < limit && free.size > 0) {
      const entry = this.#nextWaiting()
      if (entry === undefined) break
      const worker = free.pop()
      if (worker === undefined) break
      this.#waiting.pop()
      entry.inHeap = false
      const from = entry.lastWorker
      const attempt = this.#newAttempt(entry.id)
      worker.attempts.add(attempt)
      assign(entry, worker.id, attempt)
      planned.push({ task: entry.id, taskVersion: entry.version, worker: worker.id, attempt, from })
      if (freeSlots(worker) > 0) free.push(worker)
    }
    return planned
  }

  #freeWorkers(): Heap<WorkerEntry> {
    const free = new Heap<WorkerEntry>((a, b) => load(a) < load(b))
    for (const worker of this.#workers.values()) if (freeSlots(worker) > 0) free.push(worker)
    return free
  }

  #nextWaiting(): TaskEntry | undefined {
    for (;;) {
      const entry = this.#waiting.peek()
      if (entry === undefined || this.#isWaiting(entry)) return entry
      this.#waiting.pop()
      entry.inHeap = false
    }
  }

  #isWaiting(entry: TaskEntry): boolean {
    return entry.place === 'waiting' && entry.attempt === null && this.#tasks.get(entry.id) === entry
  }

  #isDelayed(entry: TaskEntry): boolean {
    return entry.place === 'delayed' && entry.attempt === null && this.#tasks.get(entry.id) === entry
  }

  #dropStaleDelays(): void {
    for (;;) {
      const first = this.#delayed.peek()
      if (first === undefined || (first.dueMs === first.entry.dueMs && this.#isDelayed(first.entry))) return
      this.#delayed.pop()
    }
  }

  #wakeDelayed(nowMs: number): void {
    for (;;) {
      this.#dropStaleDelays()
      const first = this.#delayed.peek()
      if (first === undefined || first.dueMs > nowMs) return
      this.#delayed.pop()
      this.#makeWaiting(first.entry)
    }
  }

  #enqueue(entry: TaskEntry): void {
    if (entry.attempt !== null || this.#unreadTasks.has(entry.id)) return
    if (entry.dueMs > 0) {
      entry.place = 'delayed'
      this.#delayed.push({ dueMs: entry.dueMs, entry })
    } else this.#makeWaiting(entry)
  }

  #makeWaiting(entry: TaskEntry): void {
    entry.place = 'waiting'
    if (entry.inHeap) return
    entry.inHeap = true
    this.#waiting.push(entry)
  }

  /** The heap may not see the order of an item change: the znode that was made anew gets an entry of its own. */
  #replaceEntry(old: TaskEntry, facts: TaskFacts): void {
    this.#tasks.delete(old.id)
    const { attempt, worker, lastWorker } = old
    Object.assign(this.#entry(old.id), facts, { attempt, worker, lastWorker })
  }

  #entry(id: string): TaskEntry {
    let entry = this.#tasks.get(id)
    if (entry === undefined) {
      entry = {
        id,
        place: 'unread',
        czxid: 0n,
        index: 0,
        version: 0,
        failures: 0,
        crashes: 0,
        dueMs: 0,
        attempt: null,
        worker: null,
        lastWorker: null,
        inHeap: false,
      }
      this.#tasks.set(id, entry)
    }
    return entry
  }

  #worker(id: string): WorkerEntry {
    let worker = this.#workers.get(id)
    if (worker === undefined) {
      worker = { id, alive: false, folder: false, slots: null, draining: false, attempts: new Set() }
      this.#workers.set(id, worker)
    }
    return worker
  }
}

function comesBefore(a: TaskEntry, b: TaskEntry): boolean {
  return a.czxid === b.czxid ? a.index < b.index : a.czxid < b.czxid
}

function assign(entry: TaskEntry, worker: string, attempt: string): void {
  entry.attempt = attempt
  entry.worker = worker
  entry.lastWorker = worker
}

function freeSlots(worker: WorkerEntry): number {
  if (!worker.alive || !worker.folder || worker.draining || worker.slots === null) return 0
  return worker.slots - worker.attempts.size
}

/** Relative load; between equals the one with more slots comes first. */
function load(worker: WorkerEntry): number {
  return worker.slots === null ? 1 : (worker.attempts.size + 1) / worker.slots
}

function firstOf(ids: ReadonlySet<string>, limit: number): string[] {
  const first: string[] = []
  for (const id of ids) {
    if (first.length === limit) break
    first.push(id)
  }
  return first
}
