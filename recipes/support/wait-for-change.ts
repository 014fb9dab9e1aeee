// recipes: sleeping until something happened that can matter to a contender: to its predecessor, its session or its connection.

import type { Client, ClientStatus } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { linkAbort, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'

/** After a reconnect every waiter looks again at two znodes, spread over this time so that an ensemble that restarts is not run over. */
const RECONNECT_SPREAD_MS = 200

/**
 * Resolves when it is time to look at the queue again: with `null`, or with the error that ended the session. One watch, on the
 * predecessor, so that a release wakes one waiter; it is taken back however the wait ends. Rejects with the attempt's reason.
 */
export async function waitForChange(client: Client, attempt: Attempt, node: OwnNode, predecessor: string): Promise<unknown> {
  const { session } = client
  if (session.signal.aborted) return session.signal.reason
  if (session.id !== node.owner) return null
  const { controller, unlink } = linkAbort(attempt.signal, session.signal)
  const { signal } = controller
  let reconnected = (_status: ClientStatus): void => {}
  try {
    return await new Promise<unknown>((resolve, reject) => {
      const ended = (): void => (attempt.signal.aborted ? reject(attempt.signal.reason) : resolve(signal.reason))
      if (signal.aborted) ended()
      signal.addEventListener('abort', ended, { once: true })
      const failed = (error: unknown): void => (isOver(error, signal) ? resolve(null) : reject(error))
      client.nextEvent(predecessor, 'data', { signal }).then(() => resolve(null), failed)
      // A look that is under way is as good after the next reconnect: its answers come from the server, or it fails and says "look again".
      let looking = false
      reconnected = ({ type }) => {
        if (type !== 'connected' || looking) return
        looking = true
        stillWaiting(client, node, predecessor, signal).then((still) => {
          looking = false
          if (!still) resolve(null)
        }, failed)
      }
      client.on('status', reconnected)
    })
  } finally {
    client.off('status', reconnected)
    controller.abort()
    unlink()
  }
}

/** An error that says "look again": the predecessor is gone, or the connection was the trouble. */
function isOver(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || ZoariumError.is(error, 'NO_NODE') || isTransient(error)
}

/** After a reconnect: the client has armed the watch again, but neither the own place nor the server's memory is taken on trust. */
async function stillWaiting(client: Client, node: OwnNode, predecessor: string, signal: AbortSignal): Promise<boolean> {
  await sleep(Math.random() * RECONNECT_SPREAD_MS, signal)
  const [own, other] = await Promise.all([client.exists(node.path, { signal }), client.exists(predecessor, { signal })])
  return own !== null && other !== null && own.ephemeralOwner === client.session.id
}
