import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/index.ts'
import { Mutex } from '../../recipes/mutex.ts'
import type { LockGrant } from '../../recipes/support/lock-entry.ts'
import { queueOf } from '../../recipes/support/queue-place.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('lock')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe('a mutex', () => {
  it('is held by one at a time, in token order, with 20 contenders on 4 clients', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => world.client()))
    const tokens: bigint[] = []
    let inside = 0
    let most = 0
    const contend = async (index: number): Promise<void> => {
      const client = clients[index % clients.length]
      if (client === undefined) throw new Error('no client')
      const mutex = new Mutex(client, path)
      await mutex.run(async (lock) => {
        most = Math.max(most, ++inside)
        tokens.push(lock.token)
        await client.sync(path)
        inside--
      })
      await mutex.close()
    }
    await Promise.all(Array.from({ length: 20 }, (_, index) => contend(index)))
    expect(most).toBe(1)
    expect(tokens.length).toBe(20)
    expect(tokens).toEqual([...tokens].sort((a, b) => (a < b ? -1 : 1)))
    await world.clean(path)
  })

  it('is fair: who came first gets it first', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const first = await mutex.acquire()
    const order: number[] = []
    const waiting: Promise<void>[] = []
    for (const index of [1, 2, 3]) {
      waiting.push(mutex.run(() => void order.push(index)))
      await until(async () => (await world.children(path)).length === index + 1, `contender ${index} queues`)
    }
    await first.release()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    await world.clean(path)
  })

  it('L-02: a guarded write of a holder that lost the lock writes nothing', async () => {
    const { client, proxy } = await world.proxied()
    const other = await world.client()
    await other.create(`${path}-data`, 'old')
    const lock = await new Mutex(client, path).acquire()
    await lock.guard([{ type: 'setData', path: `${path}-data`, data: 'mine' }])
    proxy.pause()
    await world.expire(client)
    const next = await new Mutex(other, path).acquire()
    expect(next.token).toBeGreaterThan(lock.token)
    const late = lock.guard([{ type: 'setData', path: `${path}-data`, data: 'late' }])
    proxy.resume()
    expect(['ERR_LOST', 'SESSION_EXPIRED', 'ERR_UNKNOWN_OUTCOME']).toContain(await codeOf(late))
    expect((await other.getData(`${path}-data`)).data?.toString()).toBe('mine')
    await next.release()
  })

  it('L-03: guard refuses a stale handle here, and counts the given operations in errors', async () => {
    const { client, proxy } = await world.proxied()
    const lock = await new Mutex(client, path).acquire()
    expect(lock.path.startsWith(`${path}/`)).toBe(true)
    const failing = lock.guard([
      { type: 'create', path: `${path}-x` },
      { type: 'setData', path: `${path}-missing`, data: '' },
    ])
    const error: unknown = await failing.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NO_NODE', index: 1 })
    const results = await lock.guard([{ type: 'create', path: `${path}-x` }])
    expect(results.map(({ type }) => type)).toEqual(['create'])
    await lock.release()
    const before = proxy.requests
    expect(await codeOf(lock.guard([{ type: 'delete', path: `${path}-x` }]))).toBe('ERR_NOT_HELD')
    expect(proxy.requests).toBe(before)
  })

  it('L-07: a release deletes its own unique znode only', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const first = await mutex.acquire()
    await first.release()
    const second = await mutex.acquire()
    expect(second.path).not.toBe(first.path)
    await first.release()
    expect(second.isHeld).toBe(true)
    expect((await client.exists(second.path))?.czxid).toBe(second.token)
    await second.release()
  })

  it('L-08, G-09: a release whose request or reply is lost is repeated until the znode is gone', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    for (const lose of ['loseReply', 'loseRequest'] as const) {
      const lock = await mutex.acquire()
      proxy[lose](2)
      await lock.release()
      expect(proxy.armed).toBe(false)
      expect(await world.children(path)).toEqual([])
      expect(lock.lostReason).toBe('released')
    }
    await world.clean(path)
  })

  it('L-08, L-09: releasing twice, or after the loss, is no error', async () => {
    const { client } = await world.proxied()
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    await Promise.all([lock.release(), lock.release(), lock[Symbol.asyncDispose]()])
    await lock.release()
    const other = await mutex.acquire()
    await world.expire(client)
    expect(await other.lost).toBe('expired')
    await other.release()
    expect(other.lostReason).toBe('expired')
  })

  it('L-08: a release that the servers refuse rejects and can be repeated', async () => {
    const client = await world.client()
    const admin = await world.client()
    await client.addAuth('digest', 'holder:secret')
    await client.ensurePath(path)
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    await admin.setAcl(path, [{ perms: 1 | 16, id: { scheme: 'world', id: 'anyone' } }])
    expect(await codeOf(lock.release())).toBe('NO_AUTH')
    expect(lock.isHeld).toBe(false)
    await admin.setAcl(path, [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }])
    await lock.release()
    await world.clean(path)
  })

  it('L-10: a timeout says when the lock is held by the same client', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    await using _lock = await mutex.acquire()
    const error: unknown = await mutex.acquire({ timeoutMs: 100 }).catch((thrown: unknown) => thrown)
    expect(ZoariumError.is(error, 'ERR_TIMEOUT')).toBe(true)
    expect(String(error)).toContain('not re-entrant')
  })

  it('L-11: one absolute deadline: waking up does not extend it', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const holder = await mutex.acquire()
    const waiting = mutex.acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const start = performance.now()
    const timed = codeOf(mutex.acquire({ timeoutMs: 300 }))
    await until(async () => (await world.children(path)).length === 3, 'three queue')
    const [, predecessor] = queueOf(await world.children(path), 'lock')
    await client.delete(`${path}/${predecessor}`)
    expect(await timed).toBe('ERR_TIMEOUT')
    expect(performance.now() - start).toBeGreaterThanOrEqual(299)
    await holder.release()
    await (await waiting).release()
    await world.clean(path)
  })

  it('L-11: the deadline counts while nothing can be created either', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    proxy.pause()
    expect(await codeOf(mutex.acquire({ timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    proxy.resume()
    await mutex.close()
    await world.clean(path)
  })

  it('L-12: tryAcquire costs one round trip of two requests when free, and leaves nothing behind when not', async () => {
    const { client, proxy } = await world.proxied()
    const other = await world.client()
    await client.ensurePath(path)
    const mutex = new Mutex(client, path)
    const lock = await mutex.tryAcquire()
    expect(lock?.isHeld).toBe(true)
    await lock?.release()
    const held = await new Mutex(other, path).acquire()
    await other.sync('/')
    await client.sync('/')
    const watches = await world.watches()
    const before = proxy.requests
    expect(await mutex.tryAcquire()).toBeNull()
    expect(proxy.requests - before).toBe(3)
    expect(await world.watches()).toBe(watches)
    expect(await world.children(path)).toHaveLength(1)
    expect(await codeOf(mutex.acquire({ timeoutMs: 0 }))).toBe('ERR_TIMEOUT')
    expect(await world.children(path)).toHaveLength(1)
    await held.release()
    await using free = await mutex.acquire({ timeoutMs: 0 })
    expect(free.isHeld).toBe(true)
  })

  it('L-13: an aborted attempt does not disturb the next one', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const reason = new Error('enough')
    await expect(mutex.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await using lock = await mutex.acquire()
    expect(lock.isHeld).toBe(true)
  })

  it('L-15: a holder whose znode is deleted loses the lock', async () => {
    const client = await world.client()
    const lock = await new Mutex(client, path).acquire()
    const operator = await world.client()
    await operator.delete(lock.path)
    expect(await lock.lost).toBe('nodeDeleted')
    expect(lock.isHeld).toBe(false)
    expect(lock.signal.aborted).toBe(true)
    expect(await codeOf(lock.guard([{ type: 'delete', path: '/none' }]))).toBe('ERR_LOST')
    await lock.release()
    await world.clean(path)
  })

  it('L-15: and is still told after its data was overwritten with rubbish', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path, { label: 'me' })
    const lock = await mutex.acquire()
    const operator = await world.client()
    for (const rubbish of ['{', '[]', 'null', '"x"', '{"revoke":{"by":1}}', '\u0000\u0001']) await operator.setData(lock.path, rubbish)
    expect((await mutex.inspect()).holder).toMatchObject({ label: '', pid: null, revocation: null })
    expect(lock.isHeld).toBe(true)
    await operator.delete(lock.path)
    expect(await lock.lost).toBe('nodeDeleted')
  })

  it('L-16: a request to let go reaches the holder; force takes the lock away', async () => {
    const client = await world.client()
    const operator = new Mutex(await world.client(), path)
    expect(await operator.revoke({ by: 'ops' })).toBe('free')
    const mutex = new Mutex(client, path, { label: 'worker' })
    const polite: LockGrant = await mutex.acquire({ onRevoke: () => void polite.release() })
    expect(await operator.revoke({ by: 'ops', graceMs: 10_000 })).toBe('released')
    const requests: unknown[] = []
    const stubborn = await mutex.acquire({ onRevoke: (request) => void requests.push(request) })
    expect(await operator.revoke({ by: 'ops', graceMs: 200 })).toBe('refused')
    expect(stubborn.isHeld).toBe(true)
    expect((await operator.inspect()).holder).toMatchObject({ label: 'worker', revocation: { by: 'ops', graceMs: 200 } })
    expect(await operator.revoke({ by: 'boss', graceMs: 200, force: true })).toBe('forced')
    expect(await stubborn.lost).toBe('revoked')
    expect(requests).toEqual([
      { by: 'ops', graceMs: 200, force: false, comment: null },
      { by: 'boss', graceMs: 200, force: true, comment: null },
    ])
    await world.clean(path)
  })

  it('L-18: a release fires one watch and wakes one waiter, however many wait', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    const lock = await new Mutex(await world.client(), path).acquire()
    const stop = new AbortController()
    const waiting = Array.from({ length: 50 }, () => mutex.acquire({ signal: stop.signal }))
    await until(async () => (await world.watches()) === 51, 'fifty waiters and a holder have one watch each')
    const before = proxy.requests
    await lock.release()
    const second = await Promise.race(waiting)
    // The deleted znode had two watches, of its holder and of its successor. The successor watches its own znode now, as does who waits behind.
    await until(async () => (await world.watches()) === 49, 'all the others are untouched')
    await client.sync('/')
    expect(proxy.requests - before).toBe(['exists own', 'getChildren', 'getData own', 'sync'].length)
    stop.abort(new Error('enough'))
    await Promise.allSettled(waiting)
    await second.release()
    await world.clean(path)
  })

  it('inspect shows the holder and who waits, in order', async () => {
    const client = await world.client()
    const other = await world.client()
    const lock = await new Mutex(client, path, { label: 'a' }).acquire()
    const waiting = new Mutex(other, path).acquire({ label: 'b' })
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const { holder, waiting: queue } = await new Mutex(client, path).inspect()
    expect(holder).toMatchObject({
      label: 'a',
      pid: process.pid,
      token: lock.token,
      own: true,
      path: lock.path,
      sessionId: client.session.id,
    })
    expect(queue).toMatchObject([{ label: 'b', own: false }])
    await lock.release()
    await (await waiting).release()
    expect(await new Mutex(client, path).inspect()).toEqual({ holder: null, waiting: [], lastBreak: null })
  })

  it('validates its arguments once, and says what was expected', async () => {
    const client = await world.client()
    for (const bad of ['', '/', 'lock', '/lock/', '//lock']) expect(() => new Mutex(client, bad)).toThrow(/expected an absolute path/)
    expect(() => new Mutex(client, path, { onSessionLoss: 'retry' as never })).toThrow(/expected one of requeue, reject/)
    const mutex = new Mutex(client, path)
    for (const timeoutMs of [-1, Number.NaN, 2 ** 31]) expect(await codeOf(mutex.acquire({ timeoutMs }))).toBe('ERR_CONFIG')
    expect(await codeOf(mutex.revoke({ by: 'x', graceMs: -1 }))).toBe('ERR_CONFIG')
  })

  it('run gives back what fn returned, and passes on what it threw, with the lock released either way', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    expect(await mutex.run((lock) => lock.isHeld)).toBe(true)
    const failure = new Error('of fn')
    await expect(mutex.run(() => Promise.reject(failure))).rejects.toBe(failure)
    expect(await codeOf(mutex.run(async () => mutex.run(() => 1, { timeoutMs: 50 })))).toBe('ERR_DEADLOCK')
    await world.clean(path)
  })

  it('E-07: run keeps the znode until fn has settled, also when the lock is lost or the mutex closed meanwhile', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    let signal: AbortSignal | undefined
    const running = mutex.run(async (lock) => {
      signal = lock.signal
      await finished
    })
    await until(() => signal !== undefined, 'fn runs')
    let closed = false
    const closing = mutex.close().then(() => {
      closed = true
    })
    expect(signal?.aborted).toBe(true)
    await client.sync('/')
    expect(await world.children(path)).toHaveLength(1)
    expect(closed).toBe(false)
    finish()
    expect(await codeOf(running)).toBe('ERR_LOST')
    await closing
    await world.clean(path)
  })

  it('G-15: close ends waits and grants with ERR_CLOSED and leaves nothing; it is idempotent', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    const waiting = [codeOf(mutex.acquire()), codeOf(mutex.acquire())]
    await until(async () => (await world.children(path)).length === 3, 'three queue')
    await Promise.all([mutex.close(), mutex.close()])
    expect(await Promise.all(waiting)).toEqual(['ERR_CLOSED', 'ERR_CLOSED'])
    expect(lock.lostReason).toBe('closed')
    expect(await world.children(path)).toEqual([])
    expect(await codeOf(mutex.acquire())).toBe('ERR_CLOSED')
    await world.clean(path)
  })

  it('closing the client ends grants and waits', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    const waiting = codeOf(mutex.acquire())
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    const other = await world.client()
    await client.close()
    expect(await lock.lost).toBe('closed')
    expect(await waiting).toBe('ERR_CLOSED')
    await mutex.close()
    await until(async () => (await other.getChildren(path)).children.length === 0, 'the session took its znodes along')
  })

  it('G-21, G-24, G-26: tokens grow over a folder that was deleted and made anew, as a container', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, `${path}/deep/down`)
    const first = await mutex.acquire()
    await first.release()
    await client.delete(`${path}/deep/down`)
    const second = await mutex.acquire()
    expect(second.token).toBeGreaterThan(first.token)
    expect(second.path.endsWith('0000000000')).toBe(true)
    await second.release()
    await world.clean(`${path}/deep/down`)
  })
})
