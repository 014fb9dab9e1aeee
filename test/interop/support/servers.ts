// The servers every scenario runs against. Apache ZooKeeper comes first: what fails there is a fault of the scenario.

import { startApacheZooKeeper } from './apache-zookeeper.ts'
import { startZoarium } from './zoarium-server.ts'

export interface RunningServer {
  /** `host:port`. */
  readonly hosts: string
  stop(): Promise<void>
}

export interface ServerUnderTest {
  readonly server: string
  readonly start: () => Promise<RunningServer>
}

export const SERVERS: readonly ServerUnderTest[] = [
  { server: 'the scenario is right about Apache ZooKeeper', start: startApacheZooKeeper },
  { server: 'zoarium', start: startZoarium },
]
