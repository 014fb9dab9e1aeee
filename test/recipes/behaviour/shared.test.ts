import { describe, expect, it } from 'vitest'
import { jsonCodec, Permission } from '../../../core/index.ts'
import { PersistentNode } from '../../../recipes/persistent-node.ts'
import { Counter } from '../../../recipes/shared/counter.ts'
import { IdAllocator } from '../../../recipes/shared/id-allocator.ts'
import { SharedValue } from '../../../recipes/shared/shared-value.ts'
import { code, Fixture, reaches, rejection, until } from '../../client/support.ts'
import { CUTS, Stage } from './stage.ts'

const fixture = new Fixture()

describe('a counter', () => {
  it('V-06: counts from nothing, makes the folders above it, and knows numbers of any size', async () => {
    const { client, eye } = await Stage.open(fixture)
    const counter = new Counter(client, '/deep/down/n')
    expect(await counter.get()).toBe(0n)
    expect(await counter.add()).toEqual({ before: 0n, after: 1n })
    expect(await counter.add(-3)).toEqual({ before: 1n, after: -2n })
    expect(await counter.set(2n ** 80n)).toEqual({ before: -2n, after: 2n ** 80n })
    expect(await new Counter(eye, '/deep/down/n').add(1n)).toEqual({ before: 2n ** 80n, after: 2n ** 80n + 1n })
    expect(await counter.get()).toBe(2n ** 80n + 1n)
    expect(await code(counter.add(0.5))).toBe('ERR_CONFIG')
  })

  it('counts every increment of many clients once, each with its own values', async () => {
    const stage = await Stage.open(fixture)
    const clients = [stage.client, stage.eye, await stage.another()]
    const changes = await Promise.all(
      clients.flatMap((client) => {
        const counter = new Counter(client, '/n', { initial: 1_000n })
        return Array.from({ length: 40 }, () => counter.add(1n))
      }),
    )
    expect(changes.map(({ after }) => after).sort()).toEqual(Array.from({ length: 120 }, (_, i) => BigInt(1_001 + i)).sort())
    expect(await new Counter(stage.eye, '/n').get()).toBe(1_120n)
  })

  it('V-05: takes no lock: what gathers in one process is one write, and nothing stands beside the counter', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    const counter = new Counter(client, '/counters/n')
    await counter.add()
    const before = server.network.requests
    await Promise.all(Array.from({ length: 100 }, () => counter.add()))
    // A read and a write.
    expect(server.network.requests - before).toBe(2)
    await Promise.all([counter.add(), new Counter(eye, '/counters/n').add()])
    expect([await stage.names('/counters'), await stage.names('/counters/n')]).toEqual([['n'], []])
    expect(await counter.get()).toBe(103n)
  })

  for (const fault of CUTS) {
    for (const newSession of [false, true]) {
      const title = `V-01, G-11: adds exactly once whichever message the fault ${fault} strikes${newSession ? ', and the session ends' : ''}`
      it(title, { timeout: 120_000 }, async () => {
        const stage = await Stage.open(fixture)
        const { client, eye, server } = stage
        const counter = new Counter(client, '/n')
        const other = new Counter(eye, '/n')
        let expected = 0n
        for (let nth = 1; ; nth++) {
          const injection = server.network.inject(fault, { nth })
          const adding = counter.add(1n)
          if (newSession)
            await Promise.race([injection.begun, adding]).then(() => (injection.happened ? server.expire(client).catch(() => {}) : null))
          // Somebody else counts meanwhile: the same bytes at the same version prove nothing.
          const others = await Promise.all([other.add(1n), adding])
          expected += 2n
          expect(await other.get()).toBe(expected)
          expect(new Set(others.map(({ after }) => after))).toEqual(new Set([expected - 1n, expected]))
          const struck = injection.happened
          injection.cancel()
          if (!struck) break
          expect(nth).toBeLessThan(30)
        }
      })
    }
  }

  it('V-01: says that it does not know when too much has happened since, and when the counter was deleted', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    const counter = new Counter(client, '/n')
    const other = new Counter(eye, '/n')
    await counter.add(1n)
    for (const meanwhile of [
      async () => {
        for (let i = 0; i < 33; i++) await other.add(1n)
      },
      async () => {
        await eye.delete('/n')
        await other.add(1n)
      },
    ]) {
      const injection = server.network.inject('cutBeforeReply', { operation: 'setData' })
      const adding = rejection(counter.add(1n))
      await injection.begun
      server.network.refuse()
      await meanwhile()
      server.network.accept()
      expect(await adding).toMatchObject({ code: 'ERR_UNKNOWN_OUTCOME', path: '/n' })
    }
  })

  it('V-03, V-04: comes back after a delete; what is no number is a typed error with its path', async () => {
    const { client, eye } = await Stage.open(fixture)
    const counter = new Counter(client, '/n', { initial: 7n })
    await counter.add(1n)
    await eye.delete('/n')
    expect(await counter.add(1n)).toEqual({ before: 7n, after: 8n })
    await eye.setData('/n', '42')
    expect(await counter.add(1n)).toEqual({ before: 42n, after: 43n })
    for (const data of ['', null, 'many', '1.5', '5\nno write']) {
      await eye.setData('/n', data)
      expect(await rejection(counter.add(1n))).toMatchObject({ code: 'ERR_VALIDATION', path: '/n' })
      expect(await code(counter.get())).toBe('ERR_VALIDATION')
    }
  })

  it('gives up with its signal, and goes on for the others', async () => {
    const stage = await Stage.open(fixture)
    const { client, server } = stage
    const counter = new Counter(client, '/n')
    await counter.add(1n)
    server.network.refuse()
    await reachesSuspended(stage)
    const controller = new AbortController()
    const given = rejection(counter.add(1n, { signal: controller.signal }))
    controller.abort(new Error('enough'))
    expect(await given).toMatchObject({ message: 'enough' })
    const staying = counter.add(10n)
    server.network.accept()
    await staying
    expect([11n, 12n]).toContain(await counter.get())
  })
})

async function reachesSuspended({ client }: Stage): Promise<void> {
  if (client.status.type !== 'suspended') await reaches(client, 'suspended')
}

describe('an id allocator', () => {
  it('V-07: gives nobody an id twice, and asks once for each block', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    const [a, b] = [new IdAllocator(client, '/ids', { blockSize: 10 }), new IdAllocator(eye, '/ids', { blockSize: 10 })]
    const before = server.network.requests
    const own = await Promise.all(Array.from({ length: 25 }, () => a.next()))
    // Three blocks of a read and a write each.
    expect(server.network.requests - before).toBeLessThanOrEqual(7)
    expect(own).toEqual([...own].sort((x, y) => Number(x - y)))
    const all = [...own, ...(await Promise.all(Array.from({ length: 25 }, () => b.next())))]
    expect(new Set(all).size).toBe(50)
    expect(own[0]).toBe(1n)
  })

  it('V-07: a block whose reply was lost is a gap or is used, never given to another', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    const a = new IdAllocator(client, '/ids', { blockSize: 2 })
    const b = new IdAllocator(eye, '/ids', { blockSize: 2 })
    const all: bigint[] = []
    for (const fault of CUTS) {
      for (let nth = 1; nth <= 4; nth++) {
        server.network.inject(fault, { nth })
        all.push(...(await Promise.all([a.next(), b.next(), a.next(), b.next(), a.next()])))
      }
    }
    expect(new Set(all).size).toBe(all.length)
  })

  it('checks its options', async () => {
    const { client } = await Stage.open(fixture)
    for (const blockSize of [0, 1.5, 1_000_001]) {
      expect(() => new IdAllocator(client, '/ids', { blockSize })).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }))
    }
  })
})

describe('a shared value', () => {
  const codec = jsonCodec<number>()

  it('is seen by all, and replaced by one at a time', async () => {
    const { client, eye, server } = await Stage.open(fixture)
    const [a, b] = [new SharedValue(client, '/deep/v', { codec }), new SharedValue(eye, '/deep/v', { codec })]
    await Promise.all([a.start(), b.start()])
    expect([a.current, await a.read()]).toEqual([null, null])
    const first = await a.compareAndSet(null, 1)
    expect(first).toMatchObject({ value: 1, version: 0 })
    expect(a.current).toBe(first)
    expect(await b.compareAndSet(null, 2)).toBe(null)
    await until('seen', () => b.current?.value === 1)
    const second = await b.compareAndSet(b.current, 2)
    expect(await a.compareAndSet(first, 3)).toBe(null)
    await until('seen', () => a.current?.value === 2)
    expect(a.current?.zxid).toBe(second?.zxid)
    await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? a : b).update((now) => (now ?? 0) + 1)))
    expect((await a.read())?.value).toBe(12)
    await a.close()
    await b.close()
    await until('no watch', async () => (await server.watchCount()) === 0)
  })

  it('V-02, V-03: follows over reconnects, sessions, deletions and recreations with an older version', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    await using value = new SharedValue(client, '/v', { codec })
    await value.start()
    const seen: (number | undefined)[] = []
    const following = (async () => {
      for await (const now of value.changes()) seen.push(now?.value)
    })().catch((error: unknown) => error)
    await value.set(1)
    await value.set(2)
    const old = value.current
    await stage.whileAway(async () => void (await eye.setData('/v', '3')))
    await until('seen', () => value.current?.value === 3)
    await stage.newSession(async () => {
      await eye.delete('/v')
      await eye.create('/v', '4')
    })
    await until('seen', () => value.current?.value === 4)
    expect(value.current?.version).toBe(0)
    expect(await value.compareAndSet(old, 5)).toBe(null)
    await eye.delete('/v')
    await until('gone', () => value.current === null)
    await value.set(6)
    await until('told', () => seen.at(-1) === 6)
    await value.close()
    expect(await following).toMatchObject({ code: 'ERR_CLOSED' })
    expect(await code(value.changes().next())).toBe('ERR_CLOSED')
  })

  it('V-04: keeps the value before when what stands there cannot be read, and says so', async () => {
    const { client, eye } = await Stage.open(fixture)
    const errors: unknown[] = []
    await using value = new SharedValue(client, '/v', { codec, onError: (error) => void errors.push(error) })
    await value.start()
    await value.set(1)
    await eye.setData('/v', '{')
    await until('told', () => errors.length === 1)
    expect(errors).toMatchObject([{ code: 'ERR_VALIDATION', path: '/v' }])
    expect(value.current?.value).toBe(1)
    expect(await code(value.read())).toBe('ERR_VALIDATION')
  })

  for (const fault of CUTS) {
    it(`loses no update whichever message the fault ${fault} strikes`, { timeout: 120_000 }, async () => {
      const { client, eye, server } = await Stage.open(fixture)
      await using value = new SharedValue(client, '/v', { codec })
      await value.start()
      const other = new SharedValue(eye, '/v', { codec: jsonCodec<number>() })
      for (let nth = 1; ; nth++) {
        const injection = server.network.inject(fault, { nth })
        await value.update((now) => (now ?? 0) + 1)
        expect((await other.read())?.value).toBe(nth)
        await until('seen', () => value.current?.value === nth)
        const struck = injection.happened
        injection.cancel()
        if (!struck) break
        expect(nth).toBeLessThan(30)
      }
    })
  }
})

describe('a persistent node', () => {
  it('P-01, P-06, G-07: is made again after the end of the session, under the same name, with the newest data', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const generations: number[] = []
    const node = new PersistentNode(client, '/deep/down/me', {
      data: 'old',
      onRecreated: (generation) => void generations.push(generation),
    })
    expect(node.state).toBe('absent')
    await node.start()
    await node.setData('new')
    for (const generation of [2, 3]) {
      await stage.newSession()
      await until('made again', () => node.generation === generation)
    }
    expect([generations, node.state]).toEqual([[2, 3], 'joined'])
    await eye.sync('/')
    const { data, stat } = await eye.getData('/deep/down/me')
    expect([data?.toString(), stat.ephemeralOwner, stat.czxid]).toEqual(['new', client.session.id, node.token])
    expect(await stage.names('/deep/down')).toEqual(['me'])
    await node.close()
    expect(await stage.names('/deep/down')).toEqual([])
    await stage.noWatches()
  })

  it('P-04: a reconnect in the same session changes nothing', async () => {
    const stage = await Stage.open(fixture)
    const node = new PersistentNode(stage.client, '/me')
    await node.start()
    const { token } = node
    for (let i = 0; i < 3; i++) await stage.whileAway(async () => {})
    await stage.client.sync('/')
    expect([node.token, node.generation, (await stage.eye.exists('/me'))?.czxid]).toEqual([token, 1, token])
    await node.close()
  })

  it('is made again when somebody deletes it, also while this client is away', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const node = new PersistentNode(client, '/me', { data: 'x' })
    await node.start()
    await eye.delete('/me')
    await until('made again', () => node.generation === 2 && node.state === 'joined')
    await stage.whileAway(() => eye.delete('/me'))
    await until('made again', () => node.generation === 3 && node.state === 'joined')
    await eye.sync('/')
    expect((await eye.exists('/me'))?.ephemeralOwner).toBe(client.session.id)
    await node.close()
    expect(await stage.names('/')).not.toContain('me')
  })

  it('G-07, P-02: waits for another session, takes its place, or gives up; two of one client are an error', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    const other = new PersistentNode(eye, '/me', { data: 'other' })
    await other.start()
    expect(await code(new PersistentNode(client, '/me', { onTaken: 'reject' }).start())).toBe('NODE_EXISTS')
    expect(await code(new PersistentNode(eye, '/me').start())).toBe('NODE_EXISTS')
    expect(await code(new PersistentNode(client, '/me').start({ timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    const taking = new PersistentNode(client, '/me', { data: 'taken', onTaken: 'replace' })
    await taking.start()
    expect((await client.getData('/me')).data?.toString()).toBe('taken')
    await other.close()
    await taking.close()
    expect(await stage.names('/')).not.toContain('me')
    await stage.noWatches()
  })

  it('P-09: a refusal is told, and it comes back when it is allowed again', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye } = stage
    await eye.create('/folder')
    const errors: unknown[] = []
    const node = new PersistentNode(client, '/folder/me', { onError: (error) => void errors.push(error) })
    await node.start()
    await eye.setAcl('/folder', [{ perms: Permission.all & ~Permission.create, id: { scheme: 'world', id: 'anyone' } }])
    await eye.delete('/folder/me')
    await until('refused', () => errors.length > 0)
    expect([errors[0], node.state]).toMatchObject([{ code: 'NO_AUTH' }, 'absent'])
    await eye.setAcl('/folder', [{ perms: Permission.all, id: { scheme: 'world', id: 'anyone' } }])
    await until('made again', () => node.state === 'joined')
    await node.close()
  })

  for (const fault of CUTS) {
    it(`P-03, G-08: starts and leaves nothing whichever message the fault ${fault} strikes, also when it is closed at once`, {
      timeout: 120_000,
    }, async () => {
      const stage = await Stage.open(fixture)
      const { client, server } = stage
      for (let nth = 1; ; nth++) {
        const injection = server.network.inject(fault, { nth })
        const node = new PersistentNode(client, `/n${nth}/me`)
        const starting = node.start()
        if (nth % 2 === 0) {
          const ended = starting.catch((error: unknown) => error)
          await node.close()
          expect(await ended).toSatisfy((error) => error === undefined || (error as { code: string }).code === 'ERR_CLOSED')
        } else {
          await starting
          expect(await stage.names(`/n${nth}`)).toEqual(['me'])
          await node.close()
        }
        await stage.noneBelow(`/n${nth}`)
        const struck = injection.happened
        injection.cancel()
        if (!struck && nth % 2 === 1) break
        expect(nth).toBeLessThan(40)
      }
      await stage.noWatches()
    })
  }
})
