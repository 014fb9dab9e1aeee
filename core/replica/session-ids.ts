// replica: session ids as ZooKeeper makes them (SessionTrackerImpl.initializeNextSessionId): unique without asking anybody. PURE.
//
//   63      56 55                                 16 15            0
//   [server id][ start time, 40 bits of milliseconds ][ counter ...  ]   the counter runs over into the time

export class SessionIds {
  #hi: number
  #lo: number

  constructor(serverId: number, wallMs: number) {
    // The 40 lowest bits of the time, placed above 16 bits of counter.
    const time = Math.floor(wallMs) % 2 ** 40
    this.#hi = ((serverId << 24) | Math.floor(time / 2 ** 16)) >>> 0
    this.#lo = ((time % 2 ** 16) * 2 ** 16) >>> 0
  }

  /** The next id as halves. */
  next(): { hi: number; lo: number } {
    this.#lo = (this.#lo + 1) >>> 0
    if (this.#lo === 0) this.#hi = (this.#hi + 1) >>> 0
    return { hi: this.#hi, lo: this.#lo }
  }
}
