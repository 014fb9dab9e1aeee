// recipes: a meeting point: so many members begin together and end together, again and again.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { linkAbort, orAbort } from '../support/abort.ts'
import { Attempt } from '../support/attempt.ts'
import { waitWithin, withinTime } from '../support/call-bounds.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { CleanUp } from '../support/clean-up.ts'
import type { Sight } from '../support/look-until.ts'
import { lookUntil } from '../support/look-until.ts'
import { requireCount, requirePath, requireTimeout } from '../support/options.ts'
import type { OwnNode } from '../support/own-node.ts'
import { childPath } from '../support/own-node.ts'
import { protectedCreate } from '../support/protected-create.ts'
import { contenderPrefix } from '../support/queue-place.ts'
import { orMissing } from '../support/retry.ts'
import { folderOf, MEMBER, maxMembers, readyOf } from './double-barrier-paths.ts'
import type { Place } from './double-barrier-place.ts'
import { countedAs, isLost } from './double-barrier-place.ts'
import { BarrierTree } from './double-barrier-tree.ts'

/** Options of a {@link DoubleBarrier}. */
export interface DoubleBarrierOptions {
  /** How many have to come, the same everywhere: 1 to 10,000, and so many as fit into one transaction of 1 MB: about 6,000 under a short path. */
  readonly members: number
  /** This member's name, for others to see. Default: host and process. */
  readonly name?: string
  /** Access control list of the znodes. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Called with errors that no caller waits for. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** Options of {@link DoubleBarrier.enter} and {@link BarrierPass.leave}. */
export interface BarrierWaitingOptions extends CallOptions {
  /** One deadline, in milliseconds from the call, 0 to 2^31 - 1. Default: none. */
  readonly timeoutMs?: number
}

/** What a member gets that has passed. */
export interface BarrierPass extends AsyncDisposable {
  /** Rises with every time that the barrier is passed. */
  readonly generation: number
  /** The own znode: while it exists nobody of this generation has left completely. */
  readonly path: string
  /**
   * Leaves, and resolves when all of this generation have left; who crashed has. Rejects with `ERR_TIMEOUT` or `signal.reason`: this member has then left all the
   * same, or does in the background. May be called again.
   */
  leave(options?: BarrierWaitingOptions): Promise<void>
}

/** Who is there. */
export interface BarrierView {
  readonly generation: number
  /** Names of those who wait to pass, in the order in which they came. */
  readonly waiting: readonly string[]
  /** How many are still missing. */
  readonly missing: number
}

/** What a look found. `passed`: by this znode. */
type Look = { readonly type: 'passed'; readonly by: OwnNode } | { readonly type: 'again' | 'unknown' }

//   read the generation g, make the own znode in g -> look: ready of g exists?
//      names the own znode --------------------------------------------------> passed
//      does not, or g is over ------------------------------------------------> again, in the next generation
//      is gone with all who passed, and the own znode, too --------------------> nobody can tell any more: rejects
//      not yet: as the last of the first n: one transaction                       (check all n, make ready, g + 1)
//               otherwise wait for ready; who is beyond the n waits for others to leave, too
//
//   A create whose reply was lost may have been counted before its znode went, with its session or by somebody's hand. So each look asks for all names
//   that were tried in this generation.
//
//   Giving up is a transaction as well: it fails if ready exists, and then the barrier was passed.

/**
 * A barrier for a fixed number of members: nobody passes before all are there, at one moment, and nobody has left before all have. It can be passed again and
 * again; whoever comes too many waits for the next generation.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { DoubleBarrier } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using barrier = new DoubleBarrier(client, '/barriers/round', { members: 3 })
 * const pass = await barrier.enter({ timeoutMs: 60_000 })
 * console.log(`round ${pass.generation}`)
 * await pass.leave()
 * ```
 */
export class DoubleBarrier implements AsyncDisposable {
  readonly path: string
  readonly #client: Client
  readonly #options: DoubleBarrierOptions
  readonly #cleanUp: CleanUp
  readonly #tree: BarrierTree
  readonly #closed = new AbortController()
  /** What is to be deleted at the end, and of which generation it is. */
  readonly #nodes = new Map<OwnNode, number>()
  #closing: Promise<void> | undefined = undefined

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: DoubleBarrierOptions) {
    this.path = requirePath('path', path)
    const { members } = options
    requireCount('members', members, 1, 10_000)
    const most = maxMembers(path)
    if (members > most)
      throw new ZoariumError('ERR_CONFIG', `members: at most ${most} fit into one transaction under ${path}, got ${members}`)
    this.#client = client
    this.#options = options
    this.#cleanUp = new CleanUp(client, options.onError)
    this.#tree = new BarrierTree(client, this.#cleanUp, path, options.acl)
  }

  /**
   * Waits until all members are there, and passes with them. A member whose session ends while it waits comes again.
   *
   * Rejects with `ERR_TIMEOUT`, `signal.reason`, `ERR_CLOSED`, or with what the servers refuse; it then does not count, and nobody passes because of it. An abort and
   * a close reject at once: if all came together in that moment the others have passed, and see this member leave. Rejects with `ERR_LOST` if nobody can tell any
   * more whether this member was counted: its znode is gone, with its session or by somebody's hand, and others have passed and left since; or time is up, and the
   * servers cannot be reached until the session's deadline.
   */
  async enter(options: BarrierWaitingOptions = {}): Promise<BarrierPass> {
    const timeoutMs = requireTimeout(options.timeoutMs)
    this.#closed.signal.throwIfAborted()
    const attempt = new Attempt({ signal: options.signal, timeoutMs, closed: this.#closed.signal }, () => `barrier ${this.path}`)
    try {
      for (;;) {
        const place = await this.#takePlace(attempt, options.signal)
        const by = await this.#passes(attempt, place)
        if (by !== place.node) this.#discard(place.node)
        if (by !== null) return this.#pass(place.generation, by)
      }
    } finally {
      attempt.end()
    }
  }

  /** Who waits to pass now. */
  view(options: CallOptions = {}): Promise<BarrierView> {
    return withinTime(
      options,
      () => `view of barrier ${this.path}`,
      (call) => this.#view(call),
    )
  }

  /** Gives up every wait, leaves, and waits for all clean-up, at most until the session's deadline. Idempotent. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing barrier ${this.path}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #view(call: CallOptions): Promise<BarrierView> {
    const { generation } = await this.#tree.generation(call)
    const folder = folderOf(this.path, generation)
    const names = await this.#tree.members(generation, call)
    const found = await Promise.all(names.map((name) => orMissing(this.#client.getData(childPath(folder, name), call))))
    const waiting = found.filter((one) => one !== null).map(({ data }) => (data ?? '').toString())
    return { generation, waiting, missing: Math.max(0, this.#options.members - waiting.length) }
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ZoariumError('ERR_CLOSED', `barrier ${this.path}`, { path: this.path }))
    for (const [node, generation] of this.#nodes) this.#depart(node, generation)
    await this.#cleanUp.bounded(this.#cleanUp.settled())
  }

  async #takePlace(attempt: Attempt, signal: AbortSignal | undefined): Promise<Place> {
    const { generation } = await attempt.wait(this.#tree.generation({ signal: attempt.signal }))
    const { controller, unlink } = linkAbort(signal, this.#closed.signal)
    const making = this.#makePlace(controller.signal, generation)
    try {
      return await attempt.wait(making).catch((error: unknown) => {
        if (ZoariumError.is(error, 'ERR_TIMEOUT')) return this.#madeLate(making, generation, controller.signal)
        throw error
      })
    } catch (error) {
      // It may have come in the same moment.
      making.then(({ node }) => this.#discard(node)).catch(() => {})
      throw error
    } finally {
      controller.abort()
      unlink()
    }
  }

  /** Time is up, and the znode may have been counted: as soon as it is known it is withdrawn. */
  async #madeLate(making: Promise<Place>, generation: number, signal: AbortSignal): Promise<Place> {
    const { session } = this.#client
    try {
      return await orAbort(orAbort(making, signal), session.signal)
    } catch (error) {
      if (signal.aborted || !session.signal.aborted) throw error
      throw this.#unknown(folderOf(this.path, generation))
    }
  }

  /** A time limit does not end it. */
  async #makePlace(signal: AbortSignal, generation: number): Promise<Place> {
    const { name = `${process.title} ${process.pid}`, acl } = this.#options
    const lostNames: string[] = []
    const attempt = new Attempt({ signal }, () => `barrier ${this.path}`)
    const { node } = await protectedCreate(
      {
        client: this.#client,
        cleanUp: this.#cleanUp,
        attempt,
        parent: folderOf(this.path, generation),
        name: (id) => contenderPrefix(id, MEMBER),
        onLost: (prefix) => lostNames.push(prefix),
        mode: 'ephemeral-sequential',
        data: name,
        acl,
      },
      async () => null,
    ).finally(() => attempt.end())
    this.#nodes.set(node, generation)
    return { generation, node, lostNames }
  }

  /** Gives the znode by which it passed, `null`: not in this generation, or not from this place. */
  async #passes(attempt: Attempt, place: Place): Promise<OwnNode | null> {
    let beyond = false
    const sights = (): Sight[] => {
      const ready: Sight = [readyOf(this.path, place.generation), 'exists']
      const own: Sight = [place.node.path, 'exists']
      return beyond ? [ready, own, [folderOf(this.path, place.generation), 'children']] : [ready, own]
    }
    try {
      const found = await lookUntil(this.#client, attempt, sights, async () => {
        const look = await this.#look(attempt, place)
        if (typeof look !== 'boolean') return look
        beyond = look
        return undefined
      })
      if (found.type === 'unknown') throw this.#unknown(place.node.path)
      return found.type === 'passed' ? found.by : null
    } catch (error) {
      const counted = ZoariumError.is(error, 'ERR_TIMEOUT') ? await this.#tree.withdraw(place) : null
      if (counted !== null && counted !== 'unknown') return counted
      this.#depart(place.node, place.generation)
      throw counted === null ? error : this.#unknown(place.node.path)
    }
  }

  /** What there is to do; else whether this member is one too many, whose turn depends on others leaving. */
  async #look(attempt: Attempt, place: Place): Promise<Look | boolean> {
    const { generation, node } = place
    const { members } = this.#options
    for (;;) {
      // In this order, which holds also if the connection breaks in between: if the generation is over, `ready` tells of it or is forgotten; if it is not, a znode
      // that was not listed before is not counted any more.
      const [listed, now, passed] = await Promise.all([
        this.#tree.members(generation, { signal: attempt.signal }),
        this.#tree.generation({ signal: attempt.signal }),
        this.#tree.ready(generation, { signal: attempt.signal }),
      ])
      const by = countedAs(passed, place)
      if (by !== null) return { type: 'passed', by }
      if (passed === null && now.generation > generation) return { type: await this.#whenForgotten(attempt, place) }
      const names = listed.filter((name) => !isLost(name, place))
      const own = names.indexOf(node.name)
      if (now.generation !== generation || own < 0 || node.owner !== this.#client.session.id) return { type: 'again' }
      // With `ready` there before the generation is over, somebody else plays with the znodes.
      if (own !== members - 1 || passed !== null) return own >= members
      await this.#tree.makeReady(generation, names.slice(0, members), now.version)
    }
  }

  /** All who passed have left, and whoever had its znode still would have kept `ready` there: so this member, if it has it, was none of them. */
  async #whenForgotten(attempt: Attempt, { node, lostNames }: Place): Promise<'again' | 'unknown'> {
    return lostNames.length === 0 && (await this.#tree.isThere(node, { signal: attempt.signal })) ? 'again' : 'unknown'
  }

  #unknown(path: string): ZoariumError {
    const what = `place at barrier ${this.path}: others may have passed with this member or without it, and it cannot be seen any more`
    return new ZoariumError('ERR_LOST', what, { path })
  }

  #pass(generation: number, node: OwnNode): BarrierPass {
    const leave = (options: BarrierWaitingOptions = {}): Promise<void> => this.#leave(generation, node, options)
    return { generation, path: node.path, leave, [Symbol.asyncDispose]: () => leave() }
  }

  async #leave(generation: number, node: OwnNode, options: BarrierWaitingOptions): Promise<void> {
    const timeoutMs = requireTimeout(options.timeoutMs)
    const attempt = new Attempt({ signal: options.signal, timeoutMs, closed: this.#closed.signal }, () => `leaving barrier ${this.path}`)
    this.#nodes.delete(node)
    try {
      await attempt.wait(this.#cleanUp.remove(node))
      const folder = folderOf(this.path, generation)
      let last = folder
      await lookUntil(
        this.#client,
        attempt,
        // One znode is watched, not the folder: each look is for somebody who has left.
        () => [[last, last === folder ? 'children' : 'exists']],
        async () => {
          const [passed, names] = await Promise.all([
            this.#tree.ready(generation, { signal: attempt.signal }),
            this.#tree.members(generation, { signal: attempt.signal }),
          ])
          const left = names.filter((name) => passed?.includes(name) === true)
          if (left.length === 0) return true
          last = childPath(folder, left[left.length - 1] ?? '')
          return undefined
        },
      )
      await attempt.wait(this.#tree.forget(generation))
    } catch (error) {
      if (attempt.signal.aborted) this.#depart(node, generation)
      throw error
    } finally {
      attempt.end()
    }
  }

  /** Leaves without waiting for others. Whoever is the last one has it forgotten who passed. */
  #depart(node: OwnNode, generation: number): void {
    this.#nodes.delete(node)
    const left = this.#cleanUp.remove(node).then(() => this.#cleanUp.perform(() => this.#tree.forgetIfLeft(generation)))
    this.#cleanUp.track(left)
  }

  #discard(node: OwnNode): void {
    this.#nodes.delete(node)
    this.#cleanUp.discard(node)
  }
}
