// recipes: a queue whose items have priorities.

import type { Client } from '../../core/index.ts'
import { requireCount } from '../support/options.ts'
import type { QueueCallOptions, QueueOptions } from './base-queue.ts'
import { BaseQueue } from './base-queue.ts'

/** Options of {@link PriorityQueue.put}. */
export interface PriorityPutOptions extends QueueCallOptions {
  /** 0 to 1,000,000; smaller ones come first. */
  readonly priority: number
}

/**
 * A queue whose items come by priority, and in order among equals. A more important item that comes later is the next one to be taken.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { PriorityQueue } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using jobs = new PriorityQueue(client, '/queues/jobs')
 * await jobs.put('soon', { priority: 10 })
 * await jobs.put('now', { priority: 0 })
 * const job = await jobs.take()
 * console.log(`${job.data}`)
 * await job.complete()
 * ```
 */
export class PriorityQueue extends BaseQueue {
  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: QueueOptions = {}) {
    super(client, path, options)
  }

  /** Puts an item in; as `put` of {@link Queue}, with a priority. */
  async put(data: Uint8Array | string | null, options: PriorityPutOptions): Promise<string> {
    const priority = requireCount('priority', options.priority, 0, 1_000_000)
    return await this.add(data, () => priority, options)
  }
}
