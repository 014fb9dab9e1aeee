// recipes: sleeping until something is so, woken by the watches that can tell. The watches leave first and the look behind them in the same
// packet, so that nothing happens unseen in between; they are armed anew for each look, and all taken back.

import type { Client, WatchKind } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import { isTransient } from './outcome.ts'

/** A path, and what of it can end the sleep. A path that may be missing is watched as `exists`, or as `children`: then until it is there. */
export type Sight = readonly [path: string, kind: WatchKind]

/**
 * Calls `look` until it gives something, again after each event of `sights`. When a look leads to other sights it is done once more with those armed. Transient
 * failures are looks that gave nothing, after a pause. Rejects with the attempt's reason, or with what the servers refuse.
 */
export async function lookUntil<T>(
  client: Client,
  attempt: Attempt,
  sights: () => readonly Sight[],
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (let failures = 0; ; ) {
    attempt.check()
    const { controller, unlink } = linkAbort(attempt.signal)
    try {
      const armed = sights()
      const events = armed.map((sight) => happens(client, sight, controller.signal))
      for (const event of events) event.catch(() => {})
      const found = await attempt.wait(look())
      if (found !== undefined) return found
      if (String(sights()) === String(armed)) await attempt.wait(Promise.race(events))
      failures = 0
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason
      if (!isTransient(error)) throw error
      await sleep(backOffMs(failures++), attempt.signal)
    } finally {
      controller.abort()
      unlink()
    }
  }
}

async function happens(client: Client, [path, kind]: Sight, signal: AbortSignal): Promise<void> {
  try {
    await client.nextEvent(path, kind, { signal })
  } catch (error) {
    if (!ZoariumError.is(error, 'NO_NODE')) throw error
    await client.nextEvent(path, 'exists', { signal })
  }
}
