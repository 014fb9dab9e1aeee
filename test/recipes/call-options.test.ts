// The options of every async method of the recipes, by the contract of docs/decisions/0025: one time limit for the whole call, an abort that
// is heard at once, nothing sent for what is refused, and nothing left behind.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { expectClean } from '../../recipes/audit.ts'
import { ConfigStore } from '../../recipes/config-store/config-store.ts'
import { Counter } from '../../recipes/shared/counter.ts'
import { resourcesOf } from '../client/resources.ts'
import { rejection } from '../client/support.ts'
import { Op } from '../support/fault-proxy.ts'
import { LOCK_ROWS } from './call-options/locks.ts'
import { MEMBER_ROWS } from './call-options/members.ts'
import { publicMethods } from './call-options/public-methods.ts'
import { QUEUE_ROWS } from './call-options/queues.ts'
import { SHARED_ROWS } from './call-options/shared.ts'
import type { Row, Subject } from './call-options/stage.ts'
import { Place } from './call-options/stage.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

const ROWS: readonly Row[] = [...LOCK_ROWS, ...MEMBER_ROWS, ...QUEUE_ROWS, ...SHARED_ROWS]

/** Methods without a row, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  'Lockable.acquire': 'an interface for locks of others; of ours it is the acquire of Mutex, and read and write of ReadWriteLock',
  'WriteGrant.downgrade': 'takes no options: half of it would be the loss of the lock',
  'ChangeIterator.next': 'takes no options: those of the iterator end it',
  'ChangeIterator.return': 'takes no options',
}

/** Whose own options type says what 0 means: at once, or only if it is free. For all others it is no limit. */
const OWN_ZERO: ReadonlySet<string> = new Set([
  'Mutex.acquire',
  'Mutex.run',
  'ReadWriteLock.read',
  'ReadWriteLock.write',
  'ReadWriteLock.upgradeable',
  'ReadWriteLock.withRead',
  'ReadWriteLock.withWrite',
  'UpgradeableGrant.upgrade',
  'Semaphore.acquire',
  'Semaphore.run',
  'MultiLock.acquire',
  'MultiLock.run',
  'LeaderElection.campaign',
  'Leadership.handOver',
  'Group.join',
  'Barrier.wait',
  'DoubleBarrier.enter',
  'BarrierPass.leave',
  'BaseQueue.take',
  'Queue.put',
  'PriorityQueue.put',
  'DelayQueue.put',
  'expectClean',
])

/** What says that it waits at most until the session's deadline. */
const BOUNDED: ReadonlySet<string> = new Set([
  'Mutex.close',
  'ReadWriteLock.close',
  'Semaphore.close',
  'LeaderElection.close',
  'Group.close',
  'Membership.leave',
  'PersistentNode.close',
  'DoubleBarrier.close',
  'BaseQueue.close',
  'QueuedItem.release',
  'Grant.release',
  'MultiGrant.release',
  'Leadership.resign',
])

const NO_LIMITS: readonly unknown[] = [-1, 1.5, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY, '5', null]

/** Long enough for a machine that is busy; nothing is measured by it. */
const CLEAN = { timeoutMs: 15_000 }

let world: World
beforeAll(async () => {
  world = await World.start()
})
afterAll(() => world[Symbol.asyncDispose]())

it('every async method that takes options has a row', () => {
  const methods = publicMethods()
  const expected = [...methods.keys()].filter((name) => EXEMPT[name] === undefined).sort()
  expect([...new Set(ROWS.map(({ method }) => method))].sort()).toEqual(expected)
  const exempt = Object.keys(EXEMPT).filter((name) => !methods.has(name))
  expect(exempt).toEqual([])
  for (const { method, late } of ROWS) expect([method, methods.get(method)]).toEqual([method, { signal: true, timeoutMs: late !== null }])
})

for (const row of ROWS) {
  const { method, when, late = 'ERR_TIMEOUT', timeoutMs = 100 } = row
  describe.concurrent(when === undefined ? method : `${method}, ${when}`, () => {
    it('with what is no time limit, and with a signal that has aborted', () =>
      within(row, async (place, subject) => {
        const before = await place.quiet()
        for (const bad of late === null ? [] : NO_LIMITS) {
          // What a program without types can pass.
          const options = { timeoutMs: bad } as CallOptions
          expect([bad, await codeOf(subject.call(options))]).toEqual([bad, 'ERR_CONFIG'])
        }
        expect(await place.sentSince(before)).toBe(0)
        const reason = new Error('enough')
        expect(await rejection(subject.call({ signal: AbortSignal.abort(reason) }))).toBe(reason)
        if (row.cleansUp !== true) expect(await place.sentSince(before)).toBe(0)
      }))

    it('with a signal that aborts', () => within(row, (place, subject) => aborted(row, place, subject, {})))

    if (late === null) return

    // Whose timer must not stay.
    it('with a signal that aborts long before time is up', () =>
      within(row, (place, subject) => aborted(row, place, subject, { timeoutMs: 2 ** 31 - 1 })))

    if (!OWN_ZERO.has(method)) {
      it('with a time limit of 0, which is none', () => within(row, (place, subject) => aborted(row, place, subject, { timeoutMs: 0 })))
    }

    it('with a time limit that passes', () =>
      within(row, async (place, subject) => {
        await place.silence(row)
        const error = await rejection(subject.call({ timeoutMs }))
        await place.silenced(row)
        expect(ZoariumError.is(error) ? error.code : error).toBe(late)
        await place.speak()
      }))
  })
}

/** The abort is heard, and nothing else ends the call before. */
async function aborted(row: Row, place: Place, subject: Subject, options: CallOptions): Promise<void> {
  const reason = new Error('enough')
  const stop = new AbortController()
  await place.silence(row)
  const error = rejection(subject.call({ ...options, signal: stop.signal }))
  await place.silenced(row)
  // A limit of 0 that is taken for one has passed by then.
  await new Promise((resolve) => setTimeout(resolve, 5))
  stop.abort(reason)
  expect(await error).toBe(reason)
  await place.speak()
}

/** Plays it with a client of its own, of which nothing is left afterwards: not in the tree, at the server, or in this process. */
async function within(row: Row, work: (place: Place, subject: Subject) => Promise<void>): Promise<void> {
  const held = await resourcesOf(async () => {
    await using place = await Place.open(world, row)
    const subject = await row.open({ client: place.client, another: () => place.another(), path: freshPath('call') })
    await work(place, subject)
    await subject.close?.()
    await expectClean(place.client, CLEAN)
  })
  await until(() => held().length === 0, `no timer and no socket, but ${held().join(', ')}`)
}

describe('a configuration', () => {
  it('is started again at once after a start that was given up while the servers say nothing', async () => {
    await using place = await Place.open(world, {})
    const store = new ConfigStore(place.client, freshPath('call'), { schema: Number, defaults: 1 })
    await place.silence({ silent: Op.sync })
    const stop = new AbortController()
    const first = rejection(store.start({ signal: stop.signal }))
    await place.silenced({ silent: Op.sync })
    const joined = store.start()
    stop.abort(new Error('enough'))
    expect(await first).toBe(stop.signal.reason)
    const again = store.start()
    await place.speak()
    await Promise.all([joined, again])
    expect(store.get().value).toBe(1)
    await store.close()
    await expectClean(place.client, CLEAN)
  })
})

describe('a counter', () => {
  it('does not add what was given up before it left, though others left with it', async () => {
    await using place = await Place.open(world, {})
    const counter = new Counter(place.client, freshPath('call'))
    await place.silence({})
    const [late, other] = [codeOf(counter.add(1n, { timeoutMs: 100 })), counter.add(10n)]
    expect(await late).toBe('ERR_TIMEOUT')
    await place.speak()
    expect(await other).toEqual({ before: 0n, after: 10n })
    expect(await counter.get()).toBe(10n)
  })
})

// Whoever says so waits for silent servers no longer than they can take its session for alive.
describe.concurrent('at the deadline of the session', () => {
  const bounded = ROWS.filter(({ method, cleansUp }) => cleansUp === true && BOUNDED.has(method))
  it.for(bounded)('$method ends', async (row) => {
    await using place = await Place.open(world, { sessionTimeoutMs: 2_000 })
    const subject = await row.open({ client: place.client, another: () => place.another(), path: freshPath('call') })
    await place.silence({})
    await subject.call({})
  })
})
