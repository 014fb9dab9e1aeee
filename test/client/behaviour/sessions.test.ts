import { describe, expect, it } from 'vitest'
import { connect, ZoariumError } from '../../../core/index.ts'
import { code, Fixture, reaches, recordStatuses, until } from '../support.ts'
import { durableServer, serverUnderTest } from './server-under-test.ts'

const fixture = new Fixture()

describe('a session', () => {
  it('is taken up again after a cut: same object, same ephemeral znodes', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const { session } = client
    await client.create('/e', 'mine', { mode: 'ephemeral' })
    const resumed = reaches(client, 'connected')
    server.network.cut()
    await resumed
    expect(statuses).toEqual(['suspended', 'resumed'])
    expect(client.session).toBe(session)
    expect((await client.exists('/e'))?.ephemeralOwner).toBe(session.id)
    expect(session.signal.aborted).toBe(false)
  })

  it('that the server ended is told as expired, and a new one begins', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    const old = client.session
    await client.create('/e', null, { mode: 'ephemeral' })
    await client.create('/kept')
    const watched = client.nextEvent('/kept', 'data')
    await until('the watch', () => client.checkWatches('/kept', 'data'))
    server.network.refuse()
    await server.expire(client)
    server.network.accept()
    await until('a new session', () => statuses.includes('connected'))
    expect(statuses).toEqual(['suspended', 'lost:expired', 'connected'])
    expect(ZoariumError.is(old.signal.reason, 'SESSION_EXPIRED')).toBe(true)
    expect(client.session.id).not.toBe(old.id)
    expect(await client.exists('/e')).toBeNull()
    expect(await client.exists('/kept')).not.toBeNull()
    expect((await watched).type).toBe('lost')
  })

  it('expires when its client cannot be heard: the client stops believing first', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(server.connectString, { sessionTimeoutMs: 2_000 })
    const eye = await fixture.client(server.direct)
    const { session } = client
    await client.create('/e', null, { mode: 'ephemeral' })
    const believedAtDeletion = new Promise<boolean>((resolve, reject) => {
      eye.exists('/e', { watch: ({ type }) => (type === 'deleted' ? resolve(!session.signal.aborted) : undefined) }).catch(reject)
    })
    await eye.sync('/')
    server.network.hold()
    expect(await believedAtDeletion).toBe(false)
    server.network.release()
    await until('a new session', () => client.session.id !== session.id)
  })

  it('is kept by pings as long as its client lives', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(server.connectString, { sessionTimeoutMs: 2_000 })
    const statuses = recordStatuses(client)
    const { session } = client
    const { deadlineMs } = session
    await client.create('/e', null, { mode: 'ephemeral' })
    await until('a much later deadline', () => session.deadlineMs > deadlineMs + 2_500)
    expect(statuses).toEqual([])
    expect((await client.exists('/e'))?.ephemeralOwner).toBe(session.id)
  })

  it('that its client closes is over at once, and every later call says so', async () => {
    const server = await serverUnderTest(fixture)
    const [client, eye] = [await fixture.client(server.connectString), await fixture.client(server.connectString)]
    await client.create('/e', null, { mode: 'ephemeral' })
    await client.close()
    expect(await eye.exists('/e')).toBeNull()
    expect(await code(client.exists('/'))).toBe('ERR_CLOSED')
    expect(client.status.type).toBe('closed')
    expect(server.network.connections).toBe(1)
  })

  it('outlives its server: the tree, the ephemeral znodes and the watches are there after a restart', async () => {
    const server = await durableServer(fixture)
    const client = await fixture.client(server.connectString)
    const statuses = recordStatuses(client)
    await client.create('/e', 'mine', { mode: 'ephemeral' })
    const { session } = client
    const event = client.nextEvent('/e', 'data')
    const watch = await client.watch('/other', { recursive: true })
    await until('the watch', () => client.checkWatches('/e', 'data'))
    const suspended = reaches(client, 'suspended')
    let late: Promise<{ path: string }> = Promise.reject(new Error('not called'))
    late.catch(() => undefined)
    await server.restart(async () => {
      await suspended
      late = client.create('/late', 'x')
    })
    expect((await late).path).toBe('/late')
    expect(client.session.id).toBe(session.id)
    expect((await client.getData('/e')).stat.ephemeralOwner).toBe(session.id)
    expect(statuses.slice(0, 2)).toEqual(['suspended', 'resumed'])
    // Nothing happened meanwhile: whoever replays knows it, whoever does not leaves a gap.
    expect(['resumed', 'gap']).toContain((await watch.next()).value?.type)
    await client.setData('/e', 'changed')
    expect((await event).type).toBe('changed')
    await watch.close()
  })
})

describe('reaching a server', () => {
  it('by a URL, with its identity proved on every connection', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(`zk://user:pass%77ord@${server.connectString}`)
    expect(await client.whoAmI()).toContainEqual({ scheme: 'digest', user: 'user' })
    await client.create('/mine', 'x', { acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] })
    server.network.cut()
    expect(String((await client.getData('/mine')).data)).toBe('x')
  })

  it('by a list of which only one is there, and gives up when told to', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(['127.0.0.1:1', server.connectString, '127.0.0.1:2'])
    expect(client.status).toMatchObject({ type: 'connected', server: server.connectString })
    const gaveUp = connect('127.0.0.1:1', { signal: AbortSignal.timeout(50) })
    await expect(gaveUp).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('moves with its session when the list of servers changes', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(server.connectString)
    const { session } = client
    await client.create('/e', null, { mode: 'ephemeral' })
    const [, port] = server.connectString.split(':')
    expect(client.updateServers(`localhost:${port}`)).toBe(true)
    await reaches(client, 'connected')
    expect(client.status).toMatchObject({ server: `localhost:${port}`, resumed: true })
    expect(client.session).toBe(session)
    await client.delete('/e')
  })

  it('with many clients at once', async () => {
    const server = await serverUnderTest(fixture)
    const clients = await Promise.all(Array.from({ length: 50 }, () => fixture.client(server.connectString)))
    const made = await Promise.all(clients.map((client) => client.create('/n-', null, { mode: 'ephemeral-sequential' })))
    expect(new Set(made.map(({ path }) => path)).size).toBe(50)
    expect(new Set(clients.map(({ session }) => session.id)).size).toBe(50)
  })
})
