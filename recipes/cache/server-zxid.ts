// recipes: how far the client's server has come, and the end of a turn, by which all of it has arrived here.

import type { Client } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import { isTransient } from '../support/outcome.ts'

/** The server has caught up with the leader, and what happened until then has arrived: up to the zxid that is returned. */
export async function serverIsAt(client: Client, path: string, signal: AbortSignal): Promise<bigint> {
  for (let round = 0; ; round++) {
    try {
      await client.sync(path, { signal })
      return client.lastZxid
    } catch (error) {
      signal.throwIfAborted()
      if (!isTransient(error)) throw error
    }
    await sleep(backOffMs(round), signal)
  }
}

/** Whatever the socket has delivered in this turn has been taken in. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
