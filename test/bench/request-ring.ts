// bench: the requests of one connection, encoded once; sending patches four bytes of xid (and eight hex digits of a new name).
//
//   bytes   [frame 0][frame 1] ... [frame S-1]        S slots, used round and round
//                 ^expected        ^next              between them: sent, not yet answered
//
// A slot is used again only after its reply has come, so the socket may still hold the bytes while they are unchanged, and a reply
// can be compared with the request that is still there.

import { OpCode } from '../../core/wire/op-codes.ts'
import { Writer } from '../../core/wire/writer.ts'

/** What a slot asks for. `node` is the connection's own number of the znode: the reply checker follows its version. */
export type RequestSpec =
  | { readonly kind: 'getData'; readonly node: number; readonly path: string; readonly data: Uint8Array }
  | { readonly kind: 'setData'; readonly node: number; readonly path: string; readonly data: Uint8Array }
  | { readonly kind: 'multiSet'; readonly nodes: readonly { node: number; path: string }[]; readonly data: Uint8Array }
  /** A new name each time: the prefix and eight hex digits that count up. */
  | { readonly kind: 'create'; readonly prefix: string; readonly data: Uint8Array }
  | { readonly kind: 'delete'; readonly prefix: string }
  /**
   * Makes znode number n of a large tree, counting up: `<directoryPrefix><n / perDirectory><namePrefix><n>` with eight hex digits each.
   * The data starts with the digits of n.
   */
  | {
      readonly kind: 'fill'
      readonly directoryPrefix: string
      readonly namePrefix: string
      readonly perDirectory: number
      readonly data: Uint8Array
    }

/** Digits that a counted name ends in. */
export const COUNTER_DIGITS = 8
const COUNTER_ZERO = '0'.repeat(COUNTER_DIGITS)
const HEX = Buffer.from('0123456789abcdef', 'latin1')

const ALL_PERMISSIONS = 31

function writeWorldAcl(w: Writer): void {
  w.int32(1)
  w.int32(ALL_PERMISSIONS)
  w.ustring('world')
  w.ustring('anyone')
}

function writeMultiHeader(w: Writer, type: number, done: boolean): void {
  w.int32(type)
  w.boolean(done)
  w.int32(-1)
}

/** Writes one request frame with xid 0. */
export function writeRequestFrame(w: Writer, spec: RequestSpec): void {
  const frame = w.beginFrame()
  w.int32(0)
  switch (spec.kind) {
    case 'getData':
      w.int32(OpCode.getData)
      w.ustring(spec.path)
      w.boolean(false)
      break
    case 'setData':
      w.int32(OpCode.setData)
      w.ustring(spec.path)
      w.buffer(spec.data)
      w.int32(-1)
      break
    case 'multiSet':
      w.int32(OpCode.multi)
      for (const { path } of spec.nodes) {
        writeMultiHeader(w, OpCode.setData, false)
        w.ustring(path)
        w.buffer(spec.data)
        w.int32(-1)
      }
      writeMultiHeader(w, -1, true)
      break
    case 'create':
      w.int32(OpCode.create)
      w.ustring(spec.prefix + COUNTER_ZERO)
      w.buffer(spec.data)
      writeWorldAcl(w)
      w.int32(0)
      break
    case 'fill':
      w.int32(OpCode.create)
      w.ustring(spec.directoryPrefix + COUNTER_ZERO + spec.namePrefix + COUNTER_ZERO)
      w.buffer(spec.data)
      writeWorldAcl(w)
      w.int32(0)
      break
    case 'delete':
      w.int32(OpCode.delete)
      w.ustring(spec.prefix + COUNTER_ZERO)
      w.int32(-1)
      break
  }
  w.endFrame(frame)
}

const FRAME_LENGTH_BYTES = 4
const REQUEST_HEADER_BYTES = 8
const DATA_LENGTH_BYTES = 4
/** Where the path begins in a frame of create or delete: after the frame length, the header and the path's length. */
export const PATH_OFFSET: number = FRAME_LENGTH_BYTES + REQUEST_HEADER_BYTES + 4

/** Bytes of the path that a spec with counted names creates or deletes. */
export function countedPathBytes(spec: RequestSpec & { kind: 'create' | 'delete' | 'fill' }): number {
  if (spec.kind !== 'fill') return Buffer.byteLength(spec.prefix) + COUNTER_DIGITS
  return Buffer.byteLength(spec.directoryPrefix) + Buffer.byteLength(spec.namePrefix) + 2 * COUNTER_DIGITS
}

export class RequestRing {
  readonly specs: readonly RequestSpec[]
  readonly bytes: Buffer
  /** `starts[slot]` is where the frame of the slot begins, `starts[slots]` where the last one ends. */
  readonly starts: Int32Array
  /** When each slot's latency starts: sent (closed loop) or due (open loop), in milliseconds. */
  readonly startedMs: Float64Array
  readonly slots: number
  readonly #counterAt: Int32Array
  #next = 0
  #expected = 0
  #outstanding = 0
  #nextXid = 1
  #expectedXid = 1
  #counter: number
  #sent = 0

  /** `firstCounter`: where counted names start. */
  constructor(specs: readonly RequestSpec[], firstCounter = 0) {
    const w = new Writer(1 << 16)
    this.specs = specs
    this.slots = specs.length
    this.starts = new Int32Array(specs.length + 1)
    this.startedMs = new Float64Array(specs.length)
    this.#counterAt = new Int32Array(specs.length).fill(-1)
    this.#counter = firstCounter
    for (const [slot, spec] of specs.entries()) {
      const start = w.length
      this.starts[slot] = start
      writeRequestFrame(w, spec)
      if (spec.kind === 'create' || spec.kind === 'delete' || spec.kind === 'fill')
        this.#counterAt[slot] = start + PATH_OFFSET + countedPathBytes(spec) - COUNTER_DIGITS
    }
    this.starts[specs.length] = w.length
    this.bytes = w.take()
  }

  /** The slot whose reply must come next. */
  get expected(): number {
    return this.#expected
  }

  get expectedXid(): number {
    return this.#expectedXid
  }

  get outstanding(): number {
    return this.#outstanding
  }

  get free(): number {
    return this.slots - this.#outstanding
  }

  /** Requests handed out for sending so far. */
  get sent(): number {
    return this.#sent
  }

  /** Prepares the next slot for sending; its latency counts from `startedMs`. Returns the slot. */
  take(startedMs: number): number {
    if (this.#outstanding === this.slots) throw new Error('every slot of the request ring is in flight')
    const slot = this.#next
    const at = (this.starts[slot] as number) + FRAME_LENGTH_BYTES
    const xid = this.#nextXid
    const bytes = this.bytes
    bytes[at] = xid >>> 24
    bytes[at + 1] = xid >>> 16
    bytes[at + 2] = xid >>> 8
    bytes[at + 3] = xid
    const counterAt = this.#counterAt[slot] as number
    if (counterAt >= 0) this.#patchCounters(this.specs[slot] as RequestSpec, counterAt)
    this.startedMs[slot] = startedMs
    this.#nextXid = xid + 1
    this.#next = slot + 1 === this.slots ? 0 : slot + 1
    this.#outstanding += 1
    this.#sent += 1
    return slot
  }

  /** The reply to {@link expected} has come and was right. */
  answered(): void {
    this.#expectedXid += 1
    this.#expected = this.#expected + 1 === this.slots ? 0 : this.#expected + 1
    this.#outstanding -= 1
  }

  #patchCounters(spec: RequestSpec, at: number): void {
    const number = this.#counter++
    this.#patchDigits(at, number)
    if (spec.kind !== 'fill') return
    this.#patchDigits(at - spec.namePrefix.length - COUNTER_DIGITS, Math.floor(number / spec.perDirectory))
    this.#patchDigits(at + COUNTER_DIGITS + DATA_LENGTH_BYTES, number)
  }

  #patchDigits(at: number, number: number): void {
    let value = number
    for (let digit = COUNTER_DIGITS - 1; digit >= 0; digit--) {
      this.bytes[at + digit] = HEX[value & 15] as number
      value >>>= 4
    }
  }
}
