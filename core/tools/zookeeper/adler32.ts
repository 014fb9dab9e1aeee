// tools: Adler-32 (RFC 1950), with which ZooKeeper checks its snapshots and log records. node:zlib keeps its own to itself.

const MODULUS = 65_521
/** So many bytes fit before the sums leave 32 bits. */
const RUN = 5552

/** The running checksum of a stream. */
export class Adler32 {
  #a = 1
  #b = 0

  /** Adds `bytes` from `start` to `end`. */
  update(bytes: Uint8Array, start = 0, end: number = bytes.length): this {
    let a = this.#a
    let b = this.#b
    for (let at = start; at < end; ) {
      const stop = Math.min(at + RUN, end)
      for (; at < stop; at++) {
        a += bytes[at] as number
        b += a
      }
      a %= MODULUS
      b %= MODULUS
    }
    this.#a = a
    this.#b = b
    return this
  }

  /** The checksum so far, an unsigned 32-bit number. */
  get value(): number {
    return ((this.#b << 16) | this.#a) >>> 0
  }
}

/** The checksum of one piece. */
export function adler32(bytes: Uint8Array): number {
  return new Adler32().update(bytes).value
}
