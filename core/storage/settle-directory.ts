// storage: brings a data directory to where it can be used: finishes an interrupted rewriting of the log, refuses damage, or marks it and keeps
// what can be kept. PURE.
//
//   survey --unfinished rewriting--> finish, survey again
//          --damage--> refuse | [mark, rewrite, survey again]
//          --a mark of before, but to run alone--> refuse
//          --else--> use

import { type DirectorySurvey, surveyDirectory } from './directory-survey.ts'
import type { Disk, Done, Got } from './disk.ts'
import { rewriteLog } from './log-rewrite.ts'
import { endLogRewrite } from './log-rewrite-journal.ts'
import { joinedMark, markFor, writeRecoveryMark } from './recovery-mark.ts'
import type { Salvage } from './salvage.ts'
import type { SegmentSizes } from './segment-files.ts'
import { inTurn } from './steps.ts'
import { describeLoss } from './storage-damage.ts'
import { damagedDirectory, markedDirectory } from './storage-error.ts'

/** A directory that can be used. */
export interface SettledDirectory {
  readonly survey: DirectorySurvey
  /** For the operator: the damage that was found, and where the old log went. */
  readonly notes: readonly string[]
}

/** Fails with `ERR_STORAGE` when the directory cannot be used, then nothing was changed, or when the disk fails. */
export function settleDirectory(disk: Disk, sizes: SegmentSizes, onDamage: 'refuse' | 'mark', done: Got<SettledDirectory>): void {
  new Settling(disk, sizes, onDamage, done).survey()
}

class Settling {
  readonly #disk: Disk
  readonly #sizes: SegmentSizes
  readonly #onDamage: 'refuse' | 'mark'
  readonly #done: Got<SettledDirectory>
  readonly #notes: string[] = []
  #rewritten = false

  constructor(disk: Disk, sizes: SegmentSizes, onDamage: 'refuse' | 'mark', done: Got<SettledDirectory>) {
    this.#disk = disk
    this.#sizes = sizes
    this.#onDamage = onDamage
    this.#done = done
  }

  survey(): void {
    surveyDirectory(this.#disk, { keepChunks: true }, (error, survey) => {
      if (survey === undefined) this.#done(error)
      else this.#act(survey)
    })
  }

  #act(survey: DirectorySurvey): void {
    const { rewrite, salvage, mark } = survey
    if (rewrite !== null) endLogRewrite(this.#disk, rewrite, this.#again)
    else if (salvage !== null) {
      // What was rewritten and cannot be read again: the disk is not to be trusted with more.
      if (this.#onDamage === 'refuse' || this.#rewritten) this.#done(damagedDirectory(this.#disk, salvage.report))
      else this.#markAndRewrite(survey, salvage)
    } else if (mark !== null && this.#onDamage === 'refuse') this.#done(markedDirectory(this.#disk, mark))
    else this.#done(null, { survey, notes: this.#notes })
  }

  readonly #again: Done = (error) => {
    if (error === null) this.survey()
    else this.#done(error)
  }

  /** Damage, and peers that hold the data: the mark first, then what can be kept goes into a new log. */
  #markAndRewrite(survey: DirectorySurvey, found: Salvage): void {
    const disk = this.#disk
    const { report, hardState, entries } = found
    const mark = joinedMark(survey.mark, markFor(report))
    this.#rewritten = true
    this.#notes.push(`${disk.root}/${report.file}: ${report.problem}; ${describeLoss(report)}`)
    const steps: readonly ((next: Done) => void)[] = [
      (next) => (mark === null ? next(null) : writeRecoveryMark(disk, mark, next)),
      (next) =>
        rewriteLog(disk, this.#sizes, survey, { hardState, base: report.snapshotIndex, entries }, (error, suffix) => {
          if (error === null) this.#notes.push(`the damaged log was moved aside: the names of its files end with .damaged-${suffix}`)
          next(error)
        }),
    ]
    inTurn(steps, this.#again)
  }
}
