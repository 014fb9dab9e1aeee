import { describe, expect, it } from 'vitest'
import type { RestartMark } from '../../core/consensus/options.ts'
import { Recovery } from '../../core/consensus/recovery.ts'

const LOST: RestartMark = { refetchUntil: 10, hardStateSuspect: false, identityLost: false }
const OTHERS = [2, 3]

describe('a server that lost durable data', () => {
  it('counts again when it has everything that it ever had, under the leader that it had', () => {
    const recovery = new Recovery(LOST, 4)
    expect(recovery.endIfComplete(12, 4, OTHERS)).toBe(false)
    recovery.commitReached(8, 4)
    expect(recovery.endIfComplete(9, 4, OTHERS)).toBe(false)
    expect(recovery.endIfComplete(10, 4, OTHERS)).toBe(true)
    expect(recovery.active).toBe(false)
    expect(recovery.endIfComplete(10, 4, OTHERS)).toBe(false)
  })

  it('needs not what only it had, once a later leader has committed in its own term', () => {
    const recovery = new Recovery(LOST, 4)
    recovery.commitReached(8, 4)
    recovery.commitReached(9, 5)
    expect(recovery.endIfComplete(9, 5, OTHERS)).toBe(true)
  })

  it('waits until what the leader stated is durable here', () => {
    const recovery = new Recovery(LOST, 4)
    recovery.commitReached(20, 5)
    recovery.commitReached(30, 5)
    expect(recovery.endIfComplete(19, 5, OTHERS)).toBe(false)
    expect(recovery.endIfComplete(20, 5, OTHERS)).toBe(true)
  })

  it('whose term may be lost waits for the terms of all others, and takes the leader of that time for one that may count on it', () => {
    const recovery = new Recovery({ ...LOST, hardStateSuspect: true }, 1)
    recovery.commitReached(8, 5)
    recovery.termTold(2)
    expect(recovery.endIfComplete(9, 5, OTHERS)).toBe(false)
    recovery.termTold(3)
    expect(recovery.endIfComplete(9, 5, OTHERS)).toBe(false)
    recovery.commitReached(9, 6)
    expect(recovery.endIfComplete(9, 6, OTHERS)).toBe(true)
  })

  it('that does not know who it was never counts again', () => {
    const recovery = new Recovery({ ...LOST, identityLost: true }, 0)
    for (const other of OTHERS) recovery.termTold(other)
    recovery.commitReached(20, 6)
    expect(recovery.endIfComplete(20, 6, OTHERS)).toBe(false)
    expect(recovery.asksForTerms).toBe(false)
  })
})
