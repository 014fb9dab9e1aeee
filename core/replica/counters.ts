// replica: what one server counts since its start. Latencies are measured from the turn in which a request arrived to the turn
// in which its reply was written, in milliseconds. PURE.

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
export type RefusalReason =
  | 'frame_size'
  | 'protocol_error'
  | 'bad_request'
  | 'unknown_operation'
  | 'session_refused'
  | 'client_ahead'
  | 'handshake_timeout'
  | 'too_many_connections'
  | 'auth_failed'
  | 'slow_consumer'
  | 'not_serving'
  | 'low_disk'

/** Counters of one server. */
export class Counters {
  readonly latency: LatencyStats = new LatencyStats()
  readonly refusals: Map<string, number> = new Map<string, number>()
  packetsReceived = 0
  packetsSent = 0
  sessionsExpired = 0
  snapshotsSaved = 0
  softQuotaExceeded = 0

  refused(reason: RefusalReason): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1)
  }
}
