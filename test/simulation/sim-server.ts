// A whole server of a simulated ensemble: the replica and its log on a simulated disk. Its process is started, paused, killed and loses power; its
// disk stalls, fails, fills up and rots; its clocks are its own.
//
//   down --start--> opening --> running --kill, power loss--> down
//                      |           \--the disk fails: the process stops----> down, and is started again
//                      \--what was durable is damaged--> refused: it stays down, for its peers hold what it held

import type { SnapshotMessage } from '../../core/consensus/messages.ts'
import type { RaftRestart } from '../../core/consensus/options.ts'
import type { PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import type { PeerMessage } from '../../core/peer/peer-messages.ts'
import type { PeerTransport, PeerTransportListener } from '../../core/peer/peer-transport.ts'
import type { Connection } from '../../core/replica/connection.ts'
import type { Link, ReplicaHost, ReplicaOptions } from '../../core/replica/host.ts'
import type { ReplicaMessage } from '../../core/replica/member.ts'
import { Replica } from '../../core/replica/replica.ts'
import type { LogStore, OpenedLogStore } from '../../core/storage/log-store.ts'
import { openLogStore } from '../../core/storage/open-log-store.ts'
import { damageIn } from '../../core/storage/storage-damage.ts'
import type { StorageObserver } from '../../core/storage/storage-observer.ts'
import type { Logger } from '../../core/support/logger.ts'
import { type Random, SeededRandom } from '../../core/support/random.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { OPTIONS } from '../replica/harness.ts'
import { DiskFaults, type FaultRates } from '../storage/simulated-disk/disk-faults.ts'
import { SimulatedDisk } from '../storage/simulated-disk.ts'
import type { Judge } from './judge.ts'
import type { SimNetwork } from './network.ts'
import type { Scheduler } from './scheduler.ts'

const TICK_MS = 20
/** The log is sealed when nothing was appended for this long. */
const IDLE_MS = 100
/** Somebody starts a process that has stopped by itself. */
const RESTART_MS = 150
const SEGMENTS = { firstSegmentBytes: 1 << 14, maxSegmentBytes: 1 << 16 }
/** A server that shuts down waits so long for somebody to lead in its place. */
const HAND_OVER_MS = 120
const INCARNATION = '0'.repeat(32)
const UNLIMITED_BYTES = 2 ** 41
const SILENT_OBSERVER: StorageObserver = {
  failed: () => {},
  stalled: () => {},
  stallEnded: () => {},
  roomChanged: () => {},
  spaceUnknown: () => {},
  snapshotWanted: () => {},
  damaged: () => {},
  movedAside: () => {},
}
/** A snapshot of the simulation is one message: its chunks are here. */
interface SnapshotBody {
  readonly head: SnapshotMessage
  readonly chunks: readonly Buffer[]
}

export interface ServerWorld {
  readonly scheduler: Scheduler
  readonly network: SimNetwork
  readonly judge: Judge
  serverOf(id: number): SimServer
}

export interface ServerManners {
  readonly faults: FaultRates
  /** How much faster than the world's this machine's monotonic clock runs, per million. */
  readonly driftPpm: number
}

export class SimServer implements ReplicaHost, PeerTransportListener {
  readonly id: number
  readonly logger: Logger
  readonly saslUsers = null
  readonly #voters: readonly number[]
  readonly #options: Partial<ReplicaOptions>
  readonly #scheduler: Scheduler
  readonly #network: SimNetwork
  #links: PeerTransport | null = null
  readonly #judge: Judge
  readonly #random: SeededRandom
  /** This machine's clocks are not those of the world. */
  readonly #monotonicOffsetMs: number
  readonly #rate: number
  readonly #faults: DiskFaults
  #lastAppendMs = 0
  #sealed = true
  /** Its log was damaged: it is not to come back. */
  damaged = false
  /** Something on its disk was damaged, so that it may refuse. */
  rotten = false
  #wallOffsetMs: number
  #disk: SimulatedDisk
  #store: LogStore | null = null
  replica: Replica | null = null
  /** Lives of the process so far: what belongs to an earlier one is nothing to this one. */
  #life = 0
  #turnScheduled = false
  #starting = false
  #pausedUntilMs = 0
  #backlog: (() => void)[] = []
  #received = new Map<number, SnapshotBody>()
  #entropy = 0
  readonly peersOf: (id: number) => SimServer

  constructor(
    id: number,
    voters: readonly number[],
    options: Partial<ReplicaOptions>,
    world: ServerWorld,
    seed: number,
    { faults, driftPpm }: ServerManners,
  ) {
    this.id = id
    this.#voters = voters
    this.#options = options
    this.#scheduler = world.scheduler
    this.#network = world.network
    this.#judge = world.judge
    this.peersOf = (peer) => world.serverOf(peer)
    this.#random = new SeededRandom(seed * 31 + id)
    this.#rate = 1 + driftPpm / 1e6
    this.#monotonicOffsetMs = this.#random.below(1_000_000)
    this.#wallOffsetMs = 1.7e12 + this.#random.below(2000)
    this.#faults = new DiskFaults(seed * 13 + id, faults)
    const aftermath = this.#random.below(2) === 0 ? 'kept in memory' : 'reverted'
    this.#disk = new SimulatedDisk(seed * 17 + id, { clock: this.#scheduler.clock, faults: this.#faults, aftermath })
    this.logger = this.#judge.loggerOf(id)
  }

  get listening(): boolean {
    return this.replica !== null
  }
  get paused(): boolean {
    return this.#pausedUntilMs > this.#scheduler.nowMs
  }

  // ---- the process

  start(): void {
    if (this.#starting || this.damaged || this.replica !== null) return
    this.#starting = true
    const life = ++this.#life
    const disk = this.#disk
    disk.trace.length = 0
    this.#scheduler.add(disk)
    openLogStore(disk, SEGMENTS, (error, opened) => {
      disk.trace.length = 0
      if (life !== this.#life) return
      if (opened !== undefined) this.#begin(opened)
      else this.#notOpened(error as Error)
    })
  }

  #begin({ store, recovered }: OpenedLogStore): void {
    this.#starting = false
    this.#store = store
    store.observe({ ...SILENT_OBSERVER, failed: (error) => this.#diskFailed(error) })
    const tree = recovered.snapshot === null ? new StateMachine() : StateMachine.restore(recovered.snapshot.chunks)
    this.#judge.watch(this.id, tree, recovered.snapshot?.meta ?? null)
    const restart: RaftRestart = {
      hardState: recovered.hardState,
      snapshot: recovered.snapshot?.meta ?? null,
      entries: recovered.entries,
    }
    const options = { ...OPTIONS, ...this.#options, serverId: this.id, voters: this.#voters }
    const now = this.clock()
    this.replica = new Replica(options, this, restart, tree, now, this.#wallMs())
    this.#input((replica) => replica.start())
    const bootNonce = this.#life.toString(16).padStart(32, '0')
    const links = this.#network.links.join({ serverId: this.id, incarnation: INCARNATION, bootNonce, clusterId: '' }, this)
    links.setPeers(this.#voters)
    this.#links = links
    this.#tick(this.#life)
  }

  #notOpened(error: Error): void {
    const damage = damageIn(error)
    this.#judge.say(`server ${this.id}`, `does not start: ${damage === null ? error.message : 'damaged data'}`)
    if (damage === null) {
      this.#judge.saw('start failed')
      this.kill()
      this.#restart()
      return
    }
    if (!this.rotten) this.#judge.fail(`server ${this.id} finds damage that nobody did: ${error.message}`)
    this.#judge.saw('start refused')
    this.damaged = true
    this.kill()
  }

  // The process stops by itself: what it has acknowledged is safe, and what it has not it never will.
  #diskFailed(error: Error): void {
    if (this.replica === null) return
    this.#judge.saw('disk failed')
    this.#judge.say(`server ${this.id}`, `stops: ${error.message}`)
    this.replica.stop()
    this.kill()
    this.#restart()
  }

  #restart(): void {
    const life = this.#life
    this.#scheduler.after(RESTART_MS * (0.5 + this.#random.next()), () => {
      if (life === this.#life) this.start()
    })
  }

  /** Nothing fails by itself any more. */
  calmDisk(): void {
    this.#faults.armed = false
    this.#disk.capacityBytes = UNLIMITED_BYTES
  }

  /** Nothing that is at the disk ends before `ms` are over. */
  stallDisk(ms: number): void {
    const disk = this.#disk
    this.#scheduler.remove(disk)
    this.#scheduler.after(ms, () => {
      if (disk === this.#disk && (this.#starting || this.replica !== null)) this.#scheduler.add(disk)
    })
  }

  /** There is room for so many bytes more, for a while. */
  fillDisk(freeBytes: number, ms: number): void {
    this.#disk.capacityBytes = this.#disk.usedBytes + freeBytes
    this.#scheduler.after(ms, () => {
      this.#disk.capacityBytes = UNLIMITED_BYTES
    })
  }

  /** Bits turn over in a file of a server that is down, well before its end: what was written last is a torn write to a server that starts. */
  rot(random: Random): boolean {
    if (this.replica !== null || this.#starting) return false
    const paths = this.#disk.paths().filter((path) => path.startsWith('log/') || path.startsWith('snapshots/'))
    const path = paths[random.below(paths.length)]
    const bytes = path === undefined ? null : this.#disk.bytes(path)
    const used = bytes?.findLastIndex((byte) => byte !== 0) ?? -1
    if (path === undefined || bytes === null || used < 2000) return false
    const at = random.below(Math.floor(used / 2))
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
    this.rotten = true
    this.#judge.say('fate', `server ${this.id}: a bit of ${path} turns over at ${at} of ${used}`)
    return true
  }

  /** Leadership goes to another, as before a shutdown; `andStop`: the process ends when that has had its time. */
  handOver(andStop: boolean, downMs: number): void {
    const life = this.#life
    this.#input((replica) => {
      if (replica.handOver()) this.#judge.saw('handed over')
    })
    if (!andStop) return
    this.#scheduler.after(HAND_OVER_MS, () => {
      if (life !== this.#life) return
      this.kill()
      this.#scheduler.after(downMs, () => this.start())
    })
  }

  /** Its wall clock is set. */
  moveWallClock(ms: number): void {
    this.#wallOffsetMs += ms
  }

  /** kill -9: what the system holds in memory stays. */
  kill(): void {
    this.#die((seed) => this.#disk.kill(seed))
  }

  /** The power goes: what was not synced may be lost. */
  losePower(): void {
    this.#die((seed) => this.#disk.crash(seed))
  }

  #die(end: (seed: number) => SimulatedDisk): void {
    const was = this.replica
    this.#life += 1
    this.#starting = false
    this.#turnScheduled = false
    this.replica = null
    this.#store = null
    this.#backlog = []
    this.#pausedUntilMs = 0
    this.#received.clear()
    this.#scheduler.remove(this.#disk)
    this.#disk = end(this.#random.below(2 ** 31))
    if (was === null) return
    this.#judge.died(this.id)
    for (const c of was.connections) c.link.close()
    this.#links = null
    this.#network.links.leave(this.id)
  }

  /** SIGSTOP, and SIGCONT after `ms`. Whatever comes meanwhile waits. */
  pause(ms: number): void {
    if (this.replica === null) return
    const until = this.#scheduler.nowMs + ms
    this.#pausedUntilMs = until
    this.#scheduler.after(ms, () => {
      if (this.#pausedUntilMs === until) this.resume()
    })
  }

  resume(): void {
    if (this.#pausedUntilMs === 0) return
    this.#pausedUntilMs = 0
    const backlog = this.#backlog
    this.#backlog = []
    // What the deadline demands comes before anything that waited.
    this.#tickOnce()
    for (const run of backlog) run()
  }

  // ---- input

  /** Runs `run` on the replica now, or when the process runs again, and ends the turn. */
  #input(run: (replica: Replica) => void): void {
    const life = this.#life
    const now = (): void => {
      const { replica } = this
      if (replica === null || life !== this.#life) return
      replica.setTime(this.clock(), this.#wallMs())
      run(replica)
      this.#scheduleTurn()
    }
    if (this.paused) this.#backlog.push(now)
    else now()
  }

  #scheduleTurn(): void {
    if (this.#turnScheduled) return
    this.#turnScheduled = true
    const life = this.#life
    this.#scheduler.after(0.02 + this.#random.next() * 0.1, () => {
      if (life !== this.#life) return
      this.#turnScheduled = false
      const end = (): void => {
        const { replica } = this
        if (replica === null || life !== this.#life) return
        replica.setTime(this.clock(), this.#wallMs())
        replica.endTurn()
        if (replica.hasWork && replica.mayReply) this.#scheduleTurn()
      }
      if (this.paused) this.#backlog.push(end)
      else end()
    })
  }

  #tick(life: number): void {
    if (life !== this.#life) return
    if (!this.paused) this.#tickOnce()
    this.#scheduler.after(TICK_MS * (0.8 + 0.4 * this.#random.next()), () => this.#tick(life))
  }

  #tickOnce(): void {
    this.#input((replica) => replica.tick())
    this.#store?.tick(this.clock())
    if (this.#sealed || this.#scheduler.nowMs - this.#lastAppendMs < IDLE_MS) return
    this.#sealed = true
    this.#store?.idle()
  }

  open(link: Link, address: string): Connection | null {
    const { replica } = this
    if (replica === null || this.paused) return null
    replica.setTime(this.clock(), this.#wallMs())
    return replica.open(link, '127.0.0.1', address)
  }

  bytes(connection: Connection, chunk: Buffer): void {
    this.#input((replica) => replica.received(connection, chunk))
  }

  gone(connection: Connection): void {
    this.#input((replica) => replica.closed(connection))
  }

  // ---- PeerTransportListener

  up(peer: number): void {
    this.#input((replica) => replica.peerUp(peer))
  }

  down(peer: number): void {
    this.#input((replica) => replica.peerDown(peer, false))
  }

  refused(peer: number): void {
    this.#input((replica) => replica.peerDown(peer, true))
  }

  turnedAway(): void {}
  drained(): void {}
  accepted(): void {}
  lost(): void {}

  message(message: PeerMessage): void {
    if (message.type === 'facts' || message.type === 'snapshotChunk' || message.type === 'snapshotProgress') return
    this.#receive(message)
  }

  #receive(message: ReplicaMessage): void {
    this.#input((replica) => {
      if (message.type === 'snapshot' && !replica.wantsSnapshot(message)) return
      replica.peerMessage(message)
    })
  }

  /** Chunks of a snapshot that a peer has streamed, and then its head. */
  receiveSnapshot(body: SnapshotBody): void {
    this.#received.set(body.head.meta.index, body)
    this.#receive(body.head)
  }

  // ---- ReplicaHost

  persist(batch: PersistBatch): void {
    const life = this.#life
    this.#sealed = false
    this.#store?.append(batch, (error) => {
      if (life !== this.#life) return
      if (error !== null) {
        this.#diskFailed(error)
        return
      }
      this.#lastAppendMs = this.#scheduler.nowMs
      this.#input((replica) => replica.persisted(batch.seq))
    })
  }

  saveSnapshot(meta: SnapshotMeta, chunks: Iterable<Buffer>): void {
    const life = this.#life
    this.#store?.saveSnapshot(meta, chunks, (error) => {
      if (life !== this.#life) return
      if (error !== null && this.#store?.failure !== null) {
        this.#diskFailed(error)
        return
      }
      this.#judge.saw(error === null ? 'snapshot' : 'snapshot not saved')
      this.#input((replica) => replica.snapshotEnded(error === null))
    })
  }

  send(message: ReplicaMessage): void {
    this.#links?.send(message)
  }

  sendSnapshot(peer: number): void {
    const snapshot = this.replica?.snapshotFor(peer) ?? null
    if (snapshot === null) {
      this.replica?.snapshotSent(peer, false)
      return
    }
    const chunks = [...snapshot.chunks].map((chunk) => Buffer.from(chunk))
    const life = this.#life
    this.#judge.saw('snapshot sent')
    // A stream of its own: it takes its time, and may be lost with the process at either end.
    this.#scheduler.after(5 + this.#random.next() * 100, () => {
      if (life !== this.#life) return
      const arrives = this.#random.below(5) > 0 && this.peersOf(peer).listening
      if (arrives) this.peersOf(peer).receiveSnapshot({ head: snapshot.head, chunks })
      this.#input((replica) => replica.snapshotSent(peer, arrives))
    })
  }

  installSnapshot(meta: SnapshotMeta): void {
    const body = this.#received.get(meta.index)
    this.#received.clear()
    if (body === undefined) throw new Error(`no snapshot ${meta.index} was received`)
    const life = this.#life
    this.#store?.installSnapshot(meta, body.chunks, (error) => {
      if (life !== this.#life) return
      if (error !== null && this.#store?.failure !== null) {
        this.#diskFailed(error)
        return
      }
      const tree = error === null ? StateMachine.restore(body.chunks) : null
      if (tree !== null) this.#judge.watch(this.id, tree, meta)
      this.#judge.saw('snapshot installed')
      this.#input((replica) => replica.installed(meta, tree))
    })
  }

  recovered(): void {
    throw new Error('servers of the simulation refuse damage: none is ever marked')
  }

  clock(): number {
    return this.#scheduler.nowMs * this.#rate + this.#monotonicOffsetMs
  }

  entropy(bytes: number): Buffer {
    const out = Buffer.alloc(bytes)
    for (let i = 0; i < bytes; i++) out[i] = this.#random.below(256)
    // Never twice the same, as real randomness would be.
    out.writeUInt16BE((this.id << 12) | (++this.#entropy & 0xfff), 0)
    return out
  }

  md5(bytes: Buffer): Buffer {
    return Buffer.from(bytes)
  }

  sha1(bytes: Buffer): Buffer {
    return Buffer.from(bytes)
  }

  #wallMs(): number {
    return this.#scheduler.nowMs + this.#wallOffsetMs
  }
}
