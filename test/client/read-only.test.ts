import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Candidate, ReadWriteSearch } from '../../core/client/read-write-search.ts'
import { type Client, type ConnectOptions, connect } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { EventType } from '../../core/wire/records.ts'
import { type FakeServer, type Handshake, refusal } from './fake-server.ts'
import { resourcesOf } from './resources.ts'
import { code, Fixture, reaches, recordStatuses, until } from './support.ts'

const fixture = new Fixture()

/** As a server does that has no quorum, and is not read-only either. */
const turnAway = ({ connection }: Handshake): void => connection.cut()
const serve = (handshake: Handshake): void => handshake.respond(handshake.usual())

/** One server without the ensemble that can be read from, one that says nothing until the test has it serve. */
async function partitioned(): Promise<{ island: FakeServer; other: FakeServer; servers: string[] }> {
  const [island, other] = [await fixture.server(), await fixture.server()]
  island.readOnly = true
  island.tree.zxid = 40
  other.onHandshake = turnAway
  return { island, other, servers: [island.connectString, other.connectString] }
}

/** Servers are tried in the order of the list. */
const inOrder = { next: () => 0.5, below: (bound: number) => bound - 1 }

const open = (servers: string | string[], options: ConnectOptions = {}): Promise<Client> =>
  fixture.client(servers, { canBeReadOnly: true, backoff: () => 1, random: inOrder, ...options })

describe('a read-only server', () => {
  it('will not do unless the application says so', async () => {
    const server = await fixture.server()
    server.readOnly = true
    const gaveUp = new AbortController()
    const connecting = connect(server.connectString, { signal: gaveUp.signal, backoff: () => 1 })
    await until('some attempts', () => server.connections.length > 3)
    gaveUp.abort(new Error('enough'))
    await expect(connecting).rejects.toThrow('enough')
    expect(server.connections.every(({ handshake }) => handshake === null || handshake.readOnly === false)).toBe(true)
  })

  it('is left at once if it serves a client that did not ask for it', async () => {
    const server = await fixture.server()
    let answered = 0
    server.onHandshake = (handshake) => {
      answered += 1
      handshake.respond({ ...handshake.usual(), readOnly: answered === 1 })
    }
    const client = await fixture.client(server.connectString)
    expect(answered).toBe(2)
    expect(client.status.type).toBe('connected')
  })

  it('is read from, and says no to every write before it is sent', async () => {
    const { island, servers } = await partitioned()
    island.tree.nodes.set('/a', { data: Buffer.from('old'), version: 0, czxid: 7, mzxid: 7, owner: 0 })
    const client = await open(servers)
    expect(client.status).toMatchObject({ type: 'readOnly', server: island.connectString, session: client.session })
    expect(client.stats()).toMatchObject({ status: 'readOnly', server: island.connectString, sessionsOpened: 0 })
    expect(island.newest.handshake?.readOnly).toBe(true)
    expect(String((await client.getData('/a')).data)).toBe('old')
    const writes = [
      client.create('/b'),
      client.setData('/a', 'new'),
      client.delete('/a'),
      client.multi([{ type: 'check', path: '/a' }]),
      client.createProtected('/c'),
    ]
    expect(await Promise.all(writes.slice(0, 4).map(code))).toEqual(Array(4).fill('NOT_READ_ONLY'))
    expect(await code(writes[4] as Promise<unknown>)).toBe('NOT_READ_ONLY')
    expect(await code(client.sync('/'))).toBe('NOT_READ_ONLY')
    expect(island.requests.map(({ op }) => op)).toEqual([OpCode.getData, OpCode.sync])
  })

  it('gives a session that nobody else knows, so it is never believed in', async () => {
    const { island, servers } = await partitioned()
    const client = await open(servers)
    const { session } = client
    expect(session.signal.aborted).toBe(true)
    expect(session.signal.reason).toMatchObject({ code: 'ERR_LOST' })
    expect(session.deadlineMs).toBeLessThan(performance.now())
    await client.exists('/')
    expect(session.deadlineMs).toBeLessThan(performance.now())
    const statuses = recordStatuses(client)
    island.newest.cut()
    await until('another one', () => statuses.includes('readOnly'))
    expect(statuses).toEqual(['connecting', 'readOnly'])
    expect(island.newest.handshake?.sessionLo).toBe(0)
    expect(client.session).not.toBe(session)
  })

  it('refuses what waited for a connection', async () => {
    const { island, servers } = await partitioned()
    const client = await open(servers)
    const connecting = reaches(client, 'connecting')
    island.newest.cut()
    await connecting
    const [write, read] = [code(client.create('/a')), client.exists('/a')]
    expect(await write).toBe('NOT_READ_ONLY')
    expect(await read).toBeNull()
    expect(island.of(OpCode.create2)).toEqual([])
  })
})

describe('a client on a read-only server', () => {
  it('moves to the first one with the ensemble, and a session begins', async () => {
    const { island, other, servers } = await partitioned()
    const client = await open(servers)
    const statuses = recordStatuses(client)
    const before = client.session
    await client.exists('/a')
    await until('some attempts', () => other.connections.length > 2)
    other.onHandshake = serve
    await reaches(client, 'connected')
    expect(statuses).toEqual(['connected'])
    expect(client.status).toMatchObject({ server: other.connectString, resumed: false })
    expect(other.newest.handshake).toMatchObject({ readOnly: false, sessionLo: 0, lastZxidSeen: 40 })
    expect(client.session).not.toBe(before)
    expect(client.session.signal.aborted).toBe(false)
    await client.create('/a', null, { mode: 'ephemeral' })
    await until('the former connection to go', () => island.open.length === 0)
  })

  it('takes its watches along, and asks again what was under way', async () => {
    const { island, other, servers } = await partitioned()
    island.tree.nodes.set('/a', { data: null, version: 0, czxid: 7, mzxid: 7, owner: 0 })
    other.tree.nodes.set('/a', { data: Buffer.from('x'), version: 1, czxid: 7, mzxid: 50, owner: 0 })
    const client = await open(servers, { whenDisconnected: 'reject' })
    const changed = client.nextEvent('/a', 'data')
    await using watch = await client.watch('/a', { recursive: true })
    await client.exists('/')
    island.onRequest = () => undefined
    const read = client.getData('/a')
    await until('the read', () => island.of(OpCode.getData).length === 2)
    other.onHandshake = serve
    expect(String((await read).data)).toBe('x')
    const rearmed = other.of(OpCode.setWatches2)
    expect(rearmed).toMatchObject([{ relativeZxid: 40, data: ['/a'], persistentRecursive: ['/a'] }])
    expect((await watch.next()).value?.type).toBe('gap')
    other.newest.event(EventType.nodeDataChanged, '/a', 51)
    expect((await changed).type).toBe('changed')
  })

  it('does not move to one that may know less than it has read meanwhile', async () => {
    const { island, other, servers } = await partitioned()
    let held: Handshake | null = null
    other.onHandshake = (handshake) => {
      held ??= handshake
    }
    const client = await open(servers)
    await until('a candidate', () => held !== null)
    await client.exists('/a')
    expect(client.lastZxid).toBe(40n)
    other.onHandshake = serve
    serve(held as unknown as Handshake)
    await reaches(client, 'connected')
    expect(other.connections[0]?.handshake?.lastZxidSeen).toBe(0)
    expect(other.newest.handshake?.lastZxidSeen).toBe(40)
    expect(island.of(OpCode.exists)).toHaveLength(1)
  })

  it('leaves nothing behind when it is closed in the middle of the search', async () => {
    const { island, other, servers } = await partitioned()
    other.onHandshake = () => undefined
    const held = await resourcesOf(async () => {
      const client = await connect(servers, { canBeReadOnly: true, random: inOrder })
      await until('a candidate', () => other.open.length === 1)
      await client.close()
      expect(client.status.type).toBe('closed')
    })
    await until('nothing to be left', () => island.open.length + other.open.length === 0 && held().length === 0)
    expect(island.of(OpCode.closeSession)).toHaveLength(1)
  })
})

describe('a session of the ensemble on a read-only server', () => {
  afterEach(() => void vi.restoreAllMocks())

  /** A client with a session whose only server loses its quorum, and takes the session all the same. */
  async function stranded(timeoutMs: number): Promise<{ island: FakeServer; client: Client; statuses: string[] }> {
    const island = await fixture.server()
    island.timeoutMs = timeoutMs
    const client = await open(island.connectString)
    const statuses = recordStatuses(client)
    await client.create('/mine', null, { mode: 'ephemeral' })
    const readOnly = reaches(client, 'readOnly')
    island.readOnly = true
    island.newest.cut()
    await readOnly
    return { island, client, statuses }
  }

  it('is not kept alive by what that server answers', async () => {
    const now = performance.now.bind(performance)
    let laterMs = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now() + laterMs)
    const { island, client, statuses } = await stranded(20_000)
    const { session } = client
    const { deadlineMs } = session
    // Time passes half a second at once, however busy the machine is.
    for (; !session.signal.aborted; laterMs += 500) await client.exists('/mine')
    expect(session.deadlineMs).toBe(deadlineMs)
    expect(performance.now()).toBeGreaterThanOrEqual(deadlineMs)
    expect(session.signal.reason).toMatchObject({ code: 'ERR_LOST' })
    expect(statuses).toEqual(['suspended', 'readOnly', 'lost:deadline', 'readOnly'])
    // The same connection serves reads still.
    expect(await client.exists('/mine')).not.toBeNull()
    expect(island.connections.filter(({ handshake }) => handshake?.readOnly === true)).toHaveLength(2)
  })

  it('is taken up again when the ensemble is back', async () => {
    const { island, client, statuses } = await stranded(20_000)
    const { session } = client
    island.readOnly = false
    await reaches(client, 'connected')
    expect(statuses).toEqual(['suspended', 'readOnly', 'resumed'])
    expect(client.session).toBe(session)
    expect((await client.exists('/mine'))?.ephemeralOwner).toBe(session.id)
  })

  it('is over when the ensemble says so, and reads go on meanwhile', async () => {
    const { island, client, statuses } = await stranded(20_000)
    const { session } = client
    const lost = client.nextEvent('/mine', 'data')
    await client.exists('/mine')
    island.expire(Number(session.id & 0xffffffffn))
    island.readOnly = false
    await reaches(client, 'connected')
    expect(statuses).toEqual(['suspended', 'readOnly', 'lost:expired', 'readOnly', 'connected'])
    expect((await lost).type).toBe('lost')
    expect(client.session.id).not.toBe(session.id)
  })

  it('is not over because a server without the ensemble does not know it', async () => {
    const [island, other] = [await fixture.server(), await fixture.server()]
    island.onHandshake = turnAway
    const client = await open([island.connectString, other.connectString])
    const statuses = recordStatuses(client)
    let asked = 0
    island.onHandshake = ({ connection, respond }) => {
      asked += 1
      respond({ ...refusal(), readOnly: true })
      connection.socket.end()
    }
    other.onHandshake = turnAway
    other.newest.cut()
    await until('the question', () => asked > 2)
    other.onHandshake = serve
    await reaches(client, 'connected')
    expect(statuses).toEqual(['suspended', 'resumed'])
  })
})

describe('the search for a server with the ensemble', () => {
  /** A search whose candidates fail at once, by a clock that jumps to the next attempt. */
  function pauses(attempts: number, jitter: number): number[] {
    const candidate: Candidate = { tick: () => undefined, nextTickMs: () => Number.POSITIVE_INFINITY, destroy: () => undefined }
    const search = new ReadWriteSearch({ next: () => jitter, below: () => 0 }, () => candidate)
    expect(search.nextTickMs).toBe(Number.POSITIVE_INFINITY)
    let nowMs = 1_000
    search.begin(nowMs)
    const seen: number[] = []
    while (seen.length < attempts) {
      seen.push(search.nextTickMs - nowMs)
      search.tick(search.nextTickMs - 1)
      expect(search.isCandidate(candidate)).toBe(false)
      nowMs = search.nextTickMs
      search.tick(nowMs)
      expect(search.isCandidate(candidate)).toBe(true)
      search.failed(nowMs)
    }
    search.end(new Error('enough'))
    expect(search.nextTickMs).toBe(Number.POSITIVE_INFINITY)
    return seen
  }

  it('asks after 100 ms, then less and less often, at least once a minute', () => {
    expect(pauses(12, 0)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000])
  })

  it('is spread, so that the clients of one server do not come in step', () => {
    expect(pauses(3, 0.5)).toEqual([75, 150, 300])
  })
})
