// recipes: standing in a queue until it is one's turn: the heart of every lock and every election.

import type { Acl, Client, Session, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { CleanUp } from './clean-up.ts'
import { Damper } from './damper.ts'
import { isSessionEnd, isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { childPath } from './own-node.ts'
import { protectedCreate } from './protected-create.ts'
import type { Place } from './queue-place.ts'
import type { QueueRule } from './queue-rule.ts'
import type { Offer, Succession } from './succession.ts'
import { offerPath } from './succession.ts'
import type { WaitForChange, Watched } from './wait-for-change.ts'
import { waitForChange } from './wait-for-change.ts'

/** What the end of the session does to somebody who waits: a new place at the end of the queue, or the rejection of the wait. */
export type OnSessionLoss = 'requeue' | 'reject'

/** Gives the znode to hold with: the one that is first, or another that took its place. */
export type Settle = (node: OwnNode, session: Session) => Promise<OwnNode | null>

/** One contender. */
export interface Contender {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly attempt: Attempt
  /** The folder in which the contenders stand. */
  readonly parent: string
  /** Names and order. */
  readonly rule: QueueRule
  readonly data: Uint8Array | string | null
  /** Makes the folder when it is missing. Default: as a container. */
  readonly makeFolder?: ((attempt: Attempt) => Promise<void>) | undefined
  readonly acl?: readonly Acl[] | undefined
  readonly onSessionLoss: OnSessionLoss
  /** How contenders of this queue go ahead out of turn. Default: they do not. */
  readonly succession?: Succession | undefined
  /** What the znode of a turn that came must become before it is believed; `null`: look again. Default: what `succession` asks. */
  readonly settle?: Settle | undefined
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
  /** Whether somebody stands behind it, if the rule tells. */
  readonly followed: boolean
  /** Whether the folder's data says what concerns nobody any more, if the rule tells. */
  readonly outdated: boolean
}

/** What a look at the folder tells. */
interface Seen {
  readonly children: readonly string[]
  /** The folder's data, read before the list; `null` if the rule does not need it. */
  readonly folder: Buffer | null
  /** The last write to the folder; `null` if nobody goes ahead in this queue. */
  readonly folderZxid: bigint | null
  /** The offer to go ahead, `null` if there is none. */
  readonly offer: Offer | null
}

type Outcome =
  | { readonly type: 'won'; readonly session: Session; readonly followed: boolean; readonly outdated: boolean }
  | { readonly type: 'busy' }
  | { readonly type: 'gone' }

//   create + list -> first? ----------------------------------------------> won      (one round trip, a sync in it where the rule wants one)
//                     | behind
//                     v
//         watch the predecessor -> anything happens -> own node + list -> first, and the own node belongs to the present session -> won  (one more)
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
  const losses = new Damper()
  for (let requeued = 0; ; requeued++) {
    if (requeued > 0) {
      who.onRequeued?.(requeued)
      await sleep(losses.pauseMs(), who.attempt.signal)
    }
    const { node, piped } = await protectedCreate(
      { ...who, mode: 'ephemeral-sequential', newId: who.rule.newId, name: who.rule.prefix },
      () => firstLook(who),
    )
    const standing = { node }
    let keep = false
    try {
      const outcome = await waitForTurn(who, standing, piped)
      if (outcome.type === 'won') {
        who.attempt.check()
        keep = true
        const { session, followed, outdated } = outcome
        return { node: standing.node, session, requeued, followed, outdated }
      }
      if (outcome.type === 'busy') {
        keep = true
        await who.attempt.wait(who.cleanUp.remove(standing.node))
        return null
      }
    } finally {
      if (!keep) who.cleanUp.discard(standing.node)
    }
    if (who.onSessionLoss === 'reject') throw lostPlace(who, standing.node)
  }
}

/** `standing` is the znode in the queue: another one after it went ahead. */
async function waitForTurn(who: Contender, standing: { node: OwnNode }, piped: Seen | null): Promise<Outcome> {
  let seen = piped
  // The create's own reply proves that the znode exists and who owns it: without a wait in between nothing has to be asked again.
  let session = seen === null ? null : ownerSession(who.client, standing.node)
  for (;;) {
    if (seen === null || session === null) {
      const looked = await look(who, standing.node)
      if (looked === null) return { type: 'gone' }
      seen = looked
      session = looked.session
    }
    if (seen.offer !== null && (await goAhead(who, standing, seen.offer, session))) {
      seen = null
      continue
    }
    const place = who.rule.place(seen.children, standing.node.name, seen.folder)
    if (place.type === 'missing') return { type: 'gone' }
    if (place.type === 'first') {
      if (await settled(who, standing, session, seen.folderZxid)) {
        return { type: 'won', session, followed: place.followed === true, outdated: place.outdated === true }
      }
    } else {
      who.onHead?.(childPath(who.parent, place.head))
      if (!who.wait) return { type: 'busy' }
      const ended = await waitBehind(who, standing.node, place)
      if (ended !== null && who.onSessionLoss === 'reject') throw ended
    }
    seen = null
  }
}

/** Sleeps behind somebody, who is offered to go ahead if this is a case of yielding. */
async function waitBehind(who: Contender, node: OwnNode, place: Extract<Place, { type: 'behind' }>): Promise<unknown> {
  const { succession } = who
  if (succession === undefined || place.yieldTo === undefined) return waitForChange(waitOf(who, node, place))
  try {
    const offered = await transiently(who, succession.offer(node, place.yieldTo))
    return offered === true ? await waitForChange(waitOf(who, node, place)) : null
  } finally {
    // Also when it is not known to stand. Before the next look: withdrawn later, it could take the next offer with it.
    await takeBack(who, succession, node, place.yieldTo)
  }
}

/**
 * The delete leaves behind the offer, on the same connection: an offer that is still on its way is taken back, too. Nobody waits for it longer than the session
 * lasts, with which the offer goes.
 */
async function takeBack(who: Contender, succession: Succession, node: OwnNode, name: string): Promise<void> {
  const withdrawing = succession.withdraw(node, name, 'unseen').then(() => undefined)
  try {
    await who.attempt.wait(who.cleanUp.bounded(withdrawing))
  } catch (error) {
    if (!who.attempt.signal.aborted) throw error
    who.cleanUp.track(withdrawing)
  }
}

/** False if the offer was taken back, or cannot be taken any more. */
async function goAhead(who: Contender, standing: { node: OwnNode }, offer: Offer, session: Session): Promise<boolean> {
  const node = who.succession === undefined ? null : await replacing(who, standing.node, who.succession.take(standing.node, offer, session))
  if (node === null) return false
  standing.node = node ?? standing.node
  return true
}

/** False if it has to be looked again. */
async function settled(who: Contender, standing: { node: OwnNode }, session: Session, folderZxid: bigint | null): Promise<boolean> {
  const settling = who.settle === undefined ? settlingOf(who, standing.node, session, folderZxid) : who.settle(standing.node, session)
  if (settling === null) return true
  const node = (await replacing(who, standing.node, settling)) ?? null
  if (node !== null) standing.node = node
  // The session may have ended while that was asked, and the answer have come in the next one.
  return node !== null && ownerSession(who.client, node) === session
}

/** Nobody went ahead since the list: whoever is first has offered it to nobody. */
function settlingOf(who: Contender, node: OwnNode, session: Session, folderZxid: bigint | null): Promise<OwnNode> | null {
  return who.succession === undefined || folderZxid === null ? null : who.succession.settle(node, session, folderZxid)
}

/**
 * As {@link transiently}, for work that may put a new znode into the place of `before`. It cannot be given up half way: what it still makes
 * after the attempt has ended is deleted.
 */
async function replacing<T extends OwnNode | null>(who: Contender, before: OwnNode, work: Promise<T>): Promise<T | undefined> {
  try {
    return await transiently(who, work)
  } catch (error) {
    // What failed made nothing.
    const left = work.catch(() => null)
    who.cleanUp.track(left.then((node) => (node === null || node.path === before.path ? undefined : who.cleanUp.remove(node))))
    throw error
  }
}

/** `undefined` for what fails in a way that another look can cure. */
async function transiently<T>(who: Contender, work: Promise<T>): Promise<T | undefined> {
  try {
    return await who.attempt.wait(work)
  } catch (error) {
    if (who.attempt.signal.aborted || !isTransient(error)) throw error
    return undefined
  }
}

/**
 * What to sleep on. Where the turn depends on nothing but the predecessor's znode one watch is enough: it fails if the znode has gone
 * meanwhile. Where it depends on more the watches leave first and another list behind them: what happened before them shows in the list.
 */
function waitOf(who: Contender, node: OwnNode, place: Extract<Place, { type: 'behind' }>): WaitForChange {
  const { client, attempt, rule, parent } = who
  if (who.succession !== undefined) return waitWithOffer(who, who.succession, node, place)
  const path = childPath(parent, place.predecessor)
  if (!rule.readsFolder) return { client, attempt, node, watches: [{ path, kind: 'data' }], verify: null }
  const watches: Watched[] =
    place.watchFolder === true
      ? [
          { path: parent, kind: 'data' },
          { path: parent, kind: 'children' },
        ]
      : [{ path, kind: 'data' }]
  const verify = async (): Promise<boolean> => {
    const { children, folder } = await list(who)
    const now = rule.place(children, node.name, folder)
    return now.type === 'behind' && now.predecessor === place.predecessor && now.watchFolder === place.watchFolder
  }
  return { client, attempt, node, watches, verify }
}

/**
 * An offer that was there before the watch shows when it is looked for behind it. Who yields watches what it offers, too: taken back by somebody else, late, it
 * must be made again, or both would wait for each other.
 */
function waitWithOffer(who: Contender, succession: Succession, node: OwnNode, place: Extract<Place, { type: 'behind' }>): WaitForChange {
  const { client, attempt, parent } = who
  const offer = succession.watched(node)
  const watches: Watched[] = [
    { path: childPath(parent, place.predecessor), kind: 'data' },
    { path: offer, kind: 'exists' },
  ]
  if (place.yieldTo !== undefined) watches.push({ path: offerPath(parent, place.yieldTo), kind: 'data' })
  return { client, attempt, node, watches, verify: async () => (await client.exists(offer)) === null }
}

/** Leaves behind the create, in the same packet. Nobody can have offered anything to a znode that is being made. */
async function firstLook(who: Contender): Promise<Seen> {
  const synced = who.sync ? who.client.sync(who.parent) : undefined
  const [, seen] = await Promise.all([synced, list(who)])
  return seen
}

/** The folder's data, if the rule needs it, and then the list: a list that does not show somebody is older than what he reads. */
async function list({ client, parent, rule, succession }: Contender): Promise<Seen> {
  const folder = rule.readsFolder ? client.getData(parent) : null
  const [data, { children, stat }] = await Promise.all([folder, client.getChildren(parent)])
  return { children, folder: data?.data ?? null, folderZxid: succession === undefined ? null : stat.mzxid, offer: null }
}

/** The list, and beside it the proof that the own znode is there and belongs to the present session; `null` if it does not. */
async function look(who: Contender, node: OwnNode): Promise<(Seen & { session: Session }) | null> {
  const { client, attempt } = who
  for (let round = 0; ; round++) {
    try {
      const synced = who.sync ? client.sync(who.parent) : undefined
      const [, stat, seen, offer] = await attempt.wait(
        Promise.all([synced, client.exists(node.path), list(who), who.succession?.offered(node) ?? null]),
      )
      const session = isSame(stat, node) ? ownerSession(client, node) : null
      return session === null ? null : { ...seen, offer, session }
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
