// peer: cuts what a socket gives into frames.
//
//   whole frame in the chunk   -> handed on where it lies: payloads become views of the chunk
//   frame over several chunks  -> collected in a buffer that grows with what has come, never with what was claimed: who claims 64 MiB and sends ten
//                                 bytes costs 64 KiB at most, who drips costs twice what it sent
//   receiver returned false    -> the rest is kept until `resume`

import { BadBytes } from './bad-bytes.ts'
import { FRAME_HEADER_BYTES, FRAME_PREFIX_BYTES, type ReceivedFrame, readFrame } from './frame.ts'

const FIRST_BYTES = 64 * 1024
const NOTHING: Buffer = Buffer.alloc(0)

/** Takes a frame; returns false to be given no more until `resume`. */
export type FrameTaker = (frame: ReceivedFrame) => boolean

export class FrameReader {
  readonly #take: FrameTaker
  #maxFrameBytes: number
  #partial: Buffer = NOTHING
  #have = 0
  #kept: Buffer[] = []
  #stopped = false

  constructor(maxFrameBytes: number, take: FrameTaker) {
    this.#maxFrameBytes = maxFrameBytes
    this.#take = take
  }

  /** After the handshake frames may be larger. */
  set maxFrameBytes(bytes: number) {
    this.#maxFrameBytes = bytes
  }

  /** Bytes that have come and were not handed on. */
  get pendingBytes(): number {
    return this.#kept.reduce((sum, chunk) => sum + chunk.length, this.#have)
  }

  /** The chunk must not change afterwards. Throws BadBytes on bytes that are no frames: then the stream is lost. */
  push(chunk: Buffer): void {
    if (this.#stopped) this.#kept.push(chunk)
    else this.#consume(chunk)
  }

  resume(): void {
    if (!this.#stopped) return
    this.#stopped = false
    const kept = this.#kept
    this.#kept = []
    for (const chunk of kept) this.push(chunk)
  }

  #consume(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#stopped) {
        this.#kept.push(chunk.subarray(at))
        return
      }
      const left = chunk.length - at
      if (this.#have === 0 && left >= FRAME_PREFIX_BYTES) {
        const bytes = this.#frameBytes(chunk, at)
        if (bytes <= left) {
          this.#stopped = !this.#take(readFrame(chunk.subarray(at, at + bytes)))
          at += bytes
          continue
        }
      }
      at += this.#collect(chunk, at)
    }
  }

  #frameBytes(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32BE(at + 4) + FRAME_PREFIX_BYTES
    if (length < FRAME_HEADER_BYTES || length > this.#maxFrameBytes) {
      throw new BadBytes(`a frame of ${length} bytes, expected ${FRAME_HEADER_BYTES} to ${this.#maxFrameBytes}`)
    }
    return length
  }

  /** Copies what belongs to the frame that is not whole; returns how much that was. */
  #collect(chunk: Buffer, at: number): number {
    const wanted = this.#have < FRAME_PREFIX_BYTES ? FRAME_PREFIX_BYTES : this.#frameBytes(this.#partial, 0)
    const count = Math.min(wanted - this.#have, chunk.length - at)
    this.#reserve(this.#have + count, wanted)
    this.#partial.set(chunk.subarray(at, at + count), this.#have)
    this.#have += count
    if (this.#have === wanted && this.#have > FRAME_PREFIX_BYTES) {
      const frame = this.#partial.subarray(0, this.#have)
      this.#partial = NOTHING
      this.#have = 0
      this.#stopped = !this.#take(readFrame(frame))
    }
    return count
  }

  #reserve(needed: number, wanted: number): void {
    if (needed <= this.#partial.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(wanted, Math.max(FIRST_BYTES, 2 * this.#partial.length))))
    grown.set(this.#partial.subarray(0, this.#have))
    this.#partial = grown
  }
}
