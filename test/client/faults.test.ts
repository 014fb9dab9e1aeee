import { describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { opName } from '../../core/wire/op-classes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { Exchange } from './fake-server.ts'
import { code, Fixture, reaches, rejection, until } from './support.ts'

const fixture = new Fixture()

interface Operation {
  readonly op: number
  readonly run: (client: Client) => Promise<unknown>
}

const READS: readonly Operation[] = [
  { op: OpCode.exists, run: (c) => c.exists('/a') },
  { op: OpCode.getData, run: (c) => c.getData('/a') },
  { op: OpCode.getChildren2, run: (c) => c.getChildren('/a') },
  { op: OpCode.getAcl, run: (c) => c.getAcl('/a') },
  { op: OpCode.sync, run: (c) => c.sync('/a') },
  { op: OpCode.getEphemerals, run: (c) => c.getEphemerals() },
  { op: OpCode.getAllChildrenNumber, run: (c) => c.getAllChildrenNumber('/a') },
  { op: OpCode.whoAmI, run: (c) => c.whoAmI() },
  { op: OpCode.checkWatches, run: (c) => c.checkWatches('/a', 'data') },
  { op: OpCode.addWatch, run: async (c) => (await c.watch('/a')).close() },
]

const WRITES: readonly Operation[] = [
  { op: OpCode.create2, run: (c) => c.create('/b', 'x') },
  { op: OpCode.createContainer, run: (c) => c.create('/b', 'x', { mode: 'container' }) },
  { op: OpCode.createTtl, run: (c) => c.create('/b', 'x', { mode: 'ttl', ttlMs: 1000 }) },
  { op: OpCode.setData, run: (c) => c.setData('/a', 'y') },
  { op: OpCode.delete, run: (c) => c.delete('/a') },
  { op: OpCode.setAcl, run: (c) => c.setAcl('/a', [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]) },
  { op: OpCode.multi, run: (c) => c.multi([{ type: 'setData', path: '/a', data: 'm' }]) },
]

/** How a connection can fail around the first request of one kind. */
const CUTS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  'before it is carried out': (x) => x.connection.cut(),
  'after it is carried out': (x) => {
    x.apply()
    x.connection.cut()
  },
  'within the reply': (x) => {
    const reply = x.apply()
    x.connection.socket.write(reply.subarray(0, reply.length - 1), () => x.connection.cut())
  },
}

describe('a connection that is cut', () => {
  for (const [when, cut] of Object.entries(CUTS)) {
    for (const { op, run } of READS) {
      it(`${when}: ${opName(op)} is sent again`, async () => {
        const { server, client } = await withNode()
        failFirst(server, op, cut)
        await run(client)
        expect(server.of(op).length).toBe(2)
        expect(server.connections.length).toBe(2)
      })
    }
    for (const { op, run } of WRITES) {
      it(`${when}: ${opName(op)} has an unknown outcome and is not repeated`, async () => {
        const { server, client } = await withNode()
        failFirst(server, op, cut)
        const error = await rejection(run(client))
        expect(ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME')).toBe(true)
        await client.sync('/')
        expect(server.of(op).length).toBe(1)
        expect(server.connections.length).toBe(2)
        expect(server.newest.handshake?.sessionLo).toBe(server.connections[0]?.sessionLo)
      })
    }
  }

  it('before a write left: the write waits and is sent once', async () => {
    const { server, client } = await withNode()
    const suspended = reaches(client, 'suspended')
    server.newest.cut()
    await suspended
    const { path } = await client.create('/late')
    expect(path).toBe('/late')
    expect(server.pathsOf(OpCode.create2)).toEqual(['/late'])
  })

  it('with many requests under way: each gets its own outcome and reads keep their order', async () => {
    const { server, client } = await withNode()
    let seen = 0
    server.onRequest = (x) => {
      seen += 1
      if (seen === 5) x.connection.cut()
      else x.answer()
    }
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? client.getData('/a') : client.create(`/n${i}`))),
    )
    const failed = outcomes.flatMap((o, i) => (o.status === 'rejected' ? [i] : []))
    expect(failed).toEqual([5, 7, 9, 11, 13, 15, 17, 19])
    expect(outcomes[1]?.status).toBe('fulfilled')
    expect(outcomes[3]?.status).toBe('fulfilled')
  })
})

describe('a server that answers nonsense', () => {
  it('with another xid: the connection is dropped, the read fails, a write is unknown, later ones work', async () => {
    const { server, client } = await withNode()
    failFirst(server, OpCode.getData, (x) => {
      const reply = x.apply()
      reply.writeInt32BE(x.xid + 7, 4)
      x.connection.send(reply)
    })
    const [read, write] = await Promise.all([code(client.getData('/a')), code(client.setData('/a', 'z'))])
    expect([read, write]).toEqual(['ERR_PROTOCOL', 'ERR_UNKNOWN_OUTCOME'])
    expect((await client.getData('/a')).stat.version).toBe(1)
    expect(server.connections.length).toBe(2)
  })

  it('with a frame above the limit: the read fails instead of coming back for ever', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { maxFrameBytes: 2048 })
    await client.create('/big', Buffer.alloc(10_000))
    expect(await code(client.getData('/big'))).toBe('ERR_PROTOCOL')
    expect((await client.exists('/big'))?.dataLength).toBe(10_000)
  })

  it('with a body that is cut short: the read fails, the connection is dropped', async () => {
    const { server, client } = await withNode()
    failFirst(server, OpCode.getData, (x) => {
      const reply = x.apply()
      const short = reply.subarray(0, reply.length - 8)
      short.writeInt32BE(short.length - 4, 0)
      x.connection.send(short)
    })
    expect(await code(client.getData('/a'))).toBe('ERR_PROTOCOL')
    await client.getData('/a')
    expect(server.connections.length).toBe(2)
  })

  for (const [what, bytes] of Object.entries({
    'random bytes': Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'a negative length': Buffer.from([0xff, 0xff, 0xff, 0xff]),
    'a reply to nothing': Buffer.from([0, 0, 0, 16, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    'a pong to no ping': Buffer.from([0, 0, 0, 16, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  })) {
    it(`with ${what}: the connection is dropped and the session goes on`, async () => {
      const { server, client } = await withNode()
      const { session } = client
      server.newest.send(bytes)
      await until('a second connection', () => server.connections.length === 2 && client.status.type === 'connected')
      expect(client.session).toBe(session)
      await client.getData('/a')
    })
  }

  it('with garbage for a handshake: the next server is tried', async () => {
    const bad = await fixture.server()
    const good = await fixture.server()
    bad.onHandshake = ({ connection }) => connection.send(Buffer.from('SSH-2.0-OpenSSH\r\n'))
    const client = await fixture.client([bad.connectString, good.connectString])
    await client.create('/x')
    expect(good.of(OpCode.create2).length).toBe(1)
  })
})

describe('a slow server', () => {
  it('that drips every byte is understood', async () => {
    const { server, client } = await withNode()
    let chain = Promise.resolve()
    server.onRequest = (x) => {
      const reply = x.apply()
      for (const byte of reply) {
        chain = chain.then(
          () =>
            new Promise((resolve) => {
              x.connection.socket.write(Buffer.from([byte]), () => setImmediate(resolve))
            }),
        )
      }
    }
    const results = await Promise.all([client.getData('/a'), client.create('/dripped'), client.getChildren('/')])
    expect(results[0].data?.toString()).toBe('first')
    expect(results[1].path).toBe('/dripped')
    expect(results[2].children).toContain('dripped')
  })

  it('that accepts and never answers the handshake costs one connect timeout', async () => {
    const mute = await fixture.server()
    const good = await fixture.server()
    mute.onHandshake = () => undefined
    const client = await fixture.client([mute.connectString, good.connectString], { connectTimeoutMs: 60 })
    expect(client.status.type).toBe('connected')
    for (const connection of mute.connections) await until('the mute connection to be closed', () => connection.socket.destroyed)
  })

  it('that stops answering is left after two thirds of the session timeout, with the session intact', async () => {
    const { server, client } = await withNode({ timeoutMs: 3_000 })
    const { session } = client
    let deaf = true
    server.onRequest = (x) => {
      if (!deaf || x.connection.index > 0) x.answer()
    }
    const startedAt = performance.now()
    await client.getData('/a')
    deaf = false
    const tookMs = performance.now() - startedAt
    expect(tookMs).toBeGreaterThan(1_500)
    expect(server.connections.length).toBe(2)
    expect(client.session).toBe(session)
    expect(session.signal.aborted).toBe(false)
  })

  it('that does not answer in time: requestTimeoutMs ends the wait, and late replies are still matched', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { requestTimeoutMs: 60 })
    await client.create('/a', 'first')
    const held: Exchange[] = []
    server.onRequest = (x) => held.push(x)
    expect(await Promise.all([code(client.getData('/a')), code(client.setData('/a', 'x'))])).toEqual(['ERR_TIMEOUT', 'ERR_UNKNOWN_OUTCOME'])
    for (const exchange of held) exchange.answer()
    server.onRequest = (x) => x.answer()
    expect((await client.getData('/a')).data?.toString()).toBe('x')
    expect(server.connections.length).toBe(1)
  })
})

describe('limits', () => {
  it('a request above maxRequestBytes is refused and never sent', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { maxRequestBytes: 4096 })
    const [big, small] = await Promise.all([code(client.create('/big', Buffer.alloc(5000))), client.create('/small')])
    expect(big).toBe('ERR_TOO_LARGE')
    expect(small.path).toBe('/small')
    expect(server.pathsOf(OpCode.create2)).toEqual(['/small'])
  })

  it('more than maxPendingRequests are refused', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { maxPendingRequests: 2 })
    const outcomes = await Promise.allSettled([client.sync('/'), client.sync('/'), client.sync('/')])
    expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    await client.sync('/')
  })
})

async function withNode(options: { timeoutMs?: number } = {}): Promise<{ server: Awaited<ReturnType<Fixture['server']>>; client: Client }> {
  const server = await fixture.server()
  if (options.timeoutMs !== undefined) server.timeoutMs = options.timeoutMs
  server.tree.nodes.set('/a', { data: Buffer.from('first'), version: 0, czxid: 0, mzxid: 0, owner: 0 })
  return { server, client: await fixture.client(server.connectString) }
}

function failFirst(server: Awaited<ReturnType<Fixture['server']>>, op: number, fail: (exchange: Exchange) => void): void {
  let failed = false
  server.onRequest = (exchange) => {
    if (failed || exchange.request.op !== op) exchange.answer()
    else {
      failed = true
      fail(exchange)
    }
  }
}
