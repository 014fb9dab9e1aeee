// recipes: leader election: candidates stand in a queue, the first one leads, under an epoch that only grows.

import type { CallOptions, Client, Stat } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { backOffMs, callOptions, linkAbort, sleep } from './support/abort.ts'
import type { SignalOptions } from './support/call-bounds.ts'
import { withinTime } from './support/call-bounds.ts'
import { safeHandler } from './support/clean-up.ts'
import type { Contestant, ContestOptions, Entry } from './support/contest.ts'
import { Contest } from './support/contest.ts'
import { Damper } from './support/damper.ts'
import type { Grant, NodeGrant } from './support/grant.ts'
import { handOver } from './support/hand-over.ts'
import { readHead, watchHead } from './support/head-watch.ts'
import type { ChangeIterator } from './support/iterate.ts'
import { iterate } from './support/iterate.ts'
import { requireCount, requireDuration } from './support/options.ts'
import { isTransient } from './support/outcome.ts'
import { StandingCandidacy } from './support/standing-candidacy.ts'
import { candidateRule } from './support/succession.ts'

const MAX_PRIORITY = 99

/** Options of a {@link LeaderElection}. */
export interface LeaderElectionOptions extends ContestOptions {
  /** What others see of this candidate: an address, an id. Default: empty. */
  readonly data?: Uint8Array | string
  /**
   * How long {@link LeaderElection.run} stays out after a term in which `fn` returned or failed, in milliseconds. 0 to 2^31 - 1, default 0.
   */
  readonly coolDownMs?: number
  /**
   * Who of those that wait leads next: the highest priority, and among equals who came first. A leader stays leader whoever comes. 0 to 99,
   * default 0. All candidates of a path should use a version of this package that knows priorities.
   */
  readonly priority?: number
}

/** Options of {@link Leadership.handOver}. */
export interface HandOverOptions extends CallOptions {
  /** How long the successor may take, in milliseconds. 0 to 2^31 - 1, default 10,000. */
  readonly timeoutMs?: number
}

/** A standing candidacy: {@link LeaderElection.stand}. */
export interface Candidacy extends AsyncDisposable {
  /** The leadership while it leads, else `null`: also during a pause of `onSuspended: 'pause'`. */
  readonly leadership: Leadership | null
  /** Whether it leads now; asks the clock, too. */
  readonly isLeader: boolean
  /** Resolves with the leadership as soon as it leads (and is not paused). Rejects with `signal.reason`, `ERR_TIMEOUT`, or with what ended the candidacy. */
  elected(options?: CallOptions): Promise<Leadership>
  /** Resolves with what ended the candidacy, never rejects: `undefined` after {@link withdraw}, else what repeating cannot cure. */
  readonly ended: Promise<unknown>
  /** Steps down if it leads, and stands no more. Idempotent. `signal` and `timeoutMs` end the waiting only. */
  withdraw(options?: CallOptions): Promise<void>
}

/** Options of {@link LeaderElection.campaign}. */
export interface CampaignOptions extends CallOptions {
  /** One deadline for everything, as of {@link AcquireOptions.timeoutMs}. */
  readonly timeoutMs?: number
  /** Instead of the election's data. */
  readonly data?: Uint8Array | string
}

/** Options of {@link LeaderElection.run}. */
export interface RunOptions extends SignalOptions {
  /** Called with what `fn` threw and with what ended a term or a campaign, before the next one. Default: the election's `onError`. */
  readonly onError?: (error: unknown) => void
}

/** A leadership that is held. */
export interface Leadership extends Grant {
  /** The number of this term of office, equal to {@link Grant.token}: larger than that of every leader before, ever. */
  readonly epoch: bigint
  /** Changes what others see of the leader. Rejects as {@link Grant.guard} does, past `timeoutMs`, too. */
  proclaim(data: Uint8Array | string, options?: CallOptions): Promise<void>
  /**
   * Makes another candidate the leader, past all that wait before it, with no vacancy in between; resolves when it is. `to`: a participant, or
   * the data of one. This leadership is then over (`released`).
   *
   * Rejects with `ERR_CONFLICT` if nobody waits under that name or another hand-over is under way, `ERR_TIMEOUT` if the successor does not take over in time, `signal.reason`;
   * the leadership then goes on. `ERR_LOST` when it is gone. To know which, it asks the servers when its time is up: without a connection it waits for them until
   * the session's deadline, and not for ever.
   */
  handOver(to: Participant | string, options?: HandOverOptions): Promise<void>
  /** Steps down; the same as {@link Grant.release}. */
  resign(options?: CallOptions): Promise<void>
}

/** A candidate as others see it. */
export interface Participant {
  readonly path: string
  readonly data: Buffer | null
  /** The epoch of its leadership, present or to come. */
  readonly epoch: bigint
  readonly sessionId: bigint
  /** Since when it stands: wall-clock milliseconds since 1970, by the ensemble's clock. */
  readonly sinceMs: number
  readonly stat: Stat
}

/** Who leads now; `undefined` during a vacancy. */
export interface LeaderChange {
  readonly leader: Participant | undefined
  /** The leader's epoch, `null` during a vacancy. */
  readonly epoch: bigint | null
}

/**
 * Elects one leader among all processes that campaign at the same path; the others wait in the order in which they came. A leader is told
 * only after the server it is connected to has caught up with the ensemble, and after that server confirmed its own znode, owned by its session.
 *
 * As with locks, only {@link Grant.guard} and {@link Leadership.epoch} keep a leader harmless that was paused and does not know yet that it
 * was replaced.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { LeaderElection } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using election = new LeaderElection(client, '/election/scheduler', { data: '10.0.0.7:8080' })
 * const leadership = await election.campaign()
 * await leadership.guard([{ type: 'create', path: `/schedule/epoch-${leadership.epoch}` }])
 * await leadership.resign()
 * ```
 */
export class LeaderElection implements AsyncDisposable {
  readonly #contest: Contest
  readonly #data: Uint8Array | string
  readonly #coolDownMs: number
  readonly #priority: number

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: LeaderElectionOptions = {}) {
    this.#priority = requireCount('priority', options.priority ?? 0, 0, MAX_PRIORITY)
    this.#contest = new Contest(client, path, { rule: candidateRule(this.#priority), noun: 'leadership', sync: true }, options)
    this.#data = options.data ?? ''
    this.#coolDownMs = requireDuration('coolDownMs', options.coolDownMs) ?? 0
  }

  /** The folder of the candidates. */
  get path(): string {
    return this.#contest.path
  }

  /**
   * Stands as a candidate until elected. Rejects as {@link Mutex.acquire} does, and is then no candidate any more.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { LeaderElection } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const election = new LeaderElection(client, '/election/scheduler')
   * await using leadership = await election.campaign({ data: 'host-7' })
   * console.log(`leading under epoch ${leadership.epoch}`)
   * console.log(`it ended: ${await leadership.lost}`)
   * ```
   */
  async campaign(options: CampaignOptions = {}): Promise<Leadership> {
    const grant = await this.#contest.enter(this.#entry(options))
    if (grant === null) throw new ZoariumError('ERR_TIMEOUT', `leadership ${this.path}`, { path: this.path })
    return this.#leadership(grant)
  }

  /**
   * Campaigns and leads for ever: each time elected, calls `fn`; steps down when `fn` has settled, never while it runs; then campaigns
   * again. A term that is lost aborts the leadership's signal, and `fn` must end; the next campaign begins after it did.
   *
   * Survives what `fn` throws, lost terms and lost connections; they go to `onError`. Terms that fail one after the other are paused between, up to 5 s. Ends by rejecting only: with `signal.reason`, with
   * `ERR_CLOSED`, or with what repeating cannot cure (`NO_AUTH`). Never ends silently.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { LeaderElection } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const election = new LeaderElection(client, '/election/scheduler')
   * const stop = new AbortController()
   * process.once('SIGTERM', () => stop.abort())
   * await election.run(
   *   async (leadership) => {
   *     while (!leadership.signal.aborted) {
   *       await leadership.guard([{ type: 'setData', path: '/schedule', data: `${Date.now()}` }])
   *     }
   *   },
   *   { signal: stop.signal },
   * )
   * ```
   */
  run(fn: (leadership: Leadership) => Promise<void> | void, options: RunOptions = {}): Promise<never> {
    return this.#contest.track(this.#run(fn, options))
  }

  /**
   * Stands as a candidate until it withdraws: leads whenever elected, stands again after a term that was lost or resigned. For those who ask
   * "do I lead?" now and then instead of running a function. Errors go as those of {@link run}.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { LeaderElection } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using candidacy = new LeaderElection(client, '/election/scheduler').stand()
   * await candidacy.elected({ signal: AbortSignal.timeout(10_000) })
   * setInterval(() => {
   *   if (candidacy.isLeader) console.log(`leading under epoch ${candidacy.leadership?.epoch}`)
   * }, 1_000)
   * ```
   */
  stand(options: RunOptions = {}): Candidacy {
    return new StandingCandidacy((fn, signal) => this.run(fn, { ...options, signal }), options.signal)
  }

  /**
   * Who leads now, or `undefined`. Somebody who has just come to the head of the queue counts as leader, also in the moment before it
   * knows.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { LeaderElection } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const leader = await new LeaderElection(client, '/election/scheduler').leader()
   * console.log(leader?.data?.toString() ?? 'vacant')
   * ```
   */
  leader(options: CallOptions = {}): Promise<Participant | undefined> {
    return withinTime(
      options,
      () => `leader of ${this.path}`,
      async (call) => {
        const head = await readHead(this.#contest, call)
        return head === null ? undefined : participant(head)
      },
    )
  }

  /**
   * All candidates, the leader first.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { LeaderElection } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * for (const { epoch, data } of await new LeaderElection(client, '/election/scheduler').participants()) console.log(epoch, `${data}`)
   * ```
   */
  participants(options: CallOptions = {}): Promise<Participant[]> {
    return withinTime(
      options,
      () => `candidates of ${this.path}`,
      async (call) => (await this.#contest.contestants(call)).map(participant),
    )
  }

  /**
   * Yields who leads, now and at each change: another leader, the same one under another epoch, other data, or a vacancy. What changes
   * faster than the loop runs is skipped; the last state is never skipped. Goes on over lost connections and sessions. Ends with the
   * loop, or by rejecting with `signal.reason` or `ERR_CLOSED`.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { LeaderElection } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * for await (const { leader, epoch } of new LeaderElection(client, '/election/scheduler').observe()) {
   *   console.log(leader === undefined ? 'vacant' : `epoch ${epoch}: ${leader.data}`)
   * }
   * ```
   */
  observe(options: SignalOptions = {}): ChangeIterator<LeaderChange> {
    return iterate([options.signal, this.#contest.closed], (signal) => this.#observe(signal))
  }

  /** Ends every campaign and leadership of this object as {@link Mutex.close} does. Idempotent. The client stays open. */
  close(options: CallOptions = {}): Promise<void> {
    return this.#contest.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async *#observe(signal: AbortSignal): AsyncGenerator<LeaderChange, undefined, undefined> {
    let highest = -1n
    let vacant = false
    for await (const head of watchHead(this.#contest, signal)) {
      // Somebody went ahead of this one and is gone: it takes its place anew, under a higher epoch, before it leads.
      const leads = head !== null && head.stat.czxid >= highest
      if (leads) {
        highest = head.stat.czxid
        yield { leader: participant(head), epoch: highest }
      } else if (!vacant) yield { leader: undefined, epoch: null }
      vacant = !leads
    }
  }

  async #run(fn: (leadership: Leadership) => Promise<void> | void, options: RunOptions): Promise<never> {
    const { signal } = options
    const onError = options.onError === undefined ? this.#contest.cleanUp.report : safeHandler(options.onError)
    const { controller, unlink } = linkAbort(signal, this.#contest.closed)
    const stop = controller.signal
    // Terms that fail as soon as they begin.
    const terms = new Damper()
    try {
      for (let failures = 0; ; ) {
        let elected = false
        try {
          await this.#contest.hold(this.#entry(callOptions(signal)), (grant) => {
            elected = true
            failures = 0
            return fn(this.#leadership(grant))
          })
        } catch (error) {
          if (stop.aborted) throw stop.reason
          if (!elected && !isTransient(error)) throw error
          onError(error)
          await sleep(backOffMs(failures++) + (elected ? terms.pauseMs() : 0), stop)
        }
        if (elected && this.#coolDownMs > 0) await sleep(this.#coolDownMs, stop)
        stop.throwIfAborted()
      }
    } finally {
      unlink()
    }
  }

  #entry(options: CampaignOptions): Entry {
    const { signal, timeoutMs, data = this.#data } = options
    const entry = { data, timeoutMs, succession: true }
    return signal === undefined ? entry : { ...entry, signal }
  }

  #leadership(grant: NodeGrant): Leadership {
    return Object.assign(grant, {
      epoch: grant.token,
      proclaim: async (data: Uint8Array | string, options: CallOptions = {}): Promise<void> => {
        await grant.guard([{ type: 'setData', path: grant.path, data }], options)
      },
      handOver: (to: Participant | string, options: HandOverOptions = {}): Promise<void> =>
        this.#contest.track(handOver(this.#contest, grant, to, options)),
      resign: (options: CallOptions = {}): Promise<void> => grant.release(options),
    })
  }
}

function participant({ path, data, stat }: Contestant): Participant {
  return { path, data, epoch: stat.czxid, sessionId: stat.ephemeralOwner, sinceMs: stat.ctimeMs, stat }
}
