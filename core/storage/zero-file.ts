// storage: makes a file of zeros that is durable under its name: what segments are made of. PURE.
//
//   <path>.tmp --zero-fill, sync--> rename to <path> --sync the folder-->

import type { Disk, DiskFile, Done } from './disk.ts'
import { LOG_FOLDER, TEMPORARY_SUFFIX } from './log-format.ts'
import { eachInTurn, inTurn } from './steps.ts'

const SLICE_BYTES = 262144
const ZEROS: Buffer = Buffer.alloc(SLICE_BYTES)

/** Makes `path`, a file of the log's folder, with `fileBytes` zeros. After an error there is no such file. */
export function makeZeroFile(disk: Disk, path: string, fileBytes: number, done: Done): void {
  const temporary = path + TEMPORARY_SUFFIX
  disk.create(temporary, (error, file) => {
    if (file === undefined) {
      done(error)
      return
    }
    fill(file, fileBytes, (fillError) => {
      file.close((closeError) => {
        const failure = fillError ?? closeError
        if (failure === null) giveName(disk, temporary, path, done)
        else disk.remove(temporary, () => done(failure)) // the first error is the one to tell; a left-over is removed at the next start
      })
    })
  })
}

/** Gives a whole file of the log's folder another name, durably. */
export function giveName(disk: Disk, from: string, to: string, done: Done): void {
  inTurn([(next) => disk.rename(from, to, next), (next) => disk.syncFolder(LOG_FOLDER, next)], done)
}

function fill(file: DiskFile, fileBytes: number, done: Done): void {
  const positions: number[] = []
  for (let at = 0; at < fileBytes; at += SLICE_BYTES) positions.push(at)
  const zeros = (at: number): readonly Buffer[] => [at + SLICE_BYTES <= fileBytes ? ZEROS : ZEROS.subarray(0, fileBytes - at)]
  // Synced slice by slice: one large sync at the end would hold up the appends that go on meanwhile.
  const writeSlice = (at: number, next: Done): void => {
    file.write(zeros(at), at, (error) => {
      if (error !== null) next(error)
      else file.sync(next)
    })
  }
  eachInTurn(positions, writeSlice, done)
}
