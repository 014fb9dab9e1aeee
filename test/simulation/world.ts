// One simulated life of an ensemble, from a seed: servers, clients, and what befalls them. At the end everything is healed, and all must agree.
//
//   trouble             healed            calm                       end
//   fates, work         work goes on      clients only ping          same state everywhere, that of the model; every server serves; no session is
//                                                                    overdue; registers could have been so

import type { RaftLimits } from '../../core/consensus/options.ts'
import type { ReplicaOptions } from '../../core/replica/host.ts'
import { type Random, SeededRandom } from '../../core/support/random.ts'
import { type Character, characterOf } from './character.ts'
import { Fates } from './fates.ts'
import { hex, Judge } from './judge.ts'
import { SimNetwork } from './network.ts'
import { Scheduler } from './scheduler.ts'
import { type ClientManners, SimClient } from './sim-client.ts'
import { type ServerManners, SimServer } from './sim-server.ts'

export interface LifeOptions {
  readonly seed: number
  /** How long trouble lasts, in virtual milliseconds. */
  readonly troubleMs: number
}

export interface LifeResult {
  readonly seed: number
  readonly entries: number
  readonly seen: ReadonlyMap<string, number>
  readonly fingerprint: number
  readonly steps: number
}

/** Work goes on when everything is healed, and then ends. */
const HEALED_MS = 800
const LONGEST_TIMEOUT_MS = 1800
/** Whoever is silent is gone after E + timeout and a little, of a leader that may be new. */
const CALM_MS = LONGEST_TIMEOUT_MS + 800

/** Later than its timeout a session may end by E, of a server that is silent, and by the leader's buckets. */
const EXPIRY_SLACK_MS = 500
const PROBE_PACE_MS = 40
/** A quiet life is so much longer. */
const QUIET_FACTOR = 3
const PACES_MS = [10, 25, 60]
/** Of a client that does hardly more than ping. */
const IDLE_PACE_MS = 3000
/** One entry, however small. */
const SMALL_APPEND_BYTES = 1

const E = 100
const H = 20
/** Clocks of two machines differ by at most a thousandth: the margin of clients has room for that. */
const MAX_DRIFT_PPM = 450

export class World {
  readonly seed: number
  readonly scheduler: Scheduler = new Scheduler()
  readonly judge: Judge
  readonly network: SimNetwork
  readonly servers: SimServer[] = []
  readonly clients: SimClient[] = []
  readonly #fates: Fates
  readonly #troubleMs: number

  constructor({ seed, troubleMs }: LifeOptions) {
    this.seed = seed
    const character = characterOf(seed)
    this.#troubleMs = character.quiet ? QUIET_FACTOR * troubleMs : troubleMs
    const random = new SeededRandom(seed)
    this.judge = new Judge(this.scheduler, E)
    const drawn = [1, 3, 3, 3, 3, 5][random.below(6)] as number
    const count = character.large ? 5 : drawn
    const voters = Array.from({ length: count }, (_, i) => i + 1)
    this.network = new SimNetwork(this.scheduler, new SeededRandom(seed + 1e6), voters)
    const options: Partial<ReplicaOptions> = {
      timing: { electionMs: E, heartbeatMs: H, staggerMs: 5 },
      limits: limitsOf(character, random.below(2) === 0),
      snapshotEveryEntries: [50, 300, 100_000][random.below(3)] as number,
      minSessionTimeoutMs: 1200,
      containerCheckIntervalMs: 500,
      ...(random.below(4) === 0 ? { watchHistoryEntries: 20 } : {}),
    }
    const disksFail = random.below(3) === 0
    const faults: ServerManners['faults'] = disksFail ? { fsync: 1 / 1500, write: 1 / 3000, short: 1 / 3000, failing: 1 / 3000 } : {}
    for (const id of voters) {
      const driftPpm = (random.next() - 0.5) * 2 * MAX_DRIFT_PPM
      const world = {
        scheduler: this.scheduler,
        network: this.network,
        judge: this.judge,
        serverOf: (peer: number) => this.#serverOf(peer),
      }
      const server = new SimServer(id, voters, options, world, seed, { faults, driftPpm })
      this.servers.push(server)
    }
    for (let i = 3 + random.below(3); i > 0; i--) this.#addClient(`client ${i}`, ...this.#mannersOf(character, i === 1, random))
    this.#fates = new Fates(this, random, character)
  }

  // Which servers a client knows, and what it is like.
  #mannersOf({ quiet, readers }: Character, first: boolean, random: Random): [servers: readonly SimServer[], manners: ClientManners] {
    const one = this.servers[random.below(this.servers.length)] as SimServer
    const servers = random.below(4) === 0 || (quiet && !first) ? [one] : this.servers
    const paceMs = PACES_MS[random.below(PACES_MS.length)] as number
    const manners: readonly ClientManners[] = [
      { paceMs: IDLE_PACE_MS, reads: 'sometimes', shy: quiet },
      { paceMs, reads: 'only' },
      { paceMs, reads: 'only after sync' },
      { paceMs, reads: 'sometimes' },
    ]
    const usual = Math.min(random.below(6), 3)
    const drawn = quiet ? 0 : 1 + random.below(2)
    return [servers, manners[(quiet || readers) && !first ? drawn : usual] as ClientManners]
  }

  #addClient(name: string, servers: readonly SimServer[], manners: ClientManners): SimClient {
    const world = { scheduler: this.scheduler, judge: this.judge, servers, allServers: this.servers }
    const random = new SeededRandom(this.seed * 31 + this.clients.length + 1)
    const timeoutMs = LONGEST_TIMEOUT_MS - random.below(3) * 300
    const client = new SimClient(name, world, random, { timeoutMs, electionMs: E, heartbeatMs: H, ...manners })
    this.clients.push(client)
    return client
  }

  // Somebody at each server, who must be served now.
  #addProbes(): void {
    for (const server of this.servers)
      if (!server.rotten) this.#addClient(`probe ${server.id}`, [server], { paceMs: PROBE_PACE_MS, reads: 'sometimes' }).start()
  }

  /** Throws a Violation if something that must hold does not. */
  live(): LifeResult {
    for (const server of this.servers) server.start()
    for (const client of this.clients) client.start()
    this.#fates.begin()
    this.scheduler.runUntil(this.#troubleMs)
    this.#fates.end()
    this.#addProbes()
    this.scheduler.runUntil(this.#troubleMs + HEALED_MS)
    for (const client of this.clients) client.calm()
    this.scheduler.runUntil(this.#troubleMs + HEALED_MS + CALM_MS)
    this.#checkClients()
    this.#checkServers()
    const { impossible, undecided } = this.judge.registers.check()
    if (impossible !== null) this.judge.fail(`what clients saw of ${impossible} could not have happened one after the other`)
    if (undecided > 0) this.judge.saw('register left undecided')
    const { entries, seen, fingerprint } = this.judge
    return { seed: this.seed, entries, seen, fingerprint, steps: this.scheduler.steps }
  }

  #checkClients(): void {
    for (const client of this.clients) {
      if (!client.attached) this.judge.fail(`${client.name} has no session, long after all is well`)
      if (client.unanswered > 1) this.judge.fail(`${client.name} still waits for ${client.unanswered} answers, long after all is well`)
    }
  }

  #checkServers(): void {
    for (const server of this.servers) server.checkState()
    const running = this.servers.filter(({ damaged }) => !damaged)
    const digests = running.map(({ id, replica }) => {
      if (replica === null) return this.judge.fail(`server ${id} does not run at the end`)
      if (!replica.serving) this.judge.fail(`server ${id} does not serve at the end`)
      if (replica.outstanding > 0) this.judge.fail(`server ${id} still has ${replica.outstanding} requests in work`)
      return `${replica.appliedIndex}:${replica.tree.lastZxid}:${replica.tree.digest()}`
    })
    if (new Set(digests).size !== 1) this.judge.fail(`the states differ: ${digests.join(' ')}`)
    const tree = running[0]?.replica?.tree
    if (tree === undefined) return
    if (tree.lastZxid !== this.judge.lastZxid) this.judge.fail('something that was applied is not there at the end')
    const difference = this.judge.reference.difference(tree)
    if (difference !== null) this.judge.fail(`the state at the end is not that of the model: ${difference}`)
    this.#checkSessions(running)
  }

  // A session of which nothing is heard ends, and those of clients that are here do not.
  #checkSessions(running: readonly SimServer[]): void {
    const leader = running.find(({ replica }) => replica?.role === 'leader')?.replica
    if (leader === null || leader === undefined) {
      this.judge.fail('nobody leads at the end')
    }
    const tracked = new Map([...leader.trackedSessions].map((one) => [one.state, one]))
    const left = new Set<string>()
    for (const state of leader.tree.sessions.values()) {
      const id = hex(state.hi, state.lo)
      left.add(id)
      const one = tracked.get(state)
      if (one === undefined) this.judge.fail(`nobody watches over session ${id}`)
      const overdueMs = leader.nowMs - one.lastHeardMs - state.timeoutMs
      if (overdueMs > EXPIRY_SLACK_MS) this.judge.fail(`session ${id} should have ended ${overdueMs} ms ago`)
    }
    for (const { name, sessionId } of this.clients) {
      if (sessionId !== '' && !left.has(sessionId)) this.judge.fail(`the session ${sessionId} of ${name} is not there at the end`)
    }
  }

  #serverOf(id: number): SimServer {
    const server = this.servers[id - 1]
    if (server === undefined) throw new Error(`no server ${id}`)
    return server
  }
}

function limitsOf({ smallAppends }: Character, smallLogs: boolean): Partial<RaftLimits> {
  return {
    ...(smallLogs ? { retainBytes: 4 << 10, retainForPeersBytes: 64 << 10 } : {}),
    ...(smallAppends ? { maxAppendBytes: SMALL_APPEND_BYTES } : {}),
  }
}

export function live(options: LifeOptions): LifeResult {
  return new World(options).live()
}
