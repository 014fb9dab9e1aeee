import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../core/index.ts'
import { Permission } from '../../core/index.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { Op } from '../support/fault-proxy.ts'
import { codeOf, freshPath, OWN_SERVER, until, World } from './support/world.ts'

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

describe('a mutex that is given up', () => {
  it('L-14, G-08: twenty waits that are aborted leave no znode and no watch', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    const holder = await mutex.acquire()
    const stop = new AbortController()
    const reason = new Error('enough')
    const waits = Array.from({ length: 20 }, () => mutex.acquire({ signal: stop.signal }))
    await until(async () => (await world.children(path)).length === 21, 'all queue')
    stop.abort(reason)
    for (const wait of waits) await expect(wait).rejects.toBe(reason)
    await until(async () => (await world.children(path)).length === 1, 'the holder is left')
    await until(async () => (await world.watches()) === 1, 'the holder watches its own znode')
    await holder.release()
    await world.clean(path)
  })

  it('G-08, L-05: closing in the instant in which the turn comes leaves no grant', async () => {
    const client = await world.client()
    const list = client.getChildren.bind(client)
    for (let n = 0; n < 30; n++) {
      const mutex = new Mutex(client, path)
      let closing: Promise<void> | undefined
      vi.spyOn(client, 'getChildren').mockImplementation(async (...args) => {
        const answer = await list(...args)
        void ticks(n).then(() => (closing = mutex.close()))
        return answer
      })
      const grant = await mutex.acquire().catch(() => null)
      await until(() => closing !== undefined, 'it is closed')
      await closing
      expect(grant?.isHeld ?? false, `after ${n} ticks`).toBe(false)
      vi.restoreAllMocks()
      expect(await world.children(path), `after ${n} ticks`).toEqual([])
    }
  })

  it('G-08, G-14: an abort after any number of requests leaves no znode and no watch', async () => {
    const holder = await new Mutex(await world.client(), path).acquire()
    const reason = new Error('enough')
    for (let n = 1; n <= 4; n++) {
      for (const answered of [false, true]) {
        const { client, proxy } = await world.proxied()
        const mutex = new Mutex(client, path)
        const stop = new AbortController()
        const before = proxy.requests
        const acquiring = mutex.acquire({ signal: stop.signal })
        if (answered) await until(() => proxy.requests >= before + n || proxy.requests >= before + 3, `request ${n}`)
        else await turns(n)
        stop.abort(reason)
        await expect(acquiring, `after ${n}`).rejects.toBe(reason)
        await mutex.close()
        await until(async () => (await world.children(path)).length === 1, `after ${n}: the holder is left`)
        await until(async () => (await world.watches()) === 1, `after ${n}: the holder's watch is left`)
        await client.close()
      }
    }
    await holder.release()
    await world.clean(path)
  })

  it('G-08: an abort while the create is on its way deletes what it makes, even when its reply is lost', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    const reason = new Error('enough')
    for (const lost of [false, true]) {
      const stop = new AbortController()
      if (lost) proxy.loseReply(Op.create2)
      const acquiring = mutex.acquire({ signal: stop.signal })
      stop.abort(reason)
      await expect(acquiring).rejects.toBe(reason)
      await until(() => !proxy.armed, 'the create was sent')
      await mutex.acquire().then((lock) => lock.release())
      await until(async () => (await world.children(path)).length === 0, 'nothing is left')
    }
    await mutex.close()
    await world.clean(path)
  })

  it('G-14: no listener is left on the client, on its session, or on the caller', async () => {
    const client = await world.client()
    const stop = new AbortController()
    const counts = [countListeners(client.session.signal), countListeners(stop.signal)]
    const statuses = new Set<unknown>()
    const { on, off } = client
    client.on = (event, listener) => {
      statuses.add(listener)
      return on.call(client, event, listener)
    }
    client.off = (event, listener) => {
      statuses.delete(listener)
      return off.call(client, event, listener)
    }
    const mutex = new Mutex(client, path)
    for (let round = 0; round < 3; round++) {
      const lock = await mutex.acquire({ signal: stop.signal, timeoutMs: 10_000 })
      const aborted = new AbortController()
      const waiting = mutex.acquire({ signal: aborted.signal })
      await until(async () => (await world.children(path)).length === 2, 'two queue')
      expect(statuses.size).toBeGreaterThan(0)
      aborted.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      await lock.release()
      await mutex.run(() => {}, { signal: stop.signal })
    }
    await mutex.close()
    expect(statuses.size).toBe(0)
    await until(() => counts.every((count) => count() === 0), 'no listener is left')
    await world.clean(path)
  })

  it('G-09: the clean-up of an abort goes on over a lost connection', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    const holder = await new Mutex(await world.client(), path).acquire()
    const stop = new AbortController()
    const acquiring = mutex.acquire({ signal: stop.signal })
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    proxy.refuse()
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(acquiring).rejects.toBe(reason)
    proxy.accept()
    await mutex.close()
    expect(await world.children(path)).toHaveLength(1)
    await holder.release()
    await world.clean(path)
  })

  it('G-10: clean-up ends when the client is closed, and close does not hang', async () => {
    const { client, proxy } = await world.proxied({ connectTimeoutMs: 200 })
    const mutex = new Mutex(client, path)
    const lock = await mutex.acquire()
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'disconnected')
    const releasing = lock.release()
    await client.close()
    await releasing
    await mutex.close()
  })

  it('a deadline at any moment leaves nothing behind', async () => {
    const holder = await new Mutex(await world.client(), path).acquire()
    const client = await world.client()
    const mutex = new Mutex(client, path)
    for (const timeoutMs of [1, 2, 3, 5, 8, 13, 21]) expect(await codeOf(mutex.acquire({ timeoutMs }))).toBe('ERR_TIMEOUT')
    await mutex.close()
    expect(await world.children(path)).toHaveLength(1)
    await holder.release()
    await world.clean(path)
  })
})

describe('a mutex in a folder that others change', () => {
  it('G-24: a folder that vanishes under the waiters is made anew', async () => {
    const client = await world.client()
    const operator = await world.client()
    const mutex = new Mutex(client, `${path}/folder`)
    const holder = await mutex.acquire()
    const acquiring = mutex.acquire()
    await until(async () => (await world.children(`${path}/folder`)).length === 2, 'two queue')
    await operator.deleteRecursive(`${path}/folder`)
    expect(await holder.lost).toBe('nodeDeleted')
    const lock = await acquiring
    expect(lock.token).toBeGreaterThan(holder.token)
    await lock.release()
    await world.clean(`${path}/folder`)
  })

  it('G-22: predecessors that vanish in any order let the last one through', async () => {
    const operator = await world.client()
    const clients: Client[] = [await world.client(), await world.client()]
    const holders = await Promise.all(clients.map((client) => new Mutex(client, path).tryAcquire()))
    const stop = new AbortController()
    const waits = clients.map((client) => new Mutex(client, path).acquire({ signal: stop.signal }))
    const last = new Mutex(operator, path).acquire()
    last.catch(() => {})
    await until(async () => (await world.children(path)).length === 4, 'four queue')
    stop.abort(new Error('enough'))
    await Promise.allSettled(waits)
    for (const holder of holders) await holder?.release()
    await (await last).release()
    await world.clean(path)
  })

  it('G-20: foreign names in the folder do not matter', async () => {
    const client = await world.client()
    for (const name of ['x', 'lock-0000000000', '_c_0-lock-0000000000']) await client.create(`${path}/${name}`)
    const lock = await new Mutex(client, path).tryAcquire()
    expect(lock?.isHeld).toBe(true)
    await lock?.release()
    for (const name of await world.children(path)) await client.delete(`${path}/${name}`)
  })

  it('G-19: an own znode that may not be read costs the watch, not the lock, and is told', async () => {
    const client = await world.client()
    const errors: unknown[] = []
    const acl = [{ perms: Permission.all - Permission.read, id: { scheme: 'world', id: 'anyone' } }]
    const lock = await new Mutex(client, path, { acl, onError: (error) => void errors.push(error) }).acquire()
    await until(() => errors.length === 1, 'told')
    expect(errors[0]).toMatchObject({ code: 'NO_AUTH', path: lock.path })
    expect(lock.isHeld).toBe(true)
    await lock.release()
    await world.clean(path)
  })

  it('G-19: callbacks that throw disturb nobody', async () => {
    const { client } = await world.proxied()
    const holder = await new Mutex(await world.client(), path).acquire()
    const errors: unknown[] = []
    const onError = (error: unknown): void => void errors.push(error)
    const failure = new Error('of a callback')
    const fail = (): never => {
      throw failure
    }
    const mutex = new Mutex(client, path, { onRequeued: fail, onError })
    const acquiring = mutex.acquire({ onRevoke: fail })
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    await world.expire(client)
    await until(() => errors.length === 1, 'onRequeued was called')
    await holder.release()
    const lock = await acquiring
    expect(await new Mutex(client, path).revoke({ by: 'x', graceMs: 50 })).toBe('refused')
    await until(() => errors.length === 2, 'onRevoke was called')
    expect(errors).toEqual([failure, failure])
    await lock.release()
    await world.clean(path)
  })
})

describe.runIf(OWN_SERVER)('a mutex and a server that is started again', () => {
  it('keeps the lock and the queue when the data is kept', async () => {
    await using world = await World.start({ durable: true })
    const { client } = await world.proxied()
    const holder = await new Mutex(client, path).acquire()
    const acquiring = new Mutex(await world.client(), path).acquire()
    await until(async () => (await world.children(path)).length === 2, 'two queue')
    await world.restart()
    await until(() => client.status.type === 'connected', 'connected again')
    expect(await world.children(path)).toHaveLength(2)
    expect([holder.isHeld, holder.state]).toEqual([true, 'held'])
    await holder.release()
    const lock = await acquiring
    expect(lock.token).toBeGreaterThan(holder.token)
    await lock.release()
    await world.clean(path)
  })
})

describe.runIf(OWN_SERVER)('a mutex whose process stands still', () => {
  it('G-18, L-02: after a stall beyond the deadline the lock is lost before any other code runs', async () => {
    const { client } = await world.proxied({ sessionTimeoutMs: 500 })
    const lock = await new Mutex(client, path).acquire()
    const stall = performance.now() + 700
    while (performance.now() < stall);
    expect(lock.isHeld).toBe(false)
    expect(lock.lostReason).toBe('deadline')
    expect(lock.signal.aborted).toBe(true)
    await world.clean(path)
  })

  it('G-18: a stall shorter than the deadline costs nothing', async () => {
    const { client } = await world.proxied({ sessionTimeoutMs: 20_000 })
    const lock = await new Mutex(client, path).acquire()
    const stall = performance.now() + 700
    while (performance.now() < stall);
    expect(lock.isHeld).toBe(true)
    await lock.guard([{ type: 'check', path }])
    await lock.release()
    await world.clean(path)
  })
})

describe.runIf(OWN_SERVER)('a thousand contenders', () => {
  it('L-18: get the lock one after the other, in the order of their tokens, and leave nothing', { timeout: 120_000 }, async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => world.client()))
    const tokens: bigint[] = []
    const mutexes = clients.map((client) => new Mutex(client, path))
    const runs = Array.from({ length: 1_000 }, (_, index) => mutexes[index % 5]?.run((lock) => void tokens.push(lock.token)))
    await Promise.all(runs)
    expect(tokens).toHaveLength(1_000)
    expect(tokens).toEqual([...tokens].sort((a, b) => (a < b ? -1 : 1)))
    await world.clean(path)
  })
})

/** Counts the listeners of a signal from now on. */
function countListeners(signal: AbortSignal): () => number {
  const listeners = new Set<unknown>()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.add(args[1])
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.delete(args[1])
    removeEventListener.apply(signal, args)
  }
  return () => listeners.size
}

/** Within one turn: between two steps of what awaits an answer that is there. */
async function ticks(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await null
}

/** Lets the event loop turn `n` times. */
async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve))
}
