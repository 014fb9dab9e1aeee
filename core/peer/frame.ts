// peer: the frame that everything on a link travels in.
//
//   0   u32  crc of bytes 4 .. 16 + headBytes
//   4   u32  length: bytes that follow this field, 8 + headBytes + bodyBytes
//   8   u8   kind
//   9   u24  headBytes
//  12   u32  crc of the body, 0 if there is none
//  16        head: protobuf (links.proto)
//   .        body: bulk, as it is
//
// Both checksums are CRC-32 (zlib): against bytes that rot or a stream that lost its place, not against people. The body has its own, so that a leader
// computes it once for all followers. Big endian.

import { crc32 } from 'node:zlib'
import { ZoariumError } from '../errors.ts'
import { BadBytes } from './bad-bytes.ts'

export const FRAME_HEADER_BYTES = 16
/** What precedes the bytes that `length` counts. */
export const FRAME_PREFIX_BYTES = 8
const MAX_HEAD_BYTES = 0xffffff
/** A piece of a body that is smaller is copied into the frame's buffer: cheaper than one more buffer in the write. */
export const COPY_BELOW_BYTES = 8192

/** What a frame holds. The numbers never change. */
export const FrameKind = {
  greeting: 1,
  hello: 2,
  welcome: 3,
  refusal: 4,
  pulse: 5,
  preVote: 16,
  preVoteResponse: 17,
  vote: 18,
  voteResponse: 19,
  append: 20,
  appendResponse: 21,
  heartbeat: 22,
  heartbeatResponse: 23,
  snapshot: 24,
  timeoutNow: 25,
  readRequest: 26,
  readResponse: 27,
  termRequest: 28,
  termResponse: 29,
  forward: 32,
  forwardAnswer: 33,
  snapshotChunk: 34,
  snapshotProgress: 35,
  facts: 36,
  forwardQuestion: 37,
} as const

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind]

/** A frame ready to be written. The buffers must not change until they are sent. */
export interface Frame {
  readonly buffers: readonly Buffer[]
  readonly bytes: number
}

/** Bulk that follows a head, with its checksum. Can be part of many frames. */
export interface Body {
  readonly pieces: readonly Buffer[]
  readonly bytes: number
  readonly crc: number
}

/** A frame that came. Head and body are views of the bytes received. */
export interface ReceivedFrame {
  readonly kind: number
  readonly head: Buffer
  readonly body: Buffer
}

export const NO_BODY: Body = Object.freeze({ pieces: [], bytes: 0, crc: 0 })

/** Payloads one after the other: small neighbours in one buffer, large ones as they are. */
export function bodyOf(payloads: readonly Buffer[]): Body {
  const pieces: Buffer[] = []
  let bytes = 0
  for (let from = 0; from < payloads.length; ) {
    let small = 0
    let to = from
    for (; to < payloads.length; to++) {
      const length = (payloads[to] as Buffer).length
      if (length >= COPY_BELOW_BYTES) break
      small += length
    }
    if (to - from === 1) pieces.push(payloads[from] as Buffer)
    else if (small > 0) pieces.push(joined(payloads, from, to, small))
    bytes += small
    if (to < payloads.length) {
      const large = payloads[to] as Buffer
      pieces.push(large)
      bytes += large.length
      to += 1
    }
    from = to
  }
  let crc = 0
  for (const piece of pieces) crc = crc32(piece, crc)
  return { pieces, bytes, crc }
}

function joined(payloads: readonly Buffer[], from: number, to: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(bytes)
  let at = 0
  for (let i = from; i < to; i++) {
    const payload = payloads[i] as Buffer
    buffer.set(payload, at)
    at += payload.length
  }
  return buffer
}

export function encodeFrame(kind: FrameKind, head: Uint8Array, body: Body = NO_BODY): Frame {
  const headBytes = head.length
  const bytes = FRAME_HEADER_BYTES + headBytes + body.bytes
  if (headBytes > MAX_HEAD_BYTES || bytes > 0xffffffff)
    throw new ZoariumError('ERR_TOO_LARGE', `peer frame: ${bytes} bytes, head ${headBytes}`)
  const withBody = body.bytes < COPY_BELOW_BYTES
  const first = Buffer.allocUnsafe(FRAME_HEADER_BYTES + headBytes + (withBody ? body.bytes : 0))
  first.writeUInt32BE(bytes - FRAME_PREFIX_BYTES, 4)
  first.writeUInt32BE(((kind << 24) | headBytes) >>> 0, 8)
  first.writeUInt32BE(body.crc, 12)
  first.set(head, FRAME_HEADER_BYTES)
  const bodyAt = FRAME_HEADER_BYTES + headBytes
  first.writeUInt32BE(crc32(first.subarray(4, bodyAt)), 0)
  if (!withBody) return { buffers: [first, ...body.pieces], bytes }
  let at = bodyAt
  for (const piece of body.pieces) {
    first.set(piece, at)
    at += piece.length
  }
  return { buffers: [first], bytes }
}

/** Takes a whole frame apart; throws BadBytes unless every checksum and length is right. */
export function readFrame(bytes: Buffer): ReceivedFrame {
  const kindAndHead = bytes.readUInt32BE(8)
  const headBytes = kindAndHead & MAX_HEAD_BYTES
  const bodyAt = FRAME_HEADER_BYTES + headBytes
  if (bodyAt > bytes.length) throw new BadBytes(`a frame of ${bytes.length} bytes has a head of ${headBytes}`)
  if (crc32(bytes.subarray(4, bodyAt)) !== bytes.readUInt32BE(0)) throw new BadBytes('the checksum of a head is wrong')
  const body = bytes.subarray(bodyAt)
  if (crc32(body) !== bytes.readUInt32BE(12)) throw new BadBytes('the checksum of a body is wrong')
  return { kind: kindAndHead >>> 24, head: bytes.subarray(FRAME_HEADER_BYTES, bodyAt), body }
}
