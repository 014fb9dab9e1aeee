// peer: timers of the links, injected so that tests and the simulator own time.

export interface PeerClock {
  /** Calls back after at least that long, never during the call. Returns what takes it back. */
  after(ms: number, call: () => void): () => void
}

export const REAL_PEER_CLOCK: PeerClock = Object.freeze({
  after(ms: number, call: () => void): () => void {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
})
