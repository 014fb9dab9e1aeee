import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionTracker } from '../../core/replica/session-tracker.ts'
import type { SessionState } from '../../core/tree/session-table.ts'

const BUCKET_MS = 20

function session(lo: number, timeoutMs: number): SessionState {
  return { hi: 0, lo, timeoutMs, generation: 1, serverId: 1, password: Buffer.alloc(16), ephemerals: new Set() } as unknown as SessionState
}

describe('SessionTracker', () => {
  it('expires a silent session after its timeout and within two buckets', () => {
    const tracker = new SessionTracker(BUCKET_MS)
    tracker.track(session(1, 100), 1000)
    expect(tracker.due(1100, () => true)).toEqual([])
    expect(tracker.due(1100 + 2 * BUCKET_MS, () => true).map(({ state }) => state.lo)).toEqual([1])
  })

  it('never expires a session that is heard of', () => {
    const tracker = new SessionTracker(BUCKET_MS)
    const tracked = tracker.track(session(1, 100), 0)
    for (let now = 0; now < 10_000; now += 50) {
      tracked.lastHeardMs = now
      expect(tracker.due(now, () => true)).toEqual([])
    }
  })

  it('tells an expiry once, and again only after it was tracked again', () => {
    const tracker = new SessionTracker(BUCKET_MS)
    const state = session(1, 100)
    tracker.track(state, 0)
    expect(tracker.due(1000, () => true)).toHaveLength(1)
    expect(tracker.due(2000, () => true)).toEqual([])
    tracker.track(state, 2000)
    expect(tracker.due(3000, () => true)).toHaveLength(1)
  })

  it('forgets', () => {
    const tracker = new SessionTracker(BUCKET_MS)
    const state = session(1, 100)
    tracker.track(state, 0)
    tracker.forget(state)
    expect(tracker.due(1000, () => true)).toEqual([])
    expect(tracker.size).toBe(0)
  })

  it('gives the time of a pause back', () => {
    const tracker = new SessionTracker(BUCKET_MS)
    tracker.track(session(1, 100), 0)
    tracker.forgivePause(5000)
    expect(tracker.due(5050, () => true)).toEqual([])
    expect(tracker.due(5200, () => true)).toHaveLength(1)
  })

  it('agrees with a plain list of deadlines under any order of touches and ticks', () => {
    const step = fc.record({ advance: fc.integer({ min: 0, max: 70 }), touch: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const tracker = new SessionTracker(BUCKET_MS)
        const tracked = [150, 40, 300, 60, 100].map((timeoutMs, i) => tracker.track(session(i, timeoutMs), 0))
        const expired = new Set<number>()
        let now = 0
        for (const { advance, touch } of steps) {
          now += advance
          for (const { state, lastHeardMs } of tracker.due(now, () => true)) {
            expect(now).toBeGreaterThanOrEqual(lastHeardMs + state.timeoutMs)
            expect(expired.has(state.lo)).toBe(false)
            expired.add(state.lo)
          }
          const touched = touch === null ? undefined : tracked[touch]
          if (touched !== undefined && !expired.has(touched.state.lo)) touched.lastHeardMs = now
          for (const { state, lastHeardMs } of tracked) {
            if (now >= lastHeardMs + state.timeoutMs + 2 * BUCKET_MS + 70) expect(expired.has(state.lo)).toBe(true)
          }
        }
      }),
    )
  })
})
