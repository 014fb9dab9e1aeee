// storage: the errors of the room, with what the operator needs to know. PURE.

import { ZoariumError } from '../errors.ts'
import type { Disk } from './disk.ts'
import type { RecoveryMark } from './messages.ts'
import { type DamageReport, describeLoss, entryRange, StorageDamage } from './storage-damage.ts'

/** One file below the data directory cannot be trusted. */
export function damagedFile(disk: Disk, file: string, problem: string): ZoariumError {
  const cause = new StorageDamage({ file, offset: null, problem }, null)
  return new ZoariumError('ERR_STORAGE', `${disk.root}/${cause.message}`, { cause })
}

/** The data directory is damaged: what is concerned, and the two ways on. `damageIn(error)` gives the same as a value. */
export function damagedDirectory(disk: Disk, report: DamageReport): ZoariumError {
  const cause = new StorageDamage(report, report)
  const batch = report.badBatch === null ? '' : ` (batch of ${entryRange(report.badBatch.firstIndex, report.badBatch.lastIndex)})`
  const where = `${disk.root}/${report.file}${report.offset === null ? '' : ` at offset ${report.offset}`}${batch}`
  return new ZoariumError('ERR_STORAGE', `${where}: ${report.problem}. Damaged data; ${describeLoss(report)}. ${waysOn(disk.root)}`, {
    cause,
  })
}

/** An earlier opening found damage and left the rest to the peers, but this server is to run alone. */
export function markedDirectory(disk: Disk, mark: RecoveryMark): ZoariumError {
  const what = entryRange(mark.missingFrom, Math.max(mark.missingFrom, mark.refetchUntil))
  return new ZoariumError(
    'ERR_STORAGE',
    `${disk.root} is marked for recovery from peers (${what} missing or not to be trusted; ${mark.problem}). ${waysOn(disk.root)}`,
  )
}

function waysOn(root: string): string {
  return `Nothing was deleted or altered. Two ways on: restore a backup (zoarium snapshot restore), or keep what can be read: "zoarium log repair --data-dir ${root}" shows what that is, and with --accept-loss does it and keeps the originals`
}

/** An operation on the disk failed. */
export function diskFailure(disk: Disk, what: string, cause: Error): ZoariumError {
  return cause instanceof ZoariumError
    ? cause
    : new ZoariumError('ERR_STORAGE', `${what} in ${disk.root} failed (${cause.message})`, { cause })
}

/** A file of another version of this program: not damage. */
export function otherFormat(disk: Disk, file: string, version: number, expected: number): ZoariumError {
  return new ZoariumError(
    'ERR_STORAGE',
    `${disk.root}/${file}: the format version is ${version}, this program reads ${expected}: use the version that wrote it`,
  )
}

/** Whether a read failed because the medium does not give the data back; any other failure says nothing about the data. */
export function isUnreadable(error: Error): boolean {
  return 'code' in error && error.code === 'EIO'
}

/** Whether an error says that there is no room left (also by quota). */
export function isShortage(error: Error): boolean {
  return 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** What a snapshot is made of could not be read: the disk is not to blame. */
export class SnapshotSourceError extends Error {
  override readonly name = 'SnapshotSourceError'
}
