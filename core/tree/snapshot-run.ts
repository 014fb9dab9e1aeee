// tree: a snapshot being taken: walks the tree a chunk at a time, while entries go on being applied. PURE.
//
//   next() -> about CHUNK_BYTES of records, or an empty chunk when the time went into sorting a large directory

import { assert } from '../support/assert.ts'
import { joinPath } from '../wire/paths.ts'
import { Writer } from '../wire/writer.ts'
import type { SharedAcl } from './acl-table.ts'
import { Digest64 } from './digest64.ts'
import type { NodeStore } from './node-store.ts'
import type { Sessions } from './session-table.ts'
import { RecordTag, type StateFacts, writeFacts, writeNode, writeSession, writeTag } from './snapshot-format.ts'
import { SnapshotShadow } from './snapshot-shadow.ts'
import { inOrder } from './tree-order.ts'

/** Chunks are handed out when they have grown to this. */
export const CHUNK_BYTES: number = 64 * 1024

interface Directory {
  readonly path: string
  readonly names: Iterator<string | null>
}

/** The chunks of one snapshot. Exact as of its creation, however late they are taken. */
export class SnapshotRun implements IterableIterator<Buffer> {
  readonly #store: NodeStore
  readonly #shadow = new SnapshotShadow()
  readonly #chunkBytes: number
  readonly #writer = new Writer()
  readonly #digest = new Digest64()
  readonly #aclNumbers = new Map<SharedAcl, number>()
  readonly #open: Directory[] = []
  readonly #sessionCount: number
  #nodeCount = 0
  #state: 'root' | 'walk' | 'done' = 'root'

  constructor(store: NodeStore, sessions: Sessions, facts: StateFacts, chunkBytes: number = CHUNK_BYTES) {
    this.#store = store
    this.#chunkBytes = chunkBytes
    this.#sessionCount = sessions.size
    this.#record(RecordTag.header, (w) => writeFacts(w, facts))
    for (const session of sessions.sorted()) this.#record(RecordTag.session, (w) => writeSession(w, session))
    store.listen(this.#shadow)
  }

  /** The digest of what was handed out; of the whole snapshot when it is done. */
  get digest(): string {
    return this.#digest.hex()
  }

  /** Images of changed nodes held now. */
  get kept(): number {
    return this.#shadow.size
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Buffer, undefined> {
    if (this.#state === 'done') return { done: true, value: undefined }
    if (this.#state === 'root') {
      this.#visit('/')
      this.#state = 'walk'
    }
    while (this.#writer.length < this.#chunkBytes) {
      const directory = this.#open.at(-1)
      if (directory === undefined) return { done: false, value: this.#finish() }
      const name = directory.names.next()
      if (name.done === true) this.#open.pop()
      else if (name.value === null) break
      else this.#visit(joinPath(directory.path, name.value))
    }
    return { done: false, value: this.#takeChunk() }
  }

  /** Gives up: nothing more is kept for this snapshot. */
  return(): IteratorResult<Buffer, undefined> {
    this.#end()
    return { done: true, value: undefined }
  }

  #visit(path: string): void {
    const node = this.#shadow.image(path) ?? this.#store.get(path)
    assert(node !== undefined, 'a node of the snapshot is in the tree or has an image')
    this.#record(RecordTag.node, (w) => writeNode(w, path, node, this.#aclNumbers))
    this.#nodeCount++
    const names = this.#childrenAtStart(path)
    this.#shadow.passed(path)
    if (names.length > 0) this.#open.push({ path, names: inOrder(names) })
  }

  #childrenAtStart(path: string): string[] {
    const now = this.#store.get(path)?.children ?? null
    const deleted = this.#shadow.deletedChildren(path)
    const names: string[] = []
    if (now !== null) {
      if (this.#shadow.size === 0) return [...now]
      for (const name of now) if (this.#shadow.image(joinPath(path, name)) !== null) names.push(name)
    }
    if (deleted !== undefined) for (const name of deleted) if (this.#store.get(joinPath(path, name)) === undefined) names.push(name)
    return names
  }

  #record(tag: (typeof RecordTag)[keyof typeof RecordTag], write: (w: Writer) => void): void {
    const frame = this.#writer.beginFrame()
    writeTag(this.#writer, tag)
    write(this.#writer)
    this.#writer.endFrame(frame)
  }

  #finish(): Buffer {
    const nodes = this.#takeChunk()
    const digest = this.#digest.hex()
    this.#record(RecordTag.end, (w) => {
      w.int32(this.#sessionCount)
      w.int32(this.#nodeCount)
      w.ustring(digest)
    })
    const end = this.#takeChunk()
    this.#end()
    return Buffer.concat([nodes, end])
  }

  #takeChunk(): Buffer {
    const chunk = this.#writer.take()
    this.#digest.update(chunk)
    return chunk
  }

  #end(): void {
    this.#store.unlisten(this.#shadow)
    this.#shadow.clear()
    this.#open.length = 0
    this.#state = 'done'
  }
}

/** Runs a snapshot to its end for the digest alone. */
export function snapshotDigest(run: SnapshotRun): string {
  for (let step = run.next(); step.done !== true; step = run.next());
  return run.digest
}
