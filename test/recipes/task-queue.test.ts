import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { TaskQueueOptions } from '../../recipes/task-queue/options.ts'
import { shardOf } from '../../recipes/task-queue/paths.ts'
import { decodeDead } from '../../recipes/task-queue/records.ts'
import type { TaskMaster } from '../../recipes/task-queue/task-master.ts'
import { TaskQueue } from '../../recipes/task-queue/task-queue.ts'
import type { MasterEvent } from '../../recipes/task-queue/types.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('queue')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

async function queueOn<Payload, Value>(client?: Client, options: TaskQueueOptions = {}): Promise<TaskQueue<Payload, Value>> {
  return new TaskQueue<Payload, Value>(client ?? (await world.client()), path, { retryDelayMs: 5, ...options })
}

/** Everything a master tells. */
function record(master: TaskMaster): MasterEvent[] {
  const events: MasterEvent[] = []
  const read = async (): Promise<void> => {
    for await (const event of master.events()) events.push(event)
  }
  void read()
  return events
}

/** A door that handlers wait at. */
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

describe('a task queue', () => {
  it('does a task and gives its value to the submitter, for four transactions with the removal of the result', async () => {
    const client = await world.client()
    const queue = await queueOn<{ n: number }, number>(client)
    const master = queue.runMaster()
    const worker = await queue.runWorker(({ payload }) => payload.n ** 2)
    expect(await (await queue.submit({ n: 12 })).value()).toBe(144)
    await until(async () => (await queue.stats()).results === 0, 'the result is removed')
    await client.sync('/')
    const before = client.lastZxid
    const handle = await queue.submit({ n: 5 })
    expect(await handle.result()).toEqual({ type: 'completed', id: handle.id, value: 25, worker: worker.id, attempt: 1 })
    await until(async () => (await queue.stats()).results === 0, 'the result is removed')
    expect(client.lastZxid - before).toBe(4n)
    expect(await queue.stats()).toEqual({ tasks: 0, assigned: 0, workers: 1, dead: 0, results: 0, master: { epoch: 1, name: 'master' } })
    expect(master.epoch).toBe(1)
    await queue.close()
  })

  it('assigns in the order of submission', async () => {
    const queue = await queueOn<number, void>()
    const order: number[] = []
    const handles = await queue.submitMany(Array.from({ length: 30 }, (_, payload) => ({ payload })))
    handles.push(await queue.submit(30), await queue.submit(31))
    queue.runMaster()
    await queue.runWorker(({ payload }) => void order.push(payload))
    await Promise.all(handles.map((handle) => handle.result()))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order.length).toBe(32)
    await queue.close()
  })

  it('runs as many handlers at a time as the worker asked for, and no more', async () => {
    const queue = await queueOn<number, void>()
    queue.runMaster()
    let inside = 0
    let most = 0
    const full = new Gate()
    await queue.runWorker(
      async () => {
        most = Math.max(most, ++inside)
        if (inside === 3) full.open()
        await full.opened
        inside--
      },
      { concurrency: 3, prefetch: 4 },
    )
    const handles = await queue.submitMany(Array.from({ length: 12 }, (_, payload) => ({ payload })))
    await Promise.all(handles.map((handle) => handle.value()))
    expect(most).toBe(3)
    await queue.close()
  })

  it('gives the task to the worker with the least load', async () => {
    const queue = await queueOn<number, string>()
    const master = queue.runMaster()
    const events = record(master)
    const gate = new Gate()
    const hold = async (): Promise<string> => gate.opened.then(() => 'done')
    const a = await queue.runWorker(hold, { concurrency: 4, name: 'a' })
    const b = await queue.runWorker(hold, { concurrency: 4, name: 'b' })
    await until(() => events.filter(({ type }) => type === 'elected' || type === 'workerJoined').length > 0, 'the master is there')
    await until(async () => (await queue.stats()).workers === 2, 'both workers are there')
    const handles = []
    for (let i = 0; i < 6; i++) handles.push(await queue.submit(i))
    await until(async () => (await queue.stats()).assigned === 6, 'all are assigned')
    for (const worker of [a, b]) expect(await world.children(`${path}/assign/${worker.id}`)).toHaveLength(3)
    gate.open()
    await Promise.all(handles.map((handle) => handle.value()))
    await queue.close()
  })

  it('hands the payload and the value through JSON, undefined included', async () => {
    const queue = await queueOn<unknown, unknown>()
    queue.runMaster()
    await queue.runWorker(({ payload }) => payload)
    for (const payload of [undefined, null, 0, '', 'ä€😀', [1, [2]], { a: { b: null } }]) {
      expect(await (await queue.submit(payload)).value()).toEqual(payload)
    }
    await queue.close()
  })

  it('tells a handler which attempt it is, with tokens that grow', async () => {
    const queue = await queueOn<number, string>()
    queue.runMaster()
    const seen: { attempt: number; token: bigint; failures: number; submittedAtMs: number }[] = []
    await queue.runWorker(({ failures, submittedAtMs }, { attempt, token }) => {
      seen.push({ attempt, token, failures, submittedAtMs })
      if (attempt < 3) throw new Error(`attempt ${attempt}`)
      return 'at last'
    })
    const result = await (await queue.submit(1)).result()
    expect(result).toMatchObject({ type: 'completed', value: 'at last', attempt: 3 })
    expect(seen.map(({ attempt, failures }) => [attempt, failures])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ])
    const tokens = seen.map(({ token }) => token)
    expect([...tokens].sort((a, b) => (a < b ? -1 : 1))).toEqual(tokens)
    expect(new Set(seen.map(({ submittedAtMs }) => submittedAtMs)).size).toBe(1)
    await queue.close()
  })
})

describe('submission', () => {
  it('J-09: the same id twice is one task', async () => {
    const queue = await queueOn<{ a: number }, string>()
    const first = await queue.submit({ a: 1 }, { id: 'invoice-1' })
    const again = await queue.submit({ a: 1 }, { id: 'invoice-1' })
    expect([first.deduplicated, again.deduplicated]).toEqual([false, true])
    expect((await queue.stats()).tasks).toBe(1)
    let runs = 0
    queue.runMaster()
    await queue.runWorker(() => `run ${++runs}`)
    expect(await Promise.all([first.value(), again.value()])).toEqual(['run 1', 'run 1'])
    expect(runs).toBe(1)
    await queue.close()
  })

  it('J-09: a task that has ended is found again while its result was not collected', async () => {
    const queue = await queueOn<number, number>()
    queue.runMaster()
    let runs = 0
    await queue.runWorker(() => ++runs)
    await queue.submit(1, { id: 'x' })
    await until(async () => (await queue.stats()).tasks === 0, 'it is done')
    const again = await queue.submit(1, { id: 'x' })
    expect(again.deduplicated).toBe(true)
    expect(await again.value()).toBe(1)
    // Collected: the id is free again.
    const fresh = await queue.submit(1, { id: 'x' })
    expect(fresh.deduplicated).toBe(false)
    expect(await fresh.value()).toBe(2)
    await queue.close()
  })

  it('the same id with another payload is a conflict', async () => {
    const queue = await queueOn<number, void>()
    await queue.submit(1, { id: 'x' })
    expect(await codeOf(queue.submit(2, { id: 'x' }))).toBe('ERR_CONFLICT')
    await queue.close()
  })

  it('MW-21: two clients that submit the same id at the same time get the same task', async () => {
    const queues = [await queueOn<number, string>(await world.client()), await queueOn<number, string>(await world.client())]
    const handles = await Promise.all(queues.map((queue) => queue.submit(1, { id: 'shared' })))
    expect(handles.filter(({ deduplicated }) => deduplicated).length).toBe(1)
    const owner = handles.findIndex(({ deduplicated }) => !deduplicated)
    const observed = handles[1 - owner]?.value()
    let runs = 0
    queues[0]?.runMaster()
    await queues[0]?.runWorker(() => `run ${++runs}`)
    expect(await observed).toBe('run 1')
    expect(await handles[owner]?.value()).toBe('run 1')
    expect(runs).toBe(1)
    await Promise.all(queues.map((queue) => queue.close()))
  })

  it('a client with a fixed id finds its results after a restart', async () => {
    const client = await world.client()
    const before = await queueOn<number, string>(client, { clientId: 'web-1' })
    await before.submit(1, { id: 'x' })
    before.runMaster()
    await before.runWorker(() => 'done')
    await until(async () => (await before.stats()).tasks === 0, 'it is done')
    await before.close()
    const after = await queueOn<number, string>(client, { clientId: 'web-1' })
    expect(await (await after.submit(1, { id: 'x' })).value()).toBe('done')
    await after.close()
  })

  it('submits many in order, also ids that are there already and ids given twice', async () => {
    const queue = await queueOn<number, number>()
    await queue.submit(3, { id: 'three' })
    const handles = await queue.submitMany([
      { payload: 1 },
      { payload: 3, id: 'three' },
      { payload: 4, id: 'four' },
      { payload: 4, id: 'four' },
    ])
    expect(handles.map(({ deduplicated }) => deduplicated)).toEqual([false, true, false, true])
    expect((await queue.stats()).tasks).toBe(3)
    queue.runMaster()
    await queue.runWorker(({ payload }) => payload * 10)
    expect(await Promise.all(handles.map((handle) => handle.value()))).toEqual([10, 30, 40, 40])
    await queue.close()
  })

  it('Q-06: refuses tasks beyond maxTasks, whoever submitted them, and takes more when there is room', async () => {
    const queue = await queueOn<number, void>(undefined, { maxTasks: 5 })
    const other = await queueOn<number, void>(undefined, { maxTasks: 5 })
    await queue.submitMany([1, 2, 3].map((payload) => ({ payload })))
    await other.submit(4)
    await queue.submit(5)
    expect(await codeOf(queue.submit(6))).toBe('ERR_QUEUE_FULL')
    expect(await codeOf(other.submitMany([{ payload: 6 }]))).toBe('ERR_QUEUE_FULL')
    expect((await queue.stats()).tasks).toBe(5)
    queue.runMaster()
    await queue.runWorker(() => {})
    await until(async () => (await queue.stats()).tasks === 0, 'all are done')
    await queue.submit(6)
    await Promise.all([queue.close(), other.close()])
  })

  it('J-12: refuses tasks when too many results wait to be collected', async () => {
    const queue = await queueOn<number, void>(undefined, { maxResults: 3 })
    const handles = await queue.submitMany([1, 2, 3].map((payload) => ({ payload })))
    queue.runMaster()
    await queue.runWorker(() => {})
    await until(async () => (await queue.stats()).tasks === 0, 'all are done')
    expect(await codeOf(queue.submit(4))).toBe('ERR_QUEUE_FULL')
    await Promise.all(handles.map((handle) => handle.result()))
    await until(async () => (await queue.stats()).results === 0, 'all are collected')
    await queue.submit(4)
    await queue.close()
  })

  it('refuses what cannot be a task, before anything is sent', async () => {
    const client = await world.client()
    const queue = await queueOn<unknown, unknown>(client, { maxPayloadBytes: 100 })
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const before = client.lastZxid
    expect(await codeOf(queue.submit(cyclic))).toBe('ERR_VALIDATION')
    expect(await codeOf(queue.submit(1n))).toBe('ERR_VALIDATION')
    expect(await codeOf(queue.submit(() => {}))).toBe('ERR_VALIDATION')
    expect(await codeOf(queue.submit('x'.repeat(99)))).toBe('ERR_TOO_LARGE')
    expect(await codeOf(queue.submit(1, { id: 'a/b' }))).toBe('ERR_CONFIG')
    expect(await codeOf(queue.submit(1, { id: 'a~b' }))).toBe('ERR_CONFIG')
    expect(client.lastZxid).toBe(before)
    for (const [bad, options] of [
      ['relative', {}],
      ['/', {}],
      ['/a/', {}],
      [path, { maxTasks: 0 }],
      [path, { maxTasks: 100_001 }],
      [path, { clientId: '' }],
      [path, { retryDelayMs: -1 }],
    ] as const) {
      expect(() => new TaskQueue(client, bad, options)).toThrowError(/expected .* got/)
    }
    await queue.close()
  })

  it('an abort rejects with the reason, and the same id can be submitted again', async () => {
    const queue = await queueOn<number, void>()
    const reason = new Error('enough')
    const abort = new AbortController()
    const submitting = queue.submit(1, { id: 'x', signal: abort.signal })
    abort.abort(reason)
    await expect(submitting).rejects.toBe(reason)
    await expect(queue.submit(1, { id: 'x', signal: abort.signal })).rejects.toBe(reason)
    await queue.submit(1, { id: 'x' })
    expect((await queue.stats()).tasks).toBe(1)
    await queue.close()
  })
})

describe('results', () => {
  it('are removed after delivery, once, and remembered by the handle', async () => {
    const queue = await queueOn<number, number>()
    queue.runMaster()
    await queue.runWorker(({ payload }) => payload + 1)
    const handle = await queue.submit(1)
    expect(await handle.value()).toBe(2)
    await until(async () => (await queue.stats()).results === 0, 'the result is removed')
    expect(await handle.value()).toBe(2)
    await queue.close()
  })

  it('an abort ends the waiting only; the next call gets the result', async () => {
    const queue = await queueOn<number, string>()
    const handle = await queue.submit(1)
    const reason = new Error('not now')
    const abort = new AbortController()
    const waiting = handle.result({ signal: abort.signal })
    abort.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    queue.runMaster()
    await queue.runWorker(() => 'here')
    expect(await handle.value()).toBe('here')
    await queue.close()
  })

  it('close rejects who waits with ERR_CLOSED; the task stays', async () => {
    const queue = await queueOn<number, string>()
    const handle = await queue.submit(1)
    const waiting = codeOf(handle.result())
    await queue.close()
    expect(await waiting).toBe('ERR_CLOSED')
    expect(await codeOf(queue.submit(2))).toBe('ERR_CLOSED')
    const other = await queueOn<number, string>()
    expect((await other.stats()).tasks).toBe(1)
    await other.close()
  })

  it('J-12: results that nobody collects are removed by the master after resultRetentionMs, pending ones are not', async () => {
    const queue = await queueOn<string, void>(undefined, { resultRetentionMs: 1_000 })
    queue.runMaster()
    const gate = new Gate()
    await queue.runWorker(({ payload }) => (payload === 'slow' ? gate.opened : undefined), { concurrency: 2 })
    const slow = await queue.submit('slow')
    const quick = await queue.submit('quick')
    await until(async () => (await queue.stats()).tasks === 1, 'the quick one is done')
    await until(async () => (await queue.stats()).results === 1, 'its result is removed')
    gate.open()
    expect(await slow.value()).toBeUndefined()
    expect(await codeOf(quick.result())).toBe('NO_NODE')
    await queue.close()
  })
})

describe('failures', () => {
  it('a handler that fails is tried again maxAttempts times, then the task fails and leaves a dead letter', async () => {
    const client = await world.client()
    const queue = await queueOn<{ to: string }, void>(client, { maxAttempts: 3 })
    const events = record(queue.runMaster())
    let runs = 0
    await queue.runWorker(() => {
      throw new TypeError(`no. ${++runs}`)
    })
    const handle = await queue.submit({ to: 'a' })
    expect(await handle.result()).toEqual({
      type: 'failed',
      id: handle.id,
      reason: 'attempts',
      error: { name: 'TypeError', message: 'no. 3' },
      attempt: 3,
    })
    const error = await handle.value().catch((failure: unknown) => failure)
    expect(ZoariumError.is(error, 'ERR_TASK_FAILED') && error.cause).toMatchObject({ name: 'TypeError', message: 'no. 3' })
    const [name = ''] = await world.children(`${path}/dead`)
    const dead = decodeDead((await client.getData(`${path}/dead/${name}`)).data)
    expect(dead).toMatchObject({ reason: 'attempts', error: { message: 'no. 3' }, task: { payload: { to: 'a' }, failures: 2 } })
    await until(() => events.some(({ type }) => type === 'dead'), 'the master tells')
    expect(events.filter(({ type }) => type === 'retrying')).toMatchObject([{ failures: 1 }, { failures: 2 }])
    expect(events.some(({ type }) => type === 'completed')).toBe(false)
    expect(await queue.stats()).toMatchObject({ tasks: 0, assigned: 0, dead: 1 })
    await queue.close()
  })

  it('other tasks go on while one waits for its next attempt', async () => {
    const queue = await queueOn<string, string>(undefined, { retryDelayMs: 60_000 })
    queue.runMaster()
    await queue.runWorker(({ payload }) => {
      if (payload === 'bad') throw new Error('later')
      return payload
    })
    await queue.submit('bad')
    expect(await (await queue.submit('good')).value()).toBe('good')
    expect(await queue.stats()).toMatchObject({ tasks: 1, assigned: 0 })
    await queue.close()
  })

  it('a new master goes on with the delays of the old one', async () => {
    const client = await world.client()
    const queue = await queueOn<number, string>(client, { retryDelayMs: 1_500 })
    const first = queue.runMaster()
    let failedAtMs = 0
    let againAtMs = 0
    await queue.runWorker((_, { attempt }) => {
      if (attempt === 1) {
        failedAtMs = performance.now()
        throw new Error('first')
      }
      againAtMs = performance.now()
      return 'second'
    })
    const handle = await queue.submit(1)
    await until(async () => failedAtMs > 0 && (await queue.stats()).assigned === 0, 'it failed')
    await first.close()
    queue.runMaster()
    expect(await handle.value()).toBe('second')
    expect(againAtMs - failedAtMs).toBeGreaterThan(1_300)
    await queue.close()
  })

  it('a value that is not JSON or too large fails the attempt', async () => {
    const queue = await queueOn<string, unknown>(undefined, { maxAttempts: 1, maxPayloadBytes: 50 })
    queue.runMaster()
    await queue.runWorker(({ payload }) => (payload === 'big' ? 'x'.repeat(60) : 1n))
    expect(await (await queue.submit('big')).result()).toMatchObject({ type: 'failed', error: { name: 'ZoariumError' } })
    expect(await (await queue.submit('bigint')).result()).toMatchObject({ type: 'failed', reason: 'attempts' })
    await queue.close()
  })

  it('what is no task of this layout goes to the dead letters, and the queue goes on', async () => {
    const client = await world.client()
    const queue = await queueOn<string, string>(client)
    queue.runMaster()
    await queue.runWorker(() => 'fine')
    expect(await (await queue.submit('a')).value()).toBe('fine')
    await client.create(`${path}/tasks/${shardOf('by-hand')}/by-hand`, 'not a task')
    await until(async () => (await queue.stats()).dead === 1, 'it is dead')
    const [name = ''] = await world.children(`${path}/dead`)
    expect(decodeDead((await client.getData(`${path}/dead/${name}`)).data)).toMatchObject({ reason: 'unreadable', task: 'not a task' })
    expect(await (await queue.submit('b')).value()).toBe('fine')
    await queue.close()
  })

  it('dead letters beyond maxDead are removed, the oldest first', async () => {
    const queue = await queueOn<number, void>(undefined, { maxAttempts: 1, maxDead: 2 })
    queue.runMaster()
    await queue.runWorker(() => {
      throw new Error('no')
    })
    for (let i = 0; i < 5; i++) await (await queue.submit(i, { id: `t${i}` })).result()
    await until(async () => (await queue.stats()).dead === 2, 'two are left')
    expect((await world.children(`${path}/dead`)).map((name) => name.slice(0, 2)).sort()).toEqual(['t3', 't4'])
    await queue.close()
  })
})

describe('closing', () => {
  it('J-04: a closing worker finishes what runs and hands back what has not begun, without using up an attempt', async () => {
    const queue = await queueOn<number, string>()
    const other = await queueOn<number, string>()
    queue.runMaster()
    const gate = new Gate()
    const begun: number[] = []
    const first = await queue.runWorker(
      async ({ payload }) => {
        begun.push(payload)
        await gate.opened
        return 'first'
      },
      { concurrency: 2, prefetch: 4 },
    )
    const handles = await queue.submitMany(Array.from({ length: 6 }, (_, payload) => ({ payload })))
    await until(async () => begun.length === 2 && (await queue.stats()).assigned === 6, 'two run, four wait in the worker')
    const closing = first.close()
    await until(async () => (await queue.stats()).assigned === 2, 'four are handed back')
    await other.runWorker((_, { attempt }) => `second, attempt ${attempt}`)
    expect(await Promise.all(handles.slice(2).map((handle) => handle.value()))).toEqual(Array(4).fill('second, attempt 1'))
    gate.open()
    await closing
    expect(await Promise.all(handles.slice(0, 2).map((handle) => handle.value()))).toEqual(['first', 'first'])
    expect(await first.ended).toEqual({ type: 'closed' })
    await Promise.all([queue.close(), other.close()])
  })

  it('J-04: what does not finish in time is aborted and handed back, without using up an attempt', async () => {
    const queue = await queueOn<number, string>()
    const events = record(queue.runMaster())
    const reasons: unknown[] = []
    const worker = await queue.runWorker(
      (_, { signal }) =>
        new Promise<string>((_, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason)
            reject(signal.reason)
          })
        }),
      { drainTimeoutMs: 10 },
    )
    const handle = await queue.submit(1)
    await until(() => worker.running === 1, 'it runs')
    await worker.close()
    expect(reasons.map((reason) => ZoariumError.is(reason, 'ERR_CLOSED'))).toEqual([true])
    expect(await queue.stats()).toMatchObject({ tasks: 1, assigned: 0, workers: 0 })
    await queue.runWorker((task, { attempt }) => `attempt ${attempt}, ${task.failures} failures, ${task.crashes} crashes`)
    expect(await handle.value()).toBe('attempt 1, 0 failures, 0 crashes')
    expect(events.some(({ type }) => type === 'workerLost')).toBe(false)
    expect(events.some(({ type }) => type === 'workerLeft')).toBe(true)
    await queue.close()
  })

  it('J-04: a handler that ignores its signal cannot complete after its task was handed back', async () => {
    const queue = await queueOn<number, string>()
    queue.runMaster()
    const gate = new Gate()
    const worker = await queue.runWorker(async () => gate.opened.then(() => 'too late'), { drainTimeoutMs: 0, abortGraceMs: 0 })
    const handle = await queue.submit(1)
    await until(() => worker.running === 1, 'it runs')
    await worker.close()
    const second = new Gate()
    await queue.runWorker(async () => second.opened.then(() => 'in time'))
    await until(async () => (await queue.stats()).assigned === 1, 'the other has it')
    gate.open()
    await until(() => worker.running === 0, 'the first handler has returned')
    second.open()
    expect(await handle.value()).toBe('in time')
    await queue.close()
  })

  it('G-14, MW-24: leaves no worker, no candidate, no assignment and no watch behind', async () => {
    const queue = await queueOn<number, number>()
    queue.runMaster()
    queue.runMaster({ name: 'standby' })
    await queue.runWorker(({ payload }) => payload, { concurrency: 2 })
    const handles = await queue.submitMany([1, 2, 3].map((payload) => ({ payload })))
    await Promise.all(handles.map((handle) => handle.value()))
    await queue.close()
    await queue.close()
    for (const folder of ['workers', 'assign', 'election']) expect(await world.children(`${path}/${folder}`)).toEqual([])
    expect(await world.watches()).toBe(0)
  })

  it('a master closed before it is elected leaves nothing and is not elected later', async () => {
    const queue = await queueOn<number, number>()
    const first = queue.runMaster()
    await until(() => first.epoch === 1, 'the first is elected')
    const stop = new AbortController()
    const standby = queue.runMaster({ signal: stop.signal })
    await until(async () => (await world.children(`${path}/election`)).length === 2, 'the second stands by')
    stop.abort()
    expect(await standby.ended).toEqual({ type: 'closed' })
    expect(await world.children(`${path}/election`)).toHaveLength(1)
    expect(first.epoch).toBe(1)
    await queue.close()
  })

  it('the abort of a signal before registration rejects and leaves nothing; after it, it closes the worker', async () => {
    const queue = await queueOn<number, number>()
    const reason = new Error('stop')
    await expect(queue.runWorker(() => 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const abort = new AbortController()
    const worker = await queue.runWorker(() => 1, { signal: abort.signal })
    abort.abort(reason)
    expect(await worker.ended).toEqual({ type: 'closed' })
    await queue.close()
    expect(await world.children(`${path}/workers`)).toEqual([])
    expect(await world.watches()).toBe(0)
  })

  it('the iteration of events ends with the master, and with its signal', async () => {
    const queue = await queueOn<number, number>()
    const master = queue.runMaster()
    const types: string[] = []
    const reading = (async () => {
      for await (const event of master.events()) types.push(event.type)
    })()
    await until(() => types.includes('elected'), 'elected')
    const reason = new Error('no more')
    const abort = new AbortController()
    const next = master.events({ signal: abort.signal }).next()
    abort.abort(reason)
    await expect(next).rejects.toBe(reason)
    await master.close()
    await reading
    expect(types).toEqual(['elected', 'steppedDown'])
    await queue.close()
  })
})

describe('access', () => {
  it('E-05: a master or worker that may not write ends with the error instead of being silent', async () => {
    const client = await world.client()
    const queue = await queueOn<number, number>(client, { onError: () => {} })
    await queue.stats()
    await client.setAcl(`${path}/workers`, [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }])
    expect(await codeOf(queue.runWorker(() => 1))).toBe('NO_AUTH')
    await client.setAcl(`${path}/epoch`, [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }])
    const end = await queue.runMaster().ended
    expect(end.type === 'failed' && ZoariumError.is(end.error, 'NO_AUTH')).toBe(true)
    await queue.close()
  })
})
