import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
import { connect, ZoariumError } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { EventType } from '../../core/wire/records.ts'
import type { Exchange } from './fake-server.ts'
import { resourcesOf } from './resources.ts'
import { code, Fixture, reaches, rejection, until } from './support.ts'

const fixture = new Fixture()

describe('close()', () => {
  it('ends the session at the server, so that ephemeral znodes vanish', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString)
    await client.create('/e', null, { mode: 'ephemeral' })
    await client.close()
    expect(server.of(OpCode.closeSession).length).toBe(1)
    expect(server.tree.nodes.has('/e')).toBe(false)
    expect(client.status.type).toBe('closed')
    await until('the socket to be gone', () => server.open.length === 0)
  })

  it('is idempotent, also through await using', async () => {
    const server = await fixture.server()
    await using client = await connect(server.connectString)
    await Promise.all([client.close(), client.close()])
    await client.close()
    expect(server.of(OpCode.closeSession).length).toBe(1)
  })

  it('lets what was sent be answered and rejects what was not', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString)
    const held: Exchange[] = []
    server.onRequest = (x) => held.push(x)
    const sent = client.create('/sent')
    await until('the request to arrive', () => held.length === 1)
    const unsent = code(client.create('/unsent'))
    const closing = client.close()
    await until('the end of the session to arrive', () => held.length === 2)
    for (const exchange of held) exchange.answer()
    expect((await sent).path).toBe('/sent')
    expect(await unsent).toBe('ERR_CLOSED')
    await closing
    expect(server.tree.nodes.has('/unsent')).toBe(false)
  })

  it('rejects everything pending when the server says no more, and says which writes may have happened', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString, { connectTimeoutMs: 50 })
    server.onRequest = () => undefined
    const read = rejection(client.getData('/'))
    const write = rejection(client.create('/x'))
    const watch = rejection(client.watch('/'))
    await until('the requests to arrive', () => server.requests.length === 3)
    await client.close()
    for (const error of await Promise.all([read, write, watch])) expect(ZoariumError.is(error, 'ERR_CLOSED')).toBe(true)
    const error = await write
    expect(ZoariumError.is(error) && ZoariumError.is(error.cause, 'ERR_UNKNOWN_OUTCOME')).toBe(true)
  })

  it('tells a watch that was registered while the session was being closed', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString)
    const held: Exchange[] = []
    server.onRequest = (x) => held.push(x)
    const heard: string[] = []
    const read = client.getData('/', { watch: (event) => heard.push(event.type) })
    await until('the read to arrive', () => held.length === 1)
    const closing = client.close()
    await until('the end of the session to arrive', () => held.length === 2)
    for (const exchange of held) exchange.answer()
    await read
    await closing
    expect(heard).toEqual(['lost'])
  })

  it('tells waiting watches and iterators once, and nothing comes after', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString)
    const heard: string[] = []
    await client.getData('/', { watch: (event) => heard.push(event.type) })
    const next = client.nextEvent('/', 'children')
    const watch = await client.watch('/', { recursive: true })
    const pending = watch.next()
    await until('the watch of nextEvent', () => server.of(OpCode.getChildren).length === 1)
    await client.sync('/')
    server.onRequest = (x) => {
      if (x.request.op === OpCode.closeSession) x.connection.event(EventType.nodeDataChanged, '/', 9)
      x.answer()
    }
    await client.close()
    expect(heard).toEqual(['lost'])
    expect((await next).type).toBe('lost')
    expect(await pending).toEqual({ done: false, value: { type: 'lost', path: '/', zxid: null } })
    expect((await watch.next()).done).toBe(true)
    expect(heard).toEqual(['lost'])
  })

  it('aborts the session signal with ERR_CLOSED and ends status iterators', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString)
    const { signal } = client.session
    const seen: string[] = []
    const iterating = (async () => {
      for await (const status of client.statuses()) seen.push(status.type)
    })()
    await client.close()
    await iterating
    expect(ZoariumError.is(signal.reason, 'ERR_CLOSED')).toBe(true)
    expect(seen).toEqual(['connected', 'closed'])
    expect(await code(client.exists('/'))).toBe('ERR_CLOSED')
    expect(await code(client.watch('/'))).toBe('ERR_CLOSED')
    expect(await code(client.addAuth('digest', 'a:b'))).toBe('ERR_CLOSED')
  })

  it('does not wait for a server when there is none', async () => {
    const server = await fixture.server()
    const client = await connect(server.connectString)
    await server.stop()
    await until('the loss to be noticed', () => client.status.type === 'suspended')
    const pending = code(client.create('/x'))
    await client.close()
    expect(await pending).toBe('ERR_CLOSED')
  })

  it('can be called from a listener of any status', async () => {
    const server = await fixture.server()
    for (const type of ['suspended', 'lost', 'connected'] as const) {
      const client = await connect(server.connectString)
      client.on('status', (status) => {
        if (status.type === type) void client.close()
      })
      server.expire(server.newest.sessionLo)
      server.newest.cut()
      await until(`the client to be closed at ${type}`, () => client.status.type === 'closed')
      await client.close()
    }
    await until('no connection', () => server.open.length === 0)
  })

  it('leaves no timer and no socket behind', async () => {
    const server = await fixture.server()
    const held = await resourcesOf(async () => {
      const clients: Client[] = []
      for (let i = 0; i < 5; i++) clients.push(await connect(server.connectString))
      await Promise.all(clients.map((client) => client.getData('/', { watch: () => undefined })))
      const [first, second] = clients
      if (first === undefined || second === undefined) throw new Error('five clients')
      const suspended = reaches(first, 'suspended')
      server.connections[0]?.cut()
      await suspended
      await Promise.all(clients.map((client) => client.close()))
    })
    // Destroyed timers are told with a delay of a turn or two; none may be left to fire.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(held().filter((kind) => kind === 'Timeout')).toEqual([])
    await until('nothing to be left', () => held().length === 0)
    await until('the server to see them go', () => server.open.length === 0)
  })

  it('is seen to leave something behind when it is not called', async () => {
    const server = await fixture.server()
    let client: Client | null = null
    const held = await resourcesOf(async () => {
      client = await connect(server.connectString)
    })
    expect([...new Set(held())].sort()).toEqual(['TCPWRAP', 'Timeout'])
    await (client as Client | null)?.close()
    await until('nothing to be left', () => held().length === 0)
  })
})

describe('abort', () => {
  it('takes a request back that was not sent', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const suspended = reaches(client, 'suspended')
    server.newest.cut()
    await suspended
    const controller = new AbortController()
    const aborted = rejection(client.create('/never', null, { signal: controller.signal }))
    const kept = client.create('/kept')
    controller.abort(new Error('no'))
    expect(await aborted).toEqual(new Error('no'))
    await kept
    expect(server.pathsOf(OpCode.create2)).toEqual(['/kept'])
  })

  it('leaves a request that was sent to itself: its reply is still matched', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const held: Exchange[] = []
    server.onRequest = (x) => held.push(x)
    const controller = new AbortController()
    const aborted = rejection(client.create('/happened', null, { signal: controller.signal }))
    await until('the request to arrive', () => held.length === 1)
    controller.abort(new Error('no'))
    expect(await aborted).toEqual(new Error('no'))
    server.onRequest = (x) => x.answer()
    held[0]?.answer()
    expect(await client.exists('/happened')).not.toBeNull()
    expect(server.connections.length).toBe(1)
  })

  it('with a signal that is aborted already sends nothing', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const signal = AbortSignal.abort(new Error('before'))
    const calls = [
      client.create('/x', null, { signal }),
      client.getData('/', { signal }),
      client.watch('/', { signal }),
      client.nextEvent('/', 'data', { signal }),
      client.addAuth('digest', 'a:b', { signal }),
      client.ensurePath('/a/b', { signal }),
      client.deleteRecursive('/a', { signal }),
    ]
    for (const call of calls) expect(await rejection(call)).toEqual(new Error('before'))
    await client.sync('/')
    expect(server.requests.map((r) => r.op)).toEqual([OpCode.sync])
  })

  it('leaves no listener behind, whatever became of the call', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const { signal } = new AbortController()
    await client.create('/a', 'x', { signal })
    await client.getData('/a', { signal, watch: () => undefined })
    await rejection(client.create('/a', 'x', { signal }))
    await client.multiRead([{ type: 'getData', path: '/a' }], { signal })
    await client.ensurePath('/p/q', { signal })
    await client.deleteRecursive('/p', { signal })
    await client.addAuth('digest', 'a:b', { signal })
    await (await client.watch('/a', { signal })).close()
    const event = client.nextEvent('/a', 'data', { signal })
    await until('the watch', () => server.of(OpCode.getData).length === 2)
    await client.sync('/')
    server.newest.event(EventType.nodeDataChanged, '/a', 5)
    await event
    for await (const status of client.statuses({ signal })) {
      expect(status.type).toBe('connected')
      break
    }
    expect(getEventListeners(signal, 'abort').length).toBe(0)
  })

  it('takes a watch back whose read was aborted after it was sent', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const held: Exchange[] = []
    server.onRequest = (x) => held.push(x)
    const controller = new AbortController()
    const aborted = rejection(client.getData('/', { signal: controller.signal, watch: () => undefined }))
    await until('the request to arrive', () => held.length === 1)
    controller.abort(new Error('no'))
    await aborted
    server.onRequest = (x) => x.answer()
    held[0]?.answer()
    await until('the watch to be removed', () => server.of(OpCode.removeWatches).length === 1)
    expect(server.pathsOf(OpCode.removeWatches)).toEqual(['/'])
  })

  it('ends a persistent watch: pending and later next() reject with the reason, the server is told', async () => {
    const server = await fixture.server()
    const client = await fixture.client(server.connectString)
    const controller = new AbortController()
    const watch = await client.watch('/', { signal: controller.signal })
    const pending = rejection(watch.next())
    controller.abort(new Error('no'))
    expect(await pending).toEqual(new Error('no'))
    expect(await rejection(watch.next())).toEqual(new Error('no'))
    await until('the watch to be removed', () => server.of(OpCode.removeWatches).length === 1)
    expect(getEventListeners(controller.signal, 'abort').length).toBe(0)
  })
})
