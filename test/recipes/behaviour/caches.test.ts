import { describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { Permission } from '../../../core/index.ts'
import type { Cache } from '../../../recipes/cache/cache.ts'
import type { CacheChange, CachedNode } from '../../../recipes/cache/cached-node.ts'
import { ChildrenCache } from '../../../recipes/cache/children-cache.ts'
import { NodeCache } from '../../../recipes/cache/node-cache.ts'
import { TreeCache } from '../../../recipes/cache/tree-cache.ts'
import { code, Fixture, rejection, until } from '../../client/support.ts'
import { CUTS, Stage } from './stage.ts'

const fixture = new Fixture()

async function started<T extends Cache>(cache: T): Promise<T> {
  fixture.cleanup(() => cache.close())
  await cache.start()
  return cache
}

/** Follows a cache: what it tells as short texts, and the tree as a listener would build it. */
function follow(cache: Cache): { seen: string[]; tree: Map<string, CachedNode>; done: Promise<unknown> } {
  const seen: string[] = []
  const tree = new Map<string, CachedNode>()
  const done = (async () => {
    for await (const change of cache.changes()) {
      seen.push(textOf(change))
      if (change.type === 'synced') continue
      const known = tree.get(change.node.path)
      // Nothing is told twice, and nothing out of order.
      if (change.type === 'added') expect(known).toBe(undefined)
      else if (change.type === 'updated') expect(known).toBe(change.previous)
      else expect(known?.stat.czxid).toBe(change.node.stat.czxid)
      if (change.type === 'removed') tree.delete(change.node.path)
      else tree.set(change.node.path, change.node)
    }
  })().catch((error: unknown) => error)
  return { seen, tree, done }
}

function textOf(change: CacheChange): string {
  if (change.type === 'synced') return `synced ${change.cause}`
  return change.type === 'removed' ? `removed ${change.node.path}` : `${change.type} ${change.node.path}=${change.node.data ?? ''}`
}

/** What tells one state of a tree from another. */
function shapeOf(nodes: Iterable<Pick<CachedNode, 'path' | 'data' | 'stat'>>): string[] {
  return [...nodes].map(({ path, data, stat }) => `${path} ${data} ${stat.czxid} ${stat.mzxid}`).sort()
}

/** The cache has caught up with the server, and shows what the server does. */
async function shows(cache: TreeCache, eye: Client): Promise<void> {
  await eye.sync('/')
  const there = (await eye.exists(cache.path)) === null ? [] : [...(await eye.readTree(cache.path)).values()]
  await cache.waitUntil(eye.lastZxid)
  expect(shapeOf(cache.snapshot().nodes.values())).toEqual(shapeOf(there))
}

describe('a tree cache', () => {
  it('shows what is there, and follows creations, changes and deletions', async () => {
    const { client, eye, server } = await Stage.open(fixture)
    for (const path of ['/a', '/a/x', '/a/x/1', '/ab']) await eye.create(path, 'old')
    const cache = await started(new TreeCache(client, '/a'))
    expect(cache.state).toBe('synced')
    const { seen } = follow(cache)
    await until('complete', () => seen.includes('synced initial'))
    expect(seen.sort()).toEqual(['added /a/x/1=old', 'added /a/x=old', 'added /a=old', 'synced initial'])
    await eye.create('/a/y', 'new')
    await until('created', () => seen.includes('added /a/y=new'))
    await eye.setData('/a/x', 'newer')
    await until('changed', () => seen.includes('updated /a/x=newer'))
    await eye.delete('/a/x/1')
    await until('deleted', () => seen.includes('removed /a/x/1'))
    await shows(cache, eye)
    expect(cache.get('/a/x')?.data?.toString()).toBe('newer')
    expect(cache.childrenOf('/a')).toEqual(['x', 'y'])
    expect([cache.size, cache.bytes]).toEqual([3, 'old'.length + 'newer'.length + 'new'.length])
    await cache.close()
    await until('no watch', async () => (await server.watchCount()) === 0)
  })

  it('C-08: is about paths, not about their first characters', async () => {
    const { client, eye } = await Stage.open(fixture)
    for (const path of ['/a', '/ab', '/a/b', '/a/bc']) await eye.create(path)
    const cache = await started(new TreeCache(client, '/a', { filter: (path) => path !== '/a/b' }))
    await eye.create('/ab/c')
    await eye.create('/a/b/c')
    await eye.create('/a/bc/d')
    await cache.waitUntil(eye.lastZxid)
    expect([...cache.snapshot().nodes.keys()].sort()).toEqual(['/a', '/a/bc', '/a/bc/d'])
  })

  it('C-01: a znode that was deleted and made again while the client was away is removed and added, though its version is the same', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    for (const path of ['/a', '/a/x', '/a/y']) await eye.create(path, 'same')
    const cache = await started(new TreeCache(client, '/a'))
    const { seen, tree } = follow(cache)
    await until('complete', () => seen.includes('synced initial'))
    seen.length = 0
    await stage.whileAway(async () => {
      await eye.delete('/a/x')
      await eye.create('/a/x', 'same')
    })
    await until('told', () => seen.includes('added /a/x=same'))
    expect(seen.slice(0, 2)).toEqual(['removed /a/x', 'added /a/x=same'])
    await until('complete again', () => seen.some((text) => text.startsWith('synced')))
    expect(seen).toHaveLength(3)
    await shows(cache, eye)
    expect(shapeOf(tree.values())).toEqual(shapeOf(cache.snapshot().nodes.values()))
  })

  it('C-03, C-07: after a reconnect it is complete again: without a read where the server replays, with one for each znode elsewhere', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    await eye.create('/a')
    for (let i = 0; i < 40; i++) await eye.create(`/a/${i}`, String(i))
    const cache = await started(new TreeCache(client, '/a'))
    expect(cache.stats).toEqual({ nodesRead: 41, listsRead: 1 })
    const { seen } = follow(cache)
    await until('complete', () => seen.includes('synced initial'))
    await stage.whileAway(async () => {
      expect(cache.state).toBe('stale')
      expect(cache.get('/a/7')?.data?.toString()).toBe('7')
      await eye.setData('/a/7', 'new')
    })
    const cause = server.traits.tellsZxidOfEvents ? 'synced resumed' : 'synced gap'
    await until('complete again', () => seen.includes(cause))
    expect(seen.slice(-2)).toEqual(['updated /a/7=new', cause])
    expect(cache.state).toBe('synced')
    const { nodesRead, listsRead } = cache.stats
    expect([nodesRead - 41, listsRead]).toEqual(server.traits.tellsZxidOfEvents ? [1, 1] : [41, 2])
    await shows(cache, eye)
  })

  it('C-02, G-12, G-13: follows on in the next session: at most one reading, and only the differences are told', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    for (const path of ['/a', '/a/x', '/a/y', '/a/z']) await eye.create(path, 'old')
    const cache = await started(new TreeCache(client, '/a'))
    const { seen, tree } = follow(cache)
    await until('complete', () => seen.includes('synced initial'))
    seen.length = 0
    await stage.newSession(async () => {
      await eye.setData('/a/x', 'new')
      await eye.delete('/a/y')
      await eye.create('/a/n', 'born')
    })
    // This package's server replays also to the next session of the same client.
    const replays = stage.server.traits.tellsZxidOfEvents
    const cause = replays ? 'synced resumed' : 'synced gap'
    await until('complete again', () => seen.includes(cause))
    expect(seen.sort()).toEqual(['added /a/n=born', 'removed /a/y', cause, 'updated /a/x=new'])
    expect(cache.stats.nodesRead).toBe(replays ? 6 : 8)
    await shows(cache, eye)
    expect(shapeOf(tree.values())).toEqual(shapeOf(cache.snapshot().nodes.values()))
    await eye.create('/a/later')
    await until('the watch is there', () => seen.includes('added /a/later='))
  })

  it('C-09, C-11: a root that is missing, deleted and made again is no end', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const cache = await started(new TreeCache(client, '/a'))
    expect(cache.size).toBe(0)
    const { seen } = follow(cache)
    for (const round of ['first', 'second']) {
      await eye.create('/a', round)
      await eye.create('/a/x', round)
      await until('made', () => seen.includes(`added /a/x=${round}`))
      await shows(cache, eye)
      await eye.deleteRecursive('/a')
      await shows(cache, eye)
      expect(cache.size).toBe(0)
    }
    await eye.create('/a', 'third')
    await stage.newSession(() => eye.delete('/a'))
    await until('gone', () => cache.size === 0 && cache.state === 'synced')
  })

  it('C-10: waits for a zxid, and a snapshot at rest is one moment of the tree', async () => {
    const { client, eye } = await Stage.open(fixture)
    await eye.create('/a')
    const cache = await started(new TreeCache(client, '/a'))
    for (let i = 0; i < 50; i++) {
      const { stat } = await eye.create(`/a/${i}`)
      await cache.waitUntil(stat.czxid)
      expect(cache.get(`/a/${i}`)?.stat.czxid).toBe(stat.czxid)
      const { minZxid } = cache.snapshot()
      expect(minZxid).toBeGreaterThanOrEqual(stat.czxid)
    }
    await until('at rest', () => cache.snapshot().minZxid === cache.snapshot().maxZxid)
    expect(cache.snapshot().nodes.size).toBe(51)
  })

  it('C-10: waits for a zxid that is not reached yet, until told to stop', async () => {
    const { client, eye } = await Stage.open(fixture)
    await eye.create('/a')
    const cache = await started(new TreeCache(client, '/a'))
    const controller = new AbortController()
    const never = cache.waitUntil(eye.lastZxid + 1_000_000n, { signal: controller.signal })
    const soon = cache.waitUntil(eye.lastZxid + 1n)
    await eye.create('/a/x')
    await soon
    expect(cache.get('/a/x')).toBeDefined()
    controller.abort(new Error('enough'))
    expect(await rejection(never)).toMatchObject({ message: 'enough' })
  })

  it('C-05, C-13: shows what is there, whatever changes while it is read for the first time', async () => {
    const { client, eye } = await Stage.open(fixture)
    await eye.create('/a')
    for (let i = 0; i < 200; i++) await eye.create(`/a/${i}`, 'old')
    const cache = new TreeCache(client, '/a', { maxConcurrentReads: 1 })
    fixture.cleanup(() => cache.close())
    const { seen, tree } = follow(cache)
    const starting = cache.start()
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        if (i % 3 === 0) await eye.delete(`/a/${i}`)
        else if (i % 3 === 1) await eye.setData(`/a/${i}`, 'new')
        else await Promise.all([eye.delete(`/a/${i}`), eye.create(`/a/${i}`, 'again'), eye.create(`/a/${i}/below`)])
      }),
    )
    await starting
    await shows(cache, eye)
    await until('told', () => seen.includes('synced initial') && tree.size === cache.size)
    expect(shapeOf(tree.values())).toEqual(shapeOf(cache.snapshot().nodes.values()))
  })

  it('C-12: keeps as deep, as selected and with as little as it is told', async () => {
    const { client, eye } = await Stage.open(fixture)
    for (const path of ['/a', '/a/x', '/a/x/1', '/a/x/1/deep', '/a/y', '/a/y/1']) await eye.create(path, 'data')
    const flat = await started(new TreeCache(client, '/a', { maxDepth: 1 }))
    const part = await started(new TreeCache(client, '/a', { filter: (path) => path !== '/a/x' }))
    const bare = await started(new TreeCache(client, '/a', { data: false }))
    expect([...flat.snapshot().nodes.keys()].sort()).toEqual(['/a', '/a/x', '/a/y'])
    expect([...part.snapshot().nodes.keys()].sort()).toEqual(['/a', '/a/y', '/a/y/1'])
    expect([bare.size, bare.bytes, bare.get('/a/x')?.data]).toEqual([6, 0, null])
    await eye.create('/a/x/2')
    await eye.create('/a/y/2', 'more')
    for (const cache of [flat, part, bare]) await cache.waitUntil(eye.lastZxid)
    expect([flat.size, part.size, bare.size]).toEqual([3, 4, 8])
    await eye.setData('/a/y/2', 'longer')
    await bare.waitUntil(eye.lastZxid)
    expect(bare.get('/a/y/2')?.stat.dataLength).toBe(6)
  })

  it('C-12: ends with a typed error when it grows beyond its bounds, at the beginning and later', async () => {
    const { client, eye, server } = await Stage.open(fixture)
    for (const path of ['/a', '/a/1', '/a/2']) await eye.create(path, '0123456789')
    expect(await code(new TreeCache(client, '/a', { maxNodes: 2 }).start())).toBe('ERR_TOO_LARGE')
    expect(await code(new TreeCache(client, '/a', { maxBytes: 29 }).start())).toBe('ERR_TOO_LARGE')
    const cache = await started(new TreeCache(client, '/a', { maxNodes: 3 }))
    const { done } = follow(cache)
    const waiting = rejection(cache.waitUntil(eye.lastZxid + 100n))
    await eye.create('/a/3')
    await until('it ends', () => cache.state === 'failed')
    expect(await done).toMatchObject({ code: 'ERR_TOO_LARGE', path: '/a' })
    expect(await waiting).toMatchObject({ code: 'ERR_TOO_LARGE' })
    expect(await code(cache.start())).toBe('ERR_TOO_LARGE')
    expect([cache.size, cache.signal.aborted]).toEqual([0, true])
    await until('no watch', async () => (await server.watchCount()) === 0)
  })

  it('leaves out what it may not read, says so, and goes on', async () => {
    const { client, eye } = await Stage.open(fixture)
    await eye.addAuth('digest', 'me:secret')
    await eye.create('/a')
    await eye.create('/a/open', 'x')
    await eye.create('/a/closed', 'x', { acl: [{ perms: Permission.all, id: { scheme: 'auth', id: '' } }] })
    const errors: unknown[] = []
    const cache = new TreeCache(client, '/a', { onError: (error) => void errors.push(error) })
    await started(cache)
    expect([...cache.snapshot().nodes.keys()].sort()).toEqual(['/a', '/a/open'])
    expect(errors).toMatchObject([{ code: 'NO_AUTH' }])
    await eye.setData('/a/open', 'y')
    await cache.waitUntil(eye.lastZxid)
    expect(cache.get('/a/open')?.data?.toString()).toBe('y')
  })

  it('C-04: a consumer that is slow gets the last state of each znode, every recreation, and nothing else', async () => {
    const { client, eye } = await Stage.open(fixture)
    for (const path of ['/a', '/a/x', '/a/y']) await eye.create(path, '0')
    const cache = await started(new TreeCache(client, '/a'))
    await using changes = cache.changes()
    const taken: string[] = []
    const take = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const { value } = await changes.next()
        if (value !== undefined) taken.push(textOf(value))
      }
    }
    await take(4)
    taken.length = 0
    for (let i = 1; i <= 20; i++) await eye.setData('/a/x', String(i))
    await eye.delete('/a/y')
    await eye.create('/a/y', 'again')
    await eye.create('/a/short')
    await eye.delete('/a/short')
    await eye.create('/a/last')
    await cache.waitUntil(eye.lastZxid)
    await take(4)
    expect(taken).toEqual(['updated /a/x=20', 'removed /a/y', 'added /a/y=again', 'added /a/last='])
  })

  it('G-15: tells nothing after it was closed, and rejects what waits', async () => {
    const { client, eye, server } = await Stage.open(fixture)
    await eye.create('/a')
    const cache = await started(new TreeCache(client, '/a'))
    const { seen, done } = follow(cache)
    await until('complete', () => seen.includes('synced initial'))
    const waiting = rejection(cache.waitUntil(eye.lastZxid + 100n))
    await cache.close()
    await cache.close()
    const before = seen.length
    await eye.create('/a/x')
    expect(await done).toMatchObject({ code: 'ERR_CLOSED' })
    expect(await waiting).toMatchObject({ code: 'ERR_CLOSED' })
    expect(await code(cache.start())).toBe('ERR_CLOSED')
    expect(await code(cache.changes().next())).toBe('ERR_CLOSED')
    expect([seen.length, cache.state]).toEqual([before, 'closed'])
    await until('no watch', async () => (await server.watchCount()) === 0)
  })

  it('G-14: a start that is given up leaves no watch; a client that is closed ends the cache', async () => {
    const stage = await Stage.open(fixture)
    const { client, server } = stage
    server.network.hold()
    const controller = new AbortController()
    const cache = new TreeCache(client, '/a')
    const starting = rejection(cache.start({ signal: controller.signal }))
    controller.abort(new Error('enough'))
    server.network.release()
    expect(await starting).toMatchObject({ message: 'enough' })
    expect(cache.state).toBe('closed')
    await until('no watch', async () => (await server.watchCount()) === 0)
    const other = await stage.another()
    const ending = await started(new TreeCache(other, '/a'))
    await other.close()
    await until('ended', () => ending.state === 'failed')
    expect(ending.signal.reason).toMatchObject({ code: 'ERR_CLOSED' })
  })

  for (const fault of CUTS) {
    it(`is complete and right whichever message of the first reading the fault ${fault} strikes`, { timeout: 120_000 }, async () => {
      const { client, eye, server } = await Stage.open(fixture)
      await eye.create('/a')
      for (let i = 0; i < 70; i++) await eye.create(`/a/${i}`, 'x')
      for (let nth = 1; ; nth++) {
        const injection = server.network.inject(fault, { nth })
        const cache = new TreeCache(client, '/a')
        const { seen, tree } = follow(cache)
        await cache.start()
        await eye.setData('/a/0', String(nth))
        await shows(cache, eye)
        await until('told', () => tree.get('/a/0')?.data?.toString() === String(nth) && tree.size === 71)
        expect(seen.filter((text) => text.startsWith('removed'))).toEqual([])
        expect(shapeOf(tree.values())).toEqual(shapeOf(cache.snapshot().nodes.values()))
        await cache.close()
        const struck = injection.happened
        injection.cancel()
        if (!struck) break
        expect(nth).toBeLessThan(30)
      }
    })
  }

  it('is right after a long series of changes, cuts and lost sessions', { timeout: 120_000 }, async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    await eye.create('/a')
    const cache = await started(new TreeCache(client, '/a'))
    const { tree, done } = follow(cache)
    // A fixed series of random numbers: a failure comes again.
    let state = 42
    const random = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below
    for (let round = 0; round < 40; round++) {
      const writes = Array.from({ length: 25 }, async () => {
        const path = `/a/${random(6)}`
        const child = `${path}/${random(4)}`
        const work = [
          () => eye.create(path, String(random(100))),
          () => eye.create(child, String(random(100))),
          () => eye.setData(child, String(random(100))),
          () => eye.setData(path, String(random(100))),
          () => eye.deleteRecursive(path),
          () =>
            eye.multi([
              { type: 'delete', path: child },
              { type: 'create', path: child, data: 'swap' },
            ]),
        ][random(6)]
        await work?.().catch(() => {})
      })
      if (round % 3 === 1) server.network.cut()
      if (round % 10 === 9) await stage.newSession()
      await Promise.all(writes)
    }
    await shows(cache, eye)
    await until('told', () => shapeOf(tree.values()).join() === shapeOf(cache.snapshot().nodes.values()).join())
    await cache.close()
    expect(await done).toMatchObject({ code: 'ERR_CLOSED' })
  })
})

describe('a node cache', () => {
  it('shows one znode, there or not, over reconnects and sessions', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const cache = await started(new NodeCache(client, '/a'))
    const { seen } = follow(cache)
    expect(cache.current).toBe(null)
    await eye.create('/a', 'one')
    await cache.waitUntil(eye.lastZxid)
    expect(cache.current?.data?.toString()).toBe('one')
    await eye.create('/a/below')
    await stage.whileAway(async () => void (await eye.setData('/a', 'two')))
    await cache.waitUntil(eye.lastZxid)
    expect(cache.current?.data?.toString()).toBe('two')
    await stage.newSession(() => eye.deleteRecursive('/a'))
    await cache.waitUntil(eye.lastZxid)
    expect(cache.current).toBe(null)
    expect(seen.filter((text) => !text.startsWith('synced'))).toEqual(['added /a=one', 'updated /a=two', 'removed /a'])
  })
})

describe('a children cache', () => {
  it('shows the children by name, neither the parent nor what is below', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    for (const path of ['/a', '/a/x', '/a/x/deep', '/a/.hidden']) await eye.create(path, 'old')
    const cache = await started(new ChildrenCache(client, '/a', { filter: (name) => !name.startsWith('.') }))
    const { seen } = follow(cache)
    expect(cache.children().map(({ name }) => name)).toEqual(['x'])
    await eye.setData('/a', 'not told')
    await eye.create('/a/w')
    await eye.create('/a/.other')
    await eye.setData('/a/x/deep', 'not told')
    await stage.whileAway(async () => void (await eye.setData('/a/x', 'new')))
    await cache.waitUntil(eye.lastZxid)
    expect(cache.children().map(({ name, data }) => `${name} ${data}`)).toEqual(['w null', 'x new'])
    expect(cache.get('x')?.path).toBe('/a/x')
    expect(cache.get('gone')).toBe(undefined)
    await until('told', () => seen.includes('updated /a/x=new'))
    expect(seen.filter((text) => !text.startsWith('synced'))).toEqual(['added /a/x=old', 'added /a/w=', 'updated /a/x=new'])
  })
})

describe('options of caches', () => {
  it('are checked at once', async () => {
    const { client } = await Stage.open(fixture)
    for (const make of [
      () => new TreeCache(client, 'a'),
      () => new TreeCache(client, '/a/'),
      () => new TreeCache(client, '/a', { maxNodes: 0 }),
      () => new TreeCache(client, '/a', { maxBytes: 1.5 }),
      () => new TreeCache(client, '/a', { maxDepth: -1 }),
      () => new ChildrenCache(client, '/a', { maxConcurrentReads: 257 }),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }))
    }
    const root = await started(new TreeCache(client, '/', { maxDepth: 1 }))
    expect([...root.snapshot().nodes.keys()].sort()).toEqual(['/', '/zookeeper'])
  })
})
