// recipes: the number of permits of a semaphore, kept in its folder so that all who share it agree.

import type { CallOptions, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { Contest } from './contest.ts'
import { isTransient } from './outcome.ts'
import { childPath } from './own-node.ts'
import type { PermitCount } from './permit-rule.ts'
import { decodePermitCount, encodePermitCount, insiders, isSpent, permitsOf } from './permit-rule.ts'
import { compareSequences } from './sequence.ts'

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

/**
 * Changes the number. A repeated try writes the same again.
 *
 * Between the list and the write to the folder somebody may have come and gone in by the larger number. Whoever did stands in a list that is read behind the write:
 * such ones keep what they have, too, and are touched, so that those behind them look again.
 */
export function resizePermits(contest: Contest, attempt: Attempt, permits: number): Promise<void> {
  const { client, path } = contest
  return untilSettled(attempt, async () => {
    const [found, { children }] = await attempt.wait(Promise.all([dataOf(contest), client.getChildren(path)]))
    const count = decodePermitCount(found?.data ?? null)
    if (found === null || count === null) throw new ZoariumError('ERR_CONFIG', `permits: ${path} says no number`, { path })
    const fewer = permits < count.permits
    const upTo = fewer ? (lastInside(children, count) ?? count.upTo) : count.upTo
    const write = (mark: number | null, version: number): Promise<Stat> =>
      client.setData(path, encodePermitCount({ permits, configured: count.configured, upTo: mark }), { version })
    const [{ version }, after] = await attempt.wait(Promise.all([write(upTo, found.version), fewer ? client.getChildren(path) : null]))
    const latest = after === null ? undefined : lastInside(after.children, count)
    if (after === null || latest === undefined || (upTo !== null && compareSequences(latest, upTo) <= 0)) return
    await attempt.wait(write(latest, version))
    const late = permitsOf(after.children).filter(({ sequence }) => isBetween(sequence, upTo, latest))
    await attempt.wait(Promise.all(late.map(({ name }) => touch(contest, name))))
  })
}

function lastInside(children: readonly string[], count: PermitCount): number | undefined {
  const entries = permitsOf(children)
  return entries[insiders(entries, count).lastIndexOf(true)]?.sequence
}

function isBetween(sequence: number, after: number | null, last: number): boolean {
  return (after === null || compareSequences(sequence, after) > 0) && compareSequences(sequence, last) <= 0
}

/** Whoever else writes to it wakes those behind it as well. Who may not write to it leaves them asleep until it leaves. */
async function touch({ client, path }: Contest, name: string): Promise<void> {
  const node = childPath(path, name)
  try {
    const { data, stat } = await client.getData(node)
    await client.setData(node, data, { version: stat.version })
  } catch (error) {
    if (!ZoariumError.is(error, 'NO_NODE') && !ZoariumError.is(error, 'BAD_VERSION') && !ZoariumError.is(error, 'NO_AUTH')) throw error
  }
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
