// Every scenario by its name. A seed draws one; its place in this list matters to recorded seeds.

import type { Scenario, ScenarioWorld } from './scenario.ts'
import { CounterScenario } from './scenarios/counter.ts'
import { DoubleBarrierScenario } from './scenarios/double-barrier.ts'
import { GroupScenario } from './scenarios/group.ts'
import { LeaderElectionScenario } from './scenarios/leader-election.ts'
import { MultiLockScenario } from './scenarios/multi-lock.ts'
import { MutexScenario } from './scenarios/mutex.ts'
import { PartitionerScenario } from './scenarios/partitioner.ts'
import { QueueScenario } from './scenarios/queue.ts'
import { ReadWriteLockScenario } from './scenarios/read-write-lock.ts'
import { SemaphoreScenario } from './scenarios/semaphore.ts'
import { ServiceRegistryScenario } from './scenarios/service-registry.ts'
import { TreeCacheScenario } from './scenarios/tree-cache.ts'

export type ScenarioName =
  | 'mutex'
  | 'counter'
  | 'treeCache'
  | 'readWriteLock'
  | 'semaphore'
  | 'leaderElection'
  | 'group'
  | 'queue'
  | 'doubleBarrier'
  | 'partitioner'
  | 'multiLock'
  | 'serviceRegistry'

export const SCENARIOS: Readonly<Record<ScenarioName, new (world: ScenarioWorld) => Scenario>> = {
  mutex: MutexScenario,
  counter: CounterScenario,
  treeCache: TreeCacheScenario,
  readWriteLock: ReadWriteLockScenario,
  semaphore: SemaphoreScenario,
  leaderElection: LeaderElectionScenario,
  group: GroupScenario,
  queue: QueueScenario,
  doubleBarrier: DoubleBarrierScenario,
  partitioner: PartitionerScenario,
  multiLock: MultiLockScenario,
  serviceRegistry: ServiceRegistryScenario,
}
