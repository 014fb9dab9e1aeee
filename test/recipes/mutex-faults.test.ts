import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { queueOf } from '../../recipes/support/queue-place.ts'
import { type FaultProxy, Op } from '../support/fault-proxy.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('lock')
  await (await world.client()).ensurePath(path)
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** Every way to break one request of a client. */
const FAULTS = {
  'the request is lost': (proxy: FaultProxy, n: number) => proxy.cutBeforeRequest(n),
  'the reply is lost': (proxy: FaultProxy, n: number) => proxy.cutAfterRequests(n),
} as const

describe('a mutex whose messages are lost', () => {
  it('G-03, G-04: a create whose reply was lost is found again and adopted: one znode, the same place', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    proxy.loseReply(Op.create2)
    const lock = await mutex.acquire()
    expect(proxy.armed).toBe(false)
    expect(await world.children(path)).toHaveLength(1)
    expect((await client.exists(lock.path))?.czxid).toBe(lock.token)
    await lock.release()
    await world.clean(path)
  })

  it('G-03: a create that never arrived is done again: one znode', async () => {
    const { client, proxy } = await world.proxied()
    proxy.loseRequest(Op.create2)
    const lock = await new Mutex(client, path).acquire()
    expect(await world.children(path)).toHaveLength(1)
    await lock.release()
    await world.clean(path)
  })

  it('G-05: a lost create of a session that ended is not adopted', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    const before = client.session.id
    proxy.loseReply(Op.create2)
    proxy.pause()
    const acquiring = mutex.acquire()
    proxy.resume()
    await until(() => !proxy.armed, 'the reply is swallowed')
    await world.expire(client)
    const lock = await acquiring
    expect(lock.sessionId).toBe(client.session.id)
    expect(lock.sessionId === before || (await world.children(path)).length === 1).toBe(true)
    await lock.release()
    await world.clean(path)
  })

  for (const [what, fault] of Object.entries(FAULTS)) {
    it(`keeps its promises when, at any one request, ${what}`, async () => {
      const holderClient = await world.client()
      for (let n = 1; ; n++) {
        const { client, proxy } = await world.proxied()
        const mutex = new Mutex(client, path)
        const holder = await new Mutex(holderClient, path).acquire()
        fault(proxy, n)
        const acquiring = mutex.acquire()
        await until(async () => (await world.children(path)).length === 2, `round ${n}: one holds, one waits`)
        await holder.release()
        const lock = await acquiring
        expect(lock.token).toBeGreaterThan(holder.token)
        await lock.guard([{ type: 'check', path }]).catch((error: unknown) => expect(error).toMatchObject({ code: 'ERR_UNKNOWN_OUTCOME' }))
        expect(lock.isHeld).toBe(true)
        await lock.release()
        await mutex.close()
        const struck = !proxy.armed
        await client.close()
        expect(await world.children(path), `round ${n}`).toEqual([])
        if (!struck) break
        expect(n).toBeLessThan(20)
      }
      await world.clean(path)
    })

    it(`gives way to the next one when, at any one request, ${what} and the session ends`, async () => {
      const other = await world.client()
      for (let n = 1; ; n++) {
        const { client, proxy } = await world.proxied()
        const mutex = new Mutex(client, path)
        const holder = await new Mutex(other, path).acquire()
        fault(proxy, n)
        const acquiring = mutex.acquire()
        acquiring.catch(() => {})
        await until(async () => (await world.children(path)).length === 2, `round ${n}: one holds, one waits`)
        await holder.release()
        await world.expire(client)
        const lock = await acquiring
        await until(() => lock.sessionId === client.session.id || !lock.isHeld, `round ${n}: no lock of a dead session`)
        await lock.release()
        await mutex.close()
        const struck = !proxy.armed
        await client.close()
        expect(await world.children(path), `round ${n}`).toEqual([])
        if (!struck) break
        expect(n).toBeLessThan(20)
      }
      await world.clean(path)
    })
  }

  it('G-12: a predecessor that leaves while the waiter is disconnected is noticed', async () => {
    const holder = await new Mutex(await world.client(), path).acquire()
    const { client, proxy } = await world.proxied()
    const acquiring = new Mutex(client, path).acquire()
    await until(async () => (await world.watches()) === 2, 'the waiter watches')
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'the waiter is disconnected')
    await holder.release()
    proxy.accept()
    const lock = await acquiring
    expect(lock.requeued).toBe(0)
    await lock.release()
    await world.clean(path)
  })

  it('G-30: a flapping connection costs no place and no znode', async () => {
    const holder = await new Mutex(await world.client(), path).acquire()
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    const acquiring = mutex.acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const names = await world.children(path)
    for (let flap = 0; flap < 5; flap++) await flapOnce(client, proxy)
    expect((await world.children(path)).sort()).toEqual(names.sort())
    await holder.release()
    const lock = await acquiring
    proxy.refuse()
    await until(() => lock.state === 'suspended', 'the lock is suspended')
    expect(lock.isHeld).toBe(true)
    proxy.accept()
    await until(() => lock.state === 'held', 'the lock is held again')
    expect(lock.token).toBe((await client.exists(lock.path))?.czxid)
    await lock.release()
    await world.clean(path)
  })
})

describe('a mutex whose session ends', () => {
  it('L-01: a holder whose session expires loses the lock, and the next one gets it under a larger token', async () => {
    const { client } = await world.proxied()
    const other = await world.client()
    const lock = await new Mutex(client, path).acquire()
    const acquiring = new Mutex(other, path).acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    await world.expire(client)
    expect(await lock.lost).toBe('expired')
    expect([lock.isHeld, lock.signal.aborted]).toEqual([false, true])
    const next = await acquiring
    expect(next.token).toBeGreaterThan(lock.token)
    await next.release()
    await world.clean(path)
  })

  it('L-01, L-20: a holder who hears nothing more loses the lock before anybody else can get it', async () => {
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 2_000 })
    const other = await world.client()
    const lock = await new Mutex(client, path).acquire()
    const order: string[] = []
    lock.signal.addEventListener('abort', () => order.push('lost'))
    const acquiring = new Mutex(other, path).acquire().then((next) => {
      order.push('next')
      return next
    })
    proxy.refuse()
    const next = await acquiring
    expect(order).toEqual(['lost', 'next'])
    expect(lock.lostReason).toBe('deadline')
    await next.release()
    proxy.accept()
    await world.clean(path)
  })

  it('L-08, G-16: who is cut off waits for release and close at most until the deadline of its session', async () => {
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 1_500 })
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    const running = codeOf(mutex.run(() => {}))
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'disconnected')
    await lock.release()
    expect(client.session.signal.aborted).toBe(true)
    await mutex.close()
    expect(await running).toBe('ERR_CLOSED')
    expect(client.status.type).toBe('lost')
    proxy.accept()
    await world.clean(path)
  })

  it('L-08: a release is over when the session ends before its delete arrived', async () => {
    const { client, proxy } = await world.proxied()
    const lock = await new Mutex(client, path).acquire()
    proxy.pause()
    const releasing = lock.release()
    await world.expire(client)
    proxy.resume()
    await releasing
    expect(lock.lostReason).toBe('released')
    await world.clean(path)
  })

  it('L-06: with reject a waiter whose znode is deleted rejects when it finds out', async () => {
    const operator = await world.client()
    const holder = await new Mutex(operator, path).acquire()
    const acquiring = codeOf(new Mutex(await world.client(), path, { onSessionLoss: 'reject' }).acquire())
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const [, own] = queueOf(await world.children(path), 'lock')
    await operator.delete(`${path}/${own}`)
    await holder.release()
    expect(await acquiring).toBe('ERR_LOST')
    await world.clean(path)
  })

  it('E-14: with stepDown a disconnection loses the lock at once, and its znode goes with it', async () => {
    const { client, proxy } = await world.proxied()
    const lock = await new Mutex(client, path, { onSuspended: 'stepDown' }).acquire()
    proxy.cut()
    expect(await lock.lost).toBe('deadline')
    await world.clean(path)
  })

  it('L-06, L-19: a waiter whose session expires queues again at once, at the end, and counts it', async () => {
    const holderClient = await world.client()
    const { client } = await world.proxied()
    const holder = await new Mutex(holderClient, path).acquire()
    const counts: number[] = []
    const mutex = new Mutex(client, path, { onRequeued: (count) => void counts.push(count) })
    const acquiring = mutex.acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const [, first] = queueOf(await world.children(path), 'lock')
    await world.expire(client)
    await until(async () => {
      const [, second] = queueOf(await world.children(path), 'lock')
      return second !== undefined && second !== first
    }, 'queued again while the holder still holds')
    expect(counts).toEqual([1])
    await holder.release()
    const lock = await acquiring
    expect(lock.requeued).toBe(1)
    expect(lock.sessionId).toBe(client.session.id)
    await lock.release()
    await world.clean(path)
  })

  it('G-13: a waiter whose session ends while its watch is being armed is woken in the next one', async () => {
    const { client, network } = await world.networked()
    const holder = await new Mutex(await world.client(), path).acquire()
    const held = network.inject('holdReply', { operation: 'getData' })
    const acquiring = new Mutex(client, path).acquire()
    await held.begun
    const before = client.session.id
    network.refuse()
    await world.expire(client)
    network.accept()
    await until(async () => client.session.id !== before && (await world.children(path)).length === 2, 'it stands again')
    held.cancel()
    await holder.release()
    const lock = await acquiring
    expect(lock.sessionId).toBe(client.session.id)
    await lock.release()
    await world.clean(path)
  })

  it('L-06: with reject a waiter whose session expires rejects at once', async () => {
    const holder = await new Mutex(await world.client(), path).acquire()
    const { client } = await world.proxied()
    const acquiring = codeOf(new Mutex(client, path, { onSessionLoss: 'reject' }).acquire())
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    await world.expire(client)
    expect(await acquiring).toBe('SESSION_EXPIRED')
    await holder.release()
    await world.clean(path)
  })

  it('L-04, G-06: a waiter whose znode vanished is not granted the lock when its turn would have come', async () => {
    const operator = await world.client()
    const holder = await new Mutex(operator, path).acquire()
    const client = await world.client()
    const acquiring = new Mutex(client, path).acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const [, own] = queueOf(await world.children(path), 'lock')
    await operator.delete(`${path}/${own}`)
    await holder.release()
    const lock = await acquiring
    expect(lock.requeued).toBe(1)
    expect(lock.path).not.toBe(`${path}/${own}`)
    expect((await client.exists(lock.path))?.czxid).toBe(lock.token)
    await lock.release()
    await world.clean(path)
  })

  it('a waiter who was disconnected beyond its deadline keeps its place if the session lived on', async () => {
    const operator = await world.client()
    const holder = await new Mutex(operator, path).acquire()
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 4_000 })
    const acquiring = new Mutex(client, path).acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const belief = client.session
    proxy.refuse()
    await until(() => belief.signal.aborted, 'the deadline passes')
    proxy.accept()
    await until(() => client.status.type === 'connected', 'connected again')
    await holder.release()
    const lock = await acquiring
    if (client.session.id === belief.id) expect(lock.requeued).toBe(0)
    expect(lock.sessionId).toBe(client.session.id)
    await lock.release()
    await world.clean(path)
  })
})

/** Cuts the connection, and waits until it stands again. */
async function flapOnce(client: Client, proxy: FaultProxy): Promise<void> {
  const connected = new Promise<void>((resolve) => {
    client.on('status', function again(status) {
      if (status.type !== 'connected') return
      client.off('status', again)
      resolve()
    })
  })
  proxy.cut()
  await connected
}
