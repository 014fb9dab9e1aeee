// client: which calls get in, and how they end without a reply: refused at the door, given up by their caller, out of time, or because
// the client ends.
//
//   admit --queue--> connections --reply--> settled
//     |        '---- limit passed, aborted, client ended ----> settled
//     '-- ended, aborted, queue full, no connection wanted, read-only ----> settled, never sent

import { ZoariumError } from '../errors.ts'
import { type Call, describe, isUndecided, lossError, type PendingCall } from './call.ts'
import type { ClientCounters } from './counters.ts'
import { Deadlines } from './deadlines.ts'
import type { ResolvedConnectOptions } from './options.ts'
import { RequestQueue } from './request-queue.ts'
import type { CallOptions } from './types.ts'
import type { WatchIntent } from './watch-registry.ts'

/** What the gate asks of the keeper of the session, and tells it. */
export interface GateOwner {
  readonly options: ResolvedConnectOptions
  readonly counters: ClientCounters
  /** What every call learns once the client is closing or ended. */
  readonly end: ZoariumError | null
  /** Whether requests can be sent right now. */
  readonly attached: boolean
  /** Whether the server that the client is attached to takes no writes. */
  readonly readOnly: boolean
  /** A call waits to be sent. */
  queued(): void
  /** A call that ends at that time may be the first to do so. */
  limited(dueAtMs: number): void
  /** The read that carried the watch ends without its reply. */
  abandoned(watch: WatchIntent): void
}

export class CallGate {
  readonly queue: RequestQueue
  readonly #owner: GateOwner
  readonly #deadlines = new Deadlines()
  readonly #onAbort = (call: PendingCall): void => this.queue.gaveUp(call)

  constructor(owner: GateOwner) {
    this.#owner = owner
    this.queue = new RequestQueue((call) => this.#abandonWatch(call))
  }

  /** When the next call runs out of time, Infinity for never. */
  get nextDueMs(): number {
    return this.#deadlines.nextMs
  }

  admit<T>(call: Call<T>, options: CallOptions): Promise<T> {
    const { signal, timeoutMs = this.#owner.options.requestTimeoutMs } = options
    const obstacle = signal?.aborted === true ? signal.reason : this.#obstacle(call)
    if (obstacle !== null) this.refuse(call, obstacle)
    else {
      if (signal !== undefined) call.abortOn(signal, this.#onAbort)
      if (timeoutMs > 0) {
        this.#deadlines.add(call, timeoutMs, performance.now())
        this.#owner.limited(call.dueAtMs)
      }
      this.queue.enqueue(call)
      this.#owner.queued()
    }
    return call.promise
  }

  /** Ends a call that is in no queue. */
  refuse(call: PendingCall, reason: unknown): void {
    call.fail(reason)
    this.#abandonWatch(call)
  }

  /** A read-only server was reached: writes that waited for a connection would be refused by it. */
  refuseWrites(): void {
    this.queue.rejectWrites(readOnlyError)
  }

  /** Ends what has run out of time. */
  expire(nowMs: number): void {
    this.#deadlines.expire(nowMs, (call) => this.#timedOut(call))
  }

  /** The client is closing: what was not sent ends, what was may still be answered. */
  closing(end: ZoariumError): void {
    this.queue.rejectQueued((call) => endError(end, call))
  }

  /** The client has ended. */
  close(end: ZoariumError): void {
    this.#deadlines.clear()
    this.queue.rejectAll((call) => endError(end, call))
  }

  /** What a call learns whose connection broke. */
  lossOf(call: PendingCall, cause: Error): ZoariumError {
    const error = lossError(call, cause)
    if (!call.settled && error.code === 'ERR_UNKNOWN_OUTCOME') this.#owner.counters.unknownOutcomes += 1
    return error
  }

  /** Why the call cannot be let in; `null` if it can. */
  #obstacle(call: PendingCall): ZoariumError | null {
    const { end, options, attached, readOnly } = this.#owner
    if (end !== null) return endError(end, call)
    if (this.queue.size >= options.maxPendingRequests) {
      const text = `${describe(call)}: ${options.maxPendingRequests} requests wait already`
      return new ZoariumError('ERR_QUEUE_FULL', text, { path: call.path })
    }
    if (options.whenDisconnected === 'reject' && !attached) {
      return lossError(call, new Error('there is no connection, and whenDisconnected is reject'))
    }
    return readOnly && call.afterLoss === 'unknown' ? readOnlyError(call) : null
  }

  #abandonWatch(call: PendingCall): void {
    if (call.watch !== null) this.#owner.abandoned(call.watch)
  }

  #timedOut(call: PendingCall): void {
    const unknown = isUndecided(call)
    if (unknown) this.#owner.counters.unknownOutcomes += 1
    const code = unknown ? 'ERR_UNKNOWN_OUTCOME' : 'ERR_TIMEOUT'
    call.fail(new ZoariumError(code, `${describe(call)}: no reply in time`, { path: call.path }))
    this.queue.gaveUp(call)
  }
}

function readOnlyError(call: PendingCall): ZoariumError {
  return new ZoariumError('NOT_READ_ONLY', `${describe(call)} was not sent`, { path: call.path })
}

/** What a call learns from the client's end; a write that was sent may have happened, and the cause says so. */
function endError(end: ZoariumError, call: PendingCall): ZoariumError {
  const unknown = isUndecided(call)
  const cause = unknown ? lossError(call, end) : end
  return new ZoariumError(end.code, unknown ? `${describe(call)} was sent, the reply did not come` : describe(call), {
    path: call.path,
    cause,
  })
}
