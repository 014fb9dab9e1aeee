// server: what a start tells about how far it is.

/** How far the start of a server is. A server with little data tells nothing or little. */
export interface StartProgress {
  /**
   * - `read`: the files of snapshot and log are read and checked; `total` is not known
   * - `build`: the tree is built from the snapshot
   * - `replay`: the entries of the log after the snapshot are applied
   */
  readonly phase: 'read' | 'build' | 'replay'
  /** Bytes, in `replay` entries. */
  readonly done: number
  readonly total: number | null
}

/** Hears of the progress, up to some hundred times a second. */
export type OnStartProgress = (progress: StartProgress) => void
