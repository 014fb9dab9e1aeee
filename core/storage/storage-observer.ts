// storage: what a store tells outside any call: failures nobody waited for, stalls, lack of room, damage. The host logs it and acts. PURE.

/** Damage that the scrubber found in a file at rest. */
export interface FoundDamage {
  /** The file, below the data directory. */
  readonly path: string
  /** Where in it, -1 if that cannot be said. */
  readonly offset: number
  /** First and last entry that the file holds or, for a snapshot, leads up to. */
  readonly firstIndex: number
  readonly lastIndex: number
  readonly problem: string
}

/** Room on the disk when client writes begin or cease to be refused. */
export interface RoomState {
  /** At the last look; a segment may have been made since. */
  readonly freeBytes: number
  readonly lowBytes: number
  readonly reserveBytes: number
  /** Why a segment could not be prepared, `null` if none was missing. */
  readonly shortage: string | null
}

/** Hears of what happens to a store. No method may call the store back before it returns. */
export interface StorageObserver {
  /** The store is dead: the first failed write or sync, also of one that no call waited for. Said once. */
  failed(error: Error): void
  /** An operation is pending for long. Said again while it goes on. */
  stalled(what: string, pendingMs: number): void
  /** What had been reported as stalled is over. */
  stallEnded(what: string, totalMs: number): void
  /** Client writes must be refused for this reason, or need not be any more (`null`). */
  roomChanged(refusal: string | null, room: RoomState): void
  /** The system does not tell how much room there is. Said once until it does again. */
  spaceUnknown(error: Error): void
  /** A new snapshot of the state would help: `saveSnapshot` as soon as possible. */
  snapshotWanted(reason: string): void
  damaged(damage: FoundDamage): void
  /** A damaged file that nothing needs any more was renamed. */
  movedAside(path: string, to: string): void
}
