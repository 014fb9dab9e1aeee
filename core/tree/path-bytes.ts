// tree: a path's bytes for a look-up, in one buffer that is used again and again. PURE.

const INITIAL_BYTES = 1024
/** Up to this many units are copied here: the call into the engine's encoder costs more. */
const SHORT_UNITS = 32
const SLASH = 0x2f

export class PathBytes {
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  /** Where the path ends. */
  end = 0

  /** Encodes `path`. Units that make no character become U+FFFD, which no node has in its path. */
  set(path: string): void {
    const { length } = path
    if (length * 3 > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(length * 3)
    const b = this.bytes
    if (length > SHORT_UNITS) {
      this.end = b.write(path, 0, 'utf8')
      return
    }
    for (let i = 0; i < length; i++) {
      const unit = path.charCodeAt(i)
      if (unit > 0x7f) {
        this.end = b.write(path, 0, 'utf8')
        return
      }
      b[i] = unit
    }
    this.end = length
  }

  /** Where the last component begins. */
  get nameStart(): number {
    let at = this.end
    while (at > 0 && this.bytes[at - 1] !== SLASH) at--
    return at
  }
}
