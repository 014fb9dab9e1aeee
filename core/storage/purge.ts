// storage: which segments of the log are needed no more. PURE.

import type { SegmentInfo } from './log-recovery.ts'

/**
 * The segments at the log's beginning that hold nothing after `floor`. The segment in use stays, and so does everything after the first
 * segment that must stay: the log has no holes.
 */
export function segmentsToPurge(segments: readonly SegmentInfo[], floor: number): SegmentInfo[] {
  const old: SegmentInfo[] = []
  for (const segment of segments.slice(0, -1)) {
    if (segment.maxIndex > floor) break
    old.push(segment)
  }
  return old
}
