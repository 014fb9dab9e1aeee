// tree: a digest of a set, kept up while members come, go and change: the sum of a 64-bit hash of each (AdHash, as in ZooKeeper's DigestCalculator).
// Against accidents, not against forgery. Two 32-bit lanes of integers. PURE.
//
//   digest = h(member) + h(member) + ...      a change takes the old hash away and adds the new one; the order of changes does not matter

const LANE_A = 0x9e3779b1
const LANE_B = 0x5f356495
const SEED_A = 0x2545f491
const SEED_B = 0x41c6ce57

export class DigestSum {
  #a = 0
  #b = 0
  // Of the member that is being hashed.
  #x = SEED_A
  #y = SEED_B

  /** Upper and lower half of the sum, as int32. */
  get hi(): number {
    return this.#a
  }
  get lo(): number {
    return this.#b
  }

  /** The next member's hash begins. */
  begin(): this {
    this.#x = SEED_A
    this.#y = SEED_B
    return this
  }

  word(word: number): this {
    this.#x = stepA(this.#x, word)
    this.#y = stepB(this.#y, word)
    return this
  }

  /** A safe integer that is not negative. */
  int64(value: number): this {
    return this.word((value / 2 ** 32) | 0).word(value | 0)
  }

  words(words: Int32Array, from: number, to: number): this {
    let x = this.#x
    let y = this.#y
    for (let i = from; i < to; i++) {
      const word = words[i] as number
      x = stepA(x, word)
      y = stepB(y, word)
    }
    this.#x = x
    this.#y = y
    return this
  }

  /** The member whose hash was worked out is one of the set. */
  add(): void {
    this.#a = (this.#a + mix(this.#x)) | 0
    this.#b = (this.#b + mix(this.#y)) | 0
  }

  /** The member whose hash was worked out is one of the set no more. */
  take(): void {
    this.#a = (this.#a - mix(this.#x)) | 0
    this.#b = (this.#b - mix(this.#y)) | 0
  }
}

/** A 32-bit hash of bytes, a word at a time; up to three bytes after the last one are read. `seed` goes before them. */
export function hashBytes(view: DataView, start: number, length: number, seed: number): number {
  let h = seed ^ length
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) h = stepA(h, view.getInt32(start + i, true))
  const rest = length - whole
  if (rest > 0) h = stepA(h, view.getInt32(start + whole, true) & (-1 >>> (32 - 8 * rest)))
  return mix(h)
}

/** A 32-bit hash of a string's code units. */
export function hashString(text: string): number {
  let h = SEED_A ^ text.length
  for (let i = 0; i < text.length; i++) h = stepA(h, text.charCodeAt(i))
  return mix(h)
}

function stepA(h: number, word: number): number {
  const product = Math.imul(h ^ word, LANE_A)
  return product ^ (product >>> 15)
}

function stepB(h: number, word: number): number {
  const product = Math.imul(h ^ word, LANE_B)
  return product ^ (product >>> 13)
}

function mix(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
