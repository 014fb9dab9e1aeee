// One TCP connection of the tester: sends bytes, and keeps every frame and the close in the order in which they came.

import { FrameDecoder } from '../../../core/wire/frame-decoder.ts'
import type { Dial, Wire } from './dial.ts'
import type { Call } from './steps.ts'

const MAX_FRAME_BYTES = 16 << 20
const NOTIFICATION_XID = -1
const XID_BYTES = 4

/** A request whose reply is awaited. */
export interface Asked {
  readonly step: number
  readonly call: Call
  readonly xid: number
  readonly op: number
}

/** What was heard on a connection. */
export type Heard =
  | { readonly kind: 'welcome'; readonly bytes: Buffer }
  | { readonly kind: 'reply'; readonly asked: Asked; readonly bytes: Buffer }
  | { readonly kind: 'event'; readonly bytes: Buffer }
  /** The server closed the connection. */
  | { readonly kind: 'closed' }
  /** Nothing came within the limit. */
  | { readonly kind: 'silence'; readonly asked: Asked | null }

export class TesterConnection {
  readonly heard: Heard[] = []
  #wire: Wire | null = null
  readonly #decoder = new FrameDecoder(MAX_FRAME_BYTES)
  readonly #asked: Asked[] = []
  readonly #silenceMs: number
  #welcomed = false
  #ended = false
  #wake: (() => void) | null = null

  private constructor(silenceMs: number) {
    this.#silenceMs = silenceMs
  }

  static async open(dial: Dial, silenceMs: number): Promise<TesterConnection> {
    const connection = new TesterConnection(silenceMs)
    connection.#wire = await dial({ data: (chunk) => connection.#data(chunk), closed: () => connection.#closed() })
    return connection
  }

  /** Whether either side has ended it. */
  get ended(): boolean {
    return this.#ended
  }

  /** Sends a ConnectRequest and waits for what comes of it. */
  greet(frame: Buffer): Promise<void> {
    return this.#send(frame, () => this.#welcomed)
  }

  /** Sends requests and waits until all are answered, or the connection ends. */
  ask(frames: Buffer, asked: readonly Asked[]): Promise<void> {
    if (this.#ended) return Promise.resolve()
    this.#asked.push(...asked)
    return this.#send(frames, () => this.#asked.length === 0)
  }

  /** Waits until the server has ended it. */
  async untilClosed(): Promise<void> {
    if (!this.#ended) await this.#wait(() => false)
  }

  /** Ends it from this side. */
  cut(): void {
    this.#ended = true
    this.#wire?.destroy()
  }

  #data(chunk: Buffer): void {
    this.#decoder.push(chunk, (bytes, start, end) => {
      this.#frame(bytes.subarray(start, end))
      return true
    })
    this.#wake?.()
  }

  #closed(): void {
    if (!this.#ended) this.heard.push({ kind: 'closed' })
    this.#ended = true
    this.#wake?.()
  }

  #frame(bytes: Buffer): void {
    if (!this.#welcomed) {
      this.#welcomed = true
      this.heard.push({ kind: 'welcome', bytes })
      return
    }
    if (bytes.length >= XID_BYTES && bytes.readInt32BE(0) === NOTIFICATION_XID) {
      this.heard.push({ kind: 'event', bytes })
      return
    }
    const asked = this.#asked.shift()
    if (asked === undefined) throw new Error(`a reply that nobody asked for: ${bytes.toString('hex')}`)
    this.heard.push({ kind: 'reply', asked, bytes })
  }

  // A server in this process may answer while it is written to.
  #send(bytes: Buffer, done: () => boolean): Promise<void> {
    const waited = this.#wait(done)
    this.#wire?.write(bytes)
    return waited
  }

  #wait(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.#wake = null
        resolve()
      }
      const timer = setTimeout(() => {
        this.heard.push({ kind: 'silence', asked: this.#asked[0] ?? null })
        this.cut()
        finish()
      }, this.#silenceMs)
      this.#wake = () => {
        if (done() || this.#ended) finish()
      }
    })
  }
}
