// server: turns the world into events of the replica and its effects into the world: clock, turns of the event loop, storage.
//
//   socket data --> setTime, received --> work? --> setImmediate --> endTurn: one append to the log, one write per connection
//   append done --> setTime, persisted ----------------------------> endTurn

import { createHash, randomBytes } from 'node:crypto'
import type { PersistBatch, SnapshotMeta } from '../consensus/types.ts'
import type { ReplicaHost, ReplicaOptions } from '../replica/host.ts'
import { Replica } from '../replica/replica.ts'
import type { LogStore, Recovered } from '../storage/log-store.ts'
import type { Logger } from '../support/logger.ts'
import { StateMachine } from '../tree/state-machine.ts'
import { StorageWatch } from './storage-watch.ts'

const TICK_MS = 50
/** The log is sealed when nothing was appended for this long. */
const IDLE_MS = 100

export class ReplicaDriver implements ReplicaHost {
  readonly replica: Replica
  readonly logger: Logger
  readonly #store: LogStore
  readonly #dataDir: string
  readonly #onServing: () => void
  readonly #onFailure: (error: Error) => void
  readonly #tick: NodeJS.Timeout
  readonly #runTurn: () => void
  #turnScheduled = false
  #served = false
  #failed = false
  #appending = false
  #savingSnapshot = false
  #lastAppendMs = 0
  #sealed = true
  #whenQuiet: (() => void) | null = null

  constructor(
    options: ReplicaOptions & { readonly dataDir: string | null },
    store: LogStore,
    recovered: Recovered | null,
    logger: Logger,
    onServing: () => void,
    onFailure: (error: Error) => void,
  ) {
    this.logger = logger
    this.#store = store
    this.#dataDir = options.dataDir ?? ''
    this.#onServing = onServing
    this.#onFailure = onFailure
    const snapshot = recovered?.snapshot ?? null
    const tree = snapshot === null ? new StateMachine() : StateMachine.restore(snapshot.chunks)
    const restart = {
      hardState: recovered?.hardState ?? { term: 0, votedFor: 0, commit: 0 },
      snapshot: snapshot?.meta ?? null,
      entries: recovered?.entries ?? [],
    }
    this.replica = new Replica(options, this, restart, tree, performance.now(), Date.now())
    this.#runTurn = () => {
      this.#turnScheduled = false
      this.begin()
      this.replica.endTurn()
    }
    this.#tick = setInterval(() => this.#onTick(), TICK_MS)
  }

  start(): void {
    this.#store.observe(
      new StorageWatch(this.logger, this.#dataDir, {
        refuseWrites: (reason) => this.replica.refuseWrites(reason),
        requestSnapshot: () => this.#requestSnapshot(),
        fail: (error) => this.#fail(error),
      }),
    )
    this.replica.start()
  }

  /** Before any input of a turn. */
  begin(): void {
    this.replica.setTime(performance.now(), Date.now())
  }

  /** After any input of a turn. */
  end(): void {
    if (this.#turnScheduled || !this.replica.hasWork) return
    this.#turnScheduled = true
    setImmediate(this.#runTurn)
  }

  persist(batch: PersistBatch): void {
    this.#appending = true
    this.#sealed = false
    this.#store.append(batch, (error) => {
      this.#appending = false
      if (error !== null) {
        this.#fail(error)
        return
      }
      if (this.#failed) return
      this.begin()
      this.#lastAppendMs = this.replica.nowMs
      this.replica.persisted(batch.seq)
      this.replica.endTurn()
      if (!this.#served && this.replica.serving) {
        this.#served = true
        this.#onServing()
      }
      this.#noteQuiet()
    })
  }

  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>): void {
    this.#savingSnapshot = true
    const startedMs = performance.now()
    this.#store.saveSnapshot(meta, chunks, (error) => {
      this.#savingSnapshot = false
      if (error !== null && this.#store.failure !== null) {
        this.#fail(error)
        return
      }
      // A store that lives on could not keep this snapshot (a full disk); the log still has everything, and the next one is tried.
      if (error !== null) this.logger.error({ index: meta.index, error: error.message }, 'snapshot not saved')
      else this.logger.info({ index: meta.index, tookMs: Math.round(performance.now() - startedMs) }, 'snapshot saved')
      this.replica.snapshotEnded(error === null)
      this.#noteQuiet()
    })
  }

  entropy(bytes: number): Buffer {
    return randomBytes(bytes)
  }

  sha1(bytes: Buffer): Buffer {
    return createHash('sha1').update(bytes).digest()
  }

  /** Resolves when nothing is in work and nothing is at the disk. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenQuiet = resolve
      this.end()
      this.#noteQuiet()
    })
  }

  /** Stops the clock. Storage is closed by its owner. */
  dispose(): void {
    clearInterval(this.#tick)
    this.#failed = true
  }

  #requestSnapshot(): void {
    if (this.#failed) return
    this.begin()
    this.replica.requestSnapshot()
    this.end()
  }

  #noteQuiet(): void {
    if (this.#whenQuiet === null) return
    const busy = this.replica.outstanding > 0 || this.#appending || this.#savingSnapshot || this.replica.hasWork
    if (busy && !this.#failed) return
    this.#whenQuiet()
    this.#whenQuiet = null
  }

  #onTick(): void {
    if (this.#failed) return
    this.begin()
    this.replica.tick()
    this.end()
    this.#store.tick(this.replica.nowMs)
    if (!this.#sealed && !this.#appending && this.replica.nowMs - this.#lastAppendMs >= IDLE_MS) {
      this.#sealed = true
      this.#store.idle()
    }
  }

  #fail(error: Error): void {
    if (this.#failed) return
    this.#failed = true
    clearInterval(this.#tick)
    this.logger.error({ error: error.message }, 'storage failed; the server stops')
    this.replica.stop()
    this.#onFailure(error)
    this.#noteQuiet()
  }
}
