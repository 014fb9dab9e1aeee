import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Barrier } from '../../recipes/barrier/barrier.ts'
import { DoubleBarrier } from '../../recipes/barrier/double-barrier.ts'
import { freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('barrier')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe('a barrier', () => {
  it('gives up setting and removing with the signal, also without a connection', async () => {
    const { client, proxy } = await world.proxied()
    const barrier = new Barrier(client, path)
    proxy.refuse()
    await until(() => client.status.type === 'suspended', 'the connection is gone')
    for (const call of ['set', 'remove'] as const) {
      const stop = new AbortController()
      const calling = barrier[call]({ signal: stop.signal })
      stop.abort('enough')
      await expect(calling).rejects.toBe('enough')
    }
    proxy.accept()
    await barrier.set()
    await barrier.remove()
    expect(await barrier.isSet()).toBe(false)
  })
})

describe('a double barrier', () => {
  it('G-29: is refused where so many members could never pass in one transaction', async () => {
    const client = await world.client()
    expect(() => new DoubleBarrier(client, path, { members: 4_000 })).not.toThrow()
    expect(() => new DoubleBarrier(client, path, { members: 10_000 })).toThrow(/members: at most \d+/)
    expect(() => new DoubleBarrier(client, `/${'x'.repeat(1_000)}`, { members: 2_000 })).toThrow(/members: at most \d+/)
  })
  it('B-03: rejects when nobody can tell any more whether it has passed: its znode is gone, and the others have passed and left', async () => {
    const { client, proxy } = await world.proxied()
    const operator = await world.client()
    const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter()
    const b = new DoubleBarrier(operator, path, { members: 2, name: 'b' })
    await until(async () => (await b.view()).waiting.length === 1, 'a waits')
    const [a] = await operator.getChildren(`${path}/0`).then(({ children }) => children)
    proxy.pause()
    const pass = await b.enter()
    await operator.delete(`${path}/0/${a}`)
    await pass.leave()
    proxy.resume()
    await expect(entering).rejects.toMatchObject({ code: 'ERR_LOST', path: `${path}/0/${a}` })
    expect((await b.view()).waiting).toEqual([])
    await world.clean(`${path}/0`)
  })
})
