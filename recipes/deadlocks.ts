// recipes: finding tasks that wait for each other in a circle, from what contenders of locks say about themselves in the tree.

import type { CallOptions, Client } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { withinTime } from './support/call-bounds.ts'
import { parseAnyLock } from './support/foreign-locks.ts'
import type { LockContender } from './support/lock-entry.ts'
import { lockContender } from './support/lock-entry.ts'
import { decodeLockRecord } from './support/lock-record.ts'
import { requirePath } from './support/options.ts'
import { childPath } from './support/own-node.ts'
import { entriesOf } from './support/queue-place.ts'
import { parseAccess } from './support/read-write-rule.ts'
import type { GraphContender, WaitEdge } from './support/wait-graph.ts'
import { circles, edgesOf, ownerOf } from './support/wait-graph.ts'

/** One task of a circle: it waits at `lock` behind `blocker`, who is the next of the circle. */
export interface DeadlockStep {
  /** The folder of the lock. */
  readonly lock: string
  /** The task: its {@link AcquireOptions.owner}, or its session where it said none. */
  readonly owner: string
  readonly waiting: LockContender
  readonly blocker: LockContender
}

/** Tasks that wait for each other in a circle: none of them will ever go on by itself. */
export interface Deadlock {
  readonly steps: readonly DeadlockStep[]
  /**
   * Whether all of them said which task they are. If not, two tasks of one process may have been taken for one, and the circle may be none.
   */
  readonly certain: boolean
}

/**
 * Looks for dead-locks among the mutexes and read/write locks of `paths` (semaphores cannot be judged: whose permit comes free is open).
 * Contenders tell which task they are inside of `run`, in a {@link MultiLock}, and by {@link AcquireOptions.owner}.
 *
 * Looks twice and tells only what stood both times, so that no circle is put together from things that were never there at one time. To
 * break one, {@link Mutex.revoke} the lock of one of its steps.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { findDeadlocks } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * for (const { steps } of await findDeadlocks(client, ['/locks/a', '/locks/b'])) {
 *   for (const { owner, lock, blocker } of steps) console.log(`${owner} waits for ${lock}, which ${blocker.label} has`)
 * }
 * ```
 */
export async function findDeadlocks(client: Client, paths: readonly string[], options: CallOptions = {}): Promise<Deadlock[]> {
  const locks = [...new Set(paths.map((path) => requirePath('paths', path)))]
  return await withinTime(
    options,
    () => `dead-locks among ${locks.join(', ')}`,
    (call) => lookTwice(client, locks, call),
  )
}

async function lookTwice(client: Client, locks: readonly string[], options: CallOptions): Promise<Deadlock[]> {
  const found = circles(await edges(client, locks, options))
  if (found.length === 0) return []
  const standing = new Set((await edges(client, locks, options)).map(keyOf))
  return found.filter((circle) => circle.every((edge) => standing.has(keyOf(edge)))).map(deadlock)
}

async function edges(client: Client, locks: readonly string[], options: CallOptions): Promise<WaitEdge[]> {
  const contenders = await Promise.all(locks.map((lock) => contendersOf(client, lock, options)))
  return contenders.flatMap(edgesOf)
}

async function contendersOf(client: Client, lock: string, options: CallOptions): Promise<GraphContender[]> {
  const children = await found(client.getChildren(lock, options))
  const entries = entriesOf(children?.children ?? [], (name) => parseAccess(name) ?? parseAnyLock(name))
  const read = await Promise.all(
    entries.map(async (entry) => {
      const path = childPath(lock, entry.name)
      const node = await found(client.getData(path, options))
      if (node === null) return null
      return { lock, entry, contender: lockContender(client, { path, ...node }), upgrades: decodeLockRecord(node.data).upgrades }
    }),
  )
  return read.filter((one) => one !== null)
}

/** `null` for what is not there (any more). */
async function found<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/** Names of contenders are never used twice. */
function keyOf({ waiting, blocker }: WaitEdge): string {
  return `${waiting.path} ${blocker.path}`
}

function deadlock(circle: readonly WaitEdge[]): Deadlock {
  const steps = circle.map(({ lock, waiting, blocker }) => ({ lock, owner: ownerOf(waiting), waiting, blocker }))
  return { steps, certain: circle.every(({ waiting, blocker }) => waiting.owner !== null && blocker.owner !== null) }
}
