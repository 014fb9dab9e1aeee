// wire: a bounds-checked cursor over one frame's body. Every length is checked against what is left before anything is allocated.
//
// jute: int and long are big-endian two's complement, boolean one byte, ustring and buffer are int length + bytes (-1 = null),
// vector is int count + items (-1 = null).

import { int64ToBigInt, joinInt64 } from '../support/int64.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * Strings up to this many bytes are built here: the call into the engine's decoder costs more (8 bytes: 155 against 255 ns with the look-up
 * in a Map that follows; from 13 on the engine makes a rope of concatenated pieces, and the decoder wins).
 */
const SHORT_STRING_BYTES = 12

export class Reader {
  #bytes: Buffer
  #position: number
  #end: number

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes
    this.#position = start
    this.#end = end
  }

  /** Points the cursor at other bytes, so that one Reader serves a whole connection. */
  reset(bytes: Buffer, start: number, end: number): this {
    this.#bytes = bytes
    this.#position = start
    this.#end = end
    return this
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#end - this.#position
  }

  /** What it reads from. */
  get bytes(): Buffer {
    return this.#bytes
  }

  int32(): number {
    return this.#int32At(this.#take(4))
  }

  /** A signed 64-bit value as a number; inexact beyond 2^53. For zxids, times and TTLs, whose valid values are below it. */
  int64(): number {
    const at = this.#take(8)
    return joinInt64(this.#int32At(at), this.#int32At(at + 4))
  }

  int64BigInt(): bigint {
    const at = this.#take(8)
    return int64ToBigInt(this.#int32At(at), this.#int32At(at + 4))
  }

  uint8(): number {
    return this.#bytes[this.#take(1)] as number
  }

  boolean(): boolean {
    return this.#bytes[this.#take(1)] !== 0
  }

  /** A nullable string. Bytes that are not UTF-8 become U+FFFD, never an error. */
  ustring(): string | null {
    const length = this.#length('string')
    if (length < 0) return null
    const at = this.#take(length)
    return this.text(at, at + length)
  }

  /** Passes over a nullable string: returns where its bytes begin, -1 for null. They end at {@link position}. */
  skipString(): number {
    const length = this.#length('string')
    return length < 0 ? -1 : this.#take(length)
  }

  /** Passes over a nullable buffer: returns where its bytes begin, -1 for null. They end at {@link position}. */
  skipBuffer(): number {
    const length = this.#length('buffer')
    return length < 0 ? -1 : this.#take(length)
  }

  /** Passes over `length` bytes and returns where they begin. */
  skip(length: number): number {
    return this.#take(length)
  }

  /** Passes over `expected` if that is what comes next; says whether it was. */
  skipIf(expected: Uint8Array): boolean {
    const at = this.#position
    const { length } = expected
    if (length > this.#end - at) return false
    const b = this.#bytes
    for (let i = 0; i < length; i++) if (b[at + i] !== expected[i]) return false
    this.#position = at + length
    return true
  }

  /** The string whose bytes lie from `start` to `end`. */
  text(start: number, end: number): string {
    return end - start <= SHORT_STRING_BYTES ? this.#shortString(start, end) : this.#bytes.toString('utf8', start, end)
  }

  /** A nullable buffer, as a view: copy what outlives the frame. */
  buffer(): Buffer | null {
    const length = this.#length('buffer')
    if (length < 0) return null
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /** Exactly `length` bytes without a length field, as a view. */
  raw(length: number): Buffer {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /**
   * The count of a vector, -1 for null; any other negative count is an empty vector, as in ZooKeeper (BinaryInputArchive). An item takes at least `minItemBytes`, so a count that cannot fit in what is left
   * is refused before anybody allocates by it.
   */
  vectorCount(minItemBytes: number): number {
    const count = this.int32()
    if (count < 0) return count === -1 ? -1 : 0
    if (count * minItemBytes > this.remaining) {
      throw new ProtocolError(`vector claims ${count} items, ${this.remaining} bytes are left`)
    }
    return count
  }

  /** Throws unless every byte was read. */
  expectEnd(what: string): void {
    if (this.#position !== this.#end) throw new ProtocolError(`${what}: ${this.remaining} bytes too many`)
  }

  /** Four characters a step while they are ASCII; anything else is the decoder's. */
  #shortString(start: number, end: number): string {
    const b = this.#bytes
    let text = ''
    let at = start
    for (; at + 4 <= end; at += 4) {
      const c0 = b[at] as number
      const c1 = b[at + 1] as number
      const c2 = b[at + 2] as number
      const c3 = b[at + 3] as number
      if ((c0 | c1 | c2 | c3) > 0x7f) return b.toString('utf8', start, end)
      text += String.fromCharCode(c0, c1, c2, c3)
    }
    for (; at < end; at++) {
      const c = b[at] as number
      if (c > 0x7f) return b.toString('utf8', start, end)
      text += String.fromCharCode(c)
    }
    return text
  }

  #int32At(at: number): number {
    const b = this.#bytes
    return ((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)
  }

  #length(what: string): number {
    const length = this.int32()
    if (length < -1) throw new ProtocolError(`negative ${what} length ${length}`)
    return length
  }

  #take(length: number): number {
    const at = this.#position
    if (length > this.#end - at) throw new ProtocolError(`${length} bytes expected, ${this.#end - at} are left`)
    this.#position = at + length
    return at
  }
}
