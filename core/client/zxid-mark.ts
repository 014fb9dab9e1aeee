// client: the newest zxid that replies told. Servers that are behind it turn this client away, so that its reads never go back in time.

import { int64ToBigInt, joinInt64 } from '../support/int64.ts'

const MAX_HI = 0x7fff_ffff

export class ZxidMark {
  #hi = 0
  #lo = 0

  get value(): bigint {
    return int64ToBigInt(this.#hi, this.#lo)
  }

  /**
   * The mark as it travels. Beyond 2^53 a number cannot tell all zxids apart: then it is the beginning of the epoch, which is older, so no
   * server that is up to date refuses it.
   */
  get seen(): number {
    const zxid = joinInt64(this.#hi, this.#lo)
    return Number.isSafeInteger(zxid) ? zxid : joinInt64(this.#hi, 0)
  }

  /** Moves forward only. Replies that tell none carry 0 or a negative one. */
  advance(hi: number, lo: number): void {
    if (hi > MAX_HI || hi < this.#hi || (hi === this.#hi && lo <= this.#lo)) return
    this.#hi = hi
    this.#lo = lo
  }

  reset(): void {
    this.#hi = 0
    this.#lo = 0
  }
}
