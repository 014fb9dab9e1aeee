// bench: one socket and the frames that come out of it, with as little work per frame as Node allows.
//
// All sockets of the process read into one static buffer; a frame that lies in it whole is handled in place, only what is cut off
// at its end is carried over to the next read.

import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { Reader } from '../../core/wire/reader.ts'
import { Writer } from '../../core/wire/writer.ts'

const READ_BUFFER_BYTES = 256 * 1024
const MAX_FRAME_BYTES = 1 << 20
const PASSWORD_BYTES = 16
const NONE = Buffer.alloc(0)

// Safe to share: a read is handled to its end before the next one starts.
const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)

/** What a channel tells its owner. */
export interface ChannelHandler {
  /** One frame's body in `bytes[start, end)`, valid during the call. */
  frame(bytes: Buffer, start: number, end: number): void
  /** Every whole frame of one read was handled. */
  turnEnd(): void
  /** The connection is gone; `error` is null after an orderly end. */
  ended(error: Error | null): void
}

export interface ChannelTarget {
  readonly port: number
  /** Where the connection comes from; another address is another set of ephemeral ports. */
  readonly localAddress?: string
}

export class Channel {
  readonly #socket: Socket
  readonly #handler: ChannelHandler
  #carry: Buffer = NONE
  #turnMs = 0
  #ended = false

  constructor(target: ChannelTarget, handler: ChannelHandler) {
    this.#handler = handler
    this.#socket = connect({
      host: '127.0.0.1',
      port: target.port,
      noDelay: true,
      ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
      onread: { buffer: readBuffer, callback: (length) => this.#read(length) },
    })
    this.#socket.on('error', (error) => this.#end(error))
    this.#socket.on('close', () => this.#end(null))
    // Bytes go to onread; only a stream that flows notices the end.
    this.#socket.resume()
  }

  /** When the read that is being handled came, in milliseconds of `performance.now`. */
  get turnMs(): number {
    return this.#turnMs
  }

  /** Sends bytes that stay unchanged until a reply to them has come. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Sends two pieces in one system call. */
  writeTwo(first: Buffer, second: Buffer): void {
    this.#socket.cork()
    this.#socket.write(first)
    this.#socket.write(second)
    this.#socket.uncork()
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error)
  }

  #end(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#handler.ended(error)
  }

  #read(length: number): boolean {
    this.#turnMs = performance.now()
    try {
      if (this.#carry.length === 0) {
        this.#frames(readBuffer, length)
      } else {
        const joined = Buffer.concat([this.#carry, readBuffer.subarray(0, length)])
        this.#frames(joined, joined.length)
      }
      this.#handler.turnEnd()
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)))
      this.#socket.destroy()
    }
    return true
  }

  #frames(bytes: Buffer, length: number): void {
    let at = 0
    while (length - at >= 4) {
      const size = bytes.readInt32BE(at)
      if (size < 0 || size > MAX_FRAME_BYTES) throw new Error(`a frame claims ${size} bytes`)
      const end = at + 4 + size
      if (end > length) break
      this.#handler.frame(bytes, at + 4, end)
      at = end
    }
    this.#carry = at === length ? NONE : Buffer.from(bytes.subarray(at, length))
  }
}

/** The frame that opens a new session. */
export function connectRequestFrame(sessionTimeoutMs: number): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  w.int32(0)
  w.int64(0)
  w.int32(sessionTimeoutMs)
  w.int64(0)
  w.buffer(Buffer.alloc(PASSWORD_BYTES))
  w.boolean(false)
  w.endFrame(frame)
  return w.take()
}

/** Throws unless the frame is the answer to a new session: a timeout, an id and a password. */
export function checkConnectResponse(bytes: Buffer, start: number, end: number): void {
  const r = new Reader(bytes, start, end)
  r.int32()
  const timeoutMs = r.int32()
  const sessionId = r.int64BigInt()
  const password = r.buffer()
  if (timeoutMs <= 0 || sessionId === 0n || password === null || password.length !== PASSWORD_BYTES) {
    throw new Error('the server refused the session')
  }
}
