// The locks, cut at every message: each request and reply, before and after, with the same session and with a new one.

import { describe, expect, it } from 'vitest'
import { ZoariumError } from '../../../core/index.ts'
import { MultiLock } from '../../../recipes/multi-lock.ts'
import { Mutex } from '../../../recipes/mutex.ts'
import { ReadWriteLock } from '../../../recipes/read-write-lock.ts'
import type { PermitGrant } from '../../../recipes/semaphore.ts'
import { Semaphore } from '../../../recipes/semaphore.ts'
import { cutAtEveryMessage } from './cuts.ts'
import type { Scenario } from './stage.ts'
import { background, queuedOr, tolerate } from './stage.ts'

const MUTEX_HAND_OFF: Scenario = {
  name: 'a mutex that is waited for, used and released',
  async run(stage) {
    const { client, other, path, signal } = stage
    const before = await new Mutex(other, path).acquire()
    await stage.enter(before)
    await using mutex = new Mutex(client, path)
    const acquiring = background(mutex.acquire({ signal }))
    await queuedOr(stage, acquiring, 2)
    await before.release()
    const lock = await acquiring
    await stage.enter(lock)
    const next = background(new Mutex(other, path).acquire())
    await queuedOr(stage, next, 2)
    await lock.release()
    await stage.enter(await next)
    await (await next).release()
  },
}

const MUTEX_TRY: Scenario = {
  name: 'a mutex that is tried while it is held, and when it is free',
  async run(stage) {
    const { client, other, path, signal } = stage
    await using mutex = new Mutex(client, path)
    const before = await new Mutex(other, path).acquire()
    expect(await tolerate(stage, mutex.tryAcquire({ signal }))).toBeFalsy()
    await stage.enter(before)
    await before.release()
    const lock = await mutex.tryAcquire({ signal })
    // In a disturbed run the contender of the first try may still be on its way out.
    if (!stage.disturbed) expect(lock).not.toBeNull()
    if (lock === null) return
    await stage.enter(lock)
    await lock.release()
  },
}

const MUTEX_ABORT: Scenario = {
  name: 'a mutex whose wait is given up',
  async run(stage) {
    const { client, other, path, signal } = stage
    const before = await new Mutex(other, path).acquire()
    await using mutex = new Mutex(client, path)
    const stop = new AbortController()
    const acquiring = background(mutex.acquire({ signal: AbortSignal.any([stop.signal, signal]) }))
    await queuedOr(stage, acquiring, 2)
    stop.abort(new Error('not any more'))
    await expect(acquiring).rejects.toThrow()
    await stage.enter(before)
    await before.release()
    const next = await new Mutex(other, path).acquire()
    await stage.enter(next)
    await next.release()
  },
}

const MUTEX_REVOKE: Scenario = {
  name: 'a mutex that is taken away from somebody else',
  async run(stage) {
    const { client, other, path, signal } = stage
    const held = await new Mutex(other, path).acquire()
    await stage.enter(held)
    await using mutex = new Mutex(client, path)
    const outcome = await tolerate(stage, mutex.revoke({ by: 'cut', force: true, comment: 'a test', signal }))
    if (!stage.disturbed) expect(outcome).toBe('forced')
    if (outcome === undefined && held.isHeld) await held.release()
    const next = await mutex.acquire({ signal })
    // Whose znode was deleted by somebody else hears of it in its own time.
    await stage.until(() => !held.isHeld, 'it is known to be taken away')
    await stage.enter(next)
    await next.release()
  },
}

const READ_WRITE: Scenario = {
  name: 'a read/write lock: read, write, downgrade',
  async run(stage) {
    const { client, other, path, signal } = stage
    await using lock = new ReadWriteLock(client, path)
    const theirs = new ReadWriteLock(other, path)
    const reader = await lock.read({ signal })
    await stage.share(reader)
    const beside = await theirs.read()
    await stage.share(beside)
    await reader.release()
    const writing = background(lock.write({ signal }))
    await queuedOr(stage, writing, 2)
    await beside.release()
    const writer = await writing
    await stage.enter(writer)
    const next = background(theirs.write())
    await queuedOr(stage, next, 2)
    const downgraded = await tolerate(stage, writer.downgrade())
    if (downgraded !== undefined) await stage.share(downgraded)
    await downgraded?.release()
    await writer.release()
    await stage.enter(await next)
    await (await next).release()
  },
}

const UPGRADE: Scenario = {
  name: 'a read/write lock: upgradeable, upgrade, back',
  async run(stage) {
    const { client, other, path, signal } = stage
    await using lock = new ReadWriteLock(client, path)
    const theirs = new ReadWriteLock(other, path)
    const base = await lock.upgradeable({ signal })
    const reader = await theirs.read()
    await stage.share(reader)
    const upgrading = background(base.upgrade({ signal }))
    await queuedOr(stage, upgrading, 3)
    await reader.release()
    const writer = await tolerate(stage, upgrading)
    if (writer !== undefined) await stage.enter(writer)
    await writer?.release()
    await base.release()
    const next = await theirs.write()
    await stage.enter(next)
    await next.release()
  },
}

const SEMAPHORE: Scenario = {
  name: 'a semaphore: waited for, taken, made larger',
  async run(stage) {
    const { client, other, path, signal } = stage
    await using semaphore = new Semaphore(client, path, { permits: 2 })
    const theirs = new Semaphore(other, path, { permits: 2 })
    const [a, b] = [await theirs.acquire(), await theirs.acquire()]
    const acquiring = background(semaphore.acquire({ permits: 2, signal }))
    await queuedOr(stage, acquiring, 3)
    const behind = background(theirs.acquire())
    await queuedOr(stage, behind, 4)
    await b.release()
    await a.release()
    // A new session takes the one that waits to the end of the queue: either may be the next.
    const use = async (taking: Promise<PermitGrant>): Promise<void> => {
      const grant = await taking
      await stage.share(grant)
      await grant.release()
    }
    await Promise.all([use(acquiring), use(behind)])
    await tolerate(stage, semaphore.resize(3, { signal }))
    if (stage.disturbed) await theirs.resize(3)
    await use(theirs.acquire({ permits: 3 }))
    expect(await theirs.inspect()).toMatchObject({ permits: 3, overcommitted: false, waiting: [] })
  },
}

const MULTI: Scenario = {
  name: 'a multi-lock of two, the second of which is waited for',
  folders: (path) => [`${path}-a`, `${path}-b`],
  async run(stage) {
    const { client, other, path, signal } = stage
    await using locks = new MultiLock(client, [`${path}-b`, `${path}-a`])
    const before = await new Mutex(other, `${path}-b`).acquire()
    const acquiring = background(locks.acquire({ signal }))
    await queuedOr(stage, acquiring, 2, `${path}-b`)
    await before.release()
    // A session that ends takes the first lock away while the second is waited for.
    const held = await acquiring.catch((error: unknown) => {
      if (stage.disturbed && ZoariumError.is(error, 'ERR_LOST')) return null
      throw error
    })
    if (held !== null) await tolerate(stage, held.guard([{ type: 'create', path: `${path}-log/x`, mode: 'ephemeral' }]))
    await held?.release()
    const [a, b] = [await new Mutex(other, `${path}-a`).acquire(), await new Mutex(other, `${path}-b`).acquire()]
    await Promise.all([a.release(), b.release()])
    await client.delete(`${path}-log/x`).catch((error: unknown) => expect(ZoariumError.is(error)).toBe(true))
    await other.delete(`${path}-log/x`).catch((error: unknown) => expect(ZoariumError.is(error, 'NO_NODE')).toBe(true))
  },
}

describe('G-03, G-04, G-05, G-06, G-08, G-09, G-14, G-15: locks, cut at every message', () => {
  for (const scenario of [MUTEX_HAND_OFF, MUTEX_TRY, MUTEX_ABORT, MUTEX_REVOKE, READ_WRITE, UPGRADE, SEMAPHORE, MULTI]) {
    it(scenario.name, { timeout: 600_000 }, async () => {
      const { messages, cells, struck } = await cutAtEveryMessage(scenario)
      expect(messages).toBeGreaterThanOrEqual(3)
      expect(struck).toBeGreaterThan(cells / 2)
    })
  }
})
