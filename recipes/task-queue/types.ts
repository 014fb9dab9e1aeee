// recipes: the public types of the task queue. No code.

import type { CallOptions } from '../../core/index.ts'

/** A task as its handler sees it. */
export interface Task<Payload> {
  readonly id: string
  /** What was submitted, after a round trip through JSON. */
  readonly payload: Payload
  /** When it was submitted: milliseconds since 1970, by the ensemble's clock. */
  readonly submittedAtMs: number
  /** Attempts that ended with an error of the handler. */
  readonly failures: number
  /** Attempts that ended with the loss of their worker. */
  readonly crashes: number
}

/** What a handler gets beside the task. */
export interface TaskContext {
  /**
   * Aborts when the result of this attempt would no longer be accepted or wanted: the worker's session ended (`SESSION_EXPIRED`,
   * `ERR_LOST`), the attempt was taken away (`ERR_LOST`), or the worker closes and its time for finishing is over (`ERR_CLOSED`).
   */
  readonly signal: AbortSignal
  /** Fencing token: larger than that of every earlier attempt of any task. Hand it to outside systems that can compare it. */
  readonly token: bigint
  /** 1 for the first attempt. An attempt that was handed back unfinished by a closing worker does not count. */
  readonly attempt: number
}

/**
 * Does one task. What it returns must be JSON and becomes the task's value; what it throws ends the attempt. A handler may run more than
 * once for a task (a crash after the work and before the result), but only one result is ever accepted.
 */
export type TaskHandler<Payload, Value> = (task: Task<Payload>, context: TaskContext) => Value | Promise<Value>

/** An error, as it travels. */
export interface TaskErrorInfo {
  readonly name: string
  readonly message: string
}

/**
 * Why a task was given up. `attempts`: the handler failed `maxAttempts` times; `crashes`: `maxCrashes` workers were lost while they had
 * it; `unreadable`: the znode is not a task of this layout.
 */
export type GiveUpReason = 'attempts' | 'crashes' | 'unreadable'

/** How a task ended. */
export type TaskResult<Value> =
  | {
      readonly type: 'completed'
      readonly id: string
      readonly value: Value
      /** The worker that did it. */
      readonly worker: string
      /** The attempt that did it, from 1. */
      readonly attempt: number
    }
  | { readonly type: 'failed'; readonly id: string; readonly reason: GiveUpReason; readonly error: TaskErrorInfo; readonly attempt: number }

/** A submitted task. */
export interface TaskHandle<Value> {
  readonly id: string
  /** Whether the task had been submitted before, under the same id. */
  readonly deduplicated: boolean
  /**
   * Resolves when the task has ended, well or not. The first call starts to watch; delivery removes the result from the ensemble and the
   * handle remembers it. Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CLOSED` when the queue or client is closed, `NO_NODE` when the result was
   * removed (after `resultRetentionMs`, or collected through another handle).
   */
  result(options?: CallOptions): Promise<TaskResult<Value>>
  /** The value of a completed task. Rejects as `result` does, and with `ERR_TASK_FAILED` (the `cause` says why) when it was given up. */
  value(options?: CallOptions): Promise<Value>
}

/** One task of `submitMany`. */
export interface Submission<Payload> {
  readonly payload: Payload
  /** Default: a random id. */
  readonly id?: string
}

/** What a master tells, in the order in which it happened. */
export type MasterEvent =
  /** This master is in office. */
  | { readonly type: 'elected'; readonly epoch: number; readonly tasks: number; readonly workers: number }
  /** It no longer is. `fenced`: a successor had taken over; `lost`: the leadership ended; `closed`: `close()` was called. */
  | { readonly type: 'steppedDown'; readonly epoch: number; readonly reason: 'fenced' | 'lost' | 'closed' }
  | { readonly type: 'workerJoined'; readonly worker: string; readonly slots: number }
  /** A worker closed in good order. */
  | { readonly type: 'workerLeft'; readonly worker: string }
  /** A worker's session ended; `tasks` of its tasks go back to the queue. */
  | { readonly type: 'workerLost'; readonly worker: string; readonly tasks: number }
  | { readonly type: 'assigned'; readonly task: string; readonly worker: string }
  /** Assigned again, after `from` had it. */
  | { readonly type: 'reassigned'; readonly task: string; readonly worker: string; readonly from: string }
  /** Back in the queue because its worker was lost. */
  | { readonly type: 'requeued'; readonly task: string; readonly worker: string; readonly crashes: number }
  /** Its handler failed; it is assigned again after `delayMs`. */
  | { readonly type: 'retrying'; readonly task: string; readonly failures: number; readonly delayMs: number }
  | { readonly type: 'completed'; readonly task: string; readonly worker: string }
  /** Given up: a dead letter was written. */
  | { readonly type: 'dead'; readonly task: string; readonly worker: string | null }
  /** The reader of the events was too slow: `count` of them were dropped here. */
  | { readonly type: 'dropped'; readonly count: number }

/** How a master or worker ended: after `close()` (or its signal's abort), or by an error that trying again cannot cure. */
export type RunEnd = { readonly type: 'closed' } | { readonly type: 'failed'; readonly error: unknown }

/** Numbers of a queue. Read one after the other, so they may be of slightly different moments. */
export interface QueueStats {
  /** Tasks not ended: waiting, delayed or assigned. */
  readonly tasks: number
  /** Of these, assigned to a worker. */
  readonly assigned: number
  readonly workers: number
  /** Dead letters. */
  readonly dead: number
  /** Results of this client that are pending or not yet collected. */
  readonly results: number
  /** The master that was elected last, `null` before the first. */
  readonly master: { readonly epoch: number; readonly name: string } | null
}
