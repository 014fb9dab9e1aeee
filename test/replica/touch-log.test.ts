import { describe, expect, it } from 'vitest'
import { TrackedSession } from '../../core/replica/session-tracker.ts'
import { readTouches, TouchLog } from '../../core/replica/touch-log.ts'
import type { SessionState } from '../../core/tree/session-table.ts'

function session(lo: number): TrackedSession {
  return new TrackedSession({ hi: 1, lo } as SessionState, 0)
}

function told(log: TouchLog, counter: number): number[] {
  const out: number[] = []
  expect(readTouches(log.table(counter), (_, lo) => void out.push(lo))).toBe(true)
  return out
}

describe('a log of touches', () => {
  it('tells what was heard until the leader has processed it', () => {
    const log = new TouchLog()
    const [a, b] = [session(1), session(2)]
    log.touch(a)
    log.touch(a)
    expect(told(log, 11)).toEqual([1])
    log.touch(b)
    expect(told(log, 12)).toEqual([1, 2])
    log.processed(11)
    expect(told(log, 13)).toEqual([2])
    log.processed(13)
    expect(told(log, 14)).toEqual([])
  })

  it('forgets nothing for an echo that was meant for an earlier life, whose numbers were larger', () => {
    const log = new TouchLog()
    log.touch(session(1))
    expect(told(log, 11)).toEqual([1])
    log.processed(5_000)
    expect(told(log, 12)).toEqual([1])
  })
})
