// What only this package's server can show, and why the suite in behaviour/ cannot have it:
// - several kinds of watches on one path: Apache ZooKeeper before 3.9.5 keeps one mode for each path and connection;
// - removal of a persistent watch alone: Apache ZooKeeper before 3.9 cannot name its kind;
// - exact counts of watches: Apache ZooKeeper counts a persistent watch twice;
// - a server that forgets everything at its restart: Apache ZooKeeper has no data in memory alone.

import { describe, expect, it } from 'vitest'
import { reservedPort } from '../support/reserved-ports.ts'
import { realServer } from './real-server.ts'
import { code, Fixture, rejection, until } from './support.ts'

const fixture = new Fixture()

describe('watches of several kinds on one path', () => {
  it('leave nothing at the server once they were closed, aborted or heard', async () => {
    const server = await realServer(fixture)
    const [client, other] = [await fixture.client(server.connectString), await fixture.client(server.connectString)]
    await client.create('/a')
    const controller = new AbortController()
    const aborted = rejection(client.nextEvent('/a', 'data', { signal: controller.signal }))
    const heard = client.nextEvent('/a', 'children')
    const watches = await Promise.all([client.watch('/a'), client.watch('/', { recursive: true }), client.watch('/a', { recursive: true })])
    await until('the watches', () => server.view.stats().watchCount === 5)
    controller.abort(new Error('done'))
    await aborted
    await other.create('/a/b')
    await heard
    await Promise.all(watches.map((w) => w.close()))
    await until('no watch to be left', () => server.view.stats().watchCount === 0)
  })

  it('are removed one by one', async () => {
    const server = await realServer(fixture)
    const client = await fixture.client(server.connectString)
    await client.create('/a')
    const event = client.nextEvent('/a', 'data')
    const watch = await client.watch('/a')
    await until('the watch', () => client.checkWatches('/a', 'data'))
    await client.removeWatches('/a', 'data')
    expect((await event).type).toBe('lost')
    await client.removeWatches('/a', 'persistent')
    expect((await watch.next()).value).toEqual({ type: 'lost', path: '/a', zxid: null })
    expect((await watch.next()).done).toBe(true)
    expect(await code(client.removeWatches('/a', 'any'))).toBe('NO_WATCHER')
  })
})

describe('a server in memory that is restarted', () => {
  it('knows nothing: the client begins a new session without its newest zxid', async () => {
    const port = await reservedPort()
    const first = await realServer(fixture, { port })
    const client = await fixture.client(first.connectString, { keepLastZxid: false, sessionTimeoutMs: 900 })
    await client.create('/a')
    const old = client.session
    const expired = client.nextEvent('/a', 'data')
    await until('the watch', () => client.checkWatches('/a', 'data'))
    await first.close()
    await realServer(fixture, { port })
    expect((await expired).type).toBe('lost')
    await until('a new session', () => client.status.type === 'connected')
    expect(old.signal.aborted).toBe(true)
    expect(client.session.id).not.toBe(old.id)
    expect(await client.exists('/a')).toBeNull()
  })
})
