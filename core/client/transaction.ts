// client: the fluent form of a transaction; it only collects operations.

import type { CallOptions, NodeOptions, TransactionOp, TransactionResult, ZnodeData } from './types.ts'

/** What a {@link Transaction} commits through. */
export interface TransactionTarget {
  multi(ops: readonly TransactionOp[], options?: CallOptions): Promise<TransactionResult[]>
}

/**
 * Collects operations that happen all together or not at all.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 *
 * const client = await connect('127.0.0.1:2181')
 * await client.transaction().check('/config', 3).setData('/config/a', 'new').create('/config/b').commit()
 * ```
 */
export class Transaction {
  readonly #target: TransactionTarget
  readonly #ops: TransactionOp[] = []

  /** @internal Use {@link Client.transaction}. */
  constructor(target: TransactionTarget) {
    this.#target = target
  }

  /** The operations collected so far. */
  get ops(): readonly TransactionOp[] {
    return this.#ops
  }

  /** Creates a znode; options as of {@link Client.create}. */
  create(path: string, data: ZnodeData = null, options: NodeOptions = {}): this {
    const op: TransactionOp = { ...options, type: 'create', path, data }
    this.#ops.push(op)
    return this
  }

  /** Deletes a znode without children; `version` -1 means any. */
  delete(path: string, version = -1): this {
    this.#ops.push({ type: 'delete', path, version })
    return this
  }

  /** Replaces the data; `version` -1 means any. */
  setData(path: string, data: ZnodeData, version = -1): this {
    this.#ops.push({ type: 'setData', path, data, version })
    return this
  }

  /** Fails the whole transaction unless the znode exists and has the version; -1 means any. */
  check(path: string, version = -1): this {
    this.#ops.push({ type: 'check', path, version })
    return this
  }

  /** Sends the operations. Rejects as {@link Client.multi} does. May be called again: the operations stay. */
  commit(options: CallOptions = {}): Promise<TransactionResult[]> {
    return this.#target.multi(this.#ops, options)
  }
}
