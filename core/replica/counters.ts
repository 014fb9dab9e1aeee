// replica: what one server counts since its start. Latencies are measured from the turn in which a request arrived to the turn
// in which its reply was written, in milliseconds. PURE.

import { Distribution } from '../support/distribution.ts'

/** Minimum, mean and maximum of durations. */
export class LatencyStats {
  #count = 0
  #sum = 0
  #min = 0
  #max = 0

  record(ms: number): void {
    if (this.#count === 0 || ms < this.#min) this.#min = ms
    if (ms > this.#max) this.#max = ms
    this.#count += 1
    this.#sum += ms
  }

  get min(): number {
    return this.#min
  }
  get max(): number {
    return this.#max
  }
  get average(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  reset(): void {
    this.#count = 0
    this.#sum = 0
    this.#min = 0
    this.#max = 0
  }
}

/** Why a frame, a connection or a request was refused. Each is counted and logged. */
export const REFUSAL_REASONS = [
  'frame_size',
  'tls_handshake',
  'auth_required',
  'protocol_error',
  'bad_request',
  'unknown_operation',
  'session_refused',
  'client_ahead',
  'handshake_timeout',
  'too_many_connections',
  'auth_failed',
  'slow_consumer',
  'not_serving',
  'low_disk',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** Op codes are counted by their lowest seven bits, which differ for all operations of the protocol (-11 to 107). */
const OPERATION_SLOTS = 128

/** Counters of one server. */
export class Counters {
  /** Of all requests, as ZooKeeper's words show it: since the start or the last `srst`. */
  readonly latency: LatencyStats = new LatencyStats()
  /** Of writes, and of everything else, since the start. */
  readonly updateLatency: Distribution = new Distribution()
  readonly readLatency: Distribution = new Distribution()
  /** Every reason is there from the start, so that whoever collects them sees the first refusal as a change. */
  readonly refusals: Map<RefusalReason, number> = new Map<RefusalReason, number>(REFUSAL_REASONS.map((reason) => [reason, 0]))
  readonly #operations = new Float64Array(OPERATION_SLOTS)
  /** Frames of requests and handshakes, four-letter words; replies and events. Since the start. */
  packetsReceived = 0
  packetsSent = 0
  /** What the two were at the last `srst`. */
  packetsReceivedBefore = 0
  packetsSentBefore = 0
  bytesReceived = 0
  bytesSent = 0
  /** Connections that were accepted. */
  connections = 0
  /** Connections that were given a session, a new one or their own. */
  sessionsAttached = 0
  /** Times that the process did not run for a second or more, and for how long in all. */
  pauses = 0
  pausedMs = 0
  sessionsExpired = 0
  snapshotsSaved = 0
  /** Turns of the event loop in which snapshots were worked at, and how long the longest of them took. */
  snapshotSlices = 0
  longestSnapshotSliceMs = 0
  softQuotaExceeded = 0
  /** How often a connection was not read from because of its own or everybody's requests in work, or because it did not read. */
  heldConnections = 0
  /** Logins by SASL that succeeded. */
  saslLogins = 0

  /** A request was answered. */
  answered(op: number): void {
    const slot = op & (OPERATION_SLOTS - 1)
    this.#operations[slot] = (this.#operations[slot] ?? 0) + 1
  }

  /** Answered requests with this op code. */
  operations(op: number): number {
    return this.#operations[op & (OPERATION_SLOTS - 1)] ?? 0
  }

  /** Begins anew what ZooKeeper's `srst` does. Everything else counts on: whoever collects it computes rates. */
  resetStatistics(): void {
    this.latency.reset()
    this.packetsReceivedBefore = this.packetsReceived
    this.packetsSentBefore = this.packetsSent
  }

  refused(reason: RefusalReason): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1)
  }
}
