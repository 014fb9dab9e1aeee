// server: builds the tree while its snapshot is read, a slice of the file in each turn of the event loop.

import { randomBytes } from 'node:crypto'
import type { SnapshotMeta } from '../consensus/types.ts'
import type { SnapshotReceiver } from '../storage/snapshot-receiver.ts'
import { assert } from '../support/assert.ts'
import type { HashKey } from '../tree/path-hash.ts'
import { SnapshotFormatError } from '../tree/snapshot-format.ts'
import { type Restoration, StateMachine } from '../tree/state-machine.ts'
import type { OnStartProgress } from './start-progress.ts'

export class TreeReceiver implements SnapshotReceiver {
  readonly #onProgress: OnStartProgress
  /** So that no client can choose paths that make look-ups slow. */
  readonly #key: HashKey = randomHashKey()
  readonly #signal: AbortSignal | null
  #index = 0
  #restoration: Restoration | null = null
  /** Kept back until the whole file was checked: if it is damaged, an older one follows. */
  #problem: SnapshotFormatError | null = null
  #doneBytes = 0
  #totalBytes = 0

  /** When `signal` is aborted, the next piece ends the opening with its reason. */
  constructor(onProgress: OnStartProgress, signal: AbortSignal | null) {
    this.#onProgress = onProgress
    this.#signal = signal
  }

  begin(meta: SnapshotMeta, totalBytes: number): void {
    this.#index = meta.index
    // The opening compares the file with its SHA-256 before anybody asks for the tree.
    this.#restoration = StateMachine.restoring(this.#key, totalBytes, true)
    this.#problem = null
    this.#doneBytes = 0
    this.#totalBytes = totalBytes
  }

  take(chunk: Buffer): void {
    this.#signal?.throwIfAborted()
    this.#build(chunk)
    this.#doneBytes += chunk.length
    this.#onProgress({ phase: 'snapshot', done: this.#doneBytes, total: this.#totalBytes })
  }

  /** The tree of the snapshot that the opening chose, an empty one if it chose none. Throws SnapshotFormatError. */
  finish(chosen: SnapshotMeta | null): StateMachine {
    if (chosen === null) return new StateMachine(this.#key)
    assert(this.#restoration !== null && this.#index === chosen.index, 'the snapshot that is used was read last')
    if (this.#problem !== null) throw this.#problem
    return this.#restoration.finish()
  }

  #build(chunk: Buffer): void {
    if (this.#problem !== null) return
    try {
      this.#restoration?.take(chunk)
    } catch (error) {
      if (!(error instanceof SnapshotFormatError)) throw error
      this.#problem = error
    }
  }
}

export function randomHashKey(): HashKey {
  const bytes = randomBytes(8)
  return { k0: bytes.readInt32LE(0), k1: bytes.readInt32LE(4) }
}
