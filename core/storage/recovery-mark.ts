// storage: `log/recovery.mark`: this server lost entries that it had acknowledged, and must fetch them from its peers before it may vote or count for a
// quorum. Written before anything else when damage is found, removed when everything is there again. PURE.
//
//   [no mark] --damage, opened with onDamage 'mark'--> [mark] --all refetched, or a snapshot beyond it--> [no mark]

import type { Disk, Done, Got, ListedFile } from './disk.ts'
import { decodeRecoveryMark, encodeRecoveryMark, type RecoveryMark } from './messages.ts'
import { readSmallFile, removeSmallFile, writeSmallFile } from './small-file.ts'
import type { DamageReport } from './storage-damage.ts'

export type { RecoveryMark } from './messages.ts'

const NAME = 'recovery.mark'

/** What a damage report means for an ensemble; `null` if nothing is lost. */
export function markFor(report: DamageReport): RecoveryMark | null {
  if (report.lostFrom === null && report.hardState === 'kept') return null
  return {
    missingFrom: report.lostFrom ?? report.keptUntil + 1,
    refetchUntil: Math.max(report.keptUntil, report.lostUntil ?? 0),
    endKnown: report.endKnown,
    hardStateSuspect: report.hardState !== 'kept',
    identityLost: report.hardState === 'lost',
    problem: `${report.file}${report.offset === null ? '' : ` at offset ${report.offset}`}: ${report.problem}`,
  }
}

/** Both marks in one: damage found while an earlier one was not made good yet. */
export function joinedMark(one: RecoveryMark | null, other: RecoveryMark | null): RecoveryMark | null {
  if (one === null || other === null) return one ?? other
  return {
    missingFrom: Math.min(one.missingFrom, other.missingFrom),
    refetchUntil: Math.max(one.refetchUntil, other.refetchUntil),
    endKnown: one.endKnown && other.endKnown,
    hardStateSuspect: one.hardStateSuspect || other.hardStateSuspect,
    identityLost: one.identityLost || other.identityLost,
    problem: one.problem === other.problem ? one.problem : `${one.problem}; ${other.problem}`.slice(0, 8192),
  }
}

/** The mark of the directory, `null` if it has none. A damaged mark is an error: what it said may matter. */
export function readRecoveryMark(disk: Disk, files: readonly ListedFile[], done: Got<RecoveryMark | null>): void {
  readSmallFile(disk, files, NAME, (error, bytes) => {
    if (bytes === undefined) done(error)
    else decoded(bytes, done)
  })
}

function decoded(bytes: Buffer | null, done: Got<RecoveryMark | null>): void {
  let mark: RecoveryMark | null
  try {
    mark = bytes === null ? null : decodeRecoveryMark(bytes)
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)))
    return
  }
  done(null, mark)
}

export function writeRecoveryMark(disk: Disk, mark: RecoveryMark, done: Done): void {
  writeSmallFile(disk, NAME, encodeRecoveryMark(mark), done)
}

export function removeRecoveryMark(disk: Disk, done: Done): void {
  removeSmallFile(disk, NAME, done)
}

/** The mark of an open store, which comes off when everything is there again. */
export class OpenMark {
  readonly #disk: Disk
  #mark: RecoveryMark | null

  constructor(disk: Disk, mark: RecoveryMark | null) {
    this.#disk = disk
    this.#mark = mark
  }

  get current(): RecoveryMark | null {
    return this.#mark
  }

  /** A snapshot of another server took the log's place. It makes good what surely ended before it, but gives no vote back. */
  installed(index: number, done: Done): void {
    const mark = this.#mark
    if (mark === null || !mark.endKnown || mark.hardStateSuspect || index < mark.refetchUntil) done(null)
    else this.remove(done)
  }

  remove(done: Done): void {
    if (this.#mark === null) {
      done(null)
      return
    }
    removeRecoveryMark(this.#disk, (error) => {
      if (error === null) this.#mark = null
      done(error)
    })
  }
}
