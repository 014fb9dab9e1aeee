import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ServiceRegistry } from '../../recipes/registry/service-registry.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('services')
})

afterEach(async () => {
  vi.restoreAllMocks()
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
    expect(await codeOf(registration.setPayload('x'.repeat(2_000_000)))).toBe('ERR_TOO_LARGE')
    expect(registration.instance.payload).toBe('old')
    await registration.setPayload('new')
    expect(registration.instance.payload).toBe('new')
  })

  it('passes over who failed for the whole time from the last error on, however far apart the errors were', async () => {
    await using registry = new ServiceRegistry(await world.client(), path)
    for (const id of ['a', 'b']) await registry.register({ service: 's', id, address: 'x' })
    const directory = await registry.discover('s', { downMs: 1_000, maxErrors: 2 })
    const picked = (): Set<string | undefined> => new Set([1, 2, 3, 4].map(() => directory.pick()?.id))
    const now = vi.spyOn(performance, 'now')
    const at = (ms: number): void => void now.mockReturnValue(ms)
    try {
      at(10_000)
      directory.noteError('a')
      at(10_900)
      expect(picked()).toEqual(new Set(['a', 'b']))
      directory.noteError('a')
      at(11_899)
      expect(picked()).toEqual(new Set(['b']))
      at(11_900)
      expect(picked()).toEqual(new Set(['a', 'b']))
      directory.noteError('a')
      expect(picked()).toEqual(new Set(['a', 'b']))
      // Errors too far apart are no reason.
      at(13_000)
      directory.noteError('a')
      expect(picked()).toEqual(new Set(['a', 'b']))
    } finally {
      // Clients and server live by the true one.
      now.mockRestore()
    }
  })

  it('T-04: tells when a directory has ended that can pick nobody any more', async () => {
    const errors: unknown[] = []
    const writer = await world.client()
    const client = await world.client({ maxFrameBytes: 100_000 })
    await using registry = new ServiceRegistry(client, path, { onError: (error) => void errors.push(error) })
    await registry.register({ service: 's', id: 'a', address: 'x' })
    const directory = await registry.discover('s')
    expect(directory.pick()?.id).toBe('a')
    await writer.create(`${path}/s/huge`, Buffer.alloc(500_000))
    await until(() => directory.pick() === null, 'the directory ends')
    expect(errors).toMatchObject([{ code: 'ERR_PROTOCOL' }])
    await registry.close()
    expect(errors).toHaveLength(1)
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
