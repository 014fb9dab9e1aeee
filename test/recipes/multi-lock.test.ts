import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ZoariumError } from '../../core/index.ts'
import { MultiLock } from '../../recipes/multi-lock.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { ReadWriteLock } from '../../recipes/read-write-lock.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let paths: readonly [string, string, string]

beforeEach(async () => {
  world = await World.start()
  const path = freshPath('multi')
  paths = [`${path}-a`, `${path}-b`, `${path}-c`]
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

async function clean(): Promise<void> {
  for (const path of paths) await world.clean(path)
}

describe('a multi-lock', () => {
  it('M-01, M-02: takes each path once, in the order of the paths, whatever the caller says', async () => {
    const [a, b, c] = paths
    const client = await world.client()
    const locks = new MultiLock(client, [c, a, b, a])
    expect(locks.paths).toEqual([a, b, c])
    const held = await locks.acquire()
    expect([...held.tokens.keys()]).toEqual([a, b, c])
    expect(held.grants.map(({ token }) => token)).toEqual([...held.grants.map(({ token }) => token)].sort((x, y) => Number(x - y)))
    await held.guard([{ type: 'create', path: `${a}-x` }])
    await held.release()
    expect([held.isHeld, held.lostReason]).toEqual([false, 'released'])
    expect(await codeOf(held.guard([]))).toBe('ERR_NOT_HELD')
    await clean()
  })

  it('M-01: callers that name the same locks in different orders never wait for each other', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => world.client()))
    let inside = 0
    await Promise.all(
      clients.map(async (client, i) => {
        const order = [...paths.slice(i % 3), ...paths.slice(0, i % 3)]
        const locks = new MultiLock(client, i % 2 === 0 ? order : order.toReversed())
        for (let round = 0; round < 3; round++) {
          await locks.run(async (held) => {
            expect(++inside).toBe(1)
            await held.guard([{ type: 'check', path: paths[0] }])
            inside--
          })
        }
      }),
    )
    await clean()
  })

  it('M-01, L-11: one deadline for all; at the first failure what was taken is given back, the last first', async () => {
    const [a, b, c] = paths
    const client = await world.client()
    const holder = await new Mutex(await world.client(), c).acquire()
    const locks = new MultiLock(client, paths)
    expect(await codeOf(locks.acquire({ timeoutMs: 50 }))).toBe('ERR_TIMEOUT')
    expect(await locks.tryAcquire()).toBeNull()
    expect([await world.children(a), await world.children(b)]).toEqual([[], []])
    await holder.release()
    const held = await locks.tryAcquire()
    expect(held?.isHeld).toBe(true)
    await held?.release()
    await clean()
  })

  it('L-11: its deadline and an abort are kept also when what was taken cannot be given back now', async () => {
    const [a, b] = paths
    const other = await new Mutex(await world.client(), b).acquire()
    const { client, proxy } = await world.proxied()
    const locks = new MultiLock(client, [a, b])
    const stop = new AbortController()
    const waits = [locks.acquire({ timeoutMs: 2_000 }), new MultiLock(client, [`${a}-2`, b]).acquire({ signal: stop.signal })]
    const outcomes = Promise.all(waits.map(codeOf))
    await until(async () => (await world.children(b)).length === 3, 'they wait for the second lock')
    proxy.refuse()
    stop.abort(new ZoariumError('ERR_CONFLICT', 'enough'))
    // The session lasts for 20 s.
    const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'late'))
    expect(await Promise.race([outcomes, late])).toEqual(['ERR_TIMEOUT', 'ERR_CONFLICT'])
    proxy.accept()
    await locks.close()
    expect(await world.children(a)).toEqual([])
    await other.release()
    await clean()
  })

  it('M-03: the loss of one is the loss of all: one signal, and the others are given back', async () => {
    const [, b] = paths
    const held = await new MultiLock(await world.client(), paths).acquire()
    const node = held.grants[1]?.path ?? ''
    expect(node.startsWith(b)).toBe(true)
    await (await world.client()).delete(node)
    expect(await held.lost).toBe('nodeDeleted')
    expect([held.signal.aborted, held.isHeld, held.state]).toEqual([true, false, 'lost'])
    await clean()
  })

  it('M-03: run rejects when one was lost meanwhile', async () => {
    const locks = new MultiLock(await world.client(), paths)
    const eye = await world.client()
    const running = locks.run(async (held) => {
      await eye.delete(held.grants[0]?.path ?? '')
      await held.lost
    })
    expect(await codeOf(running)).toBe('ERR_LOST')
    await clean()
  })

  it('L-02: a guard checks every lock, also when the loss is not known here yet', async () => {
    const [a, b] = paths
    const { client, proxy } = await world.proxied()
    const held = await new MultiLock(client, [a, b]).acquire()
    const eye = await world.client()
    proxy.pause()
    await eye.delete(held.grants[1]?.path ?? '')
    const writing = held.guard([{ type: 'create', path: `${a}-x` }])
    proxy.resume()
    expect(await codeOf(writing)).toBe('ERR_LOST')
    expect(await eye.exists(`${a}-x`)).toBeNull()
    await clean()
  })

  it('takes other locks, too, and an abort in the middle leaves nothing', async () => {
    const [a, b] = paths
    const client = await world.client()
    const rw = new ReadWriteLock(client, b)
    const write = { path: b, acquire: (options: object) => rw.write(options) }
    const blocker = await rw.read()
    const locks = new MultiLock(client, [write, a])
    const stop = new AbortController()
    const acquiring = locks.acquire({ signal: stop.signal })
    await until(async () => (await world.children(b)).length === 2, 'it waits for the second')
    stop.abort(new Error('enough'))
    await expect(acquiring).rejects.toThrow('enough')
    await until(async () => (await world.children(a)).length === 0, 'the first is given back')
    await blocker.release()
    const held = await locks.acquire()
    await locks.close()
    expect(held.isHeld).toBe(false)
    expect(await codeOf(locks.acquire())).toBe('ERR_CLOSED')
    await clean()
  })

  it('M-03: a lock that is lost while the others are waited for ends the wait', async () => {
    const [a, b] = paths
    const client = await world.client()
    const other = await world.client()
    const blocker = await new Mutex(other, b).acquire()
    const locks = new MultiLock(client, [a, b])
    const ended = codeOf(locks.acquire())
    await until(async () => (await world.children(b)).length === 2, 'it waits for the second')
    const [name] = await world.children(a)
    await other.delete(`${a}/${name}`)
    expect(await ended).toBe('ERR_LOST')
    await blocker.release()
    await clean()
  })

  it('G-15: closing ends a wait for locks that were passed as objects', async () => {
    const [a, b] = paths
    const client = await world.client()
    const blocker = await new Mutex(await world.client(), b).acquire()
    const locks = new MultiLock(client, [new Mutex(client, a), new Mutex(client, b)])
    const acquiring = locks.acquire()
    await until(async () => (await world.children(b)).length === 2, 'it waits for the second')
    const ended = codeOf(acquiring)
    await locks.close()
    expect(await ended).toBe('ERR_CLOSED')
    await blocker.release()
    await clean()
  })

  it('E-07: what runs under it is told of an abort and of the closing, and nobody else gets in before it has ended', async () => {
    const [a, b] = paths
    const client = await world.client()
    for (const how of ['abort', 'close'] as const) {
      const locks = new MultiLock(client, [a, b])
      const stop = new AbortController()
      let finish = (): void => {}
      const finished = new Promise<void>((resolve) => {
        finish = resolve
      })
      let signal: AbortSignal | undefined
      const running = locks.run(
        async (held) => {
          signal = held.signal
          await finished
        },
        { signal: stop.signal },
      )
      running.catch(() => {})
      await until(() => signal !== undefined, 'it runs')
      const closing = how === 'close' ? locks.close() : undefined
      if (how === 'abort') stop.abort(new Error('enough'))
      await until(() => signal?.aborted === true, 'it is told')
      expect(await new Mutex(client, b).tryAcquire()).toBe(null)
      finish()
      if (how === 'close') expect(await codeOf(running)).toBe('ERR_LOST')
      else await running
      await closing
      await clean()
    }
  })

  it('L-21: a handler of errors that throws disturbs nothing', async () => {
    const [a, b] = paths
    const client = await world.client()
    const locks = new MultiLock(client, [a, b], {
      onError: () => {
        throw new Error('the handler is wrong')
      },
    })
    const held = await locks.acquire()
    const remove = client.delete.bind(client)
    const first = held.grants[0]?.path ?? ''
    vi.spyOn(client, 'delete').mockImplementation((path, options) =>
      path === first ? Promise.reject(new ZoariumError('NO_AUTH', 'delete', { path })) : remove(path, options),
    )
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    await remove(held.grants[1]?.path ?? '')
    await held.lost
    await until(() => warnings.length > 0, 'the warning')
    process.off('warning', warned)
    expect(warnings.map(({ message }) => message)).toContain('the handler is wrong')
    vi.restoreAllMocks()
    await remove(first)
    await clean()
  })

  it('validates its arguments', async () => {
    const client = await world.client()
    expect(() => new MultiLock(client, [])).toThrow(/one at least/)
    expect(() => new MultiLock(client, ['relative'])).toThrow(/absolute path/)
  })
})
