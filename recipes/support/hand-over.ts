// recipes: the leader's side of a hand-over to a named successor.

import type { CallOptions } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort } from './abort.ts'
import { Attempt } from './attempt.ts'
import type { Contest } from './contest.ts'
import type { NodeGrant } from './grant.ts'
import { requireTimeout } from './options.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { nameOf } from './own-node.ts'
import { encodeOffer, offerPath } from './succession.ts'

const DEFAULT_TIMEOUT_MS = 10_000

//   offer -> the successor takes it: own znode gone ----> done
//      |                                     '- the offer stands -> somebody deleted it by hand: ERR_LOST
//      | late, aborted: delete the offer -- was there ----> goes on leading
//                                        '- was gone -----> it was taken: done

/** Offers the place to a candidate and waits until it has taken it. */
export async function handOver(
  contest: Contest,
  grant: NodeGrant,
  to: { readonly path: string } | string,
  options: CallOptions,
): Promise<void> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options
  requireTimeout(timeoutMs)
  const attempt = new Attempt({ signal, timeoutMs, closed: contest.closed }, () => `hand-over of the leadership ${contest.path}`)
  try {
    attempt.check()
    const name = await successor(contest, grant, attempt, to)
    await grant.replaceBy((node) => offerTo(contest, attempt, node, name))
  } finally {
    attempt.end()
  }
}

async function successor(contest: Contest, grant: NodeGrant, attempt: Attempt, to: { readonly path: string } | string): Promise<string> {
  const candidates = await attempt.wait(contest.contestants())
  const found = candidates.find(
    ({ path, data }) => path !== grant.path && (typeof to === 'string' ? data?.toString() === to : path === to.path),
  )
  if (found !== undefined) return nameOf(found.path)
  const who = typeof to === 'string' ? to : to.path
  throw new ZoariumError('ERR_CONFLICT', `hand-over: nobody waits as ${who} for the leadership ${contest.path}`, { path: contest.path })
}

async function offerTo(contest: Contest, attempt: Attempt, node: OwnNode, name: string): Promise<void> {
  let failure: unknown = null
  await offerAndWait(contest, attempt, node, name).catch((error: unknown) => {
    failure = error
  })
  // Whoever took the offer has deleted it. It stands when nobody did, or somebody deleted the own znode instead; then it would hide the next one.
  let untaken = false
  const withdrawing = contest.succession(null).withdraw(node, name, 'looking')
  await contest.cleanUp.bounded(
    withdrawing.then((withdrawn) => {
      untaken = withdrawn
    }),
  )
  if (untaken) throw failure ?? new ZoariumError('ERR_LOST', `leadership ${contest.path}: nobody took it over`, { path: node.path })
  if (failure !== null && !(await isGone(contest, node))) throw failure
}

async function offerAndWait(contest: Contest, attempt: Attempt, node: OwnNode, name: string): Promise<void> {
  const { client, path: parent } = contest
  const taken = ownNodeGone(contest, attempt, node)
  taken.catch(() => {})
  try {
    await attempt.wait(client.create(offerPath(parent, name), encodeOffer({ from: node.name, leave: true }), { mode: 'ephemeral' }))
  } catch (error) {
    // A lost reply leaves open whether the offer stands: waiting tells.
    if (attempt.signal.aborted || !isTransient(error)) throw error
  }
  await taken
}

/** A late answer is no answer: who cannot be asked is taken for there. Nobody waits for one longer than the leadership can last. */
async function isGone({ client }: Contest, node: OwnNode): Promise<boolean> {
  const { signal } = client.session
  try {
    return (await orAbort(client.exists(node.path), signal)) === null && !signal.aborted && client.session.id === node.owner
  } catch (error) {
    if (signal.aborted || isTransient(error)) return false
    throw error
  }
}

async function ownNodeGone({ client }: Contest, attempt: Attempt, node: OwnNode): Promise<void> {
  for (;;) {
    try {
      const { type } = await client.nextEvent(node.path, 'data', { signal: attempt.signal })
      if (type === 'deleted') return
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return
      if (attempt.signal.aborted || !isTransient(error)) throw error
    }
    attempt.check()
  }
}
