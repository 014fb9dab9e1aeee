// What the simulation of recipes found, each as a small test of its own.

import { describe, expect, it } from 'vitest'
import type { Client, PersistentWatchEvent, ReadOp, ReadResult, Session, Stat } from '../../core/index.ts'
import { connect, ZoariumError } from '../../core/index.ts'
import { FaultyNetwork } from '../../core/testing/faulty-network.ts'
import { Mirror } from '../../recipes/cache/mirror.ts'
import { type Found, ReadQueue } from '../../recipes/cache/read-queue.ts'
import { Scope } from '../../recipes/cache/scope.ts'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { Queue } from '../../recipes/queue/queue.ts'
import { TakenItem } from '../../recipes/queue/queued-item.ts'
import { ServerClock } from '../../recipes/queue/server-clock.ts'
import { ReadWriteLock } from '../../recipes/read-write-lock.ts'
import { sleep } from '../../recipes/support/abort.ts'
import { Attempt } from '../../recipes/support/attempt.ts'
import { CleanUp } from '../../recipes/support/clean-up.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

const NEVER = new AbortController().signal

function statOf(czxid: bigint, mzxid: bigint = czxid): Stat {
  return {
    czxid,
    mzxid,
    pzxid: czxid,
    ephemeralOwner: 0n,
    ctimeMs: 0,
    mtimeMs: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    dataLength: 0,
    numChildren: 0,
  }
}

/** Lets everything that promises and immediates can do happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A client of which a cache needs: its reads wait until the test answers them, its watch yields what the test says. */
class CacheClient {
  lastZxid = 0n
  status = { type: 'connected' }
  readonly #reads: { readonly path: string; readonly answer: (result: ReadResult) => void }[] = []
  readonly #events: PersistentWatchEvent[] = []
  #wake: () => void = () => {}
  #closed = false
  #listener: () => void = () => {}

  on(_event: string, listener: () => void): void {
    this.#listener = listener
  }
  off(): void {}

  watch(): Promise<AsyncGenerator<PersistentWatchEvent> & { close(): Promise<void> }> {
    return Promise.resolve(Object.assign(this.#follow(), { close: () => this.#close() }))
  }

  multiRead(ops: readonly ReadOp[]): Promise<ReadResult[]> {
    return Promise.all(ops.map(({ path }) => new Promise<ReadResult>((answer) => this.#reads.push({ path, answer }))))
  }

  /** The oldest read of this path is answered: with a znode, or with `null` for none. */
  answer(path: string, stat: Stat | null): Promise<void> {
    const at = this.#reads.findIndex((read) => read.path === path)
    const [read] = this.#reads.splice(at, 1)
    if (at < 0 || read === undefined) throw new Error(`nobody reads ${path}`)
    const error = new ZoariumError('NO_NODE', path, { path })
    read.answer(stat === null ? { type: 'error', path, error } : { type: 'getData', path, data: null, stat })
    return settle()
  }

  hear(...events: readonly PersistentWatchEvent[]): Promise<void> {
    this.#events.push(...events)
    this.#wake()
    return settle()
  }

  become(type: string): void {
    this.status = { type }
    this.#listener()
  }

  async *#follow(): AsyncGenerator<PersistentWatchEvent> {
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) yield event
      if (this.#closed) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #close(): Promise<void> {
    this.#closed = true
    this.#wake()
    return Promise.resolve()
  }
}

function cacheOf(client: CacheClient): Mirror {
  return new Mirror(client as unknown as Client, {
    scope: new Scope('/t', 10, undefined),
    keepRoot: true,
    withData: true,
    maxNodes: 100,
    maxBytes: 1000,
    maxConcurrentReads: 4,
  })
}

/** A cache that shows `/t`, made at zxid 2, and stands at zxid 5. */
async function startedCache(): Promise<{ readonly client: CacheClient; readonly cache: Mirror }> {
  const client = new CacheClient()
  client.lastZxid = 5n
  const cache = cacheOf(client)
  const started = cache.start(undefined)
  await settle()
  await client.answer('/t', statOf(2n))
  await started
  return { client, cache }
}

describe('a cache', () => {
  it('shows a znode that one transaction deleted and made again while it was being read', async () => {
    const found: Found[] = []
    const client = new CacheClient()
    const reads = new ReadQueue(client as unknown as Client, true, 1, NEVER, {
      found: (_path, what) => found.push(what),
      listed: () => {},
      refused: () => {},
      failed: (error) => {
        throw error
      },
      answered: () => {},
    })
    reads.read('/t', null)
    await settle()
    // deleted and created, both at zxid 7
    reads.gone('/t', 7n)
    reads.read('/t', null)
    await client.answer('/t', statOf(3n))
    await client.answer('/t', statOf(7n))
    expect(found.map((what) => what?.stat.czxid ?? null)).toEqual([null, 7n])
  })

  it('that was away is complete up to what it has read, not up to what it heard of while it was reading', async () => {
    const { client, cache } = await startedCache()
    client.become('suspended')
    client.become('connected')
    await client.hear({ type: 'created', path: '/t/a', zxid: 6n }, { type: 'resumed' })
    await client.hear({ type: 'created', path: '/t/b', zxid: 9n })
    await client.answer('/t/a', statOf(6n))
    expect([cache.state, cache.image.window.floor]).toEqual(['synced', 6n])
    await client.answer('/t/b', statOf(9n))
    expect(cache.image.window.floor).toBe(9n)
    await cache.close()
  })

  it('says up to when the absence may have come about that it shows', async () => {
    const { client, cache } = await startedCache()
    await client.hear({ type: 'changed', path: '/t', zxid: 6n })
    client.become('suspended')
    client.become('connected')
    client.lastZxid = 12n
    await client.answer('/t', null)
    expect(cache.image.store.get('/t')).toBeUndefined()
    expect([cache.state, cache.image.window.floor, cache.image.window.ceiling]).toEqual(['stale', 5n, 12n])
    await cache.close()
  })
})

describe('waiting without an end', () => {
  it('is no leak, however many do it', async () => {
    const warnings: unknown[] = []
    const warned = (warning: unknown): void => void warnings.push(warning)
    process.on('warning', warned)
    await Promise.all(Array.from({ length: 30 }, () => sleep(1, NEVER)))
    await settle()
    process.off('warning', warned)
    expect(warnings).toEqual([])
  })
})

describe('an item of a queue', () => {
  it('is given back when its holder has lost it by its own clock only: the session may go on', async () => {
    const ended = new AbortController()
    const asked: unknown[] = []
    const client = {
      status: { type: 'suspended' },
      session: { signal: ended.signal },
      on: () => {},
      off: () => {},
      multi: (ops: readonly unknown[]) => Promise.resolve(asked.push(...ops)),
    } as unknown as Client
    const session = { signal: ended.signal, deadlineMs: Number.POSITIVE_INFINITY } as Session
    const cleanUp = new CleanUp(client, undefined)
    const parts = { client, cleanUp, session, path: '/q/items/x', claim: '/q/taken/x', czxid: 3n, version: 1, data: null }
    const item = new TakenItem(parts)
    expect(item.state).toBe('suspended')
    ended.abort(new ZoariumError('ERR_LOST', 'session'))
    await cleanUp.settled()
    expect(item.lostReason).toBe('deadline')
    expect(asked).toEqual([
      { type: 'check', path: '/q/items/x', version: 1 },
      { type: 'delete', path: '/q/taken/x' },
    ])
  })
})

describe('a claim', () => {
  it('does not stay when the item was taken out of the queue while somebody had it', async () => {
    await using world = await World.start()
    const path = freshPath('queue')
    const client = await world.client()
    const queue = new Queue(client, path)
    const [completed, released] = [await queue.put('a').then(() => queue.take()), await queue.put('b').then(() => queue.take())]
    await Promise.all([client.delete(completed.path), client.delete(released.path)])
    expect(await codeOf(completed.complete())).toBe('ERR_LOST')
    await released.release()
    await until(async () => (await world.children(`${path}/taken`)).length === 0, 'no claim is left')
    await queue.close()
  })
})

describe('the clock of a queue', () => {
  it('leaves no znode when whoever asks it gives up before the answer comes', async () => {
    const ended = new AbortController()
    const stat = { ...statOf(3n), ephemeralOwner: 7n }
    const deleted: string[] = []
    const client = {
      session: { id: 7n, signal: NEVER, deadlineMs: Number.POSITIVE_INFINITY },
      create: (path: string) => Promise.resolve({ path, stat }),
      exists: () => {
        ended.abort(new ZoariumError('ERR_TIMEOUT', 'enough'))
        return Promise.resolve(stat)
      },
      delete: (path: string) => Promise.resolve(deleted.push(path)),
    } as unknown as Client
    const cleanUp = new CleanUp(client, undefined)
    const attempt = new Attempt({ signal: ended.signal }, () => 'asking')
    expect(await codeOf(new ServerClock(client, cleanUp, '/q/clocks').now(attempt))).toBe('ERR_TIMEOUT')
    await cleanUp.settled()
    expect(deleted).toHaveLength(1)
  })
})

describe('an upgraded reader', () => {
  it("lets no reader in when another one's wait ends", async () => {
    await using world = await World.start()
    const path = freshPath('rw')
    const lock = async (): Promise<ReadWriteLock> => new ReadWriteLock(await world.client(), path)
    const stands = (count: number): Promise<void> => until(async () => (await world.children(path)).length === count, `${count} contenders`)
    const base = await (await lock()).upgradeable()
    const giveUp = new AbortController()
    const writing = codeOf((await lock()).write({ signal: giveUp.signal }))
    await stands(2)
    const client = await world.client()
    let isInside = false
    const reading = new ReadWriteLock(client, path).read().then((grant) => {
      isInside = true
      return grant
    })
    await stands(3)
    const writer = await base.upgrade()
    giveUp.abort(new ZoariumError('ERR_TIMEOUT', 'enough'))
    await writing
    await stands(3)
    // The reader has heard of it, has looked again, and waits.
    for (let round = 0; round < 5; round++) await client.sync(path)
    expect([isInside, writer.isHeld]).toEqual([false, true])
    await writer.release()
    await (await reading).release()
    await base.release()
    await world.clean(path)
  })
})

/** A client with a network of its own that can be broken. */
async function behindNetwork(world: World): Promise<{ readonly client: Client; readonly network: FaultyNetwork } & AsyncDisposable> {
  const network = await FaultyNetwork.start({ host: world.host, port: world.port })
  const client = await connect(network.connectString, { sessionTimeoutMs: 20_000 })
  const close = async (): Promise<void> => {
    await client.close()
    await network.close()
  }
  return { client, network, [Symbol.asyncDispose]: close }
}

describe('a campaign', () => {
  it('that ends while it goes ahead of others leaves no znode', async () => {
    await using world = await World.start()
    const path = freshPath('election')
    const leadership = await new LeaderElection(await world.client(), path, { data: 'a' }).campaign()
    await using b = await behindNetwork(world)
    const giveUp = new AbortController()
    const campaign = codeOf(new LeaderElection(b.client, path, { data: 'b' }).campaign({ signal: giveUp.signal }))
    await until(async () => (await world.children(path)).length === 2, 'both stand')
    const before = await world.children(path)
    // The transaction by which b goes ahead is made; its answer comes when nobody wants it any more.
    b.network.inject('holdReply', { operation: 'multi' })
    const handed = leadership.handOver('b', { timeoutMs: 5_000 })
    const isNew = (name: string): boolean => !before.includes(name) && !name.endsWith('-offer')
    await until(async () => (await world.children(path)).some(isNew), 'b has gone ahead')
    giveUp.abort(new ZoariumError('ERR_TIMEOUT', 'enough'))
    expect(await campaign).toBe('ERR_TIMEOUT')
    b.network.cut()
    await handed
    await world.clean(path)
  })

  it('that ends while it offers another one to go ahead leaves no offer', async () => {
    await using world = await World.start()
    const path = freshPath('election')
    const stands = (count: number): Promise<void> => until(async () => (await world.children(path)).length === count, `${count} stand`)
    const leadership = await new LeaderElection(await world.client(), path).campaign()
    await using a = await behindNetwork(world)
    await using b = await behindNetwork(world)
    const giveUp = new AbortController()
    const campaign = codeOf(new LeaderElection(a.client, path).campaign({ signal: giveUp.signal }))
    await stands(2)
    const next = new LeaderElection(b.client, path, { priority: 5 }).campaign()
    await stands(3)
    b.network.hold()
    a.network.inject('holdReply', { operation: 'create2' })
    await leadership.resign()
    const offers = async (): Promise<string[]> => (await world.children(path)).filter((name) => name.endsWith('-offer'))
    await until(async () => (await offers()).length === 1, 'the offer')
    giveUp.abort(new ZoariumError('ERR_TIMEOUT', 'enough'))
    expect(await campaign).toBe('ERR_TIMEOUT')
    a.network.cut()
    await until(async () => (await offers()).length === 0, 'no offer is left')
    b.network.release()
    await (await next).resign()
    await world.clean(path)
  })
})
