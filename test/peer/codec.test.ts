import { isDeepStrictEqual } from 'node:util'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BadBytes } from '../../core/peer/bad-bytes.ts'
import { encodeFrame, type Frame, FrameKind, type ReceivedFrame, readFrame } from '../../core/peer/frame.ts'
import { FrameReader } from '../../core/peer/frame-reader.ts'
import { zoarium } from '../../core/peer/gen/messages.js'
import { decodeMessage } from '../../core/peer/message-decoder.ts'
import { AppendBodies, encodeMessage } from '../../core/peer/message-encoder.ts'
import { laneOf, type PeerMessage } from '../../core/peer/peer-messages.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { ENDS, randomAppend, SAMPLES } from './sample-messages.ts'

const MAX_FRAME_BYTES = 1 << 20

function bytesOf(frame: Frame): Buffer {
  return Buffer.concat(frame.buffers)
}

function encoded(message: PeerMessage): Buffer {
  return bytesOf(encodeMessage(message, new AppendBodies()))
}

function decoded(bytes: Buffer): PeerMessage {
  return decodeMessage(readFrame(bytes), ENDS)
}

/** Sets the checksums of a frame that was tampered with. */
function mended(bytes: Buffer): Buffer {
  const bodyAt = 16 + (bytes.readUInt32BE(8) & 0xffffff)
  bytes.writeUInt32BE(crc32(bytes.subarray(bodyAt)), 12)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, bodyAt)), 0)
  return bytes
}

describe('a message', () => {
  it.each(SAMPLES.map((message) => ({ name: message.type, message })))('$name comes out as it went in', ({ message }) => {
    expect(decoded(encoded(message))).toEqual(message)
  })

  it('of random shape comes out as it went in, in chunks of any size', () => {
    const random = new SeededRandom(4)
    for (let round = 0; round < 60; round++) {
      const sent = Array.from({ length: 1 + random.below(6) }, () =>
        random.below(2) === 0 ? randomAppend(random) : (SAMPLES[random.below(SAMPLES.length)] as PeerMessage),
      )
      const received: PeerMessage[] = []
      const reader = new FrameReader(MAX_FRAME_BYTES, (frame) => received.push(decodeMessage(frame, ENDS)) > 0)
      const stream = Buffer.concat(sent.map(encoded))
      for (let at = 0; at < stream.length; ) {
        const size = random.below(4) === 0 ? 1 + random.below(20) : 1 + random.below(30_000)
        reader.push(stream.subarray(at, at + size))
        at += size
      }
      expect(isDeepStrictEqual(received, sent)).toBe(true)
      expect(reader.pendingBytes).toBe(0)
    }
  })

  it('says nothing of its ends: they are those of the link', () => {
    const bytes = encoded({ type: 'timeoutNow', from: 3, to: 4, term: 9 })
    expect(decodeMessage(readFrame(bytes), { from: 2, to: 1 })).toEqual({ type: 'timeoutNow', from: 2, to: 1, term: 9 })
  })

  it('ignores fields of later versions', () => {
    const head = Buffer.concat([zoarium.peer.TermOnly.encode({ term: 7 }).finish(), Buffer.from([0xfa, 0x01, 0x02, 0x68, 0x69])])
    expect(decoded(bytesOf(encodeFrame(FrameKind.termResponse, head)))).toEqual({ type: 'termResponse', ...ENDS, term: 7 })
  })

  it('hands payloads on as views: nothing is copied', () => {
    const bytes = encoded(SAMPLES[5] as PeerMessage)
    const message = decoded(bytes)
    expect(message.type === 'append' && message.entries.every(({ payload }) => payload.buffer === bytes.buffer)).toBe(true)
  })

  it('refers to large payloads and shares the body between followers', () => {
    const bodies = new AppendBodies()
    const large = Buffer.alloc(50_000, 1)
    const entries = [
      { term: 1, index: 1, payload: Buffer.from('small') },
      { term: 1, index: 2, payload: large },
    ]
    const to = (peer: number): PeerMessage => ({
      type: 'append',
      silent: false,
      from: 1,
      to: peer,
      term: 1,
      prevIndex: 0,
      prevTerm: 0,
      commit: 0,
      entries,
    })
    const one = encodeMessage(to(2), bodies)
    const other = encodeMessage(to(3), bodies)
    expect(one.buffers).toContain(large)
    expect(other.buffers.slice(1)).toEqual(one.buffers.slice(1))
    expect(other.buffers[1]).toBe(one.buffers[1])
    // Other entries with the same ends are other entries.
    const fewer = encodeMessage({ ...to(2), type: 'append', entries: entries.slice(1), prevIndex: 1, prevTerm: 1 } as PeerMessage, bodies)
    expect(decodeMessage(readFrame(bytesOf(fewer)), ENDS)).toMatchObject({ entries: [{ index: 2, payload: large }] })
  })

  it('of consensus is on the lane where it must never wait, unless it is bulk', () => {
    const bulk = [...new Set(SAMPLES.filter((message) => laneOf(message) === 'bulk').map(({ type }) => type))]
    expect(bulk).toEqual(['append', 'snapshot', 'forward', 'forwardQuestion', 'snapshotChunk'])
  })
})

describe('bad bytes', () => {
  const frame = (kind: FrameKind, head: Uint8Array, body = Buffer.alloc(0)): Buffer => {
    const crc = crc32(body)
    return bytesOf(encodeFrame(kind, head, { pieces: [body], bytes: body.length, crc }))
  }
  const { Append, Forward, TermOnly } = zoarium.peer
  const append = { term: 1, prevIndex: 0, prevTerm: 0, commit: 0 }
  const bad: Record<string, Buffer> = {
    'an unknown kind': frame(99 as FrameKind, Buffer.alloc(0)),
    'a handshake among messages': frame(FrameKind.hello, Buffer.alloc(0)),
    'a term that is no number': frame(FrameKind.timeoutNow, TermOnly.encode({ term: Number.NaN }).finish()),
    'a negative term': frame(FrameKind.timeoutNow, TermOnly.encode({ term: -1 }).finish()),
    'half a term': frame(FrameKind.timeoutNow, TermOnly.encode({ term: 0.5 }).finish()),
    'a cut head': frame(FrameKind.timeoutNow, TermOnly.encode({ term: 4 }).finish().subarray(0, 5)),
    'sizes beyond the body': frame(FrameKind.append, Append.encode({ ...append, sizes: [4], runTerms: [1], runCounts: [1] }).finish()),
    'a body beyond the sizes': frame(FrameKind.append, Append.encode(append).finish(), Buffer.from('more')),
    'runs for more entries': frame(FrameKind.append, Append.encode({ ...append, sizes: [0], runTerms: [1], runCounts: [2] }).finish()),
    'runs for fewer entries': frame(FrameKind.append, Append.encode({ ...append, sizes: [0, 0], runTerms: [1], runCounts: [1] }).finish()),
    'runs without length': frame(FrameKind.append, Append.encode({ ...append, sizes: [0], runTerms: [1, 2], runCounts: [1] }).finish()),
    'an index beyond all numbers': frame(
      FrameKind.append,
      Append.encode({ ...append, prevIndex: 2 ** 53 - 1, sizes: [0], runTerms: [1], runCounts: [1] }).finish(),
    ),
    'a forward of nothing': frame(FrameKind.forward, Forward.encode({ term: 1, first: 1 }).finish()),
    'a million payloads of nothing': frame(
      FrameKind.forward,
      Forward.encode({ term: 1, first: 1, sizes: new Array(1e6).fill(0) }).finish(),
    ),
  }

  it.each(Object.entries(bad).map(([name, bytes]) => ({ name, bytes })))('are noticed: $name', ({ bytes }) => {
    expect(() => decoded(bytes)).toThrow(BadBytes)
  })

  it('of any flipped bit are noticed by the checksums', () => {
    const message = SAMPLES[7] as PeerMessage
    const good = encoded(message)
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = Buffer.from(good)
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
      const got: ReceivedFrame[] = []
      const reader = new FrameReader(MAX_FRAME_BYTES, (frame) => got.push(frame) > 0)
      let failed = false
      try {
        reader.push(bytes)
      } catch (error) {
        failed = error instanceof BadBytes
      }
      // A longer length waits for what never comes; the lane's end takes it.
      expect(failed || reader.pendingBytes > 0).toBe(true)
      expect(got).toEqual([])
    }
  })

  it('never crash the decoder nor make it large, whatever was changed under right checksums', () => {
    const random = new SeededRandom(11)
    let refused = 0
    for (let round = 0; round < 4_000; round++) {
      const bytes = encoded(SAMPLES[random.below(SAMPLES.length)] as PeerMessage)
      const headBytes = bytes.readUInt32BE(8) & 0xffffff
      for (let n = 1 + random.below(4); n > 0 && headBytes > 0; n--) bytes[16 + random.below(headBytes)] = random.below(256)
      try {
        const message = decoded(mended(bytes))
        if (message.type === 'append')
          expect(message.entries.reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThan(bytes.length)
      } catch (error) {
        expect(error).toBeInstanceOf(BadBytes)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(500)
  })

  it('that claim much and bring little cost little', () => {
    const reader = new FrameReader(1 << 30, () => true)
    const head = Buffer.alloc(8)
    head.writeUInt32BE((1 << 30) - 8, 4)
    const before = process.memoryUsage().arrayBuffers
    reader.push(head)
    reader.push(Buffer.alloc(100))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20)
    expect(reader.pendingBytes).toBe(108)
  })

  it('of a length out of bounds are refused before anything is kept', () => {
    for (const length of [0, 7, MAX_FRAME_BYTES, 0xffffffff]) {
      const head = Buffer.alloc(16)
      head.writeUInt32BE(length, 4)
      expect(() => new FrameReader(MAX_FRAME_BYTES, () => true).push(head)).toThrow(BadBytes)
    }
  })
})

describe('a reader that is stopped', () => {
  it('keeps what comes, and goes on where it was', () => {
    const got: number[] = []
    let limit = 1
    const reader = new FrameReader(MAX_FRAME_BYTES, (frame) => {
      const message = decodeMessage(frame, ENDS)
      got.push(message.type === 'termResponse' ? message.term : -1)
      return got.length < limit
    })
    const stream = Buffer.concat([1, 2, 3, 4, 5].map((term) => encoded({ type: 'termResponse', ...ENDS, term })))
    reader.push(stream.subarray(0, 60))
    reader.push(stream.subarray(60))
    expect(got).toEqual([1])
    limit = 3
    reader.resume()
    expect(got).toEqual([1, 2, 3])
    limit = 9
    reader.resume()
    expect(got).toEqual([1, 2, 3, 4, 5])
    expect(reader.pendingBytes).toBe(0)
  })
})
