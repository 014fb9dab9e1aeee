// tree: a path in UTF-8 that is kept while others are compared with it, as they come from a snapshot. PURE.

const SLASH = 0x2f
const DOT = 0x2e
const INITIAL_BYTES = 256

/** Copied and compared byte by byte: nearly all of what paths that follow each other have in common is their parent's. */
export class KeptPath {
  #bytes: Uint8Array = new Uint8Array(INITIAL_BYTES)
  #length = -1

  /** Whether none was kept yet. */
  get isEmpty(): boolean {
    return this.#length < 0
  }

  set(source: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(2 * length)
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) bytes[i] = source[start + i] as number
    this.#length = length
  }

  is(other: Uint8Array, start: number, end: number): boolean {
    if (end - start !== this.#length) return false
    const bytes = this.#bytes
    for (let i = 0; i < this.#length; i++) if (bytes[i] !== other[start + i]) return false
    return true
  }

  /** Positive if `other` comes after it in the order of a walk (tree-order.ts), 0 if it is the same. */
  compare(other: Uint8Array, start: number, end: number): number {
    const bytes = this.#bytes
    const length = end - start
    const own = this.#length
    // Of all paths the root alone ends with a slash: whatever follows it is below it.
    const shared = Math.min(length, own)
    for (let i = 0; i < shared; i++) {
      const x = other[start + i] as number
      const y = bytes[i] as number
      if (x !== y) return x === SLASH ? -1 : y === SLASH ? 1 : x - y
    }
    return length - own
  }
}

/** Whether bytes are a name in printable ASCII that {@link pathProblem} has nothing against, whatever comes before it. */
export function isPlainName(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || bytes[start] === DOT) return false
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte < 0x20 || byte > 0x7e) return false
  }
  return true
}
