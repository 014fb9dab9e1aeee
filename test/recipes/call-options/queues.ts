// test: the call options of queues, task queues and what they hand out.

import { DelayQueue } from '../../../recipes/queue/delay-queue.ts'
import { PriorityQueue } from '../../../recipes/queue/priority-queue.ts'
import { Queue } from '../../../recipes/queue/queue.ts'
import { TaskQueue } from '../../../recipes/task-queue/task-queue.ts'
import { Op } from '../../support/fault-proxy.ts'
import type { Row, Stage, Subject } from './stage.ts'

function row(
  method: string,
  call: (queue: Queue, ...options: Parameters<Subject['call']>) => Promise<unknown>,
  more: Partial<Row> = {},
): Row {
  const open = async ({ client, path }: Stage): Promise<Subject> => {
    const queue = new Queue(client, path)
    return { call: (options) => call(queue, options), close: () => queue.close() }
  }
  return { method, open, ...more }
}

function tasks(
  method: string,
  call: (queue: TaskQueue<number, number>, ...options: Parameters<Subject['call']>) => Promise<unknown>,
  more: Partial<Row> = {},
): Row {
  const open = async ({ client, path }: Stage): Promise<Subject> => {
    const queue = new TaskQueue<number, number>(client, path)
    return { call: (options) => call(queue, options), close: () => queue.close() }
  }
  return { method, open, ...more }
}

/** The task is in the queue, and nobody does it. */
const submitted = (method: string, of: (handle: Awaited<ReturnType<TaskQueue['submit']>>) => Subject['call']): Row => ({
  method,
  open: async ({ client, path }) => {
    const queue = new TaskQueue(client, path)
    const handle = await queue.submit(1)
    return { call: of(handle), close: () => queue.close() }
  },
})

/** Both the write, and what comes before it, which has to be answered in time. */
const WRITTEN = { late: 'ERR_UNKNOWN_OUTCOME', silent: Op.multi, timeoutMs: 3_000 } as const

export const QUEUE_ROWS: readonly Row[] = [
  row('BaseQueue.size', (queue, options) => queue.size(options)),
  row('BaseQueue.take', (queue, options) => queue.take(options)),
  row('BaseQueue.take', (queue, options) => queue.take(options), { when: 'of nothing', silent: 'never' }),
  row('BaseQueue.tryTake', (queue, options) => queue.tryTake(options)),
  {
    method: 'BaseQueue.tryTake',
    when: 'once it follows',
    open: async ({ client, path }) => {
      const queue = new Queue(client, path)
      await queue.tryTake()
      return { call: (options) => queue.tryTake(options), close: () => queue.close() }
    },
  },
  {
    method: 'BaseQueue.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const queue = new Queue(client, path)
      await queue.put('work')
      await queue.take()
      return { call: (options) => queue.close(options) }
    },
  },
  row('Queue.put', (queue, options) => queue.put('work', options)),
  row('Queue.put', (queue, options) => queue.put('work', options), {
    when: 'into a full one',
    silent: 'never',
    open: async ({ client, path }) => {
      const queue = new Queue(client, path, { maxItems: 1, whenFull: 'wait' })
      await queue.put('work')
      return { call: (options) => queue.put('more', options), close: () => queue.close() }
    },
  }),
  {
    method: 'PriorityQueue.put',
    open: async ({ client, path }) => {
      const queue = new PriorityQueue(client, path)
      return { call: (options) => queue.put('work', { priority: 1, ...options }), close: () => queue.close() }
    },
  },
  {
    method: 'DelayQueue.put',
    open: async ({ client, path }) => {
      const queue = new DelayQueue(client, path)
      return { call: (options) => queue.put('work', { delayMs: 1, ...options }), close: () => queue.close() }
    },
  },
  {
    method: 'QueuedItem.complete',
    late: 'ERR_UNKNOWN_OUTCOME',
    open: async ({ client, path }) => {
      const queue = new Queue(client, path)
      await queue.put('work')
      const item = await queue.take()
      return { call: (options) => item.complete([], options), close: () => queue.close() }
    },
  },
  {
    method: 'QueuedItem.release',
    cleansUp: true,
    open: async ({ client, path }) => {
      const queue = new Queue(client, path)
      await queue.put('work')
      const item = await queue.take()
      return {
        call: (options) => item.release(options),
        // The watches of the queue are not the item's.
        close: () => queue.close(),
      }
    },
  },
  tasks('TaskQueue.submit', (queue, options) => queue.submit(1, options)),
  tasks('TaskQueue.submit', (queue, options) => queue.submit(1, options), { when: 'silent from the write on', ...WRITTEN }),
  tasks('TaskQueue.submitMany', (queue, options) => queue.submitMany([{ payload: 1 }, { payload: 2 }], options)),
  tasks('TaskQueue.submitMany', (queue, options) => queue.submitMany([{ payload: 1 }, { payload: 2 }], options), {
    when: 'silent from the write on',
    ...WRITTEN,
  }),
  tasks('TaskQueue.runWorker', (queue, options) => queue.runWorker(() => 1, options), { late: null }),
  tasks('TaskQueue.stats', (queue, options) => queue.stats(options)),
  {
    method: 'TaskQueue.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const queue = new TaskQueue<number, number>(client, path)
      await queue.runWorker(() => 1)
      return { call: (options) => queue.close(options) }
    },
  },
  submitted('TaskHandle.result', (handle) => (options) => handle.result(options)),
  submitted('TaskHandle.value', (handle) => (options) => handle.value(options)),
  {
    method: 'TaskMaster.events',
    late: null,
    open: async ({ client, path }) => {
      const queue = new TaskQueue<number, number>(client, path)
      const master = queue.runMaster()
      await master.events().next()
      return { call: (options) => master.events(options).next(), close: () => queue.close() }
    },
  },
  {
    method: 'TaskMaster.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const master = new TaskQueue<number, number>(client, path).runMaster()
      await master.events().next()
      return { call: (options) => master.close(options) }
    },
  },
  {
    method: 'TaskWorker.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const worker = await new TaskQueue<number, number>(client, path).runWorker(() => 1)
      return { call: (options) => worker.close(options) }
    },
  },
]
