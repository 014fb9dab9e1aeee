// server: this server among its peers: forms the ensemble with them, brings their messages to the replica and the replica's to them.
//
//   links up --facts--> Formation --formed--> identity on disk --> attach(driver) --> messages reach the replica
//                          \--waiting, refused: said, and looked at again at each word of a peer
//
// A server that took part in forming its ensemble once needs nobody's word at later starts.

import type { SnapshotMeta } from '../consensus/types.ts'
import type { PeerIdentity, RefusalReason } from '../peer/identity.ts'
import type { CloseReason, PeerCounters } from '../peer/peer-counters.ts'
import type { Facts, PeerMessage } from '../peer/peer-messages.ts'
import type { PeerTransportListener } from '../peer/peer-transport.ts'
import { configText } from '../replica/leader-duties.ts'
import type { ReplicaMessage } from '../replica/member.ts'
import type { Replica } from '../replica/replica.ts'
import { InvariantError } from '../support/assert.ts'
import type { Logger } from '../support/logger.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { ensembleConfig } from './ensemble-config.ts'
import type { ResolvedEnsembleOptions } from './ensemble-options.ts'
import { Formation, type FormationVerdict } from './formation.ts'
import { FormationWait } from './formation-wait.ts'
import type { IdentityFile } from './identity-file.ts'
import { LeaderRecord } from './leader-record.ts'
import { ownFacts } from './own-facts.ts'
import { PeerFacts, statesIn } from './peer-facts.ts'
import { type PeerWorld, peerWorld } from './peer-world.ts'
import { SnapshotDesk } from './snapshot-desk.ts'
import type { StartProgress } from './start-progress.ts'

const FACTS_MS = 1000
/** A new leader waits so long for where the others' clients come to before it tells clients without it. */
const CONFIG_PATIENCE_MS = 5000

/** What the member needs of the driver of the replica. */
export interface MemberDriver {
  readonly replica: Replica
  /** Runs an input of the replica, and the turn that follows. */
  input(run: (replica: Replica) => void): void
  /** A message of a peer for the replica, and the turn that follows. */
  peerMessage(message: ReplicaMessage): void
}

export interface MemberSettings {
  readonly ensemble: ResolvedEnsembleOptions
  readonly dataDir: string | null
  readonly identity: IdentityFile
  /** Names the data that an ensemble would begin with, '' for none. */
  readonly seed: string
  readonly logger: Logger
}

export class EnsembleMember implements PeerTransportListener {
  /** What the others said of themselves last. */
  readonly facts: PeerFacts
  readonly #settings: MemberSettings
  readonly #formation: Formation
  readonly #wait: FormationWait
  readonly #desk: SnapshotDesk
  readonly #leader = new LeaderRecord()
  readonly #incarnations = new Map<number, string>()
  #world: PeerWorld | null = null
  #driver: MemberDriver | null = null
  #clientAddress: () => string = () => ''
  #factsTimer: NodeJS.Timeout | null = null
  #leading = false
  #serving = false
  #paused = false

  private constructor(settings: MemberSettings) {
    this.#settings = settings
    const { ensemble, identity, seed, dataDir, logger } = settings
    const ids = ensemble.servers.map(({ serverId }) => serverId)
    this.#formation = new Formation(identity.self, ids, seed, ensemble.initialize)
    this.#wait = new FormationWait(this.#formation, logger)
    this.facts = new PeerFacts(logger)
    this.#desk = new SnapshotDesk(
      {
        logger,
        send: (message) => this.#transport.send(message),
        snapshotFor: (peer) => this.#driver?.replica.snapshots.forPeer(peer) ?? null,
        snapshotSent: (peer, whole) => this.#driver?.input((replica) => replica.snapshots.sent(peer, whole)),
        wantsSnapshot: (head) => this.#driver?.replica.snapshots.wants(head) ?? false,
        arrived: (head) => this.#driver?.peerMessage(head),
      },
      dataDir,
    )
  }

  /** Opens the peer port and dials the others. Rejects with the system's error, or with `ERR_CONFIG`. */
  static async open(settings: MemberSettings): Promise<EnsembleMember> {
    const member = new EnsembleMember(settings)
    const { ensemble, identity, logger } = settings
    const world = await peerWorld(ensemble, identity.self, identity.founders, member, logger)
    member.#world = world
    try {
      await world.open()
    } catch (error) {
      await member.close()
      throw error
    }
    member.#factsTimer = setInterval(() => member.#tellAll(), FACTS_MS)
    return member
  }

  /** Ids of all servers. */
  get ids(): readonly number[] {
    return this.#settings.ensemble.servers.map(({ serverId }) => serverId)
  }

  /** Resolves when this server belongs to an ensemble, durably. Rejects with the reason of the signal. `onWaiting` hears whom it waits for, or why in vain. */
  async formed(signal: AbortSignal | null, onWaiting: (verdict: FormationVerdict) => void): Promise<void> {
    const { identity, logger } = this.#settings
    if (identity.founders !== null) return
    const founders = await this.#wait.founders(signal, onWaiting)
    await identity.formed(founders)
    logger.info({ founders: founders.map(({ serverId }) => serverId) }, 'the ensemble is formed')
    this.#world?.setFounders(founders)
    this.#tellAll()
  }

  /** From now on messages reach the replica of `driver`. `clientAddress` is told to the others. */
  attach(driver: MemberDriver, clientAddress: () => string): void {
    this.#driver = driver
    this.#clientAddress = clientAddress
    for (const id of this.ids) if (this.#world?.transport.isUp(id) === true) driver.input((replica) => replica.peerUp(id))
  }

  get settings(): ResolvedEnsembleOptions {
    return this.#settings.ensemble
  }

  /** Who is there, for whoever waits for a quorum. */
  get presence(): StartProgress {
    const missing = this.#others.filter((id) => this.facts.of(id) === undefined)
    return { phase: 'ensemble', done: this.ids.length - missing.length, total: this.ids.length, missing }
  }

  /** How often another leader was known to be elected, the first one included. */
  get leaderChanges(): number {
    return this.#leader.changes
  }

  /** What the links counted; `null` for those in the memory of one process. */
  get counters(): PeerCounters | null {
    return this.#world?.counters ?? null
  }

  // ---- what the replica wants

  send(message: ReplicaMessage): void {
    this.#transport.send(message)
  }

  sendSnapshot(peer: number): void {
    this.#desk.sendTo(peer)
  }

  /** The tree of the snapshot that was received. */
  takeSnapshot(meta: SnapshotMeta): StateMachine | null {
    return this.#desk.take(meta)
  }

  /** After each turn of the replica. */
  turnEnded(replica: Replica): void {
    if (this.#leading && replica.role !== 'leader') this.#desk.stopSending()
    this.#leading = replica.role === 'leader'
    this.#leader.note(replica)
    this.#world?.setClusterId(replica.tree.clusterId)
    if (replica.serving !== this.#serving) {
      this.#serving = replica.serving
      // Whoever asks the others about this server is not told what was so a second ago.
      this.#tellAll()
    }
    if (replica.overloaded === this.#paused) return
    this.#paused = replica.overloaded
    for (const id of this.#others) this.#paused ? this.#transport.pause(id) : this.#transport.resume(id)
  }

  // ---- PeerTransportListener

  up(peer: number): void {
    this.#formation.turnedAway(peer, '')
    this.#transport.send(this.#factsFor(peer))
    this.#driver?.input((replica) => replica.peerUp(peer))
    this.#desk.linkUp(peer)
  }

  down(peer: number, _reason: CloseReason): void {
    this.#driver?.input((replica) => replica.peerDown(peer, false))
  }

  refused(peer: number): void {
    this.#driver?.input((replica) => replica.peerDown(peer, true))
  }

  drained(_peer: number): void {}

  turnedAway(peer: number, reason: RefusalReason, text: string): void {
    // A server that cannot prove who it is, or speaks another version, is to be looked at by its operator; these two are about what it has lost.
    const aboutData = reason === 'incarnation' || reason === 'cluster'
    this.#formation.turnedAway(peer, aboutData ? `server ${peer} refuses this server, whose data was lost or replaced: ${text}` : '')
    this.#wait.look()
  }

  accepted({ serverId, incarnation }: PeerIdentity): void {
    this.#incarnations.set(serverId, incarnation)
    this.#formation.lost(serverId)
  }

  lost(peer: number, _reason: CloseReason): void {
    this.#incarnations.delete(peer)
    this.#formation.lost(peer)
    this.facts.lost(peer)
    this.#driver?.input((replica) => replica.digests.lost(peer))
    this.#wait.look()
  }

  message(message: PeerMessage): void {
    switch (message.type) {
      case 'facts':
        this.#heard(message)
        break
      case 'snapshot':
        this.#desk.head(message)
        break
      case 'snapshotChunk': {
        const problem = this.#desk.chunk(message)
        if (problem !== null) this.#transport.reject(message.from, problem)
        break
      }
      case 'snapshotProgress':
        this.#desk.progress(message)
        break
      default:
        this.#driver?.peerMessage(message)
    }
  }

  /** Closes links and port. Idempotent. */
  async close(): Promise<void> {
    if (this.#factsTimer !== null) clearInterval(this.#factsTimer)
    this.#factsTimer = null
    this.#driver = null
    await this.#desk.close()
    await this.#world?.close()
  }

  // ---- facts

  get #transport(): PeerWorld['transport'] {
    if (this.#world === null) throw new InvariantError('links are open before anything is said')
    return this.#world.transport
  }

  get #others(): readonly number[] {
    return this.ids.filter((id) => id !== this.#settings.identity.self.serverId)
  }

  #heard(facts: Facts): void {
    this.facts.heard(facts, Date.now())
    const incarnation = this.#incarnations.get(facts.from)
    if (incarnation !== undefined) this.#formation.heard(facts.from, { incarnation, ...facts })
    for (const word of statesIn(facts)) this.#driver?.input((replica) => replica.stateHeard(word))
    this.#configure()
    this.#wait.look()
  }

  /** What this server says of itself. */
  get ownFacts(): Facts {
    return this.#factsFor(this.#settings.identity.self.serverId)
  }

  /** The leader keeps what clients read of the servers up to date. */
  #configure(): void {
    const driver = this.#driver
    if (driver === null || driver.replica.role !== 'leader') return
    const { servers } = this.#settings.ensemble
    const own = this.#settings.identity.self.serverId
    const clients = (id: number): string => (id === own ? this.#clientAddress() : (this.facts.of(id)?.facts.clientAddress ?? ''))
    const { text, complete } = ensembleConfig(servers, clients, configText(driver.replica.tree))
    if (complete || this.#leader.forMs >= CONFIG_PATIENCE_MS) driver.input((replica) => replica.setConfig(text))
  }

  #tellAll(): void {
    this.#configure()
    for (const id of this.#others) if (this.#transport.isUp(id)) this.#transport.send(this.#factsFor(id))
  }

  #factsFor(to: number): Facts {
    const { identity } = this.#settings
    const { configurationDigest } = this.#formation
    return ownFacts({ identity, configurationDigest, clientAddress: this.#clientAddress(), replica: this.#driver?.replica ?? null }, to)
  }
}
