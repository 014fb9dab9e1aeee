import { describe, expect, it } from 'vitest'
import type { Client, PersistentWatch, WatchEvent } from '../../../core/index.ts'
import { Fixture, reaches, until } from '../support.ts'
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts'

const fixture = new Fixture()

/** `eye` comes by a network of its own way: it goes on while `client` is cut off. */
async function started(): Promise<{ server: ServerUnderTest; client: Client; eye: Client }> {
  const server = await serverUnderTest(fixture)
  const eye = await fixture.client(server.direct)
  return { server, client: await fixture.client(server.connectString, { backoff: () => 1 }), eye }
}

/** Has `work` done while the client cannot reach the server; resolves when it is attached again. */
async function whileAway({ server, client }: { server: ServerUnderTest; client: Client }, work: () => Promise<void>): Promise<void> {
  const suspended = reaches(client, 'suspended')
  server.network.refuse()
  await suspended
  await work()
  const connected = reaches(client, 'connected')
  server.network.accept()
  await connected
}

describe('one-shot watches', () => {
  it('tell what happened while the client was away, each its own kind', async () => {
    const world = await started()
    const { client, eye } = world
    for (const path of ['/changed', '/deleted', '/parent', '/same']) await client.create(path)
    const heard: string[] = []
    const hear = (event: WatchEvent): void => void heard.push(`${event.type} ${event.path}`)
    await client.getData('/changed', { watch: hear })
    await client.exists('/deleted', { watch: hear })
    await client.getChildren('/parent', { watch: hear })
    await client.exists('/born', { watch: hear })
    await client.getData('/same', { watch: hear })
    await whileAway(world, async () => {
      await eye.setData('/changed', 'x')
      await eye.delete('/deleted')
      await eye.create('/parent/child')
      await eye.create('/born')
    })
    await client.sync('/')
    expect(heard.sort()).toEqual(['changed /changed', 'children /parent', 'created /born', 'deleted /deleted'])
    // What did not fire is armed again.
    await eye.setData('/same', 'x')
    await until('the last one', () => heard.includes('changed /same'))
  })

  it('fire once, however often the znode changes', async () => {
    const { client, eye } = await started()
    await client.create('/a')
    const heard: string[] = []
    await client.getData('/a', { watch: ({ type }) => heard.push(type) })
    for (let i = 0; i < 3; i++) await eye.setData('/a', String(i))
    await client.sync('/')
    await client.exists('/a')
    expect(heard).toEqual(['changed'])
  })

  it('in their thousands are armed again after a reconnect', async () => {
    const world = await started()
    const { client, eye } = world
    const paths = Array.from({ length: 2_000 }, (_, i) => `/${'x'.repeat(100)}${i}`)
    let heard = 0
    await Promise.all(paths.map((path) => client.exists(path, { watch: () => heard++ })))
    await whileAway(world, async () => {
      await eye.create(paths[1_999] ?? '')
    })
    await eye.create(paths[0] ?? '')
    await until('both', () => heard === 2)
    expect(client.stats().watches.oneShotServerWatches).toBe(1_998)
  })
})

describe('persistent watches', () => {
  it('hear everything, and mark every reconnect', async () => {
    const world = await started()
    const { client, eye } = world
    await using watch = await client.watch('/t', { recursive: true })
    await eye.create('/t')
    await eye.create('/t/a')
    expect(await take(watch, 2)).toEqual(['created /t', 'created /t/a'])
    await whileAway(world, async () => {
      await eye.setData('/t/a', 'x')
      await eye.delete('/t/a')
    })
    // A server that replays tells everything that was missed; one that does not leaves a gap. Nothing in between.
    const first = await take(watch, 1)
    if (first[0] !== 'gap') expect([...first, ...(await take(watch, 2))]).toEqual(['changed /t/a', 'deleted /t/a', 'resumed'])
    await eye.create('/t/b')
    expect(await take(watch, 1)).toEqual(['created /t/b'])
  })

  it('are shared by all who watch the same, and survive an expired session', async () => {
    const { server, client, eye } = await started()
    await using first = await client.watch('/a')
    await using second = await client.watch('/a')
    await eye.create('/a')
    expect([await take(first, 1), await take(second, 1)]).toEqual([['created /a'], ['created /a']])
    const { session } = client
    await server.expire(client)
    server.network.cut()
    await until('a new session', () => client.session !== session && client.status.type === 'connected')
    expect((await take(first, 1))[0]).toMatch(/^(gap|resumed)$/)
    await eye.setData('/a', 'x')
    expect(await take(first, 1)).toEqual(['changed /a'])
    expect((await take(second, 2)).at(-1)).toBe('changed /a')
    await first.close()
    await eye.setData('/a', 'y')
    expect(await take(second, 1)).toEqual(['changed /a'])
  })
})

async function take(watch: PersistentWatch, count: number): Promise<string[]> {
  const out: string[] = []
  while (out.length < count) {
    const { value, done } = await watch.next()
    if (done === true) throw new Error(`ended after ${out.join()}`)
    out.push('path' in value ? `${value.type} ${value.path}` : value.type)
  }
  return out
}
