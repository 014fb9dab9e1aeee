// Persistent watches over a connection that breaks, on this package's server: what was missed comes before `resumed`, once and in order.

import { describe, expect, it } from 'vitest'
import type { Client, PersistentWatch } from '../../core/index.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { realServer } from './real-server.ts'
import { Fixture, reaches } from './support.ts'

const fixture = new Fixture()

/** A client behind a proxy that can cut, and another that writes meanwhile. */
async function scene(watchHistoryEntries = 1000): Promise<{ proxy: FaultProxy; client: Client; writer: Client }> {
  const server = await realServer(fixture, { watchHistoryEntries })
  const proxy = await FaultProxy.start({ host: '127.0.0.1', port: server.port })
  fixture.cleanup(() => proxy[Symbol.asyncDispose]())
  const writer = await fixture.client(server.connectString)
  await writer.create('/a', 'first')
  return { proxy, writer, client: await fixture.client(proxy.address) }
}

async function away(proxy: FaultProxy, client: Client, work: () => Promise<void>): Promise<void> {
  const suspended = reaches(client, 'suspended')
  proxy.refuse()
  await suspended
  await work()
  const connected = reaches(client, 'connected')
  proxy.accept()
  await connected
  // Answered after the watches are registered again.
  await client.sync('/')
}

async function take(watch: PersistentWatch, count: number): Promise<string[]> {
  const out: string[] = []
  while (out.length < count) {
    const { value, done } = await watch.next()
    if (done === true) throw new Error(`ended after ${out.join()}`)
    out.push('path' in value ? `${value.type} ${value.path}` : value.type)
  }
  return out
}

describe('a persistent watch whose connection breaks', () => {
  it('hears of a znode that was deleted and made again meanwhile, then resumed', async () => {
    const { proxy, client, writer } = await scene()
    const exact = await client.watch('/a')
    const recursive = await client.watch('/', { recursive: true })
    await writer.setData('/a', 'second')
    await away(proxy, client, async () => {
      await writer.delete('/a')
      await writer.create('/a', 'third')
      await writer.create('/b')
    })
    await writer.setData('/a', 'fourth')
    expect(await take(exact, 5)).toEqual(['changed /a', 'deleted /a', 'created /a', 'resumed', 'changed /a'])
    expect(await take(recursive, 6)).toEqual(['changed /a', 'deleted /a', 'created /a', 'created /b', 'resumed', 'changed /a'])
  })

  it('misses nothing and repeats nothing over many breaks under load', async () => {
    const { proxy, client, writer } = await scene(100_000)
    const watch = await client.watch('/a', { recursive: true, maxBufferedEvents: 100_000 })
    let written = 0
    const load = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await writer.transaction().setData('/a', String(written)).create(`/a/${written}`).setData('/a', `${written}!`).commit()
        written += 1
      }
    }
    for (let i = 0; i < 10; i++) {
      const connected = reaches(client, 'suspended').then(() => reaches(client, 'connected'))
      await load(10)
      proxy.cut()
      await Promise.all([load(100), connected])
    }
    await writer.create('/a/end')
    const seen: string[] = []
    for (let event = ''; event !== 'created /a/end'; ) {
      event = (await take(watch, 1))[0] ?? ''
      if (event !== 'resumed') seen.push(event)
    }
    const expected = Array.from({ length: written }, (_, i) => ['changed /a', `created /a/${i}`, 'changed /a']).flat()
    expect(seen).toEqual([...expected, 'created /a/end'])
  })

  it('is told of a gap when more happened than the server keeps', async () => {
    const { proxy, client, writer } = await scene(3)
    const watch = await client.watch('/a')
    await away(proxy, client, async () => {
      for (let i = 0; i < 10; i++) await writer.setData('/a', String(i))
    })
    await writer.delete('/a')
    expect(await take(watch, 2)).toEqual(['gap', 'deleted /a'])
  })
})
