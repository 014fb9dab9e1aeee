// recipes: asking the holder of a lock to let go, and taking it away if it does not.

import type { Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { linkAbort, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { Contest, Contestant } from './contest.ts'
import type { RevocationRequest } from './lock-record.ts'
import { decodeLockRecord, encodeLockRecord } from './lock-record.ts'
import { isTransient, isUnknownOutcome } from './outcome.ts'

/**
 * Writes `request` into the znode of the holder, waits for its deletion at most `graceMs`, and with `force` deletes it. The name of the
 * znode is unique: a late delete cannot hit a later holder.
 */
export async function revokeHolder(
  contest: Contest,
  attempt: Attempt,
  request: RevocationRequest,
): Promise<'free' | 'released' | 'forced' | 'refused'> {
  const [name] = await attempt.wait(contest.names())
  const holder = name === undefined ? null : await attempt.wait(contest.read(name))
  if (holder === null) return 'free'
  const { client } = contest
  if (!(await ask(client, attempt, holder, request))) return 'released'
  if (await goneWithin(client, attempt, holder.path, request.graceMs)) return 'released'
  if (!request.force) return 'refused'
  await attempt.wait(client.delete(holder.path)).catch((error: unknown) => {
    if (!ZoariumError.is(error, 'NO_NODE')) throw error
  })
  return 'forced'
}

/** False if the holder was gone before it could be asked. A lost reply needs no care: writing the same request again changes nothing. */
async function ask(client: Client, attempt: Attempt, holder: Contestant, revoke: RevocationRequest): Promise<boolean> {
  const data = encodeLockRecord({ ...decodeLockRecord(holder.data), revoke })
  for (;;) {
    try {
      await attempt.wait(client.setData(holder.path, data))
      return true
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return false
      if (!isUnknownOutcome(error)) throw error
    }
  }
}

async function goneWithin(client: Client, attempt: Attempt, path: string, graceMs: number): Promise<boolean> {
  const { controller, unlink } = linkAbort(attempt.signal)
  const { signal } = controller
  const over = sleep(graceMs, signal).then((): false => false)
  try {
    for (;;) {
      const event = client.nextEvent(path, 'data', { signal }).catch((error: unknown) => {
        if (!signal.aborted && ZoariumError.is(error, 'NO_NODE')) return null
        throw error
      })
      const seen = await attempt.wait(Promise.race([event, over]))
      if (seen === false) return false
      if (seen === null || seen.type === 'deleted') return true
    }
  } catch (error) {
    if (attempt.signal.aborted || !isTransient(error)) throw error
    return (await attempt.wait(client.exists(path))) === null
  } finally {
    over.catch(() => {})
    controller.abort()
    unlink()
  }
}
