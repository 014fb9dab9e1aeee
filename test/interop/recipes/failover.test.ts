// Every recipe in use by two clients while the leader of the ensemble is killed: nothing is lost, who waits goes on waiting, and what comes after works.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { connect, jsonCodec } from '../../../core/index.ts'
import {
  Barrier,
  ChildrenCache,
  ConfigStore,
  Counter,
  DelayQueue,
  DoubleBarrier,
  Group,
  IdAllocator,
  LeaderElection,
  MultiLock,
  Mutex,
  NodeCache,
  Partitioner,
  PersistentNode,
  PriorityQueue,
  Queue,
  ReadWriteLock,
  Semaphore,
  ServiceRegistry,
  SharedValue,
  TaskQueue,
  TreeCache,
} from '../../../recipes/index.ts'
import { EnsembleProcesses } from '../../ensemble/ensemble-processes.ts'
import { until } from '../../recipes/support/world.ts'

/** Begins to use a recipe; gives what is to be done, and expected, after the failover. */
type Scene = (a: Client, b: Client, path: string) => Promise<() => Promise<void>>

/** One holds, one waits: the grant outlives the leader, and goes on to the other with a larger token. */
function contest(take: (client: Client, path: string) => Promise<{ isHeld: boolean; token: bigint; release(): Promise<void> }>): Scene {
  return async (a, b, path) => {
    const held = await take(a, path)
    const waiting = take(b, path)
    return async () => {
      expect(held.isHeld).toBe(true)
      await held.release()
      const next = await waiting
      expect(next.token).toBeGreaterThan(held.token)
      await next.release()
    }
  }
}

const SCENES: Readonly<Record<string, Scene>> = {
  mutex: contest((client, path) => new Mutex(client, path).acquire()),
  'read-write-lock': contest((client, path) => new ReadWriteLock(client, path).write()),
  semaphore: contest((client, path) => new Semaphore(client, path, { permits: 1 }).acquire()),
  election: contest((client, path) => new LeaderElection(client, path).campaign()),
  'multi-lock': async (a, b, path) => {
    const paths = [`${path}/x`, `${path}/y`]
    const held = await new MultiLock(a, paths).acquire()
    const waiting = new MultiLock(b, paths).acquire()
    return async () => {
      await held.guard([{ type: 'check', path: paths[0] as string }])
      await held.release()
      await (await waiting).release()
    }
  },
  group: async (a, b, path) => {
    const [ours, theirs] = [new Group(a, path), new Group(b, path)]
    const me = await ours.join('me', '1')
    const seen = new Map<string, string>()
    const stop = new AbortController()
    const following = (async () => {
      for await (const change of theirs.changes({ signal: stop.signal })) {
        if (change.type !== 'synced') seen.set(change.member.name, `${change.type} ${change.member.data}`)
      }
    })()
    following.catch(() => {})
    await until(() => seen.has('me'), 'the member is seen')
    return async () => {
      expect([me.state, me.generation]).toEqual(['joined', 1])
      await me.setData('2')
      await until(() => seen.get('me') === 'update 2', 'the update is seen')
      await me.leave()
      await until(() => seen.get('me')?.startsWith('leave') === true, 'the leave is seen')
      stop.abort()
    }
  },
  'persistent-node': async (a, b, path) => {
    const node = new PersistentNode(a, `${path}/node`, { data: '1' })
    await node.start()
    return async () => {
      expect([node.state, node.generation]).toEqual(['joined', 1])
      await node.setData('2')
      await b.sync(path)
      expect(`${(await b.getData(`${path}/node`)).data}`).toBe('2')
      await node.close()
    }
  },
  partitioner: async (a, b, path) => {
    const items = ['1', '2', '3', '4']
    const idle = async ({ signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const [ours, theirs] = [a, b].map((client, i) => new Partitioner(client, path, { items, name: `${i}`, settleMs: 5, work: idle })) as [
      Partitioner,
      Partitioner,
    ]
    await Promise.all([ours.start(), theirs.start()])
    await until(() => ours.owned.length === 2 && theirs.owned.length === 2, 'both have their share')
    return async () => {
      expect([ours.owned.length, theirs.owned.length]).toEqual([2, 2])
      await ours.close()
      await until(() => theirs.owned.length === 4, 'one has all')
      await theirs.close()
    }
  },
  'service-registry': async (a, b, path) => {
    const registration = await new ServiceRegistry(a, path).register({ service: 's', id: 'i', address: 'x', payload: 1 })
    const directory = await new ServiceRegistry(b, path).discover('s')
    return async () => {
      await registration.setPayload(2)
      await until(() => directory.instances()[0]?.payload === 2, 'the change is seen')
      await registration.close()
      await until(() => directory.instances().length === 0, 'it is gone')
      await directory.close()
    }
  },
  caches: async (a, b, path) => {
    await a.ensurePath(`${path}/x`)
    const caches = [new NodeCache(b, path), new ChildrenCache(b, path), new TreeCache(b, path)]
    await Promise.all(caches.map((cache) => cache.start()))
    return async () => {
      await a.setData(path, 'new')
      const { stat } = await a.create(`${path}/y`, 'new')
      for (const cache of caches) {
        await cache.waitUntil(stat?.czxid ?? 0n)
        for (const [at, node] of cache.snapshot().nodes) expect([at, `${node.data}`]).toEqual([at, at.endsWith('/x') ? 'null' : 'new'])
        await cache.close()
      }
    }
  },
  'config-store': async (a, b, path) => {
    const options = { schema: Number, defaults: 1, onMissing: 'create' } as const
    const [ours, theirs] = [await ConfigStore.open(a, path, options), await ConfigStore.open(b, path, options)]
    return async () => {
      await ours.update((now) => now + 1)
      await until(() => theirs.get().value === 2, 'the change is seen')
      await Promise.all([ours.close(), theirs.close()])
    }
  },
  shared: async (a, b, path) => {
    await a.ensurePath(path)
    const counter = new Counter(a, `${path}/counter`)
    const [ids, theirIds] = [new IdAllocator(a, `${path}/ids`, { blockSize: 2 }), new IdAllocator(b, `${path}/ids`, { blockSize: 2 })]
    const value = new SharedValue<number>(b, `${path}/value`, { codec: jsonCodec() })
    await value.start()
    await counter.add(1)
    const taken = [await ids.next(), await theirIds.next()]
    return async () => {
      expect(await counter.add(1)).toEqual({ before: 1n, after: 2n })
      for (let i = 0; i < 4; i++) taken.push(await ids.next(), await theirIds.next())
      expect(new Set(taken).size).toBe(10)
      await new SharedValue<number>(a, `${path}/value`, { codec: jsonCodec() }).set(7)
      await until(() => value.current?.value === 7, 'the value is seen')
      await value.close()
    }
  },
  barriers: async (a, b, path) => {
    const gate = new Barrier(a, `${path}/gate`)
    await gate.set()
    const waiting = new Barrier(b, `${path}/gate`).wait()
    const [ours, theirs] = [a, b].map((client) => new DoubleBarrier(client, `${path}/round`, { members: 2 })) as [
      DoubleBarrier,
      DoubleBarrier,
    ]
    const entering = ours.enter()
    return async () => {
      await gate.remove()
      await waiting
      const passes = await Promise.all([entering, theirs.enter()])
      await Promise.all(passes.map((pass) => pass.leave()))
    }
  },
  queues: async (a, b, path) => {
    const queue = new Queue(a, `${path}/fifo`)
    const theirs = new Queue(b, `${path}/fifo`)
    await queue.put('1')
    const item = await theirs.take()
    const waiting = theirs.take()
    const [priorities, delays] = [new PriorityQueue(a, `${path}/priorities`), new DelayQueue(a, `${path}/delays`)]
    await priorities.put('later', { priority: 2 })
    await delays.put('due', { delayMs: 1 })
    return async () => {
      await item.complete()
      await queue.put('2')
      const next = await waiting
      expect(`${next.data}`).toBe('2')
      await next.complete()
      await priorities.put('first', { priority: 1 })
      for (const [from, data] of [
        [priorities, 'first'],
        [priorities, 'later'],
        [delays, 'due'],
      ] as const) {
        const taken = await from.take()
        expect(`${taken.data}`).toBe(data)
        await taken.complete()
      }
      await Promise.all([queue, theirs, priorities, delays].map((one) => one.close()))
    }
  },
  'task-queue': async (a, b, path) => {
    const [ours, theirs] = [new TaskQueue<number, number>(a, path), new TaskQueue<number, number>(b, path)]
    ours.runMaster()
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    await theirs.runWorker(async ({ payload }) => {
      await gate
      return payload + 1
    })
    const handle = await ours.submit(1)
    await until(async () => (await ours.stats()).assigned === 1, 'it is assigned')
    return async () => {
      open()
      expect(await handle.value()).toBe(2)
      expect(await (await theirs.submit(2)).value()).toBe(3)
      await Promise.all([theirs.close(), ours.close()])
    }
  },
}

it('every recipe goes on when the leader is killed', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zoarium-recipes-failover-'))
  try {
    await using ensemble = await EnsembleProcesses.start(3, folder)
    const leader = await ensemble.leaderKnown()
    await using a = await connect(ensemble.addressOf(leader), { sessionTimeoutMs: 20_000 })
    a.updateServers(ensemble.connectString)
    await using b = await connect(ensemble.connectString, { sessionTimeoutMs: 20_000 })
    const sessions = [a.session.id, b.session.id]
    const rest = await Promise.all(Object.entries(SCENES).map(([name, scene]) => scene(a, b, `/failover/${name}`)))
    await ensemble.kill(leader)
    await ensemble.leaderKnown(leader)
    await until(() => [a, b].every(({ status }) => status.type === 'connected'), 'both are attached again')
    await Promise.all(rest.map((work) => work()))
    expect([a.session.id, b.session.id]).toEqual(sessions)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
