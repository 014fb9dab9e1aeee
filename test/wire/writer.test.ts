import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Writer } from '../../core/wire/writer.ts'
import { bytes, text } from './arbitraries.ts'
import { encoded } from './round-trip.ts'

describe('Writer', () => {
  it('writes primitives big-endian', () => {
    expect(encoded((w) => w.int32(-2)).toString('hex')).toBe('fffffffe')
    expect(encoded((w) => w.int32(0x01020304)).toString('hex')).toBe('01020304')
    expect(encoded((w) => w.int64(2 ** 32 * 5 + 6)).toString('hex')).toBe('0000000500000006')
    expect(encoded((w) => w.int64(-1)).toString('hex')).toBe('ffffffffffffffff')
    expect(encoded((w) => w.int64BigInt(-(2n ** 63n))).toString('hex')).toBe('8000000000000000')
    expect(encoded((w) => w.int64Halves(0xffffffff, 1)).toString('hex')).toBe('ffffffff00000001')
    expect(encoded((w) => w.boolean(true)).toString('hex')).toBe('01')
    expect(encoded((w) => w.ustring('/é')).toString('hex')).toBe('000000032fc3a9')
    expect(encoded((w) => w.ustring(null)).toString('hex')).toBe('ffffffff')
    expect(encoded((w) => w.buffer(null)).toString('hex')).toBe('ffffffff')
    expect(encoded((w) => w.buffer(new Uint8Array([7]))).toString('hex')).toBe('0000000107')
  })

  it('agrees with Buffer on any string, lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.oneof(text, fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })),
        (value) => {
          const out = encoded((w) => w.ustring(value))
          expect(out.subarray(4)).toEqual(Buffer.from(value, 'utf8'))
          expect(out.readInt32BE(0)).toBe(out.length - 4)
        },
      ),
    )
  })

  it('writes Latin-1 text as one byte a character, without a length', () => {
    const w = new Writer(16)
    w.int32(1)
    w.latin1('isro é and more than the slab holds')
    expect(w.take().toString('latin1')).toBe('\0\0\0\x01isro é and more than the slab holds')
  })

  it('grows without losing what was written, from any initial size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), fc.array(bytes, { maxLength: 40 }), (initial, pieces) => {
        const w = new Writer(initial)
        for (const piece of pieces) w.raw(piece)
        expect(w.length).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0))
        expect(w.take()).toEqual(Buffer.concat(pieces))
      }),
    )
  })

  it('fills in the length of each frame, one after the other', () => {
    const w = new Writer()
    for (const body of ['ab', '', 'cde']) {
      const token = w.beginFrame()
      w.raw(Buffer.from(body))
      w.endFrame(token)
    }
    expect(w.take().toString('latin1')).toBe('\0\0\0\x02ab\0\0\0\0\0\0\0\x03cde')
  })

  it('gives away what it wrote: later writes do not touch it', () => {
    const w = new Writer()
    w.int32(1)
    const first = w.take()
    expect(w.length).toBe(0)
    w.int32(2)
    const second = w.take()
    expect(first.toString('hex')).toBe('00000001')
    expect(second.toString('hex')).toBe('00000002')
  })

  it('copies what it wrote and keeps its slab', () => {
    const w = new Writer()
    w.int32(1)
    const first = w.copy()
    w.int32(2)
    expect(first.toString('hex')).toBe('00000001')
    expect(w.view().toString('hex')).toBe('00000002')
  })

  it('forgets what was written after a mark', () => {
    const w = new Writer()
    w.int32(1)
    const mark = w.length
    w.ustring('not after all')
    w.reset(mark)
    expect(w.take().toString('hex')).toBe('00000001')
  })

  it('holds no slab between turns, and starts the next with room for what recent ones needed', () => {
    const w = new Writer()
    w.raw(Buffer.alloc(30_000))
    w.take()
    expect(w.capacity).toBe(0)
    w.int32(1)
    expect(w.capacity).toBeGreaterThanOrEqual(30_000)
    for (let turn = 0; turn < 12; turn++) {
      w.take()
      w.int32(1)
    }
    expect(w.capacity).toBe(512)
  })

  it('copies words of any length from any place, and what follows lies right behind', () => {
    const source = Buffer.from(Array.from({ length: 150 }, (_, i) => i + 1))
    const view = new DataView(source.buffer, source.byteOffset, source.length)
    for (let length = 0; length <= 140; length++) {
      for (const start of [0, 1, 2, 3, 5]) {
        // From nothing, so that the slab has to grow for it too.
        const w = new Writer(0)
        w.boolean(true)
        w.words(view, start, length)
        w.int32(-1)
        expect(w.take().toString('hex')).toBe(`01${source.toString('hex', start, start + length)}ffffffff`)
      }
    }
  })
})
