// A host for one RaftNode in the simulation: does what a server's host does at the end of each turn, with a disk that takes its time.

import type { Message, SnapshotMessage } from '../../../core/consensus/messages.ts'
import type { RaftLimits, RaftTiming } from '../../../core/consensus/options.ts'
import { RaftNode } from '../../../core/consensus/raft-node.ts'
import type { Configuration, PersistBatch, SnapshotMeta } from '../../../core/consensus/types.ts'
import { SeededRandom } from '../../../core/support/random.ts'
import { broken, type Oracle } from './oracle.ts'
import { CODEC, describeConfiguration, numberPayload } from './payloads.ts'
import { type SavedSnapshot, SimDisk } from './sim-disk.ts'

/** What a server needs of the world. */
export interface World {
  readonly nowMs: number
  readonly oracle: Oracle
  readonly random: SeededRandom
  readonly disks: ReadonlyMap<number, SimDisk>
  readonly timing: RaftTiming
  readonly limits: Partial<RaftLimits>
  nextNumber(): number
  diskDelayMs(): number
  later(delayMs: number, action: () => void): void
  send(message: Message): void
  sendSnapshot(from: SimNode, to: number, message: SnapshotMessage, snapshot: SavedSnapshot): void
  say(what: string): void
}

export class SimNode {
  readonly id: number
  readonly disk: SimDisk = new SimDisk()
  readonly #world: World
  readonly #voters: readonly number[]
  /** Clocks of different servers do not agree. */
  readonly #clockOffsetMs: number
  raft: RaftNode | null = null
  /** Which life of the server this is; nothing of a former one reaches it. */
  life = 0
  applied = 0
  digest = 0
  #batch: PersistBatch | null = null
  #installing: SavedSnapshot | null = null
  #arrived: SavedSnapshot | null = null
  readonly #reads = new Map<number, number>()
  #commitSeen = 0
  readsAnswered = 0

  constructor(id: number, voters: readonly number[], world: World) {
    this.id = id
    this.#voters = voters
    this.#world = world
    this.#clockOffsetMs = world.random.below(100_000)
  }

  get #nowMs(): number {
    return this.#world.nowMs + this.#clockOffsetMs
  }
  get up(): boolean {
    return this.raft !== null
  }

  start(): void {
    const { timing, limits, random } = this.#world
    this.life += 1
    const options = { id: this.id, voters: this.#voters, random: new SeededRandom(random.below(2 ** 32)), timing, limits, codec: CODEC }
    this.raft = new RaftNode(options, this.disk.restart, this.#nowMs)
    this.applied = this.disk.snapshot?.meta.index ?? 0
    this.digest = this.disk.snapshot?.digest ?? 0
    this.#commitSeen = 0
    const { life } = this
    const tick = (): void => {
      if (this.life !== life || this.raft === null) return
      this.input((raft) => raft.tick())
      this.#world.later(20 + this.#world.random.below(20), tick)
    }
    this.#world.later(this.#world.random.below(20), tick)
    this.#endTurn()
  }

  /** Memory is gone; what was on its way to the disk is there whole or not at all. */
  crash(): void {
    const { random } = this.#world
    if (this.#batch !== null && random.next() < 0.5) this.disk.write(this.#batch)
    if (this.#installing !== null && random.next() < 0.5) this.disk.install(this.#installing)
    this.raft = null
    this.life += 1
    this.#batch = null
    this.#installing = null
    this.#arrived = null
    this.#reads.clear()
  }

  /** One input, then the end of the turn. */
  input(take: (raft: RaftNode) => void): void {
    if (this.raft === null) return
    this.raft.setTime(this.#nowMs)
    const before = this.raft.configuration
    take(this.raft)
    this.#noteCommit(before)
    this.#endTurn()
  }

  read(id: number): void {
    this.#reads.set(id, this.#world.oracle.lastCommitted)
    this.input((raft) => raft.requestRead(id))
  }

  /** A snapshot came whole. */
  snapshotArrived(message: SnapshotMessage, snapshot: SavedSnapshot): void {
    if (this.raft === null || !this.raft.wantsSnapshot(message)) return
    this.#arrived = snapshot
    this.input((raft) => raft.step(message))
  }

  /** Keeps a snapshot of the own state and lets the log before it go. */
  compact(): void {
    if (this.raft === null || this.#installing !== null || this.applied < this.disk.firstIndex) return
    // As core/storage does: a snapshot takes its place when its entries are durable, and not what they are about to replace.
    if (this.applied <= this.raft.durableIndex) this.disk.save(this.#ownSnapshot(this.raft))
  }

  describe(): string {
    const { raft, disk } = this
    const log = `disk ${disk.hardState.term}/${disk.hardState.votedFor} up to ${disk.lastIndex}${disk.mark === null ? '' : ', marked'}`
    if (raft === null) return `${this.id}: down, ${log}`
    const { role, term, leaderId, lastIndex, commitIndex, configuration } = raft
    const where = `last ${lastIndex} committed ${commitIndex} applied ${this.applied}`
    return `${this.id}: ${role} of ${term} leader ${leaderId}, ${where}, ${log}, ${describeConfiguration(configuration)}`
  }

  #ownSnapshot(raft: RaftNode): SavedSnapshot {
    return { meta: raft.snapshotMeta(this.applied), digest: this.digest }
  }

  #endTurn(): void {
    const world = this.#world
    const { raft } = this
    if (raft === null) return
    const change = raft.takeRoleChange()
    if (change?.role === 'leader') {
      world.say(`${this.id} leads term ${change.term}`)
      world.oracle.becameLeader(raft, this.id, world.nowMs)
      raft.propose(numberPayload(world.nextNumber()))
    }
    this.#persist(raft)
    for (let entry = raft.nextCommitted(); entry !== undefined; entry = raft.nextCommitted()) {
      if (entry.index !== this.applied + 1) broken('no gap', `${this.id} applies ${entry.index} after ${this.applied}`)
      this.digest = world.oracle.applied(this.id, entry, this.digest)
      this.applied = entry.index
    }
    for (const message of raft.takeMessages()) {
      world.oracle.sent(message, this.disk, this.disk.mark !== null)
      world.send(message)
    }
    // Sending may have started what is to be persisted.
    this.#persist(raft)
    for (const peer of raft.takeSnapshotRequests()) this.#sendSnapshot(raft, peer)
    this.#install(raft)
    for (const { id, index } of raft.takeReads()) this.#answerRead(id, index)
    if (raft.takeRecovered()) {
      world.say(`${this.id} has recovered`)
      this.disk.mark = null
    }
    if (raft.contactUntilMs > this.#nowMs) world.oracle.inContact(raft, this.id, world.nowMs)
  }

  #persist(raft: RaftNode): void {
    const batch = raft.takePersistBatch()
    if (batch === null) return
    this.#batch = batch
    const { life } = this
    this.#world.later(this.#world.diskDelayMs(), () => {
      if (this.life !== life || this.raft === null) return
      this.#batch = null
      this.disk.write(batch)
      this.input((node) => node.persisted(batch.seq))
    })
  }

  #sendSnapshot(raft: RaftNode, peer: number): void {
    const snapshot = this.#ownSnapshot(raft)
    const message = raft.snapshotStarted(peer, snapshot.meta)
    if (message !== null) this.#world.sendSnapshot(this, peer, message, snapshot)
  }

  #install(raft: RaftNode): void {
    const meta: SnapshotMeta | null = raft.takeInstall()
    const snapshot = this.#arrived
    if (meta === null) return
    if (snapshot?.meta !== meta) broken('install', `${this.id} installs another snapshot than came`)
    this.#installing = snapshot
    const { life } = this
    this.#world.later(this.#world.diskDelayMs() * 3, () => {
      if (this.life !== life || this.raft === null) return
      this.#installing = null
      const succeeds = this.#world.random.next() < 0.9
      if (succeeds) {
        this.disk.install(snapshot)
        this.applied = meta.index
        this.digest = snapshot.digest
        this.#world.oracle.restored(this.id, meta.index, snapshot.digest)
        this.#world.say(`${this.id} installed ${meta.index}`)
      }
      this.input((node) => node.installEnded(succeeds))
    })
  }

  #answerRead(id: number, index: number | null): void {
    const committedBefore = this.#reads.get(id)
    this.#reads.delete(id)
    if (committedBefore === undefined) broken('reads', `${this.id} answers read ${id}, which nobody asked for or was answered before`)
    if (index === null) return
    this.readsAnswered += 1
    this.#world.oracle.readAnswered(this.id, index, committedBefore)
  }

  #noteCommit(before: Configuration): void {
    const { raft } = this
    if (raft === null) return
    if (raft.leading && raft.commitIndex > this.#commitSeen) {
      const index = raft.commitIndex
      this.#world.oracle.leaderCommitted(index, raft.snapshotMeta(index).term, [before, raft.configuration], this.#world.disks)
    }
    this.#commitSeen = raft.commitIndex
  }
}
