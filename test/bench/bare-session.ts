// bench: a session for what is not measured: making the znodes that the load needs, asking whether a server is up, sitting idle.

import { OpCode, Xid } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { Writer } from '../../core/wire/writer.ts'
import type { ChannelTarget } from './channel.ts'
import { Channel, checkConnectResponse, connectRequestFrame } from './channel.ts'

const SESSION_TIMEOUT_MS = 40_000
const OPEN_TIMEOUT_MS = 30_000

interface Waiting {
  readonly xid: number
  readonly settle: (err: number) => void
  readonly reject: (error: Error) => void
}

export class BareSession {
  readonly #channel: Channel
  readonly #waiting: Waiting[] = []
  readonly #onEnd: (() => void)[] = []
  #established: Waiting | null = null
  #nextXid = 1
  #ended = false

  private constructor(target: ChannelTarget) {
    this.#channel = new Channel(target, {
      frame: (bytes, start, end) => this.#frame(bytes, start, end),
      turnEnd: () => {},
      ended: (error) => this.#end(error),
    })
  }

  /** Resolves when the server has granted a session; rejects when it refuses, or stays silent for `timeoutMs`. */
  static open(target: ChannelTarget, timeoutMs: number = OPEN_TIMEOUT_MS): Promise<BareSession> {
    return new Promise((resolve, reject) => {
      const session = new BareSession(target)
      const timer = setTimeout(() => session.#channel.destroy(new Error(`no session after ${timeoutMs} ms`)), timeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        resolve(session)
      }
      const refuse = (error: Error): void => {
        clearTimeout(timer)
        reject(error)
      }
      session.#established = { xid: 0, settle, reject: refuse }
      session.#channel.write(connectRequestFrame(SESSION_TIMEOUT_MS))
    })
  }

  /** Sends one request and resolves with the error code of the reply. */
  request(op: OpCode, body: (w: Writer) => void): Promise<number> {
    if (this.#ended) return Promise.reject(new Error('the connection has ended'))
    const w = new Writer()
    const frame = w.beginFrame()
    const xid = op === OpCode.ping ? Xid.ping : this.#nextXid++
    w.int32(xid)
    w.int32(op)
    body(w)
    w.endFrame(frame)
    return new Promise((settle, reject) => {
      this.#waiting.push({ xid, settle, reject })
      this.#channel.write(w.take())
    })
  }

  /** Closes the session at the server and waits for the end of the connection. */
  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#onEnd.push(resolve))
    if (this.#ended) return
    await this.request(OpCode.closeSession, () => {})
    this.#channel.destroy()
    await gone
  }

  /** Drops the connection and leaves the session behind. */
  drop(): void {
    this.#channel.destroy()
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    if (this.#established !== null) {
      checkConnectResponse(bytes, start, end)
      this.#established.settle(0)
      this.#established = null
      return
    }
    const r = new Reader(bytes, start, end)
    const xid = r.int32()
    r.int64()
    const waiting = this.#waiting.shift()
    if (waiting === undefined || waiting.xid !== xid) throw new Error(`xid ${xid} came out of order`)
    waiting.settle(r.int32())
  }

  #end(error: Error | null): void {
    this.#ended = true
    const reason = error ?? new Error('the server closed the connection')
    this.#established?.reject(reason)
    this.#established = null
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason)
    for (const told of this.#onEnd.splice(0)) told()
  }
}
