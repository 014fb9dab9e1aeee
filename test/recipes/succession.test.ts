import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../core/index.ts'
import { Permission } from '../../core/index.ts'
import type { LeaderElectionOptions, Leadership } from '../../recipes/leader-election.ts'
import { LeaderElection } from '../../recipes/leader-election.ts'
import type { FaultProxy } from '../support/fault-proxy.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('election')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

async function election(data: string, options: LeaderElectionOptions = {}): Promise<LeaderElection> {
  return new LeaderElection(await world.client(), path, { data, ...options })
}

/** Candidates of these names, in this order in the queue. */
async function candidates(named: readonly (readonly [name: string, priority: number])[]): Promise<Map<string, Promise<Leadership>>> {
  const campaigns = new Map<string, Promise<Leadership>>()
  for (const [name, priority] of named) {
    const campaign = election(name, { priority }).then((one) => one.campaign())
    campaign.catch(() => {})
    campaigns.set(name, campaign)
    await until(async () => (await election(name)).participants().then((all) => all.length === campaigns.size), 'it stands')
  }
  return campaigns
}

async function leads(): Promise<string | undefined> {
  return (await (await election('eye')).leader())?.data?.toString()
}

describe('a hand-over', () => {
  it('G-14: a hand-over that fails leaves the leader with one watch on its znode', async () => {
    const client = await world.client()
    const leader = await new LeaderElection(client, path, { data: 'a' }).campaign()
    const { client: deaf, proxy } = await world.proxied()
    const waiting = new LeaderElection(deaf, path, { data: 'b' }).campaign()
    await until(async () => (await world.watches()) === 3, 'b waits')
    proxy.pause()
    for (let i = 0; i < 3; i++) expect(await codeOf(leader.handOver('b', { timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    const reads = vi.spyOn(client, 'getData')
    await leader.proclaim('still a')
    await client.sync('/')
    await client.sync('/')
    expect(reads.mock.calls.filter(([node]) => node === leader.path)).toHaveLength(1)
    proxy.resume()
    await leader.resign()
    await (await waiting).resign()
    await world.clean(path)
  })

  it('G-14: an offer does not stay when somebody deletes the znode of the leader that makes it', async () => {
    const [client, operator] = [await world.client(), await world.client()]
    const leader = await new LeaderElection(client, path, { data: 'a' }).campaign()
    const heir = new LeaderElection(operator, path, { data: 'b' }).campaign()
    await until(async () => (await operator.getChildren(path)).children.length === 2, 'b waits')
    const create = client.create.bind(client)
    vi.spyOn(client, 'create').mockImplementation(async (node, ...more) => {
      if (node.endsWith('-offer')) await operator.delete(leader.path)
      return create(node, ...more)
    })
    expect(await codeOf(leader.handOver('b'))).toBe('ERR_LOST')
    expect(await leader.lost).toBe('nodeDeleted')
    const next = await heir
    expect((await operator.getChildren(path)).children).toEqual([next.path.slice(path.length + 1)])
    await next.resign()
    await world.clean(path)
  })

  it('E-16: is lost, not done, when somebody deletes the znode of the leader and another one leads', async () => {
    const leader = await (await election('a')).campaign()
    const next = (await election('b')).campaign()
    await until(async () => (await world.watches()) === 3, 'b waits')
    const { client, proxy } = await world.proxied()
    const heir = new LeaderElection(client, path, { data: 'c' }).campaign()
    await until(async () => (await world.watches()) === 5, 'c waits')
    proxy.pause()
    const handing = codeOf(leader.handOver('c'))
    await until(async () => (await world.children(path)).length === 4, 'c is offered to lead')
    await (await world.client()).delete(leader.path)
    expect([await handing, await leader.lost]).toEqual(['ERR_LOST', 'nodeDeleted'])
    proxy.resume()
    await (await next).resign()
    await (await heir).resign()
    await world.clean(path)
  })

  it('E-16: makes a named successor the leader past all others, with no vacancy, and epochs go on growing', async () => {
    const campaigns = await candidates([
      ['a', 0],
      ['b', 0],
      ['c', 0],
      ['d', 0],
    ])
    const a = await campaigns.get('a')
    const seen: (string | undefined)[] = []
    const watching = (async () => {
      for await (const { leader } of (await election('eye')).observe()) {
        seen.push(leader?.data?.toString())
        if (seen.at(-1) === 'b') return
      }
    })()
    await until(() => seen.length === 1, 'the observer sees the first one')
    await a?.handOver('d')
    expect([a?.isHeld, a?.lostReason]).toEqual([false, 'released'])
    const d = await campaigns.get('d')
    expect(d?.epoch).toBeGreaterThan(a?.epoch ?? 0n)
    await d?.guard([{ type: 'check', path }])
    await d?.resign()
    const b = await campaigns.get('b')
    // Older than d in the queue, and yet a later leader: its epoch says so.
    expect(b?.epoch).toBeGreaterThan(d?.epoch ?? 0n)
    await b?.guard([{ type: 'check', path }])
    await watching
    expect(seen.slice(0, 2)).toEqual(['a', 'd'])
    // Until b has taken its place anew nobody leads.
    expect(seen.filter((leader) => leader !== undefined)).toEqual(['a', 'd', 'b'])
    await b?.resign()
    const c = await campaigns.get('c')
    expect(c?.epoch).toBeGreaterThan(b?.epoch ?? 0n)
    await c?.resign()
    await world.clean(path)
  })

  it('E-15: succeeds also when a guard is the first to find the znode of the leader gone', async () => {
    const leader = await (await election('a')).campaign()
    const heir = (await election('b')).campaign()
    await until(async () => (await world.watches()) === 3, 'b waits')
    const working = codeOf(
      (async () => {
        for (;;) await leader.guard([{ type: 'check', path }])
      })(),
    )
    await leader.handOver('b')
    expect([leader.lostReason, (await heir).isHeld]).toEqual(['released', true])
    expect(['ERR_LOST', 'ERR_NOT_HELD']).toContain(await working)
    await (await heir).resign()
    await world.clean(path)
  })

  it('E-15, L-03: who handed over can write no more, and a participant can be named, too', async () => {
    const campaigns = await candidates([
      ['a', 0],
      ['b', 0],
    ])
    const a = await campaigns.get('a')
    const [, second] = await (await election('eye')).participants()
    if (second !== undefined) await a?.handOver(second)
    expect(await codeOf(a?.guard([]) ?? Promise.resolve())).toBe('ERR_NOT_HELD')
    await (await campaigns.get('b'))?.resign()
    await world.clean(path)
  })

  it('is refused when nobody waits under that name; a successor that does not answer in time leaves the leader in office', async () => {
    const leader = await (await election('a')).campaign()
    expect(await codeOf(leader.handOver('nobody'))).toBe('ERR_CONFLICT')
    const { client, proxy } = await world.proxied()
    const campaign = new LeaderElection(client, path, { data: 'b' }).campaign()
    campaign.catch(() => {})
    await until(async () => (await world.children(path)).length === 2, 'it stands')
    await until(async () => (await world.watches()) >= 3, 'it waits')
    proxy.pause()
    const handing = [leader.handOver('b', { timeoutMs: 50 }), leader.handOver('b', { timeoutMs: 50 })]
    expect(await Promise.all(handing.map(codeOf))).toEqual(['ERR_TIMEOUT', 'ERR_CONFLICT'])
    expect([leader.isHeld, await leads()]).toEqual([true, 'a'])
    await leader.guard([{ type: 'check', path }])
    proxy.resume()
    // And it is watched again: a deletion is noticed.
    await (await world.client()).delete(leader.path)
    expect(await leader.lost).toBe('nodeDeleted')
    await (await campaign).resign()
    await world.clean(path)
  })
})

describe('priorities', () => {
  it('E-16: the highest one leads next, among equals who came first; a leader stays', async () => {
    const campaigns = await candidates([
      ['first', 0],
      ['low', 1],
      ['high', 9],
      ['middle', 5],
      ['also high', 9],
    ])
    const order: string[] = []
    const epochs: bigint[] = []
    for (const campaign of campaigns.values()) {
      void campaign.then(async (leadership) => {
        order.push((await leads()) ?? 'nobody')
        epochs.push(leadership.epoch)
        await leadership.resign()
      })
    }
    await Promise.all(campaigns.values())
    await until(() => order.length === 5, 'all have led')
    expect(order).toEqual(['first', 'high', 'also high', 'middle', 'low'])
    expect(epochs).toEqual([...epochs].sort((x, y) => (x < y ? -1 : 1)))
    await world.clean(path)
  })

  it('E-11: an observer that saw the one who yields is told of the one who leads', async () => {
    const campaigns = await candidates([
      ['first', 0],
      ['low', 0],
      ['high', 9],
    ])
    const stop = new AbortController()
    const seen: string[] = []
    const observing = (async () => {
      const changes = (await election('eye')).observe({ signal: stop.signal })
      for await (const { leader, epoch } of changes) seen.push(`${leader?.data} ${epoch}`)
    })()
    await until(() => seen.length === 1, 'the observer sees the first one')
    await (await campaigns.get('first'))?.resign()
    const high = await campaigns.get('high')
    await until(() => seen.at(-1) === `high ${high?.epoch}`, 'the observer sees who leads')
    stop.abort()
    await observing.catch(() => {})
    await high?.resign()
    await (await campaigns.get('low'))?.resign()
    await world.clean(path)
  })

  it('E-09: one that is preferred and dies before it leads blocks nobody', async () => {
    const leader = await (await election('a')).campaign()
    const waiting = (await election('b')).campaign()
    await until(async () => (await world.children(path)).length === 2, 'b stands')
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 1_000 })
    const preferred = new LeaderElection(client, path, { data: 'c', priority: 5, onSessionLoss: 'reject' }).campaign()
    preferred.catch(() => {})
    await until(async () => (await world.children(path)).length === 3, 'c stands')
    // One for the leader, two for each who waits: c knows of its place. Else it would rightly take another one in its next session.
    await until(async () => (await world.watches()) === 5, 'c waits')
    proxy.pause()
    await leader.resign()
    expect(await leads()).toBe('b')
    const b = await waiting
    expect(b.isHeld).toBe(true)
    await b.resign()
    // While it is still cut off.
    await codeOf(preferred)
    proxy.resume()
    await world.clean(path)
  })

  describe('who yields to one that is cut off', () => {
    /** a leads; f, f2 and, preferred, but cut off, high wait. Then f is first, and offers high to go ahead. */
    async function stage(first: Client): Promise<{ leads: Promise<Leadership>; proxy: FaultProxy }> {
      const a = await (await election('a')).campaign()
      const { client, proxy } = await world.proxied()
      const waiting: Promise<Leadership>[] = []
      for (const [one, options] of [
        [first, { data: 'f' }],
        [await world.client(), { data: 'f2' }],
        [client, { data: 'high', priority: 5 }],
      ] as const) {
        waiting.push(new LeaderElection(one, path, options).campaign())
        await until(async () => (await world.watches()) === 1 + 2 * waiting.length, 'it waits')
      }
      for (const campaign of waiting) campaign.catch(() => {})
      proxy.pause()
      await a.resign()
      await until(async () => (await offers()).length === 1, 'f offers')
      return { leads: Promise.race(waiting), proxy }
    }

    let eye: Client
    beforeEach(async () => {
      eye = await world.client()
    })

    async function offers(): Promise<string[]> {
      const names = (await world.children(path)).filter((name) => name.endsWith('-offer'))
      // One may be taken back meanwhile.
      const read = await Promise.all(names.map((name) => eye.getData(`${path}/${name}`).catch(() => null)))
      return read.flatMap((offer) => (offer === null ? [] : [String(offer.data)]))
    }

    it('G-06: the offer is made again when somebody whose session has ended takes it back for his own', async () => {
      const { client, network } = await world.networked()
      const { leads: next, proxy } = await stage(client)
      const [before] = await offers()
      network.hold()
      await world.expire(client)
      await until(async () => (await offers()).some((offer) => offer !== before), 'f2 offers')
      network.release()
      await until(async () => (await world.children(path)).filter((name) => !name.endsWith('-offer')).length === 3, 'f stands again')
      proxy.resume()
      await (await next).resign()
    })

    it('L-06: who rejects the loss of its session does so at once, though it cannot take its offer back', async () => {
      const a = await (await election('a')).campaign()
      const { client, proxy } = await world.proxied({ sessionTimeoutMs: 1_000 })
      const yielding = codeOf(new LeaderElection(client, path, { data: 'f', onSessionLoss: 'reject' }).campaign())
      await until(async () => (await world.watches()) === 3, 'f waits')
      const { client: far, proxy: deaf } = await world.proxied()
      const high = new LeaderElection(far, path, { data: 'high', priority: 5 }).campaign()
      await until(async () => (await world.watches()) === 5, 'high waits')
      deaf.pause()
      await a.resign()
      await until(async () => (await offers()).length === 1, 'f offers')
      proxy.refuse()
      expect(['ERR_LOST', 'SESSION_EXPIRED']).toContain(await yielding)
      proxy.accept()
      deaf.resume()
      await (await high).resign()
    })

    it("L-15: an offer of somebody whose znode was deleted by hand is in nobody's way", async () => {
      const { leads: next, proxy } = await stage(await world.client())
      const seen = new LeaderElection(eye, path)
      const [before] = await offers()
      await eye.delete((await seen.leader())?.path ?? '')
      await until(async () => (await offers()).some((offer) => offer !== before), 'f2 offers')
      proxy.resume()
      const high = await next
      expect(String((await seen.leader())?.data)).toBe('high')
      await high.resign()
    })
  })

  it('validates', async () => {
    const client = await world.client()
    for (const priority of [-1, 100, 1.5]) expect(() => new LeaderElection(client, path, { priority })).toThrow(/priority/)
  })
})

describe('a standing candidacy', () => {
  it('E-05, E-12: says whether it leads, stands again after each term, and withdraws without a trace', async () => {
    const client = await world.client()
    const candidacy = new LeaderElection(client, path).stand({ onError: () => {} })
    const first = await candidacy.elected()
    expect([candidacy.isLeader, candidacy.leadership?.epoch]).toEqual([true, first.epoch])
    await first.resign()
    await until(() => candidacy.isLeader && candidacy.leadership?.epoch !== first.epoch, 'the second term')
    const second = await candidacy.elected()
    await world.expire(client)
    await second.lost
    expect(second.isHeld).toBe(false)
    await until(() => candidacy.isLeader, 'the third term')
    const third = candidacy.leadership
    expect(third?.epoch).toBeGreaterThan(second.epoch)
    await candidacy.withdraw()
    expect([candidacy.isLeader, third?.isHeld, await candidacy.ended]).toEqual([false, false, undefined])
    expect(await codeOf(candidacy.elected())).toBe('ERR_CLOSED')
    await world.clean(path)
  })

  it('E-13: waiting for the election can be given up without the candidacy', async () => {
    const leader = await (await election('a')).campaign()
    const candidacy = (await election('b')).stand()
    const stop = new AbortController()
    const waiting = candidacy.elected({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await until(async () => (await world.children(path)).length === 2, 'it stands')
    await leader.resign()
    expect((await candidacy.elected()).isHeld).toBe(true)
    await candidacy.withdraw()
    await world.clean(path)
  })

  it('E-05: ends with what repeating cannot cure, and says so to whoever waits', async () => {
    const client = await world.client()
    await client.create(path, null, { acl: [{ perms: Permission.read, id: { scheme: 'world', id: 'anyone' } }] })
    const candidacy = new LeaderElection(client, path).stand()
    expect(await codeOf(candidacy.elected())).toBe('NO_AUTH')
    expect(await candidacy.ended).toMatchObject({ code: 'NO_AUTH' })
  })
})
