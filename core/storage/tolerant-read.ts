// storage: reads a file that the medium may not give back in full: what cannot be read is filled with bytes that nobody writes, so that it is
// found damaged and never taken for zeros. PURE.

import type { Disk, Done, Got } from './disk.ts'
import { eachInTurn } from './steps.ts'
import { diskFailure, isUnreadable } from './storage-error.ts'

const PIECE_BYTES = 4096
/** No mark, no magic, no zero. */
const UNREADABLE = 0xee

/** Reads the first `length` bytes of `path`. */
export function readWhatCan(disk: Disk, path: string, length: number, done: Got<Buffer>): void {
  disk.read(path, 0, length, (error, bytes) => {
    if (bytes !== undefined) done(null, bytes)
    else if (error !== null && isUnreadable(error)) readInPieces(disk, path, length, done)
    else done(diskFailure(disk, `reading ${path}`, error ?? new Error('nothing was read')))
  })
}

function readInPieces(disk: Disk, path: string, length: number, done: Got<Buffer>): void {
  const whole = Buffer.alloc(length, UNREADABLE)
  const positions: number[] = []
  for (let at = 0; at < length; at += PIECE_BYTES) positions.push(at)
  const readOne = (at: number, next: Done): void => {
    disk.read(path, at, Math.min(PIECE_BYTES, length - at), (error, piece) => {
      piece?.copy(whole, at)
      next(error === null || isUnreadable(error) ? null : error)
    })
  }
  eachInTurn(positions, readOne, (error) => {
    if (error === null) done(null, whole)
    else done(diskFailure(disk, `reading ${path}`, error))
  })
}
