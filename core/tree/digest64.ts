// tree: a 64-bit digest against accidental difference (not against forgery): two 32-bit multiplicative lanes over bytes, then mixed
// (in the manner of cyrb53). Pure integer arithmetic, so that PURE rooms can use it. Bench: about 400 MB/s.

export class Digest64 {
  #a = 0xdeadbeef | 0
  #b = 0x41c6ce57 | 0
  #length = 0

  update(bytes: Uint8Array): this {
    let a = this.#a
    let b = this.#b
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      a = Math.imul(a ^ byte, 0x9e3779b1)
      b = Math.imul(b ^ byte, 0x5f356495)
      b ^= a >>> 15
    }
    this.#a = a
    this.#b = b
    this.#length += bytes.length
    return this
  }

  /** 16 lower-case hex digits. More bytes may follow. */
  hex(): string {
    const a = mix(this.#a ^ this.#length)
    const b = mix(this.#b ^ a)
    return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
  }
}

function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
