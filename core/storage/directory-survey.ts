// storage: reads a whole data directory and says what is to be done with it. Changes nothing; opening, inspection and repair begin here. PURE.

import type { SnapshotMeta } from '../consensus/types.ts'
import type { Disk, Done, Got, ListedFile } from './disk.ts'
import { LOG_FOLDER, segmentNumber, segmentPath } from './log-format.ts'
import { type LogSurvey, recoverLog } from './log-recovery.ts'
import { type LogRewrite, readLogRewrite } from './log-rewrite-journal.ts'
import type { RecoveredSnapshot } from './log-store.ts'
import { type RecoveryMark, readRecoveryMark } from './recovery-mark.ts'
import { DIRECTORY_TABLE, type DirectoryFacts, type DirectoryVerdict, decide, type Row } from './recovery-table.ts'
import { type Salvage, salvage } from './salvage.ts'
import type { OnBatch } from './segment-scan.ts'
import { SNAPSHOT_FOLDER, snapshotIndex, snapshotPath } from './snapshot-format.ts'
import { readSnapshot } from './snapshot-reader.ts'
import { eachInTurn, inTurn } from './steps.ts'
import { type DamagePlace, damageIn } from './storage-damage.ts'

/** One snapshot file. */
export interface SurveyedSnapshot {
  readonly index: number
  readonly bytes: number
  /** `null` if it is damaged, or if a newer whole one made it needless to look. */
  readonly meta: SnapshotMeta | null
  readonly problem: string | null
}

export interface DirectorySurvey {
  readonly logFiles: readonly ListedFile[]
  readonly snapshotFiles: readonly ListedFile[]
  /** Newest first, as far as they were looked at. */
  readonly snapshots: readonly SurveyedSnapshot[]
  /** The newest whole one. */
  readonly snapshot: RecoveredSnapshot | null
  readonly log: LogSurvey
  readonly mark: RecoveryMark | null
  readonly rewrite: LogRewrite | null
  readonly facts: DirectoryFacts
  readonly row: Row<DirectoryFacts, DirectoryVerdict>
  /** What is damaged, `null` unless the verdict says so. */
  readonly damage: DamagePlace | null
  /** What could be kept and what is lost, `null` unless something is damaged. */
  readonly salvage: Salvage | null
}

export interface SurveyOptions {
  /** Whether the snapshot's contents are wanted. */
  readonly keepChunks: boolean
  /** Whether every snapshot is to be read, not only the newest whole one and those newer. */
  readonly allSnapshots?: boolean
  readonly onBatch?: OnBatch
}

/** Fails when the disk does, or when something is of another format. */
export function surveyDirectory(disk: Disk, options: SurveyOptions, done: Got<DirectorySurvey>): void {
  const surveyor = new Surveyor(disk, options)
  surveyor.run((error) => {
    if (error === null) done(null, surveyor.result())
    else done(error)
  })
}

class Surveyor {
  readonly #disk: Disk
  readonly #options: SurveyOptions
  #logFiles: ListedFile[] = []
  #snapshotFiles: ListedFile[] = []
  readonly #snapshots: SurveyedSnapshot[] = []
  #snapshot: RecoveredSnapshot | null = null
  #newestIndex = 0
  #log: LogSurvey | null = null
  #mark: RecoveryMark | null = null
  #rewrite: LogRewrite | null = null

  constructor(disk: Disk, options: SurveyOptions) {
    this.#disk = disk
    this.#options = options
  }

  run(done: Done): void {
    const disk = this.#disk
    const steps: readonly ((next: Done) => void)[] = [
      (next) =>
        disk.list(
          LOG_FOLDER,
          listed((files) => (this.#logFiles = files), next),
        ),
      (next) =>
        disk.list(
          SNAPSHOT_FOLDER,
          listed((files) => (this.#snapshotFiles = files), next),
        ),
      (next) =>
        readLogRewrite(
          disk,
          this.#logFiles,
          keptOrNull((rewrite) => (this.#rewrite = rewrite), next),
        ),
      (next) =>
        readRecoveryMark(
          disk,
          this.#logFiles,
          keptOrNull((mark) => (this.#mark = mark), next),
        ),
      (next) => this.#readSnapshots(next),
      (next) => this.#readLog(next),
    ]
    inTurn(steps, done)
  }

  result(): DirectorySurvey {
    const log = this.#log
    if (log === null) throw new Error('the survey is not complete')
    const facts = this.#facts(log)
    const row = decide(DIRECTORY_TABLE, facts)
    const damage = row.verdict === 'damage' ? (log.damage ?? this.#place(log, facts, row.why)) : null
    return {
      logFiles: this.#logFiles,
      snapshotFiles: this.#snapshotFiles,
      snapshots: this.#snapshots,
      snapshot: this.#snapshot,
      log,
      mark: this.#mark,
      rewrite: this.#rewrite,
      facts,
      row,
      damage,
      salvage: damage === null ? null : salvage(log, this.#snapshot?.meta ?? null, this.#newestIndex, damage),
    }
  }

  /** Reads the newest snapshots until one is whole. */
  #readSnapshots(done: Done): void {
    const files = this.#snapshotFiles.map(({ name, bytes }) => ({ index: snapshotIndex(name), bytes })).filter(({ index }) => index > 0)
    files.sort((a, b) => b.index - a.index)
    this.#newestIndex = files[0]?.index ?? 0
    eachInTurn(files, (file, next) => this.#readSnapshot(file, next), done)
  }

  #readSnapshot(file: { readonly index: number; readonly bytes: number }, done: Done): void {
    if (this.#snapshot !== null && this.#options.allSnapshots !== true) {
      done(null)
      return
    }
    const wanted = this.#snapshot === null && this.#options.keepChunks
    const chunks: Buffer[] = []
    const keep = (chunk: Buffer): void => {
      if (wanted) chunks.push(chunk)
    }
    readSnapshot(this.#disk, file.index, file.bytes, keep, (error, metadata) => {
      const damage = damageIn(error)
      if (metadata !== undefined) {
        this.#snapshots.push({ ...file, meta: metadata.meta, problem: null })
        this.#snapshot ??= { meta: metadata.meta, chunks }
        done(null)
      } else if (damage !== null) {
        this.#snapshots.push({ ...file, meta: null, problem: damage.place.problem })
        done(null)
      } else {
        done(error)
      }
    })
  }

  #readLog(done: Done): void {
    const view = { meta: this.#snapshot?.meta ?? null, newestIndex: this.#newestIndex }
    const files = this.#logFiles.filter(({ name }) => isInForce(segmentNumber(name), this.#rewrite))
    recoverLog(
      this.#disk,
      files,
      view,
      this.#options.onBatch ?? null,
      kept((survey) => (this.#log = survey), done),
    )
  }

  #facts(log: LogSurvey): DirectoryFacts {
    const { replay } = log
    const meta = this.#snapshot?.meta ?? null
    const used = meta?.index ?? 0
    const newest = this.#newestIndex
    const hardState = replay.hardState
    return {
      log: log.log,
      hardState: replay.hardStateRead,
      snapshots: newest === 0 ? 'none' : meta === null ? 'all-damaged' : used === newest ? 'newest-whole' : 'older-whole',
      reach: replay.lastIndex >= newest ? 'newest' : replay.lastIndex >= used ? 'used' : 'neither',
      begin: replay.base <= used ? 'joins' : 'gap',
      term: meta !== null && replay.conflictsWith(meta) ? 'conflicts' : 'agrees',
      age:
        meta !== null && meta.term > hardState.term
          ? 'term-older'
          : meta !== null && used > hardState.commit
            ? 'commit-older'
            : 'hard-state-newer',
      install: replay.installing === null ? 'none' : replay.installing.index === newest ? 'of-newest' : 'of-absent',
    }
  }

  /** Where the damage is when every file of the log could be read. */
  #place(log: LogSurvey, facts: DirectoryFacts, why: string): DamagePlace {
    const { replay } = log
    const used = this.#snapshot?.meta.index ?? 0
    const snapshot = facts.snapshots === 'newest-whole' ? 'a whole snapshot' : 'a snapshot file'
    const last = log.end?.segments.at(-1)?.number ?? Math.max(1, log.lastNumber)
    const first = log.end?.segments[0]?.number ?? 1
    if (log.log !== 'whole') return { file: segmentPath(1), offset: null, problem: why }
    if (facts.begin === 'gap') {
      return {
        file: segmentPath(first),
        offset: null,
        problem: `the log begins after entry ${replay.base}, the newest whole snapshot ends at ${used}: ${why}`,
      }
    }
    if (facts.term === 'conflicts') {
      return { file: snapshotPath(used), offset: null, problem: `the term of entry ${used} is ${replay.termAtSnapshot} in the log: ${why}` }
    }
    if (facts.reach !== 'newest') {
      const newest = this.#newestIndex
      return {
        file: segmentPath(last),
        offset: null,
        problem: `the log ends at entry ${replay.lastIndex}, but ${snapshot} of entry ${newest} is there: ${why}`,
      }
    }
    return { file: segmentPath(last), offset: null, problem: why }
  }
}

/** Whether a segment belongs to the log that is in force while another is being written in its place. */
function isInForce(number: number, rewrite: LogRewrite | null): boolean {
  if (rewrite === null) return true
  return rewrite.complete ? number >= rewrite.firstSegment : number < rewrite.firstSegment
}

/** A folder that is not there holds nothing. */
function listed(keep: (files: ListedFile[]) => void, next: Done): Got<ListedFile[]> {
  return (error, files) => {
    if (files !== undefined) keep(files)
    next(error !== null && 'code' in error && error.code === 'ENOENT' ? null : error)
  }
}

function kept<T>(keep: (value: T) => void, next: Done): Got<T> {
  return (error, value) => {
    if (value !== undefined) keep(value)
    next(value === undefined ? (error ?? new Error('nothing was read')) : null)
  }
}

function keptOrNull<T>(keep: (value: T | null) => void, next: Done): Got<T | null> {
  return (error, value) => {
    if (error === null) keep(value ?? null)
    next(error)
  }
}
