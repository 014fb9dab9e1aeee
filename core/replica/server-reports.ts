// replica: what the leader knows of the sessions that other servers hear, and when that is enough to let one expire. PURE.
//
//   F heard S at a, tells so in the response to round r, which the leader sent at f and whose response it processed at p:   f <= told <= p
//
// What F heard before f the leader knows. F may have answered S later, but only while in contact, which lasts E after a response that was processed: until
// p + E. So S may go when its timeout has passed since it was heard of, and either
//
//   fresh    f >= now - (2E + H)    a request that the leader does not know came less than the margin ago, so it was answered after the
//                                   client had given up, and extended nothing (the client's margin is at least 2E + H)
//   silent   now >= p + E + timeout nothing that F answered is younger
//
// Missing reports therefore never let a session expire early. A server never heard from in this term counts as heard from at its beginning.

interface Report {
  readonly processedMs: number
  /** When the round was sent to which the newest report answers. */
  roundSentMs: number
}

export class ServerReports {
  readonly #electionMs: number
  readonly #freshMs: number
  readonly #newest = new Map<number, Report>()
  #beganMs = 0

  constructor(electionMs: number, heartbeatMs: number) {
    this.#electionMs = electionMs
    this.#freshMs = 2 * electionMs + heartbeatMs
  }

  /** The leader's term begins: the apply of its first entry. */
  begin(nowMs: number): void {
    this.#newest.clear()
    this.#beganMs = nowMs
  }

  /** A report of `server`, an answer to the round sent at `roundSentMs`, was processed. */
  processed(server: number, roundSentMs: number, nowMs: number): void {
    const before = this.#newest.get(server)?.roundSentMs ?? Number.NEGATIVE_INFINITY
    this.#newest.set(server, { processedMs: nowMs, roundSentMs: Math.max(before, roundSentMs) })
  }

  /** Whether a session of `server`, not heard of for its timeout, may expire. */
  mayExpire(server: number, timeoutMs: number, nowMs: number): boolean {
    const report = this.#newest.get(server)
    if (report !== undefined && report.roundSentMs >= nowMs - this.#freshMs) return true
    return nowMs >= (report?.processedMs ?? this.#beganMs) + this.#electionMs + timeoutMs
  }
}
