// recipes: going ahead out of turn with the consent of who stands in front: hand-over to a named successor, and priorities.

import type { Acl, Client, Session, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { CleanUp } from './clean-up.ts'
import { ID_LENGTH, newId } from './ids.ts'
import type { OwnNode } from './own-node.ts'
import { childPath, nameOf } from './own-node.ts'
import type { Place, QueuedName } from './queue-place.ts'
import { always, contenderPrefix, entriesOf, parseName, placeAmong } from './queue-place.ts'
import type { QueueRule } from './queue-rule.ts'
import { replaceOwn } from './replace-own.ts'
import { orMissing } from './retry.ts'

// Names: <id>-leader-<n>, with a priority <id>-leader<p>-<n>. An offer: <id of who may go ahead>-offer, ephemeral, made by who offers.
//
//   leader hands over:     offer { from: leader, leave: true }    the successor takes the leader's number, the leader's znode goes
//   first one yields:      offer { from: first, leave: false }    who has a higher priority takes the number before the first one's
//
// Taking is one transaction: check who offered, create the new znode, delete the own old one and the offer, and write to the folder.
//
// That makes somebody who came later the leader earlier, so czxids are no longer in the order of the leaders. The write to the folder tells: who
// is first, and is older than the folder's last write, takes its own place anew before it leads, and writes to the folder, too. So epochs grow
// in any case: who leads without doing so is younger than all who did.

const KIND = /^leader(\d{0,2})$/

/** A name taken apart, `null` if it is no candidate. */
export function parseCandidate(name: string): (QueuedName & { readonly priority: number }) | null {
  const parsed = parseName(name)
  const priority = parsed === null ? null : KIND.exec(parsed.kind)
  return parsed === null || priority === null ? null : { ...parsed, priority: Number(priority[1]) }
}

function kindOf(priority: number): string {
  return priority === 0 ? 'leader' : `leader${priority}`
}

/** In the order of the numbers; but the first one yields to the highest priority among those that wait. */
export function candidateRule(priority: number): QueueRule {
  return {
    newId,
    prefix: (id) => contenderPrefix(id, kindOf(priority)),
    parse: parseCandidate,
    place: (children, own) => placeOfCandidate(children, own, priority),
    readsFolder: false,
  }
}

function placeOfCandidate(children: readonly string[], own: string, priority: number): Place {
  const place = placeAmong(children, own, parseCandidate, always)
  if (place.type !== 'first') return place
  const higher = entriesOf(children, parseCandidate).flatMap(({ name }) => parseCandidate(name) ?? [])
  let best: (QueuedName & { readonly priority: number }) | null = null
  for (const other of higher) if (other.priority > (best?.priority ?? priority)) best = other
  return best === null ? place : { type: 'behind', predecessor: best.name, head: own, ahead: 0, yieldTo: best.name }
}

/** Where somebody is offered to go ahead. */
export function offerPath(parent: string, name: string): string {
  return childPath(parent, `${name.slice(0, ID_LENGTH)}-offer`)
}

/** What an offer says. */
export interface Offer {
  /** The name of the znode that stands in front. */
  readonly from: string
  /** Whether that one gives its place away. */
  readonly leave: boolean
}

export function encodeOffer(offer: Offer): string {
  return JSON.stringify(offer)
}

function decodeOffer(data: Buffer | null): Offer | null {
  try {
    const value: unknown = JSON.parse(data?.toString() ?? 'null')
    if (typeof value !== 'object' || value === null || !('from' in value) || typeof value.from !== 'string') return null
    return { from: value.from, leave: 'leave' in value && value.leave === true }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** One candidate's part in all this. */
export class Succession {
  readonly #parts: { client: Client; cleanUp: CleanUp; parent: string; data: Uint8Array | string | null; acl?: readonly Acl[] | undefined }

  constructor(parts: {
    client: Client
    cleanUp: CleanUp
    parent: string
    data: Uint8Array | string | null
    acl?: readonly Acl[] | undefined
  }) {
    this.#parts = parts
  }

  /** What appears when `node` may go ahead. */
  watched(node: OwnNode): string {
    return offerPath(this.#parts.parent, node.name)
  }

  /**
   * Offers `name` to go ahead of `node`, which is first; false if something was in the way and it has to be looked again. The offer is to be taken back whatever
   * becomes of this.
   */
  async offer(node: OwnNode, name: string): Promise<boolean> {
    const { client, parent } = this.#parts
    try {
      await client.create(offerPath(parent, name), encodeOffer({ from: node.name, leave: false }), { mode: 'ephemeral' })
    } catch (error) {
      if (ZoariumError.is(error, 'NODE_EXISTS')) return this.#isOffered(node, name)
      // With the folder the own znode is gone, which the next look shows.
      if (!ZoariumError.is(error, 'NO_NODE')) throw error
    }
    return true
  }

  /** Whether the offer that stands is that of `node`. One of somebody who stood in front before and does so no more cannot be taken: it goes. */
  async #isOffered(node: OwnNode, name: string): Promise<boolean> {
    const { client, parent } = this.#parts
    const path = offerPath(parent, name)
    const found = await orMissing(client.getData(path))
    if (found !== null && decodeOffer(found.data)?.from === node.name) return true
    if (found !== null) await orMissing(client.delete(path))
    return false
  }

  /**
   * Takes back what `node` offered to `name`. `unseen`: without a look at whose offer it is, at the first try: while `node` stands nobody else can have offered
   * in its place. If it was deleted a moment ago somebody may have, who then offers again.
   *
   * True if this took an offer away that nobody had taken.
   */
  async withdraw(node: OwnNode, name: string, how: 'unseen' | 'looking'): Promise<boolean> {
    const { client, cleanUp, parent } = this.#parts
    const path = offerPath(parent, name)
    let tries = how === 'unseen' ? 0 : 1
    let withdrawn = false
    await cleanUp.perform(async () => {
      try {
        if (tries++ > 0 && decodeOffer((await client.getData(path)).data)?.from !== node.name) return
        await client.delete(path)
        withdrawn = true
      } catch (error) {
        if (!ZoariumError.is(error, 'NO_NODE')) throw error
      }
    })
    return withdrawn
  }

  /** What is offered to `node`, `null` if nothing is. */
  async offered(node: OwnNode): Promise<Offer | null> {
    const found = await orMissing(this.#parts.client.getData(this.watched(node)))
    return found === null ? null : decodeOffer(found.data)
  }

  /** Goes ahead as `offer` says; `null` if it is none any more. */
  async take(node: OwnNode, offer: Offer, session: Session): Promise<OwnNode | null> {
    const { parent } = this.#parts
    const path = this.watched(node)
    const sequence = parseCandidate(offer.from)?.sequence
    if (sequence === undefined) return null
    const from = childPath(parent, offer.from)
    const gone = offer.leave ? ({ type: 'delete', path: from } as const) : ({ type: 'check', path: from } as const)
    const more = [gone, { type: 'delete', path } as const, this.#note()]
    try {
      return await this.#replace(node, session, offer.leave ? sequence : (sequence - 1) | 0, more)
    } catch (error) {
      if (ZoariumError.is(error, 'ERR_LOST') && !session.signal.aborted) return null
      throw error
    }
  }

  /** The znode to lead with: `node`, or if somebody went ahead of it since it came (as the folder's last write tells), a new one in its place. */
  async settle(node: OwnNode, session: Session, folderZxid: bigint): Promise<OwnNode> {
    if (folderZxid <= node.czxid) return node
    return this.#replace(node, session, parseName(node.name)?.sequence ?? 0, [this.#note()])
  }

  /** In the transaction of a new znode: whoever is older than it has to take its place anew before it leads. */
  #note(): TransactionOp {
    return { type: 'setData', path: this.#parts.parent, data: 'somebody went ahead' }
  }

  #replace(node: OwnNode, session: Session, sequence: number, more: readonly TransactionOp[]): Promise<OwnNode> {
    const kind = parseName(nameOf(node.path))?.kind ?? 'leader'
    return replaceOwn({ ...this.#parts, node, session, kind, sequence, more })
  }
}
