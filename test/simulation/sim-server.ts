// A whole server of a simulated ensemble: the replica and its log on a disk of its own (machine-disk.ts), by clocks of its own (machine-clocks.ts). Its
// process is started, paused, killed and loses power.
//
//   down --start--> opening --> running --kill, power loss--> down
//                      |           \--the disk fails: the process stops----> down, and is started again
//                      \--what was durable is damaged--> refused: it stays down, for its peers hold what it held

import type { SnapshotMessage } from '../../core/consensus/messages.ts'
import type { RaftRestart } from '../../core/consensus/options.ts'
import type { PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import type { Facts, PeerMessage } from '../../core/peer/peer-messages.ts'
import type { PeerTransport, PeerTransportListener } from '../../core/peer/peer-transport.ts'
import type { Connection } from '../../core/replica/connection.ts'
import type { Link, ReplicaHost, ReplicaOptions } from '../../core/replica/host.ts'
import type { ReplicaMessage } from '../../core/replica/member.ts'
import { Replica } from '../../core/replica/replica.ts'
import type { LogStore, OpenedLogStore } from '../../core/storage/log-store.ts'
import { damageIn } from '../../core/storage/storage-damage.ts'
import type { StorageObserver } from '../../core/storage/storage-observer.ts'
import type { Logger } from '../../core/support/logger.ts'
import { type Random, SeededRandom } from '../../core/support/random.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { OPTIONS } from '../replica/harness.ts'
import type { FaultRates } from '../storage/simulated-disk/disk-faults.ts'
import type { Judge } from './judge.ts'
import { MachineClocks } from './machine-clocks.ts'
import { MachineDisk } from './machine-disk.ts'
import type { SimNetwork } from './network.ts'
import type { Scheduler } from './scheduler.ts'
import { type CourierOwner, SnapshotCourier } from './snapshot-courier.ts'
import { factsOf, stateProblem, wordsOf } from './state-words.ts'

const TICK_MS = 20
/** Facts leave with every so manieth tick. */
const FACTS_TICKS = 10
/** The log is sealed when nothing was appended for this long. */
const IDLE_MS = 100
/** Somebody starts a process that has stopped by itself. */
const RESTART_MS = 150
/** A server that shuts down waits so long for somebody to lead in its place. */
const HAND_OVER_MS = 120
const INCARNATION = '0'.repeat(32)
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

export class SimServer implements ReplicaHost, PeerTransportListener, CourierOwner {
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
  readonly clocks: MachineClocks
  readonly disk: MachineDisk
  readonly courier: SnapshotCourier
  #lastAppendMs = 0
  #sealed = true
  /** Its log was damaged: it is not to come back. */
  damaged = false
  /** Something on its disk was damaged, so that it may refuse. */
  rotten = false
  #store: LogStore | null = null
  replica: Replica | null = null
  /** Lives of the process so far: what belongs to an earlier one is nothing to this one. */
  #life = 0
  #ticks = 0
  #turnScheduled = false
  #starting = false
  #pausedUntilMs = 0
  #backlog: (() => void)[] = []
  #entropy = 0
  readonly #world: ServerWorld

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
    this.#world = world
    this.#random = new SeededRandom(seed * 31 + id)
    this.clocks = new MachineClocks(world.scheduler, this.#random, driftPpm)
    this.disk = new MachineDisk(world.scheduler, this.#random, seed, id, faults)
    this.courier = new SnapshotCourier(world.scheduler, this.#random, world.judge, this)
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
    this.disk.open((error, opened) => {
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
    this.replica = new Replica(options, this, restart, tree, now, this.clocks.wallMs)
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

  /** A bit of what it has written turns over, while it is down. */
  rot(random: Random): boolean {
    if (this.replica !== null || this.#starting) return false
    const where = this.disk.rot(random)
    if (where === null) return false
    this.rotten = true
    this.#judge.say('fate', `server ${this.id}: ${where}`)
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

  /** kill -9: what the system holds in memory stays. */
  kill(): void {
    this.#die('stays')
  }

  /** The power goes: what was not synced may be lost. */
  losePower(): void {
    this.#die('goes')
  }

  #die(power: 'stays' | 'goes'): void {
    const was = this.replica
    this.#life += 1
    this.#starting = false
    this.#turnScheduled = false
    this.replica = null
    this.#store = null
    this.#backlog = []
    this.#pausedUntilMs = 0
    this.courier.forget()
    this.disk.abandon(power)
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
      replica.setTime(this.clock(), this.clocks.wallMs)
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
        replica.setTime(this.clock(), this.clocks.wallMs)
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
    if (++this.#ticks % FACTS_TICKS === 0) this.#tellFacts()
    // Whether anybody asks just now or not.
    if (this.replica?.mayReply === true) this.answers()
    this.#store?.tick(this.clock())
    if (this.#sealed || this.#scheduler.nowMs - this.#lastAppendMs < IDLE_MS) return
    this.#sealed = true
    this.#store?.idle()
  }

  #tellFacts(): void {
    const { replica } = this
    if (replica === null) return
    for (const id of this.#voters) if (id !== this.id) this.#links?.send(factsOf(this.id, replica, id))
  }

  open(link: Link, address: string): Connection | null {
    const { replica } = this
    if (replica === null || this.paused) return null
    replica.setTime(this.clock(), this.clocks.wallMs)
    return replica.open(link, '127.0.0.1', address)
  }

  bytes(connection: Connection, chunk: Buffer): void {
    this.#input((replica) => replica.received(connection, chunk))
  }

  /** Something leaves for a client, or could. */
  answers(): void {
    if (this.replica !== null) this.#judge.answers(this.id, this.replica.term, this.replica.role === 'leader')
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

  lost(peer: number): void {
    this.#input((replica) => replica.digests.lost(peer))
  }

  message(message: PeerMessage): void {
    if (message.type === 'snapshotChunk' || message.type === 'snapshotProgress') return
    if (message.type === 'facts') this.#heardFacts(message)
    else this.#receive(message)
  }

  #heardFacts(facts: Facts): void {
    this.#input((replica) => {
      for (const word of wordsOf(facts)) replica.stateHeard(word)
      if (replica.digests.sameAs(facts.from) === true) this.#judge.saw('states compared')
      this.checkState()
    })
  }

  /** Its state is that of everybody whose word it has heard. */
  checkState(): void {
    const problem = this.replica === null ? null : stateProblem(this.replica)
    if (problem !== null) this.#judge.fail(`server ${this.id} ${problem}`)
  }

  #receive(message: ReplicaMessage): void {
    this.#input((replica) => {
      if (message.type === 'snapshot' && !replica.snapshots.wants(message)) return
      replica.peerMessage(message)
    })
  }

  snapshotCame(head: SnapshotMessage): void {
    this.#receive(head)
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
      this.#input((replica) => replica.snapshots.ended(error === null))
    })
  }

  send(message: ReplicaMessage): void {
    this.#links?.send(message)
  }

  sendSnapshot(peer: number): void {
    const snapshot = this.replica?.snapshots.forPeer(peer) ?? null
    if (snapshot === null) {
      this.replica?.snapshots.sent(peer, false)
      return
    }
    const life = this.#life
    const alive = (): boolean => life === this.#life
    this.courier.send(this.#world.serverOf(peer).courier, snapshot, alive, (whole) =>
      this.#input((replica) => replica.snapshots.sent(peer, whole)),
    )
  }

  installSnapshot(meta: SnapshotMeta): void {
    const chunks = this.courier.take(meta)
    const life = this.#life
    this.#store?.installSnapshot(meta, chunks, (error) => {
      if (life !== this.#life) return
      if (error !== null && this.#store?.failure !== null) {
        this.#diskFailed(error)
        return
      }
      const tree = error === null ? StateMachine.restore(chunks) : null
      if (tree !== null) this.#judge.watch(this.id, tree, meta)
      this.#judge.saw('snapshot installed')
      this.#input((replica) => replica.installed(meta, tree))
    })
  }

  recovered(): void {
    throw new Error('servers of the simulation refuse damage: none is ever marked')
  }

  clock(): number {
    return this.clocks.monotonicMs
  }

  entropy(bytes: number): Buffer {
    const out = Buffer.alloc(bytes)
    for (let i = 0; i < bytes; i++) out[i] = this.#random.below(256)
    // Never twice the same, as real randomness would be; and not in the upper bytes, which would rise from life to life.
    out.writeUInt16BE((this.id << 12) | (++this.#entropy & 0xfff), 2)
    return out
  }

  md5(bytes: Buffer): Buffer {
    return Buffer.from(bytes)
  }

  sha1(bytes: Buffer): Buffer {
    return Buffer.from(bytes)
  }
}
