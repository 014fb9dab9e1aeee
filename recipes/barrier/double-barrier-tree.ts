// recipes: what the servers hold of a double barrier, and the transactions on it.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import type { OwnNode } from '../support/own-node.ts'
import { childPath } from '../support/own-node.ts'
import { queueOf } from '../support/queue-place.ts'
import { orMissing } from '../support/retry.ts'
import { folderOf, MEMBER, parseGeneration, parseMembers, readyOf } from './double-barrier-paths.ts'
import type { Place } from './double-barrier-place.ts'
import { countedAs } from './double-barrier-place.ts'

/** The znodes of one barrier. */
export class BarrierTree {
  readonly path: string
  readonly #client: Client
  readonly #cleanUp: CleanUp
  readonly #acl: readonly Acl[] | undefined

  constructor(client: Client, cleanUp: CleanUp, path: string, acl: readonly Acl[] | undefined) {
    this.path = path
    this.#client = client
    this.#cleanUp = cleanUp
    this.#acl = acl
  }

  /** The number of the generation that is gathering, and what version of it that is. */
  async generation(call: CallOptions): Promise<{ generation: number; version: number }> {
    const found = await orMissing(this.#client.getData(this.path, call))
    return found === null ? { generation: 0, version: 0 } : { generation: parseGeneration(found.data), version: found.stat.version }
  }

  /** Names of the znodes of those who passed, `null` if nobody has or all have left. */
  async ready(generation: number, call: CallOptions): Promise<string[] | null> {
    const found = await orMissing(this.#client.getData(readyOf(this.path, generation), call))
    return found === null ? null : parseMembers(found.data)
  }

  /** Names of those who want to pass, or are in, in the order in which they came. */
  async members(generation: number, call: CallOptions): Promise<string[]> {
    const folder = folderOf(this.path, generation)
    const found = await orMissing(this.#client.getChildren(folder, call))
    return found === null ? [] : queueOf(found.children, MEMBER)
  }

  async isThere({ path }: OwnNode, call: CallOptions): Promise<boolean> {
    return (await this.#client.exists(path, call)) !== null
  }

  /** The one moment in which all pass: everybody's znode exists. It may fail, and may have happened: both is seen by looking again. */
  async makeReady(generation: number, names: readonly string[], version: number): Promise<void> {
    const acl = this.#acl
    const folder = folderOf(this.path, generation)
    const data = names.join('\n')
    try {
      await this.#client.multi([
        ...names.map((name) => ({ type: 'check', path: childPath(folder, name) }) as const),
        { type: 'create', path: readyOf(this.path, generation), data, ...(acl === undefined ? {} : { acl }) },
        { type: 'setData', path: this.path, data: String(generation + 1), version },
      ])
    } catch (error) {
      const raced = ['NO_NODE', 'NODE_EXISTS', 'BAD_VERSION'] as const
      if (isUnknownOutcome(error)) await this.#client.decided()
      else if (!raced.some((code) => ZoariumError.is(error, code))) throw error
    }
  }

  /**
   * Time is up. Gives the znode by which it had been passed already, else `null`: it never will be. `unknown`: the session's deadline came before an answer, or it
   * may have been passed by a znode that is gone, and all have left since.
   */
  async withdraw(place: Place): Promise<OwnNode | 'unknown' | null> {
    let found: OwnNode | 'unknown' | null = 'unknown'
    const work = async (): Promise<void> => {
      found = await this.#withdraw(place)
    }
    await this.#cleanUp.bounded(this.#cleanUp.perform(work))
    return found
  }

  async #withdraw(place: Place): Promise<OwnNode | 'unknown' | null> {
    const { generation, node, lostNames } = place
    const ready = readyOf(this.path, generation)
    try {
      // Made and deleted in one transaction: it does not exist.
      await this.#client.multi([
        { type: 'create', path: ready },
        { type: 'delete', path: ready },
        { type: 'delete', path: node.path },
      ])
      if (lostNames.length === 0) return null
    } catch (error) {
      if (ZoariumError.is(error, 'NODE_EXISTS')) {
        const passed = await this.ready(generation, {})
        // It was forgotten in between: now the transaction tells.
        return passed === null ? await this.#withdraw(place) : countedAs(passed, place)
      }
      if (!ZoariumError.is(error, 'NO_NODE')) throw error
    }
    const now = await this.generation({})
    return now.generation > generation ? 'unknown' : null
  }

  /** Nobody of the generation is left: nobody needs to know any more who passed. */
  async forget(generation: number): Promise<void> {
    await this.#client.delete(readyOf(this.path, generation)).catch((error: unknown) => {
      if (ZoariumError.is(error, 'NO_NODE')) return
      if (!isTransient(error)) throw error
      this.#cleanUp.track(this.#cleanUp.perform(() => this.forget(generation)))
    })
  }

  /** The same, if that is so. */
  async forgetIfLeft(generation: number): Promise<void> {
    const [passed, names] = await Promise.all([this.ready(generation, {}), this.members(generation, {})])
    if (passed !== null && !passed.some((name) => names.includes(name))) await this.forget(generation)
  }
}
