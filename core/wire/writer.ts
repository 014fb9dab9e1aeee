// wire: a growing slab into which whole frames are written back to back, so that one turn's replies leave in one socket write.
// Bench: test/bench (replies of a connection).
//
//   [len][frame][len][frame] ...        beginFrame() leaves room for the length, endFrame() fills it in
//
// A slab that was given away is replaced at the next write, by one as large as recent turns needed, so that idle connections hold none and
// busy ones do not grow theirs from nothing every turn.

import { highHalf, lowHalf } from '../support/int64.ts'

const INITIAL_BYTES = 512
const LEAST_BYTES = 16
/** The largest slab that is allocated ahead of need. */
const MOST_BYTES_AHEAD = 65_536
/** Strings up to this many units are copied here: the call into the engine's encoder costs more (16 units: 75 against 147 ns). */
const SHORT_STRING_UNITS = 24
const NOTHING: Buffer = Buffer.alloc(0)
const NO_VIEW: DataView = new DataView(NOTHING.buffer, 0, 0)
const MOST_BYTES_IN_WORDS = 128
/** {@link Writer.words} writes up to this many bytes too many. */
const WORD_SLACK = 3

export class Writer {
  /** Small slabs come from Node's pool: 0.2 us each against 1 us for memory of their own. */
  #bytes: Buffer = NOTHING
  /** The same bytes, for words of 32 bits: one store each instead of four. */
  #view: DataView = NO_VIEW
  #length = 0
  #nextCapacity: number

  constructor(initialBytes: number = INITIAL_BYTES) {
    this.#nextCapacity = Math.max(LEAST_BYTES, initialBytes)
  }

  /** Bytes written since the last {@link take} or {@link reset}. */
  get length(): number {
    return this.#length
  }

  /** Size of the slab, 0 while there is none. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** What was written, in place: valid until the next write or reset. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Hands over what was written; the slab is given away with it, so the bytes stay valid. */
  take(): Buffer {
    const out = this.#bytes.subarray(0, this.#length)
    this.#nextCapacity = nextCapacity(this.#length, this.#nextCapacity)
    this.#bytes = NOTHING
    this.#view = NO_VIEW
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

  /** Makes room for a record of fixed size, which the caller fills in with {@link setInt32} and {@link setInt64}. Returns where it begins. */
  reserve(bytes: number): number {
    return this.#reserve(bytes)
  }

  setInt32(at: number, value: number): void {
    this.#put32(at, value)
  }

  /** A safe integer as 64 bits. */
  setInt64(at: number, value: number): void {
    this.#put32(at, highHalf(value))
    this.#put32(at + 4, lowHalf(value))
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

  uint8(value: number): void {
    // The slab may be another one after reserving, so it is looked at afterwards.
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  boolean(value: boolean): void {
    this.uint8(value ? 1 : 0)
  }

  /** A nullable string; surrogates without a partner become U+FFFD. */
  ustring(value: string | null): void {
    if (value === null) {
      this.int32(-1)
      return
    }
    // Worst case three bytes a UTF-16 unit; the true length is known after writing.
    const at = this.#reserve(4 + value.length * 3)
    const length = value.length <= SHORT_STRING_UNITS ? this.#shortString(value, at + 4) : this.#bytes.write(value, at + 4, 'utf8')
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

  /** A string of code units below 256 as that many bytes, without a length field. */
  latin1(value: string): void {
    const at = this.#reserve(value.length)
    this.#bytes.write(value, at, 'latin1')
  }

  /** Bytes without a length field. */
  raw(value: Uint8Array): void {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
  }

  /**
   * Copies bytes, without a length field. Few of them in words of 32 bits: reads and writes up to three bytes too many then, so the source
   * must have those (40 bytes: 20 ns; a view and set() 43, copy() 90, a string's write() 75, byte by byte 90).
   */
  words(source: DataView, start: number, length: number): void {
    if (length > MOST_BYTES_IN_WORDS) {
      this.raw(new Uint8Array(source.buffer, source.byteOffset + start, length))
      return
    }
    const at = this.#reserve(length + WORD_SLACK)
    const view = this.#view
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, source.getInt32(start + i, true), true)
    this.#length = at + length
  }

  #reserve(length: number): number {
    const at = this.#length
    const needed = at + length
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#length = needed
    return at
  }

  #grow(needed: number): void {
    let capacity = Math.max(this.#nextCapacity, this.#bytes.length * 2)
    while (capacity < needed) capacity *= 2
    const grown = Buffer.allocUnsafe(capacity)
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.length)
  }

  /** Returns the bytes written; a character beyond ASCII hands the whole string to the encoder. */
  #shortString(value: string, at: number): number {
    const b = this.#bytes
    const length = value.length
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 0x7f) return b.write(value, at, 'utf8')
      b[at + i] = unit
    }
    return length
  }

  #put32(at: number, value: number): void {
    this.#view.setInt32(at, value)
  }
}

/** What the next slab starts with: room for as much as was just given away, shrinking by halves when less is needed. */
function nextCapacity(used: number, current: number): number {
  let capacity = Math.max(INITIAL_BYTES, current >>> 1)
  while (capacity < used && capacity < MOST_BYTES_AHEAD) capacity *= 2
  return capacity
}
