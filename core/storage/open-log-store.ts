// storage: opens a data directory: takes its lock, reads snapshots and log, mends what a crash left, and hands over the store. PURE.
//
//   lock -> folders -> survey -> verdict of recovery-table.ts -> [refuse | mark, rewrite, survey again | mend] -> seal -> store
//
// Nothing on the disk is changed before all of it was read and found right (or, with onDamage 'mark', found damaged). Then, in this order: damaged
// snapshots that were passed over are moved aside, left-over temporary files are removed, the log's end is mended (mend-log.ts), and a
// record says what was found: `cut` after a torn tail, `reset` when a snapshot's installation was interrupted, else a seal.

import type { DirectorySurvey, SurveyedSnapshot } from './directory-survey.ts'
import type { Disk, DiskFile, Done, Got } from './disk.ts'
import type { CareOptions } from './disk-care.ts'
import { DiskLogStore } from './disk-log-store.ts'
import { LOG_FOLDER, LOG_ID_BYTES, RecordType, segmentPath, TEMPORARY_SUFFIX } from './log-format.ts'
import type { LogEnd, SegmentInfo } from './log-recovery.ts'
import { LogReplay } from './log-replay.ts'
import { asideName, newSuffix } from './log-rewrite-journal.ts'
import type { OpenedLogStore, Recovered, RecoveredSnapshot } from './log-store.ts'
import { LogWriter } from './log-writer.ts'
import { isMendingMark, mendLog } from './mend-log.ts'
import { encodeHardState, encodeTornTail } from './messages.ts'
import { OpenMark } from './recovery-mark.ts'
import type { DirectoryVerdict } from './recovery-table.ts'
import { DEFAULT_SEGMENT_SIZES, type OpenSegment, SegmentFiles, type SegmentSizes } from './segment-files.ts'
import { type SettleOptions, settleDirectory } from './settle-directory.ts'
import { SNAPSHOT_FOLDER, snapshotIndex, snapshotPath } from './snapshot-format.ts'
import type { SnapshotReceiver } from './snapshot-receiver.ts'
import { SnapshotStore } from './snapshot-store.ts'
import { StallMonitor } from './stall-monitor.ts'
import { eachInTurn, inTurn } from './steps.ts'
import { diskFailure } from './storage-error.ts'
import { WatchedDisk } from './watched-disk.ts'

/** Options of {@link openLogStore}. */
export interface LogStoreOptions {
  /** Size of the first segment in bytes; each next one is twice as large. Default 1 MiB. */
  readonly firstSegmentBytes?: number
  /** Largest size of a segment in bytes, unless one batch needs more. Default 64 MiB. */
  readonly maxSegmentBytes?: number
  /** How the disk is looked after while the store works. Default: not at all. */
  readonly care?: CareOptions
  /**
   * What to do when something that was durable cannot be read any more. `refuse`, the default: fail and change nothing. `mark`, for a server
   * whose peers hold the data: note durably what must be fetched again, move the damaged files aside, and open with what can be kept; `recovered.mark`
   * then says what this server may not do yet.
   */
  readonly onDamage?: 'refuse' | 'mark'
  /** Takes the snapshot in while it is read; `recovered.snapshot` then holds no chunks. */
  readonly receiver?: SnapshotReceiver
}

/**
 * Where a failed preparation of a segment goes: to the store, or it waits here until there is one. An object of its own, for it lives as long
 * as the store, and what was read while opening must not.
 */
class Preparation {
  store: DiskLogStore | null = null
  failure: Error | null = null

  readonly failed = (error: Error): void => {
    this.failure ??= error
    this.store?.failed(error)
  }

  handTo(store: DiskLogStore): void {
    this.store = store
    if (this.failure !== null) store.failed(this.failure)
  }
}

/** What one opening finds out on its way. */
class Opening {
  readonly disk: Disk
  readonly sizes: SegmentSizes
  readonly settling: SettleOptions
  readonly notes: string[] = []
  survey: DirectorySurvey | null = null
  verdict: DirectoryVerdict = 'blank'
  replay: LogReplay = new LogReplay(0)
  end: LogEnd | null = null
  readonly preparation = new Preparation()

  constructor(disk: Disk, sizes: SegmentSizes, settling: SettleOptions) {
    this.disk = disk
    this.sizes = sizes
    this.settling = settling
  }

  get snapshot(): RecoveredSnapshot | null {
    return this.survey?.snapshot ?? null
  }
}

/**
 * Opens the data directory of `disk`. Fails with `ERR_STORAGE` when another process holds it, when the disk fails, when the directory is marked for
 * recovery from peers and `onDamage` is `refuse`, or when what is there is damaged; `damageIn(error)` then tells what. Nothing was changed then.
 */
export function openLogStore(plainDisk: Disk, options: LogStoreOptions, done: Got<OpenedLogStore>): void {
  const { firstSegmentBytes, maxSegmentBytes } = { ...DEFAULT_SEGMENT_SIZES, ...options }
  const { care } = options
  const stalls = care === undefined ? null : new StallMonitor(care.stallMs)
  const disk = stalls === null ? plainDisk : new WatchedDisk(plainDisk, stalls)
  disk.lock((lockError) => {
    if (lockError !== null) {
      done(diskFailure(disk, 'locking the data directory', lockError))
      return
    }
    const settling = { onDamage: options.onDamage ?? 'refuse', receiver: options.receiver ?? null }
    const opening = new Opening(disk, { firstSegmentBytes, maxSegmentBytes }, settling)
    open(opening, (error, opened) => {
      if (opened !== undefined) {
        if (care !== undefined && stalls !== null) opening.preparation.store?.careFor(care, stalls)
        done(null, opened)
      } else disk.unlock(() => done(diskFailure(disk, 'opening the data directory', error ?? new Error('nothing was opened')))) // the first error is the one to tell
    })
  })
}

function open(opening: Opening, done: Got<OpenedLogStore>): void {
  const steps: readonly ((next: Done) => void)[] = [
    (next) => makeFolders(opening, next),
    (next) => settle(opening, next),
    (next) => moveAside(opening, next),
    (next) => removeLeftOvers(opening, next),
    (next) => mend(opening, next),
  ]
  inTurn(steps, (error) => {
    if (error === null) start(opening, done)
    else done(error)
  })
}

function makeFolders(opening: Opening, done: Done): void {
  const { disk } = opening
  const steps: readonly ((next: Done) => void)[] = [
    (next) => disk.makeFolder(LOG_FOLDER, next),
    (next) => disk.makeFolder(SNAPSHOT_FOLDER, next),
    // A crash may have come between a rename and its sync: what is seen now must not vanish later.
    (next) => disk.syncFolder(LOG_FOLDER, next),
    (next) => disk.syncFolder(SNAPSHOT_FOLDER, next),
  ]
  inTurn(steps, done)
}

function settle(opening: Opening, done: Done): void {
  settleDirectory(opening.disk, opening.sizes, opening.settling, (error, settled) => {
    if (settled !== undefined) {
      opening.notes.push(...settled.notes)
      take(opening, settled.survey)
    }
    done(settled === undefined ? error : null)
  })
}

function take(opening: Opening, survey: DirectorySurvey): void {
  const { replay, end } = survey.log
  const { snapshot } = survey
  opening.survey = survey
  opening.end = end
  opening.replay = replay
  opening.verdict = survey.row.verdict
  // A vote belongs to its term.
  if (raisesTerm(opening.verdict) && snapshot !== null) replay.hardState = { ...replay.hardState, term: snapshot.meta.term, votedFor: 0 }
}

function raisesTerm(verdict: DirectoryVerdict): boolean {
  return verdict === 'use-raise-term' || verdict === 'finish-install-raise-term'
}

/** Damaged snapshots that were passed over: out of the way, so that nothing takes them for good or purges them. */
function moveAside(opening: Opening, done: Done): void {
  const { disk, survey } = opening
  const suffix = newSuffix(disk)
  const damaged = (survey?.snapshots ?? []).filter(({ problem }) => problem !== null)
  if (damaged.length === 0) {
    done(null)
    return
  }
  const move = (file: SurveyedSnapshot, next: Done): void => {
    const path = snapshotPath(file.index)
    opening.notes.push(`snapshot passed over: ${disk.root}/${path}: ${file.problem}; it was moved aside as ${asideName(path, suffix)}`)
    disk.rename(path, asideName(path, suffix), next)
  }
  inTurn([(next) => eachInTurn(damaged, move, next), (next) => disk.syncFolder(SNAPSHOT_FOLDER, next)], done)
}

function removeLeftOvers(opening: Opening, done: Done): void {
  const paths: string[] = []
  const isLeftOver = (name: string): boolean => name.endsWith(TEMPORARY_SUFFIX) && !(opening.end !== null && isMendingMark(name))
  for (const { name } of opening.survey?.logFiles ?? []) if (isLeftOver(name)) paths.push(`${LOG_FOLDER}/${name}`)
  for (const { name } of opening.survey?.snapshotFiles ?? []) if (isLeftOver(name)) paths.push(`${SNAPSHOT_FOLDER}/${name}`)
  eachInTurn(paths, (path, next) => opening.disk.remove(path, next), done)
}

function mend(opening: Opening, done: Done): void {
  const { end, disk } = opening
  if (end === null) {
    done(null)
    return
  }
  const { torn } = end
  if (torn !== null) {
    opening.notes.push(
      `${disk.root}/${torn.path}: a write that a crash had interrupted was removed at offset ${torn.offset} (${torn.bytes} bytes, never acknowledged, after entry ${opening.replay.lastIndex})`,
    )
  }
  mendLog(disk, end, opening.survey?.logFiles ?? [], done)
}

/** Opens the files to write to, builds the store and lets it write the first record. */
function start(opening: Opening, done: Got<OpenedLogStore>): void {
  const { disk, end } = opening
  const files = new SegmentFiles(disk, opening.sizes, opening.preparation.failed)
  files.reserve.adopt(opening.survey?.logFiles ?? [])
  const begin = (active: OpenSegment, segments: SegmentInfo[], fresh: boolean): void => {
    const { replay } = opening
    const writer = new LogWriter(disk, files, {
      logId: end?.logId ?? disk.randomBytes(LOG_ID_BYTES),
      sequence: end?.sequence ?? 0,
      chain: end?.chain ?? 0,
      lastIndex: replay.lastIndex,
      hardState: encodeHardState(replay.hardState),
      segments,
      active,
      offset: fresh ? 0 : (end?.offset ?? 0),
    })
    writeFirstRecord(opening, writer, replay, (error) => {
      if (error === null) done(null, finish(opening, writer, files, replay))
      else files.close(() => writer.closeFile(() => done(error))) // the first error is the one to tell
    })
  }
  if (end === null) {
    files.take(1, 0, (error, active) => {
      if (active === undefined) done(error)
      else begin(active, [{ number: 1, fileBytes: active.fileBytes, maxIndex: 0 }], true)
    })
    return
  }
  openSegments(opening, end, files, done, begin)
}

/** Opens the segment to go on with, and the spare one. An ended segment is gone on from in its successor. */
function openSegments(
  opening: Opening,
  end: LogEnd,
  files: SegmentFiles,
  done: Got<OpenedLogStore>,
  begin: (active: OpenSegment, segments: SegmentInfo[], fresh: boolean) => void,
): void {
  const { disk, replay } = opening
  const ended = replay.segmentEnded && end.spare !== null
  const segments = ended && end.spare !== null ? [...end.segments, { ...end.spare, maxIndex: replay.lastIndex }] : end.segments
  const active = segments.at(-1)
  if (active === undefined) {
    done(new Error('the log has no segment'))
    return
  }
  openSegment(disk, active, (error, open) => {
    if (open === undefined) {
      done(error)
      return
    }
    if (ended || end.spare === null) {
      begin(open, segments, ended)
      return
    }
    openSegment(disk, end.spare, (spareError, spare) => {
      if (spare === undefined) {
        open.file.close(() => done(spareError)) // the first error is the one to tell
        return
      }
      files.adopt(spare)
      begin(open, segments, false)
    })
  })
}

function openSegment(disk: Disk, info: SegmentInfo, done: Got<OpenSegment>): void {
  disk.openDurable(segmentPath(info.number), (error: Error | null, file?: DiskFile) => {
    if (file === undefined) done(error)
    else done(null, { number: info.number, fileBytes: info.fileBytes, file })
  })
}

/** Writes what was found into the log; with it everything before is known to be durable. */
function writeFirstRecord(opening: Opening, writer: LogWriter, replay: LogReplay, done: Done): void {
  const torn = opening.end?.torn ?? null
  const meta = opening.snapshot?.meta ?? null
  const steps: ((next: Done) => void)[] = []
  if (torn !== null) {
    const payload = encodeTornTail(torn.offset, torn.bytes)
    steps.push((next) => writer.control(RecordType.cut, replay.lastIndex, 0, payload, next))
  }
  const finishing = opening.verdict === 'finish-install' || opening.verdict === 'finish-install-raise-term'
  if (meta !== null && finishing) {
    opening.notes.push(`the installation of snapshot ${meta.index} was finished`)
    replay.entries = []
    steps.push((next) => writer.control(RecordType.reset, meta.index, meta.term, Buffer.alloc(0), next))
  }
  // The snapshot that proves the term may be damaged by the next opening.
  if (raisesTerm(opening.verdict)) steps.push((next) => writer.append(encodeHardState(replay.hardState), [], next))
  steps.push((next) => writer.seal(next))
  inTurn(steps, done)
}

function finish(opening: Opening, writer: LogWriter, files: SegmentFiles, replay: LogReplay): OpenedLogStore {
  const { disk, survey, snapshot } = opening
  const used = snapshot?.meta.index ?? 0
  const damaged = new Set((survey?.snapshots ?? []).filter(({ problem }) => problem !== null).map(({ index }) => index))
  const indices = (survey?.snapshotFiles ?? []).map((file) => snapshotIndex(file.name)).filter((index) => index > 0 && !damaged.has(index))
  const snapshots = new SnapshotStore(
    disk,
    indices.map((index) => ({ index, verified: index === used })),
  )
  const mark = survey?.mark ?? null
  const store = new DiskLogStore(disk, writer, files, snapshots, new OpenMark(disk, mark))
  opening.preparation.handTo(store)
  const recovered: Recovered = {
    blank: opening.verdict === 'blank',
    hardState: replay.hardState,
    snapshot,
    entries: replay.entries,
    notes: opening.notes,
    mark,
  }
  return { store, recovered }
}
