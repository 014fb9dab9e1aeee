import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ServiceRegistry } from '../../recipes/registry/service-registry.ts'
import { codeOf, freshPath, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('services')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe('a service registry', () => {
  it('refuses ports and payloads that cannot be, and keeps what it had', async () => {
    await using registry = new ServiceRegistry(await world.client(), path)
    for (const port of [-1, 65_536, Number.NaN, 1.5]) {
      expect(await codeOf(registry.register({ service: 's', address: 'a', port }))).toBe('ERR_CONFIG')
    }
    expect(await codeOf(registry.register({ service: 's', address: 'a', payload: 1n }))).toBe('ERR_CONFIG')
    const registration = await registry.register({ service: 's', address: 'a', payload: 'old' })
    expect(await codeOf(registration.setPayload({ deep: [1n] }))).toBe('ERR_CONFIG')
    expect(registration.instance.payload).toBe('old')
    const circle: unknown[] = []
    circle.push(circle)
    expect(await codeOf(registration.setPayload(circle))).toBe('ERR_CONFIG')
    await registration.setPayload('new')
    expect(registration.instance.payload).toBe('new')
  })

  it('P-07: forgets what it knew of instances that have gone, and of directories that were closed', async () => {
    await using registry = new ServiceRegistry(await world.client(), path)
    await using directory = await registry.discover('s')
    for (let i = 0; i < 3_000; i++) directory.noteError(`gone-${i}`)
    expect(directory.notedErrors).toBeLessThanOrEqual(1_024)
    const before = registry.openCount
    for (let i = 0; i < 3; i++) await (await registry.discover('s')).close()
    expect(registry.openCount).toBe(before)
  })
})
