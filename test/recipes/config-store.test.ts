import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client, StandardSchema } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { ChangeFeed } from '../../recipes/config-store/change-feed.ts'
import { ConfigStore } from '../../recipes/config-store/config-store.ts'
import { MAX_DOCUMENT_BYTES, parseDocument } from '../../recipes/config-store/document.ts'
import type { ConfigSnapshot } from '../../recipes/config-store/snapshot.ts'
import { deepFreeze } from '../../recipes/config-store/snapshot.ts'
import type { ConfigRejection, ConfigStoreOptions } from '../../recipes/config-store/types.ts'
import { Op } from '../support/fault-proxy.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

interface Limits {
  rate: number
  note?: string
  hosts?: string[]
}

/** What a schema library makes: checks, and says where something is wrong. */
const SCHEMA: StandardSchema<Limits> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      if (typeof value !== 'object' || value === null) return { issues: [{ message: 'expected an object' }] }
      if ('rate' in value && typeof value.rate === 'number' && value.rate >= 0) return { value: value as Limits }
      return { issues: [{ message: 'expected a number of at least 0', path: ['rate'] }] }
    },
  },
}

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('config')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

type Store = ConfigStore<Limits>

function storeOn(client: Client, options: Partial<ConfigStoreOptions<Limits>> = {}): Store {
  return new ConfigStore<Limits>(client, path, { schema: SCHEMA, ...options })
}

function record(store: Store): { changed: ConfigSnapshot<Limits>[]; rejected: ConfigRejection[]; deleted: number } {
  const seen = { changed: [] as ConfigSnapshot<Limits>[], rejected: [] as ConfigRejection[], deleted: 0 }
  store.on('changed', (snapshot) => seen.changed.push(snapshot))
  store.on('rejected', (rejection) => seen.rejected.push(rejection))
  store.on('deleted', () => seen.deleted++)
  return seen
}

describe('starting', () => {
  it('has the stored document', async () => {
    const client = await world.client()
    const { stat } = await client.create(path, '{"rate": 5}')
    await using store = await ConfigStore.open(client, path, { schema: SCHEMA })
    expect(store.get()).toEqual({ value: { rate: 5 }, source: 'remote', version: 0, zxid: stat.mzxid, mtimeMs: stat.mtimeMs })
    await store.start()
    expect(store.isMissing).toBe(false)
  })

  it('without a document it fails, or has the defaults, or writes them, or waits, as asked', async () => {
    const client = await world.client()
    expect(await codeOf(storeOn(client).start())).toBe('NO_NODE')
    const withDefaults = storeOn(client, { defaults: { rate: 7 } })
    await withDefaults.start()
    expect(withDefaults.get()).toEqual({ value: { rate: 7 }, source: 'defaults', version: -1, zxid: 0n, mtimeMs: 0 })
    expect(withDefaults.isMissing).toBe(true)
    const waiting = storeOn(client)
    let waited = true
    const started = waiting.start({ onMissing: 'wait' }).then(() => {
      waited = false
    })
    await client.sync('/')
    expect(waited).toBe(true)
    const creating = storeOn(client, { defaults: { rate: 9 } })
    await creating.start({ onMissing: 'create' })
    await started
    expect(creating.get()).toMatchObject({ value: { rate: 9 }, source: 'remote', version: 0 })
    expect(waiting.get()).toEqual(creating.get())
    await until(() => withDefaults.get().source === 'remote', 'the document replaces the defaults')
    expect(withDefaults.get()).toEqual(creating.get())
    await Promise.all([withDefaults, waiting, creating].map((store) => store.close()))
    expect(await world.children(path)).toEqual([])
    expect(await world.watches()).toBe(0)
  })

  it('two that write the defaults at the same time agree', async () => {
    const clients = await Promise.all([world.client(), world.client(), world.client()])
    const stores = clients.map((client, rate) => storeOn(client, { defaults: { rate } }))
    await Promise.all(stores.map((store) => store.start({ onMissing: 'create' })))
    const values = stores.map((store) => store.get())
    expect(values[1]).toEqual(values[0])
    expect(values[2]).toEqual(values[0])
    await Promise.all(stores.map((store) => store.close()))
  })

  it('with a document that is not valid it fails, or waits, or has the defaults', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": "fast"}')
    const error = await storeOn(client)
      .start()
      .catch((failure: unknown) => failure)
    expect(ZoariumError.is(error, 'ERR_VALIDATION') && error.message).toMatch(/rate: expected a number/)
    expect(await codeOf(storeOn(client, { defaults: { rate: 1 } }).start({ onMissing: 'create' }))).toBe('ERR_VALIDATION')
    const fallback = storeOn(client, { defaults: { rate: 1 } })
    const seen = record(fallback)
    await fallback.start()
    expect(fallback.get().source).toBe('defaults')
    expect(seen.rejected).toMatchObject([{ issues: [{ path: 'rate' }], version: 0 }])
    expect(fallback.rejection).toEqual(seen.rejected[0])
    const waiting = storeOn(client)
    const started = waiting.start({ onMissing: 'wait' })
    await client.setData(path, '{"rate": 2}')
    await started
    expect(waiting.get().value).toEqual({ rate: 2 })
    await Promise.all([fallback.close(), waiting.close()])
  })

  it('an abort rejects with the reason, leaves no watch, and it can be started again', async () => {
    const client = await world.client()
    const store = storeOn(client)
    const reason = new Error('enough')
    const abort = new AbortController()
    const starting = store.start({ onMissing: 'wait', signal: abort.signal })
    await until(async () => (await world.watches()) > 0, 'it watches')
    abort.abort(reason)
    await expect(starting).rejects.toBe(reason)
    await until(async () => (await world.watches()) === 0, 'it watches no more')
    await client.create(path, '{"rate": 1}')
    await store.start()
    expect(store.get().value.rate).toBe(1)
    await store.close()
  })

  it('refuses options that cannot be', async () => {
    const client = await world.client()
    expect(() => new ConfigStore(client, 'relative', { schema: SCHEMA })).toThrowError(/path: expected/)
    expect(() => new ConfigStore(client, path, { schema: {} as never })).toThrowError(/schema: expected/)
    expect(() => storeOn(client, { maxConflicts: 0 })).toThrowError(/maxConflicts: expected/)
    expect(await codeOf(storeOn(client).start({ onMissing: 'create' }))).toBe('ERR_CONFIG')
    expect(await codeOf(storeOn(client, { defaults: { rate: -1 } }).start())).toBe('ERR_VALIDATION')
    expect(() => storeOn(client).get()).toThrowError(/start\(\) before get\(\)/)
  })
})

describe('following', () => {
  it('CF-02, CF-15: what is not valid is never visible: the last good snapshot stays, and an event says why', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 1}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const seen = record(store)
    const good = store.get()
    for (const bad of ['{"rate": -1}', '{"rate": 1', '', '[]', 'null']) {
      const before = seen.rejected.length
      const stat = await client.setData(path, bad)
      await until(() => seen.rejected.length > before, `${bad} is rejected`)
      expect(seen.rejected.at(-1)).toMatchObject({ version: stat.version, zxid: stat.mzxid })
      expect(store.get()).toBe(good)
    }
    expect(seen.rejected[1]?.issues[0]?.message).toMatch(/not JSON/)
    expect(store.rejection).not.toBeNull()
    await client.setData(path, '{"rate": 2}')
    await until(() => store.get().value.rate === 2, 'the next good one is taken')
    expect(store.rejection).toBeNull()
    expect(seen.changed).toHaveLength(1)
    await store.close()
  })

  it('CF-01: a change during a disconnection is seen after it, exactly once', async () => {
    const { client, proxy } = await world.proxied()
    const writer = await world.client()
    await writer.create(path, '{"rate": 1}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const seen = record(store)
    for (let round = 1; round <= 3; round++) {
      proxy.refuse()
      await writer.setData(path, `{"rate": ${round * 10}}`)
      await writer.setData(path, `{"rate": ${round * 10 + 1}}`)
      proxy.accept()
      await until(() => store.get().value.rate === round * 10 + 1, 'it is seen')
    }
    await client.sync('/')
    const zxids = seen.changed.map(({ zxid }) => zxid)
    expect(new Set(zxids).size).toBe(zxids.length)
    expect(seen.changed.filter(({ value }) => value.rate % 10 === 1)).toHaveLength(3)
    await store.close()
  })

  it('CF-01, CF-04: over the end of a session nothing is missed and nothing goes backwards', async () => {
    const { client, proxy } = await world.proxied()
    const writer = await world.client()
    await writer.create(path, '{"rate": 1}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const seen = record(store)
    const { id } = client.session
    proxy.refuse()
    await world.expire(client)
    await writer.setData(path, '{"rate": 2}')
    proxy.accept()
    await until(() => store.get().value.rate === 2, 'it is seen')
    expect(client.session.id).not.toBe(id)
    await writer.setData(path, '{"rate": 3}')
    await until(() => store.get().value.rate === 3, 'the watch is there again')
    expect(seen.changed.map(({ value }) => value.rate)).toEqual([2, 3])
    await store.close()
    expect(await world.watches()).toBe(0)
  })

  it('CF-09: a znode that was deleted and made anew is seen, even with an equal version and value', async () => {
    const { client, proxy } = await world.proxied()
    const writer = await world.client()
    await writer.create(path, '{"rate": 1}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const seen = record(store)
    const before = store.get()
    proxy.refuse()
    await writer.delete(path)
    await writer.create(path, '{"rate": 1}')
    proxy.accept()
    await until(() => store.get() !== before, 'it is seen')
    expect(store.get().version).toBe(before.version)
    expect(store.get().zxid).toBeGreaterThan(before.zxid)
    await writer.delete(path)
    await until(() => seen.deleted === 1, 'the deletion is seen')
    expect(store.isMissing).toBe(true)
    expect(store.get().value.rate).toBe(1)
    await writer.create(path, '{"rate": 4}')
    await until(() => store.get().value.rate === 4, 'it is back')
    expect(store.isMissing).toBe(false)
    await store.close()
  })

  it('CF-16: a check that ends after something newer has come counts no more', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 1}')
    const doors = new Map<number, () => void>()
    const schema = async (value: unknown): Promise<Limits> => {
      const limits = value as Limits
      if (limits.rate > 1) await new Promise<void>((resolve) => doors.set(limits.rate, resolve))
      return limits
    }
    const store = await ConfigStore.open(client, path, { schema })
    const applied: number[] = []
    store.on('changed', ({ value }) => applied.push(value.rate))
    await client.setData(path, '{"rate": 2}')
    await until(() => doors.has(2), 'the first is being checked')
    await client.setData(path, '{"rate": 3}')
    await until(() => doors.has(3), 'the second is being checked')
    doors.get(3)?.()
    await until(() => store.get().value.rate === 3, 'the second is taken')
    doors.get(2)?.()
    await client.setData(path, '{"rate": 0}')
    await until(() => store.get().value.rate === 0, 'a third is taken')
    expect(applied).toEqual([3, 0])
    await store.close()
  })

  it('CF-10: a listener that throws disturbs no other and not the store', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 1}')
    const errors: unknown[] = []
    const store = storeOn(client, { onError: (error) => errors.push(error) })
    await store.start()
    const heard: number[] = []
    const failure = new Error('my fault')
    store.on('changed', () => {
      throw failure
    })
    const listener = (snapshot: ConfigSnapshot<Limits>): void => void heard.push(snapshot.value.rate)
    store.on('changed', listener)
    await client.setData(path, '{"rate": 2}')
    await until(() => heard.length === 1, 'the second listener hears')
    expect(errors).toEqual([failure])
    store.off('changed', listener)
    await client.setData(path, '{"rate": 3}')
    await until(() => errors.length === 2, 'the next change')
    expect(heard).toEqual([2])
    await store.close()
  })

  it('CF-11: iteration begins with the present snapshot, then yields the newest and skips what was between', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const seen: number[] = []
    const loop = (async () => {
      for await (const { value } of store.changes()) {
        seen.push(value.rate)
        await client.sync('/')
        if (value.rate === 200) break
      }
    })()
    await Promise.all(Array.from({ length: 200 }, (_, i) => client.setData(path, `{"rate": ${i + 1}}`)))
    await loop
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(200)
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    await store.close()
  })

  it('iteration ends with close, and rejects with the reason of its signal', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const closing = store.changes()
    await closing.next()
    const abort = new AbortController()
    const aborting = store.changes({ signal: abort.signal })
    await aborting.next()
    const reason = new Error('enough')
    const waiting = aborting.next()
    abort.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(aborting.next()).rejects.toBe(reason)
    const last = closing.next()
    await store.close()
    expect(await last).toEqual({ done: true, value: undefined })
    expect(store.get().value.rate).toBe(0)
  })

  it('iteration rejects when the client is closed under it', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const changes = store.changes()
    await changes.next()
    const next = codeOf(changes.next())
    await client.close()
    expect(await next).toBe('ERR_CLOSED')
    await store.close()
  })

  it('CF-18: close takes the watch back and calls nobody any more', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const other = await ConfigStore.open(client, path, { schema: SCHEMA })
    const seen = record(store)
    const watches = await world.watches()
    expect(watches).toBeGreaterThan(0)
    await store.close()
    await store.close()
    expect(await world.watches()).toBe(watches)
    await client.setData(path, '{"rate": 1}')
    await until(() => other.get().value.rate === 1, 'the other one sees')
    expect(seen.changed).toEqual([])
    expect(await codeOf(store.update((draft) => draft))).toBe('ERR_CLOSED')
    expect(await codeOf(store.refresh())).toBe('ERR_CLOSED')
    await other.close()
    expect(await world.watches()).toBe(0)
  })

  it('refresh asks the servers now', async () => {
    const client = await world.client()
    const writer = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    await writer.setData(path, '{"rate": 5}')
    expect((await store.refresh()).value.rate).toBe(5)
    await store.close()
  })

  it('a snapshot cannot be changed', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0, "hosts": ["a"]}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const snapshot = store.get()
    expect(Object.isFrozen(snapshot)).toBe(true)
    expect(Object.isFrozen(snapshot.value)).toBe(true)
    expect(() => snapshot.value.hosts?.push('b')).toThrowError(TypeError)
    await store.close()
  })
})

describe('writing', () => {
  it('update changes a draft or returns the next document, and get shows it at once', async () => {
    const client = await world.client()
    const store = await ConfigStore.open(client, path, { schema: SCHEMA, defaults: { rate: 1 } })
    const first = await store.update((draft) => ({ ...draft, note: 'first' }))
    expect(first).toMatchObject({ value: { rate: 1, note: 'first' }, version: 0, source: 'remote' })
    expect(store.get()).toBe(first)
    const second = await store.update((draft) => {
      draft.rate = 2
    })
    expect(second).toMatchObject({ value: { rate: 2, note: 'first' }, version: 1 })
    const { data, stat } = await client.getData(path)
    expect(JSON.parse(String(data))).toEqual({ rate: 2, note: 'first' })
    expect(second.zxid).toBe(stat.mzxid)
    expect(await world.children(path)).toEqual([])
    await store.close()
  })

  it('each write is heard once, its own author included', async () => {
    const client = await world.client()
    const store = await ConfigStore.open(client, path, { schema: SCHEMA, defaults: { rate: 0 } })
    const seen = record(store)
    for (let rate = 1; rate <= 10; rate++) await store.update(() => ({ rate }))
    await store.refresh()
    expect(seen.changed.map(({ value }) => value.rate)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    await store.close()
  })

  it('an update that changes nothing is not written', async () => {
    const client = await world.client()
    await client.create(path, '{"note":"x","rate":1}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const snapshot = await store.update((draft) => draft)
    expect(snapshot.version).toBe(0)
    expect((await client.exists(path))?.version).toBe(0)
    await store.close()
  })

  it('what the schema refuses is not written', async () => {
    const client = await world.client()
    await client.create(path, '{"rate":1}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    expect(await codeOf(store.update((draft) => ({ ...draft, rate: -1 })))).toBe('ERR_VALIDATION')
    expect(await codeOf(store.set({ rate: 1n } as never))).toBe('ERR_VALIDATION')
    const failure = new Error('mine')
    await expect(store.update(() => Promise.reject(failure))).rejects.toBe(failure)
    expect((await client.exists(path))?.version).toBe(0)
    await store.close()
  })

  it('CF-06: two writers lose no update', async () => {
    const clients = [await world.client(), await world.client(), await world.client()]
    await clients[0]?.create(path, '{"rate": 0}')
    const stores = await Promise.all(clients.map((client) => ConfigStore.open(client, path, { schema: SCHEMA, maxConflicts: 1_000 })))
    const increment = (draft: Limits): Limits => ({ rate: draft.rate + 1 })
    await Promise.all(stores.flatMap((store) => Array.from({ length: 10 }, () => store.update(increment))))
    for (const store of stores) expect((await store.refresh()).value.rate).toBe(30)
    await Promise.all(stores.map((store) => store.close()))
  })

  it('CF-03: two keys changed together are never seen half done', async () => {
    const [writer, reader] = [await world.client(), await world.client()]
    const schema = (value: unknown): { a: number; b: number } => {
      const pair = value as { a: number; b: number }
      if (pair.a !== pair.b) throw new Error('torn')
      return pair
    }
    const writing = await ConfigStore.open(writer, path, { schema, defaults: { a: 0, b: 0 }, onMissing: 'create' })
    const reading = await ConfigStore.open(reader, path, { schema })
    const torn: unknown[] = []
    reading.on('rejected', (rejection) => torn.push(rejection))
    for (let i = 1; i <= 200; i++) await writing.update(() => ({ a: i, b: i }))
    await until(() => reading.get().value.a === 200, 'the last one is seen')
    expect(torn).toEqual([])
    await Promise.all([writing.close(), reading.close()])
  })

  it('gives up with ERR_CONFLICT after maxConflicts', async () => {
    const client = await world.client()
    const other = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = storeOn(client, { maxConflicts: 3 })
    let calls = 0
    const racing = store.update(async (draft) => {
      calls++
      await other.setData(path, `{"rate": ${calls * 100}}`)
      return { rate: draft.rate + 1 }
    })
    expect(await codeOf(racing)).toBe('ERR_CONFLICT')
    expect(calls).toBe(3)
    await store.close()
  })

  it('set replaces whatever is there, or only one version', async () => {
    const client = await world.client()
    await client.create(path, 'not json')
    const store = storeOn(client)
    expect(await codeOf(store.update((draft) => draft))).toBe('ERR_VALIDATION')
    expect(await store.set({ rate: 3 })).toMatchObject({ version: 1 })
    expect(await codeOf(store.set({ rate: 4 }, { version: 0 }))).toBe('ERR_CONFLICT')
    expect(await store.set({ rate: 4 }, { version: 1 })).toMatchObject({ version: 2, value: { rate: 4 } })
    await client.delete(path)
    expect(await codeOf(store.update((draft) => draft))).toBe('NO_NODE')
    expect(await store.set({ rate: 5 })).toMatchObject({ version: 0 })
    await store.close()
  })

  it('CF-14: a document above the limit is refused with a typed error, and the connection lives', async () => {
    const client = await world.client()
    const store = await ConfigStore.open(client, path, { schema: SCHEMA, defaults: { rate: 0 } })
    const { id } = client.session
    expect(await codeOf(store.set({ rate: 0, note: 'x'.repeat(1_048_576) }))).toBe('ERR_TOO_LARGE')
    const room = MAX_DOCUMENT_BYTES - Buffer.byteLength(JSON.stringify({ rate: 0, note: '' }, null, 2))
    expect(await codeOf(store.set({ rate: 0, note: 'x'.repeat(room + 1) }))).toBe('ERR_TOO_LARGE')
    expect((await store.set({ rate: 0, note: 'x'.repeat(room) })).version).toBe(0)
    expect(client.session.id).toBe(id)
    await store.close()
  })

  it('makes missing parents', async () => {
    const client = await world.client()
    const deep = new ConfigStore<Limits>(client, `${path}/a/b/c`, { schema: SCHEMA })
    expect((await deep.set({ rate: 1 })).version).toBe(0)
    await deep.close()
  })

  it('writes also where the access list forbids receipts', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0}', { acl: [{ perms: 1 | 2, id: { scheme: 'world', id: 'anyone' } }] })
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    expect((await store.update((draft) => ({ rate: draft.rate + 1 }))).value.rate).toBe(1)
    expect((await store.update((draft) => ({ rate: draft.rate + 1 }))).value.rate).toBe(2)
    await store.close()
  })

  it('an abort rejects with the reason and leaves no receipt', async () => {
    const client = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const reason = new Error('enough')
    const abort = new AbortController()
    const updating = store.update((draft) => ({ rate: draft.rate + 1 }), { signal: abort.signal })
    await client.sync('/')
    abort.abort(reason)
    await expect(updating).rejects.toBe(reason)
    await store.close()
    expect(await world.children(path)).toEqual([])
  })
})

describe('lost replies', () => {
  it('CF-05: an update whose reply is lost happens once, and its author knows', async () => {
    const { client, proxy } = await world.proxied()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    let calls = 0
    for (let rate = 1; rate <= 3; rate++) {
      proxy.loseReply(Op.multi)
      const snapshot = await store.update((draft) => {
        calls++
        return { rate: draft.rate + 1 }
      })
      expect(snapshot).toMatchObject({ value: { rate }, version: rate })
      expect(snapshot.zxid).toBe((await client.exists(path))?.mzxid)
    }
    expect(calls).toBe(3)
    await store.close()
    expect(await world.children(path)).toEqual([])
  })

  it('CF-05: an update that never arrived is done again', async () => {
    const { client, proxy } = await world.proxied()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    proxy.loseRequest(Op.multi)
    expect(await store.update((draft) => ({ rate: draft.rate + 1 }))).toMatchObject({ value: { rate: 1 }, version: 1 })
    await store.close()
  })

  it('CF-05: it is known also when others have written many times since', async () => {
    const { client, proxy } = await world.proxied()
    const other = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    proxy.loseReply(Op.multi)
    let calls = 0
    const updating = store.update((draft) => {
      calls++
      return { rate: draft.rate + 1 }
    })
    await until(() => !proxy.armed, 'the reply is lost')
    proxy.refuse()
    await until(async () => (await other.exists(path))?.version === 1, 'it happened')
    for (let i = 0; i < 3; i++) await other.setData(path, `{"rate": ${i + 50}}`)
    proxy.accept()
    expect(await updating).toMatchObject({ value: { rate: 1 }, version: 1 })
    expect(calls).toBe(1)
    await until(() => store.get().value.rate === 52, 'the newest is shown')
    await store.close()
    expect(await world.children(path)).toEqual([])
  })

  it('CF-05: when the session has ended as well, the document itself tells, as long as it can', async () => {
    const { client, proxy } = await world.proxied()
    const other = await world.client()
    await client.create(path, '{"rate": 0}')
    const store = await ConfigStore.open(client, path, { schema: SCHEMA })
    const lose = async (meanwhile: () => Promise<void>): Promise<Promise<ConfigSnapshot<Limits>>[]> => {
      proxy.loseReply(Op.multi)
      const version = (await other.exists(path))?.version ?? 0
      const updating = store.update((draft) => ({ rate: draft.rate + 1 }))
      await until(async () => !proxy.armed && (await other.exists(path))?.version === version + 1, 'it happened')
      proxy.refuse()
      await world.expire(client)
      await meanwhile()
      proxy.accept()
      return [updating]
    }
    const [known] = await lose(async () => {})
    expect(await known).toMatchObject({ value: { rate: 1 } })
    const [unknown] = await lose(async () => {
      await other.setData(path, '{"rate": 7}')
      await other.setData(path, '{"rate": 8}')
    })
    expect(await codeOf(unknown ?? Promise.resolve())).toBe('ERR_UNKNOWN_OUTCOME')
    await until(() => store.get().value.rate === 8, 'the store goes on')
    await store.close()
    expect(await world.children(path)).toEqual([])
  })

  it('CF-05: whichever request is the last before a cut, ten increments are ten', async () => {
    for (let n = 1; n <= 16; n++) {
      const { client, proxy } = await world.proxied()
      const at = `${path}-${n}`
      if (n % 2 === 0) proxy.cutAfterRequests(n)
      else proxy.cutBeforeRequest(n)
      const store = await ConfigStore.open(client, at, { schema: SCHEMA, defaults: { rate: 0 } })
      for (let i = 0; i < 5; i++) await store.update((draft) => ({ rate: draft.rate + 1 }))
      expect((await store.refresh()).value.rate).toBe(5)
      await store.close()
      expect(proxy.armed).toBe(false)
      expect(await world.children(at)).toEqual([])
      await client.close()
    }
    expect(await world.watches()).toBe(0)
  })
})

describe('parts', () => {
  it('a schema library that transforms: the draft is what is stored, the value is what the schema makes of it', async () => {
    const client = await world.client()
    const schema: StandardSchema<{ since: string }, { since: Date }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: async (value) => ({ value: { since: new Date((value as { since: string }).since) } }),
      },
    }
    const store = await ConfigStore.open(client, path, { schema, defaults: { since: '2020-01-01T00:00:00.000Z' } })
    expect(store.get().value.since.getUTCFullYear()).toBe(2020)
    const { value } = await store.update((draft) => ({ since: draft.since.replace('2020', '2030') }))
    expect(value.since.getUTCFullYear()).toBe(2030)
    await store.close()
  })

  it('an empty or broken document is told from JSON', () => {
    expect(parseDocument(null).type).toBe('broken')
    expect(parseDocument(Buffer.alloc(0)).type).toBe('broken')
    expect(parseDocument(Buffer.from('{')).type).toBe('broken')
    fc.assert(fc.property(fc.json(), (json) => void expect(parseDocument(Buffer.from(json))).toMatchObject({ type: 'json', text: json })))
  })

  it('freezes everything plain, also in circles, and leaves bytes alone', () => {
    const value: { list: { a: number }[]; self?: unknown; bytes: Uint8Array } = { list: [{ a: 1 }], bytes: new Uint8Array(2) }
    value.self = value
    deepFreeze(value)
    expect([value, value.list, value.list[0]].every((part) => Object.isFrozen(part))).toBe(true)
    value.bytes[0] = 1
  })

  it('a feed keeps only the newest value for each reader, and no reader that has left', async () => {
    const feed = new ChangeFeed<number>()
    const slow = feed.read(0, undefined)
    for (let i = 1; i <= 5; i++) feed.changed(i)
    expect((await slow.next()).value).toBe(5)
    const next = slow.next()
    feed.changed(6)
    feed.changed(7)
    expect([(await next).value, (await slow.next()).value]).toEqual([6, 7])
    expect(feed.readerCount).toBe(1)
    await slow.return?.()
    expect(feed.readerCount).toBe(0)
    feed.end()
    expect(await feed.read(1, undefined).next()).toEqual({ done: true, value: undefined })
  })
})
