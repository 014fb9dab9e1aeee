// tree: builds the state from the bytes of a snapshot, and refuses whatever is not exactly one. PURE.
//
//   chunk, chunk, ... --cut anywhere--> records, read where they lie --> sessions, nodes in tree order --> end: digest and counts

import { pathProblem } from '../wire/paths.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import { OPEN, type SharedAcl } from './acl-table.ts'
import { Digest64 } from './digest64.ts'
import { isPlainName, KeptPath } from './kept-path.ts'
import type { NodeStore } from './node-store.ts'
import type { Session, Sessions } from './session-table.ts'
import {
  checkNumbers,
  type NodeRecord,
  RecordTag,
  readFacts,
  readNode,
  readSession,
  SnapshotFormatError,
  type StateFacts,
} from './snapshot-format.ts'
import type { Znode } from './znode.ts'

/** Of the length field in front of a record. */
const LENGTH_BYTES = 4
const SLASH = 0x2f

/** Fills empty tables from the chunks of a snapshot, one at a time. Both calls throw SnapshotFormatError; then the tables are worth nothing. */
export class SnapshotLoad {
  readonly #store: NodeStore
  readonly #sessions: Sessions
  readonly #digest: Digest64 | null
  readonly #reader = new Reader(Buffer.alloc(0))
  readonly #acls: SharedAcl[] = []
  #facts: StateFacts | null = null
  #lastSession: Session | null = null
  readonly #node: NodeRecord = { pathStart: 0, pathEnd: 0, acl: OPEN, dataStart: 0, dataEnd: 0, numbers: 0, holder: null }
  /** Path of the last node. */
  readonly #last = new KeptPath()
  readonly #parentPath = new KeptPath()
  #parent: Znode | undefined = undefined
  #ended = false
  /** What was taken and does not make a whole record yet. */
  #parts: Buffer[] = []
  #held = 0
  /** Bytes without which there is no point in looking at them again. */
  #needed = LENGTH_BYTES

  /** `isChecked`: somebody else compares what was read with a digest, of the whole and a better one: this one takes a sixth of the time. */
  constructor(store: NodeStore, sessions: Sessions, isChecked: boolean) {
    this.#store = store
    this.#sessions = sessions
    this.#digest = isChecked ? null : new Digest64()
  }

  /** The chunk may be written over after the call. */
  take(chunk: Buffer): void {
    this.#held += chunk.length
    if (this.#held < this.#needed) {
      this.#parts.push(Buffer.from(chunk))
      return
    }
    const bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk], this.#held)
    const end = this.#records(bytes)
    this.#held = bytes.length - end
    this.#parts = this.#held === 0 ? [] : [Buffer.from(bytes.subarray(end))]
    this.#needed = this.#held < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + bytes.readUInt32BE(end)
  }

  /** After the last chunk: the rest of the state. */
  finish(): StateFacts {
    if (this.#held > 0) throw new SnapshotFormatError('the last record is not whole')
    if (this.#facts === null || !this.#ended) throw new SnapshotFormatError('the snapshot has no end')
    return this.#facts
  }

  /** Reads the whole records at the start of `bytes` and returns where they end. */
  #records(bytes: Buffer): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    let undigested = 0
    while (bytes.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + bytes.readUInt32BE(at)
      if (end > bytes.length) break
      if (end === at + LENGTH_BYTES) throw new SnapshotFormatError('an empty record')
      // The end record holds the digest of all that comes before it.
      if (bytes[at + LENGTH_BYTES] === RecordTag.end) {
        this.#digest?.update(bytes.subarray(undigested, at))
        undigested = at
      }
      this.#record(bytes, view, at, end)
      at = end
    }
    this.#digest?.update(bytes.subarray(undigested, at))
    return at
  }

  /** One record, from its length field on. */
  #record(bytes: Buffer, view: DataView, start: number, end: number): void {
    if (this.#ended) throw new SnapshotFormatError('there are bytes after the end')
    const r = this.#reader.reset(bytes, start + LENGTH_BYTES + 1, end)
    const tag = bytes[start + LENGTH_BYTES]
    if ((this.#facts === null) !== (tag === RecordTag.header)) throw new SnapshotFormatError('a snapshot has one header, at its start')
    try {
      this.#body(tag, r, bytes, view)
    } catch (error) {
      if (error instanceof ProtocolError) throw new SnapshotFormatError(`a record cannot be read: ${error.message}`)
      throw error
    }
  }

  #body(tag: number | undefined, r: Reader, bytes: Buffer, view: DataView): void {
    switch (tag) {
      case RecordTag.header:
        this.#facts = readFacts(r)
        break
      case RecordTag.session:
        this.#addSession(readSession(r))
        break
      case RecordTag.node:
        this.#addNode(r, bytes, view)
        break
      case RecordTag.end:
        this.#end(r)
        break
      default:
        throw new SnapshotFormatError(`record of type ${tag}`)
    }
    r.expectEnd('record')
  }

  #addSession(session: Session): void {
    const last = this.#lastSession
    const inOrder = last === null || session.hi > last.hi || (session.hi === last.hi && session.lo > last.lo)
    if (!inOrder || !this.#last.isEmpty) throw new SnapshotFormatError('sessions are not in order')
    if (session.timeoutMs <= 0) throw new SnapshotFormatError('a session without a timeout')
    this.#sessions.add(session)
    this.#lastSession = session
  }

  #addNode(r: Reader, bytes: Buffer, view: DataView): void {
    const node = this.#node
    readNode(r, node, this.#acls, this.#store.acls, this.#sessions)
    checkNumbers(view, node.numbers, this.#facts?.lastZxid ?? 0)
    const { pathStart, pathEnd } = node
    const isRoot = pathEnd - pathStart === 1 && bytes[pathStart] === SLASH
    if (this.#last.isEmpty ? !isRoot : this.#last.compare(bytes, pathStart, pathEnd) <= 0)
      throw new SnapshotFormatError('nodes are not in order')
    if (isRoot) this.#store.plantRoot(view, node)
    else this.#addBelow(bytes, view, node)
    this.#last.set(bytes, pathStart, pathEnd)
  }

  #addBelow(bytes: Buffer, view: DataView, node: NodeRecord): void {
    const { pathStart, pathEnd } = node
    const slash = bytes.lastIndexOf(SLASH, pathEnd - 1)
    const parent = slash < pathStart ? undefined : this.#parentOf(bytes, pathStart, slash)
    if (parent === undefined) throw new SnapshotFormatError('a node has no parent')
    if (parent.isEphemeral) throw new SnapshotFormatError('an ephemeral node has a child')
    // The path of the node above is valid; a plain name makes no other of it.
    const isPlain = isPlainName(bytes, slash + 1, pathEnd)
    if (!isPlain && pathProblem(bytes.toString('utf8', pathStart, pathEnd)) !== null) throw new SnapshotFormatError('a path is not valid')
    this.#store.plantBelow(parent, bytes, view, node, slash + 1)
  }

  // Siblings follow each other, so the last parent is nearly always the one.
  #parentOf(bytes: Buffer, start: number, slash: number): Znode | undefined {
    if (!this.#parentPath.is(bytes, start, slash)) {
      this.#parentPath.set(bytes, start, slash)
      this.#parent = slash === start ? this.#store.get('/') : this.#store.find(bytes, start, slash)
    }
    return this.#parent
  }

  #end(r: Reader): void {
    const sessions = r.int32() >>> 0
    const nodes = r.int32() >>> 0
    const digest = r.ustring()
    if (this.#digest !== null && digest !== this.#digest.hex()) throw new SnapshotFormatError('the digest does not match')
    if (sessions !== this.#sessions.size || nodes !== this.#store.nodeCount) throw new SnapshotFormatError('the counts do not match')
    for (const path of ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
      if (this.#store.get(path) === undefined) throw new SnapshotFormatError(`${path} is missing`)
    }
    this.#ended = true
  }
}
