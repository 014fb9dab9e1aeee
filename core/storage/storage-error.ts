// storage: the errors of the room, with what the operator needs to know. PURE.

import { ZoariumError } from '../errors.ts'
import type { Disk } from './disk.ts'

const UNTOUCHED =
  'nothing was deleted or altered. Keep a copy of the directory; then restore it from a backup, or, if other servers of the ensemble hold the data, empty it and let this server join anew'

/** What was written cannot be trusted. `where` names the file below the data directory, with the offset if there is one. */
export function corruption(disk: Disk, where: string, problem: string): ZoariumError {
  return new ZoariumError('ERR_STORAGE', `${disk.root}/${where}: ${problem}; ${UNTOUCHED}`)
}

/** An operation on the disk failed. */
export function diskFailure(disk: Disk, what: string, cause: Error): ZoariumError {
  return cause instanceof ZoariumError
    ? cause
    : new ZoariumError('ERR_STORAGE', `${what} in ${disk.root} failed (${cause.message})`, { cause })
}

/** Whether an error says that there is no room left (also by quota). */
export function isShortage(error: Error): boolean {
  return 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** What a snapshot is made of could not be read: the disk is not to blame. */
export class SnapshotSourceError extends Error {
  override readonly name = 'SnapshotSourceError'
}
