// bench: what the process of a client asks of the client in it. Each is driven as its own documentation shows: ours by await, the other
// by callbacks.

import type { ClientWorkKind } from './client-job.ts'
import type { ClientWork } from './client-work.ts'

export interface DrivenClient {
  /** The version of the znode, by a read. */
  version(path: string): Promise<number>
  /** Keeps `lanes` requests in flight until the work is over; resolves when all are answered. */
  run(kind: ClientWorkKind | 'delete', work: ClientWork, lanes: number): Promise<void>
  /** Reads the znode and leaves a one-shot watch; `fired` is called with its event. */
  watch(path: string, fired: () => void): Promise<void>
  close(): Promise<void>
}
