import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/index.ts'
import { ReadWriteLock } from '../../recipes/read-write-lock.ts'
import { newId } from '../../recipes/support/ids.ts'
import type { LockGrant } from '../../recipes/support/lock-entry.ts'
import { accessRule, holdersOf, parseAccess, upgradeRule } from '../../recipes/support/read-write-rule.ts'
import { printSequence } from '../../recipes/support/sequence.ts'
import { codeOf, freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('rw')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

async function lock(): Promise<ReadWriteLock> {
  return new ReadWriteLock(await world.client(), path)
}

/** Starts an acquisition and waits until its contender stands in the queue. */
async function queued<T extends LockGrant>(
  acquire: () => Promise<T>,
  count: number,
): Promise<{ grant: Promise<T>; settled: () => boolean }> {
  let settled = false
  const grant = acquire()
  grant.then(
    () => (settled = true),
    () => (settled = true),
  )
  await until(async () => (await world.children(path)).length === count, `${count} contenders`)
  return { grant, settled: () => settled }
}

describe('a read/write lock', () => {
  it('many read at once, one writes alone, in the order in which they came', async () => {
    const one = await lock()
    const two = await lock()
    const [a, b] = await Promise.all([one.read(), two.read()])
    const writer = await queued(() => two.write(), 3)
    const later = await queued(() => one.read(), 4)
    expect([writer.settled(), later.settled()]).toEqual([false, false])
    await a.release()
    expect(writer.settled()).toBe(false)
    await b.release()
    const held = await writer.grant
    expect(held.token).toBeGreaterThan(b.token)
    expect(later.settled()).toBe(false)
    await held.release()
    await (await later.grant).release()
    await world.clean(path)
  })

  it('RW-01: a reader looks at earlier writers only', async () => {
    const one = await lock()
    const reader = await one.read()
    const writer = await queued(() => one.write(), 2)
    // A session loss of the writer takes it to the end: the reader that stands must not care.
    expect(reader.isHeld).toBe(true)
    await reader.release()
    await (await writer.grant).release()
    await world.clean(path)
  })

  it('RW-02: a writer that downgrades lets no waiting writer in between, and keeps its token', async () => {
    const one = await lock()
    const two = await lock()
    const writer = await one.write()
    const second = await queued(() => two.write(), 2)
    const reader = await writer.downgrade()
    expect([reader.token, reader.isHeld, writer.isHeld, writer.lostReason]).toEqual([writer.token, true, false, 'released'])
    expect((await world.children(path)).map((name) => parseAccess(name)?.kind).sort()).toEqual(['read', 'write'])
    await reader.guard([{ type: 'check', path }])
    expect(await codeOf(writer.guard([]))).toBe('ERR_NOT_HELD')
    await writer.release()
    expect(second.settled()).toBe(false)
    await reader.release()
    expect((await second.grant).token).toBeGreaterThan(reader.token)
    await (await second.grant).release()
    await world.clean(path)
  })

  it('RW-02, G-08: a writer that is released while it downgrades leaves no reader that nobody has', async () => {
    const client = await world.client()
    const writer = await new ReadWriteLock(client, path).write()
    const downgrading = codeOf(writer.downgrade())
    await writer.release()
    expect(await downgrading).toBe('ERR_NOT_HELD')
    await (await (await lock()).write({ timeoutMs: 5_000 })).release()
    await world.clean(path)
  })

  it('RW-02: a guard that comes behind the downgrade finds the writer gone, which is no loss', async () => {
    const writer = await (await lock()).write()
    const downgrading = writer.downgrade()
    expect(await codeOf(writer.guard([]))).toBe('ERR_LOST')
    const reader = await downgrading
    expect([reader.isHeld, writer.lostReason]).toEqual([true, 'released'])
    await reader.release()
    await world.clean(path)
  })

  it('RW-02: readers that wait come in when the writer downgrades', async () => {
    const one = await lock()
    const writer = await one.write()
    const waiting = await queued(() => one.read(), 2)
    const reader = await writer.downgrade()
    const other = await waiting.grant
    expect([reader.isHeld, other.isHeld]).toEqual([true, true])
    await Promise.all([reader.release(), other.release()])
    await world.clean(path)
  })

  it('RW-03: an upgradeable reader becomes a writer when the readers have left; later readers wait', async () => {
    const one = await lock()
    const two = await lock()
    const base = await one.upgradeable()
    const reader = await two.read()
    expect(await codeOf(base.upgrade({ timeoutMs: 0 }))).toBe('ERR_CONFLICT')
    await until(async () => (await world.children(path)).length === 2, 'the attempt left nothing')
    const upgrading = await queued(() => base.upgrade(), 3)
    const later = await queued(() => two.read(), 4)
    expect([upgrading.settled(), later.settled()]).toEqual([false, false])
    await reader.release()
    const writer = await upgrading.grant
    expect(writer.token).toBe(base.token)
    await writer.guard([{ type: 'check', path }])
    expect(later.settled()).toBe(false)
    await writer.release()
    const inside = await later.grant
    expect([base.isHeld, inside.isHeld]).toEqual([true, true])
    await Promise.all([base.release(), inside.release()])
    await world.clean(path)
  })

  it('RW-03: an upgrade goes before a writer that waits, and two upgraders never wait for each other', async () => {
    const one = await lock()
    const two = await lock()
    const base = await one.upgradeable()
    const writer = await queued(() => two.write(), 2)
    const second = await queued(() => two.upgradeable(), 3)
    const upgraded = await base.upgrade()
    expect([writer.settled(), second.settled()]).toEqual([false, false])
    await base.release()
    expect([upgraded.isHeld, upgraded.lostReason]).toEqual([false, 'released'])
    const held = await writer.grant
    expect(held.token).toBeGreaterThan(upgraded.token)
    await held.release()
    await (await second.grant).release()
    await world.clean(path)
  })

  it('L-13: what bounds the wait for an upgradeable grant does not bound its upgrades', async () => {
    const one = await lock()
    const stop = new AbortController()
    const base = await one.upgradeable({ signal: stop.signal })
    stop.abort()
    await (await base.upgrade()).release()
    await base.release()
    const tried = await one.upgradeable({ timeoutMs: 0 })
    const reader = await (await lock()).read()
    const upgrading = await queued(() => tried.upgrade(), 3)
    await reader.release()
    await (await upgrading.grant).release()
    await tried.release()
    await world.clean(path)
  })

  it('RW-03: one upgrade of a grant at a time: two writers would not keep each other out', async () => {
    const base = await (await lock()).upgradeable()
    const reader = await (await lock()).read()
    const first = base.upgrade()
    expect(await codeOf(base.upgrade())).toBe('ERR_CONFLICT')
    await reader.release()
    const writer = await first
    expect(await codeOf(base.upgrade({ timeoutMs: 0 }))).toBe('ERR_CONFLICT')
    await writer.release()
    // Also after one that did not succeed.
    expect(await codeOf(base.upgrade({ signal: AbortSignal.abort(new ZoariumError('ERR_TIMEOUT', 'enough')) }))).toBe('ERR_TIMEOUT')
    await (await base.upgrade()).release()
    await base.release()
    await world.clean(path)
  })

  it('RW-03, L-15: a guard that finds the upgradeable lock gone before anything else leaves no write lock behind', async () => {
    const { client, network } = await world.networked()
    const base = await new ReadWriteLock(client, path).upgradeable()
    const writer = await base.upgrade()
    const operator = await world.client()
    // Both znodes of the grants are watched.
    await until(async () => (await world.watches()) === 2, 'the grants are watched')
    network.hold()
    // The watch tells of the change alone: of the deletion only who asks again.
    await operator.setData(base.path, '{}')
    await operator.delete(base.path)
    const guarding = codeOf(writer.guard([]))
    await operator.sync('/')
    network.release()
    expect(await guarding).toBe('ERR_LOST')
    expect(await base.lost).toBe('nodeDeleted')
    await world.clean(path)
  })

  it('RW-03: who loses the upgradeable lock loses the write lock, and its guards fail', async () => {
    const base = await (await lock()).upgradeable()
    const writer = await base.upgrade()
    await (await world.client()).delete(base.path)
    expect(await writer.lost).toBe('nodeDeleted')
    expect(await codeOf(base.upgrade())).toBe('ERR_LOST')
    await world.clean(path)
  })

  it('RW-03: asking for more than one holds is refused at once inside of the function that holds it', async () => {
    const one = await lock()
    await one.withRead(async () => {
      expect(await codeOf(one.write())).toBe('ERR_DEADLOCK')
      expect(await codeOf(one.upgradeable())).toBe('ERR_DEADLOCK')
      expect(await codeOf(one.withWrite(() => 1, { reentrant: true }))).toBe('ERR_DEADLOCK')
      expect(await one.withRead(() => 2, { reentrant: true })).toBe(2)
    })
    await one.withWrite(async (outer) => {
      expect(await one.withRead((inner) => inner.token, { reentrant: true })).toBe(outer.token)
    })
    await world.clean(path)
  })

  it('RW-04: a contender whose znode vanished queues again instead of failing', async () => {
    const one = await lock()
    const two = await lock()
    const writer = await one.write()
    const waiting = await queued(() => two.read(), 2)
    const own = (await world.children(path)).find((name) => parseAccess(name)?.kind === 'read')
    await (await world.client()).delete(`${path}/${own}`)
    await writer.release()
    const reader = await waiting.grant
    expect([reader.isHeld, reader.requeued]).toEqual([true, 1])
    await reader.release()
    await world.clean(path)
  })

  it('RW-05, G-20: order is by number, across the seam, whatever the length of the names', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 1_000 }), (first, distance) => {
        const name = (kind: string, counter: number): string => `${newId()}-${kind}-${printSequence(counter | 0)}`
        const writer = name('write', first)
        const reader = name('read', first + distance)
        expect(accessRule('read').place([reader, writer], reader, null)).toMatchObject({ type: 'behind', predecessor: writer })
        expect(accessRule('write').place([reader, writer], writer, null)).toEqual({ type: 'first' })
      }),
    )
  })

  it('RW-06: a stream of readers does not starve a writer', async () => {
    const one = await lock()
    const first = await one.read()
    const writer = await queued(() => one.write(), 2)
    const readers = Array.from({ length: 5 }, () => one.read())
    await until(async () => (await world.children(path)).length === 7, 'all queue')
    await first.release()
    await (await writer.grant).release()
    for (const reader of await Promise.all(readers)) await reader.release()
    await world.clean(path)
  })

  it('RW-07, L-03: both sides have the path of their znode and a token', async () => {
    const one = await lock()
    const reader = await one.read()
    expect([reader.path.startsWith(`${path}/`), parseAccess(reader.path.slice(path.length + 1))?.kind]).toEqual([true, 'read'])
    expect(reader.token).toBeGreaterThan(0n)
    await reader.release()
    const writer = await one.write()
    expect(parseAccess(writer.path.slice(path.length + 1))?.kind).toBe('write')
    await writer.release()
  })

  it('one watch for each that waits, and a writer that leaves wakes the readers behind it', async () => {
    const writer = await (await lock()).write()
    const one = await lock()
    await until(async () => (await world.watches()) === 1, 'the watch of the holder on its own znode')
    const readers = Array.from({ length: 5 }, () => one.read())
    const second = one.write()
    await until(async () => (await world.children(path)).length === 7, 'all queue')
    // All wait through one client: readers share the watch on the writer; the second writer watches the last reader.
    await until(async () => (await world.watches()) === 3, 'watches')
    await writer.release()
    for (const reader of await Promise.all(readers)) await reader.release()
    await (await second).release()
    await world.clean(path)
  })

  it('inspect tells holders from waiters', async () => {
    const one = new ReadWriteLock(await world.client(), path, { label: 'r' })
    const reader = await one.read()
    const writer = await queued(() => one.write({ label: 'w' }), 2)
    const { holders, waiting } = await one.inspect()
    expect(holders.map(({ access, label, own }) => [access, label, own])).toEqual([['read', 'r', true]])
    expect(waiting.map(({ access, label, token }) => [access, label, token > reader.token])).toEqual([['write', 'w', true]])
    await reader.release()
    await (await writer.grant).release()
    expect((await one.inspect()).holders).toEqual([])
  })

  it('inspect shows an upgraded reader as the writer that it is', async () => {
    const one = await lock()
    const two = await lock()
    const base = await one.upgradeable()
    const reader = await two.read()
    const upgrading = await queued(() => base.upgrade(), 3)
    const shown = async (): Promise<string[][]> => {
      const { holders, waiting } = await two.inspect()
      return [holders, waiting].map((side) => side.map(({ access }) => access))
    }
    expect(await shown()).toEqual([['upgrade', 'read'], ['write']])
    await reader.release()
    const writer = await upgrading.grant
    const behind = await queued(() => two.write(), 3)
    expect(await shown()).toEqual([['upgrade', 'write'], ['write']])
    await writer.release()
    expect(await shown()).toEqual([['upgrade'], ['write']])
    await base.release()
    await (await behind.grant).release()
    await world.clean(path)
  })

  it('close ends waits and grants and leaves nothing', async () => {
    const one = await lock()
    const writer = await one.write()
    const waiting = await queued(() => one.read(), 2)
    waiting.grant.catch(() => {})
    await one.close()
    expect(await codeOf(waiting.grant)).toBe('ERR_CLOSED')
    expect(writer.lostReason).toBe('closed')
    expect(await codeOf(one.read())).toBe('ERR_CLOSED')
    await world.clean(path)
  })
})

describe('the rule of a read/write lock', () => {
  const KINDS = ['read', 'write', 'upgrade'] as const
  const QUEUE = fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 8 })

  it('never lets a writer in beside anybody, nor two upgraders, and always lets somebody in', () => {
    fc.assert(
      fc.property(QUEUE, (kinds) => {
        const names = kinds.map((kind, i) => `${newId()}-${kind}-${printSequence(i)}`)
        const entries = names.map((name) => parseAccess(name)).filter((entry) => entry !== null)
        const inside = entries.filter((entry) => accessRule(entry.kind).place(names, entry.name, null).type === 'first')
        expect(holdersOf(entries).filter(Boolean)).toHaveLength(inside.length)
        expect(inside.length).toBeGreaterThan(0)
        const count = (kind: string): number => inside.filter((entry) => entry.kind === kind).length
        if (count('write') > 0) expect(inside).toHaveLength(1)
        expect(count('upgrade')).toBeLessThan(2)
      }),
    )
  })

  it('an upgrade waits for exactly the readers that may be inside', () => {
    fc.assert(
      fc.property(QUEUE, (kinds) => {
        const names = ['upgrade', ...kinds, 'write'].map((kind, i) => `${newId()}-${kind}-${printSequence(i)}`)
        const [base = ''] = names
        const own = names.at(-1) ?? ''
        const inside = names.filter((name) => {
          const kind = parseAccess(name)?.kind
          return kind === 'read' && accessRule('read').place(names, name, null).type === 'first'
        })
        const place = upgradeRule(base).place(names, own, null)
        expect(place).toMatchObject(
          inside.length === 0 ? { type: 'first' } : { type: 'behind', predecessor: inside.at(-1), ahead: inside.length },
        )
        expect(upgradeRule(base).place(names.slice(1), own, null)).toEqual({ type: 'missing' })
      }),
    )
  })
})
