import { describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import type { Partition } from '../../../recipes/partitioner/jobs.ts'
import { Partitioner } from '../../../recipes/partitioner/partitioner.ts'
import { code, Fixture, until } from '../../client/support.ts'
import { CUTS, Stage } from './stage.ts'

const fixture = new Fixture()
const PATH = '/partitions/p'
const ITEMS = ['a', 'b', 'c', 'd', 'e', 'f']

/** Watches over the items: who works on what, and that nobody does beside a holder. */
class Floor {
  readonly workers = new Map<string, string>()
  readonly overlaps: string[] = []
  readonly tokens = new Map<string, bigint>()
  readonly errors: unknown[] = []
  started = 0

  work(name: string): (partition: Partition) => Promise<void> {
    return async ({ item, grant, signal }) => {
      this.started++
      const other = this.workers.get(item)
      if (other !== undefined) this.overlaps.push(`${item}: ${other} and ${name}`)
      expect(grant.token).toBeGreaterThanOrEqual(this.tokens.get(item) ?? 0n)
      this.tokens.set(item, grant.token)
      this.workers.set(item, name)
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      // Whose session ended behind its back may learn it after the next owner has begun.
      if (this.workers.get(item) === name) this.workers.delete(item)
    }
  }

  member(client: Client, name: string, options: Partial<ConstructorParameters<typeof Partitioner>[2]> = {}): Partitioner {
    const onError = (error: unknown): void => void this.errors.push(error)
    const partitioner = new Partitioner(client, PATH, { items: ITEMS, name, work: this.work(name), settleMs: 20, onError, ...options })
    fixture.cleanup(() => partitioner.close())
    return partitioner
  }

  shares(): Record<string, number> {
    const shares: Record<string, number> = {}
    for (const name of this.workers.values()) shares[name] = (shares[name] ?? 0) + 1
    return shares
  }
}

describe('a partitioner', () => {
  it('T-01: spreads the items evenly, and moves few when members come and go', async () => {
    const stage = await Stage.open(fixture)
    const floor = new Floor()
    const [a, b, c] = [floor.member(stage.client, 'a'), floor.member(stage.eye, 'b'), floor.member(await stage.another(), 'c')]
    await a.start()
    await until('all are worked on', () => a.owned.length === 6)
    await b.start()
    await until('halves', () => a.owned.length === 3 && b.owned.length === 3)
    expect(floor.started).toBe(9)
    await c.start()
    await until('thirds', () => [a, b, c].every(({ owned }) => owned.length === 2))
    expect(floor.started).toBe(11)
    expect(floor.shares()).toEqual({ a: 2, b: 2, c: 2 })
    const kept = a.owned
    await b.close()
    await until('halves', () => a.owned.length === 3 && c.owned.length === 3)
    expect(a.owned).toEqual(expect.arrayContaining(kept))
    expect([...a.distribution.owners.values()].sort()).toEqual(['a', 'a', 'a', 'c', 'c', 'c'])
    await Promise.all([a.close(), c.close()])
    expect(floor.workers.size).toBe(0)
    expect([floor.overlaps, floor.errors]).toEqual([[], []])
    expect(await stage.names(`${PATH}/members`)).toEqual([])
    await stage.noWatches()
  })

  it('T-01: nobody gets an item before its owner has settled', async () => {
    const stage = await Stage.open(fixture)
    const floor = new Floor()
    let finish = (): void => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const working = new Set<string>()
    const slow = floor.member(stage.client, 'slow', {
      work: async ({ item, signal }) => {
        working.add(item)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        await finished
        working.delete(item)
      },
    })
    await slow.start()
    await until('all', () => working.size === 6)
    const quick = floor.member(stage.eye, 'quick')
    await quick.start()
    await until('assigned', () => [...quick.distribution.owners.values()].filter((owner) => owner === 'quick').length === 3)
    // The new owner stands in the queue of each of its items, and waits.
    const given = [...quick.distribution.owners].filter(([, owner]) => owner === 'quick').map(([item]) => item)
    for (const item of given) await until('in the queue', async () => (await stage.names(`${PATH}/items/${item}`)).length === 2)
    expect([quick.owned, floor.workers.size]).toEqual([[], 0])
    finish()
    await until('taken over', () => quick.owned.length === 3)
    expect(quick.owned).toEqual(given.sort())
  })

  it('T-01: a member whose session ends comes back; its items go to others meanwhile at most, with larger tokens', async () => {
    const stage = await Stage.open(fixture)
    const floor = new Floor()
    const [a, b] = [floor.member(stage.client, 'a'), floor.member(stage.eye, 'b')]
    await Promise.all([a.start(), b.start()])
    await until('halves', () => a.owned.length === 3 && b.owned.length === 3)
    for (let round = 0; round < 2; round++) {
      await stage.newSession()
      await until('halves again', () => a.owned.length === 3 && b.owned.length === 3)
    }
    expect([...a.distribution.owners.keys()]).toEqual(ITEMS)
    await until('all are worked on', () => floor.workers.size === 6)
  })

  it('T-02: two members of one name are refused', async () => {
    const stage = await Stage.open(fixture)
    const floor = new Floor()
    const a = floor.member(stage.client, 'same')
    await a.start()
    expect(await code(floor.member(stage.eye, 'same', { onTaken: 'reject' }).start())).toBe('NODE_EXISTS')
    expect(await code(floor.member(stage.client, 'same').start())).toBe('NODE_EXISTS')
    await until('the first one goes on', () => a.owned.length === 6)
  })

  it('calls work again when it throws, tells why, and keeps the item', async () => {
    const stage = await Stage.open(fixture)
    const floor = new Floor()
    let calls = 0
    const a = floor.member(stage.client, 'a', {
      items: ['only'],
      work: ({ signal }) => {
        calls++
        if (calls < 3) throw new Error(`failure ${calls}`)
        return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      },
    })
    await a.start()
    await until('called again', () => calls === 3)
    expect(floor.errors).toMatchObject([{ message: 'failure 1' }, { message: 'failure 2' }])
    expect(a.owned).toEqual(['only'])
  })

  it('checks its options', async () => {
    const { client } = await Stage.open(fixture)
    const options = { items: ['a'], name: 'me', work: () => {} }
    const namesOf = (bytes: number): string[] => Array.from({ length: 10_000 }, (_, i) => String(i).padStart(bytes, 'x'))
    for (const wrong of [{ items: [] }, { items: ['a/b'] }, { items: namesOf(150) }, { name: '' }, { settleMs: -1 }]) {
      expect(() => new Partitioner(client, PATH, { ...options, ...wrong })).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }))
    }
    expect(() => new Partitioner(client, PATH, { ...options, items: namesOf(60), name: 'm'.repeat(30) })).not.toThrow()
  })

  for (const fault of CUTS) {
    it(`comes to halves without an overlap whichever message of one member the fault ${fault} strikes`, { timeout: 120_000 }, async () => {
      const stage = await Stage.open(fixture)
      const floor = new Floor()
      const b = floor.member(stage.eye, 'b')
      await b.start()
      for (let nth = 1; nth <= 25; nth += 2) {
        const injection = stage.server.network.inject(fault, { nth })
        const a = floor.member(stage.client, 'a')
        await a.start()
        await until('halves', () => a.owned.length === 3 && b.owned.length === 3)
        await a.close()
        await until('all', () => b.owned.length === 6)
        injection.cancel()
      }
      expect([floor.overlaps, floor.errors]).toEqual([[], []])
    })
  }
})
