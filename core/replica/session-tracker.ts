// replica: when each session was last heard of and which are due to expire. Only the leader acts on it; nothing of it is replicated. PURE.
//
// A touch stores a time, nothing more. Sessions wait in buckets of one tick; when a bucket is due its sessions are looked at, and
// those that were heard of since move to the bucket of their new deadline. So a touch costs nothing and a tick costs what is due.

import type { SessionState } from '../tree/session-table.ts'

/** A session as the leader watches over it. */
export class TrackedSession {
  readonly state: SessionState
  lastHeardMs: number
  bucket = -1
  /** An expiry was proposed and not yet applied. */
  expiring = false
  /** The table of touches that it is in already: see TouchLog. */
  touchMark = 0

  constructor(state: SessionState, nowMs: number) {
    this.state = state
    this.lastHeardMs = nowMs
  }
}

/** Finds the sessions whose timeout has passed. */
export class SessionTracker {
  readonly #bucketMs: number
  readonly #sessions = new Map<SessionState, TrackedSession>()
  readonly #buckets = new Map<number, Set<TrackedSession>>()
  /** The oldest bucket not yet looked at, -1 before the first session. */
  #nextBucket = -1

  constructor(bucketMs: number) {
    this.#bucketMs = bucketMs
  }

  get size(): number {
    return this.#sessions.size
  }

  values(): IterableIterator<TrackedSession> {
    return this.#sessions.values()
  }

  /** Starts to watch over a session, or gives it a full timeout again. */
  track(state: SessionState, nowMs: number): TrackedSession {
    let tracked = this.#sessions.get(state)
    if (tracked === undefined) {
      tracked = new TrackedSession(state, nowMs)
      this.#sessions.set(state, tracked)
    }
    tracked.lastHeardMs = nowMs
    tracked.expiring = false
    this.#place(tracked, nowMs)
    return tracked
  }

  forget(state: SessionState): void {
    const tracked = this.#sessions.get(state)
    if (tracked === undefined) return
    this.#sessions.delete(state)
    this.#buckets.get(tracked.bucket)?.delete(tracked)
  }

  /** This process did not run for `ms`: nobody could be heard, so nobody loses that time. */
  forgivePause(ms: number): void {
    for (const tracked of this.#sessions.values()) tracked.lastHeardMs += ms
  }

  /** A server that the session is attached to has heard of it. */
  heard(state: SessionState, nowMs: number): void {
    const tracked = this.#sessions.get(state)
    if (tracked !== undefined && tracked.lastHeardMs < nowMs) tracked.lastHeardMs = nowMs
  }

  /**
   * The sessions that are due at `nowMs`, each told once until tracked again. One whose timeout has passed and that `mayExpire` still holds is looked at again
   * a bucket later.
   */
  due(nowMs: number, mayExpire: (tracked: TrackedSession) => boolean): TrackedSession[] {
    const due: TrackedSession[] = []
    const current = Math.floor(nowMs / this.#bucketMs)
    if (this.#nextBucket < 0) return due
    for (; this.#nextBucket <= current; this.#nextBucket++) {
      const bucket = this.#buckets.get(this.#nextBucket)
      if (bucket === undefined) continue
      this.#buckets.delete(this.#nextBucket)
      for (const tracked of bucket) {
        if (tracked.lastHeardMs + tracked.state.timeoutMs > nowMs || !mayExpire(tracked)) {
          this.#place(tracked, nowMs)
        } else {
          tracked.bucket = -1
          tracked.expiring = true
          due.push(tracked)
        }
      }
    }
    return due
  }

  // The bucket after the deadline's: a session lives for its timeout at least and for one bucket more at most.
  #place(tracked: TrackedSession, nowMs: number): void {
    const deadline = tracked.lastHeardMs + tracked.state.timeoutMs
    const bucket = Math.max(Math.floor(deadline / this.#bucketMs), Math.floor(nowMs / this.#bucketMs)) + 1
    if (this.#nextBucket < 0) this.#nextBucket = Math.floor(nowMs / this.#bucketMs)
    if (tracked.bucket === bucket) return
    this.#buckets.get(tracked.bucket)?.delete(tracked)
    tracked.bucket = bucket
    let members = this.#buckets.get(bucket)
    if (members === undefined) {
      members = new Set()
      this.#buckets.set(bucket, members)
    }
    members.add(tracked)
  }
}
