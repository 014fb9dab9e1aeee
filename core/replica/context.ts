// replica: what the parts of the request pipeline may do to the whole. Implemented by Replica. PURE.

import type { SessionState } from '../tree/session-table.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import type { Writer } from '../wire/writer.ts'
import type { ChangeHistory } from './change-history.ts'
import type { Connection, Pending, Sync } from './connection.ts'
import type { Counters, RefusalReason } from './counters.ts'
import type { Origin } from './entries.ts'
import type { ReplicaHost, ReplicaOptions } from './host.ts'
import type { SessionIds } from './session-ids.ts'
import type { WatchManager } from './watch-manager.ts'

export interface ReplicaContext {
  readonly options: ReplicaOptions
  readonly host: ReplicaHost
  readonly origin: Origin
  readonly counters: Counters
  readonly watches: WatchManager<Connection>
  /** What the tree went through last. */
  readonly history: ChangeHistory
  readonly sessionIds: SessionIds
  readonly tree: StateMachine
  /** Monotonic time of this turn. */
  readonly nowMs: number
  /** Whether clients are served: what was acknowledged before the leader could be reached is applied here, and it was not given up since. */
  readonly serving: boolean
  /** Whether no other server has a say. */
  readonly alone: boolean
  readonly appliedIndex: number
  /** Why client writes are refused, `null` when they are not. */
  readonly writeRefusal: string | null

  /** Where a connection's replies are written; they leave with the next flush. */
  out(c: Connection): Writer
  /** Whether the connection may be given its next request now. If not it is held until the turn's end or a drain lets it go on. */
  mayContinue(c: Connection): boolean
  /** The number of the next entry of this server's clients. */
  nextNumber(): number
  /** Appends an entry of a client of this server. */
  propose(c: Connection, payload: Buffer): void
  /** A request that was answered may have taken too long; its body lies in `bytes` from `start` on. */
  noteIfSlow(c: Connection, pending: Pending, bytes: Buffer, start: number): void
  /** Counts a request that came into work or left it, and the bytes that are kept for it here. */
  countPending(change: 1 | -1, bytes: number): void
  /** Counts and logs what was refused. */
  noteRefusal(reason: RefusalReason, remote: string, detail: string): void
  /** Refuses with a counted, logged reason and closes. */
  refuse(c: Connection, reason: RefusalReason, detail: string): void
  /** Sends what waits, then closes the socket. */
  close(c: Connection): void
  /** Asks for the index that a sync waits for. */
  askIndex(sync: Sync): void
  /** The session is on this connection now; a former connection of it is closed. */
  attach(c: Connection, session: SessionState): void
  /** Goes on with what the decoder holds. */
  resumeInput(c: Connection): void
}
