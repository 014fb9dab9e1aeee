// tree: names and data of all znodes, outside the JavaScript heap: no object, no header and no work for the garbage collector per value. PURE.
//
// A value lies in a slot of its size class; pages hold slots of one class. Longer values are a Buffer each.
//
//   class     8 16 24 ... 128 | 144 ... 256 | 288 ... 512 | 576 ... 1024 | longer
//   page      [slot][slot][slot]...   64 KiB at most, a power of two of slots     [bytes......pad]
//
// The place of a value is its class, which follows from its length, and its slot: whoever keeps a value keeps both numbers. A page that
// has become empty goes back to the system.

import { assert } from '../support/assert.ts'
import type { Writer } from '../wire/writer.ts'
import { hashBytes } from './digest-sum.ts'
import { SlotPages } from './slot-pages.ts'

/** Longer values are a Buffer of their own. */
const MOST_SLAB_BYTES = 1024
const PAGE_BYTES = 65_536

interface Page {
  readonly bytes: Buffer
  readonly view: DataView
}

class SizeClass {
  readonly slots: SlotPages
  readonly #bits: number
  readonly #size: number
  readonly #pages: (Page | undefined)[] = []

  constructor(size: number) {
    this.#size = size
    this.#bits = 31 - Math.clz32(PAGE_BYTES / size)
    this.slots = new SlotPages(this.#bits)
  }

  take(): number {
    const slot = this.slots.take()
    const number = slot >>> this.#bits
    if (this.#pages[number] === undefined) {
      const bytes = Buffer.allocUnsafeSlow(this.#size << this.#bits)
      this.#pages[number] = { bytes, view: new DataView(bytes.buffer) }
    }
    return slot
  }

  release(slot: number): void {
    if (this.slots.release(slot)) this.#pages[slot >>> this.#bits] = undefined
  }

  write(slot: number, value: string | Uint8Array): void {
    const { bytes } = this.page(slot)
    if (typeof value === 'string') bytes.write(value, this.offset(slot), 'latin1')
    else bytes.set(value, this.offset(slot))
  }

  page(slot: number): Page {
    return this.#pages[slot >>> this.#bits] as Page
  }

  offset(slot: number): number {
    return (slot & ((1 << this.#bits) - 1)) * this.#size
  }
}

const CLASS_SIZES: readonly number[] = classSizes()
/** The class of every length up to MOST_SLAB_BYTES. */
const CLASS_OF: Uint8Array = classOfLengths()

/** Strings of a code unit below 256 per byte count as bytes. */
export class ByteSlab {
  readonly #classes: readonly SizeClass[] = CLASS_SIZES.map((size) => new SizeClass(size))
  /** Values that are too long for a page, by slot. */
  readonly #long: (Buffer | undefined)[] = []
  readonly #freeLong: number[] = []

  /** Copies a value in and returns its slot. The empty one takes none. */
  store(value: string | Uint8Array): number {
    const { length } = value
    if (length > MOST_SLAB_BYTES) return this.#storeLong(value)
    if (length === 0) return 0
    const sizeClass = this.#classOf(length)
    const slot = sizeClass.take()
    sizeClass.write(slot, value)
    return slot
  }

  /** Copies in what lies in `source` from `start` to `end`, which is not empty. Up to three bytes after that are read. */
  storeWords(source: DataView, start: number, end: number): number {
    const length = end - start
    if (length > MOST_SLAB_BYTES) return this.#storeLong(new Uint8Array(source.buffer, source.byteOffset + start, length))
    const sizeClass = this.#classOf(length)
    const slot = sizeClass.take()
    const { view } = sizeClass.page(slot)
    const at = sizeClass.offset(slot)
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, source.getInt32(start + i, true), true)
    return slot
  }

  /** Puts a value in the place of one of `oldLength` bytes and returns its slot: the same one if the size class is. */
  replace(slot: number, oldLength: number, value: string | Uint8Array): number {
    const { length } = value
    if (length > 0 && length <= MOST_SLAB_BYTES && oldLength > 0 && oldLength <= MOST_SLAB_BYTES) {
      const sizeClass = this.#classOf(length)
      if (sizeClass === this.#classOf(oldLength)) {
        sizeClass.write(slot, value)
        return slot
      }
    }
    this.release(slot, oldLength)
    return this.store(value)
  }

  release(slot: number, length: number): void {
    if (length === 0) return
    if (length <= MOST_SLAB_BYTES) {
      this.#classOf(length).release(slot)
      return
    }
    assert(this.#long[slot] !== undefined, 'a value that is given back was kept')
    this.#long[slot] = undefined
    this.#freeLong.push(slot)
  }

  /** Whether a value that is not empty is what lies in `other` from `start` on. Up to three bytes after that are read. */
  equals(slot: number, length: number, other: DataView, start: number): boolean {
    if (length > MOST_SLAB_BYTES) {
      const bytes = this.#longAt(slot)
      for (let i = 0; i < length; i++) if (bytes[i] !== other.getUint8(start + i)) return false
      return true
    }
    const sizeClass = this.#classOf(length)
    const { view } = sizeClass.page(slot)
    const at = sizeClass.offset(slot)
    const whole = (length - 1) & ~3
    for (let i = 0; i < whole; i += 4) if (view.getInt32(at + i, true) !== other.getInt32(start + i, true)) return false
    // The last word counts as far as the value goes.
    const difference = view.getInt32(at + whole, true) ^ other.getInt32(start + whole, true)
    return difference << (8 * (whole + 4 - length)) === 0
  }

  /** A hash of the first `most` bytes of a value that is not empty. */
  hash(slot: number, length: number, most: number): number {
    const hashed = Math.min(length, most)
    if (length > MOST_SLAB_BYTES) {
      const { buffer, byteOffset } = this.#longAt(slot)
      return hashBytes(new DataView(buffer, byteOffset, length), 0, hashed, 0)
    }
    const sizeClass = this.#classOf(length)
    return hashBytes(sizeClass.page(slot).view, sizeClass.offset(slot), hashed, 0)
  }

  utf8(slot: number, length: number): string {
    if (length > MOST_SLAB_BYTES) return this.#longAt(slot).toString('utf8')
    const sizeClass = this.#classOf(length)
    const at = sizeClass.offset(slot)
    return sizeClass.page(slot).bytes.toString('utf8', at, at + length)
  }

  /** A value as a string of a code unit per byte if it is short, the Buffer in which it lies (read only) if it is long. */
  value(slot: number, length: number): string | Buffer {
    if (length > MOST_SLAB_BYTES) return this.#longAt(slot)
    const sizeClass = this.#classOf(length)
    const at = sizeClass.offset(slot)
    return sizeClass.page(slot).bytes.toString('latin1', at, at + length)
  }

  /** A copy of a short value, a long one itself (read only). */
  buffer(slot: number, length: number): Buffer {
    if (length > MOST_SLAB_BYTES) return this.#longAt(slot)
    const sizeClass = this.#classOf(length)
    const at = sizeClass.offset(slot)
    return Buffer.from(sizeClass.page(slot).bytes.subarray(at, at + length))
  }

  /** Writes the bytes without a length field. */
  writeTo(w: Writer, slot: number, length: number): void {
    if (length > MOST_SLAB_BYTES) {
      w.raw(this.#longAt(slot))
      return
    }
    const sizeClass = this.#classOf(length)
    w.words(sizeClass.page(slot).view, sizeClass.offset(slot), length)
  }

  #classOf(length: number): SizeClass {
    return this.#classes[CLASS_OF[length] as number] as SizeClass
  }

  #longAt(slot: number): Buffer {
    const value = this.#long[slot]
    assert(value !== undefined, 'a long value is in its slot')
    return value
  }

  #storeLong(value: string | Uint8Array): number {
    const slot = this.#freeLong.pop() ?? this.#long.length
    const copy = Buffer.allocUnsafeSlow(value.length)
    if (typeof value === 'string') copy.write(value, 'latin1')
    else copy.set(value)
    this.#long[slot] = copy
    return slot
  }
}

function classSizes(): number[] {
  const sizes: number[] = []
  for (let size = 8; size <= MOST_SLAB_BYTES; size += size < 128 ? 8 : size < 256 ? 16 : size < 512 ? 32 : 64) sizes.push(size)
  return sizes
}

function classOfLengths(): Uint8Array {
  const classes = new Uint8Array(MOST_SLAB_BYTES + 1)
  for (let length = 0, at = 0; length <= MOST_SLAB_BYTES; length++) {
    if (length > (CLASS_SIZES[at] as number)) at++
    classes[length] = at
  }
  return classes
}
