// recipes: a queue whose items are given out later.

import type { Client } from '../../core/index.ts'
import { requireCount } from '../support/options.ts'
import type { QueueCallOptions, QueueOptions } from './base-queue.ts'
import { BaseQueue } from './base-queue.ts'
import type { ItemName } from './item-name.ts'

/** Options of {@link DelayQueue.put}. */
export interface DelayPutOptions extends QueueCallOptions {
  /** Milliseconds from now, 0 to 10^12. */
  readonly delayMs: number
}

/**
 * A queue whose items are given out when their time has come, in the order of their times, never before. Time is the servers': a wrong clock of a process makes no
 * difference.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { DelayQueue } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using reminders = new DelayQueue(client, '/queues/reminders')
 * await reminders.put('call back', { delayMs: 60_000 })
 * const reminder = await reminders.take()
 * await reminder.complete()
 * ```
 */
export class DelayQueue extends BaseQueue {
  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: QueueOptions = {}) {
    super(client, path, options)
  }

  /** Puts an item in; as `put` of {@link Queue}, to be given out after `delayMs`. */
  async put(data: Uint8Array | string | null, options: DelayPutOptions): Promise<string> {
    const delayMs = requireCount('delayMs', options.delayMs, 0, 10 ** 12)
    return await this.add(data, async (clock, attempt) => Math.ceil(await clock(attempt)) + delayMs, options)
  }

  /** @internal */
  protected override dueMs(item: ItemName): number {
    return item.rank
  }
}
