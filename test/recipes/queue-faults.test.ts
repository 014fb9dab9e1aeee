import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { DelayQueue } from '../../recipes/queue/delay-queue.ts'
import { PriorityQueue } from '../../recipes/queue/priority-queue.ts'
import { Queue } from '../../recipes/queue/queue.ts'
import { Heap } from '../../recipes/support/heap.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('queue')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await world[Symbol.asyncDispose]()
})

/** The next transaction that touches `folder` is refused with `code`, and reaches no server. */
function refuseOnce(client: Client, folder: string, code: 'NO_AUTH' | 'THROTTLED_OP'): () => number {
  let refused = 0
  const multi = client.multi.bind(client)
  vi.spyOn(client, 'multi').mockImplementation((ops: readonly TransactionOp[], options) => {
    if (refused > 0 || !ops.some((op) => op.path.startsWith(`${path}/${folder}`))) return multi(ops, options)
    refused++
    return Promise.reject(new ZoariumError(code, 'multi', { path, index: ops.length - 1 }))
  })
  return () => refused
}

/** As from servers that do not tell what was missed (Apache ZooKeeper): each return of the connection is a gap. */
function gapsOf(client: Client): void {
  const watch = client.watch.bind(client)
  let away = false
  client.on('status', ({ type }) => {
    if (type === 'suspended') away = true
  })
  vi.spyOn(client, 'watch').mockImplementation(async (...args) => {
    const watching = await watch(...args)
    const original = watching.next.bind(watching)
    const next: typeof original = async () => {
      for (;;) {
        const result = await original()
        if (result.done === true) return result
        const isMark = result.value.type === 'resumed' || result.value.type === 'gap'
        if (isMark) away = false
        if (isMark) return { done: false, value: { type: 'gap' } }
        if (!away) return result
      }
    }
    return Object.assign(watching, { next })
  })
}

describe('a queue under faults', () => {
  it('Q-01: an item that was lost by the own clock is given back when the session is taken up again', async () => {
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 2_000 })
    const other = new Queue(await world.client(), path)
    const queue = new Queue(client, path)
    await queue.put('x')
    const item = await queue.take()
    const { id } = client.session
    proxy.pause()
    await until(() => item.state === 'lost', 'the deadline')
    expect(item.lostReason).toBe('deadline')
    proxy.resume()
    const again = await other.take({ timeoutMs: 10_000 })
    expect([again.data?.toString(), again.attempt]).toEqual(['x', 2])
    await client.sync('/')
    expect(client.session.id).toBe(id)
    await again.complete()
    await Promise.all([queue.close(), other.close()])
  })

  it('L-08: a release that is refused rejects, and may be called again', async () => {
    const client = await world.client()
    const queue = new Queue(client, path)
    await queue.put('x')
    const item = await queue.take()
    const refused = refuseOnce(client, 'taken', 'NO_AUTH')
    expect(await codeOf(item.release())).toBe('NO_AUTH')
    expect(refused()).toBe(1)
    await item.release()
    expect((await queue.tryTake())?.attempt).toBe(2)
    await queue.close()
  })

  it('Q-10: an overloaded server keeps no item from being put aside', async () => {
    const client = await world.client()
    const queue = new Queue(client, path, { maxAttempts: 1 })
    await queue.put('x')
    await (await queue.take()).release()
    const refused = refuseOnce(client, 'dead', 'THROTTLED_OP')
    expect(await queue.tryTake()).toBe(null)
    expect(refused()).toBe(1)
    expect([await queue.size(), (await world.children(`${path}/dead`)).length]).toEqual([0, 1])
    await queue.close()
  })

  it('Q-10: an item that may not be put aside is not kept from others by who tried', async () => {
    const client = await world.client()
    const queue = new Queue(client, path, { maxAttempts: 1 })
    await queue.put('x')
    await (await queue.take()).release()
    refuseOnce(client, 'dead', 'NO_AUTH')
    expect(await codeOf(queue.take())).toBe('NO_AUTH')
    await until(async () => (await world.children(`${path}/taken`)).length === 0, 'the claim is given back')
    expect(await queue.tryTake()).toBe(null)
    expect((await world.children(`${path}/dead`)).length).toBe(1)
    await queue.close()
  })

  it('a list that is refused ends the call, leaves no watch, and the queue works again when it is allowed', async () => {
    const client = await world.client()
    const queue = new Queue(client, path)
    await queue.put('x')
    const getChildren = vi.spyOn(client, 'getChildren')
    getChildren.mockRejectedValueOnce(new ZoariumError('NO_AUTH', 'getChildren', { path }))
    expect(await codeOf(queue.take())).toBe('NO_AUTH')
    await until(async () => (await world.watches()) === 0, 'no watch is left')
    await (await queue.take()).complete()
    await queue.close()
    expect(await world.watches()).toBe(0)
  })

  it('Q-07: a delay is kept also when the servers did not tell the time at once', async () => {
    const client = await world.client()
    const queue = new DelayQueue(client, path)
    const original = client.exists.bind(client)
    const exists = vi.spyOn(client, 'exists')
    let untold = 0
    exists.mockImplementation(async (node, options) => {
      if (node.startsWith(`${path}/clocks/`) && untold++ === 0) return null
      return original(node, options)
    })
    await queue.put('later', { delayMs: 60_000 })
    exists.mockRestore()
    expect(untold).toBe(2)
    expect(await queue.tryTake()).toBe(null)
    await until(async () => (await world.children(`${path}/clocks`)).length === 0, 'nothing is left of the asking')
    await queue.close()
  })

  it('G-08: a completion gives up with the signal while it looks up what became of a lost reply', async () => {
    const { client, network } = await world.networked()
    const queue = new Queue(client, path)
    await queue.put('x')
    const item = await queue.take()
    const lost = network.inject('cutBeforeReply', { operation: 'multi' })
    const stop = new AbortController()
    const completing = item.complete([], { signal: stop.signal })
    await lost.begun
    network.refuse()
    await until(() => client.stats().queuedRequests > 0, 'the look-up waits for a connection')
    stop.abort('enough')
    await expect(completing).rejects.toBe('enough')
    network.accept()
    await queue.close()
    expect(await queue.size()).toBe(0)
  })

  for (const [what, operation] of [
    ['asks for its watch', 'addWatch'],
    ['lists the queue', 'getChildren2'],
  ] as const) {
    it(`G-15: close ends within a session although the first take still ${what} of servers that cannot be reached`, async () => {
      const { client, network } = await world.networked({ sessionTimeoutMs: 2_000 })
      const queue = new Queue(client, path)
      const broken = network.inject('cutBeforeRequest', { operation })
      const taking = codeOf(queue.take())
      await broken.begun
      network.refuse()
      await queue.close()
      expect(await taking).toBe('ERR_CLOSED')
      network.accept()
      await client.sync('/')
      await until(async () => (await world.watches()) === 0, 'no watch is left')
    })
  }

  it('Q-03: trying sees what was put before it also while the queue is listed again after a gap', async () => {
    const { client, proxy } = await world.proxied()
    gapsOf(client)
    const other = new Queue(await world.client(), path)
    const queue = new Queue(client, path)
    expect(await queue.tryTake()).toBe(null)
    for (const data of ['a', 'b', 'c']) {
      proxy.refuse()
      await until(() => client.status.type === 'suspended', 'the connection is gone')
      await other.put(data)
      proxy.accept()
      const item = await queue.tryTake()
      expect(item?.data?.toString()).toBe(data)
      await item?.complete()
    }
    await queue.close()
  })

  for (const end of ['time is up', 'it is closed'] as const) {
    it(`Q-10: a take ends when ${end} although the servers do not answer that a dead item is put aside`, async () => {
      const { client, network } = await world.networked()
      const errors: unknown[] = []
      const queue = new Queue(client, path, { maxAttempts: 1, onError: (error) => void errors.push(error) })
      await queue.put('x')
      await (await queue.take()).release()
      const held = network.inject('holdReply', { operation: 'multi', nth: 2 })
      const taking = codeOf(queue.take(end === 'time is up' ? { timeoutMs: 2_000 } : {}))
      await held.begun
      const closing = end === 'time is up' ? null : queue.close()
      expect(await taking).toBe(closing === null ? 'ERR_TIMEOUT' : 'ERR_CLOSED')
      network.release()
      await queue.close()
      expect([await world.children(`${path}/taken`), errors]).toEqual([[], []])
    })
  }

  it('Q-01, Q-03b: a claim whose reply was lost, and which is gone while it is looked up, takes nothing away from who has the item next', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    const other = new Queue(operator, path)
    const queue = new Queue(client, path)
    await queue.put('x')
    await operator.ensurePath(`${path}/taken`)
    network.inject('cutBeforeReply', { operation: 'multi' })
    // The item's own data, the claim's, and what else is read of the item.
    const broken = network.inject('cutBeforeReply', { operation: 'getData', nth: 3 })
    const taking = queue.take()
    await Promise.race([broken.begun, taking])
    if (broken.happened) network.refuse()
    const [name = ''] = await world.children(`${path}/taken`)
    await operator.delete(`${path}/taken/${name}`)
    const theirs = await other.take()
    network.accept()
    const item = await taking
    expect(await codeOf(item.complete())).toBe('ERR_LOST')
    expect([theirs.state, await other.size()]).toEqual(['held', 1])
    await theirs.complete()
    await Promise.all([queue.close(), other.close()])
  })

  it('remembers no items that are gone while it takes none', async () => {
    const other = new Queue(await world.client(), path)
    const idle = new Queue(await world.client(), path)
    await other.put('held')
    const held = await idle.take()
    const push = vi.spyOn(Heap.prototype, 'push')
    const items = 250
    for (let i = 0; i < items; i++) {
      await other.put(String(i))
      await (await other.take()).complete()
    }
    await held.release()
    expect((await idle.take()).attempt).toBe(2)
    const sizes = push.mock.contexts.map((heap) => (heap as Heap<unknown>).size)
    expect(Math.max(...sizes)).toBeLessThan(items / 2)
    await Promise.all([idle.close(), other.close()])
  })

  it('G-29: what can be put can be taken and put aside, and what could not be taken cannot be put', async () => {
    const queue = new Queue(await world.client(), path, { maxAttempts: 1 })
    expect(await codeOf(queue.put(Buffer.alloc(1_048_400)))).toBe('ERR_TOO_LARGE')
    expect(await codeOf(queue.put('\u00e4'.repeat(500_001)))).toBe('ERR_TOO_LARGE')
    await queue.put(Buffer.alloc(1_000_000))
    await (await queue.take()).release()
    expect(await queue.tryTake()).toBe(null)
    expect((await world.children(`${path}/dead`)).length).toBe(1)
    await queue.close()
  })

  it('bad options reject, they do not throw', async () => {
    const client = await world.client()
    const delayed = new DelayQueue(client, path)
    const ranked = new PriorityQueue(client, path)
    expect(await codeOf(delayed.put('x', { delayMs: -1 }))).toBe('ERR_CONFIG')
    expect(await codeOf(ranked.put('x', { priority: 0.5 }))).toBe('ERR_CONFIG')
  })
})
