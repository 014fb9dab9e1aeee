// A session over a bare socket for tests that must know which requests were answered and which were not when the server died.

import { connect, type Socket } from 'node:net'
import { readConnectResponse, writeConnectRequest } from '../../core/wire/connect.ts'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { readReplyHeader, writeRequestHeader } from '../../core/wire/headers.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { Request } from '../../core/wire/records.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { Writer } from '../../core/wire/writer.ts'

export interface SessionIdentity {
  readonly hi: number
  readonly lo: number
  readonly password: Buffer
}

export const NEW_SESSION: SessionIdentity = { hi: 0, lo: 0, password: Buffer.alloc(16) }

export interface Reply {
  readonly zxid: bigint
  readonly err: number
  /** Stands behind the header. */
  readonly body: Reader
}

interface Waiting {
  readonly xid: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

export class ConnectionCut extends Error {}

export class RawSession {
  readonly #socket: Socket
  readonly #decoder = new FrameDecoder(16 << 20)
  readonly #waiting: Waiting[] = []
  #onFirst: ((r: Reader) => void) | null = null
  #nextXid = 1
  #cut = false
  identity: SessionIdentity = NEW_SESSION

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#decoder.push(chunk, (bytes, start, end) => this.#frame(Buffer.from(bytes.subarray(start, end))))
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#cut = true
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new ConnectionCut('no reply: the connection was cut'))
    })
  }

  /** Opens a session, or attaches to one. A refused session shows as `identity.hi` and `lo` 0. */
  static open(port: number, identity: SessionIdentity, timeoutMs: number, lastZxidSeen = 0): Promise<RawSession> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      const session = new RawSession(socket)
      socket.once('close', () => reject(new ConnectionCut('the connection was cut before the handshake was answered')))
      session.#onFirst = (r) => {
        const { sessionHi, sessionLo, password } = readConnectResponse(r)
        session.identity = { hi: sessionHi, lo: sessionLo, password: Buffer.from(password) }
        resolve(session)
      }
      session.#send((w) => {
        const { hi, lo, password } = identity
        writeConnectRequest(w, { protocolVersion: 0, lastZxidSeen, timeoutMs, sessionHi: hi, sessionLo: lo, password, readOnly: false })
      })
    })
  }

  /** Rejects with {@link ConnectionCut} when the connection ends before the reply. */
  request(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#cut) {
        reject(new ConnectionCut('not sent: the connection was cut'))
        return
      }
      const xid = this.#nextXid++
      this.#waiting.push({ xid, resolve, reject })
      this.#send((w) => {
        writeRequestHeader(w, xid, request.op)
        writeRequest(w, request)
      })
    })
  }

  /** Cuts the connection; the session lives on. */
  cut(): void {
    this.#socket.destroy()
  }

  #send(write: (w: Writer) => void): void {
    const w = new Writer()
    const frame = w.beginFrame()
    write(w)
    w.endFrame(frame)
    this.#socket.write(w.copy())
  }

  #frame(bytes: Buffer): boolean {
    const r = new Reader(bytes)
    if (this.#onFirst !== null) {
      this.#onFirst(r)
      this.#onFirst = null
      return true
    }
    const { xid, zxid, err } = readReplyHeader(r)
    const waiting = this.#waiting.shift()
    if (waiting === undefined || waiting.xid !== xid) throw new Error(`reply ${xid} instead of ${waiting?.xid}`)
    waiting.resolve({ zxid, err, body: r })
    return true
  }
}
