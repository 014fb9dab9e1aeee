// tree: builds the state from the bytes of a snapshot, and refuses whatever is not exactly one. PURE.

import { parentPath, pathProblem } from '../wire/paths.ts'
import { ProtocolError } from '../wire/protocol-error.ts'
import { Reader } from '../wire/reader.ts'
import type { SharedAcl } from './acl-table.ts'
import { Digest64 } from './digest64.ts'
import type { NodeImage } from './node-image.ts'
import type { NodeStore } from './node-store.ts'
import type { Session, Sessions } from './session-table.ts'
import { RecordTag, readFacts, readNode, readSession, SnapshotFormatError, type StateFacts } from './snapshot-format.ts'
import { compareTreeOrder } from './tree-order.ts'
import type { Znode } from './znode.ts'

/** Fills empty tables from a snapshot and returns the rest of the state. Throws SnapshotFormatError. */
export function readSnapshot(chunks: Iterable<Buffer>, store: NodeStore, sessions: Sessions): StateFacts {
  try {
    return new SnapshotLoad(store, sessions).run(chunks)
  } catch (error) {
    if (error instanceof ProtocolError) throw new SnapshotFormatError(`a record cannot be read: ${error.message}`)
    throw error
  }
}

class SnapshotLoad {
  readonly #store: NodeStore
  readonly #sessions: Sessions
  readonly #digest = new Digest64()
  readonly #reader = new Reader(Buffer.alloc(0))
  readonly #acls: SharedAcl[] = []
  #facts: StateFacts | null = null
  #lastSession: Session | null = null
  #lastPath: string | null = null
  #lastParentPath = ''
  #lastParent: Znode | undefined = undefined
  #ended = false

  constructor(store: NodeStore, sessions: Sessions) {
    this.#store = store
    this.#sessions = sessions
  }

  run(chunks: Iterable<Buffer>): StateFacts {
    for (const record of records(chunks)) this.#record(record)
    if (this.#facts === null || !this.#ended) throw new SnapshotFormatError('the snapshot has no end')
    return this.#facts
  }

  /** A record with its length field. */
  #record(record: Buffer): void {
    if (this.#ended) throw new SnapshotFormatError('there are bytes after the end')
    const r = this.#reader.reset(record, 5, record.length)
    const tag = record[4]
    if ((this.#facts === null) !== (tag === RecordTag.header)) throw new SnapshotFormatError('a snapshot has one header, at its start')
    switch (tag) {
      case RecordTag.header:
        this.#facts = readFacts(r)
        break
      case RecordTag.session:
        this.#addSession(readSession(r))
        break
      case RecordTag.node: {
        const { path, image } = readNode(r, this.#acls, this.#store.acls, this.#sessions)
        this.#addNode(path, image)
        break
      }
      case RecordTag.end:
        this.#end(r)
        break
      default:
        throw new SnapshotFormatError(`record of type ${tag}`)
    }
    r.expectEnd('record')
    this.#digest.update(record)
  }

  #addSession(session: Session): void {
    const last = this.#lastSession
    const inOrder = last === null || session.hi > last.hi || (session.hi === last.hi && session.lo > last.lo)
    if (!inOrder || this.#lastPath !== null) throw new SnapshotFormatError('sessions are not in order')
    if (session.timeoutMs <= 0) throw new SnapshotFormatError('a session without a timeout')
    this.#sessions.add(session)
    this.#lastSession = session
  }

  #addNode(path: string, image: NodeImage): void {
    if (pathProblem(path) !== null) throw new SnapshotFormatError('a path is not valid')
    if (this.#lastPath === null ? path !== '/' : compareTreeOrder(path, this.#lastPath) <= 0) {
      throw new SnapshotFormatError('nodes are not in order')
    }
    const parent = path === '/' ? null : this.#parentOf(path)
    if (parent === undefined) throw new SnapshotFormatError('a node has no parent')
    if (parent?.isEphemeral === true) throw new SnapshotFormatError('an ephemeral node has a child')
    this.#store.attach(path, image, parent)
    this.#lastPath = path
  }

  // Siblings follow each other, so the last parent is nearly always the one.
  #parentOf(path: string): Znode | undefined {
    const above = parentPath(path)
    if (above !== this.#lastParentPath) {
      this.#lastParentPath = above
      this.#lastParent = this.#store.get(above)
    }
    return this.#lastParent
  }

  #end(r: Reader): void {
    const sessions = r.int32() >>> 0
    const nodes = r.int32() >>> 0
    if (r.ustring() !== this.#digest.hex()) throw new SnapshotFormatError('the digest does not match')
    if (sessions !== this.#sessions.size || nodes !== this.#store.nodeCount) throw new SnapshotFormatError('the counts do not match')
    for (const path of ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
      if (this.#store.get(path) === undefined) throw new SnapshotFormatError(`${path} is missing`)
    }
    this.#ended = true
  }
}

// Records as they lie in the chunks, in place if whole in one, else joined.
function* records(chunks: Iterable<Buffer>): Generator<Buffer, void, void> {
  let parts: Buffer[] = []
  let held = 0
  for (const chunk of chunks) {
    parts.push(chunk)
    held += chunk.length
    if (held < 4 || held < 4 + recordLength(parts)) continue
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts, held)
    let at = 0
    while (bytes.length - at >= 4) {
      const end = at + 4 + bytes.readUInt32BE(at)
      if (end > bytes.length) break
      if (end === at + 4) throw new SnapshotFormatError('an empty record')
      yield bytes.subarray(at, end)
      at = end
    }
    parts = at === bytes.length ? [] : [bytes.subarray(at)]
    held = bytes.length - at
  }
  if (held > 0) throw new SnapshotFormatError('the last record is not whole')
}

// The length field may lie in several small chunks.
function recordLength(parts: readonly Buffer[]): number {
  let length = 0
  let digits = 0
  for (const part of parts) {
    for (let i = 0; i < part.length && digits < 4; i++, digits++) length = length * 256 + (part[i] as number)
    if (digits === 4) break
  }
  return length
}
