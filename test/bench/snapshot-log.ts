// bench: what a server's log (JSON lines) says about the snapshots it has saved.

export interface LoggedSnapshot {
  readonly index: number
  readonly tookMs: number
  /** The longest time the event loop worked at the snapshot without a pause; null in a build that does not say. */
  readonly longestSliceMs: number | null
}

const MESSAGE = 'snapshot saved'

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // What Node itself says (a warning) stands between the lines of the log.
    return {}
  }
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** The snapshots in `log`, in the order in which they were saved. */
export function snapshotsIn(log: string): LoggedSnapshot[] {
  return log.split('\n').flatMap((line) => {
    const { msg, index, tookMs, longestSliceMs } = parse(line)
    if (msg !== MESSAGE) return []
    return [{ index: number(index) ?? 0, tookMs: number(tookMs) ?? 0, longestSliceMs: number(longestSliceMs) }]
  })
}
