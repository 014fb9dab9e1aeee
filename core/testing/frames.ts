// testing: cuts a stream of the client protocol into frames without looking into them: a length of four bytes, then that many bytes.

const LENGTH_BYTES = 4
/** What stands in for a length that cannot be: the rest of the stream is one frame then, so that nothing is kept back. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024

export class Frames {
  #rest: Buffer = Buffer.alloc(0)

  /** The whole frames, with their lengths, that this chunk completes. */
  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const frames: Buffer[] = []
    while (this.#rest.length >= LENGTH_BYTES) {
      const length = this.#rest.readInt32BE(0)
      const end = length < 0 || length > MAX_FRAME_BYTES ? this.#rest.length : LENGTH_BYTES + length
      if (this.#rest.length < end) break
      frames.push(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end)
    }
    return frames
  }
}
