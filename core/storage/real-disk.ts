// storage: the Disk contract on node:fs. With its two helpers the only file of this room that knows Node. Bench figures: docs/internals/storage.md.
//
// A durable write is one write(2) or writev(2) on a file opened with O_DSYNC: one hop through libuv's thread pool instead of the two of
// write + fdatasync. Over zero-filled blocks it commits no metadata.

import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { DirectReader } from './direct-reader.ts'
import { acquireLock, releaseLock } from './directory-lock.ts'
import type { Crc32, Disk, DiskFile, DiskSpace, Done, Got, ListedFile, Sha256 } from './disk.ts'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const NO_PARTS: readonly Buffer[] = []
const { O_CREAT, O_DSYNC, O_TRUNC, O_WRONLY } = fs.constants

/** One open file. Its callbacks are made once, so that a write allocates nothing of its own. */
class RealFile implements DiskFile {
  readonly #fd: number
  readonly #path: string
  #done: Done | null = null
  #parts: readonly Buffer[] = NO_PARTS
  #position = 0
  #expected = 0
  readonly #onWritten: (error: Error | null, written: number) => void
  readonly #onTimed: OnDurableWrite | null
  #startedMs = 0

  /** `onTimed` hears how long each write took. */
  constructor(fd: number, path: string, onTimed: OnDurableWrite | null) {
    this.#fd = fd
    this.#path = path
    this.#onTimed = onTimed
    this.#onWritten = (error, written) => this.#finish(error, written)
  }

  write(parts: readonly Buffer[], position: number, done: Done): void {
    this.#done = done
    this.#parts = parts
    this.#position = position
    if (this.#onTimed !== null) this.#startedMs = performance.now()
    const first = parts[0]
    if (parts.length === 1 && first !== undefined) {
      this.#expected = first.length
      fs.write(this.#fd, first, 0, first.length, position, this.#onWritten)
      return
    }
    this.#expected = 0
    for (const part of parts) this.#expected += part.length
    fs.writev(this.#fd, parts, position, this.#onWritten)
  }

  sync(done: Done): void {
    fs.fsync(this.#fd, done)
  }

  close(done: Done): void {
    fs.close(this.#fd, (error) => done(error ?? null))
  }

  #finish(error: Error | null, written: number): void {
    if (error === null && written > 0 && written < this.#expected) {
      this.#writeRest(written)
      return
    }
    const done = this.#done
    this.#done = null
    this.#parts = NO_PARTS
    if (done === null) return
    if (error === null && this.#onTimed !== null) this.#onTimed(performance.now() - this.#startedMs)
    if (error === null && written !== this.#expected) {
      done(new Error(`short write to ${this.#path}: ${written} of ${this.#expected} bytes`))
      return
    }
    done(error)
  }

  /** A system that could write only a part says why when it is given the rest: a full disk first takes what fits. */
  #writeRest(written: number): void {
    let skip = written
    const rest: Buffer[] = []
    for (const part of this.#parts) {
      if (skip < part.length) rest.push(part.subarray(skip))
      skip = Math.max(0, skip - part.length)
    }
    this.#parts = rest
    this.#position += written
    this.#expected -= written
    fs.writev(this.#fd, rest, this.#position, this.#onWritten)
  }
}

/** Hears of each read that has succeeded. */
export type OnRead = (path: string, bytes: number) => void
/** Hears how long each durable write took that has succeeded. */
export type OnDurableWrite = (tookMs: number) => void

/** A data directory on a file system. */
export class RealDisk implements Disk {
  readonly root: string
  readonly crc32: Crc32 = crc32
  readonly #onRead: OnRead
  readonly #onDurableWrite: OnDurableWrite | null
  readonly #direct = new DirectReader()

  constructor(root: string, onRead: OnRead = () => {}, onDurableWrite: OnDurableWrite | null = null) {
    this.root = root
    this.#onRead = onRead
    this.#onDurableWrite = onDurableWrite
  }

  sha256(): Sha256 {
    return createHash('sha256')
  }

  randomBytes(count: number): Buffer {
    return randomBytes(count)
  }

  lock(done: Done): void {
    const whole = resolve(this.root)
    fs.mkdir(whole, { recursive: true, mode: FOLDER_MODE }, (error, firstMade) => {
      if (error !== null) {
        done(error)
        return
      }
      syncAbove(whole, firstMade, (syncError) => {
        if (syncError === null) acquireLock(whole, done)
        else done(syncError)
      })
    })
  }

  unlock(done: Done): void {
    releaseLock(resolve(this.root), done)
  }

  makeFolder(path: string, done: Done): void {
    const whole = this.#at(path)
    fs.mkdir(whole, { mode: FOLDER_MODE }, (error) => {
      if (error !== null && error.code !== 'EEXIST') {
        done(error)
        return
      }
      syncPath(dirname(whole), done)
    })
  }

  list(folder: string, done: Got<ListedFile[]>): void {
    const whole = this.#at(folder)
    fs.readdir(whole, (error, names) => {
      if (error !== null) {
        done(error)
        return
      }
      const files: ListedFile[] = []
      let left = names.length
      let failure: Error | null = null
      if (left === 0) done(null, files)
      for (const name of names) {
        fs.stat(join(whole, name), (statError, stats) => {
          if (statError !== null) failure ??= statError
          else if (stats.isFile()) files.push({ name, bytes: stats.size })
          left -= 1
          if (left === 0) done(failure, files)
        })
      }
    })
  }

  read(path: string, position: number, length: number, done: Got<Buffer>, into?: Buffer): void {
    fs.open(this.#at(path), 'r', (error, fd) => {
      if (error !== null) {
        done(error)
        return
      }
      const target = into !== undefined && into.length >= length ? into.subarray(0, length) : Buffer.allocUnsafeSlow(length)
      readFully(fd, target, 0, position, (readError, bytes) => {
        fs.close(fd, (closeError) => {
          const failure = readError ?? closeError ?? null
          if (failure !== null || bytes === undefined) {
            done(failure)
            return
          }
          this.#onRead(path, length)
          done(null, bytes)
        })
      })
    })
  }

  readUncached(path: string, position: number, length: number, done: Got<Buffer>): void {
    this.#direct.read(this.#at(path), position, length, (error, bytes) => {
      if (bytes === null) this.read(path, position, length, done)
      else done(error, bytes)
    })
  }

  create(path: string, done: Got<DiskFile>): void {
    this.#open(path, O_WRONLY | O_CREAT | O_TRUNC, null, done)
  }

  openDurable(path: string, done: Got<DiskFile>): void {
    this.#open(path, O_WRONLY | O_DSYNC, this.#onDurableWrite, done)
  }

  rename(from: string, to: string, done: Done): void {
    fs.rename(this.#at(from), this.#at(to), done)
  }

  remove(path: string, done: Done): void {
    fs.unlink(this.#at(path), done)
  }

  syncFolder(path: string, done: Done): void {
    syncPath(this.#at(path), done)
  }

  space(done: Got<DiskSpace>): void {
    fs.statfs(this.root, (error, stats) => {
      if (error === null) done(null, { freeBytes: stats.bsize * stats.bavail, totalBytes: stats.bsize * stats.blocks })
      else done(error)
    })
  }

  #at(path: string): string {
    return join(this.root, path)
  }

  #open(path: string, flags: number, onTimed: OnDurableWrite | null, done: Got<DiskFile>): void {
    fs.open(this.#at(path), flags, FILE_MODE, (error, fd) => {
      if (error === null) done(null, new RealFile(fd, path, onTimed))
      else done(error)
    })
  }
}

function readFully(fd: number, into: Buffer, filled: number, position: number, done: Got<Buffer>): void {
  if (filled === into.length) {
    setImmediate(done, null, into)
    return
  }
  fs.read(fd, into, filled, into.length - filled, position + filled, (error, count) => {
    if (error !== null) done(error)
    else if (count === 0) done(new Error(`the file ends ${into.length - filled} bytes early`))
    else if (filled + count === into.length) done(null, into)
    else readFully(fd, into, filled + count, position, done)
  })
}

/** Makes the names of `folder` and of the folders above it durable, up to the first that was made. */
function syncAbove(folder: string, firstMade: string | undefined, done: Done): void {
  if (firstMade === undefined) {
    done(null)
    return
  }
  const above = dirname(folder)
  syncPath(above, (error) => {
    if (error !== null || folder === firstMade || above === folder) done(error)
    else syncAbove(above, firstMade, done)
  })
}

/** Makes the names in a folder durable. Windows has no such call and needs none. */
function syncPath(path: string, done: Done): void {
  if (process.platform === 'win32') {
    setImmediate(done, null)
    return
  }
  fs.open(path, 'r', (error, fd) => {
    if (error !== null) {
      done(error)
      return
    }
    fs.fsync(fd, (syncError) => {
      fs.close(fd, (closeError) => done(syncError ?? closeError ?? null))
    })
  })
}
