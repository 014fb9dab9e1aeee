// recipes: between which two moments of the tree a cache stands.

/** All that happened up to the floor is contained, nothing that happened after the ceiling. */
export class ZxidWindow {
  #floor = 0n
  #ceiling = 0n
  #heard = 0n

  get floor(): bigint {
    return this.#floor
  }

  get ceiling(): bigint {
    return this.#ceiling
  }

  /** The newest event. */
  get heard(): bigint {
    return this.#heard
  }

  /** An event came; `null` where the server does not tell its zxid. */
  hear(zxid: bigint | null): void {
    if (zxid !== null && zxid > this.#heard) this.#heard = zxid
  }

  /** Something that happened at `zxid` is contained. */
  lift(zxid: bigint): void {
    if (zxid > this.#ceiling) this.#ceiling = zxid
  }

  /** Everything that happened up to `zxid` is. */
  raise(zxid: bigint): void {
    if (zxid > this.#floor) this.#floor = zxid
    this.lift(this.#floor)
  }

  /** Everything that was heard of is read: one moment of the tree. */
  settle(): void {
    this.lift(this.#heard)
    this.raise(this.#ceiling)
  }
}
