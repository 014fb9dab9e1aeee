// recipes: a set of items, spread over the members of a group: each item worked on by one of them at a time.

import type { CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { NodeCache } from '../cache/node-cache.ts'
import type { Membership } from '../group.ts'
import { Group } from '../group.ts'
import { LeaderElection } from '../leader-election.ts'
import { callOptions, orAbort, sharedController } from '../support/abort.ts'
import { startWithin, waitWithin } from '../support/call-bounds.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { CleanUp } from '../support/clean-up.ts'
import type { LostReason } from '../support/hold-model.ts'
import type { OnTaken } from '../support/named-node.ts'
import { requireDuration, requireName, requirePath } from '../support/options.ts'
import { childPath } from '../support/own-node.ts'
import { MAX_REQUEST_BYTES } from '../support/request-limit.ts'
import type { Assignment } from './assignment.ts'
import { assignmentBytes, decodeAssignment, NOTHING } from './assignment.ts'
import type { Partition } from './jobs.ts'
import { Jobs } from './jobs.ts'
import { Spreader } from './spreader.ts'

/** Options of a {@link Partitioner}. */
export interface PartitionerOptions {
  /**
   * What is to be spread: 1 to 10,000 names of 1 to 200 characters without a slash. The same everywhere: the leader's count. Each with its member's name must fit
   * into one znode of 1 MB: 10,000 items of 60 bytes among members of 30, for example.
   */
  readonly items: readonly string[]
  /** This member's name, 1 to 200 characters without a slash; no two members may have the same. */
  readonly name: string
  /**
   * Works on an item until `partition.signal` aborts. Nobody else gets the item before it has settled, unless the session ends. When it throws it is called again
   * after a pause; when it returns early the item stays this member's all the same.
   */
  readonly work: (partition: Partition) => Promise<void> | void
  /** What to do when another session has the name; as of {@link Group.join}. Default `wait`. */
  readonly onTaken?: OnTaken
  /** How long the leader waits for further members to come or go before it spreads anew, in milliseconds, 0 to 2^31 - 1. Default 200. */
  readonly settleMs?: number
  /** Called with what `work` threw, and with other errors that no caller waits for. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** The distribution that is in force. */
export interface Distribution {
  readonly generation: number
  /** Member by item. */
  readonly owners: ReadonlyMap<string, string>
}

//   <path>/members/<name>   the group          leader: who is there -> <path>/assignment (JSON, generation + 1), guarded by its leadership
//   <path>/leader/...       the election       member: assigned to me -> queue for <path>/items/<item>, work while it is held
//   <path>/items/<item>/... a lock each                not any more   -> signal, wait for `work`, give the lock back: then the next one has it

/**
 * Spreads items evenly over whoever takes part, and moves as few of them as must be when somebody comes or goes. An item changes hands only after its owner's
 * work on it has settled, or its session has ended.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Partitioner } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using partitioner = new Partitioner(client, '/partitions/feeds', {
 *   items: ['north', 'east', 'south', 'west'],
 *   name: 'host-7',
 *   work: async ({ item, signal, grant }) => {
 *     while (!signal.aborted) await grant.guard([{ type: 'setData', path: `/feeds/${item}`, data: `${grant.token}` }])
 *   },
 * })
 * await partitioner.start()
 * console.log(partitioner.owned)
 * ```
 */
export class Partitioner implements AsyncDisposable {
  readonly path: string
  readonly #options: PartitionerOptions
  readonly #cleanUp: CleanUp
  readonly #group: Group
  readonly #election: LeaderElection
  readonly #cache: NodeCache
  readonly #spreader: Spreader
  readonly #jobs: Jobs
  readonly #closed = sharedController()
  readonly #running: Promise<unknown>[] = []
  #membership: Membership | null = null
  #starting: Promise<void> | undefined = undefined
  #closing: Promise<void> | undefined = undefined

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: PartitionerOptions) {
    this.path = requirePath('path', path)
    requireName('name', options.name)
    if (options.items.length < 1 || options.items.length > 10_000) {
      throw new ZoariumError('ERR_CONFIG', `items: expected 1 to 10,000 of them, got ${options.items.length}`)
    }
    for (const item of options.items) requireName('items', item)
    const bytes = assignmentBytes(options.items, options.name)
    if (bytes > MAX_REQUEST_BYTES) {
      const what = 'items and name: expected an assignment of at most'
      throw new ZoariumError('ERR_CONFIG', `${what} ${MAX_REQUEST_BYTES} bytes, which is one znode, got names that take ${bytes}`)
    }
    const settleMs = requireDuration('settleMs', options.settleMs) ?? 200
    this.#options = options
    this.#cleanUp = new CleanUp(client, options.onError)
    const shared = options.onError === undefined ? {} : { onError: options.onError }
    this.#group = new Group(client, childPath(path, 'members'), shared)
    this.#election = new LeaderElection(client, childPath(path, 'leader'), { ...shared, data: options.name })
    this.#cache = new NodeCache(client, childPath(path, 'assignment'), shared)
    const inForce = (): Assignment => this.#jobs.assignment
    this.#spreader = new Spreader(client, this.#group, { items: options.items, path: this.#cache.path, settleMs, inForce })
    const work = (partition: Partition): Promise<void> | void => options.work(partition)
    this.#jobs = new Jobs(client, { ...shared, path, name: options.name, work }, this.#cleanUp)
  }

  /** Items that this member owns now, in order. */
  get owned(): string[] {
    return this.#jobs.owned
  }

  /** The distribution as far as it is known here. */
  get distribution(): Distribution {
    const { generation, owners } = this.#jobs.assignment
    return { generation, owners: new Map(Object.entries(owners)) }
  }

  /** Aborts when it has ended: closed (`ERR_CLOSED`), or because another process took the name or the client was closed (`ERR_LOST`). */
  get signal(): AbortSignal {
    return this.#closed.signal
  }

  /**
   * Takes part from now on; resolves when this member is in the group. It joins again by itself after the end of a session.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `NODE_EXISTS` (the name is taken and `onTaken` is `reject`, or it is used twice through one client), `ERR_CLOSED`, or with what the
   * servers refuse; the partitioner is then closed.
   */
  start(options: CallOptions = {}): Promise<void> {
    return startWithin(
      options,
      () => `start of partitioner ${this.path}`,
      (call) => orAbort((this.#starting ??= this.#start(call)), call.signal),
    )
  }

  /** Gives up every item, waits until `work` has settled for each, and leaves. Idempotent. `signal` and `timeoutMs` end the waiting only. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing partitioner ${this.path}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #start({ signal }: CallOptions): Promise<void> {
    const options = callOptions(signal)
    try {
      this.#closed.signal.throwIfAborted()
      const joining = { ...options, onTaken: this.#options.onTaken ?? 'wait' }
      this.#membership = await this.#group.join(this.#options.name, null, joining)
      await this.#cache.start(options)
    } catch (error) {
      void this.close().catch((failure: unknown) => this.#cleanUp.report(failure))
      throw error
    }
    void this.#membership.ended.then((reason) => this.#membershipEnded(reason))
    this.#running.push(
      this.#follow(),
      // It survives everything but what cannot be cured: then others lead.
      this.#election.run((leadership) => this.#spreader.lead(leadership)).catch((error: unknown) => this.#failed(error)),
    )
  }

  #end(reason: ZoariumError): void {
    if (!this.#closed.signal.aborted) this.#closed.abort(reason)
  }

  /** Another process took the name, or the client was closed. */
  #membershipEnded(reason: LostReason): void {
    this.#leaveBecause(new ZoariumError('ERR_LOST', `partitioner ${this.path} (${reason})`, { path: this.path }))
  }

  #leaveBecause(reason: ZoariumError): void {
    this.#end(reason)
    this.close().catch((error: unknown) => this.#cleanUp.report(error))
  }

  async #close(): Promise<void> {
    this.#end(new ZoariumError('ERR_CLOSED', `partitioner ${this.path}`, { path: this.path }))
    await this.#jobs.stop()
    await Promise.all([this.#election.close(), this.#group.close(), this.#cache.close()])
    await Promise.allSettled(this.#running)
    await this.#cleanUp.bounded(this.#cleanUp.settled())
  }

  /** As a member: does what the assignment says. */
  async #follow(): Promise<void> {
    try {
      for await (const change of this.#cache.changes({ signal: this.#closed.signal })) {
        if (change.type === 'synced' || change.type === 'removed') continue
        const assignment = decodeAssignment(change.node.data)
        // Deleted or spoilt by hand it says nothing: what was given stays given until the leader writes it anew.
        if (assignment !== NOTHING) this.#jobs.follow(assignment)
      }
    } catch (error) {
      this.#failed(error)
      // Whoever does not hear what is assigned must not stay where it would be assigned something.
      this.#leaveBecause(
        new ZoariumError('ERR_LOST', `partitioner ${this.path}: the assignment cannot be followed`, { path: this.path, cause: error }),
      )
    }
  }

  /** Something that should go on for ever has ended. */
  #failed(error: unknown): void {
    if (!this.#closed.signal.aborted && !ZoariumError.is(error, 'ERR_CLOSED')) this.#cleanUp.report(error)
  }
}
