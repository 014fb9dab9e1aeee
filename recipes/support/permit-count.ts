// recipes: the number of permits of a semaphore, kept in its folder so that all who share it agree.

import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { Contest } from './contest.ts'
import { isTransient } from './outcome.ts'
import type { PermitCount } from './permit-rule.ts'
import { decodePermitCount, encodePermitCount, insiders, isSpent, permitsOf } from './permit-rule.ts'

/** How a try fails when somebody else was faster. */
const RACES = ['NODE_EXISTS', 'BAD_VERSION', 'NO_NODE'] as const

/** The number, `null` if the folder is missing or says none. */
export async function readPermits({ client, path }: Contest, options: CallOptions = {}): Promise<PermitCount | null> {
  try {
    const { data } = await client.getData(path, options)
    return decodePermitCount(data)
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/**
 * Sees to it that the folder is there and says a number. With `permits`: that one if nobody said another; else rejects with `ERR_CONFIG`, or
 * goes along with it (`adopt`). Without: rejects with `ERR_CONFIG` if it says none.
 */
export function agreeOnPermits(
  contest: Contest,
  attempt: Attempt,
  permits: number | undefined,
  onDiffer: 'reject' | 'adopt',
): Promise<void> {
  const { client, path } = contest
  return untilSettled(attempt, async () => {
    const found = await attempt.wait(dataOf(contest))
    const count = decodePermitCount(found?.data ?? null)
    if (count !== null) {
      if (permits === undefined || count.configured === permits || onDiffer === 'adopt') return
      throw new ZoariumError('ERR_CONFIG', `permits: ${path} was made with ${count.configured}, not ${permits}`, { path })
    }
    if (permits === undefined) throw new ZoariumError('ERR_CONFIG', `permits: expected a number, since ${path} says none`, { path })
    const data = encodePermitCount({ permits, configured: permits, upTo: null })
    if (found === null) {
      const above = path.slice(0, path.lastIndexOf('/'))
      if (above !== '') await attempt.wait(client.ensurePath(above))
      await attempt.wait(client.create(path, data))
    } else await attempt.wait(client.setData(path, data, { version: found.version }))
  })
}

/** Changes the number. A repeated try writes the same again. */
export function resizePermits(contest: Contest, attempt: Attempt, permits: number): Promise<void> {
  const { client, path } = contest
  return untilSettled(attempt, async () => {
    const [found, { children }] = await attempt.wait(Promise.all([dataOf(contest), client.getChildren(path)]))
    const count = decodePermitCount(found?.data ?? null)
    if (found === null || count === null) throw new ZoariumError('ERR_CONFIG', `permits: ${path} says no number`, { path })
    const entries = permitsOf(children)
    const last = entries[insiders(entries, count).lastIndexOf(true)]
    const upTo = permits < count.permits ? (last?.sequence ?? count.upTo) : count.upTo
    const data = encodePermitCount({ permits, configured: count.configured, upTo })
    await attempt.wait(client.setData(path, data, { version: found.version }))
  })
}

/** Takes the mark of those away who kept their permits when they were made fewer, if they have all left. Whoever is faster has done it. */
export async function forgetSpentMark(contest: Contest): Promise<void> {
  const { client, path } = contest
  const [found, { children }] = await Promise.all([dataOf(contest), client.getChildren(path)])
  const count = decodePermitCount(found?.data ?? null)
  if (found === null || count === null || !isSpent(permitsOf(children), count)) return
  try {
    await client.setData(path, encodePermitCount({ ...count, upTo: null }), { version: found.version })
  } catch (error) {
    if (!RACES.some((code) => ZoariumError.is(error, code))) throw error
  }
}

async function dataOf({ client, path }: Contest): Promise<{ data: Buffer | null; version: number } | null> {
  try {
    const { data, stat } = await client.getData(path)
    return { data, version: stat.version }
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/** Until a try comes to an end: others may be faster, a reply may be lost; each try begins with what the servers say. */
async function untilSettled(attempt: Attempt, work: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round++) {
    attempt.check()
    try {
      return await work()
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason
      if (!isTransient(error) && !RACES.some((code) => ZoariumError.is(error, code))) throw error
    }
    await sleep(backOffMs(round), attempt.signal)
  }
}
