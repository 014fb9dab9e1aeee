// server: turns the world into events of the replica and its effects into the world: clock, turns of the event loop, storage.
//
//   socket data --> setTime, received --> work? --> setImmediate --> endTurn: one append to the log, one write per connection
//   append done --> setTime, persisted ----------------------------> endTurn
//
// A start replays the log in as many turns as it takes: hasWork stays true until the last entry is applied.

import { createHash, randomBytes } from 'node:crypto'
import type { PersistBatch, SnapshotMeta } from '../consensus/types.ts'
import type { Connection } from '../replica/connection.ts'
import type { ReplicaHost, ReplicaOptions } from '../replica/host.ts'
import type { ReplicaMessage } from '../replica/member.ts'
import { Replica } from '../replica/replica.ts'
import type { LogStore, Recovered } from '../storage/log-store.ts'
import { InvariantError } from '../support/assert.ts'
import type { Logger } from '../support/logger.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { OpCode } from '../wire/op-codes.ts'
import { Measures } from './measures.ts'
import type { SaslUsers } from './sasl-users.ts'
import { SnapshotPace } from './snapshot-pace.ts'
import type { OnStartProgress } from './start-progress.ts'
import { StorageWatch } from './storage-watch.ts'

const TICK_MS = 50
/** The log is sealed when nothing was appended for this long. */
const IDLE_MS = 100
/** Replies to one chunk of requests that are looked at for how long they took. */
const LARGE_REPLY_BYTES = 65_536

/** What a server begins with. */
export interface Beginning {
  readonly store: LogStore
  /** What the store held, `null` for a store that holds nothing. */
  readonly recovered: Recovered | null
  /** The state of the recovered snapshot. */
  readonly tree: StateMachine
  /** Who may log in with SASL; `null` without it. */
  readonly saslUsers: SaslUsers | null
}

/** A snapshot that is on disk. */
export interface SavedSnapshot {
  readonly meta: SnapshotMeta
  readonly savedAtMs: number
}

/** What the server hears from its driver. */
export interface DriverListener {
  readonly onProgress: OnStartProgress
  /** Clients can be served. Once. */
  onServing(): void
  /** Storage has failed: nothing more is acknowledged. Once. */
  onFailure(error: Error): void
}

export class ReplicaDriver implements ReplicaHost {
  readonly replica: Replica
  readonly logger: Logger
  readonly saslUsers: SaslUsers | null
  readonly #store: LogStore
  readonly #measures: Measures
  readonly #slowMs: number
  readonly #listener: DriverListener
  readonly #firstIndex: number
  readonly #replayCount: number
  readonly #dataDir: string
  readonly #tick: NodeJS.Timeout
  readonly #runTurn: () => void
  #turnScheduled = false
  #served = false
  #failed = false
  #appending = false
  #savingSnapshot = false
  #lastAppendMs = 0
  #lastTickMs = 0
  #lastSnapshot: SavedSnapshot | null = null
  #snapshotsFailed = 0
  #sealed = true
  #whenQuiet: (() => void) | null = null

  constructor(
    options: ReplicaOptions & { readonly dataDir: string | null },
    { store, recovered, tree, saslUsers }: Beginning,
    logger: Logger,
    listener: DriverListener,
    measures: Measures = new Measures(),
  ) {
    this.logger = logger
    this.#measures = measures
    this.#store = store
    this.saslUsers = saslUsers
    this.#listener = listener
    this.#dataDir = options.dataDir ?? ''
    const restart = {
      hardState: recovered?.hardState ?? { term: 0, votedFor: 0, commit: 0 },
      snapshot: recovered?.snapshot?.meta ?? null,
      entries: recovered?.entries ?? [],
    }
    this.#firstIndex = restart.snapshot?.index ?? 0
    this.#replayCount = restart.entries.length
    this.replica = new Replica(options, this, restart, tree, performance.now(), Date.now())
    this.#slowMs = this.replica.slowOperations.thresholdMs
    this.#runTurn = () => {
      this.#turnScheduled = false
      if (this.#failed) return
      this.begin()
      this.replica.endTurn()
      if (!this.#served) this.#noteStart()
      this.end()
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
    this.end()
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

  /** Bytes came on a connection. */
  received(connection: Connection, chunk: Buffer): void {
    const { replica } = this
    const requestsBefore = connection.received
    const sentBefore = replica.counters.bytesSent
    this.begin()
    replica.received(connection, chunk)
    // Reading a clock takes as long as answering a small request, so it is read only after what can have taken long.
    if (replica.counters.bytesSent - sentBefore >= LARGE_REPLY_BYTES || isScan(connection.lastOp)) {
      const tookMs = performance.now() - replica.nowMs
      if (tookMs > this.#slowMs) replica.noteSlowTurn(connection, requestsBefore, tookMs)
    }
    this.end()
  }

  /** The newest snapshot that this process has saved; `null` before the first. */
  get lastSnapshot(): SavedSnapshot | null {
    return this.#lastSnapshot
  }

  get snapshotsFailed(): number {
    return this.#snapshotsFailed
  }

  persist(batch: PersistBatch): void {
    this.#appending = true
    this.#measures.batches += 1
    this.#measures.entries += batch.entries.length
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
      if (!this.#served) this.#noteStart()
      this.end()
      this.#noteQuiet()
    })
  }

  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>): void {
    this.#savingSnapshot = true
    const startedMs = performance.now()
    const pace = new SnapshotPace(chunks)
    this.#store.saveSnapshot(meta, pace, (error) => {
      this.#savingSnapshot = false
      this.begin()
      this.#countSlices(pace)
      if (error !== null && this.#store.failure !== null) {
        this.#fail(error)
        return
      }
      // A store that lives on could not keep this snapshot (a full disk); the log still has everything, and the next one is tried.
      if (error !== null) {
        this.#snapshotsFailed += 1
        this.logger.error({ index: meta.index, error: error.message }, 'snapshot not saved')
      } else {
        const tookMs = performance.now() - startedMs
        this.#measures.snapshot.record(tookMs)
        this.#lastSnapshot = { meta, savedAtMs: Date.now() }
        this.logger.info({ index: meta.index, tookMs: Math.round(tookMs), ...paceFields(pace) }, 'snapshot saved')
      }
      this.replica.snapshotEnded(error === null)
      this.#noteQuiet()
    })
  }

  send(message: ReplicaMessage): void {
    throw new InvariantError(`a server alone has a message for server ${message.to}`)
  }

  sendSnapshot(peer: number): void {
    throw new InvariantError(`a server alone has a snapshot for server ${peer}`)
  }

  installSnapshot(): void {
    throw new InvariantError('a server alone is to take in a snapshot')
  }

  clock(): number {
    return performance.now()
  }

  entropy(bytes: number): Buffer {
    return randomBytes(bytes)
  }

  sha1(bytes: Buffer): Buffer {
    return createHash('sha1').update(bytes).digest()
  }

  md5(bytes: Buffer): Buffer {
    return createHash('md5').update(bytes).digest()
  }

  /** Resolves when nothing is in work and nothing is at the disk; at once when clients were never served. */
  quiet(): Promise<void> {
    if (!this.#served) return Promise.resolve()
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

  /** Goes on with a start that is not over. */
  #noteStart(): void {
    if (this.replica.serving) {
      this.#served = true
      this.#listener.onServing()
    } else if (this.replica.hasWork) {
      const done = Math.min(this.#replayCount, this.replica.appliedIndex - this.#firstIndex)
      this.#listener.onProgress({ phase: 'replay', done, total: this.#replayCount })
      this.end()
    }
  }

  #countSlices(pace: SnapshotPace): void {
    const { counters } = this.replica
    counters.snapshotSlices += pace.slices
    counters.longestSnapshotSliceMs = Math.max(counters.longestSnapshotSliceMs, pace.longestMs)
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
    this.#noteDelay(this.replica.nowMs)
    this.replica.tick()
    this.end()
    this.#store.tick(this.replica.nowMs)
    if (!this.#sealed && !this.#appending && this.replica.nowMs - this.#lastAppendMs >= IDLE_MS) {
      this.#sealed = true
      this.#store.idle()
    }
    // What was busy may have come to rest in a turn that wrote nothing.
    this.#noteQuiet()
  }

  #noteDelay(nowMs: number): void {
    if (this.#lastTickMs > 0) this.#measures.eventLoopDelay.record(Math.max(0, nowMs - this.#lastTickMs - TICK_MS))
    this.#lastTickMs = nowMs
  }

  #fail(error: Error): void {
    if (this.#failed) return
    this.#failed = true
    clearInterval(this.#tick)
    this.logger.error({ error: error.message }, 'storage failed; the server stops')
    this.replica.stop()
    this.#listener.onFailure(error)
    this.#noteQuiet()
  }
}

/** Whether the operation may look at many nodes and have a small reply. */
function isScan(op: number): boolean {
  return op === OpCode.getEphemerals || op === OpCode.getAllChildrenNumber || op === OpCode.multiRead
}

function paceFields(pace: SnapshotPace): { slices: number; slicesMs: number; longestSliceMs: number } {
  const { slices, totalMs, longestMs } = pace
  return { slices, slicesMs: Math.round(totalMs), longestSliceMs: Math.round(longestMs * 100) / 100 }
}
