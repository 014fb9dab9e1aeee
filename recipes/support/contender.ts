// recipes: standing in a queue until it is one's turn: the heart of every lock and every election.

import type { Acl, Client, Session, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { CleanUp } from './clean-up.ts'
import { isSessionEnd, isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { childPath } from './own-node.ts'
import { protectedCreate } from './protected-create.ts'
import { contenderPrefix, placeInQueue } from './queue-place.ts'
import { waitForChange } from './wait-for-change.ts'

/** What the end of the session does to somebody who waits: a new place at the end of the queue, or the rejection of the wait. */
export type OnSessionLoss = 'requeue' | 'reject'

/** One contender. */
export interface Contender {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly attempt: Attempt
  /** The folder in which the contenders stand. */
  readonly parent: string
  /** The part of the name that tells contenders from whatever else lies in the folder. */
  readonly kind: string
  readonly data: Uint8Array | string | null
  readonly acl?: readonly Acl[] | undefined
  readonly onSessionLoss: OnSessionLoss
  /** False: give up instead of waiting. */
  readonly wait: boolean
  /** Whether the server must have caught up with the leader before the turn is believed. */
  readonly sync: boolean
  /** Called when the place was lost and a new one is taken. */
  readonly onRequeued?: ((count: number) => void) | undefined
  /** Called with the znode at the head of the queue whenever that was looked at. */
  readonly onHead?: (path: string) => void
}

/** The turn has come: the znode is the first, and `session` owns it. */
export interface Turn {
  readonly node: OwnNode
  readonly session: Session
  readonly requeued: number
}

type Outcome = { readonly type: 'won'; readonly session: Session } | { readonly type: 'busy' } | { readonly type: 'gone' }

//   create + list -> first? ----------------------------------------------> won      (one round trip)
//                     | behind
//                     v
//         watch the predecessor -> anything happens -> own node + list -> first, and the own node belongs to the present session -> won
//                     ^                                    | behind   | own node gone or of an ended session
//                     '------------------------------------'          '--> create + list again, at the end of the queue
//
// Nobody with a smaller number can come later, so whoever is first stays first; what can end is only the own node, and with it the session.

/**
 * Stands in the queue until the turn comes; `null` if `wait` is false and somebody else is first. Whatever the end, no znode and no watch
 * stays behind except the znode of a turn that came. Rejects with the attempt's reason, with what ended the session (`reject`), or with
 * what the servers refused.
 */
export async function contend(who: Contender): Promise<Turn | null> {
  for (let requeued = 0; ; requeued++) {
    if (requeued > 0) who.onRequeued?.(requeued)
    const { node, piped } = await protectedCreate(
      { ...who, mode: 'ephemeral-sequential', name: (id) => contenderPrefix(id, who.kind) },
      () => who.client.getChildren(who.parent),
    )
    let keep = false
    try {
      const outcome = await waitForTurn(who, node, piped?.children ?? null)
      if (outcome.type === 'won') who.attempt.check()
      keep = outcome.type === 'won'
      if (outcome.type === 'won') return { node, session: outcome.session, requeued }
      if (outcome.type === 'busy') {
        keep = true
        await who.attempt.wait(who.cleanUp.remove(node))
        return null
      }
    } finally {
      if (!keep) who.cleanUp.discard(node)
    }
    if (who.onSessionLoss === 'reject') throw lostPlace(who, node)
  }
}

async function waitForTurn(who: Contender, node: OwnNode, firstList: readonly string[] | null): Promise<Outcome> {
  let children = firstList
  // The create's own reply proves that the znode exists and who owns it: without a wait in between nothing has to be asked again.
  let session = children === null || who.sync ? null : ownerSession(who.client, node)
  for (;;) {
    if (children === null || session === null) {
      const seen = await look(who, node)
      if (seen === null) return { type: 'gone' }
      children = seen.children
      session = seen.session
    }
    const place = placeInQueue(children, node.name, who.kind)
    if (place.type === 'missing') return { type: 'gone' }
    if (place.type === 'first') return { type: 'won', session }
    who.onHead?.(childPath(who.parent, place.head))
    if (!who.wait) return { type: 'busy' }
    const ended = await waitForChange(who.client, who.attempt, node, childPath(who.parent, place.predecessor))
    if (ended !== null && who.onSessionLoss === 'reject') throw ended
    children = null
  }
}

/** The list, and beside it the proof that the own znode is there and belongs to the present session; `null` if it does not. */
async function look(who: Contender, node: OwnNode): Promise<{ children: readonly string[]; session: Session } | null> {
  const { client, attempt } = who
  for (let round = 0; ; round++) {
    try {
      const synced = who.sync ? client.sync(who.parent) : undefined
      const [, stat, list] = await attempt.wait(Promise.all([synced, client.exists(node.path), client.getChildren(who.parent)]))
      const session = isSame(stat, node) ? ownerSession(client, node) : null
      return session === null ? null : { children: list.children, session }
    } catch (error) {
      if (attempt.signal.aborted) throw attempt.signal.reason
      if (ZoariumError.is(error, 'NO_NODE')) return null
      if (!isTransient(error) || (isSessionEnd(error) && who.onSessionLoss === 'reject')) throw error
    }
    await sleep(backOffMs(round), attempt.signal)
  }
}

function isSame(stat: Stat | null, node: OwnNode): boolean {
  return stat !== null && stat.czxid === node.czxid && stat.ephemeralOwner === node.owner
}

/** The client's session if it owns the znode and is surely alive; the clock is read since a stall may have hidden the deadline. */
function ownerSession(client: Client, node: OwnNode): Session | null {
  const { session } = client
  const alive = !session.signal.aborted && performance.now() < session.deadlineMs
  return alive && session.id === node.owner ? session : null
}

function lostPlace(who: Contender, node: OwnNode): unknown {
  const { signal } = who.client.session
  const cause = signal.aborted ? signal.reason : undefined
  return new ZoariumError('ERR_LOST', `place in the queue ${who.parent}`, { path: node.path, cause })
}
