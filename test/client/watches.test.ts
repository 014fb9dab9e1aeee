import { describe, expect, it } from 'vitest'
import type { PersistentWatch, PersistentWatchEvent, WatchEvent } from '../../core/index.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { EventType, type SetWatchesRequest } from '../../core/wire/records.ts'
import type { Exchange, FakeServer } from './fake-server.ts'
import { code, Fixture, until } from './support.ts'

const fixture = new Fixture()

describe('one-shot watches', () => {
  it('are called once, for their kind of event only', async () => {
    const { server, client } = await setup('/a', '/a/b')
    const heard: string[] = []
    const hear = (name: string) => (event: WatchEvent) => heard.push(`${name} ${event.type} ${event.path} ${event.zxid}`)
    await client.getData('/a', { watch: hear('data') })
    await client.getChildren('/a', { watch: hear('children') })
    await client.exists('/a', { watch: hear('exists') })
    await client.exists('/none', { watch: hear('missing') })
    for (let i = 0; i < 2; i++) {
      server.newest.event(EventType.nodeChildrenChanged, '/a', 5)
      server.newest.event(EventType.nodeDataChanged, '/a', 6)
      server.newest.event(EventType.nodeCreated, '/none', 7)
      server.newest.event(EventType.nodeDeleted, '/elsewhere', 8)
    }
    await client.sync('/')
    expect(heard).toEqual(['children children /a 5', 'data changed /a 6', 'exists changed /a 6', 'missing created /none 7'])
  })

  it('of data and of children both hear of the deletion', async () => {
    const { server, client } = await setup('/a')
    const heard: string[] = []
    await client.getData('/a', { watch: (e) => heard.push(e.type) })
    await client.getChildren('/a', { watch: (e) => heard.push(e.type) })
    server.newest.event(EventType.nodeDeleted, '/a', 5)
    await client.sync('/')
    expect(heard).toEqual(['deleted', 'deleted'])
  })

  it('are not left by reads of missing znodes, but by exists', async () => {
    const { server, client } = await setup()
    expect(await code(client.getData('/x', { watch: () => undefined }))).toBe('NO_NODE')
    expect(await code(client.getChildren('/x', { watch: () => undefined }))).toBe('NO_NODE')
    await client.exists('/x', { watch: () => undefined })
    const rearmed = await reconnect(server, client)
    expect(rearmed).toEqual([lists({ exist: ['/x'] })])
  })

  it('are registered again on a new connection, each in its list, before waiting requests', async () => {
    const { server, client } = await setup('/a', '/b')
    await client.getData('/a', { watch: () => undefined })
    await client.getData('/a', { watch: () => undefined })
    await client.getChildren('/b', { watch: () => undefined })
    await client.exists('/c', { watch: () => undefined })
    const rearmed = await reconnect(server, client)
    expect(rearmed).toEqual([lists({ data: ['/a'], exist: ['/c'], child: ['/b'] })])
    expect(server.newest.requests[0]?.op).toBe(OpCode.setWatches)
  })

  it('are not registered again once they fired', async () => {
    const { server, client } = await setup('/a')
    await client.getData('/a', { watch: () => undefined })
    server.newest.event(EventType.nodeDataChanged, '/a', 5)
    await client.sync('/')
    expect(await reconnect(server, client)).toEqual([])
  })

  it('are told of what they missed by an event without a zxid', async () => {
    const { server, client } = await setup('/a')
    const heard: WatchEvent[] = []
    await client.getData('/a', { watch: (e) => heard.push(e) })
    server.onRequest = (x) => {
      if (x.request.op === OpCode.setWatches) x.connection.event(EventType.nodeDeleted, '/a', -1)
      x.answer()
    }
    await reconnect(server, client)
    expect(heard).toEqual([{ type: 'deleted', path: '/a', zxid: null }])
  })

  it('are lost with their session; the read that leaves one while the session changes registers it in the new one', async () => {
    const { server, client } = await setup('/a')
    const heard: string[] = []
    await client.getData('/a', { watch: (e) => heard.push(`first ${e.type}`) })
    server.expire(server.newest.sessionLo)
    server.newest.cut()
    await client.getData('/a', { watch: (e) => heard.push(`second ${e.type}`) })
    expect(heard).toEqual(['first lost'])
    server.newest.event(EventType.nodeDataChanged, '/a', 9)
    await client.sync('/')
    expect(heard).toEqual(['first lost', 'second changed'])
  })

  it('go to the server in requests of at most 128 KiB', async () => {
    const { server, client } = await setup()
    const paths = Array.from({ length: 3_000 }, (_, i) => `/${'x'.repeat(100)}${i}`)
    await Promise.all(paths.map((path) => client.exists(path, { watch: () => undefined })))
    const rearmed = await reconnect(server, client)
    expect(rearmed.length).toBe(3)
    expect(rearmed.flatMap((r) => r.exist).sort()).toEqual([...paths].sort())
    for (const r of rearmed) expect(r.exist.reduce((sum, path) => sum + 4 + path.length, 0)).toBeLessThanOrEqual(128 * 1024)
  })

  it('whose callback throws do not disturb the others', async () => {
    const { server, client } = await setup('/a')
    const uncaught: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => uncaught.push(error))
    const heard: string[] = []
    await client.getData('/a', {
      watch: () => {
        throw new Error('of the application')
      },
    })
    await client.getData('/a', { watch: (e) => heard.push(e.type) })
    server.newest.event(EventType.nodeDataChanged, '/a', 5)
    await until('the error to surface', () => uncaught.length === 1)
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect(heard).toEqual(['changed'])
    expect(uncaught).toEqual([new Error('of the application')])
    await client.sync('/')
  })
})

describe('the server watch that many share', () => {
  it('is removed exactly when the last of them leaves', async () => {
    const { server, client } = await setup('/a')
    const controllers = [new AbortController(), new AbortController(), new AbortController()]
    const events = controllers.map(({ signal }) => client.nextEvent('/a', 'data', { signal }))
    await until('all to be registered', () => server.of(OpCode.getData).length === 3)
    await client.sync('/')
    for (const [i, controller] of controllers.entries()) {
      controller.abort(new Error('done'))
      await expect(events[i]).rejects.toThrow('done')
      await client.sync('/')
      expect(server.of(OpCode.removeWatches).length).toBe(i === 2 ? 1 : 0)
    }
  })

  it('is not removed while another read that may register it is under way', async () => {
    const { server, client } = await setup('/a')
    const controller = new AbortController()
    const first = client.nextEvent('/a', 'data', { signal: controller.signal })
    await until('it to be registered', () => server.of(OpCode.getData).length === 1)
    await client.sync('/')
    const second = client.nextEvent('/a', 'data')
    controller.abort(new Error('done'))
    await expect(first).rejects.toThrow('done')
    await client.sync('/')
    expect(server.of(OpCode.removeWatches).length).toBe(0)
    server.newest.event(EventType.nodeDataChanged, '/a', 3)
    expect((await second).type).toBe('changed')
  })

  it('is not removed when it has fired', async () => {
    const { server, client } = await setup('/a')
    const controller = new AbortController()
    const event = client.nextEvent('/a', 'data', { signal: controller.signal })
    await until('it to be registered', () => server.of(OpCode.getData).length === 1)
    server.newest.event(EventType.nodeDataChanged, '/a', 3)
    await event
    controller.abort()
    await client.sync('/')
    expect(server.of(OpCode.removeWatches).length).toBe(0)
  })

  it('of persistent watches is added once and removed once', async () => {
    const { server, client } = await setup('/a')
    const watches = await Promise.all([client.watch('/a'), client.watch('/a'), client.watch('/a', { recursive: true })])
    expect(server.of(OpCode.addWatch).length).toBe(2)
    await watches[0]?.close()
    expect(server.of(OpCode.removeWatches).length).toBe(0)
    await watches[1]?.close()
    await watches[1]?.close()
    expect(server.of(OpCode.removeWatches)).toEqual([{ op: OpCode.removeWatches, path: '/a', type: 4 }])
    await watches[2]?.close()
    expect(server.of(OpCode.removeWatches).length).toBe(2)
    expect(await reconnect(server, client)).toEqual([])
  })

  it('stays while a persistent one on the same path does, because old servers would remove both', async () => {
    const { server, client } = await setup('/a')
    const watch = await client.watch('/a')
    const controller = new AbortController()
    const event = client.nextEvent('/a', 'data', { signal: controller.signal })
    await until('it to be registered', () => server.of(OpCode.getData).length === 1)
    await client.sync('/')
    controller.abort(new Error('done'))
    await expect(event).rejects.toThrow('done')
    await client.sync('/')
    expect(server.of(OpCode.removeWatches).length).toBe(0)
    await watch.close()
    await client.sync('/')
    expect(server.of(OpCode.removeWatches).map((r) => 'type' in r && r.type)).toEqual([4, 2])
  })
})

describe('persistent watches', () => {
  it('yield everything at their path; recursive ones below it, too, but no children events', async () => {
    const { server, client } = await setup('/a')
    const exact = await client.watch('/a')
    const recursive = await client.watch('/a', { recursive: true })
    const root = await client.watch('/', { recursive: true })
    const c = server.newest
    c.event(EventType.nodeCreated, '/a/b', 2)
    c.event(EventType.nodeChildrenChanged, '/a', 2)
    c.event(EventType.nodeDataChanged, '/a', 3)
    c.event(EventType.nodeDeleted, '/ab', 4)
    await client.sync('/')
    await Promise.all([exact.close, recursive.close, root.close])
    expect(await drain(exact, 2)).toEqual(['children /a', 'changed /a'])
    expect(await drain(recursive, 2)).toEqual(['created /a/b', 'changed /a'])
    expect(await drain(root, 3)).toEqual(['created /a/b', 'changed /a', 'deleted /ab'])
  })

  it('say gap after a reconnect to a server that replays nothing', async () => {
    const { server, client } = await setup('/a')
    const watch = await client.watch('/a')
    const rearmed = await reconnect(server, client)
    expect(rearmed).toEqual([lists({ op: OpCode.setWatches2, persistent: ['/a'] })])
    expect(await drain(watch, 1)).toEqual(['gap'])
  })

  it('say gap when the replay does not reach back far enough', async () => {
    const { server, client } = await setup('/a')
    await client.create('/one')
    const watch = await client.watch('/a')
    server.covered = server.tree.zxid + 1
    await reconnect(server, client)
    expect(await drain(watch, 1)).toEqual(['gap'])
  })

  it('say resumed after a replay that is complete, without repeating what was delivered before the cut', async () => {
    const { server, client } = await setup('/a')
    server.tree.zxid = 10
    const watch = await client.watch('/a', { recursive: true })
    // One transaction changed /a/x twice: the connection broke between the two events.
    server.newest.event(EventType.nodeCreated, '/a/w', 11)
    server.newest.event(EventType.nodeCreated, '/a/x', 12)
    await client.sync('/')
    server.covered = 10
    server.onRequest = (x) => {
      if (x.request.op === OpCode.setWatches2) {
        x.connection.event(EventType.nodeCreated, '/a/w', 11)
        x.connection.event(EventType.nodeCreated, '/a/x', 12)
        x.connection.event(EventType.nodeDataChanged, '/a/x', 12)
        x.connection.event(EventType.nodeDeleted, '/a/w', 13)
        x.connection.event(EventType.nodeCreated, '/a/w', 13)
        x.connection.event(EventType.nodeDataChanged, '/a/w', 13)
      }
      x.answer()
    }
    await reconnect(server, client)
    server.newest.event(EventType.nodeDeleted, '/a/x', 14)
    await client.sync('/')
    expect(await drain(watch, 8)).toEqual([
      'created /a/w',
      'created /a/x',
      'changed /a/x',
      'deleted /a/w',
      'created /a/w',
      'changed /a/w',
      'resumed',
      'deleted /a/x',
    ])
  })

  it('say gap to a client that knows no zxid: it cannot tell what is new to it', async () => {
    const { server, client } = await setup('/a')
    const watch = await client.watch('/a')
    server.covered = 0
    server.onRequest = (x) => {
      if (x.request.op === OpCode.setWatches2) x.connection.event(EventType.nodeDataChanged, '/a', 3)
      x.answer()
    }
    await reconnect(server, client)
    expect(await drain(watch, 1)).toEqual(['gap'])
  })

  it('do not take what one-shot watches missed for an event of their own', async () => {
    const { server, client } = await setup('/a')
    server.tree.zxid = 10
    const heard: string[] = []
    await client.getData('/a', { watch: (e) => heard.push(e.type) })
    const watch = await client.watch('/a')
    server.covered = 0
    server.onRequest = (x) => {
      if (x.request.op === OpCode.setWatches2) x.connection.event(EventType.nodeDataChanged, '/a', -1)
      x.answer()
    }
    await reconnect(server, client)
    expect(heard).toEqual(['changed'])
    expect(await drain(watch, 1)).toEqual(['resumed'])
  })

  it('survive an expired session', async () => {
    const { server, client } = await setup('/a')
    const watch = await client.watch('/a')
    server.expire(server.newest.sessionLo)
    await reconnect(server, client)
    server.newest.event(EventType.nodeDataChanged, '/a', 20)
    await client.sync('/')
    expect(await drain(watch, 2)).toEqual(['gap', 'changed /a'])
  })

  it('drop what a slow consumer left in the buffer and say gap instead', async () => {
    const { server, client } = await setup('/a')
    const watch = await client.watch('/a', { maxBufferedEvents: 3 })
    for (let zxid = 1; zxid <= 5; zxid++) server.newest.event(EventType.nodeDataChanged, '/a', zxid)
    await client.sync('/')
    expect(await drain(watch, 2)).toEqual(['gap', 'changed /a'])
  })

  it('leave with the loop that iterates over them', async () => {
    const { server, client } = await setup('/a')
    server.newest.event(EventType.nodeDataChanged, '/a', 1)
    const watch = await client.watch('/a')
    server.newest.event(EventType.nodeDataChanged, '/a', 2)
    for await (const event of watch) {
      expect(event).toEqual({ type: 'changed', path: '/a', zxid: 2n })
      break
    }
    expect(server.of(OpCode.removeWatches).length).toBe(1)
    expect((await watch.next()).done).toBe(true)
  })

  it('whose opening is aborted leave nothing at the server', async () => {
    const { server, client } = await setup('/a')
    const held: Exchange[] = []
    server.onRequest = (x) => held.push(x)
    const controller = new AbortController()
    const opening = client.watch('/a', { signal: controller.signal })
    await until('the request to arrive', () => server.of(OpCode.addWatch).length === 1)
    controller.abort(new Error('no'))
    await expect(opening).rejects.toThrow('no')
    server.onRequest = (x) => x.answer()
    held[0]?.answer()
    await until('the watch to be removed', () => server.of(OpCode.removeWatches).length === 1)
  })

  it('can be opened again while the former one is being closed', async () => {
    const { server, client } = await setup('/a')
    const first = await client.watch('/a')
    const closing = first.close()
    const second = await client.watch('/a')
    await closing
    expect(server.requests.map((r) => r.op)).toEqual([OpCode.addWatch, OpCode.removeWatches, OpCode.addWatch])
    server.newest.event(EventType.nodeDataChanged, '/a', 4)
    expect(await drain(second, 1)).toEqual(['changed /a'])
  })

  it('see only their chroot, by its names', async () => {
    const server = await fixture.server()
    const client = await fixture.client(`${server.connectString}/app`)
    const watch = await client.watch('/', { recursive: true })
    expect(server.pathsOf(OpCode.addWatch)).toEqual(['/app'])
    server.newest.event(EventType.nodeCreated, '/app/x', 2)
    server.newest.event(EventType.nodeDeleted, '/app', 3)
    await client.sync('/')
    expect(await drain(watch, 2)).toEqual(['created /x', 'deleted /'])
  })
})

async function setup(...paths: string[]): Promise<{ server: FakeServer; client: Awaited<ReturnType<Fixture['client']>> }> {
  const server = await fixture.server()
  for (const path of paths) server.tree.nodes.set(path, { data: null, version: 0, czxid: 0, mzxid: 0, owner: 0 })
  return { server, client: await fixture.client(server.connectString) }
}

/** Cuts the connection; returns the setWatches requests of the next one, once they are answered. */
async function reconnect(server: FakeServer, client: Awaited<ReturnType<Fixture['client']>>): Promise<SetWatchesRequest[]> {
  const before = server.connections.length
  server.newest.cut()
  await until('the next connection', () => server.connections.length > before && client.status.type === 'connected')
  await client.sync('/')
  return server.newest.requests.filter((r): r is SetWatchesRequest => r.op === OpCode.setWatches || r.op === OpCode.setWatches2)
}

function lists(some: Partial<SetWatchesRequest>): Partial<SetWatchesRequest> {
  return expect.objectContaining({ data: [], exist: [], child: [], persistent: [], persistentRecursive: [], ...some })
}

async function drain(watch: PersistentWatch, count: number): Promise<string[]> {
  const out: string[] = []
  for (let i = 0; i < count; i++) {
    const result = await watch.next()
    if (result.done === true) throw new Error(`ended after ${out.join()}`)
    out.push(text(result.value))
  }
  return out
}

function text(event: PersistentWatchEvent): string {
  return 'path' in event ? `${event.type} ${event.path}` : event.type
}
