// tree: a snapshot of a state that another program kept, written record by record, so that `StateMachine.restore` checks it like any other. PURE.
//
// Whoever imports gives nodes in tree order (a node, then its children's subtrees by name in byte order) and sessions by id; neither is
// believed: the reader refuses what is out of order, has no parent or names no session.

import { writeAclList } from '../wire/acl.ts'
import type { Acl } from '../wire/records.ts'
import { Writer } from '../wire/writer.ts'
import { Digest64 } from './digest64.ts'
import { HolderTag, RecordTag, type StateFacts, writeFacts, writeTag } from './snapshot-format.ts'
import { CHUNK_BYTES } from './snapshot-run.ts'

/** A session of the state. Nobody is attached to it yet. */
export interface ImportedSession {
  readonly hi: number
  readonly lo: number
  readonly timeoutMs: number
  /** 16 bytes. */
  readonly password: Uint8Array
}

/** Why a node may go by itself. */
export type ImportedHolder =
  | { readonly kind: 'session'; readonly hi: number; readonly lo: number }
  /** `ttlMs` 0: a container. `touchedMs`: cluster time of the creation or the last setData. */
  | { readonly kind: 'lifetime'; readonly ttlMs: number; readonly touchedMs: number }

/** A node of the state, with every number that its Stat is made of. */
export interface ImportedNode {
  readonly path: string
  /** A string holds one byte in each code unit. */
  readonly data: Uint8Array | string | null
  /** Equal lists are the same array. */
  readonly acl: readonly Acl[]
  readonly czxid: number
  readonly mzxid: number
  readonly pzxid: number
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  /** How many children were ever created; cversion follows from it. */
  readonly creates: number
  readonly aversion: number
  /** `null`: persistent. */
  readonly holder: ImportedHolder | null
}

/** The chunks of a snapshot of the imported state, for `StateMachine.restore`. */
export function* importedSnapshot(
  facts: StateFacts,
  sessions: Iterable<ImportedSession>,
  nodes: Iterable<ImportedNode>,
): Generator<Buffer, void, void> {
  const w = new Writer(CHUNK_BYTES)
  const digest = new Digest64()
  const aclNumbers = new Map<readonly Acl[], number>()
  let sessionCount = 0
  let nodeCount = 0
  const take = (): Buffer => {
    const chunk = w.take()
    digest.update(chunk)
    return chunk
  }

  const header = w.beginFrame()
  writeTag(w, RecordTag.header)
  writeFacts(w, facts)
  w.endFrame(header)
  for (const session of sessions) {
    writeSession(w, session)
    sessionCount++
    if (w.length >= CHUNK_BYTES) yield take()
  }
  for (const node of nodes) {
    writeNode(w, node, aclNumbers)
    nodeCount++
    if (w.length >= CHUNK_BYTES) yield take()
  }
  yield take()

  const end = w.beginFrame()
  writeTag(w, RecordTag.end)
  w.int32(sessionCount)
  w.int32(nodeCount)
  w.ustring(digest.hex())
  w.endFrame(end)
  yield w.take()
}

function writeSession(w: Writer, session: ImportedSession): void {
  const frame = w.beginFrame()
  writeTag(w, RecordTag.session)
  w.int64Halves(session.hi, session.lo)
  w.int32(session.timeoutMs)
  w.int32(1) // generation: as after the create
  w.int32(0) // server: none
  w.raw(session.password)
  w.endFrame(frame)
}

function writeNode(w: Writer, node: ImportedNode, aclNumbers: Map<readonly Acl[], number>): void {
  const frame = w.beginFrame()
  writeTag(w, RecordTag.node)
  w.ustring(node.path)
  writeAcl(w, node.acl, aclNumbers)
  if (typeof node.data === 'string') {
    w.int32(node.data.length)
    w.latin1(node.data)
  } else {
    w.buffer(node.data)
  }
  w.int64(node.czxid)
  w.int64(node.mzxid)
  w.int64(node.pzxid)
  w.int64(node.ctime)
  w.int64(node.mtime)
  w.int32(node.version)
  w.int32(node.creates)
  w.int32(node.aversion)
  writeHolder(w, node.holder)
  w.endFrame(frame)
}

function writeAcl(w: Writer, acl: readonly Acl[], numbers: Map<readonly Acl[], number>): void {
  const known = numbers.get(acl)
  w.int32(known ?? numbers.size)
  if (known !== undefined) return
  numbers.set(acl, numbers.size)
  writeAclList(w, acl)
}

function writeHolder(w: Writer, holder: ImportedHolder | null): void {
  switch (holder?.kind) {
    case undefined:
      writeTag(w, HolderTag.none)
      break
    case 'session':
      writeTag(w, HolderTag.session)
      w.int64Halves(holder.hi, holder.lo)
      break
    case 'lifetime':
      writeTag(w, HolderTag.lifetime)
      w.int64(holder.ttlMs)
      w.int64(holder.touchedMs)
      break
  }
}
