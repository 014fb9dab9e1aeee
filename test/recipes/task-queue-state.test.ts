import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from '../../recipes/support/heap.ts'
import { attemptName, isValidId, QueuePaths, SHARD_COUNT, shardOf, taskOfAttempt } from '../../recipes/task-queue/paths.ts'
import type { Assignment } from '../../recipes/task-queue/queue-state.ts'
import { QueueState } from '../../recipes/task-queue/queue-state.ts'
import {
  decodeDead,
  decodeEpoch,
  decodeResult,
  decodeTask,
  decodeWorker,
  encodeTask,
  retryDelay,
} from '../../recipes/task-queue/records.ts'
import { DeadLetters, ResultRetention } from '../../recipes/task-queue/retention.ts'

// ---- a tree of its own, written from the layout's description: what the transactions of workers, clients and the master do to it ----

type TreeEvent =
  | { readonly what: 'taskCreated' | 'taskDeleted' | 'taskChanged'; readonly id: string; readonly zxid: bigint }
  | { readonly what: 'workerCreated' | 'workerDeleted' | 'workerChanged' | 'folderCreated' | 'folderDeleted'; readonly id: string }
  | { readonly what: 'attemptCreated' | 'attemptDeleted'; readonly id: string; readonly attempt: string }

interface TreeTask {
  readonly czxid: bigint
  version: number
  failures: number
  dueMs: number
}

class Tree {
  zxid = 0n
  terms = 0n
  events: TreeEvent[] = []
  readonly tasks: Map<string, TreeTask> = new Map()
  readonly workers: Map<string, { readonly slots: number; draining: boolean }> = new Map()
  readonly folders: Map<string, Set<string>> = new Map()
  readonly attemptsEver: Set<string> = new Set()

  submit(id: string): void {
    if (this.tasks.has(id)) return
    this.tasks.set(id, { czxid: ++this.zxid, version: 0, failures: 0, dueMs: 0 })
    this.events.push({ what: 'taskCreated', id, zxid: this.zxid })
  }

  join(id: string, slots: number): void {
    this.zxid++
    this.workers.set(id, { slots, draining: false })
    this.folders.set(id, new Set())
    this.events.push({ what: 'workerCreated', id }, { what: 'folderCreated', id })
  }

  /** The first operation that is refused, as an index into planned x (worker, task, attempt), or null: done. */
  assign(planned: readonly Assignment[]): Assignment | null {
    const refused = planned.find(
      ({ worker, task, taskVersion }) => !this.workers.has(worker) || this.tasks.get(task)?.version !== taskVersion,
    )
    if (refused !== undefined) return refused
    this.zxid++
    for (const { worker, attempt } of planned) {
      expect(this.attemptsEver.has(attempt)).toBe(false)
      this.attemptsEver.add(attempt)
      this.folders.get(worker)?.add(attempt)
      this.events.push({ what: 'attemptCreated', id: worker, attempt })
    }
    return null
  }

  end(worker: string, attempt: string, how: 'complete' | 'fail' | 'handBack', nowMs: number): void {
    if (!this.workers.has(worker) || this.folders.get(worker)?.has(attempt) !== true) return
    this.zxid++
    const id = taskOfAttempt(attempt) ?? ''
    const task = this.tasks.get(id)
    if (how === 'complete') {
      this.tasks.delete(id)
      this.events.push({ what: 'taskDeleted', id, zxid: this.zxid })
    } else if (how === 'fail' && task !== undefined) {
      task.version++
      task.failures++
      task.dueMs = nowMs + 10
      this.events.push({ what: 'taskChanged', id, zxid: this.zxid })
    }
    this.#removeAttempt(worker, attempt)
  }

  crash(id: string): void {
    if (!this.workers.delete(id)) return
    this.zxid++
    this.events.push({ what: 'workerDeleted', id })
  }

  leave(id: string): void {
    if (!this.workers.has(id)) return
    this.zxid++
    for (const attempt of [...(this.folders.get(id) ?? [])]) this.#removeAttempt(id, attempt)
    this.folders.delete(id)
    this.workers.delete(id)
    this.events.push({ what: 'folderDeleted', id }, { what: 'workerDeleted', id })
  }

  adopt(id: string): void {
    this.zxid++
    for (const attempt of [...(this.folders.get(id) ?? [])]) {
      const task = this.tasks.get(taskOfAttempt(attempt) ?? '')
      if (task !== undefined) {
        task.version++
        task.dueMs = 0
        this.events.push({ what: 'taskChanged', id: taskOfAttempt(attempt) ?? '', zxid: this.zxid })
      }
      this.#removeAttempt(id, attempt)
    }
    this.folders.delete(id)
    this.events.push({ what: 'folderDeleted', id })
  }

  #removeAttempt(worker: string, attempt: string): void {
    this.folders.get(worker)?.delete(attempt)
    this.events.push({ what: 'attemptDeleted', id: worker, attempt })
  }

  /** Invariants of the state machine: no attempt without its task, no two attempts of one task. */
  check(): void {
    const assigned = [...this.folders.values()].flatMap((attempts) => [...attempts].map((attempt) => taskOfAttempt(attempt)))
    expect(new Set(assigned).size).toBe(assigned.length)
    for (const task of assigned) expect(this.tasks.has(task ?? '')).toBe(true)
  }
}

/** A master over the tree: the same steps as the real one, each as late as the test wants. */
class Master {
  readonly tree: Tree
  state: QueueState
  nowMs = 0
  readonly #term: bigint
  #names = 0

  constructor(tree: Tree) {
    this.tree = tree
    this.#term = ++tree.terms
    this.state = this.#fresh()
    this.scan()
  }

  #fresh(): QueueState {
    return new QueueState((task) => attemptName(task, this.#term, this.#names++))
  }

  scan(): void {
    this.state = this.#fresh()
    for (const id of this.tree.tasks.keys()) this.state.taskChanged(id)
    for (const id of this.tree.workers.keys()) this.state.workerCreated(id)
    for (const [id, attempts] of this.tree.folders) {
      this.state.folderCreated(id)
      for (const attempt of attempts) this.state.attemptCreated(id, attempt)
    }
    this.read()
  }

  hear(count: number): void {
    for (const event of this.tree.events.splice(0, count)) this.#happened(event)
  }

  #happened(event: TreeEvent): void {
    const { state } = this
    switch (event.what) {
      case 'taskCreated':
        state.taskCreated(event.id, event.zxid)
        break
      case 'taskDeleted':
        state.taskDeleted(event.id, event.zxid)
        break
      case 'taskChanged':
        state.taskChanged(event.id)
        break
      case 'workerCreated':
      case 'workerChanged':
        state.workerCreated(event.id)
        break
      case 'workerDeleted':
        state.workerDeleted(event.id)
        break
      case 'folderCreated':
        state.folderCreated(event.id)
        break
      case 'folderDeleted':
        state.folderDeleted(event.id)
        break
      case 'attemptCreated':
        state.attemptCreated(event.id, event.attempt)
        break
      case 'attemptDeleted':
        state.attemptDeleted(event.id, event.attempt)
        break
    }
  }

  read(): void {
    for (const id of this.state.unreadTasks(1_000)) {
      const task = this.tree.tasks.get(id)
      if (task === undefined) this.state.taskMissing(id)
      else
        this.state.taskRead(id, {
          czxid: task.czxid,
          index: 0,
          version: task.version,
          failures: task.failures,
          crashes: 0,
          dueMs: task.dueMs,
        })
    }
    for (const id of this.state.unreadWorkers(1_000)) {
      const worker = this.tree.workers.get(id)
      if (worker === undefined) this.state.workerMissing(id)
      else this.state.workerRead(id, worker.slots, worker.draining)
    }
  }

  /** `outcome`: what became of the transaction, and whether this master learns it. */
  assign(outcome: 'done' | 'replyLost' | 'requestLost', limit: number): readonly Assignment[] {
    const planned = this.state.plan(this.nowMs, limit)
    if (planned.length === 0) return planned
    const refused = outcome === 'requestLost' ? null : this.tree.assign(planned)
    const release = (some: readonly Assignment[]): void => {
      for (const { worker, attempt } of some) this.state.attemptDeleted(worker, attempt)
    }
    if (outcome !== 'done') release(planned.filter(({ worker, attempt }) => this.tree.folders.get(worker)?.has(attempt) !== true))
    else if (refused !== null) {
      release(planned)
      if (this.tree.workers.has(refused.worker)) this.state.taskChanged(refused.task)
      else this.state.workerDoubted(refused.worker)
    }
    return planned
  }

  adopt(): void {
    for (const { worker } of this.state.orphans()) {
      if (this.tree.workers.has(worker) || !this.tree.folders.has(worker)) continue
      this.tree.adopt(worker)
    }
  }

  /** Everything that is on its way arrives, and everything that can be done is done. */
  settle(): void {
    this.nowMs += 1_000
    for (let round = 0; round < 50; round++) {
      this.hear(Number.POSITIVE_INFINITY)
      this.read()
      this.adopt()
      this.assign('done', 10)
      if (this.tree.events.length === 0) break
    }
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('submit' as const), task: fc.integer({ min: 0, max: 19 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), slots: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      pick: fc.nat(),
      how: fc.constantFrom('complete' as const, 'fail' as const, 'handBack' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'leave' as const), pick: fc.nat() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('hear' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'adopt' as const, 'later' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('assign' as const),
      outcome: fc.constantFrom('done' as const, 'done' as const, 'replyLost' as const, 'requestLost' as const),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('gap' as const, 'newMaster' as const) }) },
)

function nth<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(items.length, 1)]
}

describe('the state of the queue', () => {
  it('keeps the invariants and assigns all that can be, whatever comes late, twice or not at all', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const tree = new Tree()
        let master = new Master(tree)
        let workers = 0
        for (const one of steps) {
          const pairs = [...tree.folders].flatMap(([worker, attempts]) => [...attempts].map((attempt) => ({ worker, attempt })))
          if (one.do === 'submit') tree.submit(`t${one.task}`)
          else if (one.do === 'join') tree.join(`w${workers++}`, one.slots)
          else if (one.do === 'end') {
            const pair = nth(pairs, one.pick)
            if (pair !== undefined) tree.end(pair.worker, pair.attempt, one.how, master.nowMs)
          } else if (one.do === 'crash' || one.do === 'leave') tree[one.do](nth([...tree.workers.keys()], one.pick) ?? '')
          else if (one.do === 'hear') master.hear(one.count)
          else if (one.do === 'later') master.nowMs += 20
          else if (one.do === 'assign') master.assign(one.outcome, one.limit)
          else if (one.do === 'gap') {
            tree.events = []
            master.scan()
          } else if (one.do === 'newMaster') {
            tree.events = []
            master = new Master(tree)
          } else master[one.do]()
          tree.check()
        }
        master.settle()
        tree.check()
        const assigned = [...tree.folders.values()].reduce((sum, attempts) => sum + attempts.size, 0)
        const slots = [...tree.workers.values()].reduce((sum, worker) => sum + worker.slots, 0)
        expect(assigned).toBe(Math.min(tree.tasks.size, slots))
        expect([...tree.folders.keys()].sort()).toEqual([...tree.workers.keys()].sort())
        expect(master.state.taskCount).toBe(tree.tasks.size)
        expect(master.state.workerCount).toBe(tree.workers.size)
      }),
      { numRuns: 400 },
    )
  })

  it('assigns the oldest task first, by the zxid of its creation, and those of one transaction in order', () => {
    const state = new QueueState((task) => `${task}~1-0`)
    state.taskRead('c', { czxid: 9n, index: 0, version: 0, failures: 0, crashes: 0, dueMs: 0 })
    state.taskCreated('a', 5n)
    state.taskCreated('b', 5n)
    state.workerCreated('w')
    state.folderCreated('w')
    state.workerRead('w', 3, false)
    expect(state.plan(0, 10).map(({ task }) => task)).toEqual(['a', 'b', 'c'])
  })

  it('gives each task to the worker with the least load for its size', () => {
    let attempts = 0
    const state = new QueueState((task) => `${task}~1-${attempts++}`)
    for (const [id, slots] of [
      ['small', 2],
      ['large', 6],
    ] as const) {
      state.workerCreated(id)
      state.folderCreated(id)
      state.workerRead(id, slots, false)
    }
    for (let i = 0; i < 20; i++) state.taskCreated(`t${i}`, BigInt(i + 1))
    const first = state.plan(0, 4).map(({ worker }) => worker)
    expect(first.filter((worker) => worker === 'large').length).toBe(3)
    const rest = state.plan(0, 100).map(({ worker }) => worker)
    expect([...first, ...rest].filter((worker) => worker === 'small').length).toBe(2)
    expect(first.length + rest.length).toBe(8)
  })

  it('J-04: a draining worker gets nothing more', () => {
    const state = new QueueState((task) => `${task}~1-0`)
    state.workerCreated('w')
    state.folderCreated('w')
    state.workerRead('w', 2, true)
    state.taskCreated('a', 1n)
    expect(state.plan(0, 10)).toEqual([])
    state.workerRead('w', 2, false)
    expect(state.plan(0, 10).length).toBe(1)
  })

  it('MW-14: a delayed task waits until it is due and says when that is', () => {
    const state = new QueueState((task) => `${task}~1-0`)
    state.workerCreated('w')
    state.folderCreated('w')
    state.workerRead('w', 2, false)
    state.taskRead('a', { czxid: 1n, index: 0, version: 3, failures: 1, crashes: 0, dueMs: 500 })
    expect(state.nextDueMs()).toBe(500)
    expect(state.plan(499, 10)).toEqual([])
    expect(state.plan(500, 10)).toMatchObject([{ task: 'a', taskVersion: 3 }])
    expect(state.nextDueMs()).toBeNull()
  })

  it('news of a deletion that is older than the task changes nothing', () => {
    const state = new QueueState((task) => `${task}~1-0`)
    state.taskRead('a', { czxid: 10n, index: 0, version: 0, failures: 0, crashes: 0, dueMs: 0 })
    expect(state.taskDeleted('a', 7n)).toBeNull()
    expect(state.hasTask('a')).toBe(true)
    expect(state.taskDeleted('a', 12n)).toEqual({ worker: null })
  })

  it('a second attempt of one task is a stray, and so is an attempt without a task', () => {
    const state = new QueueState((task) => `${task}~1-0`)
    state.taskCreated('a', 1n)
    state.workerCreated('w')
    state.folderCreated('w')
    for (const attempt of ['a~1-0', 'a~1-1', 'b~1-2']) state.attemptCreated('w', attempt)
    expect(state.takeStrays()).toEqual([
      { worker: 'w', attempt: 'a~1-1' },
      { worker: 'w', attempt: 'b~1-2' },
    ])
    expect(state.takeStrays()).toEqual([])
  })
})

describe('the heap', () => {
  it('gives out in order what was put in in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new Heap<number>((a, b) => a < b)
        for (const number of numbers) heap.push(number)
        const out: number[] = []
        for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next)
        expect(out).toEqual([...numbers].sort((a, b) => a - b))
        expect(heap.size).toBe(0)
      }),
    )
  })
})

describe('the layout', () => {
  const paths = new QueuePaths('/jobs/q')

  it('says of each of its paths what lies there', () => {
    expect(paths.parse(paths.epoch)).toEqual({ type: 'epoch' })
    expect(paths.parse(paths.worker('w-1'))).toEqual({ type: 'worker', worker: 'w-1' })
    expect(paths.parse(paths.folder('w-1'))).toEqual({ type: 'folder', worker: 'w-1' })
    expect(paths.parse(paths.attempt('w-1', 't~5-0'))).toEqual({ type: 'attempt', worker: 'w-1', attempt: 't~5-0', task: 't' })
    expect(paths.parse(paths.task('t'))).toEqual({ type: 'task', task: 't' })
    expect(paths.parse(paths.result('c', 't'))).toEqual({ type: 'result', client: 'c', task: 't' })
    expect(paths.parse(paths.deadLetter('t~5-0'))).toEqual({ type: 'dead', attempt: 't~5-0', task: 't' })
    for (const other of [paths.root, paths.meta, paths.tasks, paths.election, `${paths.assign}/w/x`, `${paths.task('t')}/y`]) {
      expect(paths.parse(other)).toEqual({ type: 'other' })
    }
  })

  it('spreads tasks evenly over the shards', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 16_000; i++) counts.set(shardOf(`invoice-${i}`), (counts.get(shardOf(`invoice-${i}`)) ?? 0) + 1)
    expect(counts.size).toBe(SHARD_COUNT)
    for (const count of counts.values()) expect(count).toBeGreaterThan(800)
    for (const count of counts.values()) expect(count).toBeLessThan(1_200)
  })

  it('Q-06: with the largest limits no listing comes near 1 MiB', () => {
    const nameBytes = 4 + 64
    expect((100_000 / SHARD_COUNT) * 1.2 * nameBytes).toBeLessThan(1_048_576 * 0.6)
    expect(10_000 * nameBytes).toBeLessThan(1_048_576 * 0.7)
  })

  it('takes ids that are safe in a path and in an attempt name, and no others', () => {
    for (const id of ['a', 'A-b_c.9', 'x'.repeat(64), '-']) expect(isValidId(id)).toBe(true)
    for (const id of ['', '.', '..', '.a', 'a/b', 'a~b', 'x'.repeat(65), 'ä', 'a b', 'a\u0000']) expect(isValidId(id)).toBe(false)
  })
})

describe('the records', () => {
  const task = {
    client: 'c',
    index: 0,
    maxAttempts: 3,
    retryDelayMs: 100,
    maxRetryDelayMs: 350,
    failures: 0,
    crashes: 0,
    delayMs: 0,
    error: null,
    payload: { a: [1, null] },
  }

  it('come back as they were written', () => {
    expect(decodeTask(Buffer.from(encodeTask(task)))).toEqual(task)
    const failed = { ...task, failures: 2, error: { name: 'E', message: 'm' }, payload: undefined }
    expect(decodeTask(Buffer.from(encodeTask(failed)))).toEqual(failed)
  })

  it('are null for whatever somebody else put there', () => {
    const decoders = [decodeTask, decodeWorker, decodeEpoch, decodeResult, decodeDead]
    for (const decode of decoders) {
      for (const junk of [null, Buffer.alloc(0), Buffer.from('{'), Buffer.from('null'), Buffer.from('[]'), Buffer.from('{"client":1}')]) {
        expect(decode(junk)).toBeNull()
      }
      fc.assert(fc.property(fc.json(), (json) => void decode(Buffer.from(json))))
    }
  })

  it('the pause doubles with each failure up to its maximum', () => {
    expect([1, 2, 3, 4, 1_000].map((failures) => retryDelay(task, failures))).toEqual([100, 200, 350, 350, 350])
  })
})

describe('retention', () => {
  it('J-12: a result is due when it has not changed for the time given, oldest first, a limited number at a time', () => {
    const retention = new ResultRetention(100)
    expect(retention.nextDueMs()).toBeNull()
    retention.seen('/a', 0)
    retention.seen('/b', 10)
    retention.seen('/c', 20)
    retention.seen('/a', 30)
    retention.gone('/c')
    expect(retention.nextDueMs()).toBe(110)
    expect(retention.takeDue(109, 10)).toEqual([])
    expect(retention.takeDue(130, 1)).toEqual(['/b'])
    expect(retention.takeDue(130, 10)).toEqual(['/a'])
    expect(retention.size).toBe(0)
  })

  it('dead letters beyond the limit go, those of the oldest attempts first', () => {
    const dead = new DeadLetters(2)
    dead.load(['x~10-0', 'y~z-9', 'w~10-1', 'v~10-10'])
    expect(dead.surplus(1)).toEqual(['y~z-9'])
    expect(dead.surplus(10)).toEqual(['y~z-9', 'x~10-0'])
    for (const name of dead.surplus(10)) dead.removed(name)
    expect(dead.surplus(10)).toEqual([])
    dead.added('u~11-0')
    expect(dead.surplus(10)).toEqual(['w~10-1'])
  })
})
