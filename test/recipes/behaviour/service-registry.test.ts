import { describe, expect, it } from 'vitest'
import { type ServiceDirectory, ServiceRegistry } from '../../../recipes/registry/service-registry.ts'
import { code, Fixture, until } from '../../client/support.ts'
import { CUTS, Stage } from './stage.ts'

const fixture = new Fixture()
const PATH = '/services'

function picks(directory: ServiceDirectory, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => directory.pick()?.id)
}

describe('a service registry', () => {
  it('shows what is registered, with address and payload, and follows it', async () => {
    const stage = await Stage.open(fixture)
    const [here, there] = [new ServiceRegistry(stage.client, PATH), new ServiceRegistry(stage.eye, PATH)]
    const directory = await there.discover('mail')
    expect([directory.instances(), directory.pick()]).toEqual([[], null])
    const one = await here.register({ service: 'mail', id: 'one', address: '10.0.0.1', port: 25, payload: { zone: 'a' } })
    await until('seen', () => directory.instances().length === 1)
    expect(directory.instances()[0]).toEqual(one.instance)
    expect(one.instance).toMatchObject({ service: 'mail', id: 'one', address: '10.0.0.1', port: 25, payload: { zone: 'a' } })
    await one.setPayload({ zone: 'b' })
    await until('changed', () => JSON.stringify(directory.pick()?.payload) === '{"zone":"b"}')
    expect(await there.services()).toEqual(['mail'])
    await one.close()
    await until('gone', () => directory.instances().length === 0)
    await there.close()
    await here.close()
    expect(await code(here.register({ service: 'mail', address: 'x' }))).toBe('ERR_CLOSED')
    await stage.noWatches()
  })

  it('picks in turn, at random, or the same one, and passes over who failed', async () => {
    const stage = await Stage.open(fixture)
    await using registry = new ServiceRegistry(stage.client, PATH)
    for (const id of ['a', 'b', 'c']) await registry.register({ service: 's', id, address: id })
    const inTurn = await registry.discover('s', { downMs: 60_000, maxErrors: 2 })
    expect(picks(inTurn, 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
    inTurn.noteError('b')
    expect(picks(inTurn, 3)).toContain('b')
    inTurn.noteError('b')
    expect(new Set(picks(inTurn, 6))).toEqual(new Set(['a', 'c']))
    for (const id of ['a', 'a', 'c', 'c']) inTurn.noteError(id)
    expect(new Set(picks(inTurn, 6))).toEqual(new Set(['a', 'b', 'c']))
    const random = await registry.discover('s', { strategy: 'random' })
    expect(new Set(picks(random, 200))).toEqual(new Set(['a', 'b', 'c']))
    const sticky = await registry.discover('s', { strategy: 'sticky' })
    const [first] = picks(sticky, 1)
    expect(new Set(picks(sticky, 20))).toEqual(new Set([first]))
    await stage.eye.delete(`${PATH}/s/${first}`)
    await stage.eye.sync('/')
  })

  it('T-04, P-04: a reconnect touches nothing; the end of a session is one leaving and one coming back', async () => {
    const stage = await Stage.open(fixture)
    await using here = new ServiceRegistry(stage.client, PATH)
    await using there = new ServiceRegistry(stage.eye, PATH)
    const registration = await here.register({ service: 's', id: 'me', address: 'x' })
    const directory = await there.discover('s')
    const seen: string[] = []
    const following = (async () => {
      for await (const { type } of directory.changes()) seen.push(type)
    })().catch((error: unknown) => error)
    await until('complete', () => seen.includes('synced'))
    seen.length = 0
    for (let i = 0; i < 3; i++) await stage.whileAway(async () => {})
    await stage.client.sync('/')
    await stage.eye.sync('/')
    await directory.waitUntil(stage.eye.lastZxid)
    expect(seen).toEqual([])
    await stage.newSession()
    await until('back', () => registration.generation === 2 && seen.includes('added'))
    expect(seen).toEqual(['removed', 'added'])
    await directory.close()
    expect(await following).toMatchObject({ code: 'ERR_CLOSED' })
  })

  it('T-04: a payload that cannot be read is left out and told once; a restart takes the place of the former life', async () => {
    const stage = await Stage.open(fixture)
    const errors: unknown[] = []
    await using registry = new ServiceRegistry(stage.client, PATH, { onError: (error) => void errors.push(error) })
    await registry.register({ service: 's', id: 'good', address: 'x' })
    await stage.eye.create(`${PATH}/s/bad`, '{')
    const directory = await registry.discover('s')
    expect(picks(directory, 2)).toEqual(['good', 'good'])
    expect(errors).toMatchObject([{ code: 'ERR_VALIDATION', path: `${PATH}/s` }])
    const restarted = await new ServiceRegistry(stage.eye, PATH).register({ service: 's', id: 'good', address: 'y' })
    await directory.waitUntil((await stage.eye.exists(restarted.path))?.czxid ?? 0n)
    expect(directory.pick()?.address).toBe('y')
    await restarted.close()
  })

  it('checks what it is given', async () => {
    const { client } = await Stage.open(fixture)
    const registry = new ServiceRegistry(client, PATH)
    for (const wrong of [{ service: '' }, { service: 'a/b' }, { address: '' }, { id: '..' }]) {
      expect(await code(registry.register({ service: 's', address: 'x', ...wrong }))).toBe('ERR_CONFIG')
    }
    expect(await code(registry.discover('s', { maxErrors: 0 }))).toBe('ERR_CONFIG')
  })

  for (const fault of CUTS) {
    it(`registers once and leaves nothing whichever message the fault ${fault} strikes`, { timeout: 120_000 }, async () => {
      const stage = await Stage.open(fixture)
      const registry = new ServiceRegistry(stage.client, PATH)
      for (let nth = 1; ; nth++) {
        const injection = stage.server.network.inject(fault, { nth })
        const registration = await registry.register({ service: `s${nth}`, id: 'me', address: 'x' })
        const directory = await registry.discover(`s${nth}`)
        expect(directory.pick()?.id).toBe('me')
        await directory.close()
        await registration.close()
        await stage.noneBelow(`${PATH}/s${nth}`)
        const struck = injection.happened
        injection.cancel()
        if (!struck) break
        expect(nth).toBeLessThan(40)
      }
      await registry.close()
      await stage.noWatches()
    })
  }
})
