// storage: reads files around the system's cache, so that what is checked is what the disk holds. Knows Node.
//
// O_DIRECT wants position, length and the memory itself aligned. Node does not say where a buffer lies; so the place in it that the system accepts is
// found by trying, once for each buffer. Where there is no O_DIRECT (macOS, Windows, some file systems) the answer is `null` and a plain read must do.

import * as fs from 'node:fs'
import type { Got } from './disk.ts'

const BLOCK_BYTES = 4096
/** Memory comes from the allocator at multiples of this. */
const STEP_BYTES = 16
/** Where large pieces of memory begin after a page boundary in the usual allocators: tried first. */
const LIKELY = [BLOCK_BYTES - STEP_BYTES, 0]

const OFFSETS: readonly number[] = [
  ...LIKELY,
  ...Array.from({ length: BLOCK_BYTES / STEP_BYTES }, (_, i) => i * STEP_BYTES).filter((offset) => !LIKELY.includes(offset)),
]

/** Errors by which a system says that it does not read this way. */
const REFUSALS: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'])

export class DirectReader {
  #buffer: Buffer = Buffer.alloc(0)
  /** Where the aligned part of the buffer begins, -1 = to be found. */
  #offset = -1
  #busy = false
  /** Whether the system has refused to read this way. */
  refused: boolean = fs.constants.O_DIRECT === undefined

  /** `length` bytes from `position`, in a buffer of their own; `null` when the file must be read in the plain way. */
  read(path: string, position: number, length: number, done: Got<Buffer | null>): void {
    if (this.refused || this.#busy) {
      setImmediate(done, null, null)
      return
    }
    this.#busy = true
    const end: Got<Buffer | null> = (error, bytes) => {
      this.#busy = false
      if (error !== null && 'code' in error && REFUSALS.has(error.code)) {
        this.refused = true
        done(null, null)
      } else done(error, bytes)
    }
    fs.open(path, fs.constants.O_RDONLY | fs.constants.O_DIRECT, (error, fd) => {
      if (error !== null) {
        end(error)
        return
      }
      this.#readFile(fd, position, length, (readError, bytes) => {
        fs.close(fd, (closeError) => {
          const failure = readError ?? closeError ?? null
          if (failure !== null || bytes === undefined) end(failure)
          else end(null, bytes)
        })
      })
    })
  }

  #readFile(fd: number, position: number, length: number, done: Got<Buffer>): void {
    const from = Math.floor(position / BLOCK_BYTES) * BLOCK_BYTES
    const whole = Math.ceil((position + length - from) / BLOCK_BYTES) * BLOCK_BYTES
    if (this.#buffer.length < whole + BLOCK_BYTES) {
      this.#buffer = Buffer.allocUnsafeSlow(whole + BLOCK_BYTES)
      this.#offset = -1
    }
    const finish = (count: number): void => {
      const begin = this.#offset + position - from
      if (from + count < position + length) done(new Error(`the file ends ${position + length - from - count} bytes early`))
      else done(null, Buffer.from(this.#buffer.subarray(begin, begin + length)))
    }
    const attempt = (next: number): void => {
      const offset = this.#offset >= 0 ? this.#offset : (OFFSETS[next] ?? 0)
      fs.read(fd, this.#buffer, offset, whole, from, (error, count) => {
        if (error !== null && error.code === 'EINVAL' && this.#offset < 0 && next + 1 < OFFSETS.length) {
          attempt(next + 1)
          return
        }
        if (error !== null) {
          done(error)
          return
        }
        this.#offset = offset
        finish(count)
      })
    }
    attempt(0)
  }
}
