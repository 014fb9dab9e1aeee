// A replica on a host made of memory: virtual time, a disk that completes when told to, links that record what was sent.

import { createHash } from 'node:crypto'
import type { PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import type { Connection } from '../../core/replica/connection.ts'
import type { Link, ReplicaHost, ReplicaOptions } from '../../core/replica/host.ts'
import { Replica } from '../../core/replica/replica.ts'
import { type Logger, SILENT_LOGGER } from '../../core/support/logger.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { readConnectResponse, writeConnectRequest } from '../../core/wire/connect.ts'
import { FrameDecoder } from '../../core/wire/frame-decoder.ts'
import { readReplyHeader } from '../../core/wire/headers.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import { type ConnectResponse, type Id, OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { readWatcherEvent } from '../../core/wire/watch-event.ts'
import { Writer } from '../../core/wire/writer.ts'

export const OPTIONS: ReplicaOptions = {
  serverId: 1,
  tickTimeMs: 100,
  minSessionTimeoutMs: 200,
  maxSessionTimeoutMs: 10_000,
  maxFrameBytes: 0xfffff,
  maxOutstandingRequests: 1000,
  maxOutstandingRequestsPerConnection: 256,
  maxOutstandingBytes: 1 << 26,
  maxUnreadBytesPerConnection: 1 << 24,
  maxUnreadBytes: 1 << 28,
  handshakeTimeoutMs: 5000,
  watchHistoryEntries: 1000,
  watchHistoryBytes: 1 << 20,
  snapshotEveryEntries: 100_000,
  containerCheckIntervalMs: 1000,
  containerMaxPerMinute: 10_000,
  superDigest: null,
  saslSuperUser: null,
  requireAuthSchemes: [],
  extendedTypesEnabled: true,
  enforceQuota: false,
  skipAcl: false,
  containerMaxNeverUsedMs: 0,
}

export class TestHost implements ReplicaHost {
  readonly logger: Logger = SILENT_LOGGER
  readonly replica: Replica
  readonly batches: PersistBatch[] = []
  readonly snapshots: SnapshotMeta[] = []
  /** Complete a batch as soon as it is given. */
  autoPersist = true
  nowMs = 1000
  #entropy = 1
  readonly #firstByte: number

  /** `firstByte`: what all random bytes begin with. */
  constructor(options: Partial<ReplicaOptions> = {}, firstByte = 0) {
    this.#firstByte = firstByte
    const restart = { hardState: { term: 0, votedFor: 0, commit: 0 }, snapshot: null, entries: [] }
    this.replica = new Replica({ ...OPTIONS, ...options }, this, restart, new StateMachine(), this.nowMs, this.nowMs)
    this.replica.start()
  }

  persist(batch: PersistBatch): void {
    this.batches.push(batch)
    if (this.autoPersist) this.replica.persisted(batch.seq)
  }

  /** The disk has done what it was given. */
  completePersist(): void {
    const batch = this.batches.at(-1)
    if (batch === undefined) throw new Error('nothing at the disk')
    this.replica.persisted(batch.seq)
    this.replica.endTurn()
  }

  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>): void {
    for (const chunk of chunks) if (chunk.length === 0) throw new Error('empty chunk')
    this.snapshots.push(meta)
    this.replica.snapshots.ended(true)
  }

  send(): void {
    throw new Error('a server alone has nobody to send to')
  }

  sendSnapshot(): void {
    throw new Error('a server alone has nobody to send to')
  }

  installSnapshot(): void {
    throw new Error('a server alone takes in no snapshot')
  }

  clock(): number {
    return this.nowMs
  }

  recovered(): void {
    throw new Error('a server alone is never marked')
  }

  entropy(bytes: number): Buffer {
    const out = Buffer.alloc(bytes)
    out[0] = this.#firstByte
    out.writeUInt32BE(this.#entropy++, bytes - 4)
    return out
  }

  /** Passwords of SASL users; null: there is no SASL. */
  saslUsers: { password(user: string): string | undefined } | null = null

  md5(bytes: Buffer): Buffer {
    return createHash('md5').update(bytes).digest()
  }

  sha1(bytes: Buffer): Buffer {
    return Buffer.from(`sha1(${bytes.toString()})`)
  }

  /** Lets time pass in ticks. */
  advance(ms: number): void {
    for (let left = ms; left > 0; left -= 50) {
      this.nowMs += Math.min(50, left)
      this.replica.setTime(this.nowMs, this.nowMs)
      this.replica.tick()
      this.replica.endTurn()
    }
  }

  /** `identities`: proved on the way, as by a certificate. */
  client(identities: readonly Id[] = []): TestClient {
    return new TestClient(this, identities)
  }
}

export type Frame =
  | { readonly type: 'reply'; readonly xid: number; readonly zxid: bigint; readonly err: number; readonly body: Buffer }
  | { readonly type: 'event'; readonly event: number; readonly path: string; readonly zxid: bigint }

export class TestClient implements Link {
  readonly host: TestHost
  readonly connection: Connection
  readonly frames: Frame[] = []
  readonly words: string[] = []
  session: ConnectResponse | null = null
  closed = false
  paused = false
  bufferedBytes = 0
  /** What send answers: false as if the socket kept the buffer. */
  takesAll = true
  #shaken = false
  #xid = 0
  readonly #decoder = new FrameDecoder(1 << 26)

  constructor(host: TestHost, identities: readonly Id[] = []) {
    this.host = host
    this.connection = host.replica.open(this, '127.0.0.1', '127.0.0.1:5000', identities)
  }

  // ---- Link

  send(bytes: Buffer): boolean {
    this.#decoder.push(Buffer.from(bytes), (frame, start, end) => {
      this.#frame(new Reader(frame, start, end))
      return true
    })
    if (!this.takesAll) this.bufferedBytes += bytes.length
    return this.takesAll
  }
  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
  close(): void {
    this.closed = true
  }
  destroy(): void {
    this.closed = true
  }
  fourLetterWord(word: string): void {
    this.words.push(word)
  }

  // ---- the client's side

  raw(bytes: Buffer): void {
    this.host.replica.setTime(this.host.nowMs, this.host.nowMs)
    this.host.replica.received(this.connection, bytes)
  }

  /** Sends raw bytes and ends the turn. */
  push(bytes: Buffer): void {
    this.raw(bytes)
    this.host.replica.endTurn()
  }

  connect(session: { hi: number; lo: number; password: Uint8Array } | null = null, timeoutMs = 1000, lastZxidSeen = 0): this {
    const w = new Writer()
    const frame = w.beginFrame()
    writeConnectRequest(w, {
      protocolVersion: 0,
      lastZxidSeen,
      timeoutMs,
      sessionHi: session?.hi ?? 0,
      sessionLo: session?.lo ?? 0,
      password: session?.password ?? Buffer.alloc(16),
      readOnly: false,
    })
    w.endFrame(frame)
    this.push(w.copy())
    return this
  }

  /** Encodes requests as frames, back to back. */
  encode(...requests: readonly Request[]): Buffer {
    const w = new Writer()
    for (const request of requests) {
      const frame = w.beginFrame()
      w.int32(request.op === OpCode.ping ? -2 : request.op === OpCode.auth ? -4 : ++this.#xid)
      w.int32(request.op)
      writeRequest(w, request)
      w.endFrame(frame)
    }
    return w.copy()
  }

  /** Sends requests in one chunk and ends the turn; returns the frames that came during it. */
  ask(...requests: readonly Request[]): Frame[] {
    const from = this.frames.length
    this.push(this.encode(...requests))
    return this.frames.slice(from)
  }

  get errors(): number[] {
    return this.frames.flatMap((frame) => (frame.type === 'reply' ? [frame.err] : []))
  }

  #frame(r: Reader): void {
    if (!this.#shaken) {
      this.#shaken = true
      const response = readConnectResponse(r)
      this.session = { ...response, password: Buffer.from(response.password) }
      return
    }
    const { xid, zxid, err } = readReplyHeader(r)
    if (xid === -1) {
      const event = readWatcherEvent(r)
      this.frames.push({ type: 'event', event: event.type, path: event.path, zxid })
    } else this.frames.push({ type: 'reply', xid, zxid, err, body: Buffer.from(r.raw(r.remaining)) })
  }
}

export function create(path: string, flags = 0, data = ''): Request {
  return { op: OpCode.create, path, data: Buffer.from(data), acl: OPEN_ACL, flags }
}
export function getData(path: string, watch = false): Request {
  return { op: OpCode.getData, path, watch }
}
export function exists(path: string, watch = false): Request {
  return { op: OpCode.exists, path, watch }
}
export function setData(path: string, data: string, version = -1): Request {
  return { op: OpCode.setData, path, data: Buffer.from(data), version }
}
export const PING: Request = { op: OpCode.ping }
export const CLOSE: Request = { op: OpCode.closeSession }
