// What a leader takes of the streams of other servers. Links keep their order, and an origin asks before it sends on a new one, so no server ever sends what
// is refused here: it is the second line.
import { describe, expect, it } from 'vitest'
import { ForwardStreams } from '../../core/replica/forward-streams.ts'

const STREAM = { serverId: 3, nonceHi: 7, nonceLo: 9 }

describe('the streams that a leader takes', () => {
  it('begin with any number, and go on with the next one only', () => {
    const streams = new ForwardStreams()
    expect(streams.lastOf(STREAM)).toBe(0)
    expect(streams.accept(STREAM, 42, 3)).toBe(true)
    expect(streams.lastOf(STREAM)).toBe(44)
    expect(streams.accept(STREAM, 46, 1)).toBe(false)
    expect(streams.accept(STREAM, 44, 2)).toBe(false)
    expect(streams.lastOf(STREAM)).toBe(44)
    expect(streams.accept(STREAM, 45, 1)).toBe(true)
  })

  it('begin anew with another nonce, and with another term', () => {
    const streams = new ForwardStreams()
    streams.accept(STREAM, 1, 5)
    const reborn = { ...STREAM, nonceLo: 10 }
    expect(streams.lastOf(reborn)).toBe(0)
    expect(streams.accept(reborn, 1, 1)).toBe(true)
    streams.clear()
    expect(streams.lastOf(reborn)).toBe(0)
  })
})
