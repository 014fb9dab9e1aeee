// wire: a growing slab into which whole frames are written back to back, so that one turn's replies leave in one socket write.
// Bench: test/bench (replies of a connection).
//
//   [len][frame][len][frame] ...        beginFrame() leaves room for the length, endFrame() fills it in

import { highHalf, lowHalf } from '../support/int64.ts'

const INITIAL_BYTES = 512

export class Writer {
  #bytes: Buffer
  #length = 0

  constructor(initialBytes: number = INITIAL_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes)
  }

  /** Bytes written since the last {@link take} or {@link reset}. */
  get length(): number {
    return this.#length
  }

  /** Hands over what was written; the slab is given away with it, so the bytes stay valid. */
  take(): Buffer {
    const out = this.#bytes.subarray(0, this.#length)
    this.#bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES)
    this.#length = 0
    return out
  }

  /** A copy of what was written; the slab is kept and reused. */
  copy(): Buffer {
    const out = Buffer.allocUnsafe(this.#length)
    this.#bytes.copy(out, 0, 0, this.#length)
    this.#length = 0
    return out
  }

  /** Forgets what was written after `length`. */
  reset(length = 0): void {
    this.#length = length
  }

  /** Opens a frame and returns the token for {@link endFrame}. */
  beginFrame(): number {
    const at = this.#reserve(4)
    return at
  }

  /** Closes the frame opened at `token`: fills in its length. */
  endFrame(token: number): void {
    this.#put32(token, this.#length - token - 4)
  }

  int32(value: number): void {
    this.#put32(this.#reserve(4), value)
  }

  /** A safe integer as 64 bits. */
  int64(value: number): void {
    const at = this.#reserve(8)
    this.#put32(at, highHalf(value))
    this.#put32(at + 4, lowHalf(value))
  }

  /** Two uint32 halves as 64 bits. */
  int64Halves(hi: number, lo: number): void {
    const at = this.#reserve(8)
    this.#put32(at, hi)
    this.#put32(at + 4, lo)
  }

  int64BigInt(value: bigint): void {
    const at = this.#reserve(8)
    this.#put32(at, Number((value >> 32n) & 0xffff_ffffn))
    this.#put32(at + 4, Number(value & 0xffff_ffffn))
  }

  boolean(value: boolean): void {
    this.#bytes[this.#reserve(1)] = value ? 1 : 0
  }

  ustring(value: string | null): void {
    if (value === null) {
      this.int32(-1)
      return
    }
    // Worst case three bytes a UTF-16 unit; the true length is known after writing.
    const at = this.#reserve(4 + value.length * 3)
    const length = this.#bytes.write(value, at + 4, 'utf8')
    this.#put32(at, length)
    this.#length = at + 4 + length
  }

  buffer(value: Uint8Array | null): void {
    if (value === null) {
      this.int32(-1)
      return
    }
    this.int32(value.length)
    this.raw(value)
  }

  /** Bytes without a length field. */
  raw(value: Uint8Array): void {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
  }

  #reserve(length: number): number {
    const at = this.#length
    const needed = at + length
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#length = needed
    return at
  }

  #grow(needed: number): void {
    let capacity = this.#bytes.length * 2
    while (capacity < needed) capacity *= 2
    const grown = Buffer.allocUnsafeSlow(capacity)
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }

  #put32(at: number, value: number): void {
    const b = this.#bytes
    b[at] = value >>> 24
    b[at + 1] = value >>> 16
    b[at + 2] = value >>> 8
    b[at + 3] = value
  }
}
