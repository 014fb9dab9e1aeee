// Caches and configuration, cut at every message.

import { describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import type { Cache } from '../../../recipes/cache/cache.ts'
import type { CacheChange } from '../../../recipes/cache/cached-node.ts'
import { ChildrenCache } from '../../../recipes/cache/children-cache.ts'
import { NodeCache } from '../../../recipes/cache/node-cache.ts'
import { TreeCache } from '../../../recipes/cache/tree-cache.ts'
import { ConfigStore } from '../../../recipes/config-store/config-store.ts'
import { cutAtEveryMessage } from './cuts.ts'
import type { Scenario } from './stage.ts'
import { background, tolerate } from './stage.ts'

/** A cache that is started in the midst of changes, and whose changes tell the same story as its contents. */
function cached(name: string, make: (client: Client, path: string) => Cache, shown: (path: string) => readonly string[]): Scenario {
  return {
    name,
    async run(stage) {
      const { client, other, path, signal } = stage
      await other.ensurePath(path)
      for (const child of ['a', 'b', 'c']) await other.create(`${path}/${child}`, '1')
      await using cache = make(client, path)
      const told = new Map<string, string>()
      const telling = background(follow(cache.changes({ signal }), told))
      const starting = background(cache.start({ signal }))
      await other.setData(path, '2')
      await other.setData(`${path}/a`, '2')
      await other.delete(`${path}/b`)
      await other.create(`${path}/b`, 'again')
      await other.create(`${path}/a/below`, '1')
      await starting
      const last = await other.setData(`${path}/c`, '2')
      await cache.waitUntil(last.mzxid, { signal })
      const contents = Object.fromEntries([...cache.snapshot().nodes].map(([at, { data }]) => [at, `${data}`]))
      expect(Object.keys(contents).sort()).toEqual(shown(path))
      for (const [at, data] of Object.entries(contents)) expect([at, data]).toEqual([at, `${(await other.getData(at)).data}`])
      await stage.until(() => JSON.stringify([...told].sort()) === JSON.stringify(Object.entries(contents).sort()), 'it is told as it is')
      await other.deleteRecursive(path)
      await stage.until(() => cache.size === 0, 'nothing is left')
      await cache.close()
      await expect(telling).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    },
  }
}

async function follow(changes: AsyncIterable<CacheChange>, told: Map<string, string>): Promise<void> {
  for await (const change of changes) {
    if (change.type === 'synced') continue
    if (change.type === 'removed') told.delete(change.node.path)
    else told.set(change.node.path, `${change.node.data}`)
  }
}

const NODE = cached(
  'a cache of one znode',
  (client, path) => new NodeCache(client, path),
  (path) => [path],
)
const CHILDREN = cached(
  'a cache of children',
  (client, path) => new ChildrenCache(client, path),
  (path) => [`${path}/a`, `${path}/b`, `${path}/c`],
)
const TREE = cached(
  'a cache of a tree',
  (client, path) => new TreeCache(client, path),
  (path) => [path, `${path}/a`, `${path}/a/below`, `${path}/b`, `${path}/c`],
)

const CONFIG: Scenario = {
  name: 'a configuration that is opened, changed from both sides and followed',
  // The own znodes are receipts of writes: who deletes one while its reply is lost takes the only proof away.
  without: ['own znodes deleted'],
  async run(stage) {
    const { client, other, path, signal } = stage
    const schema = (value: unknown): number => Number(value)
    await using ours = await ConfigStore.open(client, path, { schema, defaults: 1, onMissing: 'create', signal })
    await using theirs = await ConfigStore.open(other, path, { schema, defaults: 1, onMissing: 'create' })
    // Whether an update counts whose reply and session were lost may be known to nobody. The two add different numbers: of two that write the
    // same text at once nobody could say whose it is.
    let unknown = 0
    const update = async (): Promise<void> => {
      if (
        (await tolerate(
          stage,
          ours.update((now) => now + 1, { signal }),
        )) === undefined
      )
        unknown++
    }
    await Promise.all([background(update()), background(theirs.update((now) => now + 10))])
    await update()
    await theirs.update((now) => now + 10)
    const { value } = await theirs.refresh()
    expect([23, 23 - unknown]).toContain(value)
    await stage.until(() => ours.get().value === value, 'it is followed')
    expect((await ours.refresh({ signal })).value).toBe(value)
  },
}

describe('G-12, G-14, G-15, C-02, C-05, C-09, C-13: caches, cut at every message', () => {
  for (const scenario of [NODE, CHILDREN, TREE, CONFIG]) {
    it(scenario.name, { timeout: 900_000 }, async () => {
      const { messages, cells, struck } = await cutAtEveryMessage(scenario)
      expect(messages).toBeGreaterThanOrEqual(4)
      expect(struck).toBeGreaterThan(cells / 2)
    })
  }
})
