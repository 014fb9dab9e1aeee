// client: keeps one session attached to some server: dials, resumes, waits, expires and closes; and knows what the client may believe.
//
//   offline --dial--> connecting --handshake--> attached --cut--> offline ...        one connection at a time
//   closing: the end of the session is under way        ended: nothing happens any more
//
// Attached to a read-only server, a second connection, the candidate, asks the other servers one after the other. The first that answers
// for the ensemble takes the place of the first connection at once: only reads can be under way there, and they are asked again.
//
// One alarm drives everything that depends on time. It also rings often enough to notice that the process was paused: the session's
// deadline is looked at before anything else, here, before each batch that comes and before each batch that leaves. What was silent is
// judged only after the event loop had a chance to read what waited in the socket.

import { ZoariumError } from '../errors.ts'
import { assert } from '../support/assert.ts'
import { int64ToHex } from '../support/int64.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import type { ConnectRequest, ConnectResponse, WatcherEvent } from '../wire/records.ts'
import { Alarm } from './alarm.ts'
import { type AuthEntry, Identities } from './auth.ts'
import { Backoff } from './backoff.ts'
import { type Call, describe } from './call.ts'
import { CallGate, type GateOwner } from './call-gate.ts'
import type { Chroot } from './chroot.ts'
import { Connection } from './connection.ts'
import { formatAddress, type ServerAddress } from './connection-string.ts'
import { ClientCounters } from './counters.ts'
import { requestChannel, requestTrace, type StatusTrace, statusChannel, type WatchTrace, watchChannel } from './diagnostics.ts'
import { HostList } from './host-list.ts'
import type { ResolvedConnectOptions } from './options.ts'
import { ReadWriteSearch } from './read-write-search.ts'
import type { SessionBelief } from './session-belief.ts'
import { SessionLedger } from './session-ledger.ts'
import { noticeStall } from './stall-detector.ts'
import { StatusFeed } from './status-feed.ts'
import type { AuthInfo, CallOptions, ClientStatus } from './types.ts'
import { watchPort } from './watch-port.ts'
import { type WatchIntent, WatchRegistry } from './watch-registry.ts'

/** A connection that held this long was a success: the next loss begins with an immediate attempt again. */
const LASTING_MS = 1_000
/** Rounds over all servers after which being turned away is worth a warning. */
const WARN_AFTER_ROUNDS = 5

export class SessionKeeper implements GateOwner {
  readonly chroot: Chroot
  readonly options: ResolvedConnectOptions
  readonly statuses: StatusFeed = new StatusFeed()
  readonly counters: ClientCounters = new ClientCounters()
  readonly watches: WatchRegistry
  /** Resolves with the first session; rejects when the client ends before. */
  readonly ready: Promise<void>
  readonly #hosts: HostList
  readonly #backoff: Backoff
  readonly #gate: CallGate
  readonly #ledger: SessionLedger
  readonly #search: ReadWriteSearch
  readonly #identities: Identities
  readonly #alarm = new Alarm(
    (nowMs) => this.turn(nowMs),
    (nowMs) => this.#judge(nowMs),
  )
  #connection: Connection | null = null
  /** Whether #connection leads to a server without the ensemble. */
  #readOnly = false
  /** Every connection whose socket is not gone yet. */
  readonly #open = new Set<Connection>()
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
    this.#gate = new CallGate(this)
    this.#ledger = new SessionLedger(options, this.counters, () => this.turn(performance.now()))
    this.#search = new ReadWriteSearch(options.random, (nowMs) =>
      this.#connect(this.#hosts.nextBeside(this.#connection?.server), this.#ledger.handshake(false), nowMs),
    )
    this.#identities = new Identities(options.auth)
    this.watches = new WatchRegistry(chroot, watchPort(this))
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve
      this.#rejectReady = reject
    })
    this.ready.catch(() => undefined)
  }

  /** The newest belief. There is one as soon as {@link ready} has resolved. */
  get session(): SessionBelief {
    const { belief } = this.#ledger
    assert(belief !== null, 'a client is handed out with its first session')
    return belief
  }

  get lastZxid(): bigint {
    return this.#ledger.lastZxid
  }

  /** Whether requests can be sent right now. */
  get attached(): boolean {
    return this.#connection?.attached === true
  }

  get readOnly(): boolean {
    return this.#readOnly
  }

  get end(): ZoariumError | null {
    return this.#end
  }

  /** Requests that wait to be sent, and that wait for their reply. */
  get waiting(): { readonly queued: number; readonly inFlight: number } {
    const { size, inFlight } = this.#gate.queue
    return { queued: size - inFlight, inFlight }
  }

  get auths(): readonly AuthEntry[] {
    return this.#identities.entries
  }

  start(): void {
    this.#nowMs = performance.now()
    this.#retryAtMs = this.#nowMs
    this.#arm()
  }

  /** Queues a call and has it sent with everything else of this turn. */
  perform<T>(call: Call<T>, options: CallOptions = {}): Promise<T> {
    if (!requestChannel.hasSubscribers) return this.#gate.admit(call, options)
    const trace = requestTrace(call, this.#ledger.hex, this.#connection?.address ?? '')
    return requestChannel.tracePromise(() => this.#gate.admit(call, options), trace)
  }

  queued(): void {
    this.#connection?.wake()
  }

  limited(dueAtMs: number): void {
    if (dueAtMs < this.#alarmAtMs) this.#arm()
  }

  abandoned(watch: WatchIntent): void {
    this.watches.abandoned(watch)
  }

  /** Takes a new list of servers; moves to another one where that spreads the clients evenly. Returns whether it does. */
  updateServers(servers: readonly ServerAddress[]): boolean {
    const connection = this.#connection
    const moves = this.#hosts.update(servers, connection?.server ?? null)
    this.options.logger.info({ servers: servers.map(formatAddress), moves }, 'list of servers changed')
    if (moves) connection?.leave(new Error('the list of servers has changed'))
    return moves
  }

  // Whoever goes in time loses nothing: what is under way is answered here, the rest is asked elsewhere.
  #serverEnds(connection: Connection): void {
    if (this.#end !== null || this.#hosts.size < 2) return
    this.options.logger.info({ server: connection.address }, 'the server is about to end')
    connection.leave(new Error('the server is about to end'))
  }

  /** Proves one more identity, on this connection and on every later one. */
  addAuth(info: AuthInfo): AuthEntry {
    const entry = this.#identities.add(info, this.#end)
    if (this.#connection?.attached === true) this.#connection.sendAuth(entry)
    return entry
  }

  /** Ends the session at the server if one can be reached, and everything here in any case. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const gone = this.#open.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => (this.#resolveGone = resolve))
    if (this.#end === null) {
      const error = new ZoariumError('ERR_CLOSED', 'the client')
      this.#end = error
      const polite = this.#connection?.attached === true
      this.#connection?.sendClose()
      this.#retryAtMs = Number.POSITIVE_INFINITY
      this.#search.end(error)
      this.#endSession(error)
      this.#gate.closing(error)
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
    this.#search.end(error)
    this.#connection?.destroy(error)
    this.#finish(error, status)
  }

  #endSession(error: ZoariumError): void {
    this.#ledger.belief?.end(error)
    this.watches.sessionEnded(true)
    this.#identities.refuseAll(error)
  }

  #finish(error: ZoariumError, status: ClientStatus): void {
    this.#retryAtMs = Number.POSITIVE_INFINITY
    this.#closeDueMs = Number.POSITIVE_INFINITY
    this.#alarm.clear()
    this.#alarmAtMs = Number.NEGATIVE_INFINITY
    this.#gate.close(error)
    // Replies that came while the session was being closed may have registered watches.
    this.watches.sessionEnded(true)
    this.#rejectReady(error)
    this.#tell(status)
  }

  #tell(status: ClientStatus): void {
    if (statusChannel.hasSubscribers) statusChannel.publish({ sessionId: this.#ledger.hex, status } satisfies StatusTrace)
    this.statuses.set(status)
  }

  // --- time

  #arm(): void {
    this.#alarm.clear()
    this.#alarmAtMs = Number.NEGATIVE_INFINITY
    if (this.#end !== null && this.#closeDueMs === Number.POSITIVE_INFINITY) return
    let next = Math.min(this.#retryAtMs, this.#closeDueMs, this.#gate.nextDueMs, performance.now() + this.#heartbeatMs())
    const { belief } = this.#ledger
    if (belief !== null && belief.ended === null) next = Math.min(next, belief.deadlineMs)
    if (this.#connection !== null) next = Math.min(next, this.#connection.nextTickMs(), this.#search.nextTickMs)
    this.#alarmAtMs = next
    this.#alarm.set(next)
  }

  /** A pause of the process is noticed within this time after it ends. */
  #heartbeatMs(): number {
    return Math.min(500, Math.max(10, this.#ledger.timeoutMs / 60))
  }

  #judge(now: number): void {
    noticeStall(now - this.#alarmAtMs, this.#ledger.timeoutMs, this.counters, this.options.logger)
    this.turn(now)
    if (now >= this.#closeDueMs) {
      this.#closeDueMs = Number.POSITIVE_INFINITY
      this.#connection?.destroy(new Error('no answer to the end of the session'))
      return
    }
    this.#gate.expire(now)
    this.#giveUp(now)
    if (now >= this.#retryAtMs) this.#dial(now)
    else this.#connection?.tick(now)
    this.#search.tick(now)
    this.#arm()
  }

  /** Looks at the session's deadline. Called first whenever this client wakes up, and when somebody looks at the session's signal. */
  turn(nowMs: number): void {
    this.#nowMs = nowMs
    const { belief } = this.#ledger
    if (belief === null || belief.ended !== null || belief.holdsAt(nowMs)) return
    const lateMs = Math.round(nowMs - belief.deadlineMs)
    const error = new ZoariumError('ERR_LOST', `session ${hex(belief)}: no acknowledgement until its deadline, ${lateMs} ms ago`)
    this.options.logger.warn({ session: hex(belief), lateMs }, 'session deadline passed')
    this.counters.deadlinesPassed += 1
    belief.end(error)
    // Attaching again decides everything that is under way, and begins a new belief if the servers still know the session.
    if (!this.#readOnly) this.#connection?.retire(error)
    if (this.#end === null) this.#tell({ type: 'lost', session: belief, reason: 'deadline' })
    this.#tellReadOnly()
  }

  /** Expiry by the own clock: every server was asked since the connection was lost, and none was there to say it. */
  #giveUp(nowMs: number): void {
    const { belief } = this.#ledger
    if (belief === null || this.#connection !== null || this.#dials < this.#hosts.size || nowMs < belief.giveUpMs) return
    this.#expired(`no server acknowledged anything for ${Math.round(nowMs - belief.newestSendMs)} ms`)
  }

  // --- one connection

  #dial(nowMs: number): void {
    this.#retryAtMs = Number.POSITIVE_INFINITY
    this.#dials += 1
    this.#attachedAtMs = 0
    this.#connection = this.#connect(this.#hosts.next(), this.#ledger.handshake(this.options.canBeReadOnly), nowMs)
    this.options.logger.debug({ server: this.#connection.address }, 'connecting')
  }

  #connect(host: ServerAddress, handshake: ConnectRequest, nowMs: number): Connection {
    this.counters.dials += 1
    const connection: Connection = new Connection(
      host,
      handshake,
      this.#gate.queue,
      this.options,
      {
        counters: this.counters,
        turn: (now) => this.turn(now),
        established: (response, sentAtMs) => this.#established(connection, handshake, response, sentAtMs),
        acknowledged: (sentAtMs, zxidHi, zxidLo) => this.#ledger.replied(!this.#readOnly, sentAtMs, zxidHi, zxidLo),
        replied: (call, err, wanted) => {
          if (call.watch !== null) this.watches.replied(call.watch, err, wanted)
        },
        unsendable: (call, error) => this.#gate.refuse(call, error),
        event: (event, zxidHi, zxidLo) => {
          if (this.#end === null) this.#event(event, zxidHi, zxidLo)
        },
        authenticated: (entry, error) => this.#authenticated(entry, error),
        rearmed: (chunk, covered) => this.watches.rearmed(chunk, covered),
        serverEnds: () => this.#serverEnds(connection),
        loginRefused: (error) => this.#loginRefused(error),
        disconnected: (cause, unanswered) => this.#socketGone(connection, cause, unanswered),
      },
      this.#attachTimeoutMs(),
      nowMs,
    )
    this.#open.add(connection)
    return connection
  }

  #event(event: WatcherEvent, zxidHi: number, zxidLo: number): void {
    this.counters.eventsReceived += 1
    const told = this.watches.dispatch(event, zxidHi, zxidLo)
    if (told === null) this.options.logger.warn({ type: event.type, path: event.path }, 'unknown watch event ignored')
    else if (watchChannel.hasSubscribers) watchChannel.publish({ sessionId: this.#ledger.hex, event: told } satisfies WatchTrace)
  }

  /** One server that swallows packets must not cost the session: others get their turn within it. */
  #attachTimeoutMs(): number {
    const sessionMs = this.#ledger.resumable ? this.#ledger.timeoutMs : this.options.sessionTimeoutMs
    return Math.min(this.options.connectTimeoutMs, Math.max(50, sessionMs / 3))
  }

  #established(connection: Connection, handshake: ConnectRequest, response: ConnectResponse, sentAtMs: number): void {
    const answer = this.#ledger.judge(handshake, response)
    if (answer === 'expired') this.#expired(response.timeoutMs <= 0 ? 'the server does not know it' : 'the server gave another one')
    if (this.#end !== null || answer === 'unusable' || response.timeoutMs <= 0) {
      // The answer to a resumption is worth an immediate attempt; a server that refuses new sessions is not.
      if (answer === 'expired') this.#backoff.reset()
      connection.destroy(new Error(refusalText(answer === 'expired', answer === 'unusable', connection.address)))
      return
    }
    if (this.#search.isCandidate(connection)) {
      // What was read meanwhile the candidate has not promised to know.
      if (handshake.lastZxidSeen !== this.#ledger.zxidSeen) {
        connection.destroy(new Error('the read-only server told something newer meanwhile'))
        return
      }
      this.#replaceReadOnly(connection)
    }
    this.#attached(connection, handshake, response, answer === 'resumed', sentAtMs)
  }

  #attached(connection: Connection, handshake: ConnectRequest, response: ConnectResponse, resumed: boolean, sentAtMs: number): void {
    const readOnly = response.readOnly === true
    const session = readOnly ? this.#ledger.attachedReadOnly(response) : this.#ledger.attached(resumed, response, sentAtMs)
    this.#readOnly = readOnly
    this.#attachedAtMs = this.#nowMs
    this.#dials = 0
    for (const entry of this.#identities.entries) connection.sendAuth(entry)
    for (const chunk of this.watches.rearm(handshake.lastZxidSeen)) connection.sendRearm(chunk)
    this.options.logger.info({ server: connection.address, session: hex(session), resumed, readOnly }, 'connected')
    if (readOnly) {
      this.#search.begin(this.#nowMs)
      this.#gate.refuseWrites()
      this.#tellReadOnly()
    } else this.#tell({ type: 'connected', server: connection.address, session, resumed })
    this.#resolveReady()
    this.#arm()
  }

  // --- a read-only server, and the search for a better one

  #tellReadOnly(): void {
    if (!this.#readOnly || this.#connection === null || this.#end !== null) return
    this.#tell({ type: 'readOnly', server: this.#connection.address, session: this.session })
  }

  /** The candidate has the ensemble. The reads that are under way at the read-only server are asked again, first of all. */
  #replaceReadOnly(candidate: Connection): void {
    const before = this.#connection
    this.#search.found()
    this.#connection = candidate
    this.#readOnly = false
    const cause = new Error('a server with the ensemble was found')
    before?.destroy(cause)
    this.watches.disconnected()
    this.#gate.queue.connectionLost(true, (call) => this.#gate.lossOf(call, cause))
  }

  #socketGone(connection: Connection, cause: Error, unanswered: boolean): void {
    this.#open.delete(connection)
    if (connection === this.#connection) this.#disconnected(connection, cause, unanswered)
    else if (this.#search.isCandidate(connection)) {
      this.options.logger.debug({ server: connection.address, cause: cause.message }, 'no server with the ensemble')
      this.#search.failed(performance.now())
      this.#arm()
    }
    if (this.#open.size === 0) this.#resolveGone()
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
    this.#identities.remove(entry)
  }

  #loginRefused(error: ZoariumError): void {
    this.options.logger.error({ cause: String(error.cause) }, 'login refused')
    this.#terminate(error, { type: 'authFailed', error })
  }

  /** The session of the present belief is gone for good. */
  #expired(why: string): void {
    const { belief, resumable } = this.#ledger
    if (belief === null || !resumable) return
    const error = this.#ledger.expired(why)
    this.options.logger.warn({ session: hex(belief), why }, 'session expired')
    // First, so that what the application calls from its listeners below belongs to the next session already.
    this.#gate.queue.rejectWrites((call) => new ZoariumError('SESSION_EXPIRED', `${describe(call)} was not sent`, { path: call.path }))
    belief.end(error)
    this.#tell({ type: 'lost', session: belief, reason: 'expired' })
    this.watches.sessionEnded(false)
    if (this.options.onExpired === 'close') this.#terminate(error, { type: 'closed', error })
    this.#tellReadOnly()
  }

  #disconnected(connection: Connection, cause: Error, unanswered: boolean): void {
    const wasReadOnly = this.#readOnly
    this.#connection = null
    this.#readOnly = false
    this.#search.end(cause)
    const lasting = this.#attachedAtMs > 0 && performance.now() - this.#attachedAtMs >= LASTING_MS
    this.watches.disconnected()
    if (this.#end !== null) return
    this.options.logger.warn({ server: connection.address, cause: cause.message }, 'disconnected')
    this.#unanswered = unanswered ? this.#unanswered + 1 : 0
    if (this.#unanswered > 0 && this.#unanswered % (this.#hosts.size * WARN_AFTER_ROUNDS) === 0) this.#warnUnanswered()
    if (cause instanceof ProtocolError) this.#failHead(cause)
    this.#gate.queue.connectionLost(this.options.whenDisconnected === 'queue', (call) => this.#gate.lossOf(call, cause))
    if (lasting) this.#backoff.reset()
    const { belief } = this.#ledger
    const nowMs = performance.now()
    const leftMs = belief === null || belief.ended !== null ? Number.POSITIVE_INFINITY : Math.max(0, belief.deadlineMs - nowMs)
    this.#retryAtMs = nowMs + this.#backoff.nextMs(leftMs)
    // A dial that fails while suspended changes nothing.
    const isNews = belief !== null && belief.ended === null && this.statuses.current.type !== 'suspended'
    if (isNews) this.#tell({ type: 'suspended', session: belief, cause })
    else if (wasReadOnly) this.#tell({ type: 'connecting' })
    this.#arm()
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
    const head = this.#gate.queue.head()
    if (head?.afterLoss === 'resend') head.fail(new ZoariumError('ERR_PROTOCOL', describe(head), { path: head.path, cause }))
  }
}

function hex(belief: SessionBelief): string {
  return `0x${int64ToHex(belief.hi, belief.lo)}`
}

function refusalText(expired: boolean, readOnly: boolean, address: string): string {
  if (expired) return 'the session has expired'
  return readOnly ? `${address} is read-only` : `${address} refuses new sessions`
}
