// client: one connection to one server, from dialling to its end: handshake, then requests and replies in order.
//
//   dialling --connected--> handshaking --ConnectResponse--> attached --closeSession sent--> closing
//        |                        |  '--with SASL--> logging in ---^
//        '------------------------+------------------------------+-- leaving -> retiring --------'--> over
//
// What leaves after that, in this order and in one write (ClientCnxn.primeConnection): auth, setWatches, then the queue. Replies
// to pings, auth and setWatches carry fixed xids and come in order among their kind; all others must match the head of the queue.

import { nextTick } from 'node:process'
import { errorFromWire, ZoariumError } from '../errors.ts'
import { Deque } from '../support/deque.ts'
import { readConnectResponse, writeConnectRequest } from '../wire/connect.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { type ReplyHeaderFields, readReplyHeaderInto, writeRequestHeader } from '../wire/headers.ts'
import { OpCode, SERVER_ENDS, Xid } from '../wire/op-codes.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import type { ConnectRequest, ConnectResponse, Request, WatcherEvent } from '../wire/records.ts'
import { writeRequest } from '../wire/requests.ts'
import { readSaslResponse, readSetWatches2Response } from '../wire/responses.ts'
import { readWatcherEvent } from '../wire/watch-event.ts'
import { type AuthEntry, authRequest } from './auth.ts'
import { describe, type PendingCall } from './call.ts'
import { formatAddress, type ServerAddress } from './connection-string.ts'
import type { ClientCounters } from './counters.ts'
import type { ResolvedConnectOptions } from './options.ts'
import type { RearmChunk } from './rearm.ts'
import type { RequestQueue } from './request-queue.ts'
import { SaslLogin } from './sasl-login.ts'
import { Transport } from './transport.ts'

const NOTHING: Buffer = Buffer.alloc(0)
const MAX_XID = 2 ** 31 - 1
/** Encoded at once at most; the rest follows when the socket has taken it. */
const MAX_BATCH_BYTES = 256 * 1024
const PING: Request = Object.freeze({ op: OpCode.ping })
const CLOSE: Request = Object.freeze({ op: OpCode.closeSession })

/** What a connection tells; in the order in which it happens. */
export interface ConnectionOwner {
  readonly counters: ClientCounters
  /** The clock was read because something is about to be handled: deadlines are checked before anything else happens. */
  turn(nowMs: number): void
  established(response: ConnectResponse, sentAtMs: number): void
  /** The server answered something that was sent at that time. */
  acknowledged(sentAtMs: number, zxidHi: number, zxidLo: number): void
  /** The reply to a request came; `wanted`: its caller still waits. Called before the call is settled. */
  replied(call: PendingCall, err: number, wanted: boolean): void
  /** The request cannot be sent, now or later. */
  unsendable(call: PendingCall, error: ZoariumError): void
  event(event: WatcherEvent, zxidHi: number, zxidLo: number): void
  authenticated(entry: AuthEntry, error: ZoariumError | null): void
  rearmed(chunk: RearmChunk, covered: bigint | null): void
  /** The server is about to end; until then it serves on. */
  serverEnds(): void
  /** The login with SASL failed, and would again. */
  loginRefused(error: ZoariumError): void
  /** Over, for good. `unanswered`: the server took the handshake and closed without a word. */
  disconnected(cause: Error, unanswered: boolean): void
}

type ConnectionState = 'dialling' | 'handshaking' | 'logging in' | 'attached' | 'leaving' | 'retiring' | 'closing' | 'over'

export class Connection {
  readonly server: ServerAddress
  readonly address: string
  readonly #queue: RequestQueue
  readonly #owner: ConnectionOwner
  readonly #options: ResolvedConnectOptions
  readonly #handshake: ConnectRequest
  readonly #transport: Transport
  readonly #reader = new Reader(NOTHING)
  readonly #header: ReplyHeaderFields = { xid: 0, zxidHi: 0, zxidLo: 0, err: 0 }
  readonly #auths = new Deque<AuthEntry>(4)
  readonly #chunks = new Deque<RearmChunk>(4)
  readonly #startedMs: number
  readonly #attachTimeoutMs: number
  #state: ConnectionState = 'dialling'
  #timeoutMs = 0
  #xid = 0
  #nowMs: number
  #heardMs: number
  #sentMs: number
  #auxiliarySentMs = 0
  #pingSentMs = -1
  #closeXid = 0
  #leaveCause: Error | null = null
  /** While logging in: the exchange, and the answer to the handshake, which nobody has heard of yet. */
  #login: { readonly sasl: SaslLogin; readonly response: ConnectResponse; readonly sentAtMs: number } | null = null

  constructor(
    server: ServerAddress,
    handshake: ConnectRequest,
    queue: RequestQueue,
    options: ResolvedConnectOptions,
    owner: ConnectionOwner,
    attachTimeoutMs: number,
    nowMs: number,
  ) {
    this.server = server
    this.address = formatAddress(server)
    this.#handshake = handshake
    this.#queue = queue
    this.#options = options
    this.#owner = owner
    this.#startedMs = nowMs
    this.#attachTimeoutMs = attachTimeoutMs
    this.#nowMs = nowMs
    this.#heardMs = nowMs
    this.#sentMs = nowMs
    this.#transport = new Transport(server, options, {
      opened: () => this.#opened(),
      arrived: (bytes) => this.#arrived(bytes),
      sent: (bytes) => {
        owner.counters.bytesSent += bytes
      },
      frame: (bytes, start, end) => this.#frame(bytes, start, end),
      fill: () => this.#fill(),
      closed: (cause) => this.#closed(cause),
    })
  }

  get attached(): boolean {
    return this.#state === 'attached'
  }

  get #attaching(): boolean {
    return this.#state === 'dialling' || this.#state === 'handshaking' || this.#state === 'logging in'
  }

  /** Something was queued. */
  wake(): void {
    if (this.#state === 'attached') this.#transport.scheduleFlush()
  }

  /** Before {@link resume}, or alone when the application adds an identity. */
  sendAuth(entry: AuthEntry): void {
    this.#auths.push(entry)
    this.#write(Xid.auth, authRequest(entry))
    this.#transport.scheduleFlush()
  }

  sendRearm(chunk: RearmChunk): void {
    this.#chunks.push(chunk)
    this.#write(Xid.setWatches, chunk.request)
    this.#transport.scheduleFlush()
  }

  /** Sends nothing more but the end of the session; the connection is over when the server has answered. */
  sendClose(): void {
    if (this.#state !== 'attached') return
    this.#state = 'closing'
    this.#closeXid = this.#nextXid()
    this.#write(this.#closeXid, CLOSE)
    this.#transport.scheduleFlush()
  }

  /** Sends nothing more and ends when everything that was sent is answered: nobody's outcome becomes unknown by it. */
  leave(cause: Error): void {
    if (this.#attaching) this.destroy(cause)
    if (this.#state !== 'attached') return
    this.#state = 'leaving'
    this.#leaveCause = cause
    this.#leaveWhenAnswered()
  }

  /** Sends nothing more, takes in what has come in this turn, and ends. */
  retire(cause: Error): void {
    if (this.#state !== 'attached' && this.#state !== 'leaving') return
    this.#state = 'retiring'
    nextTick(() => this.destroy(cause))
  }

  destroy(cause: Error): void {
    this.#transport.destroy(cause)
  }

  /** Pings and looks at deadlines. Called after the event loop had a chance to read what has come. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs
    if (this.#attaching) {
      if (nowMs - this.#startedMs >= this.#attachTimeoutMs) this.destroy(this.#timedOut('handshake', nowMs - this.#startedMs))
      return
    }
    if (this.#state !== 'attached' && this.#state !== 'leaving') return
    if (nowMs - this.#heardMs >= (this.#timeoutMs * 2) / 3) {
      this.destroy(this.#timedOut('reply', nowMs - this.#heardMs))
      return
    }
    if (this.#state === 'attached' && nowMs - this.#sentMs >= this.#timeoutMs / 3 && this.#pingSentMs < 0) {
      this.#pingSentMs = nowMs
      this.#write(Xid.ping, PING)
      this.#transport.scheduleFlush()
    }
  }

  /** When {@link tick} has something to do next. */
  nextTickMs(): number {
    if (this.#attaching) return this.#startedMs + this.#attachTimeoutMs
    if (this.#state !== 'attached' && this.#state !== 'leaving') return Number.POSITIVE_INFINITY
    const silent = this.#heardMs + (this.#timeoutMs * 2) / 3
    return this.#state === 'attached' && this.#pingSentMs < 0 ? Math.min(silent, this.#sentMs + this.#timeoutMs / 3) : silent
  }

  #timedOut(what: string, afterMs: number): Error {
    return new Error(`no ${what} from ${this.address} for ${Math.round(afterMs)} ms`)
  }

  #opened(): void {
    this.#state = 'handshaking'
    const w = this.#transport.writer
    const frame = w.beginFrame()
    writeConnectRequest(w, this.#handshake)
    w.endFrame(frame)
    this.#sentMs = performance.now()
    this.#transport.scheduleFlush()
  }

  #arrived(bytes: number): void {
    this.#owner.counters.bytesReceived += bytes
    this.#nowMs = performance.now()
    this.#heardMs = this.#nowMs
    this.#owner.turn(this.#nowMs)
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    const r = this.#reader.reset(bytes, start, end)
    if (this.#state === 'handshaking') {
      this.#shakenHands(readConnectResponse(r))
      return
    }
    const header = this.#header
    readReplyHeaderInto(r, header)
    if (this.#state === 'logging in') {
      this.#loginStep(r)
      return
    }
    switch (header.xid) {
      case Xid.notification:
        this.#owner.event(readWatcherEvent(r), header.zxidHi, header.zxidLo)
        break
      case Xid.ping:
        if (header.err === SERVER_ENDS) {
          this.#owner.serverEnds()
          break
        }
        if (this.#pingSentMs < 0) throw new ProtocolError('a reply to a ping that was not sent')
        this.#owner.acknowledged(this.#pingSentMs, header.zxidHi, header.zxidLo)
        this.#pingSentMs = -1
        break
      case Xid.auth:
        this.#authenticated()
        break
      case Xid.setWatches:
        this.#rearmed(r)
        break
      default:
        this.#reply(r)
    }
  }

  // Whoever has no session has nothing to log in for.
  #shakenHands(response: ConnectResponse): void {
    const { sasl } = this.#options
    if (sasl === null || response.timeoutMs <= 0) {
      this.#establish(response, this.#sentMs)
      return
    }
    const login = new SaslLogin(sasl)
    this.#login = { sasl: login, response: { ...response, password: Buffer.from(response.password) }, sentAtMs: this.#sentMs }
    this.#state = 'logging in'
    this.#sendToken(login.first())
  }

  #loginStep(r: Reader): void {
    const { xid, err } = this.#header
    if (xid === Xid.ping && err === SERVER_ENDS) {
      this.destroy(new Error(`${this.address} is about to end`))
      return
    }
    const login = this.#login
    if (login === null || xid !== this.#xid) throw new ProtocolError(`a reply with xid ${xid} where that to a login was due`)
    if (err !== ErrorCode.ok) {
      this.#loginRefused(errorFromWire(err, 'login with SASL'))
      return
    }
    const answer = login.sasl.step(readSaslResponse(r))
    if (answer.type === 'send') this.#sendToken(answer.token)
    else if (answer.type === 'failed') this.#loginRefused(new Error(answer.why))
    else {
      this.#login = null
      this.#establish(login.response, login.sentAtMs)
    }
  }

  #sendToken(token: Buffer): void {
    this.#write(this.#nextXid(), { op: OpCode.sasl, token })
    this.#transport.scheduleFlush()
  }

  #loginRefused(cause: Error): void {
    const user = this.#options.sasl?.user
    const error = new ZoariumError('AUTH_FAILED', `login of '${user}' with SASL at ${this.address}`, { cause })
    this.#owner.loginRefused(error)
    this.destroy(error)
  }

  #establish(response: ConnectResponse, sentAtMs: number): void {
    this.#state = 'attached'
    this.#timeoutMs = response.timeoutMs
    this.#owner.established(response, sentAtMs)
    this.#transport.scheduleFlush()
  }

  #authenticated(): void {
    const entry = this.#auths.shift()
    if (entry === undefined) throw new ProtocolError('a reply to an auth that was not sent')
    const { err } = this.#header
    this.#owner.authenticated(entry, err === ErrorCode.ok ? null : errorFromWire(err, `auth with scheme '${entry.info.scheme}'`))
    this.#leaveWhenAnswered()
  }

  #rearmed(r: Reader): void {
    const chunk = this.#chunks.shift()
    if (chunk === undefined) throw new ProtocolError('a reply to a setWatches that was not sent')
    const { err, zxidHi, zxidLo } = this.#header
    if (err !== ErrorCode.ok) throw new ProtocolError(`the server refused setWatches with ${err}`)
    this.#owner.acknowledged(this.#auxiliarySentMs, zxidHi, zxidLo)
    this.#owner.rearmed(chunk, readSetWatches2Response(r))
    this.#leaveWhenAnswered()
  }

  #reply(r: Reader): void {
    const header = this.#header
    const call = this.#queue.head()
    if (call === undefined || call.xid !== header.xid) {
      if (this.#state === 'closing' && this.#queue.inFlight === 0 && header.xid === this.#closeXid) {
        this.destroy(new Error('the session was closed'))
        return
      }
      throw new ProtocolError(`a reply with xid ${header.xid} where ${call === undefined ? 'none' : call.xid} was due`)
    }
    this.#owner.acknowledged(call.sentAtMs, header.zxidHi, header.zxidLo)
    const { err } = header
    this.#owner.counters.repliesReceived += 1
    this.#owner.replied(call, err, !call.settled)
    if (err === ErrorCode.ok) call.accept(r, header)
    else if (!call.settled) call.refuse(err, errorFromWire(err, describe(call), { path: call.path }))
    this.#queue.shiftInFlight()
    this.#leaveWhenAnswered()
  }

  #leaveWhenAnswered(): void {
    if (this.#leaveCause === null || this.#queue.inFlight > 0 || this.#auths.size > 0 || this.#chunks.size > 0) return
    const cause = this.#leaveCause
    this.#leaveCause = null
    // Not under the feet of whoever handles the last reply.
    nextTick(() => this.destroy(cause))
  }

  #fill(): boolean {
    if (this.#state !== 'attached') return false
    const now = performance.now()
    this.#nowMs = now
    this.#owner.turn(now)
    const w = this.#transport.writer
    // Checking the deadline may have retired this connection.
    while (this.attached && w.length < MAX_BATCH_BYTES) {
      const call = this.#queue.takeUnsent()
      if (call === undefined) break
      const before = w.length
      const xid = this.#nextXid()
      const problem = this.#encode(xid, call)
      if (problem === null) {
        call.xid = xid
        call.sentAtMs = now
        this.#queue.sent(call)
        this.#owner.counters.requestsSent += 1
      } else {
        w.reset(before)
        this.#owner.unsendable(call, problem)
      }
    }
    return this.#queue.hasUnsent()
  }

  /** Why the request cannot be sent, `null` if it stands in the slab. */
  #encode(xid: number, call: PendingCall): ZoariumError | null {
    const before = this.#transport.writer.length
    const limit = this.#options.maxRequestBytes
    try {
      this.#write(xid, call.request)
    } catch (cause) {
      // Something in it, deeper than what is checked early, is not of its type.
      return new ZoariumError('BAD_ARGUMENTS', `${describe(call)} cannot be encoded`, { path: call.path, cause })
    }
    const bytes = this.#transport.writer.length - before
    if (bytes <= limit) return null
    return new ZoariumError('ERR_TOO_LARGE', `${describe(call)}: ${bytes} bytes, maxRequestBytes is ${limit}`, { path: call.path })
  }

  #write(xid: number, request: Request): void {
    const w = this.#transport.writer
    const frame = w.beginFrame()
    writeRequestHeader(w, xid, request.op)
    writeRequest(w, request)
    w.endFrame(frame)
    this.#sentMs = this.#nowMs
    if (xid === Xid.setWatches) this.#auxiliarySentMs = this.#nowMs
  }

  #nextXid(): number {
    this.#xid = this.#xid === MAX_XID ? 1 : this.#xid + 1
    return this.#xid
  }

  #closed(cause: Error): void {
    const unanswered = this.#state === 'handshaking'
    this.#state = 'over'
    this.#owner.disconnected(cause, unanswered)
  }
}
