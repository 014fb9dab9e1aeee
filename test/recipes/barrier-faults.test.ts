import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../core/index.ts'
import type { FaultyNetwork } from '../../core/testing/index.ts'
import { Barrier } from '../../recipes/barrier/barrier.ts'
import { type BarrierPass, DoubleBarrier } from '../../recipes/barrier/double-barrier.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('barrier')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await world[Symbol.asyncDispose]()
})

describe('a barrier', () => {
  it('V-02: lets nobody through whose server has not heard yet that it was closed', async () => {
    const client = await world.client()
    const barrier = new Barrier(client, path)
    await new Barrier(await world.client(), path).set()
    // Such a server knows no znode, until it is told to catch up.
    const [exists, sync] = [client.exists.bind(client), client.sync.bind(client)]
    let lags = true
    vi.spyOn(client, 'sync').mockImplementation((...args) => {
      lags = false
      return sync(...args)
    })
    vi.spyOn(client, 'exists').mockImplementation(async (...args) => (lags ? null : exists(...args)))
    expect(await barrier.isSet()).toBe(true)
    lags = true
    expect(await codeOf(barrier.wait({ timeoutMs: 100 }))).toBe('ERR_TIMEOUT')
  })

  it('G-24: is closed and opened below a chroot that nobody has made', async () => {
    await using rooted = await connect(`${world.host}:${world.port}${path}`)
    const barrier = new Barrier(rooted, '/gate')
    await barrier.set()
    expect(await barrier.isSet()).toBe(true)
    await barrier.remove()
    await barrier.wait({ timeoutMs: 5_000 })
  })

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
    const { entering, pass, network, counted } = await countedUnheard()
    network.cut()
    const passed = await entering
    expect(passed.generation).toBe(pass.generation)
    expect(passed.path).toBe(counted)
    await Promise.all([passed.leave(), pass.leave()])
    await world.clean(`${path}/0`)
  })

  it('B-03: rejects when the others have left, too, before it is heard that the znode was made', async () => {
    const { entering, pass, network, b } = await countedUnheard()
    await pass.leave()
    network.cut()
    await expect(entering).rejects.toMatchObject({ code: 'ERR_LOST' })
    expect((await b.view()).waiting).toEqual([])
    await world.clean(`${path}/0`)
  })

  for (const nth of [2, 3]) {
    for (const leaves of [false, true]) {
      const title = leaves ? 'have left, and its znode is gone' : 'have passed with it'
      it(`B-01b: decides by what is so when the connection breaks in the midst of a look (read ${nth}) and the others ${title}`, async () => {
        const { client, network } = await world.networked()
        const operator = await world.client()
        const folder = `${path}/0`
        await operator.ensurePath(folder)
        const broken = network.inject('cutBeforeReply', { operation: 'getData', nth })
        const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter({ timeoutMs: 10_000 })
        entering.catch(() => {})
        await broken.begun
        network.refuse()
        const pass = await new DoubleBarrier(operator, path, { members: 2, name: 'b' }).enter()
        if (leaves) {
          const { children } = await operator.getChildren(folder)
          for (const name of children) if (!pass.path.endsWith(name)) await operator.delete(`${folder}/${name}`)
          await pass.leave()
        }
        network.accept()
        if (leaves) expect(await codeOf(entering)).toBe('ERR_LOST')
        else {
          expect((await entering).generation).toBe(pass.generation)
          await Promise.all([(await entering).leave(), pass.leave()])
        }
        await world.clean(folder)
      })
    }
  }

  it('B-04: passes when time is up before its create is answered, but others have passed because of it', async () => {
    const { entering, pass, network } = await countedUnheard({ timeoutMs: 1_500, remove: false })
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    network.release()
    const passed = await entering
    expect(passed.generation).toBe(pass.generation)
    await Promise.all([passed.leave(), pass.leave()])
    await world.clean(`${path}/0`)
  })

  it('B-04: withdraws when time is up before its create is answered, and nobody has passed', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    await operator.ensurePath(`${path}/0`)
    const held = network.inject('holdReply', { operation: 'create2' })
    const entering = codeOf(new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter({ timeoutMs: 1_500 }))
    await held.begun
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    network.release()
    expect(await entering).toBe('ERR_TIMEOUT')
    await world.clean(`${path}/0`)
  })

  it('B-04: an abort is not kept waiting when time is up before the create is answered', async () => {
    const { client, network } = await world.networked()
    const operator = await world.client()
    await operator.ensurePath(`${path}/0`)
    const held = network.inject('holdReply', { operation: 'create2' })
    const stop = new AbortController()
    const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter({ timeoutMs: 1_500, signal: stop.signal })
    entering.catch(() => {})
    await held.begun
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    stop.abort('enough')
    await expect(entering).rejects.toBe('enough')
    network.release()
    await world.clean(`${path}/0`)
  })

  it('B-04: says that nobody can tell when time is up while it is cut off from the servers until its session ends', async () => {
    const { client, proxy } = await world.proxied({ sessionTimeoutMs: 4_000 })
    const b = new DoubleBarrier(await world.client(), path, { members: 2, name: 'b' })
    const entering = codeOf(new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter({ timeoutMs: 2_000 }))
    await until(async () => (await b.view()).waiting.length === 1, 'a waits')
    proxy.pause()
    const pass = await b.enter()
    expect(await entering).toBe('ERR_LOST')
    proxy.resume()
    await pass.leave()
    await world.clean(`${path}/0`)
  })

  it('B-05: who is one too many comes again, also when it made the folder and the others have passed and left before it looks', async () => {
    const { client, proxy } = await world.proxied()
    const operator = await world.client()
    const create = client.create.bind(client)
    const others: string[] = []
    let creates = 0
    vi.spyOn(client, 'create').mockImplementation(async (node, data, options) => {
      // The first one found no folder.
      if (node.startsWith(`${path}/0/`) && ++creates === 2) {
        for (const id of ['0', '1']) {
          const made = await operator.create(`${path}/0/${id.repeat(24)}-member-`, id, { mode: 'ephemeral-sequential' })
          others.push(made.path)
        }
      }
      return create(node, data, options)
    })
    const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter()
    await until(() => client.stats().watches.oneShotServerWatches > 2, 'a waits for others to leave')
    proxy.pause()
    await operator.multi([
      { type: 'create', path: `${path}/0-ready`, data: others.map((one) => one.slice(one.lastIndexOf('/') + 1)).join('\n') },
      { type: 'setData', path, data: '1' },
    ])
    for (const one of [...others, `${path}/0-ready`]) await operator.delete(one)
    proxy.resume()
    const passes = await Promise.all([entering, new DoubleBarrier(operator, path, { members: 2, name: 'b' }).enter()])
    expect(passes.map(({ generation }) => generation)).toEqual([1, 1])
    await Promise.all(passes.map((pass) => pass.leave()))
    await world.clean(`${path}/1`)
  })

  it('leaves nothing behind but the generation when all who passed are closed, or give up leaving', async () => {
    const barriers = [await world.client(), await world.client()].map((client) => new DoubleBarrier(client, path, { members: 2 }))
    const passes = await Promise.all(barriers.map((barrier) => barrier.enter()))
    for (const pass of passes) await expect(pass.leave({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    await until(async () => !(await world.children(path)).includes('0-ready'), 'it is forgotten who passed')
    await Promise.all(barriers.map((barrier) => barrier.enter()))
    await Promise.all(barriers.map((barrier) => barrier.close()))
    expect((await world.children(path)).sort()).toEqual(['0', '1'])
    await world.clean(`${path}/1`)
  })

  it('B-02: leaving has one deadline, also while it is forgotten who passed', async () => {
    const { client, network } = await world.networked()
    const pass = await new DoubleBarrier(client, path, { members: 1 }).enter()
    const held = network.inject('holdReply', { operation: 'delete', nth: 2 })
    const leaving = codeOf(pass.leave({ timeoutMs: 300 }))
    await held.begun
    expect(await leaving).toBe('ERR_TIMEOUT')
    network.release()
    await world.clean(`${path}/0`)
  })
})

interface CountedUnheard {
  readonly entering: Promise<BarrierPass>
  readonly network: FaultyNetwork
  readonly b: DoubleBarrier
  readonly pass: BarrierPass
  /** The path of the znode that is gone. */
  readonly counted: string
}

/** One member's create is never answered, but counts: the other has passed with it. Then somebody deletes its znode, unless told otherwise. */
async function countedUnheard({ timeoutMs = 60_000, remove = true } = {}): Promise<CountedUnheard> {
  const { client, network } = await world.networked()
  const operator = await world.client()
  const folder = `${path}/0`
  await operator.ensurePath(folder)
  const lost = network.inject('holdReply', { operation: 'create2' })
  const entering = new DoubleBarrier(client, path, { members: 2, name: 'a' }).enter({ timeoutMs })
  await lost.begun
  const b = new DoubleBarrier(operator, path, { members: 2, name: 'b' })
  const pass = await b.enter()
  const { children } = await operator.getChildren(folder)
  const counted = children.map((name) => `${folder}/${name}`).find((one) => one !== pass.path) ?? ''
  if (remove) await operator.delete(counted)
  return { entering, network, b, pass, counted }
}
