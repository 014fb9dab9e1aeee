// test: the call options of locks, elections and what they hand out.

import { audit, expectClean } from '../../../recipes/audit.ts'
import { findDeadlocks } from '../../../recipes/deadlocks.ts'
import { LeaderElection } from '../../../recipes/leader-election.ts'
import { MultiLock } from '../../../recipes/multi-lock.ts'
import { Mutex } from '../../../recipes/mutex.ts'
import { ReadWriteLock } from '../../../recipes/read-write-lock.ts'
import { Semaphore } from '../../../recipes/semaphore.ts'
import { until } from '../support/world.ts'
import type { Row, Stage, Subject } from './stage.ts'

const nothing = (): void => {}

/** A row of an object that is made from a client and a path, and of which nothing is open yet. */
function of<T extends { close(): Promise<void> }>(
  make: (stage: Stage) => T,
): (method: string, call: (one: T, ...options: Parameters<Subject['call']>) => Promise<unknown>, more?: Partial<Row>) => Row {
  return (method, call, more = {}) => ({
    method,
    open: async (stage) => {
      const one = make(stage)
      return { call: (options) => call(one, options), close: () => one.close() }
    },
    ...more,
  })
}

const mutex = of(({ client, path }) => new Mutex(client, path))
const readWrite = of(({ client, path }) => new ReadWriteLock(client, path))
const semaphore = of(({ client, path }) => new Semaphore(client, path, { permits: 2 }))
const locks = of(({ client, path }) => new MultiLock(client, [`${path}/a`, `${path}/b`]))
const election = of(({ client, path }) => new LeaderElection(client, path))

export const LOCK_ROWS: readonly Row[] = [
  mutex('Mutex.acquire', (one, options) => one.acquire(options)),
  {
    method: 'Mutex.acquire',
    when: 'behind somebody',
    silent: 'never',
    open: async ({ client, another, path }) => {
      const other = await another()
      const [first, second] = [new Mutex(other, path), new Mutex(client, path)]
      await first.acquire()
      return { call: (options) => second.acquire(options), close: () => Promise.all([first.close(), second.close()]) }
    },
  },
  mutex('Mutex.tryAcquire', (one, options) => one.tryAcquire(options), { late: null }),
  mutex('Mutex.run', (one, options) => one.run(nothing, options)),
  {
    method: 'Mutex.run',
    when: 'inside of another one that is paused',
    silent: 'disconnected',
    open: async ({ client, path }) => {
      const one = new Mutex(client, path, { onSuspended: 'pause' })
      const { promise: ending, resolve: end } = promise()
      let inner: Subject['call'] = () => Promise.reject(new Error('not inside'))
      const { promise: inside, resolve: enter } = promise()
      // The inner run belongs to the scope of the outer one: it is called from there.
      const calls: (() => void)[] = []
      let wake = nothing
      const outer = one.run(async () => {
        inner = (options) =>
          new Promise((resolve, reject) => {
            calls.push(() => void one.run(nothing, { ...options, reentrant: true }).then(resolve, reject))
            wake()
          })
        enter()
        let isOver = false
        void ending.then(() => {
          isOver = true
          wake()
        })
        while (!isOver) {
          for (const call of calls.splice(0)) call()
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      })
      await inside
      return {
        call: (options) => inner(options),
        close: async () => {
          end()
          await outer
          await one.close()
        },
      }
    },
  },
  mutex('Mutex.inspect', (one, options) => one.inspect(options)),
  mutex('Mutex.revoke', (one, options) => one.revoke({ by: 'somebody', ...options })),
  {
    method: 'Mutex.revoke',
    when: 'while the holder takes its time',
    silent: 'never',
    open: async ({ client, another, path }) => {
      const other = await another()
      const [holder, one] = [new Mutex(other, path), new Mutex(client, path)]
      await holder.acquire()
      const call: Subject['call'] = (options) => one.revoke({ by: 'somebody', graceMs: 2 ** 31 - 1, ...options })
      return { call, close: () => Promise.all([holder.close(), one.close()]) }
    },
  },
  mutex('Mutex.close', (one, options) => one.close(options), {
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new Mutex(client, path)
      await one.acquire()
      return { call: (options) => one.close(options) }
    },
  }),
  readWrite('ReadWriteLock.read', (one, options) => one.read(options)),
  readWrite('ReadWriteLock.write', (one, options) => one.write(options)),
  readWrite('ReadWriteLock.upgradeable', (one, options) => one.upgradeable(options)),
  readWrite('ReadWriteLock.withRead', (one, options) => one.withRead(nothing, options)),
  readWrite('ReadWriteLock.withWrite', (one, options) => one.withWrite(nothing, options)),
  readWrite('ReadWriteLock.inspect', (one, options) => one.inspect(options)),
  {
    method: 'ReadWriteLock.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new ReadWriteLock(client, path)
      await one.write()
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'UpgradeableGrant.upgrade',
    open: async ({ client, path }) => {
      const one = new ReadWriteLock(client, path)
      const reader = await one.upgradeable()
      return { call: (options) => reader.upgrade(options), close: () => one.close() }
    },
  },
  semaphore('Semaphore.acquire', (one, options) => one.acquire(options)),
  {
    method: 'Semaphore.acquire',
    when: 'once the number is known',
    open: async ({ client, path }) => {
      const one = new Semaphore(client, path, { permits: 2 })
      await one.acquire()
      return { call: (options) => one.acquire(options), close: () => one.close() }
    },
  },
  semaphore('Semaphore.tryAcquire', (one, options) => one.tryAcquire(options), { late: null }),
  semaphore('Semaphore.run', (one, options) => one.run(nothing, options)),
  semaphore('Semaphore.resize', (one, options) => one.resize(3, options)),
  semaphore('Semaphore.inspect', (one, options) => one.inspect(options)),
  {
    method: 'Semaphore.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new Semaphore(client, path, { permits: 2 })
      await one.acquire()
      return { call: (options) => one.close(options) }
    },
  },
  locks('MultiLock.acquire', (one, options) => one.acquire(options)),
  locks('MultiLock.tryAcquire', (one, options) => one.tryAcquire(options), { late: null }),
  locks('MultiLock.run', (one, options) => one.run(nothing, options)),
  {
    method: 'MultiLock.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new MultiLock(client, [`${path}/a`, `${path}/b`])
      await one.acquire()
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'MultiGrant.whenHeld',
    silent: 'disconnected',
    open: async ({ client, path }) => {
      const one = new MultiLock(client, [`${path}/a`, `${path}/b`], { onSuspended: 'pause' })
      const grant = await one.acquire()
      return { call: (options) => grant.whenHeld(options), close: () => one.close() }
    },
  },
  {
    method: 'MultiGrant.guard',
    late: 'ERR_UNKNOWN_OUTCOME',
    open: async ({ client, path }) => {
      const one = new MultiLock(client, [`${path}/a`, `${path}/b`])
      const grant = await one.acquire()
      return { call: (options) => grant.guard([{ type: 'create', path: `${path}/made` }], options), close: () => one.close() }
    },
  },
  {
    method: 'MultiGrant.release',
    cleansUp: true,
    open: async ({ client, path }) => {
      const grant = await new MultiLock(client, [`${path}/a`, `${path}/b`]).acquire()
      return { call: (options) => grant.release(options) }
    },
  },
  {
    method: 'Grant.whenHeld',
    silent: 'disconnected',
    open: async ({ client, path }) => {
      const one = new Mutex(client, path, { onSuspended: 'pause' })
      const grant = await one.acquire()
      return { call: (options) => grant.whenHeld(options), close: () => one.close() }
    },
  },
  {
    method: 'Grant.guard',
    late: 'ERR_UNKNOWN_OUTCOME',
    open: async ({ client, path }) => {
      const one = new Mutex(client, path)
      const grant = await one.acquire()
      return { call: (options) => grant.guard([{ type: 'create', path: `${path}/made` }], options), close: () => one.close() }
    },
  },
  {
    method: 'Grant.guard',
    when: 'without a connection',
    silent: 'disconnected',
    open: async ({ client, path }) => {
      const one = new Mutex(client, path)
      const grant = await one.acquire()
      return { call: (options) => grant.guard([{ type: 'create', path: `${path}/made` }], options), close: () => one.close() }
    },
  },
  {
    method: 'Grant.release',
    cleansUp: true,
    open: async ({ client, path }) => {
      const grant = await new Mutex(client, path).acquire()
      return { call: (options) => grant.release(options) }
    },
  },
  election('LeaderElection.campaign', (one, options) => one.campaign(options)),
  election('LeaderElection.run', (one, options) => one.run(nothing, options), { late: null }),
  election('LeaderElection.leader', (one, options) => one.leader(options)),
  election('LeaderElection.participants', (one, options) => one.participants(options)),
  election('LeaderElection.observe', (one, options) => one.observe(options).next(), { late: null }),
  {
    method: 'LeaderElection.close',
    cleansUp: true,
    open: async ({ client, path }) => {
      const one = new LeaderElection(client, path)
      await one.campaign()
      return { call: (options) => one.close(options) }
    },
  },
  {
    method: 'Candidacy.elected',
    silent: 'never',
    open: async ({ client, another, path }) => {
      const other = await another()
      const [first, second] = [new LeaderElection(other, path), new LeaderElection(client, path)]
      await first.campaign()
      const candidacy = second.stand({ onError: nothing })
      await until(async () => (await first.participants()).length === 2, 'both stand')
      return {
        call: (options) => candidacy.elected(options),
        close: async () => {
          await candidacy.withdraw()
          await Promise.all([first.close(), second.close()])
        },
      }
    },
  },
  {
    method: 'Candidacy.withdraw',
    cleansUp: true,
    open: async ({ client, path }) => {
      const candidacy = new LeaderElection(client, path).stand({ onError: nothing })
      await candidacy.elected()
      return { call: (options) => candidacy.withdraw(options) }
    },
  },
  {
    method: 'Leadership.proclaim',
    late: 'ERR_UNKNOWN_OUTCOME',
    open: async ({ client, path }) => {
      const one = new LeaderElection(client, path)
      const leadership = await one.campaign()
      return { call: (options) => leadership.proclaim('me', options), close: () => one.close() }
    },
  },
  {
    method: 'Leadership.handOver',
    when: 'to somebody who is not there any more',
    // It asks what became of it, at most until its own end.
    sessionTimeoutMs: 4_000,
    open: async ({ client, another, path }) => {
      const other = await another()
      const [first, second] = [new LeaderElection(client, path), new LeaderElection(other, path, { data: 'next' })]
      const leadership = await first.campaign()
      second.campaign().catch(nothing)
      await until(async () => (await first.participants()).length === 2, 'both stand')
      return { call: (options) => leadership.handOver('next', options), close: () => Promise.all([first.close(), second.close()]) }
    },
  },
  {
    method: 'Leadership.resign',
    cleansUp: true,
    open: async ({ client, path }) => {
      const leadership = await new LeaderElection(client, path).campaign()
      return { call: (options) => leadership.resign(options) }
    },
  },
  {
    method: 'findDeadlocks',
    open: async ({ client, path }) => ({ call: (options) => findDeadlocks(client, [path], options) }),
  },
  { method: 'audit', open: async ({ client }) => ({ call: (options) => audit(client, options) }) },
  { method: 'expectClean', open: async ({ client }) => ({ call: (options) => expectClean(client, options) }) },
]

function promise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = nothing
  const made = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise: made, resolve: () => resolve() }
}
