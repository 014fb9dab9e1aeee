import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect, textCodec } from '../../core/index.ts'
import { Counter } from '../../recipes/shared/counter.ts'
import { IdAllocator } from '../../recipes/shared/id-allocator.ts'
import { SharedValue } from '../../recipes/shared/shared-value.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('shared')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await world[Symbol.asyncDispose]()
})

describe('a counter', () => {
  it('V-01: a write that was seen not to have happened has not, whatever others write after that', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    await operator.create(path, '0')
    network.inject('cutBeforeRequest', { operation: 'setData' })
    const setData = client.setData.bind(client)
    let writes = 0
    vi.spyOn(client, 'setData').mockImplementation(async (node, data, options) => {
      // Between the look and the second try; whoever writes a number alone has all writes before forgotten.
      if (++writes === 2) await operator.setData(path, '100')
      return setData(node, data, options)
    })
    expect(await new Counter(client, path).add(1n)).toEqual({ before: 100n, after: 101n })
    expect(writes).toBe(3)
  })

  it('V-06: reads what it has written, also numbers of more than a thousand digits', async () => {
    const client = await world.client()
    const counter = new Counter(client, path)
    const large = 10n ** 1_200n
    await counter.set(large)
    expect(await counter.add(-1n)).toEqual({ before: large, after: large - 1n })
    expect(await codeOf(counter.set(10n ** 1_100_000n))).toBe('ERR_TOO_LARGE')
    expect((await counter.get()) === large - 1n).toBe(true)
  })

  it('G-24: counts below a chroot that nobody has made', async () => {
    await using rooted = await connect(`${world.host}:${world.port}${path}`)
    expect(await new Counter(rooted, '/n').add(1n, { signal: AbortSignal.timeout(5_000) })).toEqual({ before: 0n, after: 1n })
  })

  it('V-04: counts on from a number alone that ends with its line', async () => {
    const client = await world.client()
    await client.create(path, '42\n')
    expect(await new Counter(client, path).add(1n)).toEqual({ before: 42n, after: 43n })
  })
})

describe('ids', () => {
  it('V-07: a counter that is brought forward again does not go back behind what others took meanwhile', async () => {
    const client = await world.client()
    const [large, other] = [5n, 1n].map((size) => new IdAllocator(client, path, { blockSize: Number(size) }))
    if (large === undefined || other === undefined) throw new Error('two allocators')
    for (let i = 0; i < 5; i++) await large.next()
    await client.setData(path, '3')
    const given = await Promise.all([...Array.from({ length: 5 }, () => large.next()), ...Array.from({ length: 5 }, () => other.next())])
    expect(new Set(given).size).toBe(given.length)
  })

  it('V-07: none is given out twice here when the counter is deleted or set back', async () => {
    const client = await world.client()
    const ids = new IdAllocator(client, path, { blockSize: 2, first: -3n })
    const given = [await ids.next(), await ids.next()]
    for (const setBack of [() => client.delete(path), () => client.setData(path, '-100')]) {
      await setBack()
      for (let i = 0; i < 4; i++) given.push(await ids.next())
    }
    expect(given).toEqual([...given].sort((a, b) => Number(a - b)))
    expect(new Set(given).size).toBe(given.length)
  })
})

describe('a shared value', () => {
  for (const [what, before] of [
    ['created', null],
    ['replaced', 'a'],
  ] as const) {
    it(`V-03: is gone when somebody deletes what was ${what} here, before that was read again`, async () => {
      const { client, network } = await world.networked()
      const operator = await world.client()
      await using value = new SharedValue(client, path, { codec: textCodec })
      if (before !== null) await value.set(before)
      await value.start()
      const held = network.inject('holdReply', { operation: before === null ? 'create2' : 'setData' })
      const setting = value.set('b')
      await held.begun
      await operator.delete(path)
      network.release()
      expect((await setting).value).toBe('b')
      await until(() => value.current === null, 'the deletion is known')
      await value.set('c')
      expect(value.current?.value).toBe('c')
    })
  }

  it('V-03: does not begin with what was written before the start and is gone by then', async () => {
    const client = await world.client()
    await using value = new SharedValue(client, path, { codec: textCodec })
    await value.set('a')
    await client.delete(path)
    await value.start()
    expect(value.current).toBe(null)
  })

  it('G-08: gives up with the signal while it looks up what became of a lost reply', async () => {
    const { client, network } = await world.networked()
    const value = new SharedValue(client, path, { codec: textCodec })
    const lost = network.inject('cutBeforeReply', { operation: 'create2' })
    const stop = new AbortController()
    const setting = value.set('x', { signal: stop.signal })
    await lost.begun
    network.refuse()
    await until(() => client.stats().queuedRequests > 0, 'the look-up waits for a connection')
    stop.abort('enough')
    await expect(setting).rejects.toBe('enough')
  })
})
