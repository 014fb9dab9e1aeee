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
  | 'tls_handshake'
  | 'auth_required'
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
  /** Turns of the event loop in which snapshots were worked at, and how long the longest of them took. */
  snapshotSlices = 0
  longestSnapshotSliceMs = 0
  softQuotaExceeded = 0
  /** How often a connection was not read from because of its own or everybody's requests in work, or because it did not read. */
  heldConnections = 0
  /** Persistent watches: setWatches2 that were told everything they missed, and those that were told to read again. */
  watchReplays = 0
  watchReplayGaps = 0
  /** Logins by SASL that succeeded. */
  saslLogins = 0

  refused(reason: RefusalReason): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1)
  }
}
