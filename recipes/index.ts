// public entry "zoarium/recipes": locks, leader election, groups, task queues, configuration. A hand-written list.

export type {
  GroupChange,
  GroupOptions,
  GroupSnapshot,
  JoinOptions,
  Membership,
} from './group.ts'
export { Group } from './group.ts'
export type { CampaignOptions, LeaderChange, LeaderElectionOptions, Leadership, Participant, RunOptions } from './leader-election.ts'
export { LeaderElection } from './leader-election.ts'
export type { AcquireOptions, LockContender, LockGrant, LockQueue, MutexOptions, RevokeOptions, RevokeOutcome } from './mutex.ts'
export { Mutex } from './mutex.ts'
export type { BackgroundErrorHandler } from './support/clean-up.ts'
export type { OnSessionLoss } from './support/contender.ts'
export type { ContestOptions } from './support/contest.ts'
export type { Grant } from './support/grant.ts'
export type { HoldState, LostReason, OnSuspended } from './support/hold.ts'
export type { RevocationRequest } from './support/lock-record.ts'
export type { Member, MemberChange } from './support/member-view.ts'
export type { MembershipState } from './support/membership.ts'
export type { OnTaken } from './support/named-node.ts'

// Task queues: the exports of ./task-queue/ belong here.

// Configuration: the exports of ./config-store/ belong here.
