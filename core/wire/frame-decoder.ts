// wire: cuts a stream of chunks into frames.
//
//   stream   [len:i32][len bytes] [len:i32][len bytes] ...        len is checked before anything else happens; of a frame that is too
//                                                                 long only the first 8 bytes are waited for: they say whose it is
//
//   chunk holds the whole frame     -> handed on where it lies, nothing is copied
//   frame spans chunks              -> its bytes are collected in a buffer that doubles with what has arrived, up to len: a peer that
//                                      claims a megabyte and sends ten bytes costs a small constant, one that drips bytes no more
//                                      than twice what it sent
//   receiver returned false         -> the rest of the chunk is kept until the next push: copied once, or as it is if the chunk is the decoder's own
//                                      and most of it is rest

import { FrameTooLarge, ProtocolError } from './protocol-error.ts'

const LENGTH_BYTES = 4
/** Header of a request: xid and op. */
const HEAD_BYTES = 8
/** What a partial frame may take before its bytes have come. */
const FIRST_BYTES = 256
const NOTHING: Buffer = Buffer.alloc(0)

/** Takes one frame's body, `bytes` from `start` to `end`. Returns false to be given no more for now. */
export type FrameReceiver = (bytes: Buffer, start: number, end: number) => boolean

export class FrameDecoder {
  readonly #maxFrameBytes: number
  readonly #ownsChunks: boolean
  /** Chunks kept after a stop, oldest first; the first is read up to #keptOffset. */
  #kept: Buffer[] = []
  #keptOffset = 0
  #keptBytes = 0
  /** A length field that is split over chunks. */
  #lengthField = 0
  #lengthFieldBytes = 0
  /** A frame that is split over chunks: -1 when there is none. */
  #frameLength = -1
  #frame: Buffer = NOTHING
  #frameBytes = 0
  #stopped = false
  #failure: string | null = null

  /** `ownsChunks`: nobody writes into a chunk again after it was pushed. */
  constructor(maxFrameBytes: number, ownsChunks = false) {
    this.#maxFrameBytes = maxFrameBytes
    this.#ownsChunks = ownsChunks
  }

  /** Bytes that have come and were not handed on yet. */
  get pendingBytes(): number {
    return this.#keptBytes + this.#lengthFieldBytes + this.#frameBytes + (this.#frameLength < 0 ? 0 : LENGTH_BYTES)
  }

  /**
   * Hands on every whole frame, oldest first. A receiver that returns false has consumed its frame and gets the next one with the next
   * push, which may be an empty chunk. A receiver that keeps bytes copies them: they may be overwritten, or be part of much more.
   * A receiver must not push. When this throws, by the receiver or by a ProtocolError of its own, the stream is lost.
   */
  push(chunk: Buffer, onFrame: FrameReceiver): void {
    if (this.#failure !== null) throw new ProtocolError(this.#failure)
    if (this.#kept.length > 0) {
      if (chunk.length > 0) this.#keep(chunk, 0)
      this.#consumeKept(onFrame)
      return
    }
    const at = this.#consume(chunk, 0, onFrame)
    if (at < chunk.length) this.#keep(chunk, at)
  }

  #keep(chunk: Buffer, from: number): void {
    const rest = chunk.subarray(from)
    this.#kept.push(this.#ownsChunks && rest.length * 2 >= chunk.length ? rest : Buffer.from(rest))
    this.#keptBytes += rest.length
  }

  #consumeKept(onFrame: FrameReceiver): void {
    const kept = this.#kept
    let done = 0
    for (const chunk of kept) {
      const from = this.#keptOffset
      const at = this.#consume(chunk, from, onFrame)
      this.#keptBytes -= at - from
      this.#keptOffset = at
      if (at < chunk.length) break
      this.#keptOffset = 0
      done += 1
      if (this.#stopped) break
    }
    this.#kept = done === kept.length ? [] : kept.slice(done)
  }

  /** Returns where it stopped: the chunk's end, or earlier when the receiver wanted no more. */
  #consume(chunk: Buffer, from: number, onFrame: FrameReceiver): number {
    const end = chunk.length
    let at = from
    this.#stopped = false
    while (at < end) {
      if (this.#frameLength < 0) {
        at = this.#readLength(chunk, at)
        if (this.#frameLength < 0) return end
      }
      const length = this.#frameLength
      if (this.#frameBytes === 0 && length <= end - at) {
        this.#frameLength = -1
        const start = at
        at += length
        this.#stopped = !onFrame(chunk, start, at)
        if (this.#stopped) return at
        continue
      }
      at += this.#collect(chunk, at)
      if (this.#frameBytes < length) return end
      const frame = this.#frame
      this.#frame = NOTHING
      this.#frameBytes = 0
      this.#frameLength = -1
      this.#stopped = !onFrame(frame, 0, length)
      if (this.#stopped) return at
    }
    return at
  }

  /** Reads a length field or the part of it that is there; sets #frameLength when it is whole. */
  #readLength(chunk: Buffer, from: number): number {
    let at = from
    while (this.#lengthFieldBytes < LENGTH_BYTES) {
      if (at === chunk.length) return at
      this.#lengthField = (this.#lengthField << 8) | (chunk[at] as number)
      this.#lengthFieldBytes += 1
      at += 1
    }
    const length = this.#lengthField
    this.#lengthField = 0
    this.#lengthFieldBytes = 0
    if (length < 0) this.#fail(new ProtocolError(this.#problem(length)))
    if (length > this.#maxFrameBytes) {
      // What came with the length tells which request it was, for the log. Nobody waits for more of it.
      this.#fail(new FrameTooLarge(this.#problem(length), Buffer.from(chunk.subarray(at, at + Math.min(HEAD_BYTES, length)))))
    }
    this.#frameLength = length
    return at
  }

  /** Copies what belongs to the split frame; returns how much that was. */
  #collect(chunk: Buffer, from: number): number {
    const count = Math.min(chunk.length - from, this.#frameLength - this.#frameBytes)
    const needed = this.#frameBytes + count
    if (needed > this.#frame.length) {
      const capacity = Math.min(this.#frameLength, Math.max(FIRST_BYTES, needed, this.#frame.length * 2))
      const grown = Buffer.allocUnsafeSlow(capacity)
      this.#frame.copy(grown, 0, 0, this.#frameBytes)
      this.#frame = grown
    }
    chunk.copy(this.#frame, this.#frameBytes, from, from + count)
    this.#frameBytes = needed
    return count
  }

  #problem(length: number): string {
    return `frame length ${length} is outside 0..${this.#maxFrameBytes}`
  }

  #fail(error: ProtocolError): never {
    this.#failure = error.message
    this.#kept = []
    this.#keptBytes = 0
    throw error
  }
}
