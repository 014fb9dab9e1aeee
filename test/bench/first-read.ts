// bench: how long a server that was just started takes to its first served read: a new connection, a session, the reply of a getData.
//
// A try every 10 ms. A server that does not listen yet refuses at once; one that listens but does not serve closes the connection, or leaves
// it without an answer: then another try is made beside it, and the first reply of any counts.

import { setTimeout as delay } from 'node:timers/promises'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { Writer } from '../../core/wire/writer.ts'
import { Channel, checkConnectResponse, connectRequestFrame } from './channel.ts'
import type { RunningServer } from './running-server.ts'

const TRY_EVERY_MS = 10
const UNANSWERED_MS = 100
const MAX_TRIES_AT_ONCE = 50
const LIMIT_MS = 120_000
const SESSION_TIMEOUT_MS = 10_000

export interface FirstRead {
  /** From before the process was made until the reply. */
  readonly sec: number
  /** CPU time of the process, all its threads, until then. */
  readonly cpuSec: number
}

/** What must be read; `data` null: whatever is there. */
export interface ReadTarget {
  readonly path: string
  readonly data: Buffer | null
}

function getDataFrame(path: string): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  w.int32(1)
  w.int32(OpCode.getData)
  w.ustring(path)
  w.boolean(false)
  w.endFrame(frame)
  return w.take()
}

function checkReply(bytes: Buffer, start: number, end: number, { path, data }: ReadTarget): void {
  const r = new Reader(bytes, start, end)
  const xid = r.int32()
  r.int64()
  const err = r.int32()
  if (xid !== 1 || err !== ErrorCode.ok) throw new Error(`the first read, ${path}: xid ${xid}, error code ${err}`)
  const found = r.buffer()
  if (data !== null && (found === null || !data.equals(found))) throw new Error(`the first read, ${path}: not the data that was written`)
}

class Try {
  readonly startedMs: number = performance.now()
  readonly #channel: Channel
  #established = false
  #pending = true

  constructor(port: number, target: ReadTarget, onRead: () => void, onWrong: (error: Error) => void) {
    this.#channel = new Channel(
      { port },
      {
        frame: (bytes, start, end) => {
          if (this.#established) {
            try {
              checkReply(bytes, start, end, target)
              onRead()
            } catch (error) {
              onWrong(error instanceof Error ? error : new Error(String(error)))
            }
            return
          }
          checkConnectResponse(bytes, start, end)
          this.#established = true
          this.#channel.write(getDataFrame(target.path))
        },
        turnEnd: () => {},
        ended: () => {
          this.#pending = false
        },
      },
    )
    this.#channel.write(connectRequestFrame(SESSION_TIMEOUT_MS))
  }

  get pending(): boolean {
    return this.#pending
  }

  drop(): void {
    this.#channel.destroy()
  }
}

/** Waits for the first read that `server` serves. Throws when the server ends, takes over two minutes, or answers wrongly. */
export async function firstRead(server: RunningServer, target: ReadTarget): Promise<FirstRead> {
  let tries: Try[] = []
  const seen: { read: FirstRead | null; wrong: Error | null } = { read: null, wrong: null }
  const onRead = (): void => {
    seen.read ??= { sec: (performance.now() - server.spawnedMs) / 1000, cpuSec: server.cpuSeconds() }
  }
  const onWrong = (error: Error): void => {
    seen.wrong = error
  }
  try {
    for (;;) {
      if (seen.wrong !== null) throw seen.wrong
      if (seen.read !== null) return seen.read
      if (server.hasExited) throw new Error(`the server ended while it started:\n${server.logTail()}`)
      const nowMs = performance.now()
      if (nowMs - server.spawnedMs > LIMIT_MS) throw new Error(`no read was served after ${LIMIT_MS / 1000} s:\n${server.logTail()}`)
      tries = tries.filter(({ pending }) => pending)
      const isWaiting = tries.some(({ startedMs }) => nowMs - startedMs < UNANSWERED_MS)
      if (!isWaiting && tries.length < MAX_TRIES_AT_ONCE) tries.push(new Try(server.port, target, onRead, onWrong))
      await delay(TRY_EVERY_MS)
    }
  } finally {
    for (const open of tries) open.drop()
  }
}
