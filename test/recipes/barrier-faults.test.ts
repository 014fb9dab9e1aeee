import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../core/index.ts'
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

  it('B-03: passes when its create was counted, although the reply was lost and the znode went before anybody looked for it', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    const b = new DoubleBarrier(operator, path, { members: 2, name: 'b' })
    await operator.ensurePath(`${path}/0`)
    const lost = network.inject('holdReply', { operation: 'create2' })
    const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter()
    await lost.begun
    const pass = await b.enter()
    await deleteBeside(operator, pass.path)
    network.cut()
    const passed = await entering
    expect(passed.generation).toBe(pass.generation)
    await Promise.all([passed.leave(), pass.leave()])
    await world.clean(`${path}/0`)
  })

  it('B-03: rejects when the others have left, too, before it is heard that the znode was made', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    const b = new DoubleBarrier(operator, path, { members: 2, name: 'b' })
    await operator.ensurePath(`${path}/0`)
    const lost = network.inject('holdReply', { operation: 'create2' })
    const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter()
    await lost.begun
    const pass = await b.enter()
    await deleteBeside(operator, pass.path)
    await pass.leave()
    network.cut()
    await expect(entering).rejects.toMatchObject({ code: 'ERR_LOST' })
    expect((await b.view()).waiting).toEqual([])
    await world.clean(`${path}/0`)
  })
})

/** Deletes what is in the folder beside this one. */
async function deleteBeside(client: Client, path: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/'))
  const { children } = await client.getChildren(folder)
  for (const name of children) if (`${folder}/${name}` !== path) await client.delete(`${folder}/${name}`)
}
