// recipes: sleeping until something happened that can matter to a contender: to its predecessor, its session or its connection.

import type { Client, ClientStatus, WatchKind } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { linkAbort, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import { Damper } from './damper.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'

/** After a reconnect every waiter looks again at two znodes, spread over this time so that an ensemble that restarts is not run over. */
const RECONNECT_SPREAD_MS = 200

/** Something that is watched. */
export interface Watched {
  readonly path: string
  readonly kind: WatchKind
}

/** What somebody sleeps on. */
export interface WaitForChange {
  readonly client: Client
  readonly attempt: Attempt
  /** The own znode. */
  readonly node: OwnNode
  readonly watches: readonly Watched[]
  /** Asked right behind the watches, in the same packet: false if what they would have told has happened already. */
  readonly verify: (() => Promise<boolean>) | null
}

/**
 * Resolves when it is time to look at the queue again: with `null`, or with the error that ended the session. The watches are taken back
 * however the wait ends. Rejects with the attempt's reason.
 */
export async function waitForChange(wait: WaitForChange): Promise<unknown> {
  const { client, attempt, node, watches, verify } = wait
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
      for (const { path, kind } of watches) client.nextEvent(path, kind, { signal }).then(() => resolve(null), failed)
      verify?.().then((still) => (still ? undefined : resolve(null)), failed)
      // A look that is under way is as good after the next reconnect: its answers come from the server, or it fails and says "look again".
      let looking = false
      const reconnects = new Damper()
      reconnected = ({ type }) => {
        if (type !== 'connected' || looking) return
        looking = true
        stillWaiting(wait, reconnects.pauseMs(), signal).then((still) => {
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

/** An error that says "look again": what is watched is gone, or the connection was the trouble. */
function isOver(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || ZoariumError.is(error, 'NO_NODE') || isTransient(error)
}

/** After a reconnect: the client has armed the watches again, but neither the own place nor the server's memory is taken on trust. */
async function stillWaiting({ client, node, watches, verify }: WaitForChange, pauseMs: number, signal: AbortSignal): Promise<boolean> {
  await sleep(pauseMs + Math.random() * RECONNECT_SPREAD_MS, signal)
  const others = watches.filter(({ kind }) => kind === 'data').map(({ path }) => client.exists(path, { signal }))
  const [own, unchanged, ...found] = await Promise.all([client.exists(node.path, { signal }), verify?.() ?? true, ...others])
  return own !== null && own.ephemeralOwner === client.session.id && unchanged && found.every((stat) => stat !== null)
}
