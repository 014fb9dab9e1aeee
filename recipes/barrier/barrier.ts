// recipes: a gate: closed while a znode exists. Whoever waits passes when it is opened, also if it is closed again right after.

import type { Acl, CallOptions, Client, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import { Attempt } from '../support/attempt.ts'
import { withinTime } from '../support/call-bounds.ts'
import { lookUntil } from '../support/look-until.ts'
import { requirePath, requireTimeout } from '../support/options.ts'
import { isTransient } from '../support/outcome.ts'
import { ensureParent } from '../support/parents.ts'

/** Options of a {@link Barrier}. */
export interface BarrierOptions {
  /** Access control list of the znode. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
}

/** Options of {@link Barrier.wait}. */
export interface BarrierWaitOptions extends CallOptions {
  /** One deadline, in milliseconds from the call, 0 to 2^31 - 1. The wait then rejects with `ERR_TIMEOUT`. Default: none. */
  readonly timeoutMs?: number
}

/**
 * A gate that is closed while its znode exists. It stays closed over the end of whoever closed it.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Barrier } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * const migration = new Barrier(client, '/barriers/migration')
 * await migration.wait({ timeoutMs: 60_000 })
 * ```
 */
export class Barrier {
  readonly path: string
  readonly #client: Client
  readonly #acl: readonly Acl[] | undefined

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path that cannot be. */
  constructor(client: Client, path: string, options: BarrierOptions = {}) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#acl = options.acl
  }

  /**
   * Closes the gate: resolves when it is closed, by whom ever. Rejects with `signal.reason`, `ERR_TIMEOUT`, or with what the servers refuse; it may then be closed all
   * the same if the request was under way.
   */
  set(options: CallOptions = {}): Promise<void> {
    const slash = this.path.lastIndexOf('/')
    return this.#insist(options, `closing barrier ${this.path}`, async () => {
      try {
        await this.#client.create(this.path, null, this.#acl === undefined ? {} : { acl: this.#acl })
      } catch (error) {
        if (ZoariumError.is(error, 'NODE_EXISTS')) return true
        if (!ZoariumError.is(error, 'NO_NODE')) throw error
        // The root itself may be missing: under a chroot that nobody has made.
        await ensureParent(this.#client, this.path.slice(0, slash) || '/')
        return false
      }
      return true
    })
  }

  /** Opens the gate: resolves when it is open. Rejects as {@link Barrier.set} does. */
  remove(options: CallOptions = {}): Promise<void> {
    return this.#insist(options, `opening barrier ${this.path}`, async () => {
      try {
        await this.#client.delete(this.path)
      } catch (error) {
        if (!ZoariumError.is(error, 'NO_NODE')) throw error
      }
      return true
    })
  }

  /** Whether it is closed now: not older than this call. */
  isSet(options: CallOptions = {}): Promise<boolean> {
    return withinTime(
      options,
      () => `barrier ${this.path}`,
      async (call) => (await this.#look(true, call)) !== null,
    )
  }

  /**
   * Resolves when the gate is open, or was opened since the servers first answered this call. Goes on over lost connections and sessions. Rejects with `signal.reason`, `ERR_TIMEOUT`, or with
   * what the servers refuse.
   */
  async wait(options: BarrierWaitOptions = {}): Promise<void> {
    const timeoutMs = requireTimeout(options.timeoutMs)
    const attempt = new Attempt({ signal: options.signal, timeoutMs }, () => `barrier ${this.path}`)
    let first: Stat | null = null
    let looked = false
    try {
      await lookUntil(
        this.#client,
        attempt,
        () => [[this.path, 'exists']],
        async () => {
          const stat = await this.#look(!looked)
          looked = true
          first ??= stat
          return stat === null || stat.czxid !== first?.czxid ? true : undefined
        },
      )
    } finally {
      attempt.end()
    }
  }

  /** With `sync` not older than this call: a server that lags behind would let through who was told that the gate is closed. Both leave together. */
  async #look(sync: boolean, options: CallOptions = {}): Promise<Stat | null> {
    const [, stat] = await Promise.all([sync ? this.#client.sync(this.path, options) : null, this.#client.exists(this.path, options)])
    return stat
  }

  /** Closing what is closed and opening what is open changes nothing: a lost reply is answered by another request. */
  #insist(options: CallOptions, what: string, work: () => Promise<boolean>): Promise<void> {
    return withinTime(
      options,
      () => what,
      ({ signal }) => this.#untilDone(signal, work),
    )
  }

  async #untilDone(signal: AbortSignal | undefined, work: () => Promise<boolean>): Promise<void> {
    for (let round = 0; ; round++) {
      signal?.throwIfAborted()
      try {
        if (await orAbort(work(), signal)) return
      } catch (error) {
        signal?.throwIfAborted()
        if (!isTransient(error)) throw error
      }
      await sleep(backOffMs(round), signal)
    }
  }
}
