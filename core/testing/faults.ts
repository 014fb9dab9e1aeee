// testing: the faults that a network can be told to have at one message, and which message is meant.

import { ZoariumError } from '../errors.ts'

/**
 * What happens at a message:
 * - `cutBeforeRequest`: the request does not arrive, the connection breaks;
 * - `cutAfterRequest`: the request arrives, the connection breaks at once;
 * - `cutBeforeReply`: the server has answered, the reply is lost and the connection breaks: the classic unknown outcome;
 * - `cutAfterReply`: the reply arrives, then the connection breaks;
 * - `holdRequest`, `holdReply`: from this message on nothing arrives in that direction; the connection stays open (half-open);
 * - `delayRequest`, `delayReply`: this message and what follows it arrive `delayMs` later;
 * - `garbageReply`: bytes that are not the protocol arrive in place of the reply;
 * - `dripReply`: the reply arrives byte by byte, `delayMs` apart.
 */
export type Fault =
  | 'cutBeforeRequest'
  | 'cutAfterRequest'
  | 'cutBeforeReply'
  | 'cutAfterReply'
  | 'holdRequest'
  | 'holdReply'
  | 'delayRequest'
  | 'delayReply'
  | 'garbageReply'
  | 'dripReply'

/** All of them, for tests that go through every one. */
export const FAULTS: readonly Fault[] = Object.freeze([
  'cutBeforeRequest',
  'cutAfterRequest',
  'cutBeforeReply',
  'cutAfterReply',
  'holdRequest',
  'holdReply',
  'delayRequest',
  'delayReply',
  'garbageReply',
  'dripReply',
])

/** Which message a fault waits for. */
export interface FaultPlan {
  /**
   * Only messages of this operation count, by its name in the protocol: `create2`, `getData`, `multi`, `setWatches`, `ping`, `closeSession`, ...,
   * or `handshake`. Default: every message but pings.
   */
  readonly operation?: string
  /** The how-manieth such message from now, from 1. Default 1. */
  readonly nth?: number
  /** For delays and drips, 1 to 60,000. Default 100 for delays, 1 for drips. */
  readonly delayMs?: number
}

/** A fault that waits for its message. */
export interface Injection {
  readonly fault: Fault
  /** Whether it has begun. */
  readonly happened: boolean
  /** Resolves when it begins. */
  readonly begun: Promise<void>
  /** Takes it back if it has not begun. */
  cancel(): void
}

/** A fault in waiting, as the network keeps it. */
export class PlannedFault implements Injection {
  readonly fault: Fault
  readonly delayMs: number
  readonly begun: Promise<void>
  readonly #operation: string | undefined
  readonly #cancel: () => void
  #left: number
  #begin: () => void = () => undefined
  happened = false

  constructor(fault: Fault, plan: FaultPlan, cancel: () => void) {
    if (!FAULTS.includes(fault)) throw new ZoariumError('ERR_CONFIG', `inject: expected one of ${FAULTS.join(', ')}, got ${String(fault)}`)
    this.fault = fault
    this.delayMs = integer('delayMs', plan.delayMs ?? (fault === 'dripReply' ? 1 : 100), 60_000)
    this.#operation = plan.operation
    this.#left = integer('nth', plan.nth ?? 1, Number.MAX_SAFE_INTEGER)
    this.#cancel = cancel
    this.begun = new Promise((resolve) => (this.#begin = resolve))
  }

  /** Counts a message of a client; whether it is the one. */
  meets(operation: string): boolean {
    if (this.#operation === undefined ? operation === 'ping' : operation !== this.#operation) return false
    this.#left -= 1
    return this.#left === 0
  }

  begin(): void {
    this.happened = true
    this.#begin()
  }

  cancel(): void {
    if (!this.happened) this.#cancel()
  }
}

function integer(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new ZoariumError('ERR_CONFIG', `${name}: expected an integer from 1 to ${max}, got ${String(value)}`)
}
