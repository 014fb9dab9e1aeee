// tree: a path's bytes and hash for a look-up, in one buffer that is used again and again. PURE.

import { type HashKey, pathHash } from './path-hash.ts'

const INITIAL_BYTES = 1024
/** Up to this many units are copied here: the call into the engine's encoder costs more. */
const SHORT_UNITS = 64
const SLASH = 0x2f

export class PathBytes {
  readonly #key: HashKey
  #path = ''
  #bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  #end = 0
  #hash: number

  constructor(key: HashKey) {
    this.#key = key
    this.#hash = pathHash(key, this.#bytes, 0, 0)
  }

  /** The path from 0 to {@link end}; valid until the next {@link set}. */
  get bytes(): Buffer {
    return this.#bytes
  }

  get end(): number {
    return this.#end
  }

  get hash(): number {
    return this.#hash
  }

  /** Where the last component begins. */
  get nameStart(): number {
    let at = this.#end
    while (at > 0 && this.#bytes[at - 1] !== SLASH) at--
    return at
  }

  /** Encodes `path`, unless it is the one that is there: a write looks for its path, then enters it. Units that make no character become U+FFFD, which no node has in its path. */
  set(path: string): void {
    if (path === this.#path) return
    this.#path = path
    if (path.length * 3 > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(path.length * 3)
    this.#end = path.length <= SHORT_UNITS ? this.#copy(path) : this.#bytes.write(path, 0, 'utf8')
    this.#hash = pathHash(this.#key, this.#bytes, 0, this.#end)
  }

  #copy(path: string): number {
    const b = this.#bytes
    const { length } = path
    for (let i = 0; i < length; i++) {
      const unit = path.charCodeAt(i)
      if (unit > 0x7f) return b.write(path, 0, 'utf8')
      b[i] = unit
    }
    return length
  }
}
