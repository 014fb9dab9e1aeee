import { describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { Barrier } from '../../../recipes/barrier/barrier.ts'
import { type BarrierPass, DoubleBarrier } from '../../../recipes/barrier/double-barrier.ts'
import { code, Fixture, rejection, until } from '../../client/support.ts'
import { CUTS, Stage } from './stage.ts'

const fixture = new Fixture()

describe('a barrier', () => {
  it('lets through when it is open, and holds back until then', async () => {
    const { client, eye, server } = await Stage.open(fixture)
    const gate = new Barrier(client, '/deep/gate')
    await gate.wait()
    await gate.set()
    await gate.set()
    expect(await gate.isSet()).toBe(true)
    let passed = false
    const waiting = gate.wait().then(() => (passed = true))
    await until('it watches', async () => (await server.watchCount()) === 1)
    await client.sync('/')
    expect(passed).toBe(false)
    await new Barrier(eye, '/deep/gate').remove()
    await waiting
    await gate.remove()
    await until('no watch', async () => (await server.watchCount()) === 0)
  })

  it('G-12: notices that it was opened while the client was away, also if it was closed again, and in a new session', async () => {
    const stage = await Stage.open(fixture)
    const { client, eye, server } = stage
    const [near, far] = [new Barrier(client, '/gate'), new Barrier(eye, '/gate')]
    await far.set()
    let waiting = near.wait()
    await until('it watches', async () => (await server.watchCount()) === 1)
    // What it asked before this is answered: it knows the gate that stands.
    await client.sync('/gate')
    await stage.whileAway(async () => {
      await far.remove()
      await far.set()
    })
    await waiting
    waiting = near.wait()
    await until('it watches', async () => (await server.watchCount()) === 1)
    await client.sync('/gate')
    await stage.newSession(() => far.remove())
    await waiting
  })

  it('gives up at its deadline and with its signal, and leaves no watch', async () => {
    const stage = await Stage.open(fixture)
    const gate = new Barrier(stage.client, '/gate')
    await gate.set()
    expect(await code(gate.wait({ timeoutMs: 20 }))).toBe('ERR_TIMEOUT')
    expect(await rejection(gate.wait({ signal: AbortSignal.abort(new Error('enough')) }))).toMatchObject({ message: 'enough' })
    await stage.noWatches()
  })

  for (const fault of CUTS) {
    it(`opens and closes whichever message the fault ${fault} strikes`, { timeout: 60_000 }, async () => {
      const { client, eye, server } = await Stage.open(fixture)
      const gate = new Barrier(client, '/gate')
      for (let nth = 1; ; nth++) {
        const injection = server.network.inject(fault, { nth })
        await gate.set()
        expect(await new Barrier(eye, '/gate').isSet()).toBe(true)
        const waiting = gate.wait()
        await gate.remove()
        await waiting
        const struck = injection.happened
        injection.cancel()
        if (!struck) break
        expect(nth).toBeLessThan(30)
      }
    })
  }
})

describe('a double barrier', () => {
  const PATH = '/barriers/round'

  function barriers(clients: readonly Client[], members: number): DoubleBarrier[] {
    return clients.map((client, i) => {
      const barrier = new DoubleBarrier(client, PATH, { members, name: `member ${i}` })
      fixture.cleanup(() => barrier.close())
      return barrier
    })
  }

  it('B-07: lets all through together, holds all back until all have left, again and again', async () => {
    const stage = await Stage.open(fixture)
    const all = barriers([stage.client, stage.eye, await stage.another()], 3)
    for (let round = 0; round < 3; round++) {
      const entered: number[] = []
      const entering = all.slice(0, 2).map((barrier, i) => barrier.enter().finally(() => entered.push(i)))
      await until('two wait', async () => (await all[2]?.view())?.waiting.length === 2)
      expect(await all[0]?.view()).toEqual({ generation: round, waiting: expect.arrayContaining(['member 0', 'member 1']), missing: 1 })
      expect(entered).toEqual([])
      const passes = await Promise.all([...entering, (all[2] as DoubleBarrier).enter()])
      expect(passes.map(({ generation }) => generation)).toEqual([round, round, round])
      const left: number[] = []
      const leaving = passes.slice(0, 2).map((pass, i) => pass.leave().finally(() => left.push(i)))
      await until('one is left', async () => (await stage.names(`${PATH}/${round}`)).length === 1)
      expect(left).toEqual([])
      await Promise.all([...leaving, passes[2]?.leave()])
      await until('forgotten', async () => !(await stage.names(PATH)).includes(`${round}-ready`))
    }
    await stage.noWatches()
  })

  it('B-05: who comes too many waits for the next generation', async () => {
    const stage = await Stage.open(fixture)
    const all = barriers([stage.client, stage.eye, await stage.another(), await stage.another()], 2)
    const entered: BarrierPass[] = []
    const entering = all.map((barrier) => barrier.enter().then((pass) => void entered.push(pass)))
    await Promise.all(entering)
    expect(entered.map(({ generation }) => generation).sort()).toEqual([0, 0, 1, 1])
    await Promise.all(entered.map((pass) => pass.leave()))
    await stage.noWatches()
  })

  it('B-06: who comes wakes nobody who leaves, and who leaves wakes nobody who comes', async () => {
    const stage = await Stage.open(fixture)
    const all = barriers([stage.client, stage.eye, await stage.another(), await stage.another()], 2)
    const [a, b, c, d] = all as [DoubleBarrier, DoubleBarrier, DoubleBarrier, DoubleBarrier]
    const [passA, passB] = await Promise.all([a.enter(), b.enter()])
    const happened: string[] = []
    const leaving = passA.leave().then(() => void happened.push('a left'))
    const entering = c.enter()
    void entering.then(() => void happened.push('c is in'))
    await until('c waits', async () => (await d.view()).waiting.includes('member 2'))
    await stage.client.sync('/')
    expect(happened).toEqual([])
    await Promise.all([passB.leave(), leaving])
    await stage.eye.sync('/')
    expect(happened).toEqual(['a left'])
    const passes = await Promise.all([entering, d.enter()])
    await Promise.all(passes.map((pass) => pass.leave()))
    await stage.noWatches()
  })

  it('B-01, B-01b: a member that is slow to wake passes, though others have begun to leave', async () => {
    const stage = await Stage.open(fixture)
    const [slow, quick, last] = barriers([stage.client, stage.eye, await stage.fixture.client(stage.server.direct)], 3) as [
      DoubleBarrier,
      DoubleBarrier,
      DoubleBarrier,
    ]
    const entering = slow.enter()
    await until('one waits', async () => (await quick.view()).waiting.length === 1)
    let passes: BarrierPass[] = []
    let leaving: Promise<unknown> = Promise.resolve()
    await stage.whileAway(async () => {
      passes = await Promise.all([quick.enter(), last.enter()])
      leaving = Promise.all(passes.map((pass) => pass.leave()))
      await until('two have left', async () => (await stage.names(`${PATH}/0`)).length === 1)
    })
    const pass = await entering
    expect(pass.generation).toBe(0)
    await Promise.all([leaving, pass.leave()])
  })

  it('B-02, B-04: who gives up at its deadline does not count, and a late comer does not pass alone', async () => {
    const stage = await Stage.open(fixture)
    const [a, b] = barriers([stage.client, stage.eye], 2) as [DoubleBarrier, DoubleBarrier]
    expect(await code(a.enter({ timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    const controller = new AbortController()
    const given = rejection(a.enter({ signal: controller.signal }))
    await until('it waits', async () => (await b.view()).waiting.length === 1)
    controller.abort(new Error('enough'))
    expect(await given).toMatchObject({ message: 'enough' })
    await stage.noneBelow(`${PATH}/0`)
    expect(await code(b.enter({ timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    const passes = await Promise.all([a.enter(), b.enter()])
    expect(await code((passes[0] as BarrierPass).leave({ timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    await Promise.all(passes.map((pass) => pass.leave()))
    await stage.noWatches()
  })

  it('B-03: a member whose session ends while it waits comes again, and counts once', async () => {
    const stage = await Stage.open(fixture)
    const [a, b] = barriers([stage.client, stage.eye], 2) as [DoubleBarrier, DoubleBarrier]
    const entering = a.enter()
    await until('it waits', async () => (await b.view()).waiting.length === 1)
    await stage.newSession()
    await until('it waits again', async () => (await stage.names(`${PATH}/0`)).length === 1)
    const passes = await Promise.all([entering, b.enter()])
    await Promise.all(passes.map((pass) => pass.leave()))
  })

  it('B-09: a member whose session ends has left', async () => {
    const stage = await Stage.open(fixture)
    const [a, b] = barriers([stage.client, stage.eye], 2) as [DoubleBarrier, DoubleBarrier]
    const [, pass] = await Promise.all([a.enter(), b.enter()])
    const leaving = pass.leave()
    await stage.newSession()
    await leaving
  })

  it('close gives up, leaves, and takes everything back', async () => {
    const stage = await Stage.open(fixture)
    const [a, b] = barriers([stage.client, stage.eye], 2) as [DoubleBarrier, DoubleBarrier]
    const entering = code(a.enter())
    await until('it waits', async () => (await b.view()).waiting.length === 1)
    await a.close()
    expect(await entering).toBe('ERR_CLOSED')
    expect(await code(a.enter())).toBe('ERR_CLOSED')
    await stage.noneBelow(`${PATH}/0`)
    await stage.noWatches()
    expect(() => new DoubleBarrier(stage.client, PATH, { members: 0 })).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }))
  })

  for (const fault of CUTS) {
    it(`B-08: passes and leaves whichever message of one member the fault ${fault} strikes`, { timeout: 120_000 }, async () => {
      const stage = await Stage.open(fixture)
      const [a, b] = barriers([stage.client, stage.eye], 2) as [DoubleBarrier, DoubleBarrier]
      for (let nth = 1; ; nth++) {
        const injection = stage.server.network.inject(fault, { nth })
        const first = nth % 2 === 0 ? a : b
        const entering = first.enter()
        await until('one waits', async () => (await b.view()).waiting.length === 1)
        const passes = await Promise.all([entering, (first === a ? b : a).enter()])
        expect(passes[0].generation).toBe(passes[1].generation)
        await Promise.all(passes.map((pass) => pass.leave()))
        await stage.noneBelow(`${PATH}/${passes[0].generation}`)
        const struck = injection.happened
        injection.cancel()
        if (!struck) break
        expect(nth).toBeLessThan(40)
      }
      await stage.noWatches()
    })
  }
})
