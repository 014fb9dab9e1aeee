import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Stat } from '../../core/index.ts'
import { jsonCodec, textCodec, ZoariumError } from '../../core/index.ts'
import { CacheImage } from '../../recipes/cache/cache-image.ts'
import { ReadQueue } from '../../recipes/cache/read-queue.ts'
import { TreeCache } from '../../recipes/cache/tree-cache.ts'
import { ServiceRegistry } from '../../recipes/registry/service-registry.ts'
import { Counter } from '../../recipes/shared/counter.ts'
import { SharedValue } from '../../recipes/shared/shared-value.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('cache')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await world[Symbol.asyncDispose]()
})

const ignore = (): void => {}

describe('a cache', () => {
  it('G-30: what a pass that is void had still to list is not listed', async () => {
    const client = await world.client()
    const getChildren = vi.spyOn(client, 'getChildren').mockResolvedValue({ children: [], stat: {} as Stat })
    const listed: string[] = []
    const host = { found: ignore, listed: (node: string) => void listed.push(node), refused: ignore, failed: ignore, answered: ignore }
    const queue = new ReadQueue(client, true, 8, new AbortController().signal, host)
    const before = { number: 1, outstanding: 0, isVoid: false }
    const now = { number: 2, outstanding: 0, isVoid: false }
    queue.list('/a', before)
    queue.list('/b', before)
    before.isVoid = true
    queue.list('/c', now)
    await until(() => now.outstanding === 0, 'the list of the newest pass')
    expect([listed, getChildren.mock.calls.map(([node]) => node)]).toEqual([['/c'], ['/c']])
  })

  it('G-29: reads znodes that are too large for one reply together in several', async () => {
    const writer = await world.client()
    await writer.create(path)
    for (let i = 0; i < 40; i++) await writer.create(`${path}/${i}`, Buffer.alloc(200_000))
    const client = await world.client({ maxFrameBytes: 1_000_000 })
    await using cache = new TreeCache(client, path)
    await cache.start()
    expect([cache.state, cache.size, cache.bytes]).toEqual(['synced', 41, 8_000_000])
    const { mzxid } = await writer.setData(`${path}/7`, 'small')
    await cache.waitUntil(mzxid)
    expect(`${cache.get(`${path}/7`)?.data}`).toBe('small')
  })

  it('G-29: a znode that is too large for a reply alone ends it, and says why', async () => {
    const writer = await world.client()
    await writer.create(path)
    for (let i = 0; i < 4; i++) await writer.create(`${path}/${i}`, Buffer.alloc(i === 2 ? 500_000 : 10))
    const client = await world.client({ maxFrameBytes: 400_000 })
    await using cache = new TreeCache(client, path)
    expect(await codeOf(cache.start())).toBe('ERR_PROTOCOL')
    expect(cache.state).toBe('failed')
  })

  it('G-08: whose start was aborted before it began is closed, as after every abort: nobody waits for it in vain', async () => {
    const cache = new TreeCache(await world.client(), path)
    const [waiting, following] = [codeOf(cache.waitUntil(1n)), codeOf(cache.changes().next())]
    const reason = new Error('too late')
    await expect(cache.start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect([cache.state, cache.signal.aborted]).toEqual(['closed', true])
    expect(await Promise.all([waiting, following])).toEqual(['ERR_CLOSED', 'ERR_CLOSED'])
  })

  it('C-11: shows nothing of a tree deeper than the stack once its root has gone', () => {
    const image = new CacheImage()
    const depth = 5_000
    let node = '/root'
    for (let i = 0; i < depth; i++) {
      const stat = { czxid: 1n, mzxid: 1n } as Stat
      image.found(node, { data: null, stat }, 1, 1n)
      node += '/a'
    }
    image.removeBelow('/root/a', 2n)
    expect([...image.store.nodes()].map(({ path: kept }) => kept)).toEqual(['/root'])
    image.gone('/root', 3n)
    expect(image.store.size).toBe(0)
  })

  it('keeps to the timeoutMs that its calls take', async () => {
    const { client, proxy } = await world.proxied()
    await using cache = new TreeCache(client, path)
    await cache.start({ timeoutMs: 0 })
    expect(await codeOf(cache.waitUntil(2n ** 60n, { timeoutMs: 20 }))).toBe('ERR_TIMEOUT')
    expect(await codeOf(cache.waitUntil(2n ** 60n, { timeoutMs: -1 }))).toBe('ERR_CONFIG')
    await cache.waitUntil((await client.create(path)).stat.czxid, { timeoutMs: 10_000 })
    expect(cache.state).toBe('synced')
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'disconnected')
    const other = new TreeCache(client, path)
    expect(await codeOf(other.start({ timeoutMs: 20 }))).toBe('ERR_TIMEOUT')
    expect(other.state).toBe('closed')
    expect(await codeOf(new ServiceRegistry(client, path).discover('s', { timeoutMs: 20 }))).toBe('ERR_TIMEOUT')
    proxy.accept()
  })

  it('whose filter throws fails with that, and leaves no watch', async () => {
    const client = await world.client()
    const wrong = new Error('the filter is wrong')
    const cache = new TreeCache(client, path, {
      filter: (node) => {
        if (node.endsWith('bad')) throw wrong
        return true
      },
    })
    await cache.start()
    await client.create(path)
    await client.create(`${path}/bad`)
    await until(() => cache.signal.aborted, 'the cache fails')
    expect([cache.state, cache.signal.reason]).toEqual(['failed', wrong])
    await until(async () => (await world.watches()) === 0, 'no watch is left')
    await cache.close()
  })
})

describe('a shared value', () => {
  it('goes on after bytes that its codec refuses, whatever the handler of errors does', async () => {
    const client = await world.client()
    await client.create(path, '1')
    let heard = 0
    const value = new SharedValue(client, path, {
      codec: jsonCodec<number>(),
      onError: () => {
        heard++
        throw new Error('the handler is wrong, too')
      },
    })
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    await value.start()
    await client.setData(path, 'no json')
    await until(() => heard === 1, 'the bytes are refused')
    await client.setData(path, '3')
    await until(() => value.current?.value === 3, 'the next value')
    await value.close()
    process.off('warning', warned)
    expect(warnings.map(({ message }) => message)).toContain('the handler is wrong, too')
  })

  it('a wait for a change ends with the value', async () => {
    const client = await world.client()
    const value = new SharedValue(client, path, { codec: textCodec })
    await value.start()
    const changes = value.changes()
    expect(await changes.next()).toEqual({ done: false, value: null })
    const ended = codeOf(changes.next())
    await value.close()
    expect(await ended).toBe('ERR_CLOSED')
  })
})

describe('a counter', () => {
  it('V-01: cannot tell what became of a lost reply when another program wrote a number alone since', async () => {
    const client = await world.client()
    const other = await world.client()
    const counter = new Counter(client, path)
    await counter.add(1n)
    const setData = client.setData.bind(client)
    vi.spyOn(client, 'setData').mockImplementationOnce(async (...args) => {
      await setData(...args)
      await other.setData(path, '100')
      throw new ZoariumError('ERR_UNKNOWN_OUTCOME', 'setData', { path })
    })
    expect(await codeOf(counter.add(1n))).toBe('ERR_UNKNOWN_OUTCOME')
    expect((await client.getData(path)).data?.toString()).toBe('100')
    expect((await counter.add(1n)).after).toBe(101n)
  })

  it('rejects what is no number, it does not throw', async () => {
    const counter = new Counter(await world.client(), path)
    expect(await codeOf(counter.add(0.5))).toBe('ERR_CONFIG')
    expect(await codeOf(counter.set(Number.NaN))).toBe('ERR_CONFIG')
  })
})
