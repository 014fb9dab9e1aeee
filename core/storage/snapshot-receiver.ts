// storage: who takes a snapshot in while it is read. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'

/**
 * Takes the pieces of a snapshot as they are read and checked one by one, so that it never lies in memory as a whole. What came is worth nothing until
 * the opening has ended without an error: the file as a whole may still turn out damaged, then an older one begins.
 */
export interface SnapshotReceiver {
  /** A snapshot begins; what was taken of another one is void. */
  begin(meta: SnapshotMeta, totalBytes: number): void
  /** The next piece, good until the call returns. An error ends the opening with that error, which is never taken for damage. */
  take(chunk: Buffer): void
}
