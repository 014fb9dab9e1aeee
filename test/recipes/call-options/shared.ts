// test: the call options of barriers, caches, and of what is shared as a value.

import { jsonCodec } from '../../../core/index.ts'
import { Barrier } from '../../../recipes/barrier/barrier.ts'
import { DoubleBarrier } from '../../../recipes/barrier/double-barrier.ts'
import { NodeCache } from '../../../recipes/cache/node-cache.ts'
import { TreeCache } from '../../../recipes/cache/tree-cache.ts'
import { ConfigStore } from '../../../recipes/config-store/config-store.ts'
import { Counter } from '../../../recipes/shared/counter.ts'
import { IdAllocator } from '../../../recipes/shared/id-allocator.ts'
import { SharedValue } from '../../../recipes/shared/shared-value.ts'
import { Op } from '../../support/fault-proxy.ts'
import type { Row, Stage, Subject } from './stage.ts'

type Options = Parameters<Subject['call']>[0]

const barrier = (method: string, call: (one: Barrier, options: Options) => Promise<unknown>): Row => ({
  method,
  open: async ({ client, path }) => {
    const one = new Barrier(client, path)
    return { call: (options) => call(one, options) }
  },
})

const counter = (method: string, call: (one: Counter, options: Options) => Promise<unknown>, more: Partial<Row> = {}): Row => ({
  method,
  open: async ({ client, path }) => {
    const one = new Counter(client, path)
    return { call: (options) => call(one, options) }
  },
  ...more,
})

const value = (method: string, call: (one: SharedValue<number>, options: Options) => Promise<unknown>, more: Partial<Row> = {}): Row => ({
  method,
  open: async ({ client, path }) => {
    const one = new SharedValue(client, path, { codec: jsonCodec<number>() })
    return { call: (options) => call(one, options), close: () => one.close() }
  },
  ...more,
})

const cache = (method: string, call: (one: TreeCache, options: Options) => Promise<unknown>, more: Partial<Row> = {}): Row => ({
  method,
  open: async ({ client, path }) => {
    const one = new TreeCache(client, path)
    return { call: (options) => call(one, options), close: () => one.close() }
  },
  ...more,
})

const store = ({ client, path }: Stage): ConfigStore<number> => new ConfigStore(client, path, { schema: Number, defaults: 1 })

const config = (method: string, call: (one: ConfigStore<number>, options: Options) => Promise<unknown>, more: Partial<Row> = {}): Row => ({
  method,
  open: async (stage) => {
    const one = store(stage)
    await one.start()
    return { call: (options) => call(one, options), close: () => one.close() }
  },
  ...more,
})

/** Silent from the write on; what comes before it has to be answered in time. */
const created = { when: 'silent from the write on', late: 'ERR_UNKNOWN_OUTCOME', silent: Op.create2, timeoutMs: 3_000 } as const

const waiting = async ({ client, path }: Stage): Promise<Subject> => {
  const one = new DoubleBarrier(client, path, { members: 2 })
  return { call: (options) => one.enter(options), close: () => one.close() }
}

export const SHARED_ROWS: readonly Row[] = [
  barrier('Barrier.set', (one, options) => one.set(options)),
  barrier('Barrier.remove', (one, options) => one.remove(options)),
  barrier('Barrier.isSet', (one, options) => one.isSet(options)),
  barrier('Barrier.wait', (one, options) => one.wait(options)),
  {
    method: 'Barrier.wait',
    when: 'while it is closed',
    silent: 'never',
    open: async ({ client, path }) => {
      const one = new Barrier(client, path)
      await one.set()
      return { call: (options) => one.wait(options) }
    },
  },
  { method: 'DoubleBarrier.enter', open: waiting },
  { method: 'DoubleBarrier.enter', when: 'alone', silent: 'never', timeoutMs: 1_000, open: waiting },
  // Without an answer nobody knows, and it waits for one until its session is over.
  {
    method: 'DoubleBarrier.enter',
    when: 'with its place under way',
    silent: Op.create2,
    late: 'ERR_LOST',
    timeoutMs: 1_000,
    sessionTimeoutMs: 4_000,
    open: waiting,
  },
  {
    method: 'DoubleBarrier.view',
    open: async ({ client, path }) => {
      const one = new DoubleBarrier(client, path, { members: 2 })
      return { call: (options) => one.view(options), close: () => one.close() }
    },
  },
  {
    method: 'DoubleBarrier.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new DoubleBarrier(client, path, { members: 1 })
      await one.enter()
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'BarrierPass.leave',
    // It leaves in the background; what it waits for is that the others have.
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new DoubleBarrier(client, path, { members: 1 })
      const pass = await one.enter()
      return { call: (options) => pass.leave(options), close: () => one.close() }
    },
  },
  counter('Counter.get', (one, options) => one.get(options)),
  counter('Counter.add', (one, options) => one.add(1n, options)),
  counter('Counter.add', (one, options) => one.add(1n, options), created),
  counter('Counter.add', (one, options) => Promise.all([one.add(1n, options), one.add(2n, options)]), { when: 'two at once' }),
  counter('Counter.set', (one, options) => one.set(1n, options)),
  counter('Counter.set', (one, options) => one.set(1n, options), created),
  {
    method: 'IdAllocator.next',
    open: async ({ client, path }) => {
      const one = new IdAllocator(client, path)
      return { call: (options) => one.next(options) }
    },
  },
  value('SharedValue.start', (one, options) => one.start(options)),
  value('SharedValue.start', (one, options) => one.start(options), {
    when: 'with the watch there',
    silent: Op.multiRead,
    timeoutMs: 3_000,
  }),
  value('SharedValue.read', (one, options) => one.read(options)),
  value('SharedValue.compareAndSet', (one, options) => one.compareAndSet(null, 1, options), { late: 'ERR_UNKNOWN_OUTCOME' }),
  value('SharedValue.compareAndSet', (one, options) => one.compareAndSet({ value: 1, zxid: 1n, czxid: 1n, version: 0 }, 2, options), {
    when: 'of a version that it looks at first',
  }),
  value('SharedValue.set', (one, options) => one.set(1, options)),
  value('SharedValue.set', (one, options) => one.set(1, options), created),
  value('SharedValue.update', (one, options) => one.update(() => 1, options)),
  value('SharedValue.update', (one, options) => one.update(() => new Promise<number>(() => {}), options), {
    when: 'by a function that takes its time',
    silent: 'never',
  }),
  {
    method: 'SharedValue.changes',
    late: null,
    open: async ({ client, path }) => {
      const one = new SharedValue(client, path, { codec: jsonCodec<number>() })
      await one.start()
      const call = async (signal: AbortSignal | undefined): Promise<void> => {
        for await (const _ of one.changes(signal === undefined ? {} : { signal }));
      }
      return { call: ({ signal }) => call(signal), close: () => one.close() }
    },
  },
  {
    method: 'SharedValue.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new SharedValue(client, path, { codec: jsonCodec<number>() })
      await one.start()
      return { call: (options) => one.close(options) }
    },
  },
  cache('Cache.start', (one, options) => one.start(options)),
  {
    method: 'Cache.start',
    when: 'with the watch there',
    silent: Op.multiRead,
    timeoutMs: 3_000,
    open: async ({ client, path }) => {
      const one = new NodeCache(client, path)
      return { call: (options) => one.start(options), close: () => one.close() }
    },
  },
  {
    method: 'Cache.waitUntil',
    open: async ({ client, path }) => {
      const one = new TreeCache(client, path)
      await one.start()
      return { call: (options) => one.waitUntil(2n ** 62n, options), close: () => one.close() }
    },
  },
  {
    method: 'Cache.changes',
    late: null,
    open: async ({ client, path }) => {
      const one = new TreeCache(client, path)
      await one.start()
      const call = async (signal: AbortSignal | undefined): Promise<void> => {
        for await (const _ of one.changes(signal === undefined ? {} : { signal }));
      }
      return { call: ({ signal }) => call(signal), close: () => one.close() }
    },
  },
  {
    method: 'Cache.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new TreeCache(client, path)
      await one.start()
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'ConfigStore.open',
    open: async ({ client, path }) => {
      const call = (options: Options): Promise<unknown> => ConfigStore.open(client, path, { schema: Number, defaults: 1, ...options })
      return { call }
    },
  },
  {
    method: 'ConfigStore.open',
    when: 'with the watch there',
    silent: Op.sync,
    timeoutMs: 3_000,
    open: async ({ client, path }) => {
      const call = (options: Options): Promise<unknown> => ConfigStore.open(client, path, { schema: Number, defaults: 1, ...options })
      return { call }
    },
  },
  {
    method: 'ConfigStore.start',
    open: async (stage) => {
      const one = store(stage)
      return { call: (options) => one.start(options), close: () => one.close() }
    },
  },
  {
    method: 'ConfigStore.start',
    when: 'for a document to come',
    silent: 'never',
    open: async ({ client, path }) => {
      const one = new ConfigStore(client, path, { schema: Number })
      return { call: (options) => one.start({ onMissing: 'wait', ...options }), close: () => one.close() }
    },
  },
  config('ConfigStore.update', (one, options) => one.update(() => 2, options)),
  config('ConfigStore.update', (one, options) => one.update(() => 2, options), { ...created, silent: Op.multi }),
  config('ConfigStore.set', (one, options) => one.set(2, options)),
  config('ConfigStore.refresh', (one, options) => one.refresh(options)),
  {
    method: 'ConfigStore.changes',
    late: null,
    open: async (stage) => {
      const one = store(stage)
      await one.start()
      const call = async (signal: AbortSignal | undefined): Promise<void> => {
        for await (const _ of one.changes(signal === undefined ? {} : { signal }));
      }
      return { call: ({ signal }) => call(signal), close: () => one.close() }
    },
  },
  config('ConfigStore.close', (one, options) => one.close(options), { cleansUp: true }),
]
