import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { connect, ZoariumError } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { EventType } from '../../core/wire/records.ts'
import { type Handshake, refusal } from './fake-server.ts'
import { code, Fixture, reaches, recordStatuses, rejection, until } from './support.ts'

const fixture = new Fixture()

describe('a session', () => {
  it('is resumed with its id, password and the newest zxid, and stays the same object', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    await client.create('/a')
    const { session } = client
    server.newest.cut()
    await until('the session to be resumed', () => statuses.includes('resumed'))
    expect(statuses).toEqual(['suspended', 'resumed'])
    expect(client.session).toBe(session)
    expect(session.signal.aborted).toBe(false)
    const { handshake } = server.newest
    expect(handshake?.sessionLo).toBe(Number(session.id & 0xffffffffn))
    expect(handshake?.sessionHi).toBe(1)
    expect(Buffer.from(handshake?.password ?? [])).toEqual(session.password)
    expect(handshake?.lastZxidSeen).toBe(Number(client.lastZxid))
  })

  it('that the server refuses is expired: a new one begins and carries the newest zxid on', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    await client.create('/a')
    const old = client.session
    const zxid = client.lastZxid
    server.expire(server.newest.sessionLo)
    server.newest.cut()
    await until('a new session', () => statuses.includes('connected'))
    expect(statuses).toEqual(['suspended', 'lost:expired', 'connected'])
    expect(old.signal.aborted).toBe(true)
    expect(ZoariumError.is(old.signal.reason, 'SESSION_EXPIRED')).toBe(true)
    expect(client.session).not.toBe(old)
    expect(client.session.id).not.toBe(old.id)
    expect(server.newest.handshake?.sessionLo).toBe(0)
    expect(server.newest.handshake?.lastZxidSeen).toBe(Number(zxid))
  })

  it('can begin without the newest zxid, for ensembles that are wiped', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { keepLastZxid: false })
    await client.create('/a')
    server.expire(server.newest.sessionLo)
    server.newest.cut()
    await until('a new session', () => server.connections.length === 3 && client.status.type === 'connected')
    expect(server.newest.handshake?.lastZxidSeen).toBe(0)
  })

  it('for which the server gives another id is expired', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const old = client.session
    server.onHandshake = (h) => h.respond({ ...h.usual(), sessionLo: 77 })
    server.newest.cut()
    await until('a new session', () => statuses.includes('connected'))
    expect(statuses).toEqual(['suspended', 'lost:expired', 'connected'])
    expect(ZoariumError.is(old.signal.reason, 'SESSION_EXPIRED')).toBe(true)
    expect(client.session.id).toBe((1n << 32n) | 77n)
  })

  it("ends the client at expiry with onExpired: 'close'", async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { onExpired: 'close' })
    const statuses = recordStatuses(client)
    server.expire(server.newest.sessionLo)
    server.newest.cut()
    await until('the client to end', () => client.status.type === 'closed')
    expect(statuses).toEqual(['suspended', 'lost:expired', 'closed'])
    expect(await code(client.exists('/'))).toBe('SESSION_EXPIRED')
    await client.close()
    await until('the connection to be closed', () => server.open.length === 0)
  })

  it('is given up by the own clock after four thirds of its timeout, also when no server can say so', async () => {
    const server = await fixture.server()
    server.timeoutMs = 600
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const old = client.session
    const lost = client.nextEvent('/', 'data')
    await until('the watch', () => server.of(OpCode.getData).length === 1)
    await client.sync('/')
    const sentBefore = performance.now()
    await server.stop()
    const write = code(client.create('/late'))
    expect((await lost).type).toBe('lost')
    expect(performance.now() - sentBefore).toBeGreaterThan(400)
    expect(statuses).toEqual(['suspended', 'lost:deadline', 'lost:expired'])
    expect(await write).toMatch(/SESSION_EXPIRED|ERR_UNKNOWN_OUTCOME/)
    await server.listen(server.port)
    await until('a new session', () => client.status.type === 'connected')
    expect(client.session.id).not.toBe(old.id)
    expect(server.newest.handshake?.sessionLo).toBe(0)
  })

  it("that is given up by the own clock ends the client with onExpired: 'close'", async () => {
    const server = await fixture.server()
    server.timeoutMs = 300
    const client = await fixture.client(server.connectString, { onExpired: 'close' })
    const statuses = recordStatuses(client)
    await server.stop()
    await until('the client to end', () => client.status.type === 'closed')
    expect(statuses).toEqual(['suspended', 'lost:deadline', 'lost:expired', 'closed'])
    const before = server.connections.length
    await server.listen(server.port)
    await client.close()
    expect(server.connections.length).toBe(before)
  })

  it('stays suspended, and no more than that, while dials fail', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    let turnedAway = 0
    server.onConnection = (connection) => {
      turnedAway += 1
      if (turnedAway <= 3) connection.cut()
    }
    server.newest.cut()
    await until('the session to be resumed', () => statuses.includes('resumed'))
    expect(turnedAway).toBeGreaterThan(3)
    expect(statuses).toEqual(['suspended', 'resumed'])
  })

  it('rejects writes that waited for it when it expires, and keeps reads', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    server.expire(server.newest.sessionLo)
    const suspended = reaches(client, 'suspended')
    server.newest.cut()
    await suspended
    const outcomes = await Promise.all([code(client.create('/late')), client.exists('/')])
    expect(outcomes[0]).toBe('SESSION_EXPIRED')
    expect(outcomes[1]?.version).toBe(0)
    expect(server.of(OpCode.create2)).toEqual([])
  })

  it('takes over the timeout that the server grants', async () => {
    const server = await fixture.server()
    server.timeoutMs = 5_000
    const client = await fixture.client(server.connectString, { sessionTimeoutMs: 30_000 })
    expect(server.newest.handshake?.timeoutMs).toBe(30_000)
    expect(client.session.timeoutMs).toBe(5_000)
    server.timeoutMs = 8_000
    server.newest.cut()
    await until('the session to be resumed', () => server.connections.length === 2 && client.status.type === 'connected')
    expect(client.session.timeoutMs).toBe(8_000)
  })
})

describe("a session's deadline", () => {
  it('is the send time of the newest acknowledged request + three quarters of the timeout', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const before = performance.now()
    const answer = client.sync('/')
    const sent = await new Promise<number>((resolve) => {
      server.onRequest = (x) => {
        const at = performance.now()
        setTimeout(() => x.answer(), 50)
        resolve(at)
      }
    })
    await answer
    const { deadlineMs, timeoutMs } = client.session
    expect(deadlineMs - timeoutMs * 0.75).toBeGreaterThanOrEqual(before)
    expect(deadlineMs - timeoutMs * 0.75).toBeLessThanOrEqual(sent)
  })

  it('is carried forward by pings', async () => {
    const server = await fixture.server()
    server.timeoutMs = 1_200
    const client = await fixture.client(server.connectString)
    const { session } = client
    await until('pings over twice the timeout', () => server.pings >= 6)
    expect(client.session).toBe(session)
    expect(session.signal.aborted).toBe(false)
    expect(server.connections.length).toBe(1)
  })

  it('aborts the signal when it passes while cut off; the session is taken up again as another belief', async () => {
    const server = await fixture.server()
    server.timeoutMs = 1_500
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const old = client.session
    let abortedAt = 0
    old.signal.addEventListener('abort', () => {
      abortedAt = performance.now()
    })
    server.onHandshake = () => undefined
    server.newest.cut()
    await until('the deadline to pass', () => old.signal.aborted)
    expect(ZoariumError.is(old.signal.reason, 'ERR_LOST')).toBe(true)
    expect(abortedAt).toBeGreaterThanOrEqual(old.deadlineMs)
    expect(abortedAt).toBeLessThan(old.deadlineMs + 1_000)
    server.onHandshake = (h) => h.respond(h.usual())
    await until('the session to be taken up', () => client.status.type === 'connected')
    expect(statuses).toEqual(['suspended', 'lost:deadline', 'resumed'])
    expect(client.session).not.toBe(old)
    expect(client.session.id).toBe(old.id)
    expect(client.session.signal.aborted).toBe(false)
  })

  it('is not extended by an acknowledgement that comes too late', async () => {
    const server = await fixture.server()
    server.timeoutMs = 1_200
    const client = await fixture.client(server.connectString)
    const old = client.session
    let handshake: Handshake | null = null
    server.onHandshake = (h) => {
      handshake ??= h
    }
    server.newest.cut()
    await until('the deadline to pass', () => old.signal.aborted)
    const { deadlineMs } = old
    server.onHandshake = (h) => h.respond(h.usual())
    const late = handshake as Handshake | null
    late?.respond(late.usual())
    await until('the session to be taken up', () => client.status.type === 'connected')
    expect(old.deadlineMs).toBe(deadlineMs)
    expect(client.session).not.toBe(old)
  })

  it('is looked at before anything else after the process was stalled', async () => {
    const server = await fixture.server()
    server.timeoutMs = 400
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const { signal } = client.session
    const order: string[] = []
    signal.addEventListener('abort', () => order.push('aborted'))
    const stale = client.getData('/').then(() => order.push('reply'))
    await new Promise((resolve) => setImmediate(resolve))
    stall(600)
    await stale
    await until('the session to be taken up', () => statuses.includes('resumed'))
    expect(order).toEqual(['aborted', 'reply'])
    expect(statuses).toEqual(['lost:deadline', 'resumed'])
  })

  it('ends the belief also over a connection that lives but acknowledges nothing, and attaches again', async () => {
    const server = await fixture.server()
    server.timeoutMs = 1_200
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const watch = await client.watch('/')
    server.onRequest = (x) => {
      if (x.connection.index > 0) x.answer()
    }
    const [first] = server.connections
    const talking = setInterval(() => first?.event(EventType.nodeDataChanged, '/', 1), 50)
    await until('the session to be taken up', () => statuses.includes('resumed'))
    clearInterval(talking)
    expect(statuses).toEqual(['lost:deadline', 'resumed'])
    expect(server.connections.length).toBe(2)
    await watch.close()
  })

  it('is looked at when somebody asks for the signal', async () => {
    const server = await fixture.server()
    server.timeoutMs = 400
    const client = await fixture.client(server.connectString)
    const { session } = client
    stall(500)
    expect(session.signal.aborted).toBe(true)
  })
})

describe('authentication', () => {
  it('is sent on every connection, before anything else', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { auth: [{ scheme: 'digest', auth: 'a:b' }] })
    await client.addAuth('digest', Buffer.from('c:d'))
    await client.getData('/', { watch: () => undefined })
    server.newest.cut()
    await client.sync('/')
    const second = server.newest.requests
    expect(second.slice(0, 3).map((r) => r.op)).toEqual([OpCode.auth, OpCode.auth, OpCode.setWatches])
    expect(second.flatMap((r) => (r.op === OpCode.auth ? [Buffer.from(r.auth ?? []).toString()] : []))).toEqual(['a:b', 'c:d'])
  })

  it('that is refused ends the client', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    refuseAuth(server)
    const pending = code(client.sync('/'))
    expect(await code(client.addAuth('digest', 'wrong:secret'))).toBe('AUTH_FAILED')
    expect(await pending).toMatch(/AUTH_FAILED|ERR_/)
    expect(await code(client.exists('/'))).toBe('AUTH_FAILED')
    expect(statuses).toEqual(['authFailed'])
    await client.close()
    await until('the connection to be closed', () => server.open.length === 0)
  })

  it('that is refused at the start rejects connect()', async () => {
    const server = await fixture.server()
    refuseAuth(server)
    expect(await code(connect(server.connectString, { auth: [{ scheme: 'digest', auth: 'x:y' }] }))).toBe('AUTH_FAILED')
    await until('the connection to be closed', () => server.open.length === 0)
  })
})

describe('connect()', () => {
  it('goes on until a server is there', async () => {
    const server = await fixture.server()
    const { port } = server
    await server.stop()
    const connecting = connect(`127.0.0.1:${port}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { FakeServer } = await import('./fake-server.ts')
    const later = await FakeServer.start(port)
    const client = await connecting
    expect(client.status.type).toBe('connected')
    await client.close()
    await later.stop()
  })

  it('gives up when its signal aborts, and leaves nothing behind', async () => {
    const server = await fixture.server()
    server.onHandshake = () => undefined
    const controller = new AbortController()
    const connecting = rejection(connect(server.connectString, { signal: controller.signal }))
    await until('a connection', () => server.connections.length === 1)
    controller.abort(new Error('enough'))
    expect(await connecting).toEqual(new Error('enough'))
    expect(getEventListeners(controller.signal, 'abort').length).toBe(0)
    await until('the connection to be closed', () => server.open.length === 0)
  })

  it('tries again when a server refuses a new session', async () => {
    const server = await fixture.server()
    let refused = 0
    server.onHandshake = (h) => {
      if (refused++ < 2) h.respond(refusal())
      else h.respond(h.usual())
    }
    const client = await fixture.client(server.connectString)
    expect(client.status.type).toBe('connected')
    expect(server.connections.length).toBe(3)
  })
})

function refuseAuth(server: Awaited<ReturnType<Fixture['server']>>): void {
  server.onRequest = (x) => {
    if (x.request.op !== OpCode.auth) return
    const reply = x.apply()
    reply.writeInt32BE(-115, 16)
    x.connection.socket.end(reply)
  }
}

/** Blocks the event loop, as a paused process would. */
function stall(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
