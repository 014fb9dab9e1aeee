// client: the requests of one client, in order, over all its connections.
//
//   enqueue -> [ queued ] --takeUnsent, sent--> [ in flight ] --reply--> settled
//                  ^                                |
//                  '---- connection lost: resend ---'
//
// A call that its caller gave up stays in place as a settled one: a queued one is skipped (and swept out when there are many), one in
// flight keeps its place because its reply will come.

import type { ZoariumError } from '../errors.ts'
import { Deque } from '../support/deque.ts'
import type { PendingCall } from './call.ts'

/** Settled calls are swept out of the queue when they are this many and the majority. */
const SWEEP_AT = 1_024

export class RequestQueue {
  #queued = new Deque<PendingCall>(64)
  #inFlight = new Deque<PendingCall>(64)
  #givenUp = 0
  /** A call that will see no reply and no sending: it leaves the queue. */
  readonly #dropped: (call: PendingCall) => void

  constructor(dropped: (call: PendingCall) => void) {
    this.#dropped = dropped
  }

  /** Calls that somebody may still wait for. */
  get size(): number {
    return this.#queued.size - this.#givenUp + this.#inFlight.size
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Calls that are held in memory, given up or not. */
  get capacity(): number {
    return this.#queued.size + this.#inFlight.size
  }

  enqueue(call: PendingCall): void {
    this.#queued.push(call)
  }

  /** The next call to send. The caller says {@link sent} once it is. */
  takeUnsent(): PendingCall | undefined {
    for (;;) {
      const call = this.#queued.shift()
      if (call === undefined || !call.settled) return call
      this.#givenUp -= 1
    }
  }

  sent(call: PendingCall): void {
    this.#inFlight.push(call)
  }

  hasUnsent(): boolean {
    return this.#queued.size > this.#givenUp
  }

  /** The call that the next reply belongs to. */
  head(): PendingCall | undefined {
    return this.#inFlight.peek()
  }

  shiftInFlight(): void {
    this.#inFlight.shift()
  }

  /** The caller gave up a call, which is settled now. */
  gaveUp(call: PendingCall): void {
    if (call.xid !== 0) return
    this.#dropped(call)
    this.#givenUp += 1
    if (this.#givenUp >= SWEEP_AT && this.#givenUp * 2 > this.#queued.size) this.#sweep()
  }

  /**
   * The connection is gone: what may be sent again goes back to the front of the queue, in order; the rest learns what that means. `waits`:
   * whether anything may wait for the next connection.
   */
  connectionLost(waits: boolean, toError: (call: PendingCall) => ZoariumError): void {
    const sent = this.#inFlight
    const queued = this.#queued
    this.#inFlight = new Deque(64)
    this.#queued = new Deque(64)
    this.#givenUp = 0
    for (const call of sent) this.#afterLoss(call, waits, true, toError)
    for (const call of queued) this.#afterLoss(call, waits, false, toError)
  }

  /** The session is gone: writes that were meant for it are not sent in another. */
  rejectWrites(toError: (call: PendingCall) => ZoariumError): void {
    const queued = this.#queued
    this.#queued = new Deque(64)
    this.#givenUp = 0
    for (const call of queued) {
      if (call.afterLoss === 'unknown') this.#drop(call, toError(call))
      else this.#keep(call)
    }
  }

  /** Nothing will be sent or answered any more. */
  rejectAll(toError: (call: PendingCall) => ZoariumError): void {
    const all = [...this.#inFlight, ...this.#queued]
    this.#inFlight.clear()
    this.#queued.clear()
    this.#givenUp = 0
    for (const call of all) this.#drop(call, toError(call))
  }

  /** Rejects what was not sent; what is in flight may still be answered. */
  rejectQueued(toError: (call: PendingCall) => ZoariumError): void {
    const queued = [...this.#queued]
    this.#queued.clear()
    this.#givenUp = 0
    for (const call of queued) this.#drop(call, toError(call))
  }

  #afterLoss(call: PendingCall, waits: boolean, wasSent: boolean, toError: (call: PendingCall) => ZoariumError): void {
    const again = waits && (call.afterLoss === 'resend' || (call.afterLoss === 'unknown' && !wasSent))
    if (!again) {
      this.#drop(call, toError(call))
      return
    }
    call.xid = 0
    this.#keep(call)
  }

  #keep(call: PendingCall): void {
    if (call.settled) this.#dropped(call)
    else this.#queued.push(call)
  }

  #drop(call: PendingCall, error: ZoariumError): void {
    if (!call.settled) call.fail(error)
    this.#dropped(call)
  }

  #sweep(): void {
    const queued = this.#queued
    this.#queued = new Deque(64)
    this.#givenUp = 0
    for (const call of queued) {
      if (!call.settled) this.#queued.push(call)
    }
  }
}
