// recipes: the znode that a recipe object made, and how to find it when the reply of its create was lost.

import type { Client, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'

/** A znode that this process made. */
export interface OwnNode {
  readonly path: string
  readonly name: string
  /** The zxid of its creation: the fencing token. Later grants have larger ones, also after the folder was made anew. */
  readonly czxid: bigint
  /** The session that owns it, 0 for a persistent znode. */
  readonly owner: bigint
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The path of `name` in the folder `parent`. */
export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

/** An {@link OwnNode} from what a read or a create answered. */
export function ownNode(path: string, stat: Stat): OwnNode {
  return { path, name: nameOf(path), czxid: stat.czxid, owner: stat.ephemeralOwner }
}

/**
 * The znode below `parent` whose name starts with `prefix`, `null` if there is none. The prefix is the whole of what the create asked for, not its id alone: what
 * others make for a contender, as an offer, carries its id, too. The `sync` before makes a server that lags behind the
 * leader catch up first: without it a create that was applied could stay unseen. All three requests leave together.
 */
export async function findOwn(client: Client, parent: string, prefix: string): Promise<OwnNode | null> {
  try {
    const [, { children }] = await Promise.all([client.sync(parent), client.getChildren(parent)])
    const name = children.find((child) => child.startsWith(prefix))
    if (name === undefined) return null
    const path = childPath(parent, name)
    const stat = await client.exists(path)
    return stat === null ? null : ownNode(path, stat)
  } catch (error) {
    if (ZoariumError.is(error, 'NO_NODE')) return null
    throw error
  }
}

/** Whether the znode belongs to the session that the client has now; persistent znodes belong to nobody and so to everybody. */
export function isOwn(client: Client, node: OwnNode): boolean {
  return node.owner === 0n || node.owner === client.session.id
}
