// recipes: an ephemeral znode with a name that others know, and that may be taken. Unlike a contender's its name is used again and again,
// so whose it is has to be asked each time.

import type { Acl, Client, Stat, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, linkAbort, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { isOwn, ownNode } from './own-node.ts'
import { ensureParent, MAX_PARENT_CREATIONS } from './parents.ts'

/** What to do when the name belongs to another session: wait until it is free, take it, or give up with `NODE_EXISTS`. */
export type OnTaken = 'wait' | 'replace' | 'reject'

/** What to put where. */
export interface NamedNode {
  readonly client: Client
  readonly attempt: Attempt
  readonly parent: string
  readonly path: string
  /** Asked at each try: the wish may change meanwhile. */
  readonly data: () => Uint8Array | string | null
  readonly acl?: readonly Acl[] | undefined
  readonly onTaken: OnTaken
  /** A znode that this process made earlier: if it still stands it is kept. */
  readonly known: OwnNode | null
  /** What earlier tries may have left; kept by the caller from one placing to the next. */
  readonly traces: NameTraces
}

/** Sessions in which a client has made such znodes, or tried to: what they left may be replaced at once. */
const SESSIONS = new WeakMap<Client, Set<bigint>>()

function sessionsOf(client: Client): Set<bigint> {
  let sessions = SESSIONS.get(client)
  if (sessions === undefined) SESSIONS.set(client, (sessions = new Set()))
  return sessions
}

/** What stands under the name may be one's own although no reply told of it. */
export class NameTraces {
  /** Whether an own znode may turn up of which no reply told. */
  replyLost = false
  /** A create that nobody awaits any more. */
  creating: Promise<unknown> | null = null

  /** Whether there is something to delete when the name is given up. */
  get any(): boolean {
    return this.replyLost || this.creating !== null
  }

  /** Resolves when nothing is under way that could still make a znode. */
  async settled(): Promise<void> {
    await this.creating?.catch(() => null)
  }
}

//   create --> own node
//     | NO_NODE: make the folder                               reply lost: remember that an own znode may turn up
//     | NODE_EXISTS: whose is it?
//         nobody's any more ------------------------------------------------> again
//         of this session, known or of a lost reply ------------------------> own node
//         of this session, neither -----------------------------------------> NODE_EXISTS (the same name twice in one process)
//         persistent -------------------------------------------------------> NODE_EXISTS
//         of a former session of this process, or `replace` ----------------> one transaction: delete this version, create
//         of another session: `wait` for its deletion, or `reject`

/**
 * Makes the znode, never adopting what another session made: that would vanish with it. Rejects with `NODE_EXISTS` as the table above says,
 * with the attempt's reason, or with what the servers refuse; what a create on its way still makes is left to the next placing with these
 * traces, or to the caller who gives the name up. The caller sees to it that nobody else in this process uses the path meanwhile.
 */
export async function placeNamedNode(what: NamedNode): Promise<OwnNode> {
  const { attempt, traces } = what
  const made = { parents: 0 }
  for (let round = 0; ; round++) {
    attempt.check()
    const node = await tryOnce(what, made)
    if (node !== null) {
      traces.replyLost = false
      return node
    }
    if (round > 1) await sleep(backOffMs(round - 2), attempt.signal)
  }
}

/**
 * Deletes the znode if it belongs to the present session, and is the one with `czxid` if that is given. The version makes the delete miss a
 * znode that somebody changed or put in its place meanwhile; it is then looked at again.
 */
export async function removeNamedNode(client: Client, path: string, czxid: bigint | null): Promise<void> {
  for (;;) {
    const stat = await client.exists(path)
    if (stat === null || stat.ephemeralOwner !== client.session.id || (czxid !== null && stat.czxid !== czxid)) return
    try {
      await client.delete(path, { version: stat.version })
    } catch (error) {
      if (!ZoariumError.is(error, 'BAD_VERSION') && !ZoariumError.is(error, 'NO_NODE')) throw error
    }
  }
}

/** One try; `null`: once more. */
async function tryOnce(what: NamedNode, made: { parents: number }): Promise<OwnNode | null> {
  const { client, attempt, path, traces } = what
  const sessions = sessionsOf(client).add(client.session.id)
  try {
    const options = what.acl === undefined ? { mode: 'ephemeral' as const } : { mode: 'ephemeral' as const, acl: what.acl }
    const creating = client.create(path, what.data(), options).then(({ stat }) => ownNode(path, stat))
    traces.creating = creating
    const node = await attempt.wait(creating)
    traces.creating = null
    return isOwn(client, node) ? node : null
  } catch (error) {
    // The request may have left in a later session than it was asked in.
    sessions.add(client.session.id)
    attempt.signal.throwIfAborted()
    traces.creating = null
    if (ZoariumError.is(error, 'NODE_EXISTS')) return whoseIsIt(what)
    if (ZoariumError.is(error, 'NO_NODE') && made.parents++ < MAX_PARENT_CREATIONS)
      await repeatable(attempt, ensureParent(client, what.parent))
    else if (isTransient(error)) traces.replyLost = true
    else throw error
    return null
  }
}

async function whoseIsIt(what: NamedNode): Promise<OwnNode | null> {
  const { client, attempt, path, onTaken } = what
  const stat = await repeatable(attempt, client.exists(path))
  if (stat === null || stat === undefined) return null
  const owner = stat.ephemeralOwner
  if (owner === client.session.id) {
    if (what.traces.replyLost || what.known?.czxid === stat.czxid) return ownNode(path, stat)
    throw taken(path, 'this session')
  }
  if (owner === 0n) throw taken(path, 'nobody, it is persistent')
  if (onTaken === 'replace' || sessionsOf(client).has(owner)) return replace(what, stat)
  if (onTaken === 'reject') throw taken(path, `session 0x${owner.toString(16)}`)
  await gone(client, attempt, path)
  return null
}

/** Both or none: at no time is the name free for a third one. The next try finds the znode and its owner. */
async function replace({ client, attempt, path, data, acl, traces }: NamedNode, stat: Stat): Promise<null> {
  const create = { type: 'create', path, data: data(), mode: 'ephemeral' } as const
  const ops: TransactionOp[] = [{ type: 'delete', path, version: stat.version }, acl === undefined ? create : { ...create, acl }]
  // A new znode has version 0. Whoever is replaced may be about to delete its own one by its version, which must not fit this one.
  const raise: TransactionOp[] = stat.version === 0 ? [{ type: 'setData', path, data: create.data }] : []
  traces.replyLost = true
  try {
    const whenReadOnly = (error: unknown): Promise<unknown> => {
      if (ZoariumError.is(error, 'NO_AUTH') && error.index === ops.length) return client.multi(ops)
      throw error
    }
    traces.creating = client.multi([...ops, ...raise]).catch(whenReadOnly)
    await attempt.wait(traces.creating)
    traces.creating = null
  } catch (error) {
    attempt.signal.throwIfAborted()
    traces.creating = null
    if (!isTransient(error) && !RACES.some((code) => ZoariumError.is(error, code))) throw error
  }
  return null
}

/** How a replacement fails when somebody else was faster. */
const RACES = ['BAD_VERSION', 'NO_NODE', 'NODE_EXISTS'] as const

async function gone(client: Client, attempt: Attempt, path: string): Promise<void> {
  const { controller, unlink } = linkAbort(attempt.signal)
  try {
    await repeatable(attempt, client.nextEvent(path, 'data', { signal: controller.signal }))
  } catch (error) {
    if (!ZoariumError.is(error, 'NO_NODE')) throw error
  } finally {
    controller.abort()
    unlink()
  }
}

/** A request whose transient failure is answered by another try. */
async function repeatable<T>(attempt: Attempt, request: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt.wait(request)
  } catch (error) {
    if (attempt.signal.aborted || !isTransient(error)) throw error
    return undefined
  }
}

function taken(path: string, owner: string): ZoariumError {
  return new ZoariumError('NODE_EXISTS', `${path} belongs to ${owner}`, { path })
}
