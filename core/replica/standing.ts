// replica: this server's standing in its ensemble: whom it follows, what it decides while it leads, whether it may serve and promise anything. PURE.
//
//   follower --first entry of its term applied--> follows --an index of the leader is applied--> serving
//   leader   --noop, applied--> decides: expiry, reaping, settings, times of entries ---------> serving
//
// What a turn has for the disk and for the peers leaves in exchange().

import type { RaftRestart } from '../consensus/options.ts'
import type { RaftNode, RoleChange } from '../consensus/raft-node.ts'
import { SeededRandom } from '../support/random.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import type { InFlight, Sync } from './connection.ts'
import type { Origin } from './entries.ts'
import { LeaderDuties } from './leader-duties.ts'
import { Member, type MemberOwner, type ReplicaMessage } from './member.ts'
import { READINESS, Readiness } from './readiness.ts'
import type { ReplicaState } from './replica-state.ts'
import type { SessionTracker } from './session-tracker.ts'

export class Standing implements MemberOwner<Sync | typeof READINESS> {
  readonly member: Member<InFlight, Sync | typeof READINESS>
  readonly #state: ReplicaState
  readonly #onIndex: (sync: Sync, index: number) => void
  readonly #readiness = new Readiness()
  #duties: LeaderDuties
  #stopped = false

  /** `onIndex`: the index that a sync waits for is known. */
  constructor(state: ReplicaState, restart: RaftRestart, onIndex: (sync: Sync, index: number) => void) {
    this.#state = state
    this.#onIndex = onIndex
    const { serverId: id, timing = {}, limits = {} } = state.options
    const random = new SeededRandom(state.host.entropy(8).readUIntBE(2, 6))
    this.member = new Member({ id, voters: state.voters, random, timing, limits, life: state.origin.nonceHi }, restart, this, state.nowMs)
    this.#duties = this.#newDuties()
  }

  get raft(): RaftNode {
    return this.member.raft
  }
  get origin(): Origin {
    return this.#state.origin
  }
  get tree(): StateMachine {
    return this.#state.tree
  }
  get tracker(): SessionTracker {
    return this.#state.tracker
  }
  /** Whether clients are served. */
  get serving(): boolean {
    return this.#readiness.ready && !this.#stopped
  }
  get stopped(): boolean {
    return this.#stopped
  }
  /** Whether nobody but this server has a say. */
  get alone(): boolean {
    return this.member.alone
  }
  /** Whether replies may leave now: what they promise holds as long as others have not elected another leader. */
  get mayReply(): boolean {
    return this.alone || this.#state.host.clock() < this.member.contactUntilMs
  }
  /** Whether this server leads and may append entries of its own. */
  get mayDecide(): boolean {
    return this.member.leads && this.raft.mayPropose
  }
  /** For how long a server that serves is out of contact, -1 if it is not. */
  get outOfContactMs(): number {
    return this.#readiness.outOfContactMs(this.member, this.#state.nowMs)
  }

  /** The leader's own work, every few tens of milliseconds. */
  decide(): void {
    if (!this.mayDecide) return
    this.#duties.tick(this.#state.nowMs)
    if (this.raft.termExhausted) this.raft.campaign()
  }

  /** Makes the log longer by an entry that changes nothing. */
  proposeNoop(): void {
    this.#duties.proposeNoop()
  }

  /** What /zookeeper/config is to say of the servers, if this one leads. */
  setConfig(text: string): void {
    this.#duties.setConfig(text)
  }

  /** The first entry of a term was applied. */
  termApplied(): void {
    if (!this.member.leads) return
    this.member.reports.begin(this.#state.nowMs)
    this.#duties.begin(this.#state.nowMs)
  }

  /** Another tree took the place of the one before. */
  treeReplaced(): void {
    this.#duties = this.#newDuties()
  }

  /** What consensus has for the disk and for the peers, and from them. */
  exchange(): void {
    const { member, raft } = this
    const { host } = this.#state
    member.advance()
    for (let batch = raft.takePersistBatch(); batch !== null; batch = raft.takePersistBatch()) {
      host.persist(batch)
      member.advance()
    }
    member.sendMessages()
    member.takeIndices()
    for (const peer of raft.takeSnapshotRequests()) host.sendSnapshot(peer)
    const install = raft.takeInstall()
    if (install !== null) host.installSnapshot(install)
    if (raft.takeRecovered()) host.recovered()
  }

  /** Begins to serve if it may. */
  lookAtReadiness(): void {
    if (this.#readiness.ready) return
    const { nowMs, appliedIndex, host, tree } = this.#state
    const ask = (): void => this.member.askIndex(READINESS)
    if (!this.#readiness.becomes(this.member, nowMs, appliedIndex, ask)) return
    const { role, term, leaderId } = this.raft
    host.logger.info({ role, term, leaderId, lastZxid: tree.lastZxid }, 'serving')
  }

  /** The ensemble was out of reach for too long: serves nobody until it is in reach again. */
  endServing(): void {
    this.#readiness.ends()
  }

  /** Nobody waits for an index any more. */
  forgetAskers(): void {
    this.member.forgetAskers()
    this.#readiness.forgetIndex()
  }

  /** For good: storage has failed. */
  stop(): void {
    this.#stopped = true
  }

  // ---- MemberOwner

  /** Fills in the times of an entry. */
  stamp(payload: Buffer): void {
    this.#duties.stamp(payload, this.#state.nowMs, this.#state.wallMs)
  }

  roleChanged({ role, term, leaderId }: RoleChange): void {
    this.#state.host.logger.info({ role, term, leaderId }, 'role')
    // A leader's first entry: nothing of its term is served before it is applied (Raft, section 8).
    if (role === 'leader') this.#duties.proposeNoop()
  }

  indexKnown(asker: Sync | typeof READINESS, index: number): void {
    if (asker === READINESS) this.#readiness.indexKnown(index)
    else this.#onIndex(asker, index)
  }

  send(message: ReplicaMessage): void {
    this.#state.host.send(message)
  }

  #newDuties(): LeaderDuties {
    const { options, host, tree, tracker } = this.#state
    return new LeaderDuties(
      options,
      host,
      tree,
      tracker,
      (tracked) => this.member.mayExpire(tracked),
      (payload) => this.member.append(payload),
    )
  }
}
