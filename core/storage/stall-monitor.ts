// storage: notices that something at the disk is pending for long, while it still hangs. PURE.
//
//   calm --the oldest pending work reaches the threshold--> stalled (reported, and again now and then) --nothing that old is left--> calm (reported)
//
// Its clock moves by ticks and leaves out time in which the process itself did not run: after a pause the disk may long be done.

/** Something that is under way. */
export interface PendingWork {
  readonly what: string
  /** Set by the monitor. */
  sinceMs: number
}

export interface StallListener {
  stalled(what: string, pendingMs: number): void
  stallEnded(what: string, totalMs: number): void
}

/** A tick that comes later than this means that the process did not run. */
const LONGEST_STEP_MS = 250
/** Stalls that follow each other sooner are counted and not reported each. */
const REPORT_EVERY_MS = 10_000

export class StallMonitor {
  readonly #thresholdMs: number
  #listener: StallListener | null = null
  readonly #pending = new Set<PendingWork>()
  #nowMs = 0
  #lastTickMs = -1
  #worst: PendingWork | null = null
  #sinceMs = 0
  #reported = false
  #reportAtMs = 0
  /** Stalls since the start. */
  stalls = 0

  constructor(thresholdMs: number) {
    this.#thresholdMs = thresholdMs
  }

  /** Who hears of stalls. */
  listen(listener: StallListener): void {
    this.#listener = listener
  }

  /** For how long the present stall lasts in milliseconds, 0 when there is none. */
  get stalledMs(): number {
    return this.#worst === null ? 0 : this.#nowMs - this.#sinceMs
  }

  begin(work: PendingWork): void {
    work.sinceMs = this.#nowMs
    this.#pending.add(work)
  }

  end(work: PendingWork): void {
    this.#pending.delete(work)
  }

  /** About every 50 ms; a monotonic clock in milliseconds. */
  tick(nowMs: number): void {
    if (this.#lastTickMs >= 0) this.#nowMs += Math.min(Math.max(0, nowMs - this.#lastTickMs), LONGEST_STEP_MS)
    this.#lastTickMs = nowMs
    let worst: PendingWork | null = null
    // The oldest; of those that began together the last, which is the operation itself and not what waits for it.
    for (const work of this.#pending) if (this.#isLong(work) && (worst === null || work.sinceMs <= worst.sinceMs)) worst = work
    if (worst === null) this.#calm()
    else this.#stalled(worst)
  }

  #isLong(work: PendingWork): boolean {
    return this.#nowMs - work.sinceMs >= this.#thresholdMs
  }

  #stalled(worst: PendingWork): void {
    if (this.#worst === null) {
      this.stalls += 1
      this.#sinceMs = worst.sinceMs
      this.#reported = false
    }
    this.#worst = worst
    if (this.#nowMs < this.#reportAtMs) return
    this.#reported = true
    this.#reportAtMs = this.#nowMs + Math.max(REPORT_EVERY_MS, this.stalledMs)
    this.#listener?.stalled(worst.what, this.stalledMs)
  }

  #calm(): void {
    const worst = this.#worst
    if (worst === null) return
    const totalMs = this.stalledMs
    this.#worst = null
    if (this.#reported) this.#listener?.stallEnded(worst.what, totalMs)
  }
}
