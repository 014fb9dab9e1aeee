// server: what a start tells about how far it is.

/** How far the start of a server is. A server with little data tells little. */
export interface StartProgress {
  /**
   * - `snapshot`: the newest snapshot is read, checked and made into the tree; in bytes
   * - `log`: the log is read and checked; in bytes, `total` is not known
   * - `replay`: the entries of the log after the snapshot are applied; in entries
   * - `ensemble`: the other servers are waited for; in servers, this one included
   */
  readonly phase: 'snapshot' | 'log' | 'replay' | 'ensemble'
  readonly done: number
  readonly total: number | null
  /** Phase `ensemble`: ids of the servers that are not heard of. None: they do not go together, or elect a leader. */
  readonly missing?: readonly number[]
}

/** Hears of the progress, up to some thousand times a second. */
export type OnStartProgress = (progress: StartProgress) => void
