import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../core/wire/protocol-error.ts'
import { Reader } from '../../core/wire/reader.ts'
import { bytes, int32, long, nullableBytes, safeLong, text, uint32 } from './arbitraries.ts'
import { decoded, encoded } from './round-trip.ts'

function hex(digits: string): Reader {
  return new Reader(Buffer.from(digits.replaceAll(' ', ''), 'hex'))
}

describe('Reader', () => {
  it('reads back every primitive that Writer wrote', () => {
    fc.assert(
      fc.property(int32, safeLong, long, uint32, fc.boolean(), text, nullableBytes, (i, s, l, u, b, t, data) => {
        const out = encoded((w) => {
          w.int32(i)
          w.int64(s)
          w.int64BigInt(l)
          w.int64Halves(u, i)
          w.boolean(b)
          w.ustring(t)
          w.buffer(data)
        })
        const read = decoded(out, (r) => [
          r.int32(),
          r.int64(),
          r.int64BigInt(),
          r.int32() >>> 0,
          r.int32(),
          r.boolean(),
          r.ustring(),
          r.buffer(),
        ])
        expect(read).toEqual([i, s, l, u, i, b, t, data])
      }),
    )
  })

  it('agrees with Buffer on strings of any bytes: what is not UTF-8 becomes U+FFFD and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (raw) => {
        const out = encoded((w) => w.buffer(raw))
        expect(decoded(out, (r) => r.ustring())).toBe(Buffer.from(raw).toString('utf8'))
      }),
    )
  })

  it('tells a null string and buffer from an empty one', () => {
    expect(hex('ffffffff').ustring()).toBeNull()
    expect(hex('00000000').ustring()).toBe('')
    expect(hex('ffffffff').buffer()).toBeNull()
    expect(hex('00000000').buffer()).toEqual(Buffer.alloc(0))
  })

  it('takes any byte but 0 as true', () => {
    expect(hex('00').boolean()).toBe(false)
    expect(hex('01').boolean()).toBe(true)
    expect(hex('80').boolean()).toBe(true)
  })

  it('gives buffers as views of the frame', () => {
    const frame = Buffer.from('0000000361626364', 'hex')
    const view = new Reader(frame).buffer()
    frame[4] = 0x7a
    expect(view?.toString()).toBe('zbc')
  })

  it.each([
    ['string', 'fffffffe', (r: Reader) => r.ustring()],
    ['string', '80000000', (r: Reader) => r.ustring()],
    ['buffer', 'fffffffe', (r: Reader) => r.buffer()],
  ])('refuses a negative %s length %s', (_what, digits, read) => {
    expect(() => read(hex(digits))).toThrow(ProtocolError)
  })

  it.each([
    ['string', '7fffffff61', (r: Reader) => r.ustring()],
    ['string', '0000000261', (r: Reader) => r.ustring()],
    ['buffer', '7fffffff61', (r: Reader) => r.buffer()],
    ['vector', '7fffffff61', (r: Reader) => r.vectorCount(4)],
    ['vector', '0000000200000000', (r: Reader) => r.vectorCount(4)],
    ['int', '000000', (r: Reader) => r.int32()],
    ['long', '00000000000000', (r: Reader) => r.int64()],
    ['long', '00000000000000', (r: Reader) => r.int64BigInt()],
    ['boolean', '', (r: Reader) => r.boolean()],
    ['raw bytes', '0000', (r: Reader) => r.raw(3)],
  ])('refuses a %s that claims more than is left: %s', (_what, digits, read) => {
    expect(() => read(hex(digits))).toThrow(ProtocolError)
  })

  it('knows a null vector, an empty one (with any other negative count too), and one that fits exactly', () => {
    expect(hex('ffffffff').vectorCount(4)).toBe(-1)
    expect(hex('fffffffe').vectorCount(4)).toBe(0)
    expect(hex('80000000').vectorCount(4)).toBe(0)
    expect(hex('00000000').vectorCount(4)).toBe(0)
    expect(hex('00000002 00000000 00000000').vectorCount(4)).toBe(2)
  })

  it('stays within the range it was given, also after reset', () => {
    fc.assert(
      fc.property(bytes, bytes, (before, inside) => {
        const whole = Buffer.concat([before, inside, Buffer.alloc(8)])
        const r = new Reader(whole, 0, 0)
        expect(r.remaining).toBe(0)
        r.reset(whole, before.length, before.length + inside.length)
        expect(r.remaining).toBe(inside.length)
        expect(r.raw(inside.length)).toEqual(inside)
        expect(r.position).toBe(before.length + inside.length)
        expect(() => r.raw(1)).toThrow(ProtocolError)
      }),
    )
  })

  it('says how many bytes are left over', () => {
    const r = hex('0000000000')
    r.int32()
    expect(() => r.expectEnd('ping')).toThrow('ping: 1 bytes too many')
  })

  it('passes over a string and gives it afterwards', () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        const sent = encoded((w) => {
          w.ustring(first)
          w.ustring(null)
          w.ustring(second)
        })
        const r = new Reader(Buffer.concat([Buffer.alloc(3), sent]), 3)
        const start = r.skipString()
        const end = r.position
        expect(r.skipString()).toBe(-1)
        const next = r.skipString()
        expect(r.text(start, end)).toBe(encoded((w) => w.ustring(first)).toString('utf8', 4))
        expect(r.text(next, r.position)).toBe(encoded((w) => w.ustring(second)).toString('utf8', 4))
        expect(end - start).toBe(encoded((w) => w.ustring(first)).length - 4)
        expect(r.remaining).toBe(0)
      }),
    )
    expect(() => hex('00000005 61').skipString()).toThrow(ProtocolError)
    expect(() => hex('fffffffe').skipString()).toThrow(ProtocolError)
  })
})
