// storage: the store of a server without a data directory. It keeps nothing and calls back at once. PURE.

import type { PersistBatch, SnapshotMeta } from '../consensus/types.ts'
import type { Done } from './disk.ts'
import type { LogStore, LogStoreStatus } from './log-store.ts'
import type { RecoveryMark } from './messages.ts'
import { letGo } from './steps.ts'
import type { StorageObserver } from './storage-observer.ts'

export class MemoryLogStore implements LogStore {
  readonly failure: Error | null = null
  readonly mark: RecoveryMark | null = null
  #lastIndex = 0

  append(batch: PersistBatch, done: Done): void {
    this.#lastIndex = batch.entries.at(-1)?.index ?? this.#lastIndex
    done(null)
  }

  saveSnapshot(_meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void {
    letGo(chunks)
    done(null)
  }

  installSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>, done: Done): void {
    letGo(chunks)
    this.#lastIndex = meta.index
    done(null)
  }

  idle(): void {}

  tick(_nowMs: number): void {}

  observe(_observer: StorageObserver): void {}
  recoveryDone(done: Done): void {
    done(null)
  }

  distrustSnapshots(done: Done): void {
    done(null)
  }

  status(): LogStoreStatus {
    return { durableIndex: this.#lastIndex, segmentCount: 0, logBytes: 0, snapshots: [], shortage: null, care: null }
  }

  close(done: Done): void {
    done(null)
  }
}
