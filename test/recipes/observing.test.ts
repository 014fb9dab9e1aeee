import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CacheTrace, HoldTrace, WaitTrace } from '../../recipes/index.ts'
import { Group, LeaderElection, Mutex, NodeCache, Queue, recipeStats } from '../../recipes/index.ts'
import { codeOf, freshPath, OWN_SERVER, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('seen')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe('the numbers of recipes', () => {
  it('count who waits, what is held, what was granted or not, and how it ended', async () => {
    const client = await world.client()
    expect(recipeStats(client)).toEqual({ recipes: new Map(), pendingCleanUps: 0 })
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    expect(await mutex.tryAcquire()).toBe(null)
    const stop = new AbortController()
    const waiting = mutex.acquire({ signal: stop.signal })
    waiting.catch(() => {})
    await until(async () => (await world.children(path)).length === 2, 'it waits')
    expect(recipeStats(client).recipes.get('lock')).toMatchObject({ waiting: 1, held: 1, granted: 1, notGranted: 1 })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await lock.release()
    await (await mutex.acquire()).release()
    await world.expire(client)
    const numbers = recipeStats(client).recipes.get('lock')
    if (numbers === undefined) throw new Error('no numbers')
    const { heldMs, waitedMs, longestWaitMs, ...counts } = numbers
    expect(counts).toMatchObject({ waiting: 0, held: 0, granted: 2, notGranted: 2, requeued: 0 })
    expect(counts.lost).toEqual({ expired: 0, deadline: 0, nodeDeleted: 0, revoked: 0, released: 2, closed: 0 })
    expect(heldMs).toBeGreaterThan(0)
    expect(waitedMs).toBeGreaterThanOrEqual(longestWaitMs)
    await mutex.close()
  })

  it('cover leaderships, memberships and items, and the loss of a session', async () => {
    const client = await world.client()
    const election = new LeaderElection(client, `${path}/election`)
    const group = new Group(client, `${path}/group`)
    const queue = new Queue(client, `${path}/queue`)
    await queue.put('x')
    const leadership = await election.campaign()
    const member = await group.join('me')
    const item = await queue.take()
    await world.expire(client)
    await Promise.all([leadership.lost, until(() => item.state === 'lost' && member.generation === 2, 'all is lost')])
    const { recipes } = recipeStats(client)
    expect([...recipes.keys()].sort()).toEqual(['leadership', 'membership', 'queue item'])
    for (const [recipe, { lost, held, granted }] of recipes) {
      expect([recipe, lost.expired, held, granted]).toEqual([recipe, 1, recipe === 'membership' ? 1 : 0, recipe === 'membership' ? 2 : 1])
    }
    await Promise.all([election.close(), group.close(), queue.close()])
  })
})

describe('the channels of recipes', () => {
  it('tell each wait from its call to its end, and what happens to what was got', async () => {
    const { client, proxy } = await world.proxied()
    const holds: HoldTrace[] = []
    const waits: string[] = []
    const heard = (message: unknown): void => void holds.push(message as HoldTrace)
    const note =
      (what: string) =>
      ({ recipe, path: folder, result, error }: WaitTrace): void =>
        void waits.push([what, recipe, folder === path, result?.token ?? result ?? error].join(' '))
    const handlers = {
      start: note('start'),
      asyncEnd: note('asyncEnd'),
      error: note('error'),
      end: (): void => {},
      asyncStart: (): void => {},
    }
    subscribe('zoarium:recipe:hold', heard)
    const channel = tracingChannel<WaitTrace>('zoarium:recipe:wait')
    channel.subscribe(handlers)
    try {
      const mutex = new Mutex(client, path)
      const lock = await mutex.acquire()
      const closed = new Mutex(client, path)
      await closed.close()
      expect(await codeOf(closed.acquire())).toBe('ERR_CLOSED')
      proxy.cut()
      await until(() => holds.length === 3, 'suspended, and held again')
      await lock.release()
      expect(holds.map(({ state, reason }) => [state, reason])).toEqual([
        ['held', null],
        ['suspended', null],
        ['held', null],
        ['lost', 'released'],
      ])
      for (const hold of holds) expect(hold).toMatchObject({ recipe: 'lock', path: lock.path, sessionId: lock.sessionId.toString(16) })
      expect(waits.slice(0, 2)).toEqual(['start lock true ', `asyncEnd lock true ${lock.token}`])
      expect(waits[2]).toBe('start lock true ')
      expect(waits[3]).toMatch(/^error lock true ZoariumError/)
    } finally {
      unsubscribe('zoarium:recipe:hold', heard)
      channel.unsubscribe(handlers)
    }
  })

  it('tell when a cache is complete, and why', async () => {
    const { client, proxy } = await world.proxied()
    const syncs: CacheTrace[] = []
    const heard = (message: unknown): void => void syncs.push(message as CacheTrace)
    subscribe('zoarium:recipe:cache', heard)
    try {
      await client.create(path)
      await using cache = new NodeCache(client, path)
      await cache.start()
      proxy.cut()
      await until(() => syncs.length === 2, 'the connection is back')
      expect(syncs.map(({ size, path: root }) => [size, root])).toEqual([
        [1, path],
        [1, path],
      ])
      // Other servers do not say whether something happened meanwhile.
      expect(syncs[0]?.cause).toBe('initial')
      expect(OWN_SERVER ? ['resumed'] : ['resumed', 'gap']).toContain(syncs[1]?.cause)
    } finally {
      unsubscribe('zoarium:recipe:cache', heard)
    }
  })
})
