import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Acl, Client, PersistentWatch } from '../../../core/index.ts'
import { ZoariumError } from '../../../core/index.ts'
import { code, Fixture, rejection, until } from '../support.ts'
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts'

const fixture = new Fixture()

async function setup(chroot = ''): Promise<{ client: Client; other: Client; server: ServerUnderTest }> {
  const server = await serverUnderTest(fixture)
  const other = await fixture.client(server.connectString)
  if (chroot !== '') await other.ensurePath(chroot)
  return { server, other, client: await fixture.client(`${server.connectString}${chroot}`) }
}

describe('znodes', () => {
  it('are created, read, changed and deleted', async () => {
    const { client } = await setup()
    const { path, stat } = await client.create('/a', 'text')
    expect(path).toBe('/a')
    expect(stat.version).toBe(0)
    expect(stat.czxid).toBe(client.lastZxid)
    expect((await client.getData('/a')).data?.toString()).toBe('text')
    const changed = await client.setData('/a', Buffer.from([1, 2]), { version: 0 })
    expect(changed.version).toBe(1)
    expect(changed.mzxid).toBeGreaterThan(stat.mzxid)
    expect((await client.exists('/a'))?.dataLength).toBe(2)
    await client.delete('/a', { version: 1 })
    expect(await client.exists('/a')).toBeNull()
  })

  it('tell null from empty data, and bytes from text', async () => {
    const { client } = await setup()
    await client.create('/null')
    await client.create('/empty', '')
    await client.create('/text', 'žluť')
    expect((await client.getData('/null')).data).toBeNull()
    expect((await client.getData('/empty')).data?.length).toBe(0)
    expect((await client.getData('/text')).data).toEqual(Buffer.from('žluť', 'utf8'))
  })

  it('own their data: a later reply does not change what an earlier one returned', async () => {
    const { client } = await setup()
    await client.create('/a', 'aaaa')
    const { data } = await client.getData('/a')
    await client.setData('/a', 'bbbb')
    await client.getData('/a')
    expect(data?.toString()).toBe('aaaa')
  })

  it('live as their mode says', async () => {
    const { client } = await setup()
    await client.create('/p')
    const sequential = await client.create('/p/s-', null, { mode: 'persistent-sequential' })
    const next = await client.create('/p/s-', null, { mode: 'ephemeral-sequential' })
    expect(sequential.path).toBe('/p/s-0000000000')
    expect(next.path).toBe('/p/s-0000000001')
    expect(next.stat.ephemeralOwner).toBe(client.session.id)
    const bare = await client.create('/p/', null, { mode: 'persistent-sequential' })
    expect(bare.path).toBe('/p/0000000002')
    const ephemeral = await client.create('/p/e', null, { mode: 'ephemeral' })
    expect(ephemeral.stat.ephemeralOwner).toBe(client.session.id)
    expect((await client.create('/p/c', null, { mode: 'container' })).stat.ephemeralOwner).toBe(0n)
    expect((await client.create('/p/t', null, { mode: 'ttl', ttlMs: 60_000 })).path).toBe('/p/t')
    expect((await client.create('/p/t-', null, { mode: 'ttl-sequential', ttlMs: 60_000 })).path).toMatch(/^\/p\/t-\d{10}$/)
    expect((await client.getEphemerals()).sort()).toEqual(['/p/e', '/p/s-0000000001'])
    expect(await client.getEphemerals('/p/s')).toEqual(['/p/s-0000000001'])
  })

  it('that are ephemeral vanish when their client is closed', async () => {
    const { server, client } = await setup()
    const owner = await fixture.client(server.connectString)
    await owner.create('/e', null, { mode: 'ephemeral' })
    const gone = client.nextEvent('/e', 'data')
    await until('the watch', () => client.checkWatches('/e', 'data'))
    await owner.close()
    expect((await gone).type).toBe('deleted')
  })

  it('list their children and count what is below', async () => {
    const { client } = await setup()
    for (const path of ['/d', '/d/a', '/d/b', '/d/b/c']) await client.create(path)
    const { children, stat } = await client.getChildren('/d')
    expect(children.sort()).toEqual(['a', 'b'])
    expect(stat.numChildren).toBe(2)
    expect(await client.getAllChildrenNumber('/d')).toBe(3)
  })

  it('have access control lists', async () => {
    const { client } = await setup()
    const readOnly = [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }]
    await client.create('/a', null, { acl: readOnly })
    expect((await client.getAcl('/a')).acl).toEqual(readOnly)
    expect(await code(client.setData('/a', 'x'))).toBe('NO_AUTH')
    await client.addAuth('digest', 'me:secret')
    expect((await client.whoAmI()).some((id) => id.scheme === 'digest' && id.user === 'me')).toBe(true)
    await client.create('/mine', null, { acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] })
    await client.setData('/mine', 'x')
    expect((await client.setAcl('/mine', readOnly, { version: 0 })).aversion).toBe(1)
  })

  it('answer with the code of what is wrong, the path and the operation', async () => {
    const { client } = await setup()
    await client.create('/a')
    await client.create('/a/b')
    expect(await code(client.getData('/none'))).toBe('NO_NODE')
    expect(await code(client.getChildren('/none'))).toBe('NO_NODE')
    expect(await code(client.create('/a'))).toBe('NODE_EXISTS')
    expect(await code(client.create('/none/x'))).toBe('NO_NODE')
    expect(await code(client.delete('/a'))).toBe('NOT_EMPTY')
    expect(await code(client.setData('/a', '', { version: 7 }))).toBe('BAD_VERSION')
    await client.create('/e', null, { mode: 'ephemeral' })
    expect(await code(client.create('/e/x'))).toBe('NO_CHILDREN_FOR_EPHEMERALS')
    const error = await rejection(client.delete('/none'))
    expect(ZoariumError.is(error) && [error.code, error.path, error.wireCode]).toEqual(['NO_NODE', '/none', -101])
    expect(String(error)).toContain('delete /none')
  })

  it('are refused before anything is sent when the arguments cannot be right', async () => {
    const { client } = await setup()
    const calls = [
      client.create('a'),
      client.create('/a/'),
      client.create('/a//b', null, { mode: 'persistent-sequential' }),
      client.getData('/a/../b'),
      client.exists(''),
      client.setData('/a', 'x', { version: -2 }),
      client.delete('/a', { version: 1.5 }),
      client.create('/a', null, { mode: 'ttl' }),
      client.create('/a', null, { mode: 'ttl', ttlMs: 0 }),
      client.create('/a', null, { ttlMs: 5 }),
      client.create('/a', null, { mode: 'forever' as 'ttl' }),
      client.create('/a', 5 as unknown as string),
      client.getData(undefined as unknown as string),
      client.multi([{ type: 'check', path: 'nowhere' }]),
      client.multiRead([{ type: 'getData', path: '/a/' }]),
      client.removeWatches('/a', 'all' as 'any'),
      client.nextEvent('/a', 'delete' as 'data'),
      client.deleteRecursive('/'),
      client.getEphemerals('x'),
    ]
    for (const call of calls) expect(await code(call)).toBe('BAD_ARGUMENTS')
  })

  it('are refused when they cannot be encoded, without hurting the others', async () => {
    const { client } = await setup()
    const broken = [{ perms: 31 }] as unknown as Acl[]
    const calls = [client.create('/a'), code(client.create('/b', null, { acl: broken })), client.create('/c')] as const
    const [first, second, third] = await Promise.all(calls)
    expect([first.path, second, third.path]).toEqual(['/a', 'BAD_ARGUMENTS', '/c'])
    expect(await client.exists('/b')).toBeNull()
  })
})

describe('transactions', () => {
  it('do all their operations at one zxid', async () => {
    const { server, client } = await setup()
    await client.create('/a', 'x')
    const results = await client
      .transaction()
      .check('/a', 0)
      .setData('/a', 'y')
      .create('/a/s-', 'z', { mode: 'persistent-sequential' })
      .create('/gone')
      .delete('/gone')
      .commit()
    expect(results.map((r) => [r.type, r.path])).toEqual([
      ['check', '/a'],
      ['setData', '/a'],
      ['create', '/a/s-0000000000'],
      ['create', '/gone'],
      ['delete', '/gone'],
    ])
    const created = results[2]
    expect(created?.type === 'create' && created.czxid).toBe(client.lastZxid)
    expect(created?.type === 'create' && created.stat?.czxid).toBe(server.traits.tellsStatInTransactions ? client.lastZxid : undefined)
    expect((await client.exists('/a'))?.mzxid).toBe(client.lastZxid)
  })

  it('do nothing when one fails, and say which and why', async () => {
    const { client } = await setup()
    await client.create('/a')
    const error = await rejection(
      client.multi([
        { type: 'setData', path: '/a', data: 'y' },
        { type: 'create', path: '/a' },
        { type: 'delete', path: '/none' },
      ]),
    )
    expect(ZoariumError.is(error) && [error.code, error.index, error.path]).toEqual(['NODE_EXISTS', 1, '/a'])
    expect((await client.exists('/a'))?.version).toBe(0)
    expect(await code(client.transaction().check('/a', 5).commit())).toBe('BAD_VERSION')
  })

  it('may be empty', async () => {
    const { client } = await setup()
    expect(await client.multi([])).toEqual([])
    expect(await client.multiRead([])).toEqual([])
  })

  it('of reads give each its own outcome', async () => {
    const { client } = await setup()
    await client.create('/a', 'x')
    await client.create('/a/b')
    const results = await client.multiRead([
      { type: 'getData', path: '/a' },
      { type: 'getData', path: '/none' },
      { type: 'getChildren', path: '/a' },
    ])
    expect(results.map((r) => r.type)).toEqual(['getData', 'error', 'getChildren'])
    expect(results[0]?.type === 'getData' && results[0].data?.toString()).toBe('x')
    expect(results[1]?.type === 'error' && [results[1].error.code, results[1].path]).toEqual(['NO_NODE', '/none'])
    expect(results[2]?.type === 'getChildren' && results[2].children).toEqual(['b'])
  })
})

describe('pipelining', () => {
  it('keeps the order of the calls', async () => {
    const { client } = await setup()
    const created = client.create('/n', '0')
    const writes = Array.from({ length: 200 }, (_, i) => client.setData('/n', String(i), { version: i }))
    const read = client.getData('/n')
    await created
    expect((await Promise.all(writes)).map((s) => s.version)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    expect((await read).data?.toString()).toBe('199')
  })

  it('takes more and larger requests than a socket buffers', async () => {
    const { client } = await setup()
    await client.create('/big')
    const data = Buffer.alloc(200_000, 7)
    const paths = Array.from({ length: 40 }, (_, i) => `/big/${i}`)
    await Promise.all(paths.map((path) => client.create(path, data)))
    const all = await Promise.all(paths.map((path) => client.getData(path)))
    for (const { data: got } of all) expect(got?.equals(data)).toBe(true)
  })
})

describe('watches', () => {
  it('of every kind hear what another client does', async () => {
    const { server, client, other } = await setup()
    await client.create('/a')
    const [data, children, exists] = [
      client.nextEvent('/a', 'data'),
      client.nextEvent('/a', 'children'),
      client.nextEvent('/missing', 'exists'),
    ]
    await until('the watches', async () => (await client.checkWatches('/a', 'children')) && (await client.checkWatches('/missing', 'data')))
    await other.setData('/a', 'x')
    const born = await other.create('/a/b')
    await other.create('/missing')
    expect((await data).type).toBe('changed')
    expect(await children).toEqual({ type: 'children', path: '/a', zxid: server.traits.tellsZxidOfEvents ? born.stat.czxid : null })
    expect((await exists).type).toBe('created')
    expect(await code(client.nextEvent('/none', 'data'))).toBe('NO_NODE')
  })

  it('come before the reply that shows the change', async () => {
    const { client } = await setup()
    await client.create('/a')
    const order: string[] = []
    await client.getData('/a', { watch: () => order.push('event') })
    await client.setData('/a', 'x').then(() => order.push('reply'))
    expect(order).toEqual(['event', 'reply'])
  })

  it('that are persistent hear everything, in order', async () => {
    const { client, other } = await setup()
    const watch = await client.watch('/t', { recursive: true })
    await other.create('/t')
    await other.create('/t/a', 'x')
    await other.setData('/t/a', 'y')
    await other.multi([
      { type: 'delete', path: '/t/a' },
      { type: 'setData', path: '/t', data: 'z' },
    ])
    expect(await take(watch, 5)).toEqual(['created /t', 'created /t/a', 'changed /t/a', 'deleted /t/a', 'changed /t'])
  })

  it('leave nothing at the server once they were closed, aborted or heard', async () => {
    const { server, client, other } = await setup()
    for (const path of ['/a', '/b', '/c']) await client.create(path)
    const controller = new AbortController()
    const aborted = rejection(client.nextEvent('/a', 'data', { signal: controller.signal }))
    const heard = client.nextEvent('/a', 'children')
    const watches = await Promise.all([client.watch('/b'), client.watch('/c', { recursive: true })])
    await until('the watches', async () => (await server.watchCount()) >= 4)
    controller.abort(new Error('done'))
    await aborted
    await other.create('/a/b')
    await heard
    await Promise.all(watches.map((w) => w.close()))
    await until('no watch to be left', async () => (await server.watchCount()) === 0)
  })

  it('are removed on request; those who wait are told', async () => {
    const { client } = await setup()
    await client.create('/a')
    const event = client.nextEvent('/a', 'data')
    await until('the watch', () => client.checkWatches('/a', 'data'))
    await client.removeWatches('/a', 'data')
    expect((await event).type).toBe('lost')
    const watch = await client.watch('/a')
    await client.removeWatches('/a', 'any')
    expect((await watch.next()).value).toEqual({ type: 'lost', path: '/a', zxid: null })
    expect((await watch.next()).done).toBe(true)
    expect(await code(client.removeWatches('/a', 'any'))).toBe('NO_WATCHER')
    expect(await client.checkWatches('/a', 'any')).toBe(false)
  })
})

describe('subtrees', () => {
  it('are made and deleted, also twice and by several at once', async () => {
    const { client, other } = await setup()
    await Promise.all([client.ensurePath('/x/y/z'), other.ensurePath('/x/y/z'), client.ensurePath('/x/y/w', { mode: 'container' })])
    await client.ensurePath('/x/y/z')
    expect((await client.getChildren('/x/y')).children.sort()).toEqual(['w', 'z'])
    await Promise.all(Array.from({ length: 300 }, (_, i) => client.create(`/x/y/z/${i}`)))
    await Promise.all([client.deleteRecursive('/x'), other.deleteRecursive('/x')])
    expect(await client.exists('/x')).toBeNull()
    await client.deleteRecursive('/x')
    await client.ensurePath('/')
  })

  it('that others fill while they are deleted are deleted in the end', async () => {
    const { client, other } = await setup()
    await client.ensurePath('/x/y')
    let filling = true
    const filler = (async () => {
      for (let i = 0; filling && i < 10; i++) await other.create(`/x/y/${i}`).catch(() => undefined)
    })()
    await client.deleteRecursive('/x')
    filling = false
    await filler
    expect(await client.exists('/x')).toBeNull()
  })
})

describe('a chroot', () => {
  it('is put before every path and taken off every answer', async () => {
    const { client, other } = await setup('/app/one')
    expect(client.chroot).toBe('/app/one')
    expect((await client.create('/a', 'x')).path).toBe('/a')
    expect((await other.getData('/app/one/a')).data?.toString()).toBe('x')
    expect((await client.create('/s-', null, { mode: 'ephemeral-sequential' })).path).toBe('/s-0000000001')
    expect((await client.create('/', null, { mode: 'persistent-sequential' })).path).toBe('/0000000002')
    expect((await client.getChildren('/')).children.sort()).toEqual(['0000000002', 'a', 's-0000000001'])
    expect(await client.getEphemerals()).toEqual(['/s-0000000001'])
    const results = await client.multi([
      { type: 'create', path: '/m' },
      { type: 'check', path: '/' },
    ])
    expect(results.map((r) => r.path)).toEqual(['/m', '/'])
    const failed = await rejection(client.multi([{ type: 'delete', path: '/none' }]))
    expect(ZoariumError.is(failed) && failed.path).toBe('/none')
    const missing = await rejection(client.getData('/none'))
    expect(ZoariumError.is(missing) && [missing.path, missing.message.includes('/app')]).toEqual(['/none', false])
    const event = client.nextEvent('/a', 'data')
    await until('the watch', () => client.checkWatches('/a', 'data'))
    await other.setData('/app/one/a', 'y')
    expect((await event).path).toBe('/a')
    await client.deleteRecursive('/')
    expect(await other.exists('/app/one')).toBeNull()
  })

  it('does not see ephemeral znodes beside it', async () => {
    const { server, other } = await setup('/app')
    await other.create('/app-2')
    const all = await fixture.client(server.connectString)
    expect(await all.getEphemerals()).toEqual([])
    const client = await fixture.client(`${server.connectString}/app`)
    await client.create('/e', null, { mode: 'ephemeral' })
    expect(await client.getEphemerals('/')).toEqual(['/e'])
  })

  it('is made by ensurePath', async () => {
    const server = await serverUnderTest(fixture)
    const client = await fixture.client(`${server.connectString}/deep/root`)
    await client.ensurePath('/a')
    expect((await client.getChildren('/')).children).toEqual(['a'])
  })

  it('gives what the whole path gives without one', async () => {
    const { client, other } = await setup('/app')
    const name = fc.stringMatching(/^[a-z]{1,3}$/)
    const step = fc.record({
      op: fc.constantFrom('create', 'set', 'get', 'children', 'delete', 'exists'),
      parts: fc.array(name, { minLength: 1, maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await client.deleteRecursive('/T')
        await other.deleteRecursive('/U')
        await Promise.all([client.create('/T'), other.create('/U')])
        for (const { op, parts } of steps) {
          const [inside, outside] = await Promise.all([
            run(client, op, ['', 'T', ...parts].join('/')),
            run(other, op, ['', 'U', ...parts].join('/')),
          ])
          expect(inside.replace('/T/', '/U/')).toBe(outside)
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** One operation's outcome as text. */
async function run(client: Client, op: string, path: string): Promise<string> {
  try {
    if (op === 'create') return (await client.create(path, 'd')).path
    if (op === 'set') return String((await client.setData(path, 's')).version)
    if (op === 'get') return String((await client.getData(path)).data)
    if (op === 'children') return (await client.getChildren(path)).children.sort().join()
    if (op === 'exists') return String((await client.exists(path))?.numChildren)
    await client.delete(path)
    return 'deleted'
  } catch (error) {
    if (!ZoariumError.is(error)) throw error
    return `${error.code} ${error.path}`
  }
}

async function take(watch: PersistentWatch, count: number): Promise<string[]> {
  const out: string[] = []
  for await (const event of watch) {
    out.push('path' in event ? `${event.type} ${event.path}` : event.type)
    if (out.length === count) break
  }
  return out
}
