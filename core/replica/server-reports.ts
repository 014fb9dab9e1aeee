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
// What F had heard and not told when its process ended, nobody tells any more: of a former life of F only `silent` can be said, with the p of its last
// report, however fresh the reports of the next life are.
//
// Missing reports therefore never let a session expire early. A server never heard from in this term counts as heard from at its beginning.

interface Report {
  readonly life: number
  readonly processedMs: number
  /** When the round was sent to which the newest report answers. */
  readonly roundSentMs: number
  /** When the last report of another life was processed. */
  readonly formerMs: number
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

  /** A report of `server` in its life `life`, an answer to the round sent at `roundSentMs`, was processed. */
  processed(server: number, life: number, roundSentMs: number, nowMs: number): void {
    const before = this.#newest.get(server)
    if (before === undefined) this.#newest.set(server, { life, processedMs: nowMs, roundSentMs, formerMs: Number.NEGATIVE_INFINITY })
    else if (before.life === life) {
      this.#newest.set(server, { ...before, processedMs: nowMs, roundSentMs: Math.max(before.roundSentMs, roundSentMs) })
    } else this.#newest.set(server, { life, processedMs: nowMs, roundSentMs, formerMs: before.processedMs })
  }

  /** Whether a session of `server`, not heard of for its timeout, may expire. */
  mayExpire(server: number, timeoutMs: number, nowMs: number): boolean {
    const silentMs = this.#electionMs + timeoutMs
    const report = this.#newest.get(server)
    if (report === undefined) return nowMs >= this.#beganMs + silentMs
    if (nowMs < report.formerMs + silentMs) return false
    return report.roundSentMs >= nowMs - this.#freshMs || nowMs >= report.processedMs + silentMs
  }
}
