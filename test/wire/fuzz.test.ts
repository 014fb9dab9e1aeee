import { describe, expect, it } from 'vitest'
import { isClientOp } from '../../core/wire/op-classes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { wireCorpus } from '../fuzz/wire-corpus.ts'
import { fuzzWire } from '../fuzz/wire-fuzz.ts'

describe('the corpus', () => {
  it('holds valid frames only, with a request of every op', () => {
    const ops = new Set<number>()
    for (const { name, body, read } of wireCorpus()) {
      const r = new Reader(body)
      const request = read(r)
      if (request !== null) ops.add(request.op)
      expect(r.remaining, name).toBe(0)
    }
    expect(Object.values(OpCode).filter((op) => isClientOp(op) && !ops.has(op))).toEqual([])
  })
})

describe('spoiled frames', () => {
  it('end in a refusal or a value, never in another error', () => {
    const report = fuzzWire({ frames: 20_000, seed: 20_260_101 })
    expect(report.failure, `seed ${report.seed}`).toBeNull()
    expect(report.frames).toBe(20_000)
    expect(report.accepted).toBeGreaterThan(2_000)
    expect(report.refused).toBeGreaterThan(2_000)
    expect(Object.keys(report.reasons).some((reason) => reason.startsWith('unsupported'))).toBe(true)
  })

  it('are the same for the same seed', () => {
    const [a, b] = [fuzzWire({ frames: 2_000, seed: 5 }), fuzzWire({ frames: 2_000, seed: 5 })]
    expect([b.accepted, b.refused, b.reasons]).toEqual([a.accepted, a.refused, a.reasons])
  })

  it('that make a reader fail are reported with their bytes', () => {
    const corpus = [
      {
        name: 'fragile',
        body: Buffer.from('cafe', 'hex'),
        read: (r: Reader): null => {
          if (r.remaining !== 2) throw new RangeError('fragile')
          return null
        },
      },
    ]
    const { failure, frames } = fuzzWire({ frames: 10_000, seed: 1, corpus })
    expect(failure?.problem).toContain('RangeError: fragile')
    expect(failure?.name).toBe('fragile')
    expect(failure?.hex).toMatch(/^([0-9a-f]{2})*$/)
    expect(frames).toBeLessThan(10_000)
  })

  it('that make a reader take memory by what is claimed are reported', () => {
    const corpus = [
      {
        name: 'greedy',
        body: Buffer.from('00001000', 'hex'),
        read: (r: Reader): null => {
          kept = Buffer.alloc(Math.min(Math.abs(r.int32()), 2 ** 24))
          return null
        },
      },
    ]
    let kept: Buffer | null = null
    const { failure } = fuzzWire({ frames: 10_000, seed: 1, corpus })
    expect(kept).not.toBeNull()
    expect(failure?.problem).toMatch(/^took \d+ bytes of buffers/)
  })
})
