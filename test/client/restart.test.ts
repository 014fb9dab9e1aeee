import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startServer } from '../../core/server/index.ts'
import { realServer } from './real-server.ts'
import { Fixture, reaches, recordStatuses, until } from './support.ts'

const fixture = new Fixture()

describe('a server that is restarted on its data', () => {
  it('is found again: same session, same ephemeral znodes, watches that tell what was missed', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'zoarium-client-'))
    fixture.cleanup(() => rm(dataDir, { recursive: true, force: true }))
    const first = await startServer({ dataDir })
    const client = await fixture.client(first.connectString)
    const statuses = recordStatuses(client)
    await client.create('/e', 'mine', { mode: 'ephemeral' })
    const { session } = client
    const event = client.nextEvent('/e', 'data')
    const watch = await client.watch('/', { recursive: true })
    await until('the watch', () => client.checkWatches('/e', 'data'))
    const suspended = reaches(client, 'suspended')
    await first.close()
    await suspended
    const queued = client.create('/late', 'x')
    const second = await startServer({ dataDir, port: first.port })
    fixture.cleanup(() => second.close())
    expect((await queued).path).toBe('/late')
    expect(client.session.id).toBe(session.id)
    expect((await client.getData('/e')).stat.ephemeralOwner).toBe(session.id)
    expect(statuses.slice(0, 2)).toEqual(['suspended', 'resumed'])
    expect(['resumed', 'gap']).toContain((await watch.next()).value?.type)
    await client.setData('/e', 'changed')
    expect((await event).type).toBe('changed')
    await watch.close()
  })
})

describe('a server in memory that is restarted', () => {
  it('knows nothing: the client begins a new session without its newest zxid', async () => {
    const first = await realServer(fixture)
    const client = await fixture.client(first.connectString, { keepLastZxid: false, sessionTimeoutMs: 900 })
    await client.create('/a')
    const old = client.session
    const expired = client.nextEvent('/a', 'data')
    await until('the watch', () => client.checkWatches('/a', 'data'))
    await first.close()
    await realServer(fixture, { port: first.port })
    expect((await expired).type).toBe('lost')
    await until('a new session', () => client.status.type === 'connected')
    expect(old.signal.aborted).toBe(true)
    expect(client.session.id).not.toBe(old.id)
    expect(await client.exists('/a')).toBeNull()
  })
})
