// recipes: a create that knows what became of it, also when its reply was lost.

import type { Acl, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from './abort.ts'
import type { Attempt } from './attempt.ts'
import type { CleanUp } from './clean-up.ts'
import { newId } from './ids.ts'
import { isTransient, isUnknownOutcome } from './outcome.ts'
import type { OwnNode } from './own-node.ts'
import { childPath, findOwn, isOwn, ownNode } from './own-node.ts'
import { ensureParent, MAX_PARENT_CREATIONS } from './parents.ts'

/** What to create. */
export interface ProtectedCreate {
  readonly client: Client
  readonly cleanUp: CleanUp
  readonly attempt: Attempt
  /** The folder; made if missing. */
  readonly parent: string
  /** Makes the fresh ids. Default: {@link newId}. */
  readonly newId?: () => string
  /** The name from the fresh id that belongs into it; it must start with the id. The server appends the number in sequential modes. */
  readonly name: (id: string) => string
  readonly mode: 'ephemeral' | 'ephemeral-sequential' | 'persistent' | 'persistent-sequential'
  readonly data: Uint8Array | string | null
  readonly acl?: readonly Acl[] | undefined
  /** Told of each name that was asked for, whose znode was made, or may have been, and is not the one that is given back. */
  readonly onLost?: ((prefix: string) => void) | undefined
  /** Makes the folder. Default: as a container. */
  readonly makeFolder?: ((attempt: Attempt) => Promise<void>) | undefined
}

/** What came of it. */
export interface ProtectedCreated<T> {
  readonly node: OwnNode
  /** What the request that left together with the create answered; `null` when the create's own reply was lost. */
  readonly piped: T | null
}

//              create  ----- reply ------------------------------------------> own node, if the present session owns it
//                |  '------- NO_NODE: make the parent, at most 10 times -----> again
//                |  '------- any other refusal ------------------------------> the caller
//             reply lost
//                |
//        sync, list, look for the name
//          found, of the present session ------------------------------------> own node (adopted)
//          found, of a session that is dying: delete it ---------------------> again, under a new id
//          not there --------------------------------------------------------> again, under a new id

/**
 * Creates a znode with an unused name. A lost reply is resolved before anything else happens: at no time do two znodes of one attempt
 * stand in the folder. `pipe` is called right after the create was handed to the client, so that what it asks leaves in the same packet.
 * Rejects with the attempt's reason when the attempt ends first; what the create then still makes is deleted in the background.
 */
export async function protectedCreate<T>(what: ProtectedCreate, pipe: () => Promise<T>): Promise<ProtectedCreated<T>> {
  const { client, attempt, cleanUp, parent } = what
  let parentsMade = 0
  for (let round = 0; ; round++) {
    attempt.check()
    const prefix = what.name((what.newId ?? newId)())
    const creating = startCreate(what, prefix)
    // A failure of the piped request is not the create's: whoever needs its answer asks again.
    const piping = pipe().catch(() => null)
    try {
      const node = await attempt.wait(creating)
      const piped = await attempt.wait(piping)
      if (isOwn(client, node)) return { node, piped }
      what.onLost?.(prefix)
      cleanUp.discard(node)
    } catch (error) {
      if (attempt.signal.aborted) {
        cleanUp.abandon(creating, parent, prefix)
        throw attempt.signal.reason
      }
      if (ZoariumError.is(error, 'NO_NODE') && parentsMade++ < MAX_PARENT_CREATIONS) {
        await makeParent(what)
        continue
      }
      if (!isTransient(error)) throw error
      const node = await lookUp(what, prefix)
      if (node !== null) return { node, piped: null }
      if (isUnknownOutcome(error)) what.onLost?.(prefix)
    }
    if (round > 0) await sleep(backOffMs(round), attempt.signal)
  }
}

/** The signal is not handed down: an aborted create could still happen, and only its reply tells under which name. */
function startCreate({ client, parent, data, mode, acl }: ProtectedCreate, prefix: string): Promise<OwnNode> {
  const options = acl === undefined ? { mode } : { mode, acl }
  return client.create(childPath(parent, prefix), data, options).then(({ path, stat }) => ownNode(path, stat))
}

/** A transient failure is left to the next create: it fails with `NO_NODE` again. */
async function makeParent({ client, attempt, parent, makeFolder }: ProtectedCreate): Promise<void> {
  try {
    await attempt.wait(makeFolder?.(attempt) ?? ensureParent(client, parent))
  } catch (error) {
    if (attempt.signal.aborted || !isTransient(error)) throw error
  }
}

/** The node of a create whose reply was lost, `null` if there is none that may be used. However this ends, none is forgotten. */
async function lookUp({ client, attempt, cleanUp, parent }: ProtectedCreate, prefix: string): Promise<OwnNode | null> {
  try {
    for (let round = 0; ; round++) {
      const node = await attempt.wait(findOwn(client, parent, prefix)).catch((error: unknown) => {
        if (attempt.signal.aborted || !isTransient(error)) throw error
        return undefined
      })
      if (node === null || (node !== undefined && isOwn(client, node))) return node
      if (node !== undefined) {
        cleanUp.discard(node)
        return null
      }
      await sleep(backOffMs(round), attempt.signal)
    }
  } catch (error) {
    cleanUp.abandon(null, parent, prefix)
    throw error
  }
}
