// recipes: the claims of one queue object: taking an item, and knowing what became of it when the reply was lost.

import type { Acl, Client, Session, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, sleep } from '../support/abort.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { newId } from '../support/ids.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import { childPath } from '../support/own-node.ts'
import { ensureParent, MAX_PARENT_CREATIONS } from '../support/parents.ts'
import { orMissing, untilDone } from '../support/retry.ts'
import type { ItemName } from './item-name.ts'
import { TakenItem } from './queued-item.ts'

/** What it works with. */
export interface ClaimParts {
  readonly client: Client
  readonly cleanUp: CleanUp
  /** Of the queue. */
  readonly path: string
  readonly acl: readonly Acl[] | undefined
  readonly closed: AbortSignal
}

export class Claims {
  /** What is held, by name. */
  readonly open: Map<string, TakenItem> = new Map()
  readonly #parts: ClaimParts

  constructor(parts: ClaimParts) {
    this.#parts = parts
  }

  /** Takes the item; `null` if somebody was faster, or the session ended meanwhile. */
  async take(item: ItemName): Promise<TakenItem | null> {
    const { client, acl, closed } = this.#parts
    const path = this.#pathOf('items', item)
    const claim = this.#pathOf('taken', item)
    const id = newId()
    for (let round = 0; ; round++) {
      const { session } = client
      let found: { readonly data: Buffer | null; readonly stat: Stat } | null = null
      try {
        found = await client.getData(path)
        const create = { type: 'create', path: claim, data: id, mode: 'ephemeral' } as const
        const results = await client.multi([
          acl === undefined ? create : { ...create, acl },
          { type: 'setData', path, data: found.data, version: found.stat.version },
        ])
        const [made] = results
        if (made?.type !== 'create') throw new ZoariumError('ERR_PROTOCOL', `queue ${this.#parts.path}: no result of the claim`)
        return this.#taken(item, session, path, claim, made.czxid, found.stat.version + 1, found.data)
      } catch (error) {
        if (ZoariumError.is(error, 'NO_NODE')) {
          // The folder of the claims, or the item.
          if (error.path !== claim) return null
          await this.#makeFolder()
        } else if (ZoariumError.is(error, 'NODE_EXISTS') || ZoariumError.is(error, 'BAD_VERSION')) return null
        else if (isUnknownOutcome(error) && found !== null) {
          const { data, stat } = found
          // Not before it is known: a claim of this session that nobody knows of would keep the item for as long as the session lives.
          const own = await untilDone(() => this.#findClaim(claim, id))
          // With the claim the item was rewritten. Its version now may be that of a later claim.
          if (own !== null) return this.#taken(item, own.session, path, claim, own.czxid, stat.version + 1, data)
        } else if (!isTransient(error)) throw error
      }
      if (closed.aborted) return null
      await sleep(backOffMs(round), closed).catch(() => {})
    }
  }

  /** Whatever goes wrong for a while, the next claim fails with `NO_NODE` again. */
  async #makeFolder(): Promise<void> {
    try {
      await ensureParent(this.#parts.client, childPath(this.#parts.path, 'taken'))
    } catch (error) {
      if (!isTransient(error)) throw error
    }
  }

  /** The claim whose reply was lost, if it was made and belongs to the present session. */
  async #findClaim(claim: string, id: string): Promise<{ readonly session: Session; readonly czxid: bigint } | null> {
    const { client } = this.#parts
    const { session } = client
    await client.decided()
    const own = await orMissing(client.getData(claim))
    if (own === null || own.data?.toString() !== id || own.stat.ephemeralOwner !== session.id) return null
    return { session, czxid: own.stat.czxid }
  }

  /** `null`: the session ended meanwhile; a claim that the next one made is taken back. */
  #taken(
    item: ItemName,
    session: Session,
    path: string,
    claim: string,
    czxid: bigint,
    version: number,
    data: Buffer | null,
  ): TakenItem | null {
    const { client, cleanUp } = this.#parts
    const taken = new TakenItem({ client, cleanUp, session, path, claim, czxid, version, data })
    if (taken.state === 'lost') {
      cleanUp.track(taken.giveBack())
      return null
    }
    this.open.set(item.name, taken)
    void taken.lost.then(() => {
      if (this.open.get(item.name) === taken) this.open.delete(item.name)
    })
    return taken
  }

  /** Given out too often: out of the queue, with its data, in one transaction. */
  async bury(item: ItemName, taken: TakenItem): Promise<void> {
    const { client, acl, path } = this.#parts
    const create = { type: 'create', path: this.#pathOf('dead', item), data: taken.data } as const
    try {
      for (let round = 0; taken.state !== 'lost'; round++) {
        try {
          await taken.complete([acl === undefined ? create : { ...create, acl }])
          return
        } catch (error) {
          if (ZoariumError.is(error, 'NO_NODE') && round < MAX_PARENT_CREATIONS) await client.ensurePath(childPath(path, 'dead'))
          else if (!isTransient(error)) throw error
        }
        if (round > 0) await sleep(backOffMs(round), taken.signal).catch(() => {})
      }
    } catch (error) {
      if (ZoariumError.is(error, 'ERR_NOT_HELD')) return
      // Kept by nobody: the next one who finds it tries again.
      if (taken.state !== 'lost') await taken.release()
      throw error
    }
  }

  #pathOf(folder: 'items' | 'taken' | 'dead', { name }: ItemName): string {
    return childPath(childPath(this.#parts.path, folder), name)
  }
}
