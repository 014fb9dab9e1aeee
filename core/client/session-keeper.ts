// client: keeps one session attached to some server: dials, resumes, waits, expires and closes; and knows what the client may believe.
//
//   offline --dial--> connecting --handshake--> attached --cut--> offline ...        one connection at a time
//   closing: the end of the session is under way        ended: nothing happens any more
//
// One alarm drives everything that depends on time. It also rings often enough to notice that the process was paused: the session's
// deadline is looked at before anything else, here, before each batch that comes and before each batch that leaves. What was silent is
// judged only after the event loop had a chance to read what waited in the socket.

import { ZoariumError } from '../errors.ts'
import { assert } from '../support/assert.ts'
import { int64ToHex } from '../support/int64.ts'
import { SESSION_PASSWORD_BYTES } from '../wire/connect.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import type { ConnectRequest, ConnectResponse, WatcherEvent } from '../wire/records.ts'
import { Alarm } from './alarm.ts'
import { AuthEntry } from './auth.ts'
import { Backoff } from './backoff.ts'
import { type Call, describe, isUndecided, lossError, type PendingCall } from './call.ts'
import type { Chroot } from './chroot.ts'
import { Connection } from './connection.ts'
import { formatAddress, type ServerAddress } from './connection-string.ts'
import { ClientCounters } from './counters.ts'
import { Deadlines } from './deadlines.ts'
import { requestChannel, requestTrace, type StatusTrace, statusChannel, type WatchTrace, watchChannel } from './diagnostics.ts'
import { HostList } from './host-list.ts'
import type { ResolvedConnectOptions } from './options.ts'
import { RequestQueue } from './request-queue.ts'
import { SessionBelief } from './session-belief.ts'
import { StatusFeed } from './status-feed.ts'
import type { AuthInfo, CallOptions, ClientStatus } from './types.ts'
import { watchPort } from './watch-port.ts'
import { WatchRegistry } from './watch-registry.ts'
import { ZxidMark } from './zxid-mark.ts'

/** A connection that held this long was a success: the next loss begins with an immediate attempt again. */
const LASTING_MS = 1_000
/** Rounds over all servers after which being turned away is worth a warning. */
const WARN_AFTER_ROUNDS = 5
/** A pause of this part of the session's timeout is worth a warning. */
const STALL_FRACTION = 1 / 10
const NO_PASSWORD: Buffer = Buffer.alloc(SESSION_PASSWORD_BYTES)

export class SessionKeeper {
  readonly chroot: Chroot
  readonly options: ResolvedConnectOptions
  readonly statuses: StatusFeed = new StatusFeed()
  readonly counters: ClientCounters = new ClientCounters()
  readonly watches: WatchRegistry
  /** Resolves with the first session; rejects when the client ends before. */
  readonly ready: Promise<void>
  readonly #hosts: HostList
  readonly #backoff: Backoff
  readonly #queue: RequestQueue
  readonly #deadlines = new Deadlines()
  readonly #auths: AuthEntry[] = []
  #belief: SessionBelief | null = null
  /** Whether the server may still know the session of #belief, so that it is worth asking for. */
  #resumable = false
  readonly #newestZxid = new ZxidMark()
  readonly #alarm = new Alarm(
    (nowMs) => this.turn(nowMs),
    (nowMs) => this.#judge(nowMs),
  )
  #connection: Connection | null = null
  #attachedAtMs = 0
  /** When the alarm rings; -Infinity while it is being set, or will not ring any more. */
  #alarmAtMs = Number.NEGATIVE_INFINITY
  /** Attempts since the last attachment. */
  #dials = 0
  /** Handshakes in a row that servers closed without an answer. */
  #unanswered = 0
  #nowMs = 0
  #retryAtMs = Number.POSITIVE_INFINITY
  #closeDueMs = Number.POSITIVE_INFINITY
  /** What every call learns once the client is closing or ended. */
  #end: ZoariumError | null = null
  #closing: Promise<void> | null = null
  #resolveReady: () => void = () => undefined
  #rejectReady: (error: ZoariumError) => void = () => undefined
  #resolveGone: () => void = () => undefined

  constructor(servers: readonly ServerAddress[], chroot: Chroot, options: ResolvedConnectOptions) {
    this.chroot = chroot
    this.options = options
    this.#hosts = new HostList(servers, options.random)
    this.#backoff = new Backoff(options.backoff, options.random)
    this.#queue = new RequestQueue((call) => this.#abandonWatch(call))
    this.watches = new WatchRegistry(chroot, watchPort(this))
    for (const info of options.auth) this.#auths.push(new AuthEntry(info))
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve
      this.#rejectReady = reject
    })
    this.ready.catch(() => undefined)
  }

  /** The newest belief. There is one as soon as {@link ready} has resolved. */
  get session(): SessionBelief {
    assert(this.#belief !== null, 'a client is handed out with its first session')
    return this.#belief
  }

  get lastZxid(): bigint {
    return this.#newestZxid.value
  }

  /** Whether requests can be sent right now. */
  get attached(): boolean {
    return this.#connection?.attached === true
  }

  get ended(): boolean {
    return this.#end !== null
  }

  /** Requests that wait to be sent, and that wait for their reply. */
  get waiting(): { readonly queued: number; readonly inFlight: number } {
    const { size, inFlight } = this.#queue
    return { queued: size - inFlight, inFlight }
  }

  get auths(): readonly AuthEntry[] {
    return this.#auths
  }

  start(): void {
    this.#nowMs = performance.now()
    this.#retryAtMs = this.#nowMs
    this.#arm()
  }

  /** Queues a call and has it sent with everything else of this turn. */
  perform<T>(call: Call<T>, options: CallOptions = {}): Promise<T> {
    if (!requestChannel.hasSubscribers) return this.#perform(call, options)
    const trace = requestTrace(call, this.#sessionHex, this.#connection?.address ?? '')
    return requestChannel.tracePromise(() => this.#perform(call, options), trace)
  }

  #perform<T>(call: Call<T>, { signal, timeoutMs = this.options.requestTimeoutMs }: CallOptions): Promise<T> {
    if (this.#end !== null) this.#refuse(call, endError(this.#end, call))
    else if (signal?.aborted === true) this.#refuse(call, signal.reason)
    else if (this.#queue.size >= this.options.maxPendingRequests) this.#refuse(call, this.#full(call))
    else if (this.options.whenDisconnected === 'reject' && !this.attached) {
      this.#refuse(call, lossError(call, new Error('there is no connection, and whenDisconnected is reject')))
    } else {
      if (signal !== undefined) call.abortOn(signal, this.#onAbort)
      if (timeoutMs > 0) this.#limit(call, timeoutMs)
      this.#queue.enqueue(call)
      this.#connection?.wake()
    }
    return call.promise
  }

  get #sessionHex(): string {
    return this.#belief === null ? '' : int64ToHex(this.#belief.hi, this.#belief.lo)
  }

  #limit(call: PendingCall, timeoutMs: number): void {
    this.#deadlines.add(call, timeoutMs, performance.now())
    if (call.dueAtMs < this.#alarmAtMs) this.#arm()
  }

  /** Takes a new list of servers; moves to another one where that spreads the clients evenly. Returns whether it does. */
  updateServers(servers: readonly ServerAddress[]): boolean {
    const connection = this.#connection
    const moves = this.#hosts.update(servers, connection?.server ?? null)
    this.options.logger.info({ servers: servers.map(formatAddress), moves }, 'list of servers changed')
    if (moves) connection?.leave(new Error('the list of servers has changed'))
    return moves
  }

  readonly #onAbort = (call: PendingCall): void => {
    this.#queue.gaveUp(call)
  }

  /** Proves one more identity, on this connection and on every later one. */
  addAuth(info: AuthInfo): AuthEntry {
    const entry = new AuthEntry(info)
    if (this.#end !== null) {
      entry.refuse(new ZoariumError(this.#end.code, `auth with scheme '${info.scheme}'`))
      return entry
    }
    this.#auths.push(entry)
    if (this.#connection?.attached === true) this.#connection.sendAuth(entry)
    return entry
  }

  /** Ends the session at the server if one can be reached, and everything here in any case. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const gone = this.#connection === null ? Promise.resolve() : new Promise<void>((resolve) => (this.#resolveGone = resolve))
    if (this.#end === null) {
      const error = new ZoariumError('ERR_CLOSED', 'the client')
      this.#end = error
      const polite = this.#connection?.attached === true
      this.#connection?.sendClose()
      this.#retryAtMs = Number.POSITIVE_INFINITY
      this.#endSession(error)
      this.#queue.rejectQueued((call) => endError(error, call))
      if (polite) {
        this.#closeDueMs = performance.now() + this.options.connectTimeoutMs
        this.#arm()
      } else {
        this.#connection?.destroy(error)
      }
      await gone
      this.#finish(error, { type: 'closed', error })
    }
    await gone
  }

  /** The client ends by itself. */
  #terminate(error: ZoariumError, status: ClientStatus): void {
    if (this.#end !== null) return
    this.#end = error
    this.#endSession(error)
    this.#connection?.destroy(error)
    this.#finish(error, status)
  }

  #endSession(error: ZoariumError): void {
    this.#belief?.end(error)
    this.watches.sessionEnded(true)
    for (const entry of this.#auths) entry.refuse(error)
  }

  #finish(error: ZoariumError, status: ClientStatus): void {
    this.#retryAtMs = Number.POSITIVE_INFINITY
    this.#closeDueMs = Number.POSITIVE_INFINITY
    this.#alarm.clear()
    this.#alarmAtMs = Number.NEGATIVE_INFINITY
    this.#deadlines.clear()
    this.#queue.rejectAll((call) => endError(error, call))
    // Replies that came while the session was being closed may have registered watches.
    this.watches.sessionEnded(true)
    this.#rejectReady(error)
    this.#tell(status)
  }

  #tell(status: ClientStatus): void {
    if (statusChannel.hasSubscribers) statusChannel.publish({ sessionId: this.#sessionHex, status } satisfies StatusTrace)
    this.statuses.set(status)
  }

  // --- time

  #arm(): void {
    this.#alarm.clear()
    this.#alarmAtMs = Number.NEGATIVE_INFINITY
    if (this.#end !== null && this.#closeDueMs === Number.POSITIVE_INFINITY) return
    let next = Math.min(this.#retryAtMs, this.#closeDueMs, this.#deadlines.nextMs, performance.now() + this.#heartbeatMs())
    const belief = this.#belief
    if (belief !== null && belief.ended === null) next = Math.min(next, belief.deadlineMs)
    if (this.#connection !== null) next = Math.min(next, this.#connection.nextTickMs())
    this.#alarmAtMs = next
    this.#alarm.set(next)
  }

  /** A pause of the process is noticed within this time after it ends. */
  #heartbeatMs(): number {
    return Math.min(500, Math.max(10, (this.#belief?.timeoutMs ?? this.options.sessionTimeoutMs) / 60))
  }

  #judge(now: number): void {
    this.#noticeStall(now)
    this.turn(now)
    if (now >= this.#closeDueMs) {
      this.#closeDueMs = Number.POSITIVE_INFINITY
      this.#connection?.destroy(new Error('no answer to the end of the session'))
      return
    }
    this.#deadlines.expire(now, (call) => this.#timedOut(call))
    this.#giveUp(now)
    if (now >= this.#retryAtMs) this.#dial(now)
    else this.#connection?.tick(now)
    this.#arm()
  }

  /** The alarm rings often. When it is late by much, this process did not run: it was paused, or computes for too long in one piece. */
  #noticeStall(now: number): void {
    const lateMs = now - this.#alarmAtMs
    const timeoutMs = this.#belief?.timeoutMs ?? this.options.sessionTimeoutMs
    if (!(lateMs > timeoutMs * STALL_FRACTION) || lateMs === Number.POSITIVE_INFINITY) return
    this.counters.stalls += 1
    this.counters.longestStallMs = Math.max(this.counters.longestStallMs, lateMs)
    this.options.logger.warn(
      { stalledMs: Math.round(lateMs), sessionTimeoutMs: timeoutMs },
      'this process did not run: sessions need it to',
    )
  }

  /** Looks at the session's deadline. Called first whenever this client wakes up, and when somebody looks at the session's signal. */
  turn(nowMs: number): void {
    this.#nowMs = nowMs
    const belief = this.#belief
    if (belief === null || belief.ended !== null || belief.holdsAt(nowMs)) return
    const lateMs = Math.round(nowMs - belief.deadlineMs)
    const error = new ZoariumError('ERR_LOST', `session ${hex(belief)}: no acknowledgement until its deadline, ${lateMs} ms ago`)
    this.options.logger.warn({ session: hex(belief), lateMs }, 'session deadline passed')
    this.counters.deadlinesPassed += 1
    belief.end(error)
    // Attaching again decides everything that is under way, and begins a new belief if the servers still know the session.
    this.#connection?.retire(error)
    if (this.#end === null) this.#tell({ type: 'lost', session: belief, reason: 'deadline' })
  }

  /** Expiry by the own clock: every server was asked since the connection was lost, and none was there to say it. */
  #giveUp(nowMs: number): void {
    const belief = this.#belief
    if (belief === null || this.#connection !== null || this.#dials < this.#hosts.size || nowMs < belief.giveUpMs) return
    this.#expired(`no server acknowledged anything for ${Math.round(nowMs - belief.newestSendMs)} ms`)
  }

  // --- one connection

  #dial(nowMs: number): void {
    this.#retryAtMs = Number.POSITIVE_INFINITY
    this.#dials += 1
    this.counters.dials += 1
    const host = this.#hosts.next()
    const handshake = this.#handshake()
    const connection: Connection = new Connection(
      host,
      handshake,
      this.#queue,
      this.options,
      {
        counters: this.counters,
        turn: (now) => this.turn(now),
        established: (response, sentAtMs) => this.#established(connection, handshake, response, sentAtMs),
        acknowledged: (sentAtMs, zxidHi, zxidLo) => this.#acknowledged(sentAtMs, zxidHi, zxidLo),
        replied: (call, err, wanted) => {
          if (call.watch !== null) this.watches.replied(call.watch, err, wanted)
        },
        unsendable: (call, error) => this.#refuse(call, error),
        event: (event, zxidHi, zxidLo) => {
          if (this.#end === null) this.#event(event, zxidHi, zxidLo)
        },
        authenticated: (entry, error) => this.#authenticated(entry, error),
        rearmed: (chunk, covered) => this.watches.rearmed(chunk, covered),
        disconnected: (cause, unanswered) => this.#disconnected(connection, cause, unanswered),
      },
      this.#attachTimeoutMs(),
      nowMs,
    )
    this.#connection = connection
    this.#attachedAtMs = 0
    this.options.logger.debug({ server: connection.address }, 'connecting')
  }

  #event(event: WatcherEvent, zxidHi: number, zxidLo: number): void {
    this.counters.eventsReceived += 1
    const told = this.watches.dispatch(event, zxidHi, zxidLo)
    if (told === null) this.options.logger.warn({ type: event.type, path: event.path }, 'unknown watch event ignored')
    else if (watchChannel.hasSubscribers) watchChannel.publish({ sessionId: this.#sessionHex, event: told } satisfies WatchTrace)
  }

  /** One server that swallows packets must not cost the session: others get their turn within it. */
  #attachTimeoutMs(): number {
    const sessionMs = this.#resumable && this.#belief !== null ? this.#belief.timeoutMs : this.options.sessionTimeoutMs
    return Math.min(this.options.connectTimeoutMs, Math.max(50, sessionMs / 3))
  }

  #handshake(): ConnectRequest {
    const belief = this.#resumable ? this.#belief : null
    return {
      protocolVersion: 0,
      lastZxidSeen: this.#newestZxid.seen,
      timeoutMs: this.options.sessionTimeoutMs,
      sessionHi: belief?.hi ?? 0,
      sessionLo: belief?.lo ?? 0,
      password: belief?.password ?? NO_PASSWORD,
      readOnly: false,
    }
  }

  #established(connection: Connection, handshake: ConnectRequest, response: ConnectResponse, sentAtMs: number): void {
    const asked = handshake.sessionHi !== 0 || handshake.sessionLo !== 0
    const same = response.sessionHi === handshake.sessionHi && response.sessionLo === handshake.sessionLo
    const refused = response.timeoutMs <= 0
    if (asked && (refused || !same)) this.#expired(refused ? 'the server does not know it' : 'the server gave another one')
    if (refused || this.#end !== null) {
      // The answer to a resumption is worth an immediate attempt; a server that refuses new sessions is not.
      if (asked) this.#backoff.reset()
      connection.destroy(new Error(asked ? 'the session has expired' : `${connection.address} refuses new sessions`))
      return
    }
    const resumed = asked && same
    const session = this.#believe(resumed, response, sentAtMs)
    this.#attachedAtMs = this.#nowMs
    this.#dials = 0
    for (const entry of this.#auths) connection.sendAuth(entry)
    for (const chunk of this.watches.rearm(handshake.lastZxidSeen)) connection.sendRearm(chunk)
    this.options.logger.info({ server: connection.address, session: hex(session), resumed }, 'connected')
    this.#tell({ type: 'connected', server: connection.address, session, resumed })
    this.#resolveReady()
    this.#arm()
  }

  /** The present belief goes on if it still holds; otherwise a new one begins. */
  #believe(resumed: boolean, response: ConnectResponse, sentAtMs: number): SessionBelief {
    const old = this.#belief
    if (resumed) this.counters.sessionsResumed += 1
    else this.counters.sessionsOpened += 1
    if (resumed && old !== null && old.ended === null) {
      old.retime(response.timeoutMs)
      old.acknowledge(sentAtMs)
      return old
    }
    const granted = {
      hi: response.sessionHi,
      lo: response.sessionLo,
      timeoutMs: response.timeoutMs,
      password: Buffer.from(response.password),
    }
    const belief = new SessionBelief(granted, sentAtMs, () => this.turn(performance.now()))
    this.#belief = belief
    this.#resumable = true
    return belief
  }

  #acknowledged(sentAtMs: number, zxidHi: number, zxidLo: number): void {
    this.#belief?.acknowledge(sentAtMs)
    this.#newestZxid.advance(zxidHi, zxidLo)
  }

  #authenticated(entry: AuthEntry, error: ZoariumError | null): void {
    if (error === null) {
      entry.accept()
      return
    }
    entry.refuse(error)
    if (error.code === 'AUTH_FAILED') {
      this.options.logger.error({ scheme: entry.info.scheme }, 'authentication refused')
      this.#terminate(error, { type: 'authFailed', error })
      return
    }
    this.#auths.splice(this.#auths.indexOf(entry), 1)
  }

  /** The session of the present belief is gone for good. */
  #expired(why: string): void {
    const belief = this.#belief
    if (belief === null || !this.#resumable) return
    this.#resumable = false
    this.counters.sessionsExpired += 1
    const error = new ZoariumError('SESSION_EXPIRED', `session ${hex(belief)}: ${why}`)
    this.options.logger.warn({ session: hex(belief), why }, 'session expired')
    if (!this.options.keepLastZxid) this.#newestZxid.reset()
    // First, so that what the application calls from its listeners below belongs to the next session already.
    this.#queue.rejectWrites((call) => new ZoariumError('SESSION_EXPIRED', `${describe(call)} was not sent`, { path: call.path }))
    belief.end(error)
    this.#tell({ type: 'lost', session: belief, reason: 'expired' })
    this.watches.sessionEnded(false)
    if (this.options.onExpired === 'close') this.#terminate(error, { type: 'closed', error })
  }

  #disconnected(connection: Connection, cause: Error, unanswered: boolean): void {
    assert(connection === this.#connection, 'one connection at a time')
    this.#connection = null
    const lasting = this.#attachedAtMs > 0 && performance.now() - this.#attachedAtMs >= LASTING_MS
    this.watches.disconnected()
    if (this.#end !== null) {
      this.#resolveGone()
      return
    }
    this.options.logger.warn({ server: connection.address, cause: cause.message }, 'disconnected')
    this.#unanswered = unanswered ? this.#unanswered + 1 : 0
    if (this.#unanswered > 0 && this.#unanswered % (this.#hosts.size * WARN_AFTER_ROUNDS) === 0) this.#warnUnanswered()
    if (cause instanceof ProtocolError) this.#failHead(cause)
    this.#queue.connectionLost(this.options.whenDisconnected === 'queue', (call) => this.#lossOf(call, cause))
    if (lasting) this.#backoff.reset()
    this.#retryAtMs = performance.now() + this.#backoff.nextMs()
    const belief = this.#belief
    // A dial that fails while suspended changes nothing.
    const isNews = belief !== null && belief.ended === null && this.statuses.current.type !== 'suspended'
    if (isNews) this.#tell({ type: 'suspended', session: belief, cause })
    this.#arm()
  }

  #lossOf(call: PendingCall, cause: Error): ZoariumError {
    const error = lossError(call, cause)
    if (!call.settled && error.code === 'ERR_UNKNOWN_OUTCOME') this.counters.unknownOutcomes += 1
    return error
  }

  /** That is how servers without a quorum, and servers that are behind what this client has read, turn it away. */
  #warnUnanswered(): void {
    this.options.logger.warn(
      { attempts: this.#unanswered, lastZxid: String(this.lastZxid) },
      'servers close the handshake without an answer: no quorum, or they are behind lastZxid (a wiped ensemble? see keepLastZxid)',
    )
  }

  /** A reply that is not the protocol, or too large, would come again: its read is not repeated. */
  #failHead(cause: ProtocolError): void {
    const head = this.#queue.head()
    if (head?.afterLoss === 'resend') head.fail(new ZoariumError('ERR_PROTOCOL', describe(head), { path: head.path, cause }))
  }

  // --- calls that end here

  #refuse(call: PendingCall, reason: unknown): void {
    call.fail(reason)
    this.#abandonWatch(call)
  }

  #abandonWatch(call: PendingCall): void {
    if (call.watch !== null) this.watches.abandoned(call.watch)
  }

  #full(call: PendingCall): ZoariumError {
    return new ZoariumError('ERR_QUEUE_FULL', `${describe(call)}: ${this.options.maxPendingRequests} requests wait already`, {
      path: call.path,
    })
  }

  #timedOut(call: PendingCall): void {
    const text = `${describe(call)}: no reply in time`
    const unknown = isUndecided(call)
    if (unknown) this.counters.unknownOutcomes += 1
    call.fail(new ZoariumError(unknown ? 'ERR_UNKNOWN_OUTCOME' : 'ERR_TIMEOUT', text, { path: call.path }))
    this.#queue.gaveUp(call)
  }
}

function hex(belief: SessionBelief): string {
  return `0x${int64ToHex(belief.hi, belief.lo)}`
}

/** What a call learns from the client's end; a write that was sent may have happened, and the cause says so. */
function endError(end: ZoariumError, call: PendingCall): ZoariumError {
  const unknown = isUndecided(call)
  const cause = unknown ? lossError(call, end) : end
  return new ZoariumError(end.code, unknown ? `${describe(call)} was sent, the reply did not come` : describe(call), {
    path: call.path,
    cause,
  })
}
