// public entry "zoarium/recipes": locks, leader election, groups, caches, counters, barriers, queues, partitions, services, task queues,
// configuration. A hand-written list.

// What the declarations need beyond the user's own settings: his tsconfig may name neither.
/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

export type { StandardIssue, StandardPathSegment, StandardResult, StandardSchema } from '../core/index.ts'
export type { ClientAudit, ExpectCleanOptions } from './audit.ts'
export { audit, expectClean } from './audit.ts'
export type { BarrierOptions, BarrierWaitOptions } from './barrier/barrier.ts'
export { Barrier } from './barrier/barrier.ts'
export type { BarrierPass, BarrierView, BarrierWaitingOptions, DoubleBarrierOptions } from './barrier/double-barrier.ts'
export { DoubleBarrier } from './barrier/double-barrier.ts'
export type { CacheOptions, CacheSnapshot, CacheStats } from './cache/cache.ts'
export { Cache } from './cache/cache.ts'
export type { CacheChange, CachedNode, SyncCause } from './cache/cached-node.ts'
export type { ChildrenCacheOptions } from './cache/children-cache.ts'
export { ChildrenCache } from './cache/children-cache.ts'
export type { CacheState } from './cache/mirror.ts'
export type { NodeCacheOptions } from './cache/node-cache.ts'
export { NodeCache } from './cache/node-cache.ts'
export type { TreeCacheOptions } from './cache/tree-cache.ts'
export { TreeCache } from './cache/tree-cache.ts'
export type { ConfigSchema, ValidateFunction } from './config-store/config-schema.ts'
export { ConfigStore } from './config-store/config-store.ts'
export type { ConfigSnapshot } from './config-store/snapshot.ts'
export type {
  ConfigEvents,
  ConfigRejection,
  ConfigSetOptions,
  ConfigStartOptions,
  ConfigStoreOptions,
  OnMissing,
} from './config-store/types.ts'
export type { ConfigIssue } from './config-store/validation.ts'
export type { Deadlock, DeadlockStep } from './deadlocks.ts'
export { findDeadlocks } from './deadlocks.ts'
export type {
  GroupChange,
  GroupOptions,
  GroupSnapshot,
  JoinOptions,
  Membership,
} from './group.ts'
export { Group } from './group.ts'
export type {
  CampaignOptions,
  Candidacy,
  HandOverOptions,
  LeaderChange,
  LeaderElectionOptions,
  Leadership,
  Participant,
  RunOptions,
} from './leader-election.ts'
export { LeaderElection } from './leader-election.ts'
export type { Lockable, MultiGrant, MultiLockOptions } from './multi-lock.ts'
export { MultiLock } from './multi-lock.ts'
export type { LockQueue, MutexOptions, RevokeOptions, RevokeOutcome } from './mutex.ts'
export { Mutex } from './mutex.ts'
export type { Partition } from './partitioner/jobs.ts'
export type { Distribution, PartitionerOptions } from './partitioner/partitioner.ts'
export { Partitioner } from './partitioner/partitioner.ts'
export type { PersistentNodeOptions } from './persistent-node.ts'
export { PersistentNode } from './persistent-node.ts'
export type { QueueCallOptions, QueueOptions } from './queue/base-queue.ts'
export { BaseQueue } from './queue/base-queue.ts'
export type { DelayPutOptions } from './queue/delay-queue.ts'
export { DelayQueue } from './queue/delay-queue.ts'
export type { PriorityPutOptions } from './queue/priority-queue.ts'
export { PriorityQueue } from './queue/priority-queue.ts'
export { Queue } from './queue/queue.ts'
export type { QueuedItem } from './queue/queued-item.ts'
export type { ReadWriteContender, ReadWriteLockOptions, ReadWriteQueue, UpgradeableGrant, WriteGrant } from './read-write-lock.ts'
export { ReadWriteLock } from './read-write-lock.ts'
export type { ServiceInstance } from './registry/service-instance.ts'
export type {
  DiscoverOptions,
  PickStrategy,
  Registration,
  ServiceDescription,
  ServiceRegistryOptions,
} from './registry/service-registry.ts'
export { ServiceDirectory, ServiceRegistry } from './registry/service-registry.ts'
export type {
  AcquirePermitsOptions,
  OnPermitsDiffer,
  PermitContender,
  PermitGrant,
  SemaphoreOptions,
  SemaphoreState,
} from './semaphore.ts'
export { Semaphore } from './semaphore.ts'
export type { CounterChange, CounterOptions } from './shared/counter.ts'
export { Counter } from './shared/counter.ts'
export type { IdAllocatorOptions } from './shared/id-allocator.ts'
export { IdAllocator } from './shared/id-allocator.ts'
export type { SharedValueOptions, SharedVersion } from './shared/shared-value.ts'
export { SharedValue } from './shared/shared-value.ts'
export type { WrittenVersion } from './shared/value-writes.ts'
export type { RecipeStats } from './stats.ts'
export { recipeStats } from './stats.ts'
export type { SignalOptions } from './support/call-bounds.ts'
export type { BackgroundErrorHandler } from './support/clean-up.ts'
export type { OnSessionLoss } from './support/contender.ts'
export type { ContestOptions } from './support/contest.ts'
export type { RecipeCounters } from './support/counters.ts'
export type { CacheTrace, HoldTrace, WaitResult, WaitTrace } from './support/diagnostics.ts'
export type { LockInterop } from './support/foreign-locks.ts'
export type { Grant } from './support/grant.ts'
export type { HoldState, LostReason, OnSuspended } from './support/hold-model.ts'
export type { ChangeIterator } from './support/iterate.ts'
export type { AcquireOptions, LockContender, LockGrant, LockOptions, RunLockedOptions } from './support/lock-entry.ts'
export type { LockBreak, RevocationRequest } from './support/lock-record.ts'
export type { Member, MemberChange } from './support/member-view.ts'
export type { MembershipState } from './support/membership.ts'
export type { OnTaken } from './support/named-node.ts'
export type { Access } from './support/read-write-rule.ts'
export type { MasterOptions, TaskQueueOptions, WorkerOptions } from './task-queue/options.ts'
export type { TaskMaster } from './task-queue/task-master.ts'
export type { SubmitOptions } from './task-queue/task-queue.ts'
export { TaskQueue } from './task-queue/task-queue.ts'
export type { TaskWorker } from './task-queue/task-worker.ts'
export type {
  GiveUpReason,
  MasterEvent,
  QueueStats,
  RunEnd,
  Submission,
  Task,
  TaskContext,
  TaskErrorInfo,
  TaskHandle,
  TaskHandler,
  TaskResult,
} from './task-queue/types.ts'
