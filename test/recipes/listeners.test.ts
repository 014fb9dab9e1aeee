// One signal may end any number of waits: Node's warning of a leak would be wrong, and must not come.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Barrier } from '../../recipes/barrier/barrier.ts'
import { Group } from '../../recipes/group.ts'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { Queue } from '../../recipes/queue/queue.ts'
import { Semaphore } from '../../recipes/semaphore.ts'
import { Counter } from '../../recipes/shared/counter.ts'
import { freshPath, until, World } from './support/world.ts'

const MANY = 20

let world: World
let path: string
let warnings: Error[]
const warned = (warning: Error): void => void warnings.push(warning)

beforeEach(async () => {
  world = await World.start()
  path = freshPath('many')
  warnings = []
  process.on('warning', warned)
})

afterEach(async () => {
  process.off('warning', warned)
  await world[Symbol.asyncDispose]()
})

function many<T>(work: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: MANY }, (_, index) => work(index)))
}

describe('one signal for many', () => {
  it('waits for a lock, also through two clients, and looks at the queue', async () => {
    const stop = new AbortController()
    const { signal } = stop
    const [client, other] = [await world.client(), await world.client()]
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire({ signal })
    const waiting = many((i) => new Mutex(i % 2 === 0 ? client : other, path).acquire({ signal }))
    await until(async () => (await world.children(path)).length === MANY + 1, 'all queue')
    expect((await mutex.inspect({ signal })).waiting).toHaveLength(MANY)
    await many(() => mutex.inspect({ signal }))
    stop.abort(new Error('enough'))
    expect((await waiting).map(({ status }) => status)).toEqual(Array(MANY).fill('rejected'))
    await lock.release()
    await world.clean(path)
    expect(warnings).toEqual([])
  })

  it('runs, campaigns, observes, follows, counts and takes', async () => {
    const stop = new AbortController()
    const { signal } = stop
    const client = await world.client()
    const semaphore = new Semaphore(client, `${path}/semaphore`, { permits: 1 })
    const election = new LeaderElection(client, `${path}/election`)
    const group = new Group(client, `${path}/group`)
    const queue = new Queue(client, `${path}/queue`)
    const barrier = new Barrier(client, `${path}/barrier`)
    const counter = new Counter(client, `${path}/counter`)
    await barrier.set({ signal })
    await many((i) => group.join(`member-${i}`, null, { signal }))
    await many(() => group.members({ signal }))
    await many(() => counter.add(1n, { signal }))
    const endings = [
      many(() => semaphore.run(() => new Promise((resolve) => setImmediate(resolve)), { signal })),
      many(() => election.campaign({ signal })),
      many(async () => {
        for await (const change of election.observe({ signal })) if (change.epoch === null) break
      }),
      many(async () => {
        for await (const change of group.changes({ signal })) if (change.type === 'leave') break
      }),
      many(() => queue.take({ signal })),
      many(() => barrier.wait({ signal })),
    ]
    await until(async () => (await world.watches()) > 3, 'they wait')
    await until(async () => (await world.children(`${path}/election`)).length === MANY, 'they stand')
    stop.abort(new Error('enough'))
    await Promise.all(endings)
    await Promise.all([semaphore.close(), election.close(), group.close(), queue.close()])
    expect(await counter.get()).toBe(BigInt(MANY))
    expect(warnings).toEqual([])
  })

  it('and every listener is gone at the end', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners++
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listeners--
      remove(...args)
    }
    const mutex = new Mutex(await world.client(), path)
    await many(() => mutex.run(() => {}, { signal }))
    await mutex.inspect({ signal })
    expect(listeners).toBe(0)
  })
})
