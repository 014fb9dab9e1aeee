// storage: puts what can be kept of a damaged log into a new one, whole or not at all. The originals are moved aside, never deleted. PURE.
//
//   journal (incomplete) -> new segments after the old ones -> journal (complete) -> old segments aside -> journal removed
//
// The new log has an id of its own, begins after the snapshot, and its segments are numbered on from the old ones, so that no name is used twice.

import type { Entry, HardState } from '../consensus/types.ts'
import type { DirectorySurvey } from './directory-survey.ts'
import type { Disk, Done } from './disk.ts'
import { LOG_ID_BYTES } from './log-format.ts'
import { endLogRewrite, type LogRewrite, newSuffix, writeLogRewrite } from './log-rewrite-journal.ts'
import { LogWriter } from './log-writer.ts'
import { encodeHardState } from './messages.ts'
import { type OpenSegment, SegmentFiles, type SegmentSizes } from './segment-files.ts'
import { eachInTurn, inTurn } from './steps.ts'

/** What the new log holds. */
export interface NewLog {
  readonly hardState: HardState
  /** The entries follow this index. */
  readonly base: number
  readonly entries: readonly Entry[]
}

/** Entries are written this many bytes at a time; not more, for a batch is readable or damaged as a whole. */
const BATCH_BYTES = 65536

/** Replaces the log; `done` yields the suffix that the old files' names end with. */
export function rewriteLog(
  disk: Disk,
  sizes: SegmentSizes,
  survey: DirectorySurvey,
  log: NewLog,
  done: (error: Error | null, suffix: string) => void,
): void {
  const rewrite: LogRewrite = {
    firstSegment: survey.log.lastNumber + 1,
    complete: false,
    suffix: newSuffix(disk),
    damagedSnapshots: survey.snapshots.filter(({ problem }) => problem !== null).map(({ index }) => index),
  }
  const complete: LogRewrite = { ...rewrite, complete: true }
  const steps: readonly ((next: Done) => void)[] = [
    (next) => writeLogRewrite(disk, rewrite, next),
    (next) => writeLog(disk, sizes, rewrite.firstSegment, log, next),
    (next) => writeLogRewrite(disk, complete, next),
    (next) => endLogRewrite(disk, complete, next),
  ]
  inTurn(steps, (error) => done(error, rewrite.suffix))
}

function writeLog(disk: Disk, sizes: SegmentSizes, number: number, log: NewLog, done: Done): void {
  let failure: Error | null = null
  const files = new SegmentFiles(disk, sizes, (error) => {
    failure ??= error
  })
  files.take(number, 0, (error, active) => {
    if (active === undefined) {
      done(error)
      return
    }
    const writer = newWriter(disk, files, active, log)
    const hardState = encodeHardState(log.hardState)
    const steps: readonly ((next: Done) => void)[] = [
      (next) => writer.append(hardState, [], next),
      (next) => eachInTurn(batches(log.entries), (batch, written) => writer.append(null, batch, written), next),
      (next) => writer.seal(next),
    ]
    inTurn(steps, (writeError) => {
      files.close((filesError) => writer.closeFile((closeError) => done(writeError ?? filesError ?? closeError ?? failure)))
    })
  })
}

function newWriter(disk: Disk, files: SegmentFiles, active: OpenSegment, log: NewLog): LogWriter {
  return new LogWriter(disk, files, {
    logId: disk.randomBytes(LOG_ID_BYTES),
    sequence: 0,
    chain: 0,
    lastIndex: log.base,
    hardState: encodeHardState(log.hardState),
    segments: [{ number: active.number, fileBytes: active.fileBytes, maxIndex: log.base }],
    active,
    offset: 0,
  })
}

function* batches(entries: readonly Entry[]): Generator<Entry[]> {
  let batch: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    if (bytes > 0 && bytes + entry.payload.length > BATCH_BYTES) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(entry)
    bytes += entry.payload.length + 1
  }
  if (batch.length > 0) yield batch
}
