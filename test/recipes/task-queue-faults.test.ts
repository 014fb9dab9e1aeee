import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { TaskQueueOptions } from '../../recipes/task-queue/options.ts'
import { QueuePaths } from '../../recipes/task-queue/paths.ts'
import type { TaskMaster } from '../../recipes/task-queue/task-master.ts'
import { TaskQueue } from '../../recipes/task-queue/task-queue.ts'
import type { MasterEvent, TaskHandle, TaskResult } from '../../recipes/task-queue/types.ts'
import { Op } from '../support/fault-proxy.ts'
import { freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('queue')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

function queueOn<Payload, Value>(client: Client, options: TaskQueueOptions = {}): TaskQueue<Payload, Value> {
  return new TaskQueue<Payload, Value>(client, path, { retryDelayMs: 5, ...options })
}

function record(master: TaskMaster): MasterEvent[] {
  const events: MasterEvent[] = []
  const read = async (): Promise<void> => {
    for await (const event of master.events()) events.push(event)
  }
  void read()
  return events
}

class Gate {
  readonly opened: Promise<void>
  #open: () => void = () => {}

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  open(): void {
    this.#open()
  }
}

/**
 * Reads the whole history of a queue from one recursive watch and checks, after every transaction: no attempt without its task, no two
 * attempts of one task, no attempt name twice, no task created twice, no second outcome of a task, tokens in the order of the attempts.
 */
class Historian {
  readonly #client: Client
  readonly #paths: QueuePaths
  readonly #tasks: Set<string> = new Set()
  readonly #tasksEver: Set<string> = new Set()
  readonly #attempts: Map<string, string> = new Map()
  readonly #attemptsEver: Set<string> = new Set()
  readonly #outcomes: Map<string, number> = new Map()
  readonly #wrong: string[] = []
  readonly #reading: Promise<void>
  readonly #close: () => Promise<void>
  #zxid = 0n

  private constructor(client: Client, close: () => Promise<void>, reading: (self: Historian) => Promise<void>) {
    this.#client = client
    this.#paths = new QueuePaths(path)
    this.#close = close
    this.#reading = reading(this)
  }

  static async start(client: Client): Promise<Historian> {
    const watch = await client.watch(path, { recursive: true, maxBufferedEvents: 1_000_000 })
    return new Historian(
      client,
      () => watch.close(),
      async (self) => {
        for await (const event of watch) {
          if (event.type === 'gap' || event.type === 'resumed' || event.type === 'lost') self.#wrong.push(`the history has a ${event.type}`)
          else if (event.path === `${path}/the-end`) return
          else self.#happened(event.type, event.path, event.zxid ?? 0n)
        }
      },
    )
  }

  /** Waits until all has been read. Returns how many outcomes each task had. */
  async end(): Promise<ReadonlyMap<string, number>> {
    await this.#client.create(`${path}/the-end`)
    await this.#reading
    await this.#close()
    this.#check()
    expect(this.#wrong).toEqual([])
    return this.#outcomes
  }

  #happened(type: string, at: string, zxid: bigint): void {
    if (zxid !== this.#zxid) this.#check()
    this.#zxid = zxid
    const node = this.#paths.parse(at)
    if (node.type === 'task' && type === 'created') {
      if (this.#tasksEver.has(node.task)) this.#wrong.push(`${node.task} was created twice`)
      this.#tasks.add(node.task)
      this.#tasksEver.add(node.task)
    } else if (node.type === 'task' && type === 'deleted') this.#tasks.delete(node.task)
    else if (node.type === 'attempt' && type === 'created') {
      if (this.#attemptsEver.has(node.attempt)) this.#wrong.push(`${node.attempt} was used twice`)
      if (this.#attempts.has(node.task)) this.#wrong.push(`${node.task} has two attempts`)
      this.#attemptsEver.add(node.attempt)
      this.#attempts.set(node.task, node.attempt)
    } else if (node.type === 'attempt' && type === 'deleted') this.#attempts.delete(node.task)
    else if (node.type === 'result' && type === 'changed') {
      this.#outcomes.set(node.task, (this.#outcomes.get(node.task) ?? 0) + 1)
      if (this.#outcomes.get(node.task) !== 1) this.#wrong.push(`${node.task} has two outcomes`)
    }
  }

  /** At the end of each transaction. */
  #check(): void {
    for (const [task, attempt] of this.#attempts) {
      if (!this.#tasks.has(task)) this.#wrong.push(`${attempt} has no task, at ${this.#zxid}`)
    }
    for (const task of this.#outcomes.keys()) {
      if (this.#tasks.has(task)) this.#wrong.push(`${task} has an outcome and still exists, at ${this.#zxid}`)
    }
  }
}

async function results<Value>(handles: readonly TaskHandle<Value>[]): Promise<TaskResult<Value>[]> {
  return Promise.all(handles.map((handle) => handle.result()))
}

describe('submission through a broken connection', () => {
  it('MW-01: a submission whose reply is lost again and again is one task', async () => {
    const { client, proxy } = await world.proxied()
    const historian = await Historian.start(await world.client())
    const queue = queueOn<number, string>(client)
    await queue.stats()
    const handles: TaskHandle<string>[] = []
    for (let i = 0; i < 5; i++) {
      proxy.loseReply(Op.multi)
      const handle = await queue.submit(i, { id: `t${i}` })
      expect(proxy.armed).toBe(false)
      expect(handle.deduplicated).toBe(false)
      handles.push(handle)
    }
    proxy.loseReply(Op.multi)
    handles.push(...(await queue.submitMany([5, 6, 7].map((payload) => ({ payload, id: `t${payload}` })))))
    expect((await queue.stats()).tasks).toBe(8)
    queue.runMaster()
    await queue.runWorker(({ payload }) => `did ${payload}`)
    expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => `did ${n}`))
    await queue.close()
    expect((await historian.end()).size).toBe(8)
  })

  it('a submission that never arrived is sent again', async () => {
    const { client, proxy } = await world.proxied()
    const queue = queueOn<number, string>(client)
    await queue.stats()
    proxy.loseRequest(Op.multi)
    await queue.submit(1)
    expect((await queue.stats()).tasks).toBe(1)
    await queue.close()
  })

  it('whichever request of a submitter is the last before a cut, there is one task and one result', async () => {
    const other = await world.client()
    const crew = queueOn<number, string>(other)
    crew.runMaster()
    await crew.runWorker(({ payload }) => `did ${payload}`)
    const historian = await Historian.start(await world.client())
    for (let n = 1; n <= 24; n++) {
      const { client, proxy } = await world.proxied()
      const queue = queueOn<number, string>(client)
      if (n % 2 === 0) proxy.cutAfterRequests(n)
      else proxy.cutBeforeRequest(n)
      const handle = await queue.submit(n, { id: `t${n}` })
      expect(await handle.value()).toBe(`did ${n}`)
      await queue.close()
      await client.close()
    }
    expect((await crew.stats()).tasks).toBe(0)
    await crew.close()
    expect([...(await historian.end()).values()]).toEqual(Array(24).fill(1))
  })
})

describe('a worker in trouble', () => {
  it('a completion whose reply is lost counts, and is not done again', async () => {
    const { client, proxy } = await world.proxied()
    const submitter = queueOn<number, number>(await world.client())
    submitter.runMaster()
    const historian = await Historian.start(await world.client())
    let runs = 0
    const queue = queueOn<number, number>(client)
    const worker = await queue.runWorker(() => {
      proxy.loseReply(Op.multi)
      return ++runs
    })
    const { id } = worker
    expect(await (await submitter.submit(1)).value()).toBe(1)
    await until(() => worker.running === 0, 'the worker knows')
    expect(await (await submitter.submit(1)).value()).toBe(2)
    expect(worker.id).toBe(id)
    await Promise.all([queue.close(), submitter.close()])
    await historian.end()
  })

  it('a failure whose reply is lost counts once', async () => {
    const { client, proxy } = await world.proxied()
    const submitter = queueOn<number, string>(await world.client())
    submitter.runMaster()
    const queue = queueOn<number, string>(client)
    await queue.runWorker(({ failures }, { attempt }) => {
      if (attempt === 3) return `${failures} failures`
      proxy.loseReply(Op.multi)
      throw new Error('again')
    })
    expect(await (await submitter.submit(1)).value()).toBe('2 failures')
    await Promise.all([queue.close(), submitter.close()])
  })

  it('MW-06: a cut connection that comes back in the same session changes nothing', async () => {
    const { client, proxy } = await world.proxied()
    const submitter = queueOn<number, string>(await world.client())
    const events = record(submitter.runMaster())
    const gate = new Gate()
    const aborted: unknown[] = []
    const queue = queueOn<number, string>(client)
    const worker = await queue.runWorker(async (_, { signal, attempt }) => {
      signal.addEventListener('abort', () => aborted.push(signal.reason))
      await gate.opened
      return `attempt ${attempt}`
    })
    const { id } = worker
    const handle = await submitter.submit(1)
    await until(() => worker.running === 1, 'it runs')
    proxy.cut()
    await until(() => client.status.type === 'connected' && proxy.connections === 1, 'it is back')
    gate.open()
    expect(await handle.value()).toBe('attempt 1')
    expect(worker.id).toBe(id)
    expect(aborted).toEqual([])
    expect(events.some(({ type }) => type === 'workerLost' || type === 'reassigned')).toBe(false)
    await Promise.all([queue.close(), submitter.close()])
  })

  it('J-01, MW-05: a worker cut off for longer than its session is aborted and replaced, and its result is refused', async () => {
    const { client, proxy } = await world.proxied()
    const submitter = queueOn<number, string>(await world.client())
    const events = record(submitter.runMaster())
    const historian = await Historian.start(await world.client())
    const late = new Gate()
    const seen: { attempt: number; token: bigint; signal: AbortSignal }[] = []
    const queue = queueOn<number, string>(client)
    const worker = await queue.runWorker(async (_, { signal, attempt, token }) => {
      seen.push({ attempt, token, signal })
      if (attempt > 1) return `attempt ${attempt}`
      await late.opened
      return 'late'
    })
    const { id } = worker
    const handle = await submitter.submit(1)
    await until(() => seen.length === 1, 'it runs')
    proxy.pause()
    await world.expire(client)
    await until(() => events.some(({ type }) => type === 'requeued'), 'the task is back')
    const second = queueOn<number, string>(await world.client())
    const rescuer = await second.runWorker((_, { attempt, token }) => {
      seen.push({ attempt, token, signal: new AbortController().signal })
      return `rescued, attempt ${attempt}`
    })
    const rescuerId = rescuer.id
    expect(await handle.result()).toMatchObject({ type: 'completed', value: 'rescued, attempt 2', worker: rescuerId })
    proxy.resume()
    await until(() => seen[0]?.signal.aborted === true, 'the first handler is told')
    expect(ZoariumError.is(seen[0]?.signal.reason)).toBe(true)
    late.open()
    expect(seen[1]?.token).toBeGreaterThan(seen[0]?.token ?? 0n)
    await until(() => worker.id !== null && worker.id !== id, 'the worker is registered again, under another id')
    await rescuer.close()
    expect(await (await submitter.submit(2)).value()).toBe('late')
    expect(events.filter(({ type }) => type === 'workerLost')).toEqual([{ type: 'workerLost', worker: id, tasks: 1 }])
    expect(events.filter(({ type }) => type === 'reassigned')).toMatchObject([{ worker: rescuerId, from: id }])
    await Promise.all([queue.close(), second.close(), submitter.close()])
    await historian.end()
  })

  it('J-03: a task that takes its workers down is given up after maxCrashes, and the others go on', async () => {
    const submitter = queueOn<string, string>(await world.client(), { maxCrashes: 2 })
    const events = record(submitter.runMaster())
    const historian = await Historian.start(await world.client())
    const queues: TaskQueue<string, string>[] = []
    const killed: string[] = []
    for (let i = 0; i < 3; i++) {
      const client = await world.client()
      const queue = queueOn<string, string>(client)
      await queue.runWorker(async ({ payload }, { signal }) => {
        if (payload !== 'poison') return payload
        await world.expire(client)
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
        killed.push(payload)
        return 'from beyond'
      })
      queues.push(queue)
    }
    const poison = await submitter.submit('poison')
    const others = await submitter.submitMany(['a', 'b', 'c', 'd', 'e'].map((payload) => ({ payload })))
    expect(await poison.result()).toMatchObject({ type: 'failed', reason: 'crashes', attempt: 2, error: { name: 'WorkerLost' } })
    expect(await Promise.all(others.map((handle) => handle.value()))).toEqual(['a', 'b', 'c', 'd', 'e'])
    await until(() => killed.length === 2, 'two workers were lost to it')
    expect(await submitter.stats()).toMatchObject({ tasks: 0, dead: 1 })
    expect(events.filter(({ type }) => type === 'requeued')).toMatchObject([{ task: poison.id, crashes: 1 }])
    await Promise.all([...queues, submitter].map((queue) => queue.close()))
    await historian.end()
  })

  it('whichever request of a worker is the last before a cut, every task has one outcome', async () => {
    const submitter = queueOn<number, string>(await world.client())
    submitter.runMaster()
    const historian = await Historian.start(await world.client())
    for (let n = 1; n <= 20; n++) {
      const { client, proxy } = await world.proxied()
      const queue = queueOn<number, string>(client)
      if (n % 2 === 0) proxy.cutAfterRequests(n)
      else proxy.cutBeforeRequest(n)
      const worker = await queue.runWorker(
        ({ payload }, { attempt }) => {
          if (payload % 2 === 1 && attempt === 1) throw new Error('the first time')
          return `did ${payload}`
        },
        { concurrency: 2, prefetch: 1 },
      )
      const handles = await submitter.submitMany([1, 2, 3, 4].map((payload) => ({ payload, id: `n${n}-${payload}` })))
      expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual(['did 1', 'did 2', 'did 3', 'did 4'])
      await worker.close()
      await queue.close()
      await client.close()
    }
    await submitter.close()
    expect([...(await historian.end()).values()]).toEqual(Array(80).fill(1))
    expect(await world.children(`${path}/workers`)).toEqual([])
    expect(await world.children(`${path}/assign`)).toEqual([])
    expect(await world.watches()).toBe(0)
  })
})

describe('a master in trouble', () => {
  it('J-08, MW-02: a master that was cut off and replaced writes nothing any more and steps down', async () => {
    const { client, proxy } = await world.proxied()
    const old = queueOn<number, string>(client)
    const oldMaster = old.runMaster({ name: 'old' })
    const oldEvents = record(oldMaster)
    await until(() => oldMaster.epoch === 1, 'the old one is elected')
    const submitter = queueOn<number, string>(await world.client())
    const historian = await Historian.start(await world.client())
    await submitter.runWorker(({ payload }) => `did ${payload}`, { concurrency: 4 })
    expect(await (await submitter.submit(0)).value()).toBe('did 0')
    const successor = submitter.runMaster({ name: 'new' })
    proxy.pause()
    await world.expire(client)
    await until(() => successor.epoch === 2, 'the successor is elected')
    const handles = await submitter.submitMany(Array.from({ length: 20 }, (_, payload) => ({ payload })))
    // It comes back in the middle of the other's work.
    proxy.resume()
    expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual(handles.map((_, i) => `did ${i}`))
    await until(() => oldEvents.some(({ type }) => type === 'steppedDown'), 'the old one knows')
    expect(successor.epoch).toBe(2)
    expect(await submitter.stats()).toMatchObject({ master: { epoch: 2, name: 'new' } })
    await Promise.all([old.close(), submitter.close()])
    await historian.end()
  })

  it('J-08: a master steps down when somebody else raises the epoch, even while it leads, and can be elected again', async () => {
    const client = await world.client()
    const queue = queueOn<number, string>(client)
    const master = queue.runMaster()
    const events = record(master)
    await until(() => master.epoch === 1, 'it is elected')
    await client.setData(`${path}/epoch`, 'by hand')
    await until(() => events.length === 3, 'it is elected again')
    expect(master.epoch).toBe(3)
    expect(events.map(({ type }) => type)).toEqual(['elected', 'steppedDown', 'elected'])
    expect(events[1]).toEqual({ type: 'steppedDown', epoch: 1, reason: 'fenced' })
    await queue.close()
  })

  it('G-24: a queue that was deleted under its master and worker is made anew, and both go on', async () => {
    const admin = await world.client()
    const queue = queueOn<number, string>(await world.client())
    const master = queue.runMaster()
    const events = record(master)
    const worker = await queue.runWorker(({ payload }) => `did ${payload}`)
    const { id } = worker
    expect(await (await queue.submit(1)).value()).toBe('did 1')
    await until(async () => (await queue.stats()).results === 0, 'nothing is going on')
    // The crew notices at once, and makes anew what is being deleted.
    for (let round = 0; round < 3; round++) await admin.deleteRecursive(path).catch(() => {})
    await until(() => worker.id !== null && worker.id !== id, 'the worker is registered again')
    await until(() => events.filter(({ type }) => type === 'elected').length >= 2, 'the master is elected again')
    expect(await (await queue.submit(2)).value()).toBe('did 2')
    await queue.close()
    expect(await world.watches()).toBe(0)
  })

  it('G-24: a master whose epoch was deleted is elected again', async () => {
    const admin = await world.client()
    const queue = queueOn<number, string>(await world.client())
    const events = record(queue.runMaster())
    await queue.runWorker(({ payload }) => `did ${payload}`)
    await until(() => events.length > 0, 'elected')
    await admin.delete(`${path}/epoch`)
    await until(() => events.filter(({ type }) => type === 'elected').length === 2, 'elected again')
    expect(await (await queue.submit(2)).value()).toBe('did 2')
    await queue.close()
  })

  it('MW-07: without a master running tasks complete and results are delivered', async () => {
    const queue = queueOn<number, string>(await world.client())
    const master = queue.runMaster()
    const gate = new Gate()
    const worker = await queue.runWorker(async () => gate.opened.then(() => 'done'), { concurrency: 2 })
    const handles = [await queue.submit(1), await queue.submit(2)]
    await until(() => worker.running === 2, 'both run')
    await master.close()
    const third = await queue.submit(3)
    gate.open()
    expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual(['done', 'done'])
    expect(await queue.stats()).toMatchObject({ tasks: 1, assigned: 0 })
    queue.runMaster()
    expect(await third.value()).toBe('done')
    await queue.close()
  })

  it('a worker that dies while there is no master is found by the next one', async () => {
    const queue = queueOn<number, string>(await world.client())
    const handle = await queue.submit(1)
    const victim = await world.client()
    const doomed = queueOn<number, string>(victim)
    const second = queue.runMaster()
    const doomedWorker = await doomed.runWorker(
      (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('no'))),
    )
    await until(() => doomedWorker.running === 1, 'it runs there')
    await second.close()
    await world.expire(victim)
    await doomed.close()
    const third = queue.runMaster()
    const events = record(third)
    await queue.runWorker((task, { attempt }) => `attempt ${attempt}, ${task.crashes} crashes`)
    expect(await handle.value()).toBe('attempt 2, 1 crashes')
    expect(events.filter(({ type }) => type === 'workerLost')).toMatchObject([{ tasks: 1 }])
    expect(await world.children(`${path}/assign`)).toHaveLength(1)
    await queue.close()
  })

  it('MW-03: whichever request of a master is the last before a cut, every task has one outcome', async () => {
    const submitter = queueOn<number, string>(await world.client())
    const historian = await Historian.start(await world.client())
    await submitter.runWorker(
      ({ payload }, { attempt }) => {
        if (payload === 3 && attempt === 1) throw new Error('the first time')
        return `did ${payload}`
      },
      { concurrency: 2 },
    )
    for (let n = 1; n <= 40; n++) {
      const { client, proxy } = await world.proxied()
      const queue = queueOn<number, string>(client)
      if (n % 2 === 0) proxy.cutAfterRequests(n)
      else proxy.cutBeforeRequest(n)
      const master = queue.runMaster()
      const handles = await submitter.submitMany([1, 2, 3].map((payload) => ({ payload, id: `n${n}-${payload}` })))
      expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual(['did 1', 'did 2', 'did 3'])
      await master.close()
      await queue.close()
      await client.close()
    }
    await submitter.close()
    expect([...(await historian.end()).values()]).toEqual(Array(120).fill(1))
    expect(await world.children(`${path}/election`)).toEqual([])
    expect(await world.watches()).toBe(0)
  })

  it('MW-03: whichever request of a master is its last, its successor brings every task to one outcome', async () => {
    const submitter = queueOn<number, string>(await world.client(), { maxCrashes: 100 })
    const historian = await Historian.start(await world.client())
    await submitter.runWorker(({ payload }) => `did ${payload}`, { concurrency: 2 })
    for (let n = 4; n <= 40; n += 4) {
      const { client, proxy } = await world.proxied()
      const doomed = queueOn<number, string>(client, { onError: () => {} })
      // A worker dies too, so that the recovery has something to do.
      const victim = await world.client()
      const crew = queueOn<number, string>(victim)
      let holding = true
      await crew.runWorker(
        ({ payload }, { signal }) =>
          holding ? new Promise((resolve) => signal.addEventListener('abort', () => resolve('no'))) : `did ${payload}`,
        { concurrency: 2 },
      )
      const handles = await submitter.submitMany([1, 2, 3, 4].map((payload) => ({ payload, id: `n${n}-${payload}` })))
      proxy.cutAfterRequests(n)
      doomed.runMaster({ name: `doomed-${n}` })
      const idle = async (): Promise<boolean> => {
        const { tasks, assigned, master } = await submitter.stats()
        return master?.name === `doomed-${n}` && tasks === assigned
      }
      await until(async () => !proxy.armed || (await idle()), 'the cut happened, or there is nothing more to do')
      proxy.refuse()
      holding = false
      await world.expire(client)
      await world.expire(victim)
      const heir = submitter.runMaster()
      expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual(['did 1', 'did 2', 'did 3', 'did 4'])
      await heir.close()
      proxy.accept()
      await Promise.all([doomed.close(), crew.close()])
    }
    await submitter.close()
    await historian.end()
  }, 60_000)

  it('MW-12: a backlog that many listings long is taken over by the next master in order', async () => {
    const queue = queueOn<number, number>(await world.client())
    const handles = await queue.submitMany(Array.from({ length: 600 }, (_, payload) => ({ payload })))
    const first = queue.runMaster()
    const order: number[] = []
    const started = new Gate()
    await queue.runWorker(
      ({ payload }) => {
        order.push(payload)
        if (order.length === 200) started.open()
        return payload
      },
      { concurrency: 1, prefetch: 50 },
    )
    await started.opened
    await first.close()
    const second = queue.runMaster()
    const events = record(second)
    expect((await results(handles)).map((result) => (result.type === 'completed' ? result.value : null))).toEqual(handles.map((_, i) => i))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order.length).toBe(600)
    expect(events.find(({ type }) => type === 'elected')).toMatchObject({ workers: 1 })
    await queue.close()
  }, 60_000)
})

describe('everything at once', () => {
  it.each([1, 2, 3])('sessions of workers and masters end again and again; every task has exactly one outcome (seed %i)', async (seed) => {
    let state = seed
    const random = (bound: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % bound
    }
    const submitter = queueOn<number, number>(await world.client(), { maxCrashes: 1_000, maxAttempts: 1_000 })
    const historian = await Historian.start(await world.client())
    const clients: Client[] = []
    const queues: TaskQueue<number, number>[] = []
    for (let i = 0; i < 5; i++) {
      const client = await world.client()
      const queue = queueOn<number, number>(client, { maxCrashes: 1_000, onError: () => {} })
      if (i < 2) queue.runMaster({ name: `master-${i}` })
      else {
        await queue.runWorker(
          async ({ payload }, { signal }) => {
            await new Promise((resolve) => setTimeout(resolve, random(8)))
            if (random(10) === 0) throw new Error('bad luck')
            signal.throwIfAborted()
            return payload
          },
          { concurrency: 3, prefetch: 2 },
        )
      }
      clients.push(client)
      queues.push(queue)
    }
    const handles = await submitter.submitMany(Array.from({ length: 80 }, (_, payload) => ({ payload })))
    let done = 0
    const all = Promise.all(
      handles.map(async (handle) => {
        const value = await handle.value()
        done++
        return value
      }),
    )
    for (let round = 0; round < 12 && done < handles.length; round++) {
      const victim = clients[random(clients.length)]
      const before = done
      if (victim !== undefined && victim.status.type === 'connected') await world.expire(victim)
      await until(() => done > before || done === handles.length, `progress after the loss of a session, seed ${seed}`)
    }
    expect(await all).toEqual(handles.map((_, i) => i))
    expect(await submitter.stats()).toMatchObject({ tasks: 0, assigned: 0, dead: 0 })
    await Promise.all(queues.map((queue) => queue.close()))
    await submitter.close()
    expect([...(await historian.end()).values()]).toEqual(Array(80).fill(1))
    for (const folder of ['workers', 'election']) expect(await world.children(`${path}/${folder}`)).toEqual([])
    expect(await world.watches()).toBe(0)
  })
})
