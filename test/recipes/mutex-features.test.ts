import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ZoariumError } from '../../core/index.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { parseAnyLock } from '../../recipes/support/foreign-locks.ts'
import { newId } from '../../recipes/support/ids.ts'
import type { LockGrant } from '../../recipes/support/lock-entry.ts'
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

async function queued(count: number): Promise<void> {
  await until(async () => (await world.children(path)).length === count, `${count} contenders`)
}

describe('a task that waits for itself', () => {
  it('L-10: is refused at once inside of run, also in what it calls and with another object, but not after it', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    let later: Promise<LockGrant> | null = null
    let begin = (): void => {}
    const begun = new Promise<void>((resolve) => (begin = resolve))
    await mutex.run(async () => {
      expect(await codeOf(mutex.acquire())).toBe('ERR_DEADLOCK')
      expect(await codeOf(new Mutex(client, path).acquire({ timeoutMs: 60_000 }))).toBe('ERR_DEADLOCK')
      expect(await mutex.tryAcquire()).toBeNull()
      // Begun inside, acquired when the function is over: that waits for nobody.
      later = begun.then(() => mutex.acquire())
    })
    begin()
    await (await (later ?? mutex.acquire())).release()
    await world.clean(path)
  })

  it('L-10: is no matter for other tasks of the process', async () => {
    const mutex = new Mutex(await world.client(), path)
    const tokens = await Promise.all([1, 2, 3].map(() => mutex.run((lock) => lock.token)))
    expect(new Set(tokens).size).toBe(3)
    await world.clean(path)
  })

  it('L-10: goes ahead under the same grant when it asked for that; the outer function gives it back', async () => {
    const client = await world.client()
    const mutex = new Mutex(client, path)
    await mutex
      .run(async (outer) => {
        const inner = await mutex.run((lock) => lock, { reentrant: true })
        expect([inner.token, inner.isHeld]).toEqual([outer.token, true])
        await world.children(path)
        expect(await world.children(path)).toHaveLength(1)
        await (await world.client()).delete(outer.path)
        await outer.lost
        expect(await codeOf(mutex.run(() => 1, { reentrant: true }))).toBe('ERR_LOST')
      })
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'ERR_LOST' }))
    await world.clean(path)
  })
})

describe('a forced break', () => {
  it('L-16, L-22: leaves a note of who, why, and whom it hit, in the same transaction', async () => {
    const holder = await new Mutex(await world.client(), path, { label: 'stuck job' }).acquire()
    const operator = new Mutex(await world.client(), path)
    expect((await operator.inspect()).lastBreak).toBeNull()
    expect(await operator.revoke({ by: 'alice', force: true, comment: 'host is gone' })).toBe('forced')
    expect(['revoked', 'nodeDeleted']).toContain(await holder.lost)
    const { lastBreak } = await operator.inspect()
    expect(lastBreak).toMatchObject({
      by: 'alice',
      comment: 'host is gone',
      token: holder.token,
      label: 'stuck job',
      host: hostname(),
      pid: process.pid,
    })
    expect(Math.abs(Date.now() - (lastBreak?.atMs ?? 0))).toBeLessThan(60_000)
    await world.clean(path)
  })

  it('L-16: a holder that leaves before it is broken leaves no note', async () => {
    const mutex = new Mutex(await world.client(), path)
    const lock: LockGrant = await mutex.acquire({ onRevoke: () => void lock.release() })
    const operator = new Mutex(await world.client(), path)
    expect(await operator.revoke({ by: 'alice', force: true, graceMs: 10_000 })).toBe('released')
    expect((await operator.inspect()).lastBreak).toBeNull()
  })

  it('L-16: a holder that leaves while it is looked for leaves the next one to be asked', async () => {
    const first = await new Mutex(await world.client(), path).acquire()
    const second = new Mutex(await world.client(), path).acquire()
    await until(async () => (await world.children(path)).length === 2, 'the second one waits')
    const client = await world.client()
    const read = client.getData.bind(client)
    vi.spyOn(client, 'getData').mockImplementationOnce(async (...args) => {
      await first.release()
      return read(...args)
    })
    expect(await new Mutex(client, path).revoke({ by: 'alice', force: true })).toBe('forced')
    expect(['revoked', 'nodeDeleted']).toContain(await (await second).lost)
    await world.clean(path)
  })

  it('L-16: the grace is not cut short by trouble with the connection', async () => {
    const mutex = new Mutex(await world.client(), path)
    const lock = await mutex.acquire()
    const client = await world.client()
    const nextEvent = vi.spyOn(client, 'nextEvent')
    nextEvent.mockRejectedValueOnce(new ZoariumError('ERR_CONNECTION_LOSS', 'getData', { path }))
    const revoking = new Mutex(client, path).revoke({ by: 'alice', force: true, graceMs: 60_000 })
    await until(() => nextEvent.mock.calls.length === 2, 'it goes on waiting')
    expect(lock.isHeld).toBe(true)
    await lock.release()
    expect([await revoking, lock.lostReason]).toEqual(['released', 'released'])
    nextEvent.mockRestore()
    await world.clean(path)
  })

  it('L-16: a request to let go carries its comment', async () => {
    const mutex = new Mutex(await world.client(), path)
    const requests: unknown[] = []
    const lock = await mutex.acquire({ onRevoke: (request) => void requests.push(request) })
    expect(await new Mutex(await world.client(), path).revoke({ by: 'bob', comment: 'upgrade' })).toBe('refused')
    await until(() => requests.length === 1, 'the request')
    expect(requests).toEqual([{ by: 'bob', graceMs: 0, force: false, comment: 'upgrade' }])
    await lock.release()
  })
})

describe('a wait', () => {
  it('L-05: that is given up at the moment of its turn rejects, or gives a lock that is held; nothing in between', async () => {
    const [one, two] = [await world.client(), await world.client()]
    for (let round = 0; round < 20; round++) {
      const holder = await new Mutex(one, path).acquire()
      const stop = new AbortController()
      const waiting = new Mutex(two, path).acquire({ signal: stop.signal })
      waiting.catch(() => {})
      await queued(2)
      const releasing = holder.release()
      for (let turns = 0; turns < round; turns++) await new Promise((resolve) => setImmediate(resolve))
      stop.abort(new Error('given up'))
      await releasing
      const [outcome] = await Promise.allSettled([waiting])
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ message: 'given up' })
      else {
        expect(outcome.value.isHeld).toBe(true)
        await outcome.value.release()
      }
      await queued(0)
    }
    await world.clean(path)
  })

  it('L-17: asks nothing of the servers while nothing happens', async () => {
    const holder = await new Mutex(await world.client(), path).acquire()
    const { client, proxy } = await world.proxied()
    const waiting = new Mutex(client, path).acquire()
    await until(async () => (await world.watches()) === 2, 'it waits')
    const before = proxy.requests
    for (let i = 0; i < 100; i++) await world.children(path)
    expect(proxy.requests).toBe(before)
    await holder.release()
    await (await waiting).release()
    await world.clean(path)
  })
})

describe('the cost of a mutex', () => {
  it('L-18, G-14: one watch for each who waits, one for the holder', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => world.client()))
    const grants = clients.map((client) => new Mutex(client, path).acquire())
    await queued(6)
    await until(async () => (await world.watches()) === 6, 'six watches')
    // Their replies are under way to the clients yet.
    const watches = (): number[] => clients.map((client) => client.stats().watches.oneShotServerWatches)
    await until(() => watches().every((count) => count > 0), 'each client knows of its watch')
    expect(watches()).toEqual([1, 1, 1, 1, 1, 1])
    await Promise.all(grants.map(async (grant) => (await grant).release()))
    await world.clean(path)
  })

  it('L-12: a free lock is taken by create and list in one packet, and given back by one delete: two writes in all', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path)
    await (await mutex.acquire()).release()
    const before = proxy.requests
    await (await mutex.acquire()).release()
    // create, list, the watch on the own znode, delete.
    expect(proxy.requests - before).toBe(4)
  })
})

describe('names of other libraries', () => {
  it('G-20: those of Curator and kazoo stand in one order with ours, whatever their text', () => {
    const uuid = '2e1c9e2b-7a3f-4a9e-8a52-0f6a6d7d1c11'
    expect(parseAnyLock(`_c_${uuid}-lock-0000000007`)?.sequence).toBe(7)
    expect(parseAnyLock(`_c_${uuid}-lock--2147483648`)?.sequence).toBe(-2_147_483_648)
    expect(parseAnyLock('d41d8cd98f00b204e9800998ecf8427e__lock__0000000008')?.sequence).toBe(8)
    expect(parseAnyLock(`${newId()}-lock-0000000009`)?.sequence).toBe(9)
    for (const name of ['lock-0000000001', `_c_${uuid}-latch-0000000001`, 'x__lock__0000000001', `_c_${uuid}-lock-1`]) {
      expect(parseAnyLock(name), name).toBeNull()
    }
  })

  it('each interop mutex bears the names of its library, and waits for those of both', async () => {
    const [one, two, three] = [await world.client(), await world.client(), await world.client()]
    const first = await new Mutex(one, path, { interop: 'curator' }).acquire()
    const second = new Mutex(two, path, { interop: 'kazoo' }).acquire()
    await queued(2)
    const third = new Mutex(three, path, { interop: 'curator' }).acquire()
    await queued(3)
    const names = (await world.children(path)).sort((a, b) => (a.slice(-10) < b.slice(-10) ? -1 : 1))
    expect(names[0]).toMatch(/^_c_[0-9a-f-]{36}-lock-0000000000$/)
    expect(names[1]).toMatch(/^[0-9a-f]{32}__lock__0000000001$/)
    expect(first.path.endsWith(names[0] ?? '')).toBe(true)
    await first.release()
    await (await second).release()
    await (await third).release()
    await world.clean(path)
  })

  it('L-16: the request of Curator to let go reaches the holder', async () => {
    const client = await world.client()
    let asked = ''
    const lock: LockGrant = await new Mutex(client, path, { interop: 'curator' }).acquire({
      onRevoke: ({ by }) => {
        asked = by
        void lock.release()
      },
    })
    await until(async () => (await world.watches()) === 1, 'the watch on the own znode')
    await (await world.client()).setData(lock.path, '__REVOKE__')
    expect(await lock.lost).toBe('released')
    expect(asked).toBe('Curator')
    await world.clean(path)
  })

  it('a label is read from what other libraries write', async () => {
    const client = await world.client()
    await client.ensurePath(path)
    await client.create(`${path}/d41d8cd98f00b204e9800998ecf8427e__lock__0000000000`, 'worker\u0000 7', { mode: 'ephemeral' })
    const { holder } = await new Mutex(client, path, { interop: 'kazoo' }).inspect()
    expect(holder).toMatchObject({ label: 'worker 7', host: null, pid: null, owner: null })
  })

  it('refuses another word', async () => {
    const client = await world.client()
    expect(() => new Mutex(client, path, { interop: 'etcd' as never })).toThrow(/curator, kazoo/)
  })
})
