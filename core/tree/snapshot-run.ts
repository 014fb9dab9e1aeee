// tree: a snapshot being taken: walks the tree a chunk at a time, while entries go on being applied. PURE.
//
//   next() -> about CHUNK_BYTES of records, or an empty chunk when the time went into sorting a large directory

import { assert } from '../support/assert.ts'
import { joinPath } from '../wire/paths.ts'
import { Writer } from '../wire/writer.ts'
import type { SharedAcl } from './acl-table.ts'
import { Digest64 } from './digest64.ts'
import { NAME, NAME_LENGTH, NONE } from './node-rows.ts'
import type { NodeStore } from './node-store.ts'
import type { Sessions } from './session-table.ts'
import { childrenAtStart } from './snapshot-children.ts'
import { RecordTag, type StateFacts, writeFacts, writeNode, writeSession, writeTag } from './snapshot-format.ts'
import { SnapshotShadow } from './snapshot-shadow.ts'
import type { Sibling } from './tree-order.ts'
import type { Znode } from './znode.ts'

const WORD_BYTES = 4
/** Chunks are handed out when they have grown to this. Bench: 0.4 ms for 32 KiB of small nodes. */
export const CHUNK_BYTES: number = 32 * 1024

/**
 * Who owns a chunk: `given` ones stay as they are, `lent` ones are good until the next is asked for, which spares the collector of garbage as many bytes
 * as the snapshot has.
 */
export type ChunkOwnership = 'given' | 'lent'

/** A node whose children are being written. */
interface Directory {
  readonly path: string
  /** Bytes of the children's paths up to their names, and a word more. */
  readonly prefix: DataView
  readonly children: Generator<Sibling | null, void, void>
}

/** The chunks of one snapshot. Exact as of its creation, however late they are taken. */
export class SnapshotRun implements IterableIterator<Buffer> {
  readonly #store: NodeStore
  readonly #shadow: SnapshotShadow
  readonly #chunkBytes: number
  readonly #ownership: ChunkOwnership
  readonly #writer = new Writer()
  readonly #digest = new Digest64()
  readonly #aclNumbers = new Map<SharedAcl, number>()
  readonly #open: Directory[] = []
  readonly #sessionCount: number
  #nodeCount = 0
  /** Whether the writer holds a chunk that somebody reads. */
  #lent = false
  #state: 'root' | 'walk' | 'done' = 'root'

  constructor(store: NodeStore, sessions: Sessions, facts: StateFacts, chunkBytes: number, ownership: ChunkOwnership) {
    this.#store = store
    this.#shadow = new SnapshotShadow(store, facts.lastZxid)
    this.#chunkBytes = chunkBytes
    this.#ownership = ownership
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
    if (this.#lent) this.#takeBack()
    if (this.#state === 'root') {
      this.#visit('/', this.#store.root, null)
      this.#state = 'walk'
    }
    while (this.#writer.length < this.#chunkBytes) {
      const directory = this.#open.at(-1)
      if (directory === undefined) return { done: false, value: this.#finish() }
      const child = directory.children.next()
      if (child.done === true) this.#leave(directory)
      else if (child.value === null) break
      else this.#visit(joinPath(directory.path, child.value.name), child.value.row, directory)
    }
    return { done: false, value: this.#takeChunk() }
  }

  /** Gives up: nothing more is kept for this snapshot. */
  return(): IteratorResult<Buffer, undefined> {
    this.#end()
    return { done: true, value: undefined }
  }

  #visit(path: string, row: number, above: Directory | null): void {
    const image = this.#shadow.image(path, row)
    const now = image === undefined ? this.#unchanged(row) : this.#store.get(path)
    const node = image ?? now
    assert(node !== undefined, 'a node of the snapshot is in the tree or has an image')
    const w = this.#writer
    const frame = w.beginFrame()
    writeTag(w, RecordTag.node)
    if (image === undefined && above !== null) this.#putPath(above.prefix, row)
    else w.ustring(path)
    writeNode(w, node, this.#aclNumbers)
    w.endFrame(frame)
    this.#nodeCount++
    this.#shadow.passed(path, row)
    if ((now !== undefined && now.numChildren > 0) || this.#shadow.hasDeletedChildren(path)) this.#enter(path)
  }

  #unchanged(row: number): Znode {
    assert(row !== NONE, 'a node that was deleted since the start has an image')
    return this.#store.at(row)
  }

  /** Writes a child's path without making a string of it. */
  #putPath(prefix: DataView, row: number): void {
    const { rows, bytes } = this.#store
    const nameLength = rows.get(row, NAME_LENGTH)
    const prefixLength = prefix.byteLength - WORD_BYTES
    this.#writer.int32(prefixLength + nameLength)
    this.#writer.words(prefix, 0, prefixLength)
    bytes.writeTo(this.#writer, rows.get(row, NAME), nameLength)
  }

  #enter(path: string): void {
    const bytes = Buffer.from(joinPath(path, '\0'.repeat(WORD_BYTES)), 'utf8')
    const prefix = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#open.push({ path, prefix, children: childrenAtStart(this.#store, this.#shadow, path) })
  }

  #leave(directory: Directory): void {
    this.#open.pop()
    this.#shadow.left(directory.path)
  }

  #record(tag: (typeof RecordTag)[keyof typeof RecordTag], write: (w: Writer) => void): void {
    const frame = this.#writer.beginFrame()
    writeTag(this.#writer, tag)
    write(this.#writer)
    this.#writer.endFrame(frame)
  }

  #finish(): Buffer {
    // The last record holds the digest of all that comes before it.
    const start = this.#writer.length
    const digest = this.#digest.update(this.#writer.view()).hex()
    this.#record(RecordTag.end, (w) => {
      w.int32(this.#sessionCount)
      w.int32(this.#nodeCount)
      w.ustring(digest)
    })
    const chunk = this.#ownership === 'lent' ? this.#writer.view() : this.#writer.take()
    this.#digest.update(chunk.subarray(start))
    this.#end()
    return chunk
  }

  #takeChunk(): Buffer {
    const lent = this.#ownership === 'lent'
    const chunk = lent ? this.#writer.view() : this.#writer.take()
    this.#digest.update(chunk)
    this.#lent = lent
    return chunk
  }

  /** What was lent may be written over. */
  #takeBack(): void {
    this.#writer.reset()
    this.#lent = false
  }

  #end(): void {
    this.#store.unlisten(this.#shadow)
    this.#shadow.clear()
    for (const directory of this.#open.splice(0)) directory.children.return()
    this.#state = 'done'
  }
}

/** Runs a snapshot to its end for the digest alone. */
export function snapshotDigest(run: SnapshotRun): string {
  for (let step = run.next(); step.done !== true; step = run.next());
  return run.digest
}
