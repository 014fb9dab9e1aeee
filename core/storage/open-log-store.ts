// storage: opens a data directory: takes its lock, reads snapshots and log, mends what a crash left, and hands over the store. PURE.
//
//   lock -> folders -> newest whole snapshot -> log -> [refuse | mend] -> seal -> store
//
// Nothing on the disk is changed before all of it was read and found right. Then, in this order: left-over temporary files are removed, all that
// follows the log's end is made zero and the last write is written once more (after a failed sync the system may remember what the disk never got),
// and a record says what was found: `cut` after a torn tail, `reset` when a snapshot's installation was interrupted, else a seal.

import type { Disk, DiskFile, Done, Got, ListedFile } from './disk.ts'
import { DiskLogStore } from './disk-log-store.ts'
import { LOG_FOLDER, LOG_ID_BYTES, RecordType, segmentPath, TEMPORARY_SUFFIX } from './log-format.ts'
import { type LogEnd, recoverLog, type SegmentInfo } from './log-recovery.ts'
import { LogReplay } from './log-replay.ts'
import type { OpenedLogStore, Recovered, RecoveredSnapshot } from './log-store.ts'
import { LogWriter } from './log-writer.ts'
import { encodeHardState, encodeTornTail } from './messages.ts'
import { DEFAULT_SEGMENT_SIZES, type OpenSegment, SegmentFiles, type SegmentSizes } from './segment-files.ts'
import { SNAPSHOT_FOLDER, snapshotIndex } from './snapshot-format.ts'
import { readSnapshot } from './snapshot-reader.ts'
import { SnapshotStore } from './snapshot-store.ts'
import { eachInTurn, inTurn } from './steps.ts'
import { diskFailure } from './storage-error.ts'

const ZEROS: Buffer = Buffer.alloc(2 ** 20)

/** Options of {@link openLogStore}. */
export interface LogStoreOptions {
  /** Size of the first segment in bytes; each next one is twice as large. Default 1 MiB. */
  readonly firstSegmentBytes?: number
  /** Largest size of a segment in bytes, unless one batch needs more. Default 64 MiB. */
  readonly maxSegmentBytes?: number
}

/** What one opening finds out on its way. */
class Opening {
  readonly disk: Disk
  readonly sizes: SegmentSizes
  readonly notes: string[] = []
  logFiles: ListedFile[] = []
  snapshotFiles: ListedFile[] = []
  snapshot: RecoveredSnapshot | null = null
  newestSnapshot = 0
  end: LogEnd | null = null
  /** Set when the store exists: a failed preparation goes there, or waits here until then. */
  store: DiskLogStore | null = null
  failure: Error | null = null

  constructor(disk: Disk, sizes: SegmentSizes) {
    this.disk = disk
    this.sizes = sizes
  }
}

/**
 * Opens the data directory of `disk`. Fails with `ERR_STORAGE` when another process holds it, when the disk fails, or when what is there is
 * damaged; then nothing was changed.
 */
export function openLogStore(disk: Disk, options: LogStoreOptions, done: Got<OpenedLogStore>): void {
  const sizes: SegmentSizes = { ...DEFAULT_SEGMENT_SIZES, ...options }
  disk.lock((lockError) => {
    if (lockError !== null) {
      done(diskFailure(disk, 'locking the data directory', lockError))
      return
    }
    const opening = new Opening(disk, sizes)
    open(opening, (error, opened) => {
      if (opened !== undefined) done(null, opened)
      else disk.unlock(() => done(diskFailure(disk, 'opening the data directory', error ?? new Error('nothing was opened')))) // the first error is the one to tell
    })
  })
}

function open(opening: Opening, done: Got<OpenedLogStore>): void {
  const steps: readonly ((next: Done) => void)[] = [
    (next) => makeFolders(opening, next),
    (next) => loadSnapshot(opening, next),
    (next) => loadLog(opening, next),
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
  const list = (folder: string, keep: (files: ListedFile[]) => void, next: Done): void => {
    disk.list(folder, (error, files) => {
      if (files !== undefined) keep(files)
      next(files === undefined ? error : null)
    })
  }
  const steps: readonly ((next: Done) => void)[] = [
    (next) => disk.makeFolder(LOG_FOLDER, next),
    (next) => disk.makeFolder(SNAPSHOT_FOLDER, next),
    // A crash may have come between a rename and its sync: what is seen now must not vanish later.
    (next) => disk.syncFolder(LOG_FOLDER, next),
    (next) => disk.syncFolder(SNAPSHOT_FOLDER, next),
    (next) => list(LOG_FOLDER, (files) => (opening.logFiles = files), next),
    (next) => list(SNAPSHOT_FOLDER, (files) => (opening.snapshotFiles = files), next),
  ]
  inTurn(steps, done)
}

/** Reads the newest snapshot that is whole. Whether the log reaches back to it is decided with the log. */
function loadSnapshot(opening: Opening, done: Done): void {
  const files = opening.snapshotFiles.map(({ name, bytes }) => ({ index: snapshotIndex(name), bytes })).filter((file) => file.index > 0)
  files.sort((a, b) => b.index - a.index)
  opening.newestSnapshot = files[0]?.index ?? 0
  const load = (file: { index: number; bytes: number }, next: Done): void => {
    if (opening.snapshot !== null) {
      next(null)
      return
    }
    const chunks: Buffer[] = []
    readSnapshot(
      opening.disk,
      file.index,
      file.bytes,
      (chunk) => chunks.push(chunk),
      (error, metadata) => {
        if (metadata !== undefined) opening.snapshot = { meta: metadata.meta, chunks }
        else opening.notes.push(`snapshot passed over: ${error?.message ?? 'unreadable'}`)
        next(null)
      },
    )
  }
  eachInTurn(files, load, done)
}

function loadLog(opening: Opening, done: Done): void {
  const view = { meta: opening.snapshot?.meta ?? null, newestIndex: opening.newestSnapshot }
  recoverLog(opening.disk, opening.logFiles, view, (error, end) => {
    if (end === undefined) {
      done(error)
      return
    }
    opening.end = end
    done(null)
  })
}

function removeLeftOvers(opening: Opening, done: Done): void {
  const paths: string[] = []
  for (const { name } of opening.logFiles) if (name.endsWith(TEMPORARY_SUFFIX)) paths.push(`${LOG_FOLDER}/${name}`)
  for (const { name } of opening.snapshotFiles) if (name.endsWith(TEMPORARY_SUFFIX)) paths.push(`${SNAPSHOT_FOLDER}/${name}`)
  eachInTurn(paths, (path, next) => opening.disk.remove(path, next), done)
}

function mend(opening: Opening, done: Done): void {
  const { end, disk } = opening
  if (end === null) {
    done(null)
    return
  }
  const { torn, lastWrite, spare } = end
  const last = end.segments.at(-1)
  const steps: ((next: Done) => void)[] = []
  if (torn !== null) {
    opening.notes.push(
      `${disk.root}/${torn.path}: a write that a crash had interrupted was removed at offset ${torn.offset} (${torn.bytes} bytes, never acknowledged, after entry ${end.replay.lastIndex})`,
    )
  }
  // What looks like zeros may be an earlier mending that failed, and the disk may still hold what was torn: all of it is written.
  if (last !== undefined) steps.push((next) => writeZeros(disk, segmentPath(last.number), end.offset, last.fileBytes, next))
  if (spare !== null) steps.push((next) => writeZeros(disk, segmentPath(spare.number), 0, spare.fileBytes, next))
  if (lastWrite !== null) steps.push((next) => writeDurably(disk, lastWrite.path, lastWrite.offset, [lastWrite.bytes], next))
  inTurn(steps, done)
}

function writeZeros(disk: Disk, path: string, from: number, to: number, done: Done): void {
  const slices: Buffer[] = []
  for (let at = from; at < to; at += ZEROS.length) slices.push(ZEROS.subarray(0, to - at))
  writeDurably(disk, path, from, slices, done)
}

/** Writes the slices one after the other. */
function writeDurably(disk: Disk, path: string, offset: number, slices: readonly Buffer[], done: Done): void {
  disk.openDurable(path, (error, file) => {
    if (file === undefined) {
      done(error)
      return
    }
    let at = offset
    const write = (slice: Buffer, next: Done): void => {
      file.write([slice], at, next)
      at += slice.length
    }
    eachInTurn(slices, write, (writeError) => file.close((closeError) => done(writeError ?? closeError)))
  })
}

/** Opens the files to write to, builds the store and lets it write the first record. */
function start(opening: Opening, done: Got<OpenedLogStore>): void {
  const { disk, end } = opening
  const files = new SegmentFiles(disk, opening.sizes, (error) => {
    opening.failure ??= error
    opening.store?.failed(error)
  })
  const begin = (active: OpenSegment, segments: SegmentInfo[], fresh: boolean): void => {
    const replay = end?.replay ?? new LogReplay(0)
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
  openSegments(disk, end, files, done, begin)
}

/** Opens the segment to go on with, and the spare one. An ended segment is gone on from in its successor. */
function openSegments(
  disk: Disk,
  end: LogEnd,
  files: SegmentFiles,
  done: Got<OpenedLogStore>,
  begin: (active: OpenSegment, segments: SegmentInfo[], fresh: boolean) => void,
): void {
  const ended = end.replay.segmentEnded && end.spare !== null
  const segments = ended && end.spare !== null ? [...end.segments, { ...end.spare, maxIndex: end.replay.lastIndex }] : end.segments
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
  if (meta !== null && replay.installing?.index === meta.index) {
    opening.notes.push(`the installation of snapshot ${meta.index} was finished`)
    replay.entries = []
    steps.push((next) => writer.control(RecordType.reset, meta.index, meta.term, Buffer.alloc(0), next))
  }
  steps.push((next) => writer.seal(next))
  inTurn(steps, done)
}

function finish(opening: Opening, writer: LogWriter, files: SegmentFiles, replay: LogReplay): OpenedLogStore {
  const used = opening.snapshot?.meta.index ?? 0
  const indices = opening.snapshotFiles.map((file) => snapshotIndex(file.name)).filter((index) => index > 0)
  const snapshots = new SnapshotStore(
    opening.disk,
    indices.map((index) => ({ index, verified: index === used })),
  )
  const store = new DiskLogStore(opening.disk, writer, files, snapshots)
  opening.store = store
  if (opening.failure !== null) store.failed(opening.failure)
  const recovered: Recovered = {
    blank: opening.end === null,
    hardState: replay.hardState,
    snapshot: opening.snapshot,
    entries: replay.entries,
    notes: opening.notes,
  }
  return { store, recovered }
}
