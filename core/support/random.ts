// support: a small seeded pseudo-random generator (sfc32). Where a secret is needed the host uses node:crypto instead.

/** A source of pseudo-random numbers; equal seeds give equal sequences on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, bound). */
  below(bound: number): number
}

/** Chris Doty-Humphrey's sfc32: 128 bits of state, passes PractRand, only 32-bit integer operations. */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    this.#c = 0x9e3779b9 | 0
    for (let i = 0; i < 12; i++) this.#step()
  }

  next(): number {
    return this.#step() / 2 ** 32
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  #step(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result
    this.#c |= 0
    return result >>> 0
  }
}
