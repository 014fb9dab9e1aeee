// storage: files of one message that must be there whole or not at all. PURE.
//
//   0  8 B  "zoarnote"
//   8  u32  CRC-32 of the message
//  12  u32  bytes of the message
//  16       the message
//
// Written under a `.tmp` name, synced, renamed, the folder synced.

import type { Disk, Done, Got, ListedFile } from './disk.ts'
import { LOG_FOLDER, TEMPORARY_SUFFIX } from './log-format.ts'
import { inTurn } from './steps.ts'
import { damagedFile, diskFailure } from './storage-error.ts'

const MAGIC = 'zoarnote'
const HEAD_BYTES = 16
const MAX_BYTES = 65536

/** Writes `message` durably to `log/<name>`, in place of what was there. */
export function writeSmallFile(disk: Disk, name: string, message: Buffer, done: Done): void {
  const path = `${LOG_FOLDER}/${name}`
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(MAGIC, 'latin1')
  head.writeUInt32BE(disk.crc32(message), 8)
  head.writeUInt32BE(message.length, 12)
  disk.create(path + TEMPORARY_SUFFIX, (error, file) => {
    if (file === undefined) {
      done(error)
      return
    }
    const steps: readonly ((next: Done) => void)[] = [
      (next) => file.write([Buffer.concat([head, message])], 0, next),
      (next) => file.sync(next),
    ]
    inTurn(steps, (writeError) => {
      file.close((closeError) => {
        const failure = writeError ?? closeError
        if (failure === null) publish(disk, path, done)
        else done(failure)
      })
    })
  })
}

function publish(disk: Disk, path: string, done: Done): void {
  inTurn([(next) => disk.rename(path + TEMPORARY_SUFFIX, path, next), (next) => disk.syncFolder(LOG_FOLDER, next)], done)
}

/** Reads `log/<name>`; `null` if it is not among `files`. `ERR_STORAGE` if it is damaged. */
export function readSmallFile(disk: Disk, files: readonly ListedFile[], name: string, done: Got<Buffer | null>): void {
  const path = `${LOG_FOLDER}/${name}`
  const listed = files.find((file) => file.name === name)
  if (listed === undefined) {
    done(null, null)
    return
  }
  disk.read(path, 0, Math.min(listed.bytes, MAX_BYTES), (error, bytes) => {
    if (bytes === undefined) done(diskFailure(disk, `reading ${path}`, error ?? new Error('nothing was read')))
    else if (!isWhole(disk, bytes)) done(damagedFile(disk, path, 'the checksum does not match'))
    else done(null, bytes.subarray(HEAD_BYTES))
  })
}

function isWhole(disk: Disk, bytes: Buffer): boolean {
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return false
  return bytes.readUInt32BE(12) === bytes.length - HEAD_BYTES && bytes.readUInt32BE(8) === disk.crc32(bytes.subarray(HEAD_BYTES))
}

/** Removes `log/<name>` durably. */
export function removeSmallFile(disk: Disk, name: string, done: Done): void {
  inTurn([(next) => disk.remove(`${LOG_FOLDER}/${name}`, next), (next) => disk.syncFolder(LOG_FOLDER, next)], done)
}
