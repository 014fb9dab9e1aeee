// tree: the replicated state machine: every server applies the same entries in the same order and comes to the same state. It reads
// nothing but its state and the entry, and decides everything: checks, names, versions, results, events. PURE.
//
//   entry -> clocks -> by kind: noop, request, createSession, attachSession, closeSession, expireSession, settings, reap, config -> Applied
//
// `apply` is total: any bytes give a result with a code, never an exception. A failed entry changes lastZxid and the clocks only.

import { unreachable } from '../support/assert.ts'
import { ErrorCode } from '../wire/error-codes.ts'
import { OpCode } from '../wire/op-codes.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import { type Acl, type Id, Permission, type Request } from '../wire/records.ts'
import { readRequest } from '../wire/requests.ts'
import { maskDigests, permits } from './access-control.ts'
import { OPEN } from './acl-table.ts'
import { type Applied, type Change, Outcome } from './applied.ts'
import { DigestSum, hashString } from './digest-sum.ts'
import { EntryContext } from './entry-context.ts'
import { bodyStart, EntryKind, EnvelopeOffset, envelopeInt32, envelopeInt64, envelopeSemantics, SEMANTICS_VERSION } from './envelope.ts'
import { dueNodes } from './mortality.ts'
import { applyMulti } from './multi.ts'
import { NodeStore } from './node-store.ts'
import { NodeWrites } from './node-writes.ts'
import { type HashKey, NO_KEY } from './path-hash.ts'
import type { QuotaReport } from './quota-keeper.ts'
import { attachSession, createSession, generationProblem, namedSession } from './session-entries.ts'
import { Sessions, type SessionTable } from './session-table.ts'
import { DEFAULT_SETTINGS, type Settings, settingsFromJson, settingsToJson } from './settings.ts'
import type { StateFacts } from './snapshot-format.ts'
import { SnapshotLoad } from './snapshot-reader.ts'
import { CHUNK_BYTES, type ChunkOwnership, SnapshotRun, snapshotDigest } from './snapshot-run.ts'
import type { Znode } from './znode.ts'

export type { Applied, Change }

const CLUSTER_ID_BYTES = 8
const DEFAULT_SETTINGS_HASH = hashString(settingsToJson(DEFAULT_SETTINGS))
/** Of a node with path and data in a snapshot: rather too much, since room for nodes that do not come is wasted. */
const TYPICAL_NODE_BYTES = 256

/** A state that is being made from a snapshot. Both calls throw SnapshotFormatError. */
export interface Restoration {
  /** The next chunk; nothing of it is kept but what does not make a whole record yet. */
  take(chunk: Buffer): void
  finish(): StateMachine
}

/** Everything that is replicated. */
export class StateMachine {
  readonly #store: NodeStore
  readonly #sessions = new Sessions()
  readonly #writes: NodeWrites
  readonly #context = new EntryContext()
  readonly #outcome = new Outcome()
  readonly #reader = new Reader(Buffer.alloc(0))
  #settings: Settings = DEFAULT_SETTINGS
  #settingsHash = DEFAULT_SETTINGS_HASH
  #lastZxid = 0
  #wallTimeMs = 0
  #clusterTimeMs = 0
  #clusterId = ''

  /** The state of an ensemble before its first entry. A server that strangers talk to gives a random `key`; it changes no result. */
  constructor(key: HashKey = NO_KEY) {
    this.#store = new NodeStore(key)
    this.#writes = new NodeWrites(this.#store)
    this.#store.plant()
  }

  /** Of the last entry, whatever became of it. */
  get lastZxid(): number {
    return this.#lastZxid
  }

  /** Nodes in the tree, the root and the built-in ones included. */
  get nodeCount(): number {
    return this.#store.nodeCount
  }

  get ephemeralCount(): number {
    return this.#store.ephemeralCount
  }

  /** Characters of all paths and bytes of all data, as ZooKeeper's approximate_data_size counts. */
  get dataBytes(): number {
    return this.#store.contentBytes
  }

  get sessions(): SessionTable {
    return this.#sessions
  }

  /** The settings in force. Frozen. */
  get settings(): Settings {
    return this.#settings
  }

  /** 16 hex digits from the first noop, '' before. */
  get clusterId(): string {
    return this.#clusterId
  }

  /** Of the last entry, never less than that of an earlier one. */
  get wallTimeMs(): number {
    return this.#wallTimeMs
  }

  /** Of the last entry, never less than that of an earlier one. */
  get clusterTimeMs(): number {
    return this.#clusterTimeMs
  }

  /**
   * Applies one committed entry. The result is one object, valid until the next call. The payload is not kept: what stays is copied.
   * Entries come in log order with growing zxids.
   */
  apply(payload: Buffer, zxid: number): Applied {
    const out = this.#outcome
    out.reset(zxid)
    this.#lastZxid = zxid
    out.err = this.#applyEntry(payload, zxid, out)
    if (out.err !== ErrorCode.ok) out.forgetEffects()
    this.#context.end()
    return out
  }

  node(path: string): Znode | undefined {
    return this.#store.get(path)
  }

  /** {@link node} for a path in UTF-8 where it lies in a request, from `start` to `end`. */
  nodeAt(bytes: Uint8Array, start: number, end: number): Znode | undefined {
    return this.#store.find(bytes, start, end)
  }

  /** Whether the node's list grants one of the bits of `permission` to somebody with these identities. */
  allows(node: Znode, permission: number, ids: readonly Id[]): boolean {
    return node.acl === OPEN || this.#settings.skipAcl || permits(node.acl.list, permission, ids)
  }

  /** {@link allows} for a list, such as that of a Change. */
  permits(acl: readonly Acl[], permission: number, ids: readonly Id[]): boolean {
    return acl === OPEN.list || this.#settings.skipAcl || permits(acl, permission, ids)
  }

  /** The list as getACL shows it: without ADMIN, the hashes of digest identities are hidden. */
  maskedAcl(node: Znode, ids: readonly Id[]): readonly Acl[] {
    return this.allows(node, Permission.admin, ids) ? node.acl.list : maskDigests(node.acl.list)
  }

  /** All nodes below `path`. */
  descendantCount(path: string): number {
    const top = this.#store.get(path)
    return top === undefined ? 0 : this.#store.descendantCount(top)
  }

  /** Paths of the session's ephemeral nodes that start with the string `prefix`, sorted. */
  ephemerals(sessionHi: number, sessionLo: number, prefix: string): string[] {
    const session = this.#sessions.get(sessionHi, sessionLo)
    if (session === undefined) return []
    const paths: string[] = []
    for (const path of session.ephemerals) if (path.startsWith(prefix)) paths.push(path)
    return paths.sort()
  }

  /** Containers and TTL nodes that may be removed at this cluster time, in path order. */
  reapCandidates(clusterTimeMs: number, limit: number): string[] {
    return dueNodes(this.#store, clusterTimeMs, this.#settings, limit)
  }

  /** Quotas with their limits and what is in use, in path order. */
  quotas(): QuotaReport[] {
    return this.#writes.quotas.reports()
  }

  /**
   * The state as of this call, in canonical bytes: equal states give equal bytes on every server. The chunks may be taken while further
   * entries are applied; take them all or call `return()`, since what changes meanwhile is kept until then. Where chunks are cut
   * (about `chunkBytes`) does not change the bytes.
   */
  snapshot(chunkBytes: number = CHUNK_BYTES, ownership: ChunkOwnership = 'given'): SnapshotRun {
    return new SnapshotRun(this.#store, this.#sessions, this.#facts(), chunkBytes, ownership)
  }

  /** The state from the chunks of a snapshot, however they are cut. Throws SnapshotFormatError if they are not exactly one. */
  static restore(chunks: Iterable<Buffer>): StateMachine {
    const restoration = StateMachine.restoring()
    for (const chunk of chunks) restoration.take(chunk)
    return restoration.finish()
  }

  /**
   * `expectedBytes`: about what the chunks hold in all. `isChecked`: whoever hands them on lets nobody use the state before a digest of the whole was
   * found right; then the one in the snapshot is not worked out again.
   */
  static restoring(key: HashKey = NO_KEY, expectedBytes = 0, isChecked = false): Restoration {
    const machine = new StateMachine(key)
    machine.#store.uproot()
    machine.#store.reserve(Math.floor(expectedBytes / TYPICAL_NODE_BYTES))
    const load = new SnapshotLoad(machine.#store, machine.#sessions, isChecked)
    return {
      take: (chunk) => load.take(chunk),
      finish: () => {
        machine.#begin(load.finish())
        return machine
      },
    }
  }

  /** For a copy that is to be an ensemble of its own: the next noop gives it a cluster id. */
  forgetClusterId(): void {
    this.#clusterId = ''
  }

  /** 16 hex digits over the snapshot's bytes: equal for equal states. Reads the whole state. */
  digest(): string {
    return snapshotDigest(this.snapshot(CHUNK_BYTES, 'lent'))
  }

  /**
   * 16 hex digits, equal for equal states, kept up with every change: costs nothing to read. Of data it covers the first bytes alone, {@link digest}
   * covers all.
   */
  get runningDigest(): string {
    const nodes = this.#store.digest
    const sessions = this.#sessions.digest
    const all = new DigestSum().begin().word(nodes.hi).word(nodes.lo).word(sessions.hi).word(sessions.lo)
    all.int64(this.#lastZxid).int64(this.#wallTimeMs).int64(this.#clusterTimeMs).word(hashString(this.#clusterId)).word(this.#settingsHash)
    all.add()
    return hex(all.hi) + hex(all.lo)
  }

  #begin(facts: StateFacts): void {
    this.#lastZxid = facts.lastZxid
    this.#wallTimeMs = facts.wallTimeMs
    this.#clusterTimeMs = facts.clusterTimeMs
    this.#clusterId = facts.clusterId
    this.#setSettings(facts.settings)
  }

  #facts(): StateFacts {
    return {
      lastZxid: this.#lastZxid,
      wallTimeMs: this.#wallTimeMs,
      clusterTimeMs: this.#clusterTimeMs,
      clusterId: this.#clusterId,
      settings: this.#settings,
    }
  }

  #applyEntry(payload: Buffer, zxid: number, out: Outcome): ErrorCode {
    const start = bodyStart(payload)
    if (start < 0) return ErrorCode.marshallingError
    const kind = entryKind(payload[EnvelopeOffset.kind] as number)
    const wallTimeMs = envelopeInt64(payload, EnvelopeOffset.wallTime)
    const clusterTimeMs = envelopeInt64(payload, EnvelopeOffset.clusterTime)
    if (kind === null || !isTime(wallTimeMs) || !isTime(clusterTimeMs)) return ErrorCode.marshallingError
    out.kind = kind
    if (envelopeSemantics(payload) > SEMANTICS_VERSION) return ErrorCode.unimplemented
    if (wallTimeMs > this.#wallTimeMs) this.#wallTimeMs = wallTimeMs
    if (clusterTimeMs > this.#clusterTimeMs) this.#clusterTimeMs = clusterTimeMs
    this.#context.begin(payload, zxid, this.#wallTimeMs, this.#clusterTimeMs)
    this.#reader.reset(payload, start, payload.length)
    return this.#applyKind(kind, payload, out)
  }

  #applyKind(kind: EntryKind, payload: Buffer, out: Outcome): ErrorCode {
    switch (kind) {
      case EntryKind.noop:
        return this.#noop()
      case EntryKind.request:
        out.op = envelopeInt32(payload, EnvelopeOffset.op)
        return this.#request(payload, out)
      case EntryKind.createSession:
        return createSession(this.#sessions, payload, this.#reader, out)
      case EntryKind.attachSession:
        return attachSession(this.#sessions, payload, this.#reader, out)
      case EntryKind.closeSession:
      case EntryKind.expireSession:
        return this.#endSession(payload, out)
      case EntryKind.settings:
        return this.#changeSettings()
      case EntryKind.reap:
        return this.#reap(out)
      case EntryKind.config: {
        const text = this.#string()
        return text === null ? ErrorCode.marshallingError : this.#writes.setConfig(text, this.#context, out)
      }
      default:
        return unreachable(kind)
    }
  }

  #noop(): ErrorCode {
    if (this.#reader.remaining < CLUSTER_ID_BYTES) return ErrorCode.marshallingError
    if (this.#clusterId === '') this.#clusterId = this.#reader.raw(CLUSTER_ID_BYTES).toString('hex')
    return ErrorCode.ok
  }

  #request(payload: Buffer, out: Outcome): ErrorCode {
    const request = this.#decode(out.op)
    if (request === null) return ErrorCode.marshallingError
    const mode = 'flags' in request ? this.#writes.createModeProblem(request) : ErrorCode.ok
    if (mode !== ErrorCode.ok) return mode
    const session = namedSession(this.#sessions, payload)
    const problem = generationProblem(session, payload)
    if (session === undefined || problem !== ErrorCode.ok) return problem
    this.#context.session = session
    return this.#write(request, out)
  }

  #write(request: Request, out: Outcome): ErrorCode {
    switch (request.op) {
      case OpCode.create:
      case OpCode.create2:
      case OpCode.createContainer:
      case OpCode.createTtl:
        return this.#writes.create(request, this.#context, out)
      case OpCode.delete:
        return this.#writes.remove(request, this.#context, out)
      case OpCode.deleteContainer:
        return this.#writes.removeContainer(request.path, this.#context, out)
      case OpCode.setData:
        return this.#writes.setData(request, this.#context, out)
      case OpCode.setAcl:
        return this.#writes.setAcl(request, this.#context, out)
      case OpCode.multi:
        applyMulti(request.ops, this.#store, this.#writes, this.#context, out)
        return ErrorCode.ok
      default:
        return ErrorCode.unimplemented
    }
  }

  #decode(op: number): Request | null {
    try {
      return readRequest(this.#reader, op)
    } catch (error) {
      if (error instanceof ProtocolError) return null
      throw error
    }
  }

  #endSession(payload: Buffer, out: Outcome): ErrorCode {
    const session = namedSession(this.#sessions, payload)
    const problem = generationProblem(session, payload)
    if (session === undefined || problem !== ErrorCode.ok) return problem
    this.#writes.removeEphemerals(session, this.#context, out)
    this.#sessions.remove(session)
    out.endedSession = session
    return ErrorCode.ok
  }

  #changeSettings(): ErrorCode {
    const json = this.#string()
    const settings = json === null ? null : settingsFromJson(json)
    if (settings === null) return ErrorCode.marshallingError
    this.#setSettings(settings)
    return ErrorCode.ok
  }

  #reap(out: Outcome): ErrorCode {
    const path = this.#string()
    return path === null ? ErrorCode.marshallingError : this.#writes.reap(path, this.#context, out)
  }

  #string(): string | null {
    try {
      return this.#reader.ustring()
    } catch (error) {
      if (error instanceof ProtocolError) return null
      throw error
    }
  }

  #setSettings(settings: Settings): void {
    this.#settings = settings
    this.#settingsHash = hashString(settingsToJson(settings))
    this.#writes.settings = settings
  }
}

function entryKind(byte: number): EntryKind | null {
  switch (byte) {
    case EntryKind.noop:
    case EntryKind.request:
    case EntryKind.createSession:
    case EntryKind.attachSession:
    case EntryKind.closeSession:
    case EntryKind.expireSession:
    case EntryKind.settings:
    case EntryKind.reap:
    case EntryKind.config:
      return byte
    default:
      return null
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

/** Times beyond 2^53 cannot be held exactly: no leader writes them. */
function isTime(ms: number): boolean {
  return ms >= 0 && ms <= Number.MAX_SAFE_INTEGER
}
