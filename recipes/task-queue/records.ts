// recipes: what the znodes of a task queue hold: small JSON documents that an operator can read in a shell. Pure.

import type { GiveUpReason, TaskErrorInfo, TaskResult } from './types.ts'

// A reader must not trust what it finds: anybody with WRITE can have put it there. What is not a record reads as null.

/** A task, all of it: what was submitted and what became of its attempts. */
export interface TaskRecord {
  /** Whose folder the result goes to. */
  readonly client: string
  /** Its position among the tasks that were created by the same transaction, which all have one zxid. */
  readonly index: number
  readonly maxAttempts: number
  /** Pause after the first failure; doubles with each failure up to the maximum. */
  readonly retryDelayMs: number
  readonly maxRetryDelayMs: number
  readonly failures: number
  readonly crashes: number
  /** How long after the last change of this record the task may be assigned again. */
  readonly delayMs: number
  /** Why the last attempt failed. */
  readonly error: TaskErrorInfo | null
  readonly payload: unknown
}

/** What a worker says about itself in its znode. */
export interface WorkerRecord {
  readonly name: string
  /** Attempts it takes at a time: those that run and those that wait in it. */
  readonly slots: number
  /** It takes no more. */
  readonly draining: boolean
}

/** Who became master. */
export interface EpochRecord {
  readonly name: string
  /** The fencing token of the leadership, decimal. */
  readonly leader: string
}

/** The outcome of a task. */
export type ResultRecord =
  | {
      readonly type: 'completed'
      readonly attempt: number
      readonly token: string
      readonly worker: string
      readonly value: unknown
    }
  | {
      readonly type: 'failed'
      readonly attempt: number
      readonly token: string
      readonly worker: string
      readonly reason: GiveUpReason
      readonly error: TaskErrorInfo
    }

/** What is kept of a task that was given up. */
export interface DeadRecord {
  readonly reason: GiveUpReason
  readonly worker: string | null
  readonly error: TaskErrorInfo | null
  /** The {@link TaskRecord} as it was; text when the znode held something else. */
  readonly task: unknown
}

/** Longest part of an error's name or message that is kept, in characters. */
const MAX_ERROR_TEXT = 2_048

/** Longest part of an unreadable znode that its dead letter keeps, in characters. */
const MAX_RAW_TEXT = 16_384

type FieldName = keyof TaskRecord | keyof WorkerRecord | keyof EpochRecord | keyof DeadRecord | 'type' | 'attempt' | 'token' | 'value'

/** Every field of every record, not yet believed. */
type Fields = { readonly [field in FieldName]?: unknown }

function parseObject(data: Buffer | null): Fields | null {
  if (data === null) return null
  try {
    const value: unknown = JSON.parse(data.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Fields) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function parseError(value: unknown): TaskErrorInfo | null {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('message' in value)) return null
  return isText(value.name) && isText(value.message) ? { name: value.name, message: value.message } : null
}

function parseReason(value: unknown): GiveUpReason | null {
  return value === 'attempts' || value === 'crashes' || value === 'unreadable' ? value : null
}

export function encodeTask(task: TaskRecord): string {
  return JSON.stringify(task)
}

export function decodeTask(data: Buffer | null): TaskRecord | null {
  const f = parseObject(data)
  if (f === null || !isText(f.client)) return null
  const { client, index, payload, maxAttempts, retryDelayMs, maxRetryDelayMs, failures, crashes, delayMs } = f
  if (!isCount(index) || !isCount(maxAttempts) || !isCount(retryDelayMs) || !isCount(maxRetryDelayMs)) return null
  if (!isCount(failures) || !isCount(crashes) || !isCount(delayMs)) return null
  return { client, index, maxAttempts, retryDelayMs, maxRetryDelayMs, failures, crashes, delayMs, error: parseError(f.error), payload }
}

export function encodeWorker(worker: WorkerRecord): string {
  return JSON.stringify(worker)
}

export function decodeWorker(data: Buffer | null): WorkerRecord | null {
  const f = parseObject(data)
  if (f === null || !isText(f.name) || !isCount(f.slots)) return null
  return { name: f.name, slots: f.slots, draining: f.draining === true }
}

export function encodeEpoch(epoch: EpochRecord): string {
  return JSON.stringify(epoch)
}

export function decodeEpoch(data: Buffer | null): EpochRecord | null {
  const f = parseObject(data)
  return f !== null && isText(f.name) && isText(f.leader) ? { name: f.name, leader: f.leader } : null
}

export function encodeResult(result: ResultRecord): string {
  return JSON.stringify(result)
}

export function decodeResult(data: Buffer | null): ResultRecord | null {
  const f = parseObject(data)
  if (f === null || !isCount(f.attempt) || !isText(f.token) || !isText(f.worker)) return null
  const { attempt, token, worker, value } = f
  if (f.type === 'completed') return { type: 'completed', attempt, token, worker, value }
  const reason = parseReason(f.reason)
  const error = parseError(f.error)
  return f.type === 'failed' && reason !== null && error !== null ? { type: 'failed', attempt, token, worker, reason, error } : null
}

export function encodeDead(dead: DeadRecord): string {
  return JSON.stringify(dead)
}

export function decodeDead(data: Buffer | null): DeadRecord | null {
  const f = parseObject(data)
  const reason = parseReason(f?.reason)
  if (f === null || reason === null) return null
  return { reason, worker: isText(f.worker) ? f.worker : null, error: parseError(f.error), task: f.task }
}

/** What a dead letter keeps of a task's znode. */
export function describeTask(data: Buffer | null): unknown {
  return decodeTask(data) ?? (data?.toString('utf8') ?? '').slice(0, MAX_RAW_TEXT)
}

/** What is kept of something thrown. */
export function describeError(thrown: unknown): TaskErrorInfo {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return { name: error.name.slice(0, MAX_ERROR_TEXT), message: error.message.slice(0, MAX_ERROR_TEXT) }
}

/** The pause before the next attempt of a task that has failed `failures` times: doubling, capped. */
export function retryDelay(task: TaskRecord, failures: number): number {
  return Math.min(task.maxRetryDelayMs, task.retryDelayMs * 2 ** Math.min(failures - 1, 30))
}

/** Whether two payloads are the same to JSON. */
export function samePayload(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** A stored outcome, as its client sees it. */
export function toResult<Value>(id: string, record: ResultRecord): TaskResult<Value> {
  if (record.type === 'failed') return { type: 'failed', id, reason: record.reason, error: record.error, attempt: record.attempt }
  // The one unchecked step: what a handler returned is what the caller's type parameter says.
  return { type: 'completed', id, value: record.value as Value, worker: record.worker, attempt: record.attempt }
}
