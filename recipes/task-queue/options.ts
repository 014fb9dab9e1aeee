// recipes: the options of a task queue, their defaults and their one validation.

import type { Acl } from '../../core/index.ts'
import { OPEN_ACL, ZoariumError } from '../../core/index.ts'
import { MAX_TIMER_MS } from '../support/options.ts'
import { isValidId, MAX_ID_LENGTH } from './paths.ts'

/** Options of a {@link TaskQueue}. They belong to this object: different processes may use different ones on the same queue. */
export interface TaskQueueOptions {
  /**
   * Whose folder the results of this object's submissions go to: 1 to 64 of `A-Z a-z 0-9 _ . -`. Give a fixed one to a process that
   * wants to find its results again after a restart; two live objects must not share one. Default: a random id.
   */
  readonly clientId?: string
  /** Attempts of a task whose handler fails, 1 to 1,000. Default 3. */
  readonly maxAttempts?: number
  /** Pause before the second attempt of a task whose handler failed; it doubles with each failure. 0 to 86,400,000 ms, default 1,000. */
  readonly retryDelayMs?: number
  /** Longest such pause, 0 to 86,400,000 ms. Default 60,000. */
  readonly maxRetryDelayMs?: number
  /** Workers that a task may lose before a master of this object gives it up, 1 to 1,000. Default 3. */
  readonly maxCrashes?: number
  /**
   * Tasks in the queue at which submissions of this object reject with `ERR_QUEUE_FULL`; 1 to 100,000, default 10,000. The count is
   * refreshed at least once a second, so that objects that submit at the same time can exceed it by what they submit meanwhile; with the
   * largest limit a listing of the fullest folder has 0.5 MiB.
   */
  readonly maxTasks?: number
  /** Results of this object, pending and not collected, at which its submissions reject with `ERR_QUEUE_FULL`; 1 to 10,000. Default 10,000. */
  readonly maxResults?: number
  /** Dead letters that a master of this object keeps; it removes the oldest above that. 0 to 10,000, default 1,000. */
  readonly maxDead?: number
  /** Largest payload and largest value, in bytes of JSON; 1 to 262,144, default 65,536. */
  readonly maxPayloadBytes?: number
  /** How long a master of this object keeps results that nobody collects; 1,000 to 2,147,483,647 ms, default 86,400,000 (a day). */
  readonly resultRetentionMs?: number
  /** Access control list of every znode. Default `OPEN_ACL`. */
  readonly acl?: readonly Acl[]
  /** Hears of errors that no call is waiting for. Default: a warning of the process. */
  readonly onError?: (error: unknown) => void
}

/** Options of a worker. */
export interface WorkerOptions {
  /** Handlers that run at a time, 1 to 1,000. Default 1. */
  readonly concurrency?: number
  /** Further tasks that it takes and keeps waiting, so that a slot is never idle for a round trip; 0 to 1,000. Default 0. */
  readonly prefetch?: number
  /** For people: part of its znode's name; 1 to 32 of `A-Z a-z 0-9 _ . -`. Default `worker`. */
  readonly name?: string
  /** How long `close` waits for running handlers before it aborts their signals; 0 to 2,147,483,647 ms, default 30,000. */
  readonly drainTimeoutMs?: number
  /** How long it then waits before it hands their tasks back; 0 to 2,147,483,647 ms, default 1,000. */
  readonly abortGraceMs?: number
  /** Aborting closes the worker, in good order; while it registers, `runWorker` rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Options of a master. */
export interface MasterOptions {
  /** For people: shown in statistics, up to 64 characters. Default `master`. */
  readonly name?: string
  /** Aborting closes the master. */
  readonly signal?: AbortSignal
}

/** The options with every default filled in. */
export interface ResolvedQueueOptions extends Required<Omit<TaskQueueOptions, 'clientId' | 'onError'>> {
  readonly clientId: string | null
  readonly onError: ((error: unknown) => void) | null
}

export type ResolvedWorkerOptions = Required<Omit<WorkerOptions, 'signal'>>

const DAY_MS = 86_400_000

function bad(name: string, expected: string, got: unknown): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `${name}: expected ${expected}, got ${String(got)}`)
}

function integer(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) throw bad(name, `an integer from ${min} to ${max}`, value)
  return value
}

/** Throws `ERR_CONFIG` unless `id` can be the name of a znode of the queue. */
export function checkId(name: string, id: string): string {
  if (typeof id !== 'string' || !isValidId(id)) {
    throw bad(name, `1 to ${MAX_ID_LENGTH} of A-Z a-z 0-9 _ . -, not starting with a dot`, id)
  }
  return id
}

/** Throws `ERR_CONFIG` unless `path` is an absolute path other than the root. */
export function checkQueuePath(path: string): string {
  if (typeof path !== 'string' || !/^(?:\/[^/]+)+$/.test(path)) throw bad('path', 'an absolute path that does not end in a slash', path)
  return path
}

export function resolveQueueOptions(options: TaskQueueOptions): ResolvedQueueOptions {
  return {
    clientId: options.clientId === undefined ? null : checkId('clientId', options.clientId),
    maxAttempts: integer('maxAttempts', options.maxAttempts ?? 3, 1, 1_000),
    retryDelayMs: integer('retryDelayMs', options.retryDelayMs ?? 1_000, 0, DAY_MS),
    maxRetryDelayMs: integer('maxRetryDelayMs', options.maxRetryDelayMs ?? 60_000, 0, DAY_MS),
    maxCrashes: integer('maxCrashes', options.maxCrashes ?? 3, 1, 1_000),
    maxTasks: integer('maxTasks', options.maxTasks ?? 10_000, 1, 100_000),
    maxResults: integer('maxResults', options.maxResults ?? 10_000, 1, 10_000),
    maxDead: integer('maxDead', options.maxDead ?? 1_000, 0, 10_000),
    maxPayloadBytes: integer('maxPayloadBytes', options.maxPayloadBytes ?? 65_536, 1, 262_144),
    resultRetentionMs: integer('resultRetentionMs', options.resultRetentionMs ?? DAY_MS, 1_000, MAX_TIMER_MS),
    acl: options.acl ?? OPEN_ACL,
    onError: options.onError ?? null,
  }
}

export function resolveWorkerOptions(options: WorkerOptions): ResolvedWorkerOptions {
  const name = checkId('name', options.name ?? 'worker')
  if (name.length > 32) throw bad('name', 'at most 32 characters', name)
  return {
    concurrency: integer('concurrency', options.concurrency ?? 1, 1, 1_000),
    prefetch: integer('prefetch', options.prefetch ?? 0, 0, 1_000),
    name,
    drainTimeoutMs: integer('drainTimeoutMs', options.drainTimeoutMs ?? 30_000, 0, MAX_TIMER_MS),
    abortGraceMs: integer('abortGraceMs', options.abortGraceMs ?? 1_000, 0, MAX_TIMER_MS),
  }
}

export function resolveMasterName(options: MasterOptions): string {
  const name = options.name ?? 'master'
  if (typeof name !== 'string' || name.length === 0 || name.length > 64) throw bad('name', '1 to 64 characters', name)
  return name
}
