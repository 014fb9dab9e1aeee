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
import { StateWatch } from './state-watch.ts'
import { StorageWatch } from './storage-watch.ts'

const TICK_MS = 50
/** Elections are counted in tens of milliseconds. */
const MEMBER_TICK_MS = 20
const HAND_OVER_MS = 1000
const SEND_AWAY_MS = 1000
const DRAIN_MS = 3000
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
  /** The other servers; left out by a server alone. */
  readonly peers?: DriverPeers | null
}

/** The way to the other servers of an ensemble. */
export interface DriverPeers {
  send(message: ReplicaMessage): void
  sendSnapshot(peer: number): void
  /** The tree of the snapshot that the leader sent; `null` if it is not there any more. */
  takeSnapshot(meta: SnapshotMeta): StateMachine | null
  /** After each turn. */
  turnEnded(replica: Replica): void
}

/** A snapshot that is on disk. */
export interface SavedSnapshot {
  readonly meta: SnapshotMeta
  readonly savedAtMs: number
}

/** Somebody who waits for a state of the replica, at most until a time. */
interface Waiter {
  readonly holds: () => boolean
  readonly untilMs: number
  readonly resolve: () => void
}

/** What the server hears from its driver. */
export interface DriverListener {
  readonly onProgress: OnStartProgress
  /** Clients can be served. Once. */
  onServing(): void
  /** Storage has failed, or the state is wrong: nothing more is acknowledged. Once. */
  onFailure(error: Error): void
}

export class ReplicaDriver implements ReplicaHost {
  readonly replica: Replica
  readonly logger: Logger
  readonly saslUsers: SaslUsers | null
  readonly #peers: DriverPeers | null
  readonly #store: LogStore
  readonly #measures: Measures
  readonly #slowMs: number
  readonly #listener: DriverListener
  readonly #firstIndex: number
  readonly #replayCount: number
  readonly #dataDir: string
  readonly #tick: NodeJS.Timeout
  readonly #tickMs: number
  readonly #runTurn: () => void
  #turnScheduled = false
  #served = false
  #failed = false
  #failure: Error | null = null
  #appending = false
  #savingSnapshot = false
  #lastAppendMs = 0
  #lastTickMs = 0
  #lastSnapshot: SavedSnapshot | null = null
  #snapshotsFailed = 0
  #sealed = true
  readonly #refusals: Record<'disk' | 'state', string | null> = { disk: null, state: null }
  readonly #stateWatch: StateWatch
  /** Who waits for what, at most until when. */
  readonly #waiters: Waiter[] = []

  constructor(
    options: ReplicaOptions & { readonly dataDir: string | null },
    { store, recovered, tree, saslUsers, peers = null }: Beginning,
    logger: Logger,
    listener: DriverListener,
    measures: Measures = new Measures(),
  ) {
    this.logger = logger
    this.#measures = measures
    this.#peers = peers
    this.#store = store
    this.saslUsers = saslUsers
    this.#listener = listener
    this.#dataDir = options.dataDir ?? ''
    const restart = {
      hardState: recovered?.hardState ?? { term: 0, votedFor: 0, commit: 0 },
      snapshot: recovered?.snapshot?.meta ?? null,
      entries: recovered?.entries ?? [],
      mark: recovered?.mark ?? null,
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
      this.#turnEnded()
    }
    this.#stateWatch = new StateWatch(logger, {
      refuseWrites: (reason) => this.#refuseWrites('state', reason),
      fail: (error) => this.#goAstray(error),
    })
    this.#tickMs = peers === null ? TICK_MS : MEMBER_TICK_MS
    this.#tick = setInterval(() => this.#onTick(), this.#tickMs)
  }

  start(): void {
    this.#store.observe(
      new StorageWatch(this.logger, this.#dataDir, {
        refuseWrites: (reason) => this.#refuseWrites('disk', reason),
        requestSnapshot: () => this.#requestSnapshot(),
        handOver: () => this.#handOver(),
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
    if (this.replica.hasWork) this.#wake()
  }

  /** An input that may have something to say to a peer, and the turn that says it. */
  input(run: (replica: Replica) => void): void {
    if (this.#failed) return
    this.begin()
    run(this.replica)
    this.#wake()
  }

  /** A message of a peer: {@link input}, without a closure for each. */
  peerMessage(message: ReplicaMessage): void {
    if (this.#failed) return
    this.begin()
    this.replica.peerMessage(message)
    this.#wake()
  }

  #wake(): void {
    if (this.#turnScheduled) return
    this.#turnScheduled = true
    setImmediate(this.#runTurn)
  }

  // What waits for a peer or for contact is no reason for another turn: its coming is.
  #turnEnded(): void {
    if (!this.#served) this.#noteStart()
    if (this.#peers === null) this.end()
    else {
      this.#peers.turnEnded(this.replica)
      this.#stateWatch.look(this.replica.digests.verdict)
      if (this.replica.unfinished) this.#wake()
    }
    this.#lookAtWaiters()
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

  /** Why the server has stopped; `null` while it runs. */
  get failure(): Error | null {
    return this.#failure
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
      this.#turnEnded()
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
      this.replica.snapshots.ended(error === null)
      this.#lookAtWaiters()
    })
  }

  send(message: ReplicaMessage): void {
    this.#others(`a message for server ${message.to}`).send(message)
  }

  sendSnapshot(peer: number): void {
    this.#others(`a snapshot for server ${peer}`).sendSnapshot(peer)
  }

  /** The bytes that are kept are those of the tree that was built of what came. */
  installSnapshot(meta: SnapshotMeta): void {
    const tree = this.#others(`snapshot ${meta.index} of a leader`).takeSnapshot(meta)
    if (tree === null) {
      this.input((replica) => replica.installed(meta, null))
      return
    }
    const startedMs = performance.now()
    this.#store.installSnapshot(meta, new SnapshotPace(tree.snapshot(undefined, 'lent')), (error) => {
      if (error !== null && this.#store.failure !== null) {
        this.#fail(error)
        return
      }
      if (error !== null) this.logger.error({ index: meta.index, error: error.message }, "the leader's snapshot could not be kept")
      else this.logger.info({ index: meta.index, tookMs: Math.round(performance.now() - startedMs) }, "the leader's snapshot is installed")
      this.input((replica) => replica.installed(meta, error === null ? tree : null))
    })
  }

  recovered(): void {
    this.#store.recoveryDone((error) => {
      if (error !== null) this.#fail(error)
      else this.logger.info({ index: this.replica.appliedIndex }, 'everything that was lost is here again; this server counts as a voter')
    })
  }

  #others(what: string): DriverPeers {
    if (this.#peers === null) throw new InvariantError(`a server alone has ${what}`)
    return this.#peers
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

  /**
   * Resolves when nothing is in work and nothing is at the disk; at once when clients were never served. A server of an ensemble waits no longer than
   * {@link DRAIN_MS}: without a quorum what is in work has no end.
   */
  quiet(): Promise<void> {
    if (!this.#served) return Promise.resolve()
    this.end()
    return this.#until(() => !this.#busy, this.#peers === null ? Number.POSITIVE_INFINITY : DRAIN_MS)
  }

  /** Stops the clock. Storage is closed by its owner. */
  dispose(): void {
    clearInterval(this.#tick)
    this.#failed = true
  }

  /** Leadership goes to another server; resolves when it has, or after a second. */
  async handOver(): Promise<void> {
    const { replica } = this
    if (this.#peers === null || this.#failed || !this.#handOver()) return
    await this.#until(() => replica.role !== 'leader', HAND_OVER_MS)
    this.logger.info({ leaderId: replica.leaderId, role: replica.role }, 'leadership was handed over')
  }

  /** Clients that understand it go to other servers, those that wait for replies after these; resolves when none is left, or after a second. */
  async sendClientsAway(): Promise<void> {
    if (this.#peers === null || this.#failed || !this.replica.serving) return
    this.input((replica) => replica.announceEnd())
    await this.#until(() => this.replica.connections.size === 0, SEND_AWAY_MS)
  }

  /** Refused as long as there is one reason or more. */
  #refuseWrites(cause: 'disk' | 'state', reason: string | null): void {
    this.#refusals[cause] = reason
    this.replica.refuseWrites(this.#refusals.disk ?? this.#refusals.state)
  }

  #handOver(): boolean {
    let begun = false
    this.input((replica) => {
      begun = replica.handOver()
    })
    return begun
  }

  #requestSnapshot(): void {
    if (this.#failed) return
    this.begin()
    this.replica.snapshots.request()
    this.end()
  }

  /** Goes on with a start that is not over. */
  #noteStart(): void {
    if (this.replica.serving) {
      this.#served = true
      this.#listener.onServing()
    } else if (this.replica.hasWork && this.replica.appliedIndex < this.#firstIndex + this.#replayCount) {
      const done = Math.min(this.#replayCount, this.replica.appliedIndex - this.#firstIndex)
      this.#listener.onProgress({ phase: 'replay', done, total: this.#replayCount })
    }
  }

  #countSlices(pace: SnapshotPace): void {
    const { counters } = this.replica
    counters.snapshotSlices += pace.slices
    counters.longestSnapshotSliceMs = Math.max(counters.longestSnapshotSliceMs, pace.longestMs)
  }

  get #busy(): boolean {
    return this.replica.outstanding > 0 || this.#appending || this.#savingSnapshot || this.replica.hasWork
  }

  /** Resolves when `holds` does, after `limitMs`, or when storage has failed. */
  #until(holds: () => boolean, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ holds, untilMs: performance.now() + limitMs, resolve })
      this.#lookAtWaiters()
    })
  }

  #lookAtWaiters(): void {
    if (this.#waiters.length === 0) return
    const nowMs = performance.now()
    for (const waiter of this.#waiters.splice(0)) {
      if (this.#failed || waiter.holds() || nowMs >= waiter.untilMs) waiter.resolve()
      else this.#waiters.push(waiter)
    }
  }

  #onTick(): void {
    if (this.#failed) return
    this.begin()
    this.#noteDelay(this.replica.nowMs)
    this.replica.tick()
    if (this.#peers === null) this.end()
    else this.#wake()
    this.#store.tick(this.replica.nowMs)
    if (!this.#sealed && !this.#appending && this.replica.nowMs - this.#lastAppendMs >= IDLE_MS) {
      this.#sealed = true
      this.#store.idle()
    }
    this.#lookAtWaiters()
  }

  #noteDelay(nowMs: number): void {
    if (this.#lastTickMs > 0) this.#measures.eventLoopDelay.record(Math.max(0, nowMs - this.#lastTickMs - this.#tickMs))
    this.#lastTickMs = nowMs
  }

  #fail(error: Error): void {
    if (this.#stop(error, 'storage failed; the server stops')) this.#listener.onFailure(error)
  }

  /** The state is wrong, and the snapshots may be: the next start is to get another, from the log or from the leader. */
  #goAstray(error: Error): void {
    if (!this.#stop(error, 'the state is wrong; the server stops')) return
    this.#store.distrustSnapshots((moveError) => {
      if (moveError !== null) this.logger.error({ error: moveError.message }, 'the snapshots could not be moved aside')
      this.#listener.onFailure(error)
    })
  }

  /** Nothing more is promised; false if that was so before. */
  #stop(error: Error, message: string): boolean {
    if (this.#failed) return false
    this.#failed = true
    clearInterval(this.#tick)
    this.#failure = error
    this.logger.error({ error: error.message }, message)
    this.replica.stop()
    this.#lookAtWaiters()
    return true
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
