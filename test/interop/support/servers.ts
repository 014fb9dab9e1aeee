// The servers every scenario runs against. Apache ZooKeeper comes first: what fails there is a fault of the scenario.

import { startApacheZooKeeper } from './apache-zookeeper.ts'
import { startZoariumEnsemble } from './zoarium-ensemble.ts'
import { startZoarium } from './zoarium-server.ts'

export interface RunningServer {
  /** `host:port`. */
  readonly hosts: string
  stop(): Promise<void>
}

/** The name for the report, and how to start one. */
/** Every one that a scenario can be pointed at. */
export const SERVERS: readonly (readonly [name: string, start: () => Promise<RunningServer>])[] = [
  ['the scenario is right about Apache ZooKeeper', startApacheZooKeeper],
  ['zoarium', startZoarium],
  ['an ensemble of three', startZoariumEnsemble],
]

/** For scenarios that start and stop servers themselves, or look at one closely. */
export const SINGLE_SERVERS: typeof SERVERS = SERVERS.slice(0, 2)
