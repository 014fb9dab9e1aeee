// One run of the simulation: a group of pure members on a network that loses, repeats and reorders, with crashes that lose what was not synced, one-way cuts,
// damaged disks, snapshots and changes of membership, all from one seed. Then everything is healed, and the group must come to rest as one.

import type { Message, SnapshotMessage } from '../../../core/consensus/messages.ts'
import { DEFAULT_TIMING, type RaftLimits, type RaftTiming } from '../../../core/consensus/options.ts'
import type { RaftNode } from '../../../core/consensus/raft-node.ts'
import { SeededRandom } from '../../../core/support/random.ts'
import { EventQueue } from './event-queue.ts'
import { broken, Oracle } from './oracle.ts'
import { numberPayload } from './payloads.ts'
import type { SavedSnapshot, SimDisk } from './sim-disk.ts'
import { SimNode, type World } from './sim-node.ts'

const FAULTY_MS = 8000
const HEALING_MS = 12_000
const NOTHING: Buffer = Buffer.alloc(0)
const SIZES = [3, 3, 3, 5, 5, 7, 1]

export interface Outcome {
  readonly failure: string | null
  readonly story: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

/** How likely each fault is in a run; drawn per seed, so that runs differ in kind. */
interface Weather {
  readonly loss: number
  readonly repeat: number
  readonly delayMs: number
  readonly diskMs: number
  readonly crash: number
  readonly cut: number
  readonly membership: number
  readonly damage: number
  readonly compaction: number
}

export class Simulation implements World {
  readonly timing: RaftTiming = DEFAULT_TIMING
  readonly limits: Partial<RaftLimits>
  readonly random: SeededRandom
  readonly oracle: Oracle
  readonly disks: Map<number, SimDisk> = new Map()
  readonly #queue = new EventQueue()
  readonly #nodes: SimNode[] = []
  readonly #weather: Weather
  readonly #cut = new Set<number>()
  readonly #story: string[] = []
  readonly counts: Record<string, number> = {}
  #number = 0
  #healed = false
  #readId = 0

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
    this.oracle = new Oracle(this.timing.electionMs)
    this.#weather = this.#drawWeather()
    this.limits = {
      maxAppendBytes: 1 + this.random.below(60),
      maxInflightMessages: 1 + this.random.below(6),
      maxInflightBytes: 1 + this.random.below(200),
      retainBytes: this.random.below(2000),
      retainForPeersBytes: 1000 + this.random.below(4000),
    }
    const size = SIZES[this.random.below(SIZES.length)] ?? 3
    const voters = Array.from({ length: size }, (_, i) => i + 1)
    const spares = this.#weather.membership > 0 ? 2 : 0
    for (let id = 1; id <= size + spares; id++) {
      const node = new SimNode(id, id <= size ? voters : [], this)
      this.#nodes.push(node)
      this.disks.set(id, node.disk)
    }
  }

  get nowMs(): number {
    return this.#queue.nowMs
  }

  run(): Outcome {
    let failure: string | null = null
    try {
      for (const node of this.#nodes) node.start()
      this.later(50, () => this.#clients())
      this.later(50, () => this.#faults())
      this.#queue.run(FAULTY_MS)
      this.#heal()
      this.#queue.run(FAULTY_MS + HEALING_MS)
      this.#checkRest()
    } catch (error) {
      failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      if (error instanceof Error && error.name !== 'BrokenPromise') failure += `\n${error.stack?.split('\n').slice(1, 6).join('\n')}`
      failure = `at ${this.nowMs} ms ${failure}`
    }
    const reads = this.#nodes.reduce((sum, node) => sum + node.readsAnswered, 0)
    const counts = { ...this.counts, committed: this.oracle.lastCommitted, leaders: this.oracle.leaderCount, reads }
    if (failure !== null) for (const node of this.#nodes) this.say(node.describe())
    return { failure, story: this.#story, counts }
  }

  // ---- World

  nextNumber(): number {
    this.#number += 1
    return this.#number
  }

  diskDelayMs(): number {
    const { diskMs } = this.#weather
    const slow = this.random.next() < 0.02 ? 20 : 1
    return this.#healed ? 2 : 1 + this.random.below(diskMs) * slow
  }

  later(delayMs: number, action: () => void): void {
    this.#queue.in(delayMs, action)
  }

  send(message: Message): void {
    const { loss, repeat } = this.#weather
    if (!this.#healed && this.random.next() < loss) return
    this.#deliver(message)
    if (!this.#healed && this.random.next() < repeat) this.#deliver(message)
  }

  sendSnapshot(from: SimNode, to: number, message: SnapshotMessage, snapshot: SavedSnapshot): void {
    this.#count('snapshots sent')
    const target = this.#node(to)
    const { life } = from
    const targetLife = target.life
    this.later(this.#delayMs() * 4, () => {
      const arrives = this.#open(from.id, to) && target.life === targetLife && (this.#healed || this.random.next() < 0.8)
      if (arrives) target.snapshotArrived(message, snapshot)
      this.later(this.#delayMs(), () => {
        if (from.life === life) from.input((raft) => raft.snapshotEnded(to, arrives))
      })
    })
  }

  say(what: string): void {
    this.#story.push(`${String(this.nowMs).padStart(6)} ${what}`)
  }

  // ---- the network

  #deliver(message: Message): void {
    const target = this.#node(message.to)
    const { life } = target
    const sender = this.#node(message.from)
    const senderLife = sender.life
    this.later(this.#delayMs(), () => {
      // Links are fenced: nothing arrives from before a restart of either end.
      if (target.life !== life || sender.life !== senderLife || !this.#open(message.from, message.to)) return
      target.input((raft) => raft.step(message))
    })
  }

  #delayMs(): number {
    if (this.#healed) return 1 + this.random.below(5)
    const far = this.random.next() < 0.02 ? 15 : 1
    return 1 + this.random.below(this.#weather.delayMs) * far
  }

  #open(from: number, to: number): boolean {
    return !this.#cut.has(from * 100 + to)
  }

  // ---- what happens

  #drawWeather(): Weather {
    const often = (most: number): number => (this.random.next() < 0.5 ? 0 : this.random.next() * most)
    return {
      loss: often(0.2),
      repeat: often(0.2),
      delayMs: 2 + this.random.below(40),
      diskMs: 1 + this.random.below(20),
      crash: often(0.15),
      cut: often(0.2),
      membership: often(0.2),
      damage: often(0.5),
      compaction: often(0.3),
    }
  }

  #clients(): void {
    if (this.#healed && this.nowMs > FAULTY_MS + 4000) return
    for (const node of this.#nodes) {
      const { raft } = node
      if (raft?.mayPropose === true && this.random.next() < 0.8) this.#propose(node)
      if (raft !== null && this.random.next() < 0.2) node.read(++this.#readId)
    }
    this.later(5 + this.random.below(60), () => this.#clients())
  }

  #propose(node: SimNode): void {
    node.input((raft) => {
      for (let left = 1 + this.random.below(4); left > 0; left--) raft.propose(numberPayload(this.nextNumber(), this.random.below(40)))
    })
  }

  #faults(): void {
    if (this.#healed) return
    const { crash, cut, membership, compaction } = this.#weather
    if (this.random.next() < crash) this.#crash(this.#anyNode())
    if (this.random.next() < cut) this.#changeCuts()
    if (this.random.next() < membership) this.#changeMembers()
    if (this.random.next() < compaction) this.#anyNode().compact()
    if (this.random.next() < 0.03) this.#transfer()
    if (this.random.next() < 0.02) this.#anyNode().input((raft) => raft.campaign())
    if (this.random.next() < 0.01) this.#anyNode().input((raft) => raft.resign())
    this.later(20 + this.random.below(100), () => this.#faults())
  }

  #crash(node: SimNode): void {
    if (!node.up) return
    this.#count('crashes')
    const wasLeader = node.raft?.leading === true
    node.crash()
    const isDamaged = this.random.next() < this.#weather.damage && this.#mayDamage(node)
    if (isDamaged) {
      this.#count('damaged disks')
      node.disk.damage(this.random.below(8), this.random.next() < 0.5)
    }
    this.say(`${node.id} crashes${wasLeader ? ', the leader' : ''}${isDamaged ? ', its disk is damaged' : ''}`)
    for (const other of this.#nodes) {
      if (!other.up || !this.#open(other.id, node.id)) continue
      other.input((raft) => raft.peerUnreachable(node.id))
      if (this.random.next() < 0.7) this.later(this.random.below(30), () => this.#refused(other, node))
    }
    this.later(this.random.below(1500), () => this.#restart(node))
  }

  #refused(other: SimNode, node: SimNode): void {
    if (!node.up) other.input((raft) => raft.leaderRefused(node.id))
  }

  #restart(node: SimNode): void {
    if (node.up) return
    this.say(`${node.id} restarts`)
    node.start()
  }

  // One damaged disk at a time, and only where others have what it loses.
  #mayDamage(node: SimNode): boolean {
    return this.#weather.membership === 0 && this.#nodes.length >= 3 && this.#nodes.every((one) => one === node || one.disk.mark === null)
  }

  #changeCuts(): void {
    if (this.#cut.size > 0 && this.random.next() < 0.5) {
      this.#cut.clear()
      return
    }
    this.#count('cuts')
    const kind = this.random.below(3)
    const side = this.#nodes.filter(() => this.random.next() < 0.5).map(({ id }) => id)
    const victim = this.#anyNode().id
    for (const { id: a } of this.#nodes) {
      for (const { id: b } of this.#nodes) {
        const separated =
          kind === 0 ? side.includes(a) !== side.includes(b) : kind === 1 ? a === victim && b !== a : this.random.next() < 0.2
        if (a !== b && separated) this.#cut.add(a * 100 + b)
      }
    }
  }

  #transfer(): void {
    const leader = this.#leader()
    if (leader === undefined) return
    this.#count('transfers')
    leader.input((raft) => raft.transferLeadership(this.#anyNode().id))
  }

  #changeMembers(): void {
    const leader = this.#leader()
    if (leader === undefined) return
    leader.input((raft) => {
      const { voters, learners } = this.#drawMembers(raft)
      const result = raft.proposeConfiguration({ voters, learners, context: NOTHING })
      this.#count(typeof result === 'string' ? `refused: ${result}` : 'changes of members')
    })
  }

  #drawMembers(raft: RaftNode): { voters: number[]; learners: number[] } {
    const voters: number[] = []
    const learners: number[] = []
    for (const { id } of this.#nodes) {
      const isVoter = raft.configuration.voters.includes(id)
      const isLearner = raft.configuration.learners.includes(id)
      const draw = this.random.next()
      if (draw < 0.7) (isVoter ? voters : isLearner ? learners : []).push(id)
      else if (draw < 0.85) (isVoter || isLearner ? voters : learners).push(id)
      else if (draw < 0.95) learners.push(id)
    }
    return { voters, learners }
  }

  // ---- the end

  #heal(): void {
    this.say('everything is healed')
    this.#healed = true
    this.#cut.clear()
    for (const node of this.#nodes) this.#restart(node)
  }

  #checkRest(): void {
    const leader = this.#leader()
    if (leader?.raft === undefined || leader.raft === null) broken('liveness', 'nobody leads')
    const { raft } = leader
    const { voters, outgoing, learners, learnersNext } = raft.configuration
    if (outgoing.length > 0) broken('liveness', 'the joint configuration is not left')
    if (raft.commitIndex !== raft.lastIndex) broken('liveness', `${raft.lastIndex - raft.commitIndex} entries are not committed`)
    for (const id of [...voters, ...learners, ...learnersNext]) {
      const node = this.#node(id)
      if (node.applied !== raft.commitIndex) broken('liveness', `${id} has applied ${node.applied} of ${raft.commitIndex}`)
      if (node.digest !== leader.digest) broken('equal digests', `${id} at the end`)
      if (node.disk.mark !== null) broken('liveness', `${id} still bears its mark`)
      if (node.raft?.leaderId !== leader.id) broken('liveness', `${id} does not follow ${leader.id}`)
    }
  }

  // The one of the highest term: an older one may not know yet.
  #leader(): SimNode | undefined {
    let best: SimNode | undefined
    for (const node of this.#nodes) if (node.raft?.leading === true && node.raft.term > (best?.raft?.term ?? -1)) best = node
    return best
  }

  #anyNode(): SimNode {
    return this.#nodes[this.random.below(this.#nodes.length)] as SimNode
  }

  #node(id: number): SimNode {
    return this.#nodes[id - 1] as SimNode
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}

export function simulateSeed(seed: number): Outcome {
  return new Simulation(seed).run()
}
