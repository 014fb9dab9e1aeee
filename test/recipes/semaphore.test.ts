import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PermitGrant } from '../../recipes/semaphore.ts'
import { Semaphore } from '../../recipes/semaphore.ts'
import { newId } from '../../recipes/support/ids.ts'
import { encodePermitCount, permitRule, permitsOf } from '../../recipes/support/permit-rule.ts'
import { printSequence } from '../../recipes/support/sequence.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('semaphore')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

async function semaphore(permits: number): Promise<Semaphore> {
  return new Semaphore(await world.client(), path, { permits })
}

async function queued(
  acquire: () => Promise<PermitGrant>,
  count: number,
): Promise<{ grant: Promise<PermitGrant>; settled: () => boolean }> {
  let settled = false
  const grant = acquire()
  grant.then(
    () => (settled = true),
    () => (settled = true),
  )
  await until(async () => (await world.children(path)).length === count, `${count} contenders`)
  return { grant, settled: () => settled }
}

describe('a semaphore', () => {
  it('gives as many permits as there are, over all its contenders, and loses none', async () => {
    const semaphores = await Promise.all([1, 2, 3].map(() => semaphore(3)))
    let taken = 0
    let most = 0
    const work = async (one: Semaphore, permits: number): Promise<void> => {
      await one.run(
        async (grant) => {
          taken += grant.permits
          most = Math.max(most, taken)
          await grant.guard([{ type: 'check', path }])
          taken -= grant.permits
        },
        { permits },
      )
    }
    await Promise.all(semaphores.flatMap((one) => [1, 2, 3, 1, 1, 2].map((permits) => work(one, permits))))
    expect([taken, most]).toEqual([0, 3])
    await world.clean(path)
  })

  it('S-02: wakes whoever can go, however holders leave', async () => {
    const one = await semaphore(2)
    const [a, b] = await Promise.all([one.acquire(), one.acquire()])
    const waits = [await queued(() => one.acquire(), 3), await queued(() => one.acquire(), 4), await queued(() => one.acquire(), 5)]
    // The later holder leaves first.
    await b.release()
    const c = await waits[0]?.grant
    expect(waits.map(({ settled }) => settled())).toEqual([true, false, false])
    await a.release()
    const d = await waits[1]?.grant
    await c?.release()
    const e = await waits[2]?.grant
    await Promise.all([d?.release(), e?.release()])
    await world.clean(path)
  })

  it('S-04: those who wait go ahead when there are more permits, all of them that fit', async () => {
    const one = await semaphore(1)
    const first = await one.acquire()
    const waits = [await queued(() => one.acquire(), 2), await queued(() => one.acquire(), 3), await queued(() => one.acquire(), 4)]
    await (await semaphore(1)).resize(3)
    const [b, c] = await Promise.all([waits[0]?.grant, waits[1]?.grant])
    expect(waits[2]?.settled()).toBe(false)
    await Promise.all([first.release(), b?.release(), c?.release()])
    await (await waits[2]?.grant)?.release()
    await world.clean(path)
  })

  it('S-04: fewer permits take nothing away, are told as overcommitted, and let nobody in', async () => {
    const one = await semaphore(3)
    const held = await Promise.all([one.acquire(), one.acquire(), one.acquire()])
    await one.resize(1)
    expect(held.every(({ isHeld }) => isHeld)).toBe(true)
    expect(await one.inspect()).toMatchObject({ permits: 1, taken: 3, overcommitted: true, waiting: [] })
    const waiting = await queued(() => one.acquire(), 4)
    await held[0]?.release()
    await held[1]?.release()
    expect(await one.tryAcquire()).toBeNull()
    expect(waiting.settled()).toBe(false)
    await held[2]?.release()
    const next = await waiting.grant
    expect(await one.inspect()).toMatchObject({ permits: 1, taken: 1, overcommitted: false })
    await next.release()
    await world.clean(path)
  })

  it('S-02, S-04: somebody who got in while the permits were made fewer keeps nobody asleep who comes later', async () => {
    const holder = await (await semaphore(5)).acquire({ permits: 4 })
    const client = await world.client()
    const list = client.getChildren.bind(client)
    const late = await semaphore(5)
    const lates: PermitGrant[] = []
    vi.spyOn(client, 'getChildren').mockImplementationOnce(async (...args) => {
      const answer = await list(...args)
      lates.push(await late.acquire())
      return answer
    })
    const resizer = new Semaphore(client, path)
    await resizer.resize(4)
    expect(await resizer.inspect()).toMatchObject({ permits: 4, taken: 5, overcommitted: true })
    const next = await queued(async () => (await semaphore(5)).acquire(), 3)
    await holder.release()
    await (await next.grant).release()
    await lates[0]?.release()
    await world.clean(path)
  })

  it('S-04: 0 permits let nobody in until there are more', async () => {
    const one = await semaphore(1)
    await one.resize(0)
    const waiting = await queued(() => one.acquire(), 1)
    expect(waiting.settled()).toBe(false)
    await one.resize(1)
    await (await waiting.grant).release()
    await world.clean(path)
  })

  it('S-05: the number is kept in the folder: another number is an error, or is given up', async () => {
    await (await (await semaphore(5)).acquire()).release()
    const client = await world.client()
    expect(await codeOf(new Semaphore(client, path, { permits: 4 }).acquire())).toBe('ERR_CONFIG')
    const adopting = new Semaphore(client, path, { permits: 4, onDiffer: 'adopt' })
    await (await adopting.acquire({ permits: 5 })).release()
    const without = new Semaphore(client, path)
    await (await without.acquire({ permits: 5 })).release()
    // A resize is no difference: who restarts with the number of old goes along.
    await without.resize(7)
    await (await new Semaphore(client, path, { permits: 5 }).acquire({ permits: 7 })).release()
    expect(await codeOf(new Semaphore(client, freshPath('unknown')).acquire())).toBe('ERR_CONFIG')
    await world.clean(path)
  })

  it('S-05: many who make it at the same time agree', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => world.client()))
    const outcomes = await Promise.allSettled(
      clients.map((client, i) => new Semaphore(client, path, { permits: 1 + (i % 2) }).acquire({ timeoutMs: 300 })),
    )
    const { permits } = await new Semaphore(await world.client(), path).inspect()
    for (const [i, outcome] of outcomes.entries()) {
      if (1 + (i % 2) === permits) continue
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CONFIG' } })
    }
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.release()
    await world.clean(path)
  })

  it('S-06: each acquisition is a grant of its own', async () => {
    const one = await semaphore(2)
    const [a, b] = await Promise.all([one.acquire(), one.acquire()])
    expect(a.path).not.toBe(b.path)
    await a.release()
    expect([a.isHeld, b.isHeld]).toEqual([false, true])
    await b.release()
    await world.clean(path)
  })

  it('S-07: several permits are one contender: two that want all of them do not wait for each other, and are not overtaken', async () => {
    const one = await semaphore(2)
    const two = await semaphore(2)
    const first = await one.acquire()
    const [all, other] = [await queued(() => two.acquire({ permits: 2 }), 2), await queued(() => one.acquire({ permits: 2 }), 3)]
    const little = await queued(() => one.acquire(), 4)
    expect(await two.tryAcquire()).toBeNull()
    await first.release()
    const both = await all.grant
    expect([both.permits, other.settled(), little.settled()]).toEqual([2, false, false])
    await both.release()
    await (await other.grant).release()
    await (await little.grant).release()
    await world.clean(path)
  })

  it('S-07: who asks for more than there are is refused, also when there become fewer while it waits', async () => {
    const one = await semaphore(2)
    expect(await codeOf(one.acquire({ permits: 3 }))).toBe('ERR_TOO_LARGE')
    const first = await one.acquire()
    const waiting = await queued(() => one.acquire({ permits: 2 }), 2)
    const behind = await queued(() => one.acquire(), 3)
    waiting.grant.catch(() => {})
    await one.resize(1)
    expect(await codeOf(waiting.grant)).toBe('ERR_TOO_LARGE')
    await first.release()
    await (await behind.grant).release()
    await world.clean(path)
  })

  it('S-03, S-08, G-06: a session that ends frees its permits, and its client can take new ones', async () => {
    const client = await world.client()
    const one = new Semaphore(client, path, { permits: 1 })
    const held = await one.acquire()
    const other = await queued(() => semaphore(1).then((s) => s.acquire()), 2)
    await world.expire(client)
    expect(await held.lost).toBe('expired')
    await (await other.grant).release()
    const again = await one.acquire()
    expect([again.sessionId, again.token > held.token]).toEqual([client.session.id, true])
    await again.release()
    await world.clean(path)
  })

  it('S-09: one write for a taking, one more if somebody waits behind; two watches for the first waiter, one for the others', async () => {
    const one = await semaphore(1)
    await (await one.acquire()).release()
    const { client, proxy } = await world.proxied()
    const counted = new Semaphore(client, path, { permits: 1 })
    await (await counted.acquire()).release()
    const before = proxy.requests
    const grant = await counted.acquire()
    // create, number, list, and the watch on the own znode.
    await until(() => proxy.requests === before + 4, 'requests of a free taking')
    const watches = await world.watches()
    const waits: Promise<PermitGrant>[] = []
    for (let i = 1; i <= 4; i++) {
      waits.push(one.acquire())
      await until(async () => (await world.children(path)).length === 1 + i, 'it queues')
    }
    await until(async () => (await world.watches()) === watches + 2 + 3, 'watches of those who wait')
    await grant.release()
    for (const waiting of waits) await (await waiting).release()
    await world.clean(path)
  })

  it('a folder that is deleted ends its holders, and is made anew with its number', async () => {
    const one = await semaphore(2)
    const held = await one.acquire()
    await (await world.client()).deleteRecursive(path)
    expect(await held.lost).toBe('nodeDeleted')
    await (await one.acquire({ permits: 2 })).release()
    expect(await one.inspect()).toMatchObject({ permits: 2, taken: 0 })
    await world.clean(path)
  })

  it('a folder without a number is an error, not a wait without end', async () => {
    const client = await world.client()
    const one = await semaphore(1)
    await (await one.acquire()).release()
    await client.setData(path, 'rubbish')
    expect(await codeOf(one.acquire())).toBe('ERR_CONFIG')
    await world.clean(path)
  })

  it('timeouts, aborts and close leave nothing', async () => {
    const one = await semaphore(1)
    const held = await one.acquire()
    expect(await codeOf(one.acquire({ timeoutMs: 30 }))).toBe('ERR_TIMEOUT')
    const stop = new AbortController()
    const waiting = await queued(() => one.acquire({ signal: stop.signal }), 2)
    stop.abort(new Error('enough'))
    await expect(waiting.grant).rejects.toThrow('enough')
    const last = one.acquire()
    last.catch(() => {})
    await one.close()
    expect(await codeOf(last)).toBe('ERR_CLOSED')
    expect(held.lostReason).toBe('closed')
    await world.clean(path)
  })

  it('validates its arguments', async () => {
    const client = await world.client()
    for (const permits of [-1, 1.5, Number.NaN, 1e9]) expect(() => new Semaphore(client, path, { permits })).toThrow(/permits/)
    const one = new Semaphore(client, path, { permits: 1 })
    for (const permits of [0, -1, 0.5]) expect(await codeOf(one.acquire({ permits }))).toBe('ERR_CONFIG')
    expect(() => one.resize(-1)).toThrow(/permits/)
  })
})

describe('the rule of a semaphore', () => {
  it('S-04: the mark of those who kept their permits goes when they have all left', async () => {
    const client = await world.client()
    const semaphore = new Semaphore(client, path, { permits: 3 })
    const grants = [await semaphore.acquire(), await semaphore.acquire(), await semaphore.acquire()]
    const folder = async (): Promise<object> => JSON.parse(`${(await client.getData(path)).data}`)
    await semaphore.resize(1)
    expect(Object.keys(await folder())).toContain('upTo')
    const waiting = semaphore.acquire()
    await grants[0]?.release()
    await grants[1]?.release()
    expect(Object.keys(await folder())).toContain('upTo')
    await grants[2]?.release()
    const next = await waiting
    await until(async () => !Object.keys(await folder()).includes('upTo'), 'the mark is gone')
    expect(await folder()).toEqual({ permits: 1, configured: 3 })
    await next.release()
    await semaphore.close()
  })

  it('S-01, S-07: those inside never weigh more than the permits, nobody overtakes, and somebody is always inside if it fits', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(weights, fc.integer({ min: 4, max: 8 }), (queue, permits) => {
        const names = queue.map((weight, i) => `${newId()}-permit${weight}-${printSequence(i)}`)
        const folder = Buffer.from(encodePermitCount({ permits, configured: permits, upTo: null }))
        const places = permitsOf(names).map(({ name, weight }) => permitRule(weight).place(names, name, folder))
        const inside = places.filter(({ type }) => type === 'first').length
        expect(places.slice(0, inside).every(({ type }) => type === 'first')).toBe(true)
        const sum = (n: number): number => queue.slice(0, n).reduce((a, b) => a + b, 0)
        expect(sum(inside)).toBeLessThanOrEqual(permits)
        if (inside < queue.length) expect(sum(inside + 1)).toBeGreaterThan(permits)
        // Exactly the first who waits looks at the folder.
        expect(places.map((place) => place.type === 'behind' && place.watchFolder === true).indexOf(true)).toBe(
          inside < queue.length ? inside : -1,
        )
      }),
    )
  })
})
