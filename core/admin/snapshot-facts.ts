// admin: what `POST /snapshot` says about the snapshot before its bytes.

/** The header that carries {@link SnapshotFacts} as JSON. */
export const SNAPSHOT_FACTS_HEADER = 'Zoarium-Snapshot'

export interface SnapshotFacts {
  readonly index: number
  /** Hexadecimal with 0x, as ZooKeeper's tools print it. */
  readonly zxid: string
  readonly nodes: number
  readonly sessions: number
  /** For a progress display. */
  readonly approximateBytes: number
}
