import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AsyncQueue } from '../../core/client/async-queue.ts'
import { Backoff, decorrelatedJitter } from '../../core/client/backoff.ts'
import { Call, type PendingCall } from '../../core/client/call.ts'
import { Chroot } from '../../core/client/chroot.ts'
import { formatAddress, type ServerAddress } from '../../core/client/connection-string.ts'
import { Deadlines } from '../../core/client/deadlines.ts'
import { HostList } from '../../core/client/host-list.ts'
import { PersistentPoint } from '../../core/client/persistent-watches.ts'
import { rearmChunks } from '../../core/client/rearm.ts'
import { RequestQueue } from '../../core/client/request-queue.ts'
import { SessionBelief } from '../../core/client/session-belief.ts'
import { StatusFeed } from '../../core/client/status-feed.ts'
import { ZoariumError } from '../../core/index.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { code, rejection } from './support.ts'

describe('a chroot', () => {
  const component = fc.stringMatching(/^[a-z0-9-]{1,5}$/)
  const path = fc.array(component, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)

  it('takes off what it put before', () => {
    fc.assert(
      fc.property(path, path, (prefix, inside) => {
        const chroot = new Chroot(prefix === '/' ? '' : prefix)
        expect(chroot.toClient(chroot.toServer(inside))).toBe(inside)
      }),
    )
  })

  it('knows what is not inside', () => {
    const chroot = new Chroot('/app')
    for (const outside of ['/', '/ap', '/app2', '/app-x/y', '/other/app']) expect(chroot.toClient(outside)).toBeNull()
  })
})

describe('the list of hosts', () => {
  it('tries every one before the first again, in an order of its own', () => {
    const servers = Array.from({ length: 5 }, (_, i) => ({ host: `h${i}`, port: 1 }))
    const orders = new Set<string>()
    for (let seed = 0; seed < 20; seed++) {
      const list = new HostList(servers, new SeededRandom(seed))
      const round = Array.from({ length: 5 }, () => formatAddress(list.next()))
      expect([...round].sort()).toEqual(['h0:1', 'h1:1', 'h2:1', 'h3:1', 'h4:1'])
      expect(Array.from({ length: 5 }, () => formatAddress(list.next()))).toEqual(round)
      orders.add(round.join())
    }
    expect(orders.size).toBeGreaterThan(10)
  })

  const named = (names: string): ServerAddress[] => [...names].map((host) => ({ host, port: 1 }))

  /** Where clients that were spread evenly over `before` are after the change. */
  const spread = (before: string, after: string, clients: number): { readonly load: Map<string, number>; readonly moved: number } => {
    const random = new SeededRandom(before.length * 100 + after.length)
    const load = new Map<string, number>()
    let moved = 0
    for (let i = 0; i < clients; i++) {
      const list = new HostList(named(before), random)
      const current = list.next()
      const moves = list.update(named(after), current)
      const now = formatAddress(moves ? list.next() : current)
      if (moves) moved += 1
      load.set(now, (load.get(now) ?? 0) + 1)
    }
    return { load, moved: moved / clients }
  }

  for (const [before, after, fewest] of [
    ['abc', 'abcde', 2 / 5],
    ['abcde', 'abc', 2 / 5],
    ['abc', 'def', 1],
    ['abc', 'bcd', 1 / 3],
    ['ab', 'bcde', 3 / 4],
    ['abcd', 'abcd', 0],
  ] as const) {
    it(`spreads clients evenly again when ${before} becomes ${after}, and moves no more than it takes`, () => {
      const clients = 20_000
      const { load, moved } = spread(before, after, clients)
      expect([...load.keys()].sort()).toEqual([...after].map((host) => `${host}:1`))
      for (const count of load.values()) expect(Math.abs(count / clients - 1 / after.length)).toBeLessThan(0.015)
      expect(Math.abs(moved - fewest)).toBeLessThan(0.015)
    })
  }

  it('tries another server next when the one it stays on is lost', () => {
    const list = new HostList(named('ab'), new SeededRandom(3))
    const current = list.next()
    expect(list.update(named('ab'), current)).toBe(false)
    expect(formatAddress(list.next())).not.toBe(formatAddress(current))
  })
})

describe('the back-off', () => {
  it('begins at once, then stays between 50 ms and 5 s, and spreads', () => {
    const backoff = new Backoff(decorrelatedJitter, new SeededRandom(1))
    expect(backoff.nextMs(Number.POSITIVE_INFINITY)).toBe(0)
    const delays = Array.from({ length: 200 }, () => backoff.nextMs(Number.POSITIVE_INFINITY))
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_000)
    expect(Math.max(...delays)).toBeGreaterThan(1_000)
    expect(new Set(delays).size).toBeGreaterThan(20)
    backoff.reset()
    expect(backoff.nextMs(Number.POSITIVE_INFINITY)).toBe(0)
  })

  it('leaves time for several attempts while a session is left, however long the network has flapped', () => {
    const backoff = new Backoff(decorrelatedJitter, new SeededRandom(1))
    for (let i = 0; i < 50; i++) backoff.nextMs(Number.POSITIVE_INFINITY)
    for (const leftMs of [20_000, 2_000, 1_000]) {
      const delays = Array.from({ length: 100 }, () => backoff.nextMs(leftMs))
      expect(Math.max(...delays)).toBeLessThanOrEqual(leftMs / 4)
    }
    const last = Array.from({ length: 100 }, () => backoff.nextMs(10))
    expect([Math.min(...last) >= 50, Math.max(...last)]).toEqual([true, 200])
  })

  it("may be the application's own", () => {
    const seen: number[][] = []
    const backoff = new Backoff(({ attempt, previousMs, sessionLeftMs }) => {
      seen.push([attempt, previousMs, sessionLeftMs])
      return attempt * 10
    }, new SeededRandom(1))
    expect([backoff.nextMs(900), backoff.nextMs(600), backoff.nextMs(0)]).toEqual([10, 20, 30])
    expect(seen).toEqual([
      [1, 0, 900],
      [2, 10, 600],
      [3, 20, 0],
    ])
    backoff.reset()
    expect(backoff.nextMs(Number.POSITIVE_INFINITY)).toBe(10)
  })
})

describe('the hand-over to an iterator', () => {
  it('keeps the order, whoever comes first', async () => {
    const queue = new AsyncQueue<number>(10)
    const early = [queue.next(), queue.next()]
    for (let i = 0; i < 4; i++) queue.push(i)
    queue.end()
    const values = await Promise.all([...early, queue.next(), queue.next(), queue.next()])
    expect(values.map((v) => v.value)).toEqual([0, 1, 2, 3, undefined])
    expect(values[4]?.done).toBe(true)
  })

  it('refuses what does not fit', () => {
    const queue = new AsyncQueue<number>(1)
    expect([queue.push(1), queue.push(2), queue.size]).toEqual([true, false, 1])
  })

  it('fails for good', async () => {
    const queue = new AsyncQueue<number>(5)
    const pending = rejection(queue.next())
    queue.fail('why')
    queue.push(1)
    expect([await pending, await rejection(queue.next())]).toEqual(['why', 'why'])
  })
})

const never = (): ZoariumError => new ZoariumError('ERR_CLOSED', 'test')
const call = (afterLoss: PendingCall['afterLoss'], path: string): Call<void> => {
  const made = new Call<void>({
    request: { op: OpCode.sync, path },
    path,
    chroot: new Chroot(''),
    decode: () => undefined,
    recover: null,
    afterLoss,
    watch: null,
  })
  made.promise.catch(() => undefined)
  return made
}

describe('the request queue', () => {
  const send = (queue: RequestQueue, xid: number): PendingCall | undefined => {
    const taken = queue.takeUnsent()
    if (taken === undefined) return undefined
    taken.xid = xid
    queue.sent(taken)
    return taken
  }

  it('puts reads that were under way before what waited, and rejects what must not be repeated', async () => {
    const queue = new RequestQueue(() => undefined)
    const calls = [
      call('resend', '/1'),
      call('unknown', '/2'),
      call('drop', '/3'),
      call('resend', '/4'),
      call('unknown', '/5'),
      call('drop', '/6'),
    ]
    for (const one of calls) queue.enqueue(one)
    for (let xid = 1; xid <= 4; xid++) send(queue, xid)
    queue.connectionLost(true, (c) => new ZoariumError(c.afterLoss === 'unknown' ? 'ERR_UNKNOWN_OUTCOME' : 'ERR_CONNECTION_LOSS', 'test'))
    expect(await code(calls[1]?.promise ?? Promise.resolve())).toBe('ERR_UNKNOWN_OUTCOME')
    expect(await code(calls[2]?.promise ?? Promise.resolve())).toBe('ERR_CONNECTION_LOSS')
    expect(await code(calls[5]?.promise ?? Promise.resolve())).toBe('ERR_CONNECTION_LOSS')
    expect([queue.takeUnsent()?.path, queue.takeUnsent()?.path, queue.takeUnsent()?.path, queue.takeUnsent()]).toEqual([
      '/1',
      '/4',
      '/5',
      undefined,
    ])
  })

  it('does not grow with calls that were given up', () => {
    const queue = new RequestQueue(() => undefined)
    const kept = call('resend', '/kept')
    queue.enqueue(kept)
    for (let i = 0; i < 10_000; i++) {
      const aborted = call('resend', `/${i}`)
      queue.enqueue(aborted)
      aborted.fail(never())
      queue.gaveUp(aborted)
    }
    expect(queue.size).toBe(1)
    expect(queue.capacity).toBeLessThan(5_000)
    expect(queue.takeUnsent()).toBe(kept)
    expect(queue.takeUnsent()).toBeUndefined()
    expect(queue.hasUnsent()).toBe(false)
  })

  it('tells of every call that leaves without a reply, once or more', () => {
    const dropped: (string | undefined)[] = []
    const queue = new RequestQueue((c) => dropped.push(c.path))
    const [sent, waiting] = [call('drop', '/sent'), call('resend', '/waiting')]
    queue.enqueue(sent)
    queue.enqueue(waiting)
    send(queue, 1)
    queue.rejectAll(never)
    expect(dropped).toEqual(['/sent', '/waiting'])
    expect(queue.size).toBe(0)
  })
})

describe('the deadlines of calls', () => {
  it('come in the order of time, whatever each call may take, and hold nothing that is settled', () => {
    const deadlines = new Deadlines()
    const calls = [call('resend', '/300'), call('resend', '/100'), call('resend', '/200'), call('resend', '/100 again')]
    const [first, second, third, fourth] = calls as [Call<void>, Call<void>, Call<void>, Call<void>]
    deadlines.add(first, 300, 0)
    deadlines.add(second, 100, 0)
    deadlines.add(third, 200, 0)
    deadlines.add(fourth, 100, 50)
    expect(deadlines.nextMs).toBe(100)
    second.fail(never())
    expect(deadlines.nextMs).toBe(150)
    const late: (string | undefined)[] = []
    deadlines.expire(200, (c) => late.push(c.path))
    expect(late.sort()).toEqual(['/100 again', '/200'])
    expect(deadlines.nextMs).toBe(300)
    deadlines.expire(300, (c) => late.push(c.path))
    expect(deadlines.nextMs).toBe(Number.POSITIVE_INFINITY)
    expect(deadlines.size).toBe(0)
  })

  it('do not grow with calls that are answered in order', () => {
    const deadlines = new Deadlines()
    for (let i = 0; i < 10_000; i++) {
      const one = call('resend', `/${i}`)
      deadlines.add(one, 1_000, i)
      one.fail(never())
    }
    expect(deadlines.size).toBeLessThan(3)
  })
})

describe('a belief about a session', () => {
  const granted = { hi: 0x80000001, lo: 2, timeoutMs: 1_000, password: Buffer.alloc(16) }

  it('shows the id as a signed 64-bit number', () => {
    expect(new SessionBelief(granted, 0, () => undefined).id).toBe(BigInt.asIntN(64, 0x8000000100000002n))
  })

  it('is carried by the newest acknowledged send time, never back', () => {
    const belief = new SessionBelief(granted, 100, () => undefined)
    expect(belief.deadlineMs).toBe(850)
    belief.acknowledge(300)
    belief.acknowledge(200)
    expect(belief.deadlineMs).toBe(1_050)
    expect([belief.holdsAt(1_049), belief.holdsAt(1_050)]).toEqual([true, false])
  })

  it('ends once; nothing revives it', () => {
    const belief = new SessionBelief(granted, 100, () => undefined)
    const [first, second] = [new ZoariumError('ERR_LOST', 'first'), new ZoariumError('ERR_CLOSED', 'second')]
    belief.end(first)
    belief.end(second)
    belief.acknowledge(5_000)
    expect(belief.signal.reason).toBe(first)
    expect(belief.deadlineMs).toBe(850)
    expect(belief.holdsAt(100)).toBe(false)
  })
})

describe('the status feed', () => {
  it('refuses a sequence that cannot be', () => {
    const feed = new StatusFeed()
    expect(() => feed.set({ type: 'connecting' })).toThrow('from connecting to connecting')
    feed.set({ type: 'closed', error: new ZoariumError('ERR_CLOSED', 'test') })
    expect(() => feed.set({ type: 'connecting' })).toThrow('from closed to connecting')
    expect(feed.size).toBe(0)
  })
})

describe('setWatches requests', () => {
  it('hold every path once, persistent ones first, and are replayable only if those fit into one', () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `/${'p'.repeat(200)}${i}`)
    const oneShots = { data: names(400), exist: ['/e'], child: ['/c'] }
    const points = (count: number): PersistentPoint[] => names(count).map((name) => new PersistentPoint(name, false))
    const few = rearmChunks(oneShots, { persistent: points(3), recursive: [] }, 7)
    expect(few[0]?.request.op).toBe(OpCode.setWatches2)
    expect(few[0]?.request.persistent.length).toBe(3)
    expect(few.every((chunk) => chunk.replayable && chunk.request.relativeZxid === 7)).toBe(true)
    expect(few.flatMap((c) => c.request.data)).toEqual(oneShots.data)
    const many = rearmChunks(oneShots, { persistent: points(2_000), recursive: [] }, 7)
    expect(many.some((chunk) => chunk.replayable)).toBe(false)
    expect(rearmChunks({ data: [], exist: [], child: [] }, { persistent: [], recursive: [] }, 7)).toEqual([])
  })
})
