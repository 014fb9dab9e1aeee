import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LeaderChange, Leadership } from '../../recipes/leader-election.ts'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { Op } from '../support/fault-proxy.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('election')
  await (await world.client()).ensurePath(path)
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

/** Collects what an iterator yields, as short texts. */
function collect(changes: AsyncIterable<LeaderChange>): { seen: string[]; done: Promise<unknown> } {
  const seen: string[] = []
  const done = (async () => {
    for await (const { leader, epoch } of changes) {
      expect(leader?.epoch ?? null).toBe(epoch)
      seen.push(leader?.data?.toString() ?? 'vacant')
    }
  })().catch((error: unknown) => error)
  return { seen, done }
}

describe('an election', () => {
  it('E-01: only the newest leader can write, epochs only grow, and somebody always leads again while sessions end all the time', async () => {
    const log = `${path}-log`
    await (await world.client()).create(log)
    const stop = new AbortController()
    const writes: { zxid: bigint; epoch: bigint }[] = []
    const runs: Promise<unknown>[] = []
    let terms = 0
    for (let index = 0; index < 4; index++) {
      const { client } = await world.proxied()
      const election = new LeaderElection(client, path, { data: `${index}`, onError: () => {} })
      const lead = async (leadership: Leadership): Promise<void> => {
        const term = ++terms
        if (term % 2 === 0) await world.expire(client)
        for (let i = 0; i < 3; i++) {
          const [result] = await leadership.guard([{ type: 'setData', path: log, data: `${leadership.epoch}` }])
          if (result?.type === 'setData') writes.push({ zxid: result.stat.mzxid, epoch: leadership.epoch })
          if (term % 3 === 0) await leadership.resign()
        }
      }
      runs.push(election.run(lead, { signal: stop.signal }).catch((error: unknown) => error))
    }
    await until(() => terms >= 24, 'two dozen terms')
    const reason = new Error('enough')
    stop.abort(reason)
    expect(await Promise.all(runs)).toEqual([reason, reason, reason, reason])
    const epochs = writes.sort((a, b) => (a.zxid < b.zxid ? -1 : 1)).map(({ epoch }) => epoch)
    expect(epochs.length).toBeGreaterThan(8)
    expect(epochs).toEqual([...epochs].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    await world.clean(path)
  })

  it('E-02: a flapping connection costs neither the leadership nor a znode', async () => {
    const { client, proxy } = await world.proxied()
    const leadership = await new LeaderElection(client, path).campaign()
    const names = await world.children(path)
    for (let flap = 0; flap < 3; flap++) {
      proxy.cut()
      await client.sync('/')
    }
    expect(leadership.isHeld).toBe(true)
    expect(await world.children(path)).toEqual(names)
    await leadership.resign()
    await world.clean(path)
  })

  it('E-03: elects again after the folder was deleted', async () => {
    const client = await world.client()
    const election = new LeaderElection(client, `${path}/folder`, { onError: () => {} })
    const epochs: bigint[] = []
    const stop = new AbortController()
    const lead = async (leadership: Leadership): Promise<void> => {
      epochs.push(leadership.epoch)
      await leadership.lost
    }
    const running = election.run(lead, { signal: stop.signal })
    running.catch(() => {})
    await until(() => epochs.length === 1, 'elected')
    await (await world.client()).deleteRecursive(`${path}/folder`)
    await until(() => epochs.length === 2, 'elected again')
    expect(epochs[1]).toBeGreaterThan(epochs[0] ?? 0n)
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await world.clean(`${path}/folder`)
  })

  it('E-04, E-10: closing at any moment of a campaign leaves no candidate', async () => {
    for (let turns = 0; turns < 6; turns++) {
      const { client } = await world.proxied()
      const election = new LeaderElection(client, path)
      const campaigning = codeOf(election.campaign().then((leadership) => Promise.reject(leadership.signal.reason ?? new Error('won'))))
      campaigning.catch(() => {})
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
      await election.close()
      await campaigning.catch(() => {})
      expect(await world.children(path), `after ${turns} turns`).toEqual([])
    }
    await world.clean(path)
  })

  it('E-05: run survives what fn throws, tells it, and leads again', async () => {
    const client = await world.client()
    const election = new LeaderElection(client, path)
    const errors: unknown[] = []
    let terms = 0
    const stop = new AbortController()
    const running = election.run(
      () => {
        if (++terms <= 3) throw new Error(`term ${terms}`)
        stop.abort(new Error('enough'))
      },
      { signal: stop.signal, onError: (error) => void errors.push(error) },
    )
    await expect(running).rejects.toThrow('enough')
    expect(errors.map(String)).toEqual(['Error: term 1', 'Error: term 2', 'Error: term 3'])
    await world.clean(path)
  })

  it('E-05: a handler of errors that throws does not end the candidacy', async () => {
    const election = new LeaderElection(await world.client(), path)
    const stop = new AbortController()
    let terms = 0
    const running = election.run(
      () => {
        if (++terms === 1) throw new Error('the first term')
        stop.abort(new Error('enough'))
      },
      {
        signal: stop.signal,
        onError: () => {
          throw new Error('the handler is wrong, too')
        },
      },
    )
    await expect(running).rejects.toThrow('enough')
    expect(terms).toBe(2)
    await election.close()
  })

  it('E-12: elected() gives no leadership that is lost', async () => {
    const client = await world.client()
    const candidacy = new LeaderElection(client, path).stand({ onError: () => {} })
    const first = await candidacy.elected()
    let second: Promise<Leadership> | undefined
    first.signal.addEventListener('abort', () => {
      second = candidacy.elected()
    })
    await client.delete(first.path)
    await first.lost
    const leadership = await second
    expect([leadership?.isHeld, leadership === first]).toEqual([true, false])
    await candidacy.withdraw()
  })

  it('E-05: run rejects with what repeating cannot cure, instead of ending silently', async () => {
    const client = await world.client()
    await client.setAcl(path, [{ perms: 1 | 16, id: { scheme: 'world', id: 'anyone' } }])
    expect(await codeOf(new LeaderElection(client, path).run(() => {}))).toBe('NO_AUTH')
    await client.setAcl(path, [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }])
    const other = await world.client()
    const running = codeOf(new LeaderElection(other, path).run((leadership) => void leadership.signal.aborted))
    await other.close()
    expect(await running).toBe('ERR_CLOSED')
  })

  it('E-06: resigning is idempotent, and the candidate can campaign again', async () => {
    const client = await world.client()
    const election = new LeaderElection(client, path)
    const first = await election.campaign()
    await Promise.all([first.resign(), first.resign(), first.release()])
    const second = await election.campaign()
    expect(second.epoch).toBeGreaterThan(first.epoch)
    await second.resign()
    await world.clean(path)
  })

  it('E-07: a term that was lost is not followed by the next before fn has ended', async () => {
    const { client } = await world.proxied()
    const election = new LeaderElection(client, path, { onError: () => {} })
    const events: string[] = []
    const stop = new AbortController()
    let finish = (): void => {}
    const running = election.run(
      async (leadership) => {
        events.push('begin')
        leadership.signal.addEventListener('abort', () => events.push('abort'))
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        events.push('end')
      },
      { signal: stop.signal },
    )
    running.catch(() => {})
    await until(() => events.length === 1, 'elected')
    await world.expire(client)
    await until(() => events.length === 2, 'the term is lost')
    await client.sync('/')
    await client.sync('/')
    expect(events).toEqual(['begin', 'abort'])
    expect(await world.children(path)).toEqual([])
    finish()
    await until(() => events.length === 4, 'elected again')
    expect(events).toEqual(['begin', 'abort', 'end', 'begin'])
    stop.abort(new Error('enough'))
    expect(await world.children(path)).toHaveLength(1)
    finish()
    await expect(running).rejects.toThrow('enough')
    await world.clean(path)
  })

  it('E-08: leader() passes over a leader that leaves during the call, and is undefined when vacant', async () => {
    const client = await world.client()
    const election = new LeaderElection(client, path)
    expect(await election.leader()).toBeUndefined()
    expect(await new LeaderElection(client, `${path}/missing`).leader()).toBeUndefined()
    const others = await Promise.all([1, 2].map(async (n) => new LeaderElection(await world.client(), path, { data: `${n}` })))
    const [first, second] = others
    const leadership = await first?.campaign()
    const campaigning = second?.campaign()
    await until(async () => (await election.participants()).length === 2, 'two stand')
    const asking = election.leader()
    const resigning = leadership?.resign()
    expect(['1', '2']).toContain((await asking)?.data?.toString())
    await resigning
    expect((await election.leader())?.data?.toString()).toBe('2')
    await (await campaigning)?.resign()
    expect(await election.leader()).toBeUndefined()
    await world.clean(path)
  })

  it('E-09: a candidate whose session died while campaigning stands again, or rejects, as was asked for', async () => {
    const leadership = await new LeaderElection(await world.client(), path).campaign()
    const { client } = await world.proxied()
    const again = new LeaderElection(client, path).campaign()
    const rejecting = codeOf(new LeaderElection(client, path, { onSessionLoss: 'reject' }).campaign())
    await until(async () => (await world.children(path)).length === 3, 'three stand')
    await world.expire(client)
    expect(await rejecting).toBe('SESSION_EXPIRED')
    await until(async () => (await world.children(path)).length === 2, 'one stands again')
    await leadership.resign()
    const next = await again
    expect(next.requeued).toBe(1)
    expect(next.sessionId).toBe(client.session.id)
    await next.resign()
    await world.clean(path)
  })

  it('E-11: observers see every leader, other data, vacancies, and a new epoch of the same candidate', async () => {
    const observer = await world.client()
    const stop = new AbortController()
    const epochs: (bigint | null)[] = []
    const { seen, done } = collect(
      (async function* () {
        for await (const change of new LeaderElection(observer, path).observe({ signal: stop.signal })) {
          epochs.push(change.epoch)
          yield change
        }
      })(),
    )
    const election = new LeaderElection(await world.client(), path, { data: 'a' })
    await until(() => seen.length === 1, 'vacant at first')
    const first = await election.campaign()
    await until(() => seen.length === 2, 'elected')
    await first.proclaim('b')
    await until(() => seen.length === 3, 'other data')
    await first.resign()
    await until(() => seen.length === 4, 'vacant again')
    const second = await election.campaign()
    await until(() => seen.length === 5, 'elected again')
    expect(seen).toEqual(['vacant', 'a', 'b', 'vacant', 'a'])
    expect(epochs).toEqual([null, first.epoch, first.epoch, null, second.epoch])
    const reason = new Error('enough')
    stop.abort(reason)
    expect(await done).toBe(reason)
    await second.resign()
    await world.clean(path)
  })

  it('E-11: observing begins before the folder exists, and goes on over lost connections and sessions', async () => {
    const { client, proxy } = await world.proxied()
    const folder = `${path}/later/on`
    const stop = new AbortController()
    const { seen, done } = collect(new LeaderElection(client, folder).observe({ signal: stop.signal }))
    await until(() => seen.length === 1, 'vacant')
    const election = new LeaderElection(await world.client(), folder, { data: 'a' })
    const first = await election.campaign()
    await until(() => seen.length === 2, 'elected')
    proxy.refuse()
    await first.resign()
    const second = await election.campaign({ data: 'b' })
    proxy.accept()
    await until(() => seen.at(-1) === 'b', 'elected while the observer was away')
    await world.expire(client)
    await second.resign()
    await until(() => seen.at(-1) === 'vacant', 'vacant while the observer had no session')
    stop.abort(new Error('enough'))
    await done
    await election.close()
    await world.clean(folder)
  })

  it('G-15: observers of an election that is closed end with ERR_CLOSED, and leave no watch', async () => {
    const client = await world.client()
    const election = new LeaderElection(client, path)
    const { seen, done } = collect(election.observe())
    await until(() => seen.length === 1, 'vacant')
    await until(async () => (await world.watches()) === 1, 'watching')
    await election.close()
    expect(await done).toMatchObject({ code: 'ERR_CLOSED' })
    await world.clean(path)
  })

  it('leaving the loop ends the observation and takes the watch back', async () => {
    const client = await world.client()
    for await (const { leader } of new LeaderElection(client, path).observe()) {
      expect(leader).toBeUndefined()
      break
    }
    await world.clean(path)
  })

  it('E-12: the getter, the signal and the promise agree at each moment', async () => {
    const { client } = await world.proxied()
    const leadership = await new LeaderElection(client, path).campaign()
    const seen: unknown[] = []
    leadership.signal.addEventListener('abort', () => seen.push(leadership.isHeld, leadership.state, leadership.lostReason))
    await world.expire(client)
    expect(await leadership.lost).toBe('expired')
    expect(seen).toEqual([false, 'lost', 'expired'])
  })

  it('E-13: validates the path and the options', async () => {
    const client = await world.client()
    expect(() => new LeaderElection(client, 'relative')).toThrow(/expected an absolute path/)
    expect(() => new LeaderElection(client, path, { coolDownMs: -1 })).toThrow(/coolDownMs: expected 0 to/)
  })

  it('E-15: an old leader cannot write, whatever it believes', async () => {
    const { client, proxy } = await world.proxied()
    const admin = await world.client()
    await admin.create(`${path}-work`, 'start')
    const old = await new LeaderElection(client, path).campaign()
    proxy.pause()
    await world.expire(client)
    const next = await new LeaderElection(admin, path).campaign()
    expect(next.epoch).toBeGreaterThan(old.epoch)
    await next.guard([{ type: 'setData', path: `${path}-work`, data: 'new' }])
    const late = old.guard([{ type: 'setData', path: `${path}-work`, data: 'old' }])
    proxy.resume()
    await expect(late).rejects.toThrow()
    expect((await admin.getData(`${path}-work`)).data?.toString()).toBe('new')
    await next.resign()
  })

  it('E-16: with a cool-down the one who stepped down lets another one lead', async () => {
    const leaders: string[] = []
    const stop = new AbortController()
    const runs = await Promise.all(
      ['a', 'b']
        .map(async (data) => {
          const election = new LeaderElection(await world.client(), path, { data, coolDownMs: 100 })
          return election.run(() => void leaders.push(data), { signal: stop.signal }).catch(() => {})
        })
        .map((run) => Promise.resolve([run])),
    )
    await until(() => leaders.includes('a') && leaders.includes('b'), 'both lead in turn')
    stop.abort(new Error('enough'))
    await Promise.all(runs.flat())
    await world.clean(path)
  })

  it('a lost reply at any one request of a campaign makes no second candidate', async () => {
    for (const [n, lose] of [1, 2, 3, 4, 5].flatMap((n) => [[n, 'cutAfterRequests'] as const, [n, 'cutBeforeRequest'] as const])) {
      const { client, proxy } = await world.proxied()
      const election = new LeaderElection(client, path)
      proxy[lose](n)
      const leadership: Leadership = await election.campaign()
      expect(await world.children(path), `${lose}(${n})`).toHaveLength(1)
      expect((await client.exists(leadership.path))?.czxid).toBe(leadership.epoch)
      await leadership.resign()
      await election.close()
      expect(await world.children(path), `${lose}(${n})`).toEqual([])
      await client.close()
    }
    await world.clean(path)
  })

  it('is told only after a sync: the leader sees what its predecessor wrote', async () => {
    const { client, proxy } = await world.proxied()
    proxy.loseReply(Op.sync)
    const leadership = await new LeaderElection(client, path).campaign()
    expect(proxy.armed).toBe(false)
    expect(leadership.isHeld).toBe(true)
    await leadership.resign()
    await world.clean(path)
  })
})
