// Queues and task queues, cut at every message.

import { describe, expect, it } from 'vitest'
import { DelayQueue } from '../../../recipes/queue/delay-queue.ts'
import { PriorityQueue } from '../../../recipes/queue/priority-queue.ts'
import { Queue } from '../../../recipes/queue/queue.ts'
import type { QueuedItem } from '../../../recipes/queue/queued-item.ts'
import { TaskQueue } from '../../../recipes/task-queue/task-queue.ts'
import { cutAtEveryMessage } from './cuts.ts'
import type { Scenario, Stage } from './stage.ts'
import { isTolerated } from './stage.ts'

/** Below which nothing may be left of a queue. */
const queueFolders = (path: string): string[] => [`${path}/items`, `${path}/taken`, `${path}/dead`]

/** Takes items until all of `wanted` are done, however often one has to be taken; gives them in the order in which they were first taken. */
async function work(stage: Stage, take: () => Promise<QueuedItem>, wanted: number): Promise<string[]> {
  const order: string[] = []
  const done = new Set<string>()
  while (done.size < wanted) {
    const item = await take()
    const text = `${item.data}`
    if (!order.includes(text)) order.push(text)
    expect(done, 'nothing is given out after its completion').not.toContain(text)
    try {
      await item.complete([], { signal: stage.signal })
      done.add(text)
    } catch (error) {
      if (!isTolerated(stage, error)) throw error
      // Whether it was completed nobody can say: then it is not there any more.
      const names = await stage.children(`${stage.path}/items`)
      if (!names.some((name) => item.path.endsWith(name))) done.add(text)
    }
  }
  return order
}

const QUEUE: Scenario = {
  name: 'a queue: put, taken, given back, completed',
  folders: queueFolders,
  async run(stage) {
    const { client, other, path, signal } = stage
    await using ours = new Queue(client, path)
    await using theirs = new Queue(other, path)
    await theirs.put('a')
    await ours.put('b', { signal })
    const first = await ours.take({ signal })
    if (!stage.disturbed) expect(`${first.data}`).toBe('a')
    await first.release()
    const order = await work(stage, () => ours.take({ signal }), 2)
    if (!stage.disturbed) expect(order).toEqual(['a', 'b'])
    await theirs.put('c')
    await work(stage, () => theirs.take(), 1)
  },
}

const PRIORITIES: Scenario = {
  name: 'a priority queue whose more important item comes later',
  folders: queueFolders,
  async run(stage) {
    const { client, other, path, signal } = stage
    await using ours = new PriorityQueue(client, path)
    await using theirs = new PriorityQueue(other, path)
    await theirs.put('low', { priority: 9 })
    await ours.put('high', { priority: 1, signal })
    const order = await work(stage, () => ours.take({ signal }), 2)
    if (!stage.disturbed) expect(order).toEqual(['high', 'low'])
  },
}

const DELAYS: Scenario = {
  name: 'a delay queue whose items are due',
  folders: queueFolders,
  async run(stage) {
    const { client, other, path, signal } = stage
    await using ours = new DelayQueue(client, path)
    await using theirs = new DelayQueue(other, path)
    await ours.put('a', { delayMs: 0, signal })
    await theirs.put('b', { delayMs: 1 })
    await work(stage, () => ours.take({ signal }), 2)
  },
}

const taskFolders = (path: string): string[] => [`${path}/workers`, `${path}/election`]

/** Two tasks, whichever of the three roles is the one that is cut. */
function tasks(name: string, ours: 'submitter' | 'worker' | 'master'): Scenario {
  return {
    name,
    folders: taskFolders,
    mostMessages: 200,
    // What a worker says of itself is its word: one whose registration somebody overwrote gets nothing to do.
    without: ['own data spoiled'],
    async run(stage) {
      const { path, signal } = stage
      const on = (role: string): TaskQueue<number, number> =>
        new TaskQueue<number, number>(role === ours ? stage.client : stage.other, path, { retryDelayMs: 5, onError: () => {} })
      const mine = (role: string): { signal?: AbortSignal } => (role === ours ? { signal } : {})
      await using masterQueue = on('master')
      await using workerQueue = on('worker')
      await using queue = on('submitter')
      await using master = masterQueue.runMaster(mine('master'))
      await using worker = await workerQueue.runWorker(async ({ payload }) => payload + 1, mine('worker'))
      const handles = [
        await queue.submit(1, { id: 'one', ...mine('submitter') }),
        await queue.submit(2, { id: 'two', ...mine('submitter') }),
      ]
      expect(await Promise.all(handles.map((handle) => handle.value({ signal })))).toEqual([2, 3])
      await worker.close()
      await master.close()
    },
  }
}

const SUBMITTER = tasks('a submitter of tasks', 'submitter')
const WORKER = tasks('a worker at tasks', 'worker')
const MASTER = tasks('a master over tasks', 'master')

describe('G-03, G-14, G-15, Q-01, Q-03, Q-04, J-01, J-09: queues, cut at every message', () => {
  for (const scenario of [QUEUE, PRIORITIES, DELAYS, SUBMITTER, WORKER, MASTER]) {
    it(scenario.name, { timeout: 900_000 }, async () => {
      const { messages, cells, struck } = await cutAtEveryMessage(scenario)
      expect(messages).toBeGreaterThanOrEqual(5)
      expect(struck).toBeGreaterThan(cells / 2)
    })
  }
})
