// storage: room that is kept back for the day when the disk is full: zero-filled files beside the log, each as large as the smallest segment. PURE.
//
//   log/<n>.reserve   --the log needs a segment and there is no room--> renamed to log/<number>.log: needs no room at all
//                     --a snapshot needs room------------------------> removed
//
// A renamed file is a segment like any other: whoever else fills the disk cannot take that room. Files that are gone are made anew when there is room.

import { assert } from '../support/assert.ts'
import type { Disk, DiskFile, Done, Got, ListedFile } from './disk.ts'
import { LOG_FOLDER, segmentPath } from './log-format.ts'
import { eachInTurn, inTurn } from './steps.ts'
import { giveName, makeZeroFile } from './zero-file.ts'

function reservePath(number: number): string {
  return `${LOG_FOLDER}/${String(number).padStart(4, '0')}.reserve`
}

function reserveNumber(name: string): number {
  const match = /^(\d{4,10})\.reserve$/.exec(name)
  return match === null ? 0 : Number(match[1])
}

export class SegmentReserve {
  readonly #disk: Disk
  readonly #fileBytes: number
  /** Numbers of the files that are there, ascending. */
  #numbers: number[] = []
  /** Never used twice in one life: a file that is on its way out keeps its name until it is gone. */
  #nextNumber = 1
  #busy = false

  constructor(disk: Disk, fileBytes: number) {
    this.#disk = disk
    this.#fileBytes = fileBytes
  }

  /** Takes over what an earlier life left in the log's folder. */
  adopt(files: readonly ListedFile[]): void {
    const fitting = files.filter(({ name, bytes }) => reserveNumber(name) > 0 && bytes === this.#fileBytes)
    this.#numbers = fitting.map(({ name }) => reserveNumber(name)).sort((a, b) => a - b)
    this.#nextNumber = Math.max(0, ...files.map(({ name }) => reserveNumber(name))) + 1
  }

  get fileBytes(): number {
    return this.#fileBytes
  }

  get fileCount(): number {
    return this.#numbers.length
  }

  get bytes(): number {
    return this.#numbers.length * this.#fileBytes
  }

  /** Whether files are being made or removed. */
  get busy(): boolean {
    return this.#busy
  }

  /** Turns a file into segment `number` and opens it; yields `null` when there is none or `neededBytes` do not fit into it. */
  take(number: number, neededBytes: number, done: Got<DiskFile | null>): void {
    const reserved = neededBytes > this.#fileBytes ? undefined : this.#numbers.pop()
    if (reserved === undefined) {
      done(null, null)
      return
    }
    const path = segmentPath(number)
    giveName(this.#disk, reservePath(reserved), path, (error) => {
      if (error === null) this.#disk.openDurable(path, done)
      else done(error)
    })
  }

  /** Makes one more file. */
  add(done: Done): void {
    assert(!this.#busy, 'one change of the reserve at a time')
    this.#busy = true
    const number = this.#nextNumber
    this.#nextNumber += 1
    makeZeroFile(this.#disk, reservePath(number), this.#fileBytes, (error) => {
      this.#busy = false
      if (error === null) this.#numbers.push(number)
      done(error)
    })
  }

  /** Removes files until `keep` are left; their room is free when it calls back. */
  release(keep: number, done: Done): void {
    const released = this.#numbers.splice(keep)
    if (released.length === 0) {
      done(null)
      return
    }
    const remove = (number: number, next: Done): void => this.#disk.remove(reservePath(number), next)
    inTurn([(next) => eachInTurn(released, remove, next), (next) => this.#disk.syncFolder(LOG_FOLDER, next)], done)
  }
}
