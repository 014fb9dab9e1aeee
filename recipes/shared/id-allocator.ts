// recipes: numbers that nobody else gets, handed out of blocks so that few of them cost a write.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { orAbort } from '../support/abort.ts'
import { withinTime } from '../support/call-bounds.ts'
import { isUnknownOutcome } from '../support/outcome.ts'
import { Counter } from './counter.ts'

/** Options of an {@link IdAllocator}. */
export interface IdAllocatorOptions {
  /** Ids taken at one time, 1 to 1,000,000. What is left of a block when the process ends is never used. Default 100. */
  readonly blockSize?: number
  /** The first id of all, where nothing was allocated before. Default 1n. */
  readonly first?: bigint
  /** Access control list of the znode. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
}

/**
 * Ids that are unique over all processes, and rise within one. There are gaps; there is never the same one twice.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { IdAllocator } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * const ids = new IdAllocator(client, '/ids/orders', { blockSize: 1_000 })
 * console.log(await ids.next(), await ids.next())
 * ```
 */
export class IdAllocator {
  readonly path: string
  readonly #counter: Counter
  readonly #blockSize: bigint
  #next = 0n
  #end = 0n
  /** Whether anything was given out here, up to `#end`. */
  #begun = false
  #allocating: Promise<void> | null = null

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: IdAllocatorOptions = {}) {
    const { blockSize = 100, first = 1n, acl } = options
    if (!Number.isInteger(blockSize) || blockSize < 1 || blockSize > 1_000_000) {
      throw new ZoariumError('ERR_CONFIG', `blockSize: expected an integer from 1 to 1,000,000, got ${String(blockSize)}`)
    }
    this.path = path
    this.#blockSize = BigInt(blockSize)
    this.#counter = new Counter(client, path, { initial: first, ...(acl === undefined ? {} : { acl }) })
  }

  /**
   * The next id. Without a request to the servers while the block lasts; calls that find it used up share the next one.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_VALIDATION` (something else stands at the path), or what the servers refuse.
   */
  next(options: CallOptions = {}): Promise<bigint> {
    return withinTime(
      options,
      () => `ids of ${this.path}`,
      ({ signal }) => this.#take(signal),
    )
  }

  async #take(signal: AbortSignal | undefined): Promise<bigint> {
    while (this.#next >= this.#end) {
      this.#allocating ??= this.#allocate().finally(() => {
        this.#allocating = null
      })
      await orAbort(this.#allocating, signal)
    }
    return this.#next++
  }

  /** A block of which nobody can say whether it was taken is left alone: a gap. */
  async #allocate(): Promise<void> {
    for (;;) {
      try {
        const { before, after } = await this.#counter.add(this.#blockSize)
        // The counter was deleted or set back: what was given out here is not given out again.
        if (this.#begun && before < this.#end) {
          if (after < this.#end) await this.#counter.add(this.#end - after)
          continue
        }
        this.#begun = true
        this.#next = before
        this.#end = after
        return
      } catch (error) {
        if (!isUnknownOutcome(error)) throw error
      }
    }
  }
}
