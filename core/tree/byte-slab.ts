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
import { SlotPages } from './slot-pages.ts'

/** Longer values are a Buffer of their own. */
export const MOST_SLAB_BYTES = 1024
const PAGE_BYTES = 65_536
/** Up to this many bytes are copied and compared here: a call into the engine costs more. */
const SHORT_BYTES = 32

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

export class ByteSlab {
  readonly #classes: readonly SizeClass[] = CLASS_SIZES.map((size) => new SizeClass(size))
  /** Values that are too long for a page, by slot. */
  readonly #long: (Buffer | undefined)[] = []
  readonly #freeLong: number[] = []

  /** Copies bytes in and returns their slot. */
  store(source: Uint8Array, start: number, length: number): number {
    if (length > MOST_SLAB_BYTES) {
      const copy = Buffer.allocUnsafeSlow(length)
      copy.set(source.subarray(start, start + length))
      return this.#storeLong(copy)
    }
    const sizeClass = this.#classOf(length)
    const slot = sizeClass.take()
    const { bytes } = sizeClass.page(slot)
    const at = sizeClass.offset(slot)
    if (length <= SHORT_BYTES) for (let i = 0; i < length; i++) bytes[at + i] = source[start + i] as number
    else bytes.set(start === 0 && length === source.length ? source : source.subarray(start, start + length), at)
    return slot
  }

  /** The same for a string of code units below 256. */
  storeLatin1(text: string): number {
    if (text.length > MOST_SLAB_BYTES) return this.#storeLong(Buffer.from(text, 'latin1'))
    const sizeClass = this.#classOf(text.length)
    const slot = sizeClass.take()
    sizeClass.page(slot).bytes.write(text, sizeClass.offset(slot), 'latin1')
    return slot
  }

  release(slot: number, length: number): void {
    if (length <= MOST_SLAB_BYTES) {
      this.#classOf(length).release(slot)
      return
    }
    assert(this.#long[slot] !== undefined, 'a value that is given back was kept')
    this.#long[slot] = undefined
    this.#freeLong.push(slot)
  }

  equals(slot: number, length: number, other: Uint8Array, start: number): boolean {
    let bytes: Uint8Array
    let at = 0
    if (length > MOST_SLAB_BYTES) {
      bytes = this.#longAt(slot)
    } else {
      const sizeClass = this.#classOf(length)
      bytes = sizeClass.page(slot).bytes
      at = sizeClass.offset(slot)
    }
    for (let i = 0; i < length; i++) if (bytes[at + i] !== other[start + i]) return false
    return true
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

  #storeLong(value: Buffer): number {
    const slot = this.#freeLong.pop() ?? this.#long.length
    this.#long[slot] = value
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
