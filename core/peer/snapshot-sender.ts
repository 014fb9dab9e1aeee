// peer: sends one snapshot to one peer, in chunks, at the pace at which the peer keeps them, and goes on where it was when a link broke.
//
//   head ---------------------------->         again at each new link
//        <---------- progress(offset)          where to begin, or to go on
//   chunk chunk chunk --------------->         at most `windowBytes` beyond what is kept there
//        <---------- progress(offset)          so much is kept
//        <---------- progress(complete)        or refused
//
// An offset below what was said before comes from a peer that lost ground (it was started again): the stream goes on from there. PURE.

import type { SnapshotMessage } from '../consensus/messages.ts'
import type { PeerMessage, SnapshotProgress } from './peer-messages.ts'

/** Where the bytes of a snapshot come from. */
export interface SnapshotSource {
  readonly totalBytes: number
  /** Calls back at once or later; one call at a time. The bytes must not change afterwards. */
  read(offset: number, length: number, done: (error: Error | null, bytes: Buffer) => void): void
}

export interface SnapshotSenderSettings {
  /** Bytes of a chunk. Default 64 KiB. */
  readonly chunkBytes?: number
  /** Bytes under way. Default 1 MiB. */
  readonly windowBytes?: number
}

export interface SnapshotSenderHost {
  /** False: the link is down. */
  send(message: PeerMessage): boolean
  /** Once. True if the peer has and verified everything. */
  ended(ok: boolean, error: Error | null): void
}

export class SnapshotSender {
  readonly #head: SnapshotMessage
  readonly #source: SnapshotSource
  readonly #host: SnapshotSenderHost
  readonly #chunkBytes: number
  readonly #windowBytes: number
  /** Where the next chunk begins; null until the peer has said where. */
  #next: number | null = null
  #kept = 0
  #reading = false
  #over = false
  /** Counts what makes a read that is under way worthless. */
  #generation = 0

  constructor(head: SnapshotMessage, source: SnapshotSource, host: SnapshotSenderHost, settings: SnapshotSenderSettings = {}) {
    this.#head = head
    this.#source = source
    this.#host = host
    this.#chunkBytes = settings.chunkBytes ?? 64 * 1024
    this.#windowBytes = settings.windowBytes ?? 1024 * 1024
  }

  /** The link to the peer is up, or up again. */
  linkUp(): void {
    if (this.#over) return
    this.#next = null
    this.#generation += 1
    this.#host.send(this.#head)
  }

  progress({ id, offset, refused, complete }: SnapshotProgress): void {
    if (this.#over || id !== this.#head.meta.index) return
    if (refused || complete) {
      this.#end(complete, null)
      return
    }
    if (offset > this.#source.totalBytes) {
      this.#end(false, new Error(`the peer keeps ${offset} bytes of a snapshot of ${this.#source.totalBytes}`))
      return
    }
    if (this.#next === null || offset < this.#kept || offset > this.#next) {
      this.#next = offset
      this.#generation += 1
    }
    this.#kept = offset
    this.#pump()
  }

  /** Not needed any more. */
  cancel(): void {
    this.#over = true
  }

  #pump(): void {
    const next = this.#next
    if (this.#over || this.#reading || next === null) return
    const { totalBytes } = this.#source
    const length = Math.min(this.#chunkBytes, totalBytes - next, this.#kept + this.#windowBytes - next)
    // An empty snapshot is one empty chunk.
    if (length <= 0 && !(totalBytes === 0 && next === 0)) return
    this.#reading = true
    const generation = this.#generation
    this.#source.read(next, length, (error, bytes) => {
      this.#reading = false
      if (this.#over) return
      if (error !== null) this.#end(false, error)
      else if (generation === this.#generation) this.#send(next, bytes)
      else this.#pump()
    })
  }

  #send(offset: number, bytes: Buffer): void {
    const { from, to, meta } = this.#head
    const end = offset + bytes.length
    const last = end >= this.#source.totalBytes
    if (!this.#host.send({ type: 'snapshotChunk', from, to, id: meta.index, offset, bytes, last })) {
      this.#next = null
      return
    }
    // Behind an empty snapshot comes nothing.
    this.#next = last ? Math.max(end, 1) : end
    this.#pump()
  }

  #end(ok: boolean, error: Error | null): void {
    this.#over = true
    this.#host.ended(ok, error)
  }
}
