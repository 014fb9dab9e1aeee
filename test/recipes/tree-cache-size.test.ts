// A cache of 100,000 znodes: one reading of each, and changes that are seen without another.

import { describe, expect, it } from 'vitest'
import { ChildrenCache } from '../../recipes/cache/children-cache.ts'
import { TreeCache } from '../../recipes/cache/tree-cache.ts'
import { Fixture } from '../client/support.ts'
import { Stage } from './behaviour/stage.ts'

const fixture = new Fixture()

const batches = (count: number, size: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: size }, (__, j) => i * size + j))

describe('large caches', () => {
  it('C-06: a tree of 100,000 znodes', { timeout: 300_000 }, async () => {
    const { client, eye } = await Stage.open(fixture, { sessionTimeoutMs: 40_000 })
    await eye.create('/a')
    for (const batch of batches(100, 999)) {
      const folder = `/a/${batch[0]}`
      await eye.multi([
        { type: 'create', path: folder },
        ...batch.map((n) => ({ type: 'create', path: `${folder}/${n}`, data: String(n) }) as const),
      ])
    }
    await using cache = new TreeCache(client, '/a')
    await cache.start()
    expect([cache.size, cache.stats]).toEqual([100_001, { nodesRead: 100_001, listsRead: 101 }])
    const { mzxid } = await eye.setData('/a/0/7', 'new')
    await cache.waitUntil(mzxid)
    expect([cache.get('/a/0/7')?.data?.toString(), cache.stats.nodesRead]).toEqual(['new', 100_002])
    let told = 0
    for await (const change of cache.changes()) {
      if (change.type === 'synced') break
      told++
    }
    expect(told).toBe(100_001)
  })

  it('C-06: 70,000 children of one znode', { timeout: 300_000 }, async () => {
    const { client, eye } = await Stage.open(fixture, { sessionTimeoutMs: 40_000 })
    await eye.create('/a')
    for (const batch of batches(70, 1_000)) await eye.multi(batch.map((n) => ({ type: 'create', path: `/a/${n}` }) as const))
    await using cache = new ChildrenCache(client, '/a')
    await cache.start()
    expect(cache.size).toBe(70_000)
    await eye.delete('/a/69999')
    await cache.waitUntil(eye.lastZxid)
    expect([cache.size, cache.get('69999')]).toEqual([69_999, undefined])
  })
})
