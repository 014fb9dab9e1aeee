// recipes: a queue: first in, first out.

import type { Client } from '../../core/index.ts'
import type { QueueCallOptions, QueueOptions } from './base-queue.ts'
import { BaseQueue } from './base-queue.ts'

/**
 * A queue, first in, first out.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Queue } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using mails = new Queue(client, '/queues/mails', { maxAttempts: 5 })
 * await mails.put('to: you')
 * const mail = await mails.take()
 * await mail.complete([{ type: 'create', path: '/sent', data: mail.data }])
 * ```
 */
export class Queue extends BaseQueue {
  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: QueueOptions = {}) {
    super(client, path, options)
  }

  /**
   * Puts an item in; resolves with its path. When the reply is lost the item is looked for, so it is there once; only one that was also taken and completed before
   * this process was connected again is not found any more, and is put in a second time. Rejects with `ERR_TOO_LARGE` (more than 1,000,000 bytes), `ERR_QUEUE_FULL`,
   * `signal.reason`, `ERR_TIMEOUT`, `ERR_CLOSED`, or with what the servers refuse: it is then not in the queue, or is taken out in the background.
   */
  put(data: Uint8Array | string | null, options: QueueCallOptions = {}): Promise<string> {
    return this.add(data, () => 0, options)
  }
}
