// bench: one measured connection: sends requests of its ring, has every reply checked, hands latencies to the recorder.

import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { Writer } from '../../core/wire/writer.ts'
import { Channel, checkConnectResponse, connectRequestFrame } from './channel.ts'
import type { Recorder } from './recorder.ts'
import { ReplyChecker } from './reply-checker.ts'
import type { RequestSpec } from './request-ring.ts'
import { RequestRing } from './request-ring.ts'
import { NODES } from './workload.ts'

const SESSION_TIMEOUT_MS = 40_000
const CLOSE_XID = 0x7fff_fffe

type Phase = 'connecting' | 'running' | 'closing' | 'closed'

/** The requests of a connection, round and round, and where names that are counted start. */
export interface ConnectionRequests {
  readonly specs: readonly RequestSpec[]
  readonly firstCounter: number
}

export interface LoadConnectionOptions {
  readonly port: number
  readonly requests: ConnectionRequests
  readonly recorder: Recorder
  /** After a read was handled, with the number of replies in it. */
  readonly onReplies: (connection: LoadConnection, replies: number) => void
  /** At most once; the job is lost. */
  readonly onFailure: (error: Error) => void
}

export class LoadConnection {
  readonly ring: RequestRing
  readonly #options: LoadConnectionOptions
  readonly #checker: ReplyChecker
  readonly #channel: Channel
  #phase: Phase = 'connecting'
  #replies = 0
  #firstUnsent = 0
  #unsent = 0
  #onPhase: () => void = () => {}

  private constructor(options: LoadConnectionOptions) {
    this.#options = options
    this.ring = new RequestRing(options.requests.specs, options.requests.firstCounter)
    this.#checker = new ReplyChecker(this.ring, NODES)
    this.#channel = new Channel(
      { port: options.port },
      {
        frame: (bytes, start, end) => this.#frame(bytes, start, end),
        turnEnd: () => this.#turnEnd(),
        ended: (error) => this.#ended(error),
      },
    )
  }

  /** Resolves when the session is established; what goes wrong goes to `onFailure`. */
  static open(options: LoadConnectionOptions): Promise<LoadConnection> {
    return new Promise((resolve) => {
      const connection = new LoadConnection(options)
      connection.#onPhase = () => resolve(connection)
      connection.#channel.write(connectRequestFrame(SESSION_TIMEOUT_MS))
    })
  }

  /** Puts the next request in line; it leaves with {@link flush}. */
  queue(startedMs: number): void {
    const slot = this.ring.take(startedMs)
    if (this.#unsent === 0) this.#firstUnsent = slot
    this.#unsent += 1
  }

  /** Sends what was queued in one write. */
  flush(): void {
    const { ring } = this
    if (this.#unsent === 0) return
    const start = ring.starts[this.#firstUnsent] as number
    const last = this.#firstUnsent + this.#unsent
    this.#unsent = 0
    if (last <= ring.slots) {
      this.#channel.write(ring.bytes.subarray(start, ring.starts[last] as number))
    } else {
      this.#channel.writeTwo(ring.bytes.subarray(start), ring.bytes.subarray(0, ring.starts[last - ring.slots] as number))
    }
  }

  /** Closes the session; nothing may be in flight. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#phase = 'closing'
      this.#onPhase = resolve
      const w = new Writer()
      const frame = w.beginFrame()
      w.int32(CLOSE_XID)
      w.int32(OpCode.closeSession)
      w.endFrame(frame)
      this.#channel.write(w.take())
    })
  }

  destroy(): void {
    this.#phase = 'closed'
    this.#channel.destroy()
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    switch (this.#phase) {
      case 'running': {
        const startedMs = this.ring.startedMs[this.ring.expected] as number
        this.#checker.check(bytes, start, end)
        this.#options.recorder.record(startedMs, this.#channel.turnMs)
        this.#replies += 1
        return
      }
      case 'connecting':
        checkConnectResponse(bytes, start, end)
        this.#phase = 'running'
        this.#onPhase()
        return
      case 'closing':
        if (new Reader(bytes, start, end).int32() !== CLOSE_XID) throw new Error('the session was not closed in order')
        this.destroy()
        this.#onPhase()
        return
      case 'closed':
        return
    }
  }

  #turnEnd(): void {
    const replies = this.#replies
    if (replies === 0) return
    this.#replies = 0
    this.#options.onReplies(this, replies)
  }

  #ended(error: Error | null): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#options.onFailure(error ?? new Error('the server closed the connection'))
  }
}
