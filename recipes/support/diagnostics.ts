// recipes: what tools may listen to, by `node:diagnostics_channel`. Costs nothing while nobody does.
//
//   tracing:zoarium:recipe:wait:start | end | asyncStart | asyncEnd | error     one wait for a turn each; see WaitTrace
//   zoarium:recipe:hold                                                         everything that happens to a hold; see HoldTrace
//   zoarium:recipe:cache                                                        whenever a cache is complete; see CacheTrace

import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import type { SyncCause } from '../cache/cached-node.ts'
import type { HoldState, LostReason } from './hold-model.ts'

/** The message of `tracing:zoarium:recipe:wait:*`: one object from the call to its end. */
export interface WaitTrace {
  /** `lock`, `read/write lock`, `semaphore`, `leadership`. */
  readonly recipe: string
  /** The folder of the contenders. */
  readonly path: string
  /** The session's id in hexadecimal, without 0x, when the call begins. */
  readonly sessionId: string
  /** Set before `error` is published: what the wait rejected with. */
  error?: unknown
  /** Set before `asyncEnd` is published: what was granted; `null`: it was not free, and not waited for. */
  result?: WaitResult | null
}

/** What a wait led to. */
export interface WaitResult {
  /** The own znode. */
  readonly path: string
  readonly token: bigint
  /** How often the place in the queue was lost and taken again. */
  readonly requeued: number
}

/** The message of `zoarium:recipe:hold`: a lock, a leadership, a membership, an item was got, suspended, held again, or lost. */
export interface HoldTrace {
  /** `lock`, `read/write lock`, `semaphore`, `leadership`, `membership`, `queue item`. */
  readonly recipe: string
  /** The znode that stands for it. */
  readonly path: string
  readonly sessionId: string
  readonly state: HoldState
  /** Why it was lost, else `null`. */
  readonly reason: LostReason | null
  /** Since it was got, in milliseconds. */
  readonly heldMs: number
}

/** The message of `zoarium:recipe:cache`. */
export interface CacheTrace {
  /** The root of the cache. */
  readonly path: string
  readonly sessionId: string
  readonly cause: SyncCause
  /** Everything up to here is contained. */
  readonly zxid: bigint
  /** Znodes that the cache shows. */
  readonly size: number
}

export const waitChannel: TracingChannel<WaitTrace> = tracingChannel<WaitTrace>('zoarium:recipe:wait')
export const holdChannel: Channel = channel('zoarium:recipe:hold')
export const cacheChannel: Channel = channel('zoarium:recipe:cache')

/** As ZooKeeper's tools show a session's id, without 0x. */
export function sessionHex(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16)
}
