import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Group } from '../../recipes/group.ts'
import { Partitioner } from '../../recipes/partitioner/partitioner.ts'
import { freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('parts')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await world[Symbol.asyncDispose]()
})

describe('a partitioner under faults', () => {
  it('E-05: says so when it may not stand for leader', async () => {
    const admin = await world.client()
    await admin.ensurePath(path)
    await admin.create(`${path}/leader`, null, { acl: [{ perms: 1, id: { scheme: 'world', id: 'anyone' } }] })
    const errors: unknown[] = []
    const partitioner = new Partitioner(await world.client(), path, {
      items: ['a'],
      name: 'one',
      work: () => {},
      onError: (error) => void errors.push(error),
    })
    await partitioner.start()
    await until(() => errors.length > 0, 'the refusal')
    expect(errors).toMatchObject([{ code: 'NO_AUTH' }])
    await partitioner.close()
    expect(errors).toHaveLength(1)
  })

  it('T-01: a member that leaves while the leader reads the others is noticed', async () => {
    const client = await world.client()
    const others = new Group(await world.client(), `${path}/members`)
    const [a, b] = [await others.join('a'), await others.join('b')]
    const getData = client.getData.bind(client)
    let readB = (): void => {}
    const bWasRead = new Promise<void>((resolve) => {
      readB = resolve
    })
    let reads = 0
    vi.spyOn(client, 'getData').mockImplementation(async (node, options) => {
      // The leader reads all members once, to follow them.
      if (node === `${path}/members/a` && ++reads === 1) {
        await bWasRead
        await b.leave()
        await a.setData('new')
      }
      const found = await getData(node, options)
      if (node === `${path}/members/b`) readB()
      return found
    })
    const partitioner = new Partitioner(client, path, { items: ['1', '2', '3'], name: 'me', work: () => {}, settleMs: 0 })
    await partitioner.start()
    await until(() => new Set(partitioner.distribution.owners.values()).size === 2, 'two share')
    expect([...new Set(partitioner.distribution.owners.values())].sort()).toEqual(['a', 'me'])
    await partitioner.close()
    await others.close()
  })

  it('tells by its signal that it ended, and why: another process took the name', async () => {
    const options = { items: ['1'], work: (): void => {}, name: 'one', onTaken: 'replace' as const }
    const first = new Partitioner(await world.client(), path, options)
    const second = new Partitioner(await world.client(), path, options)
    await first.start()
    expect(first.signal.aborted).toBe(false)
    await second.start()
    await until(() => first.signal.aborted, 'the first one ends')
    expect(first.signal.reason).toMatchObject({ code: 'ERR_LOST' })
    await second.close()
    expect(second.signal.reason).toMatchObject({ code: 'ERR_CLOSED' })
    await first.close()
  })

  for (const fate of ['deleted', 'spoilt'] as const) {
    it(`T-01: an assignment that is ${fate} by hand takes nothing from anybody, and the next one goes on from it`, async () => {
      const items = ['1', '2', '3', '4', '5', '6']
      const begun: string[] = []
      const member = async (name: string): Promise<Partitioner> => {
        const partitioner = new Partitioner(await world.client(), path, {
          items,
          name,
          settleMs: 0,
          work: ({ item, signal }) => {
            begun.push(item)
            return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
          },
        })
        await partitioner.start()
        return partitioner
      }
      const [a, b] = [await member('a'), await member('b')]
      await until(() => a.owned.length === 3 && b.owned.length === 3, 'halves')
      const { generation } = a.distribution
      const before = begun.length
      const operator = await world.client()
      if (fate === 'deleted') await operator.delete(`${path}/assignment`)
      else await operator.setData(`${path}/assignment`, 'no json')
      const c = await member('c')
      await until(() => [a, b, c].every(({ owned }) => owned.length === 2), 'thirds')
      expect(begun.length - before).toBe(2)
      expect(c.distribution.generation).toBeGreaterThan(generation)
      for (const partitioner of [a, b, c]) await partitioner.close()
    })
  }

  it('T-01: a member that cannot follow the assignment any more leaves, and others take its items over', async () => {
    const options = { items: ['1', '2', '3', '4'], work: (): void => {}, settleMs: 0 }
    const [client, other] = [await world.client(), await world.client()]
    const [deaf, well] = [
      new Partitioner(client, path, { ...options, name: 'deaf' }),
      new Partitioner(other, path, { ...options, name: 'well' }),
    ]
    await deaf.start()
    await well.start()
    await until(() => deaf.owned.length === 2 && well.owned.length === 2, 'halves')
    await client.removeWatches(`${path}/assignment`, 'any')
    await until(() => well.owned.length === 4, 'all')
    expect(deaf.signal.reason).toMatchObject({ code: 'ERR_LOST' })
    await deaf.close()
    await well.close()
  })

  it('T-01: a spoilt assignment alone takes nothing from anybody', async () => {
    const partitioner = new Partitioner(await world.client(), path, { items: ['1', '2'], name: 'one', settleMs: 0, work: () => {} })
    await partitioner.start()
    await until(() => partitioner.owned.length === 2, 'all')
    const operator = await world.client()
    await operator.setData(`${path}/assignment`, '{')
    await operator.setData(`${path}/assignment`, '[]')
    // The locks of the items would have been given back.
    for (let turn = 0; turn < 50; turn++) {
      await operator.sync('/')
      expect(partitioner.owned).toEqual(['1', '2'])
    }
    await partitioner.close()
  })
})
