// server: the parts of a running server that its view is made from.

import type { LogStore } from '../storage/log-store.ts'
import type { EnsembleMember } from './ensemble-member.ts'
import type { Measures } from './measures.ts'
import type { ResolvedServerOptions } from './options.ts'
import type { ReplicaDriver, SavedSnapshot } from './replica-driver.ts'

/** What a view is made from. */
export interface ViewedServer {
  readonly driver: ReplicaDriver
  readonly options: ResolvedServerOptions
  readonly store: LogStore
  readonly measures: Measures
  /** `null` for a server alone. */
  readonly member: EnsembleMember | null
  /** The snapshot that the server began with, `null` when there was none. */
  readonly firstSnapshot: SavedSnapshot | null
  /** The port of the clients; 0 before it is known. */
  readonly port: () => number
}
