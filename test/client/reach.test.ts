import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { realServer } from './real-server.ts'
import { code, Fixture, reaches, recordStatuses, rejection, until } from './support.ts'

const fixture = new Fixture()

describe('reaching a server', () => {
  it('through a Unix domain socket', async () => {
    const server = await realServer(fixture)
    const folder = await mkdtemp(join(tmpdir(), 'socket-'))
    const sockets = new Set<Socket>()
    const proxy = createServer((from) => {
      const to = dial(server.port, '127.0.0.1')
      for (const socket of [from, to]) {
        sockets.add(socket)
        socket.on('error', () => undefined)
      }
      from.pipe(to).pipe(from)
    })
    await new Promise<void>((resolve) => proxy.listen(join(folder, 's'), resolve))
    fixture.cleanup(async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
      await rm(folder, { recursive: true })
    })
    const client = await fixture.client(`unix:${join(folder, 's')}:/app`)
    await client.ensurePath('/a')
    expect(client.status).toMatchObject({ server: `unix:${join(folder, 's')}` })
    expect(await (await fixture.client(server.connectString)).exists('/app/a')).not.toBeNull()
    await client.close()
  })

  it('by a URL, with its identity proved', async () => {
    const server = await realServer(fixture)
    const client = await fixture.client(`zk://user:pass%77ord@${server.connectString}`)
    expect(await client.whoAmI()).toContainEqual({ scheme: 'digest', user: 'user' })
  })

  it('by a name that is resolved at each attempt', async () => {
    const [first, second] = [await fixture.server(), await fixture.server()]
    let asked = 0
    let port = first.port
    const client = await fixture.client(`zk.test:${first.port}`, {
      lookup: (host, _options, callback) => {
        asked += 1
        expect(host).toBe('zk.test')
        callback(null, [{ address: port === first.port ? '127.0.0.1' : '127.0.0.2', family: 4 }])
      },
    })
    expect(asked).toBe(1)
    port = second.port
    first.newest.cut()
    await until('a second look at the name', () => asked > 1)
    await client.close()
  })

  it('with delays of the application', async () => {
    const server = await fixture.server()
    const attempts: number[] = []
    const client = await fixture.client(server.connectString, {
      backoff: ({ attempt }) => {
        attempts.push(attempt)
        return 1
      },
    })
    const suspended = reaches(client, 'suspended')
    await server.stop()
    await suspended
    await until('three attempts', () => attempts.length >= 3)
    expect(attempts.slice(0, 3)).toEqual([1, 2, 3])
  })
})

describe('without a connection', () => {
  it('calls reject at once if they shall, and nothing has reached a server', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { whenDisconnected: 'reject', backoff: () => 20 })
    server.onRequest = () => undefined
    const [read, write] = [client.getData('/a'), client.setData('/a', 'x')]
    const [readCode, writeCode] = [code(read), code(write)]
    await until('both requests', () => server.requests.length === 2)
    const suspended = reaches(client, 'suspended')
    server.newest.cut()
    await suspended
    const late = [code(client.getData('/a')), code(client.setData('/a', 'x'))]
    expect([await readCode, await writeCode]).toEqual(['ERR_CONNECTION_LOSS', 'ERR_UNKNOWN_OUTCOME'])
    expect(await Promise.all(late)).toEqual(['ERR_CONNECTION_LOSS', 'ERR_CONNECTION_LOSS'])
    server.onRequest = (exchange) => exchange.answer()
    await reaches(client, 'connected')
    await client.create('/a')
    expect(server.of(OpCode.setData)).toHaveLength(1)
  })
})

describe('the patience of one call', () => {
  it('ends by its own clock: nothing happened, or nobody knows', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    server.onRequest = (exchange) => {
      if (exchange.request.op !== OpCode.getData && exchange.request.op !== OpCode.setData) exchange.answer()
    }
    const startedAt = performance.now()
    const codes = [client.getData('/a', { timeoutMs: 30 }), client.setData('/a', 'x', { timeoutMs: 40 })].map(code)
    expect(await Promise.all(codes)).toEqual(['ERR_TIMEOUT', 'ERR_UNKNOWN_OUTCOME'])
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39)
    // Replies that come late find nobody and harm nothing: those that were sent keep their places.
    expect(client.status.type).toBe('connected')
  })

  it("wins over the client's", async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString, { requestTimeoutMs: 20 })
    server.onRequest = (exchange) => setTimeout(() => exchange.answer(), 60)
    await client.create('/a', null, { timeoutMs: 0 })
    expect(await code(client.exists('/a'))).toBe('ERR_TIMEOUT')
  })

  it('is checked', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    for (const timeoutMs of [-1, 1.5, Number.NaN, 2 ** 31]) {
      expect(String(await rejection(client.exists('/a', { timeoutMs, watch: () => undefined })))).toContain(
        'timeoutMs: expected an integer',
      )
    }
    expect(server.requests).toEqual([])
  })
})

describe('a list of servers that changes', () => {
  it("has the client move when its server is gone from it, and nobody's outcome becomes unknown", async () => {
    const server = await realServer(fixture)
    const [first, second] = [await fixture.server(), await fixture.server()]
    expect(server.port).toBeGreaterThan(0)
    const client = await fixture.client(first.connectString)
    const seen = recordStatuses(client)
    second.sessions.set(1, { lo: 1, password: Buffer.alloc(16, 1) })
    await client.create('/a')
    const before = client.session.id
    let held: (() => void) | null = null
    first.onRequest = (exchange) => {
      held = () => exchange.answer()
    }
    const write = client.setData('/a', 'x')
    await until('the write', () => held !== null)
    expect(client.updateServers(second.connectString)).toBe(true)
    const later = client.exists('/a')
    expect(client.status.type).toBe('connected')
    ;(held as (() => void) | null)?.()
    await write
    expect(await later).toBeNull()
    expect(client.session.id).toBe(before)
    expect(client.status).toMatchObject({ type: 'connected', server: second.connectString })
    expect(seen).toEqual(['suspended', 'resumed'])
    expect(first.open).toEqual([])
  })

  it('leaves a client alone whose server is in it still', async () => {
    const [first, second] = [await fixture.server(), await fixture.server()]
    const client = await fixture.client([first.connectString, second.connectString])
    const other = client.status.type === 'connected' && client.status.server === first.connectString ? second : first
    const own = other === first ? second : first
    expect(client.updateServers(own.connectString)).toBe(false)
    await client.create('/a')
    expect(client.status).toMatchObject({ type: 'connected', server: own.connectString })
  })

  it('is refused when it says otherwise than the first one', async () => {
    const server = await fixture.server()
    const client = await fixture.client(`${server.connectString}/app`)
    expect(client.updateServers(`${server.connectString}/app`)).toBe(false)
    for (const bad of ['h/other', 'zks://h', 'zk://u:p@h', 'h:x']) expect(() => client.updateServers(bad)).toThrow(/ERR_CONFIG/)
  })

  it('reaches a client that has no connection yet', async () => {
    const server = await fixture.server()
    const aborted = new AbortController()
    const connecting = connect('127.0.0.1:1', { signal: aborted.signal })
    const refused = rejection(connecting)
    aborted.abort(new Error('enough'))
    expect(String(await refused)).toContain('enough')
    expect(server.connections).toEqual([])
  })
})
