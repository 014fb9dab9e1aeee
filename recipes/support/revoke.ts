// recipes: asking the holder of a lock to let go, and taking it away if it does not.

import type { CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { Contest, Contestant } from './contest.ts'
import { CURATOR_REVOKE, isCurator } from './foreign-locks.ts'
import { readHead } from './head-watch.ts'
import type { LockBreak, RevocationRequest } from './lock-record.ts'
import { decodeLockBreak, decodeLockRecord, encodeLockBreak, encodeLockRecord } from './lock-record.ts'
import { isTransient } from './outcome.ts'
import { untilDone } from './retry.ts'

/**
 * Writes `request` into the znode of the holder, waits for its deletion at most `graceMs`, and with `force` deletes it. The name of the
 * znode is unique: a late delete cannot hit a later holder.
 */
export async function revokeHolder(
  contest: Contest,
  attempt: Attempt,
  request: RevocationRequest,
): Promise<'free' | 'released' | 'forced' | 'refused'> {
  const holder = await attempt.wait(readHead(contest, { signal: attempt.signal }))
  if (holder === null) return 'free'
  const { client } = contest
  if (!(await ask(client, attempt, holder, request))) return 'released'
  if (await goneWithin(client, attempt, holder.path, request.graceMs)) return 'released'
  return request.force ? takeAway(contest, attempt, holder, request) : 'refused'
}

/** The deletion and the note of it in the lock's folder happen together. A lost reply is resolved by the note. */
async function takeAway(
  contest: Contest,
  attempt: Attempt,
  holder: Contestant,
  request: RevocationRequest,
): Promise<'forced' | 'released'> {
  const { client, path } = contest
  const { label, host, pid } = decodeLockRecord(holder.data)
  const { by, comment } = request
  const data = encodeLockBreak({ by, comment, token: holder.stat.czxid, label, host, pid })
  for (let round = 0; ; round++) {
    try {
      await attempt.wait(
        client.multi([
          { type: 'delete', path: holder.path },
          { type: 'setData', path, data },
        ]),
      )
      return 'forced'
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) {
        // The second try finds what the first one did, of which no reply told.
        const note = round === 0 ? null : await untilDone(() => lastBreak(contest), attempt.signal)
        return note?.token === holder.stat.czxid ? 'forced' : 'released'
      }
      if (attempt.signal.aborted || !isTransient(error)) throw error
    }
    await sleep(backOffMs(round), attempt.signal)
  }
}

/** The note of the last time that the lock was taken away by force. */
export async function lastBreak({ client, path }: Contest, options: CallOptions = {}): Promise<LockBreak | null> {
  try {
    const { data, stat } = await client.getData(path, options)
    return decodeLockBreak(data, stat.mtimeMs)
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/** False if the holder was gone before it could be asked. A lost reply needs no care: writing the same request again changes nothing. */
async function ask(client: Client, attempt: Attempt, holder: Contestant, revoke: RevocationRequest): Promise<boolean> {
  const data = isCurator(holder.path) ? CURATOR_REVOKE : encodeLockRecord({ ...decodeLockRecord(holder.data), revoke })
  for (let round = 0; ; round++) {
    try {
      await attempt.wait(client.setData(holder.path, data))
      return true
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return false
      if (attempt.signal.aborted || !isTransient(error)) throw error
    }
    await sleep(backOffMs(round), attempt.signal)
  }
}

/** Whether the znode goes in time. Trouble with the connection neither shortens the time nor is it taken for an answer. */
async function goneWithin(client: Client, attempt: Attempt, path: string, graceMs: number): Promise<boolean> {
  const { controller, unlink } = linkAbort(attempt.signal)
  const { signal } = controller
  const over = sleep(graceMs, signal).then((): false => false)
  try {
    for (let failures = 0; ; ) {
      const seen = await attempt.wait(Promise.race([goneOrChanged(client, path, signal), over]))
      if (seen !== 'failed') failures = 0
      if (seen === false) return false
      if (seen === 'gone') return true
      if (seen === 'failed') await attempt.wait(sleep(backOffMs(failures++), signal))
    }
  } finally {
    over.catch(() => {})
    controller.abort()
    unlink()
  }
}

async function goneOrChanged(client: Client, path: string, signal: AbortSignal): Promise<'gone' | 'changed' | 'failed'> {
  try {
    const { type } = await client.nextEvent(path, 'data', { signal })
    return type === 'deleted' ? 'gone' : 'changed'
  } catch (error) {
    if (signal.aborted) throw error
    if (ZoariumError.is(error, 'NO_NODE')) return 'gone'
    if (isTransient(error)) return 'failed'
    throw error
  }
}
