import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/index.ts'
import { audit, expectClean } from '../../recipes/audit.ts'
import { findDeadlocks } from '../../recipes/deadlocks.ts'
import { MultiLock } from '../../recipes/multi-lock.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { ReadWriteLock } from '../../recipes/read-write-lock.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let a: string
let b: string

beforeEach(async () => {
  world = await World.start()
  a = freshPath('a')
  b = freshPath('b')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

async function queued(path: string, count: number): Promise<void> {
  await until(async () => (await world.children(path)).length === count, `${count} contenders in ${path}`)
}

describe('dead-lock diagnosis', () => {
  it('finds two tasks of two processes that wait for each other, names them, and a revocation frees them', async () => {
    const [one, two] = [await world.client(), await world.client()]
    let entered = 0
    const both = (): Promise<void> => until(() => entered === 2, 'both hold their first lock')
    const first = new Mutex(one, a, { label: 'first' }).run(
      async (lock) => {
        entered++
        await both()
        await new Mutex(one, b).run(() => 1, { signal: lock.signal })
      },
      { onRevoke: () => {} },
    )
    const second = new Mutex(two, b, { label: 'second' }).run(async (lock) => {
      entered++
      await both()
      await new Mutex(two, a).run(() => 2, { signal: lock.signal })
    })
    first.catch(() => {})
    await queued(a, 2)
    await queued(b, 2)
    const found = await findDeadlocks(one, [a, b, freshPath('missing')])
    expect(found).toHaveLength(1)
    expect(found[0]?.certain).toBe(true)
    expect(found[0]?.steps.map(({ lock, blocker }) => [lock, blocker.label]).sort()).toEqual([
      [a, 'first'],
      [b, 'second'],
    ])
    await new Mutex(await world.client(), a).revoke({ by: 'ops', force: true })
    expect(await codeOf(first)).toBe('ERR_LOST')
    await second
    expect(await findDeadlocks(one, [a, b])).toEqual([])
    await expectClean(one)
    await expectClean(two)
  })

  it('M-03: knows the task inside of the function of a multi-lock', async () => {
    const [one, two] = [await world.client(), await world.client()]
    const stop = new AbortController()
    let entered = 0
    const both = (): Promise<void> => until(() => entered === 2, 'both hold their first lock')
    const first = new MultiLock(one, [a]).run(async () => {
      entered++
      await both()
      await new Mutex(one, b).acquire({ signal: stop.signal })
    })
    const second = new Mutex(two, b).run(async () => {
      entered++
      await both()
      await new MultiLock(two, [a]).acquire({ signal: stop.signal })
    })
    for (const task of [first, second]) task.catch(() => {})
    await queued(a, 2)
    await queued(b, 2)
    expect((await findDeadlocks(one, [a, b])).map(({ certain, steps }) => [certain, steps.length])).toEqual([[true, 2]])
    stop.abort(new ZoariumError('ERR_TIMEOUT', 'enough'))
    expect([await codeOf(first), await codeOf(second)]).toEqual(['ERR_TIMEOUT', 'ERR_TIMEOUT'])
  })

  it('sees no circle in tasks of one process that do not wait for each other', async () => {
    const [one, two] = [await world.client(), await world.client()]
    // Process one holds a in one task and waits for b in another; process two the other way round: nobody is stuck.
    const [heldA, heldB] = [await new Mutex(one, a).acquire({ owner: 'one-1' }), await new Mutex(two, b).acquire({ owner: 'two-1' })]
    const waits = [new Mutex(one, b).acquire({ owner: 'one-2' }), new Mutex(two, a).acquire({ owner: 'two-2' })]
    await queued(a, 2)
    await queued(b, 2)
    expect(await findDeadlocks(one, [a, b])).toEqual([])
    await Promise.all([heldA.release(), heldB.release()])
    for (const lock of await Promise.all(waits)) await lock.release()
  })

  it('says that it is not certain where tasks have no names', async () => {
    const [one, two] = [await world.client(), await world.client()]
    const [heldA, heldB] = [await new Mutex(one, a).acquire(), await new Mutex(two, b).acquire()]
    const waits = [new Mutex(one, b).acquire(), new Mutex(two, a).acquire()]
    await queued(a, 2)
    await queued(b, 2)
    expect((await findDeadlocks(two, [b, a])).map(({ certain, steps }) => [certain, steps.length])).toEqual([[false, 2]])
    await Promise.all([heldA.release(), heldB.release()])
    for (const lock of await Promise.all(waits)) await lock.release()
  })

  it('RW-03: an upgrade that waits for a reader inside does not wait for one outside', async () => {
    const lock = async (): Promise<ReadWriteLock> => new ReadWriteLock(await world.client(), a)
    const base = await (await lock()).upgradeable({ owner: 'base' })
    const inside = await (await lock()).read({ owner: 'inside' })
    const writing = (await lock()).write({ owner: 'writer' })
    await queued(a, 3)
    const outside = (await lock()).read({ owner: 'outside' })
    await queued(a, 4)
    const upgrading = base.upgrade()
    await queued(a, 5)
    expect(await findDeadlocks(await world.client(), [a])).toEqual([])
    await inside.release()
    await (await upgrading).release()
    await base.release()
    await (await writing).release()
    await (await outside).release()
  })

  it('L-10: finds a task that waits for itself, and read/write locks count: a reader that waits for its upgrade', async () => {
    const client = await world.client()
    const lock = new ReadWriteLock(client, a)
    const reader = await lock.read({ owner: 'me' })
    const writing = lock.write({ owner: 'me' })
    await queued(a, 2)
    expect((await findDeadlocks(client, [a])).map(({ steps }) => steps.map(({ owner }) => owner))).toEqual([['me']])
    await reader.release()
    await (await writing).release()
    const base = await lock.upgradeable({ owner: 'me' })
    const other = await lock.read({ owner: 'you' })
    const upgrading = base.upgrade()
    await queued(a, 3)
    expect(await findDeadlocks(client, [a])).toEqual([])
    await other.release()
    await (await upgrading).release()
    // A write of its own instead of the upgrade would wait for ever.
    const wrong = lock.write({ owner: 'me' })
    await queued(a, 2)
    expect((await findDeadlocks(client, [a])).map(({ steps }) => steps.map(({ owner }) => owner))).toEqual([['me']])
    await base.release()
    await (await wrong).release()
  })
})

describe('audit', () => {
  it('tells ephemeral znodes, grants and watches; expectClean lists what is left', async () => {
    const client = await world.client()
    await client.create(b, null, { mode: 'ephemeral' })
    const lock = await new Mutex(client, a).acquire()
    await until(async () => (await audit(client)).watches.oneShotServerWatches === 1, 'the watch on the own znode')
    expect(await audit(client)).toMatchObject({ ephemerals: [lock.path, b].sort(), held: [lock.path], pendingCleanUps: 0 })
    await expect(expectClean(client, { timeoutMs: 0 })).rejects.toThrow(`grants ${lock.path}`)
    await lock.release()
    await client.delete(b)
    await expectClean(client)
  })

  it('expectClean ends without a connection, too', async () => {
    const { client, proxy } = await world.proxied()
    proxy.refuse()
    expect(await codeOf(expectClean(client, { timeoutMs: 0 }))).toBe('ERR_TIMEOUT')
    proxy.accept()
    await expectClean(client)
  })

  it('G-09: counts clean-up in the background, and expectClean waits for it', async () => {
    const { client, proxy } = await world.proxied()
    const held = await new Mutex(await world.client(), a).acquire()
    const stop = new AbortController()
    const waiting = new Mutex(client, a).acquire({ signal: stop.signal })
    waiting.catch(() => {})
    await queued(a, 2)
    proxy.pause()
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    proxy.resume()
    await expectClean(client)
    await held.release()
  })
})
