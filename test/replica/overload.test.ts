import { describe, expect, it } from 'vitest'
import type { ReplicaOptions } from '../../core/replica/host.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { create, getData, PING, setData, type TestClient, TestHost } from './harness.ts'

describe('overload', () => {
  it('holds connections that have requests in work while there are too many, and loses none', () => {
    const host = new TestHost({ maxOutstandingRequests: 10 })
    const client = host.client().connect()
    host.autoPersist = false
    client.push(client.encode(...Array.from({ length: 100 }, (_, i) => create(`/n${i}`))))
    expect(host.replica.outstanding).toBeLessThanOrEqual(11)
    for (let i = 0; i < 20 && client.frames.length < 100; i++) host.completePersist()
    expect(client.errors).toEqual(Array.from({ length: 100 }, () => 0))
    expect(host.replica.outstanding).toBe(0)
  })

  it('stops taking requests of a client that does not read, and goes on when it does', () => {
    const host = new TestHost()
    const client = host.client().connect()
    client.ask(create('/big', 0, 'x'.repeat(500_000)))
    client.takesAll = false
    client.push(client.encode(...Array.from({ length: 50 }, () => getData('/big'))))
    const answered = client.frames.length
    expect(answered).toBeLessThan(10)
    client.push(client.encode(PING))
    expect(client.paused).toBe(true)
    client.takesAll = true
    client.bufferedBytes = 0
    host.replica.drained(client.connection)
    for (let turns = 0; host.replica.hasWork; turns++) {
      expect(turns).toBeLessThan(52)
      host.replica.endTurn()
    }
    expect(client.frames).toHaveLength(52)
    expect(client.paused).toBe(false)
  })

  it('holds a connection that has many requests in work, whatever the others have', () => {
    const host = new TestHost({ maxOutstandingRequestsPerConnection: 10 })
    const [greedy, modest] = [host.client().connect(), host.client().connect()]
    host.autoPersist = false
    greedy.push(greedy.encode(...Array.from({ length: 100 }, (_, i) => create(`/n${i}`))))
    expect(greedy.connection.pending.size).toBe(10)
    expect(greedy.connection.held).toBe(true)
    modest.push(modest.encode(create('/modest')))
    expect(modest.connection.pending.size).toBe(1)
    for (let i = 0; i < 20 && greedy.frames.length < 100; i++) host.completePersist()
    expect(greedy.errors).toEqual(Array.from({ length: 100 }, () => 0))
    expect(modest.errors).toEqual([0])
  })

  it('holds everybody while too many bytes are in work, those of clients that have gone included', () => {
    const host = new TestHost({ maxOutstandingBytes: 100_000 })
    const [first, second, third] = [host.client().connect(), host.client().connect(), host.client().connect()]
    first.ask(create('/a'))
    host.autoPersist = false
    first.push(first.encode(setData('/a', 'x'.repeat(60_000))))
    host.replica.closed(first.connection)
    second.push(second.encode(setData('/a', 'y'.repeat(60_000)), getData('/a')))
    expect(host.replica.outstandingBytes).toBeGreaterThan(100_000)
    expect(second.connection.held).toBe(true)
    third.push(third.encode(getData('/a'), getData('/a')))
    expect(third.frames).toHaveLength(1)
    host.completePersist()
    host.completePersist()
    expect(second.errors).toEqual([0, 0])
    expect(third.errors).toEqual([0, 0])
    expect(host.replica.outstandingBytes).toBe(0)
  })

  it('gives everybody his turn: a client that asks for much at once is answered in slices', () => {
    const host = new TestHost()
    const [greedy, modest] = [host.client().connect(), host.client().connect()]
    greedy.raw(greedy.encode(...Array.from({ length: 300 }, () => getData('/'))))
    const slice = greedy.frames.length
    expect(slice).toBeGreaterThan(0)
    expect(slice).toBeLessThan(150)
    expect(greedy.paused).toBe(true)
    modest.raw(modest.encode(getData('/')))
    expect(modest.frames).toHaveLength(1)
    expect(host.replica.hasWork).toBe(true)
    for (let turns = 0; host.replica.hasWork; turns++) {
      expect(turns).toBeLessThan(5)
      host.replica.endTurn()
    }
    expect(greedy.errors).toEqual(Array.from({ length: 300 }, () => 0))
    expect(greedy.paused).toBe(false)
  })

  it('lets whoever awaits his answers pass the row of those who were held', () => {
    const { host, modest, crowd } = crowded()
    host.autoPersist = false
    for (const client of crowd) client.raw(client.encode(...Array.from({ length: 40 }, () => setData('/a', 'x'))))
    modest.raw(modest.encode(setData('/a', 'y')))
    expect(modest.connection.held).toBe(true)
    const turn = turns(host)
    for (let i = 0; i < 10 && modest.frames.length === 0; i++) turn()
    expect(modest.connection.held).toBe(false)
    expect(modest.paused).toBe(false)
    modest.raw(modest.encode(getData('/a')))
    expect(modest.frames).toHaveLength(2)
    expect(crowd.some((client) => client.connection.held)).toBe(true)
    for (let i = 0; i < 10_000 && crowd.some((client) => client.frames.length < 40); i++) turn()
    expect(crowd.map((client) => client.errors.filter((err) => err === 0).length)).toEqual(crowd.map(() => 40))
  })

  it('gives each a small slice when the row is long, and lets the front of it go first', () => {
    const { host, crowd } = crowded()
    for (const client of crowd) client.raw(client.encode(...Array.from({ length: 300 }, () => getData('/'))))
    const before = crowd.map((client) => client.frames.length)
    host.replica.endTurn()
    const gained = crowd.map((client, i) => client.frames.length - (before[i] ?? 0))
    const slice = gained[0] ?? 0
    expect(slice).toBeGreaterThan(0)
    expect(slice).toBeLessThan(64)
    // What was left of the turn may be less than a slice; behind that nobody has gained anything.
    const served = gained.filter((count) => count === slice).length
    expect(gained.slice(0, served).every((count) => count === slice)).toBe(true)
    expect(gained.slice(served + 1).every((count) => count === 0)).toBe(true)
    expect(served).toBeLessThan(crowd.length / 2)
  })

  it('gives turns to newcomers alone while they come, but not all', () => {
    const { host, crowd } = crowded()
    for (const client of crowd) client.raw(client.encode(...Array.from({ length: 300 }, () => getData('/'))))
    const answered = (): number => crowd.reduce((sum, client) => sum + client.frames.length, 0)
    const gains: number[] = []
    for (let turn = 0; turn < 32; turn++) {
      const before = answered()
      host.client()
      host.replica.endTurn()
      gains.push(answered() - before)
    }
    expect(gains.filter((gain) => gain > 0)).toHaveLength(2)
    const before = answered()
    host.replica.endTurn()
    expect(answered()).toBeGreaterThan(before)
  })

  it('applies for a few milliseconds in a turn while many wait, and everything when nobody does', () => {
    const { host, crowd } = crowded()
    host.autoPersist = false
    for (const client of crowd) client.raw(client.encode(...Array.from({ length: 3 }, () => setData('/a', 'x'))))
    host.replica.endTurn()
    // Every look at the clock finds ten milliseconds gone.
    host.clock = () => (host.nowMs += 10)
    const before = host.replica.appliedIndex
    const batch = host.batches.at(-1)
    host.replica.persisted(batch?.seq ?? 0)
    const crowdedGain = host.replica.appliedIndex - before
    expect(crowdedGain).toBeGreaterThan(0)
    expect(crowdedGain).toBeLessThan(batch?.entries.length ?? 0)
    expect(host.replica.hasWork).toBe(true)
  })

  it('keeps what a client does not read in one piece behind its socket, and counts it', () => {
    const { host, slow, writer } = watched()
    slow.takesAll = false
    for (let i = 0; i < 20; i++) writer.ask(setData('/a', String(i)))
    expect(slow.frames.filter((frame) => frame.type === 'event')).toHaveLength(1)
    const unread = host.replica.unreadBytes
    expect(unread).toBeGreaterThan(19 * 30)
    slow.takesAll = true
    slow.bufferedBytes = 0
    host.replica.drained(slow.connection)
    expect(slow.frames.filter((frame) => frame.type === 'event')).toHaveLength(20)
    expect(host.replica.unreadBytes).toBe(0)
  })

  it('closes a client whose events pile up beyond its limit, and nobody else', () => {
    const { host, slow, writer } = watched({ maxUnreadBytesPerConnection: 1 << 20 })
    slow.takesAll = false
    const path = `/a/${'n'.repeat(10_000)}`
    for (let i = 0; i < 60; i++) writer.ask(create(`${path}${i}`))
    expect(slow.closed).toBe(false)
    for (let i = 60; i < 120; i++) writer.ask(create(`${path}${i}`))
    expect(slow.closed).toBe(true)
    expect(writer.closed).toBe(false)
    expect(host.replica.counters.refusals.get('slow_consumer')).toBe(1)
    expect(host.replica.unreadBytes).toBe(0)
  })

  it('closes those who read least when all together let too much pile up', () => {
    const host = new TestHost({ maxUnreadBytes: 1 << 20 })
    const writer = host.client().connect()
    writer.ask(create('/a'), create('/b'))
    const watchers = [1, 2, 3].map((n) => {
      const client = host.client().connect()
      client.ask({ op: OpCode.addWatch, path: n === 1 ? '/b' : '/a', mode: 1 })
      client.takesAll = false
      return client
    })
    writer.ask(create('/b/small'))
    for (let i = 0; i < 80; i++) writer.ask(create(`/a/${'n'.repeat(10_000)}${i}`))
    expect(watchers.map((client) => client.closed).filter(Boolean)).toHaveLength(1)
    expect(watchers[0]?.closed).toBe(false)
    expect(host.replica.unreadBytes).toBeLessThanOrEqual(1 << 20)
  })

  it('takes a client that reads, however slowly, for alive', () => {
    const { host, slow } = watched()
    const dead = host.client().connect(null, 1000)
    slow.takesAll = false
    slow.ask(getData('/a'))
    slow.bufferedBytes = 1 << 20
    host.advance(100)
    for (let i = 0; i < 50; i++) {
      slow.bufferedBytes -= 1000
      host.advance(100)
    }
    expect(dead.closed).toBe(true)
    expect(slow.closed).toBe(false)
    host.advance(2500)
    expect(slow.closed).toBe(true)
  })
})

/** Turns of a host whose disk takes one turn for each batch. */
function turns(host: TestHost): () => void {
  let done = host.batches.length
  return () => {
    if (host.batches.length === done) host.replica.endTurn()
    else {
      done = host.batches.length
      host.completePersist()
    }
  }
}

/** Two hundred clients, and one that awaits its answers, where few requests may be in work at a time. */
function crowded(): { host: TestHost; modest: TestClient; crowd: TestClient[] } {
  const host = new TestHost({ maxOutstandingRequests: 50 })
  const modest = host.client().connect(null, 10_000)
  modest.ask(create('/a'))
  const crowd = Array.from({ length: 200 }, () => host.client().connect(null, 10_000))
  for (const client of [modest, ...crowd]) client.frames.length = 0
  return { host, modest, crowd }
}

function watched(options: Partial<ReplicaOptions> = {}): { host: TestHost; slow: TestClient; writer: TestClient } {
  const host = new TestHost(options)
  const [slow, writer] = [host.client().connect(null, 1000), host.client().connect(null, 10_000)]
  writer.ask(create('/a'))
  slow.ask({ op: OpCode.addWatch, path: '/a', mode: 1 })
  return { host, slow, writer }
}
