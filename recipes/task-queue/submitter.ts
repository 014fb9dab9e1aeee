// recipes: putting tasks into the queue exactly once, whatever becomes of the replies.

import type { TransactionOp } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import type { Undecided } from '../support/call-bounds.ts'
import { isTransient } from '../support/outcome.ts'
import { untilDone } from '../support/retry.ts'
import { Admission } from './admission.ts'
import type { QueueContext } from './queue-context.ts'
import { decodeTask, encodeTask, samePayload } from './records.ts'

/** What is submitted. */
export interface NewTask {
  readonly id: string
  readonly payload: unknown
  /** About the size of its record. */
  readonly bytes: number
}

/** Where a submitted task's result will be. */
export interface Submitted {
  readonly id: string
  /** The client whose folder it is. */
  readonly owner: string
  readonly deduplicated: boolean
}

/** A transaction of `submitMany` stays below both. */
const MAX_CHUNK_TASKS = 200
const MAX_CHUNK_BYTES = 512 * 1_024

/** Bytes that a task's two operations need beside its payload. */
const OVERHEAD_BYTES = 1_024

/** How often missing folders are made anew before the error is passed on. */
const MAX_REPAIRS = 3

// A submission is one transaction: create the task, create its empty result. The result's znode stands for the submission until the client
// has taken the outcome, so a submission that is repeated meanwhile finds one of the two, whether its reply was lost or the caller asked
// twice.

/** Submits for one client id. */
export class Submitter {
  readonly #context: QueueContext
  readonly #clientId: string
  readonly #admission: Admission
  #folder: Promise<void> | null = null

  constructor(context: QueueContext, clientId: string) {
    this.#context = context
    this.#clientId = clientId
    this.#admission = new Admission(context, clientId)
  }

  /** Checks a new task. Throws `ERR_VALIDATION` (not JSON) or `ERR_TOO_LARGE`. */
  prepare(id: string, payload: unknown): NewTask {
    const bytes = checkedBytes(`payload of task ${id}`, payload, this.#context.options.maxPayloadBytes)
    return { id, payload, bytes: bytes + OVERHEAD_BYTES }
  }

  async submit(task: NewTask, signal: AbortSignal, undecided: Undecided): Promise<Submitted> {
    await this.#ready(1, signal)
    return this.#submitOne(task, signal, undecided)
  }

  /** Submits in transactions of many tasks each; those before one that fails stay submitted. */
  async submitMany(tasks: readonly NewTask[], signal: AbortSignal, undecided: Undecided): Promise<Submitted[]> {
    const submitted: Submitted[] = []
    for (const chunk of chunksOf(tasks)) {
      await this.#ready(chunk.length, signal)
      submitted.push(...(await this.#submitChunk(chunk, signal, undecided)))
    }
    return submitted
  }

  async #ready(count: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await untilDone(() => orAbort(this.#makeReady(), signal), signal)
    await orAbort(this.#admission.admit(count), signal)
  }

  async #makeReady(): Promise<void> {
    await this.#context.ensureLayout()
    await this.#ensureFolder()
  }

  async #submitChunk(chunk: readonly NewTask[], signal: AbortSignal, undecided: Undecided): Promise<Submitted[]> {
    try {
      const ops = chunk.flatMap((task, index) => this.#ops(task, index))
      await undecided.during(this.#context.client.multi(ops, { signal }))
      return chunk.map(({ id }) => ({ id, owner: this.#clientId, deduplicated: false }))
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // Some of them exist, or it is not known whether all do: each is asked for on its own.
      if (!ZoariumError.is(error, 'NODE_EXISTS') && !ZoariumError.is(error, 'NO_NODE') && !isTransient(error)) throw error
      return Promise.all(chunk.map((task) => this.#submitOne(task, signal, undecided, isTransient(error))))
    }
  }

  /** `unsure`: an earlier try of this call may have created it. */
  async #submitOne(task: NewTask, signal: AbortSignal, undecided: Undecided, unsure = false): Promise<Submitted> {
    let repairs = 0
    for (let round = 0; ; round++) {
      try {
        await undecided.during(this.#context.client.multi(this.#ops(task, 0), { signal }))
        return { id: task.id, owner: this.#clientId, deduplicated: false }
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (ZoariumError.is(error, 'NODE_EXISTS')) {
          const existing = await untilDone(() => orAbort(this.#existing(task, unsure), signal), signal)
          if (existing === 'conflict') throw this.#conflict(task.id)
          if (existing !== 'gone') return existing
        } else if (ZoariumError.is(error, 'NO_NODE') && repairs++ < MAX_REPAIRS)
          await untilDone(() => orAbort(this.#repair(), signal), signal)
        else if (isTransient(error)) unsure = true
        else throw error
      }
      await sleep(backOffMs(round), signal)
    }
  }

  #ops({ id, payload }: NewTask, index: number): TransactionOp[] {
    const { paths, options } = this.#context
    const { maxAttempts, retryDelayMs, maxRetryDelayMs } = options
    const policy = { client: this.#clientId, index, maxAttempts, retryDelayMs, maxRetryDelayMs }
    const data = encodeTask({ ...policy, failures: 0, crashes: 0, delayMs: 0, error: null, payload })
    return [this.#context.create(paths.task(id), data), this.#context.create(paths.result(this.#clientId, id), null)]
  }

  #conflict(id: string): ZoariumError {
    return new ZoariumError('ERR_CONFLICT', `task ${id} was submitted with another payload`, { path: this.#context.paths.task(id) })
  }

  /** What stands under the id: this task, something else, or nothing any more. */
  async #existing(task: NewTask, unsure: boolean): Promise<Submitted | 'conflict' | 'gone'> {
    const { client, paths } = this.#context
    try {
      const { data } = await client.getData(paths.task(task.id))
      const found = decodeTask(data)
      if (found === null || !samePayload(found.payload, task.payload)) return 'conflict'
      return { id: task.id, owner: found.client, deduplicated: !(unsure && found.client === this.#clientId) }
    } catch (error) {
      if (!ZoariumError.is(error, 'NO_NODE')) throw error
    }
    const result = await client.exists(paths.result(this.#clientId, task.id))
    return result === null ? 'gone' : { id: task.id, owner: this.#clientId, deduplicated: !unsure }
  }

  async #repair(): Promise<void> {
    this.#context.forgetLayout()
    this.#folder = null
    await this.#makeReady()
  }

  /** The client's result folder: a container, so that it goes when the client has gone and all is collected. */
  #ensureFolder(): Promise<void> {
    this.#folder ??= this.#makeFolder().catch((error: unknown) => {
      this.#folder = null
      throw error
    })
    return this.#folder
  }

  async #makeFolder(): Promise<void> {
    const { client, paths, options } = this.#context
    const path = paths.resultFolder(this.#clientId)
    for (const mode of ['container', 'persistent'] as const) {
      try {
        await client.create(path, null, { mode, acl: options.acl })
        return
      } catch (error) {
        if (ZoariumError.is(error, 'NODE_EXISTS')) return
        if (!ZoariumError.is(error, 'UNIMPLEMENTED')) throw error
      }
    }
  }
}

/** Bytes of `value` as JSON. Throws `ERR_VALIDATION` for what JSON cannot say, `ERR_TOO_LARGE` above `maxBytes`. */
export function checkedBytes(what: string, value: unknown, maxBytes: number): number {
  const bytes = Buffer.byteLength(toJson(what, value))
  if (bytes > maxBytes) throw new ZoariumError('ERR_TOO_LARGE', `${what}: expected at most ${maxBytes} bytes of JSON, got ${bytes}`)
  return bytes
}

/** `undefined` is left to the record, which then has no such field. */
function toJson(what: string, value: unknown): string {
  if (value === undefined) return ''
  try {
    const json: string | undefined = JSON.stringify(value)
    if (json !== undefined) return json
  } catch (error) {
    throw new ZoariumError('ERR_VALIDATION', `${what} is not JSON`, { cause: error })
  }
  throw new ZoariumError('ERR_VALIDATION', `${what}: expected a JSON value, got a ${typeof value}`)
}

function* chunksOf(tasks: readonly NewTask[]): Iterable<NewTask[]> {
  let chunk: NewTask[] = []
  let bytes = 0
  for (const task of tasks) {
    if (chunk.length === MAX_CHUNK_TASKS || (chunk.length > 0 && bytes + task.bytes > MAX_CHUNK_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(task)
    bytes += task.bytes
  }
  if (chunk.length > 0) yield chunk
}
