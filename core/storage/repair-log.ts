// storage: the work of `zoarium log repair`: takes the directory, says what a repair would keep and what is lost, and does it when that was
// accepted. The originals are moved aside, never deleted. PURE.

import { EMPTY_HARD_STATE, type Entry, type HardState } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import { MAX_TERM } from '../support/int64.ts'
import { type DirectorySurvey, surveyDirectory } from './directory-survey.ts'
import type { Disk, Done, Got } from './disk.ts'
import { LOG_FOLDER } from './log-format.ts'
import { type NewLog, rewriteLog } from './log-rewrite.ts'
import { endLogRewrite } from './log-rewrite-journal.ts'
import { type RecoveryMark, removeRecoveryMark } from './recovery-mark.ts'
import { newestHardState } from './salvage.ts'
import { DEFAULT_SEGMENT_SIZES, type SegmentSizes } from './segment-files.ts'
import { removeServerIdentity } from './server-identity.ts'
import { SNAPSHOT_FOLDER } from './snapshot-format.ts'
import { inTurn } from './steps.ts'
import type { DamageReport } from './storage-damage.ts'
import { damagedDirectory, diskFailure } from './storage-error.ts'

export interface RepairOptions {
  /** Whether what is lost is accepted; if not, nothing is changed. */
  readonly acceptLoss: boolean
  /** By how many terms the new log begins above the highest that can be read, so that zxids never go back. */
  readonly raiseTerms: number
  readonly sizes?: SegmentSizes
}

/** What a repair did, or would do. */
export interface RepairResult {
  /** `whole`: there is nothing to repair. `refused`: the loss was not accepted, nothing was changed. */
  readonly outcome: 'whole' | 'refused' | 'repaired'
  readonly damage: DamageReport | null
  /** What an earlier opening as a member of an ensemble had marked. */
  readonly mark: RecoveryMark | null
  readonly snapshotIndex: number
  /** Entries that the new log holds after the snapshot. */
  readonly entryCount: number
  readonly keptUntil: number
  readonly termBefore: number
  readonly termAfter: number
  /** What the names of the files that were moved aside end with, `null` if none were. */
  readonly suffix: string | null
}

/** Repairs the data directory of `disk`. Fails with `ERR_STORAGE` when it is in use, of another format, or when the disk fails. */
export function repairLog(disk: Disk, options: RepairOptions, done: Got<RepairResult>): void {
  disk.lock((lockError) => {
    if (lockError !== null) {
      done(diskFailure(disk, 'locking the data directory', lockError))
      return
    }
    repair(disk, options, (error, result) => {
      disk.unlock((unlockError) => {
        const failure = error ?? unlockError
        if (failure === null && result !== undefined) done(null, result)
        else done(diskFailure(disk, 'repairing the log', failure ?? new Error('nothing was repaired')))
      })
    })
  })
}

function repair(disk: Disk, options: RepairOptions, done: Got<RepairResult>): void {
  surveyDirectory(disk, { keepChunks: false }, (error, survey) => {
    if (survey === undefined) {
      done(error)
      return
    }
    if (survey.rewrite !== null && options.acceptLoss) {
      // An earlier repair was interrupted: what it had decided is brought to its end, or forgotten, first.
      endLogRewrite(disk, survey.rewrite, (endError) => (endError === null ? repair(disk, options, done) : done(endError)))
      return
    }
    const plan = planOf(survey, options.raiseTerms)
    if (plan === null) done(null, result(survey, 'whole', null, null))
    else if (plan instanceof Error) done(plan)
    else if (options.acceptLoss) carryOut(disk, options.sizes ?? DEFAULT_SEGMENT_SIZES, survey, plan, done)
    else done(null, result(survey, 'refused', plan, null))
  })
}

/** What the new log is to hold; `null` if there is nothing to repair. */
function planOf(survey: DirectorySurvey, raiseTerms: number): NewLog | Error | null {
  const { salvage, mark, snapshot } = survey
  if (salvage === null && mark === null) return null
  const base = snapshot?.meta.index ?? 0
  const hardState = salvage?.hardState ?? survey.log.replay.hardState
  const entries = salvage?.entries ?? survey.log.replay.entries
  if (!losesSomething(survey)) return { base, entries, hardState }
  const highest = salvage?.highestTerm ?? highestTerm(survey, hardState, entries)
  const term = highest + raiseTerms
  if (term >= MAX_TERM) {
    return new ZoariumError(
      'ERR_CONFIG',
      `the highest readable term is ${highest}; raised by ${raiseTerms} it would exceed the last term ${MAX_TERM}`,
    )
  }
  const commit = Math.max(base, Math.min(hardState.commit, entries.at(-1)?.index ?? base))
  return { base, entries, hardState: { term, votedFor: 0, commit } }
}

/** Whether entries or a vote that were durable cannot be kept. */
function losesSomething({ salvage, mark }: DirectorySurvey): boolean {
  return mark !== null || (salvage !== null && (salvage.report.lostFrom !== null || salvage.report.hardState !== 'kept'))
}

function highestTerm(survey: DirectorySurvey, hardState: HardState, entries: readonly Entry[]): number {
  return Math.max(hardState.term, survey.snapshot?.meta.term ?? 0, entries.at(-1)?.term ?? 0)
}

function carryOut(disk: Disk, sizes: SegmentSizes, survey: DirectorySurvey, plan: NewLog, done: Got<RepairResult>): void {
  let suffix = ''
  const steps: readonly ((next: Done) => void)[] = [
    (next) => disk.makeFolder(LOG_FOLDER, next),
    (next) => disk.makeFolder(SNAPSHOT_FOLDER, next),
    // A server of an ensemble that lost what it promised must not be taken for the one that promised it.
    (next) => (losesSomething(survey) ? removeServerIdentity(disk, next) : next(null)),
    (next) =>
      rewriteLog(disk, sizes, survey, plan, (error, used) => {
        suffix = used
        next(error)
      }),
    (next) => (survey.mark === null ? next(null) : removeRecoveryMark(disk, next)),
    (next) => check(disk, next),
  ]
  inTurn(steps, (error) => {
    if (error === null) done(null, result(survey, 'repaired', plan, suffix))
    else done(error)
  })
}

/** Reads everything once more: what was repaired must open. */
function check(disk: Disk, done: Done): void {
  surveyDirectory(disk, { keepChunks: false }, (error, survey) => {
    if (survey === undefined) done(error)
    else done(survey.salvage === null ? null : damagedDirectory(disk, survey.salvage.report))
  })
}

function result(survey: DirectorySurvey, outcome: RepairResult['outcome'], plan: NewLog | null, suffix: string | null): RepairResult {
  const { salvage, mark, snapshot, log } = survey
  const snapshotIndex = snapshot?.meta.index ?? 0
  const entries = plan?.entries ?? log.replay.entries
  const before = newestHardState(log).hardState ?? EMPTY_HARD_STATE
  return {
    outcome,
    damage: salvage?.report ?? null,
    mark,
    snapshotIndex,
    entryCount: entries.length,
    keptUntil: entries.at(-1)?.index ?? snapshotIndex,
    termBefore: before.term,
    termAfter: plan?.hardState.term ?? before.term,
    suffix,
  }
}
