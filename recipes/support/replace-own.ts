// recipes: one's own contender under another name at the same place of the queue, in one transaction: at no time is the place free.

import type { Acl, Client, Session, TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from './abort.ts'
import type { CleanUp } from './clean-up.ts'
import { newId } from './ids.ts'
import { isTransient } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { childPath, findOwn, isOwn } from './own-node.ts'
import { contenderPrefix, parseName } from './queue-place.ts'
import { printSequence } from './sequence.ts'

/** What to put in place of what. */
export interface ReplaceOwn {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly parent: string
  readonly node: OwnNode
  readonly session: Session
  /** The kind in the new name. */
  readonly kind: string
  readonly data: Uint8Array | string | null
  readonly acl?: readonly Acl[] | undefined
  /** Instead of the number that the znode has. */
  readonly sequence?: number
  /** What happens in the same transaction. */
  readonly more?: readonly TransactionOp[]
}

//   multi: create the new name, delete the old znode ---- done ----> new znode
//     | refused: the old znode is gone ---------------------------> ERR_LOST
//     | reply lost: sync, list, is the new name there? -- yes ----> new znode
//     |                                                  '- no ---> again, under a new id

/**
 * Resolves with the znode that stands there now. Rejects with `ERR_LOST` when the old znode is gone or the session has ended, or with what
 * the servers refuse. Cannot be aborted, since half of it would be the loss of the place; waits at most until the session's deadline.
 */
export async function replaceOwn(what: ReplaceOwn): Promise<OwnNode> {
  const { client, cleanUp, parent, node, session } = what
  const sequence = what.sequence ?? parseName(node.name)?.sequence
  if (sequence === undefined) throw new ZoariumError('ERR_CONFIG', `${node.path}: a name of another library`, { path: node.path })
  for (let round = 0; ; round++) {
    const name = contenderPrefix(newId(), what.kind) + printSequence(sequence)
    const path = childPath(parent, name)
    try {
      const created = { type: 'create', path, data: what.data, mode: 'ephemeral' } as const
      const create = what.acl === undefined ? created : { ...created, acl: what.acl }
      const [made] = await orAbort(client.multi([create, { type: 'delete', path: node.path }, ...(what.more ?? [])]), session.signal)
      if (made?.type !== 'create') throw new ZoariumError('ERR_PROTOCOL', 'a transaction without its results', { path })
      return { path, name, czxid: made.czxid, owner: session.id }
    } catch (error) {
      if (session.signal.aborted) {
        cleanUp.abandon(null, parent, name)
        throw lost(node, error)
      }
      if (ZoariumError.is(error, 'NO_NODE')) throw lost(node, error)
      if (!isTransient(error)) throw error
      const found = await lookUp(what, name)
      if (found !== null) return found
    }
    await sleep(backOffMs(round), session.signal)
  }
}

async function lookUp({ client, cleanUp, parent, node, session }: ReplaceOwn, name: string): Promise<OwnNode | null> {
  for (let round = 0; ; round++) {
    try {
      const found = await orAbort(findOwn(client, parent, name), session.signal)
      if (found === null || isOwn(client, found)) return found
      throw lost(node, undefined)
    } catch (error) {
      if (session.signal.aborted || !isTransient(error)) {
        cleanUp.abandon(null, parent, name)
        throw session.signal.aborted ? lost(node, error) : error
      }
    }
    await sleep(backOffMs(round), session.signal)
  }
}

function lost(node: OwnNode, cause: unknown): ZoariumError {
  return new ZoariumError('ERR_LOST', `place in the queue ${node.path}`, { path: node.path, cause })
}
