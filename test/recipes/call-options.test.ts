// The options of every async method of the recipes, by the contract of docs/decisions/0025: one time limit for the whole call, an abort that
// is heard at once, nothing sent for what is refused, and nothing left behind.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { expectClean } from '../../recipes/audit.ts'
import { resourcesOf } from '../client/resources.ts'
import { rejection } from '../client/support.ts'
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
  describe(when === undefined ? method : `${method}, ${when}`, () => {
    it('with a signal that has aborted', () =>
      within(row, async (place, subject) => {
        const reason = new Error('enough')
        const before = await place.quiet()
        expect(await rejection(subject.call({ signal: AbortSignal.abort(reason) }))).toBe(reason)
        if (row.cleansUp !== true) expect(await place.sentSince(before)).toBe(0)
      }))

    it('with a signal that aborts', () =>
      within(row, async (place, subject) => {
        const reason = new Error('enough')
        const stop = new AbortController()
        await place.silence(row)
        const error = rejection(subject.call({ signal: stop.signal }))
        await place.silenced(row)
        await new Promise((resolve) => setImmediate(resolve))
        stop.abort(reason)
        expect(await error).toBe(reason)
        await place.speak()
      }))

    it.runIf(late !== null)('with a time limit that passes', () =>
      within(row, async (place, subject) => {
        await place.silence(row)
        const error = await rejection(subject.call({ timeoutMs }))
        await place.silenced(row)
        expect(ZoariumError.is(error) ? error.code : error).toBe(late)
        await place.speak()
      }),
    )

    it.runIf(late !== null)('with what is no time limit', () =>
      within(row, async (place, subject) => {
        const before = await place.quiet()
        for (const bad of NO_LIMITS) {
          // What a program without types can pass.
          const options = { timeoutMs: bad } as CallOptions
          expect([bad, await codeOf(subject.call(options))]).toEqual([bad, 'ERR_CONFIG'])
        }
        expect(await place.sentSince(before)).toBe(0)
        if (row.cleansUp === true) await subject.call({})
      }),
    )
  })
}

/** Plays it with a client of its own, of which nothing is left afterwards: not in the tree, at the server, or in this process. */
async function within(row: Row, work: (place: Place, subject: Subject) => Promise<void>): Promise<void> {
  const held = await resourcesOf(async () => {
    const place = await Place.open(world, row)
    try {
      const subject = await row.open({ client: place.client, other: place.other, path: freshPath('call') })
      await work(place, subject)
      await subject.close?.()
      await expectClean(place.client, CLEAN)
    } finally {
      await place.close()
    }
  })
  await until(() => held().length === 0, `no timer and no socket, but ${held().join(', ')}`)
}
