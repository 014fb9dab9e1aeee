// storage: `log/rewrite.journal`: a new log is put in place of a damaged one, so that a crash at any moment leaves one of the two in force. PURE.
//
//   segments 1..n --journal (incomplete)--> n+1.. written --journal (complete)--> 1..n moved aside --journal removed--> n+1..
//   in force: 1..n                                          n+1..

import type { Disk, Done, Got, ListedFile } from './disk.ts'
import { LOG_FOLDER, segmentNumber, segmentPath } from './log-format.ts'
import { decodeLogRewrite, encodeLogRewrite, type LogRewrite } from './messages.ts'
import { readSmallFile, removeSmallFile, writeSmallFile } from './small-file.ts'
import { SNAPSHOT_FOLDER, snapshotIndex, snapshotPath } from './snapshot-format.ts'
import { eachInTurn, inTurn } from './steps.ts'

export type { LogRewrite } from './messages.ts'

const NAME = 'rewrite.journal'

/** What a file is called that was moved aside. Recovery looks at no such name. */
export function asideName(path: string, suffix: string): string {
  return `${path}.damaged-${suffix}`
}

/** Whether a file was moved aside. */
export function isAside(name: string): boolean {
  return /\.damaged-[0-9a-f]{8}$/.test(name)
}

export function newSuffix(disk: Disk): string {
  return disk.randomBytes(4).toString('hex')
}

export function readLogRewrite(disk: Disk, files: readonly ListedFile[], done: Got<LogRewrite | null>): void {
  readSmallFile(disk, files, NAME, (error, bytes) => {
    if (bytes === undefined) {
      done(error)
      return
    }
    let rewrite: LogRewrite | null
    try {
      rewrite = bytes === null ? null : decodeLogRewrite(bytes)
    } catch (decodeError) {
      done(decodeError instanceof Error ? decodeError : new Error(String(decodeError)))
      return
    }
    done(null, rewrite)
  })
}

export function writeLogRewrite(disk: Disk, rewrite: LogRewrite, done: Done): void {
  writeSmallFile(disk, NAME, encodeLogRewrite(rewrite), done)
}

/** Finishes or undoes what a crash interrupted, then forgets it. */
export function endLogRewrite(disk: Disk, rewrite: LogRewrite, done: Done): void {
  let logFiles: ListedFile[] = []
  let snapshotFiles: ListedFile[] = []
  const steps: readonly ((next: Done) => void)[] = [
    (next) => listInto(disk, LOG_FOLDER, (files) => (logFiles = files), next),
    (next) => listInto(disk, SNAPSHOT_FOLDER, (files) => (snapshotFiles = files), next),
    (next) => endSegments(disk, logFiles, rewrite, next),
    (next) => (rewrite.complete ? endSnapshots(disk, snapshotFiles, rewrite, next) : next(null)),
    (next) => removeSmallFile(disk, NAME, next),
  ]
  inTurn(steps, done)
}

function listInto(disk: Disk, folder: string, keep: (files: ListedFile[]) => void, done: Done): void {
  disk.list(folder, (error, files) => {
    if (files !== undefined) keep(files)
    done(files === undefined ? error : null)
  })
}

function endSegments(disk: Disk, files: readonly ListedFile[], rewrite: LogRewrite, done: Done): void {
  const numbers = files.map(({ name }) => segmentNumber(name)).filter((number) => number > 0)
  const concerned = numbers.filter((number) => (rewrite.complete ? number < rewrite.firstSegment : number >= rewrite.firstSegment))
  const endOne = (number: number, next: Done): void => {
    const path = segmentPath(number)
    // Of an incomplete new log nothing was ever in force: what is removed is a copy.
    if (rewrite.complete) disk.rename(path, asideName(path, rewrite.suffix), next)
    else disk.remove(path, next)
  }
  inTurn([(next) => eachInTurn(concerned, endOne, next), (next) => disk.syncFolder(LOG_FOLDER, next)], done)
}

function endSnapshots(disk: Disk, files: readonly ListedFile[], rewrite: LogRewrite, done: Done): void {
  const there = rewrite.damagedSnapshots.filter((damaged) => files.some(({ name }) => snapshotIndex(name) === damaged))
  const move = (index: number, next: Done): void => {
    disk.rename(snapshotPath(index), asideName(snapshotPath(index), rewrite.suffix), next)
  }
  inTurn([(next) => eachInTurn(there, move, next), (next) => disk.syncFolder(SNAPSHOT_FOLDER, next)], done)
}
