import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { FrameTooLarge, ProtocolError } from '../../core/wire/protocol-error.ts'

const MAX = 1_000

function framed(...bodies: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = []
  for (const body of bodies) {
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    parts.push(length, body)
  }
  return Buffer.concat(parts)
}

/** Cuts `stream` after each of `sizes` bytes, the sizes taken in turn. */
function chunked(stream: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (let i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? stream.length
    chunks.push(Buffer.from(stream.subarray(at, at + size)))
    at += size
  }
  return chunks
}

const bodies = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 })
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 })

function collect(into: Buffer[], more: () => boolean = () => true): (bytes: Buffer, start: number, end: number) => boolean {
  return (bytes, start, end) => {
    into.push(Buffer.from(bytes.subarray(start, end)))
    return more()
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('FrameDecoder', () => {
  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(bodies, sizes, (list, cuts) => {
        const decoder = new FrameDecoder(MAX)
        const got: Buffer[] = []
        for (const chunk of chunked(framed(...list), cuts)) {
          decoder.push(chunk, collect(got))
          chunk.fill(0xee) // the caller may reuse the chunk's memory
        }
        expect(got).toEqual(list.map((body) => Buffer.from(body)))
        expect(decoder.pendingBytes).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('gives the same frames when the receiver stops at any time and is resumed by more chunks or empty ones', () => {
    fc.assert(
      fc.property(bodies, sizes, fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.boolean()), (list, cuts, stops, resumes) => {
        const decoder = new FrameDecoder(MAX)
        const got: Buffer[] = []
        let stopped = false
        const receiver = collect(got, () => {
          expect(stopped).toBe(false)
          stopped = stops.next().value === true
          return !stopped
        })
        const push = (chunk: Buffer): void => {
          stopped = false
          decoder.push(chunk, receiver)
        }
        let sent = 0
        for (const chunk of chunked(framed(...list), cuts)) {
          sent += chunk.length
          push(chunk)
          chunk.fill(0xee)
          if (resumes.next().value === true) push(Buffer.alloc(0))
          expect(decoder.pendingBytes).toBe(sent - got.reduce((sum, body) => sum + 4 + body.length, 0))
        }
        for (let i = 0; i <= list.length; i++) push(Buffer.alloc(0))
        expect(got).toEqual(list.map((body) => Buffer.from(body)))
        expect(decoder.pendingBytes).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('hands on a frame where it lies when the chunk holds all of it', () => {
    const chunk = framed(Buffer.from('abc'), Buffer.from(''), Buffer.from('de'))
    const seen: [boolean, number, number][] = []
    new FrameDecoder(MAX).push(chunk, (bytes, start, end) => seen.push([bytes === chunk, start, end]) > 0)
    expect(seen).toEqual([
      [true, 4, 7],
      [true, 11, 11],
      [true, 15, 17],
    ])
  })

  it('collects a frame that drips in byte by byte', () => {
    const body = Buffer.alloc(MAX, 7)
    const decoder = new FrameDecoder(MAX)
    const got: Buffer[] = []
    for (const byte of framed(body)) decoder.push(Buffer.from([byte]), collect(got))
    expect(got).toEqual([body])
  })

  it('keeps what follows a stop: one frame a push, then the rest', () => {
    const decoder = new FrameDecoder(MAX)
    const got: Buffer[] = []
    const one = collect(got, () => false)
    decoder.push(framed(Buffer.from('a'), Buffer.from('b'), Buffer.from('c')), one)
    expect(got.join()).toBe('a')
    decoder.push(framed(Buffer.from('d')), one)
    expect(got.join()).toBe('a,b')
    decoder.push(Buffer.alloc(0), collect(got))
    expect(got.join()).toBe('a,b,c,d')
  })

  it('stops also when the frame ends exactly with a chunk that was kept', () => {
    const decoder = new FrameDecoder(MAX)
    const got: Buffer[] = []
    const one = collect(got, () => false)
    decoder.push(framed(Buffer.from('a'), Buffer.from('b')), one)
    decoder.push(framed(Buffer.from('c')), one)
    expect(got.join()).toBe('a,b')
    decoder.push(Buffer.alloc(0), one)
    expect(got.join()).toBe('a,b,c')
  })

  it.each([
    ['negative', -1],
    ['the least', -(2 ** 31)],
    ['one above the limit', MAX + 1],
    ['the largest', 2 ** 31 - 1],
  ])('refuses a length that is %s, and everything after it', (_what, length) => {
    const bad = Buffer.alloc(12)
    bad.writeInt32BE(length)
    for (const cuts of [[8], [1], [3, 5]]) {
      const decoder = new FrameDecoder(MAX)
      const got: Buffer[] = []
      const stream = Buffer.concat([framed(Buffer.from('ok')), bad])
      expect(() => {
        for (const chunk of chunked(stream, cuts)) decoder.push(chunk, collect(got))
      }).toThrow(ProtocolError)
      expect(got.join()).toBe('ok')
      expect(() => decoder.push(framed(Buffer.from('more')), collect(got))).toThrow(ProtocolError)
      expect(got.join()).toBe('ok')
    }
  })

  it('refuses a frame that is too long at once, with what came of its head', () => {
    const head = Buffer.from('0000000700000005', 'hex')
    const bad = Buffer.concat([Buffer.from('7fffffff', 'hex'), head, Buffer.alloc(100)])
    for (const [length, seen] of [
      [112, 8],
      [12, 8],
      [7, 3],
      [4, 0],
    ] as const) {
      let error: unknown = null
      try {
        new FrameDecoder(MAX).push(bad.subarray(0, length), () => true)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(FrameTooLarge)
      expect((error as FrameTooLarge).head).toEqual(head.subarray(0, seen))
    }
  })

  it('accepts a frame of exactly the limit', () => {
    const got: Buffer[] = []
    new FrameDecoder(MAX).push(framed(Buffer.alloc(MAX)), collect(got))
    expect(got[0]).toHaveLength(MAX)
  })

  it('allocates by what has come, never by what is claimed', () => {
    const megabyte = 1_000_000
    const sizesAsked: number[] = []
    const allocate = Buffer.allocUnsafeSlow
    vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
      sizesAsked.push(size)
      return allocate(size)
    })
    const decoder = new FrameDecoder(megabyte)
    const claim = Buffer.alloc(4)
    claim.writeInt32BE(megabyte)
    decoder.push(claim, () => true)
    expect(sizesAsked).toEqual([])
    let sent = 0
    while (sent < 5_000) {
      decoder.push(Buffer.alloc(10), () => true)
      sent += 10
      expect(Math.max(...sizesAsked)).toBeLessThanOrEqual(Math.max(256, 2 * sent))
    }
    expect(sizesAsked.length).toBeLessThan(10)
  })

  it('has consumed a frame when its receiver throws', () => {
    const decoder = new FrameDecoder(MAX)
    const failure = new Error('receiver')
    expect(() =>
      decoder.push(framed(Buffer.from('a')), () => {
        throw failure
      }),
    ).toThrow(failure)
    expect(decoder.pendingBytes).toBe(0)
  })
})
