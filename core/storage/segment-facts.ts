// storage: the facts about one segment that recovery-table.ts judges it by, but for what follows it. PURE.

import type { SegmentFacts } from './recovery-table.ts'
import type { ScanEnd } from './segment-scan.ts'
import { hasDataBehind, hasEmptySector } from './torn-tail.ts'

/** What the segment itself shows; what follows is known when the next one was looked at. */
export type OwnFacts = Omit<SegmentFacts, 'follower'>

/** A segment of which no batch was read, because its header says enough or cannot be read. */
export function factsOfFile(segment: SegmentFacts['segment'], order: SegmentFacts['order']): OwnFacts {
  return {
    segment,
    order,
    read: 'nothing',
    end: 'open',
    stop: 'zeros',
    chain: 'continues',
    contents: 'whole',
    sectors: 'some-empty',
    behind: 'zeros',
    snapshot: 'before-it',
  }
}

/** A segment that was read up to `end`. `newestIndex` is that of the newest snapshot file: entries up to it were durable. */
export function factsAtStop(
  bytes: Buffer,
  end: ScanEnd,
  order: SegmentFacts['order'],
  segmentEnded: boolean,
  newestIndex: number,
): OwnFacts {
  const { badHeader, fault, offset } = end
  const covered = badHeader !== null && badHeader.firstIndex !== 0 && badHeader.firstIndex <= newestIndex
  return {
    segment: 'whole',
    order,
    read: end.lastBatch < 0 ? 'nothing' : 'batches',
    end: segmentEnded ? 'sealed' : 'open',
    stop: fault === 'none' ? 'zeros' : badHeader === null ? 'unreadable' : 'readable',
    chain: fault === 'chain' ? 'breaks' : 'continues',
    contents: fault === 'contents' ? 'damaged' : fault === 'meaning' ? 'senseless' : 'whole',
    sectors: fault !== 'none' && hasEmptySector(bytes, offset, badHeader) ? 'some-empty' : 'all-written',
    behind: hasDataBehind(bytes, offset, badHeader) ? 'data' : 'zeros',
    snapshot: covered ? 'covers-it' : 'before-it',
  }
}
