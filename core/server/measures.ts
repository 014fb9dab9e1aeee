// server: what the host measures beside what the replica counts: disk, snapshots, event loop. Since the start, in milliseconds.

import { Distribution } from '../support/distribution.ts'

export class Measures {
  /** Durable writes of the log: one for each batch, from the call to the system to its answer. */
  readonly fsync: Distribution = new Distribution()
  /** Snapshots that were saved, from the first byte to their place under their name. */
  readonly snapshot: Distribution = new Distribution()
  /** How late a timer came that is due every 50 ms: for how long whoever has something to do has to wait. */
  readonly eventLoopDelay: Distribution = new Distribution()
  /** Batches given to the log, and entries in them. */
  batches = 0
  entries = 0
}
