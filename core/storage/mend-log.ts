// storage: makes the end of a log good before it is used: what a crash left of a write becomes zeros, and what can be read is written once more. PURE.
//
//   [as found] --torn--> mark --> zeros --> used part again --> mark away --> [mended]
//   [a mark is there] --> zeros to the end of the segment, and of the spare one --> used part again --> mark away --> [mended]
//
// After a failed sync the system may remember what the disk never got. For the used part that is cured by writing it again at every opening. Zeros that
// did not get to the disk would let the torn write come back behind what is written later; the mark, an empty file, tells the next opening of
// them. It needs no sync: what only memory holds is gone with a crash of the machine, as the mark may be.

import type { Disk, Done, ListedFile } from './disk.ts'
import { LOG_FOLDER, segmentPath, TEMPORARY_SUFFIX } from './log-format.ts'
import type { LogEnd } from './log-recovery.ts'
import { eachInTurn, inTurn } from './steps.ts'

const MARK = `mending${TEMPORARY_SUFFIX}`
const MARK_PATH = `${LOG_FOLDER}/${MARK}`

/** So much is handed to the disk at once: it may be busy with other things. */
const SLICE_BYTES = 1024 * 1024

/** Whether a file in the log's folder is what an interrupted mending left, and not for others to remove. */
export function isMendingMark(name: string): boolean {
  return name === MARK
}

/** `files` are those of the log's folder. */
export function mendLog(disk: Disk, end: LogEnd, files: readonly ListedFile[], done: Done): void {
  const { torn, spare, usedPrefix } = end
  const unfinished = files.some(({ name }) => isMendingMark(name))
  const last = end.segments.at(-1)
  const steps: ((next: Done) => void)[] = []
  if (torn !== null && !unfinished) {
    steps.push((next) => writeMark(disk, next))
    steps.push((next) => writeZeros(disk, torn.path, torn.offset, torn.offset + torn.bytes, next))
  }
  if (unfinished && last !== undefined) steps.push((next) => writeZeros(disk, segmentPath(last.number), end.offset, last.fileBytes, next))
  if (unfinished && spare !== null) steps.push((next) => writeZeros(disk, segmentPath(spare.number), 0, spare.fileBytes, next))
  steps.push((next) => writeDurably(disk, usedPrefix.path, 0, slicesOf(usedPrefix.bytes), next))
  if (torn !== null || unfinished) steps.push((next) => disk.remove(MARK_PATH, next))
  inTurn(steps, done)
}

function writeMark(disk: Disk, done: Done): void {
  disk.create(MARK_PATH, (error, file) => {
    if (file === undefined) done(error)
    else file.close(done)
  })
}

function writeZeros(disk: Disk, path: string, from: number, to: number, done: Done): void {
  const zeros = Buffer.alloc(Math.min(SLICE_BYTES, to - from))
  const slices: Buffer[] = []
  for (let at = from; at < to; at += zeros.length) slices.push(zeros.subarray(0, to - at))
  writeDurably(disk, path, from, slices, done)
}

function slicesOf(bytes: Buffer): Buffer[] {
  const slices: Buffer[] = []
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) slices.push(bytes.subarray(at, at + SLICE_BYTES))
  return slices
}

/** Writes the slices one behind the other. */
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
