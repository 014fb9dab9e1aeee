// tools: a file read at any place through one window of memory, so that a log of gigabytes takes a few megabytes.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ZoariumError } from '../../errors.ts'

const WINDOW_BYTES = 4 * 1024 * 1024

/** Bytes by offset. */
export interface ByteFile {
  /** For messages. */
  readonly path: string
  readonly size: number
  /** Exactly `length` bytes, valid until the next call. What lies behind the end is a caller's mistake. */
  read(offset: number, length: number): Buffer
}

/** A file of the disk. Close it. */
export class WindowedFile implements ByteFile {
  readonly path: string
  readonly size: number
  readonly #fd: number
  #window: Buffer = Buffer.alloc(0)
  #start = 0

  constructor(path: string) {
    this.path = path
    this.#fd = openSync(path, 'r')
    this.size = fstatSync(this.#fd).size
  }

  read(offset: number, length: number): Buffer {
    const at = offset - this.#start
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length)
    const bytes = Math.min(Math.max(length, WINDOW_BYTES), this.size - offset)
    this.#window = Buffer.allocUnsafeSlow(bytes)
    this.#start = offset
    for (let done = 0; done < bytes; ) {
      const got = readSync(this.#fd, this.#window, done, bytes - done, offset + done)
      if (got === 0) throw new ZoariumError('ERR_STORAGE', `${this.path} became shorter while it was read; is its server still running?`)
      done += got
    }
    return this.#window.subarray(0, length)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
