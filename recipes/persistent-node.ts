// recipes: an ephemeral znode that is there as long as this process wants it: made again after the loss of the session and after anybody's delete.

import type { Acl, CallOptions, Client } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { Attempt } from './support/attempt.ts'
import { limitOf, waitWithin } from './support/call-bounds.ts'
import type { BackgroundErrorHandler } from './support/clean-up.ts'
import { CleanUp } from './support/clean-up.ts'
import type { LostReason } from './support/hold-model.ts'
import type { MembershipState } from './support/membership.ts'
import { Presence } from './support/membership.ts'
import { takeSlot } from './support/name-slots.ts'
import type { OnTaken } from './support/named-node.ts'
import { requireOneOf, requirePath, requireTimeout } from './support/options.ts'
import { nameOf } from './support/own-node.ts'

/** Options of a {@link PersistentNode}. */
export interface PersistentNodeOptions {
  /** Data of the znode. Default `null`. */
  readonly data?: Uint8Array | string | null
  /** Access control list. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /**
   * What to do when the path belongs to another session: `wait` (the default) until it is free, `replace` it in one transaction (whose it was ends as `revoked`),
   * or `reject` with `NODE_EXISTS`.
   */
  readonly onTaken?: OnTaken
  /** Called after the znode was lost and made again, with its new generation. */
  readonly onRecreated?: (generation: number) => void
  /** Called with errors that no caller waits for, as refusals while it is made again: it is tried for ever. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/**
 * An ephemeral znode that stays: one under this path, of the present session, whatever happens.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { PersistentNode } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using node = new PersistentNode(client, '/services/mail/host-7', { data: 'tcp://10.0.0.7:25' })
 * await node.start({ timeoutMs: 30_000 })
 * console.log(node.state, node.generation)
 * ```
 */
export class PersistentNode implements AsyncDisposable {
  readonly path: string
  readonly #client: Client
  readonly #cleanUp: CleanUp
  readonly #presence: Presence
  readonly #closed = new AbortController()
  #starting: Promise<void> | undefined = undefined
  #closing: Promise<void> | undefined = undefined

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: PersistentNodeOptions = {}) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#cleanUp = new CleanUp(client, options.onError)
    this.#presence = new Presence({
      client,
      cleanUp: this.#cleanUp,
      parent: path.slice(0, path.lastIndexOf('/')) || '/',
      path,
      name: nameOf(path),
      data: options.data ?? null,
      acl: options.acl,
      onTaken: requireOneOf('onTaken', options.onTaken, ['wait', 'replace', 'reject'], 'wait'),
      onRejoined: options.onRecreated,
    })
  }

  /** `joined` (there), `suspended` (disconnected, surely there), `absent` (not yet or no more, being made), or `ended`. */
  get state(): MembershipState {
    return this.#presence.state
  }

  /** 1 after the first creation, one more after each that followed a loss. */
  get generation(): number {
    return this.#presence.generation
  }

  /** The zxid of the present znode's creation, 0 before the first. */
  get token(): bigint {
    return this.#presence.token
  }

  /** Aborts when it ends for good. */
  get signal(): AbortSignal {
    return this.#presence.signal
  }

  /** Resolves when it ends for good: `closed` (this object or the client), or `revoked` (another process took the path). Never rejects. */
  get ended(): Promise<LostReason> {
    return this.#presence.ended
  }

  /**
   * Makes the znode, and the folders above it, and keeps it from then on. A later call waits along, within its own bounds.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CLOSED`, `NODE_EXISTS`, or what the servers refuse; nothing is left then, and the object has ended.
   */
  async start(options: CallOptions = {}): Promise<void> {
    requireTimeout(options.timeoutMs)
    if (this.#starting === undefined) await (this.#starting = this.#start(options))
    else await this.#started(this.#starting, options)
  }

  /**
   * Replaces the data, also that of znodes made later. Waits while there is no znode. Rejects with `ERR_LOST` or `ERR_NOT_HELD` once it has ended, or with what the
   * servers refuse. With `signal.reason` or `ERR_TIMEOUT` nobody waits any more: the data is still written as soon as that can be.
   */
  setData(data: Uint8Array | string | null, options: CallOptions = {}): Promise<void> {
    return this.#presence.setData(data, options)
  }

  /** Deletes the znode, at most until the session's deadline: it goes on in the background. Idempotent. `signal` and `timeoutMs` end the waiting only. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing ${this.path}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Whoever comes later waits along: its bounds end its own waiting only. */
  #started(starting: Promise<void>, options: CallOptions): Promise<void> {
    return waitWithin(
      options,
      () => `making ${this.path}`,
      () => starting,
    )
  }

  async #start(options: CallOptions): Promise<void> {
    const bounds = { signal: options.signal, timeoutMs: limitOf(options), closed: this.#closed.signal }
    const attempt = new Attempt(bounds, () => `making ${this.path}`)
    try {
      attempt.check()
      const free = await takeSlot(this.#client, this.path, attempt)
      void this.#presence.ended.then(() => free(this.#afterEnd()))
      await this.#presence.start(attempt)
    } catch (error) {
      // Whoever gives up does not wait for the deletion of what a create on its way still makes.
      this.#cleanUp.track(this.#presence.leave('closed'))
      throw error
    } finally {
      attempt.end()
    }
  }

  async #afterEnd(): Promise<void> {
    await this.#presence.leave('closed').catch(() => {})
    await this.#cleanUp.settled()
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ZoariumError('ERR_CLOSED', `persistent node ${this.path}`, { path: this.path }))
    await this.#starting?.catch(() => {})
    await this.#cleanUp.bounded(this.#presence.leave('closed'))
    await this.#cleanUp.bounded(this.#cleanUp.settled())
  }
}
