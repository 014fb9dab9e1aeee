import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { MultiLock } from '../../recipes/multi-lock.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { freshPath, until, World } from './support/world.ts'

let world: World
let path: string

beforeEach(async () => {
  world = await World.start()
  path = freshPath('pause')
})

afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

describe("onSuspended: 'pause'", () => {
  it('E-14: a lock stands still while the connection is gone, keeps its znode, and goes on', async () => {
    const { client, proxy } = await world.proxied()
    const mutex = new Mutex(client, path, { onSuspended: 'pause' })
    const lock = await mutex.acquire()
    const { activeSignal } = lock
    proxy.refuse()
    await until(() => activeSignal.aborted, 'the pause')
    expect([lock.state, lock.isHeld, lock.signal.aborted]).toEqual(['suspended', false, false])
    const guarded = lock.guard([{ type: 'create', path: `${path}-x` }])
    const again = lock.whenHeld()
    expect(await world.children(path)).toHaveLength(1)
    proxy.accept()
    await again
    await guarded
    expect([lock.state, lock.isHeld, lock.activeSignal.aborted]).toEqual(['held', true, false])
    await lock.release()
    await world.clean(path)
  })

  it('E-14: a candidate says that it does not lead, and leads again under the same epoch', async () => {
    const { client, proxy } = await world.proxied()
    await using election = new LeaderElection(client, path, { onSuspended: 'pause' })
    const candidacy = election.stand()
    const leadership = await candidacy.elected()
    proxy.refuse()
    await until(() => !candidacy.isLeader, 'the pause')
    expect([candidacy.leadership, leadership.lostReason]).toEqual([null, null])
    const elected = candidacy.elected()
    proxy.accept()
    expect((await elected).epoch).toBe(leadership.epoch)
    expect(candidacy.isLeader).toBe(true)
    await candidacy.withdraw()
  })

  it('a re-entrant run inside of a pause waits for its end', async () => {
    const { client, proxy } = await world.proxied()
    await using mutex = new Mutex(client, path, { onSuspended: 'pause' })
    const seen: boolean[] = []
    await mutex.run(async (lock) => {
      proxy.refuse()
      await until(() => !lock.isHeld, 'the pause')
      const inner = mutex.run((held) => void seen.push(held.isHeld), { reentrant: true })
      expect(seen).toEqual([])
      proxy.accept()
      await inner
    })
    expect(seen).toEqual([true])
  })

  it('several locks stand still together', async () => {
    const { client, proxy } = await world.proxied()
    await using locks = new MultiLock(client, [`${path}-a`, `${path}-b`], { onSuspended: 'pause' })
    const held = await locks.acquire()
    const { activeSignal } = held
    proxy.refuse()
    await until(() => activeSignal.aborted, 'the pause')
    expect([held.isHeld, held.state, held.signal.aborted]).toEqual([false, 'suspended', false])
    proxy.accept()
    await held.whenHeld()
    expect([held.isHeld, held.activeSignal.aborted]).toEqual([true, false])
  })
})
