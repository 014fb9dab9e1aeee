// recipes: a set of items, spread over the members of a group: each item worked on by one of them at a time.

import type { CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { NodeCache } from '../cache/node-cache.ts'
import type { GroupChange, Membership } from '../group.ts'
import { Group } from '../group.ts'
import type { Leadership } from '../leader-election.ts'
import { LeaderElection } from '../leader-election.ts'
import { Mutex } from '../mutex.ts'
import { backOffMs, orAbort, sharedController, sleep } from '../support/abort.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { CleanUp } from '../support/clean-up.ts'
import type { Grant } from '../support/grant.ts'
import type { LostReason } from '../support/hold-model.ts'
import type { ChangeIterator } from '../support/iterate.ts'
import type { OnTaken } from '../support/named-node.ts'
import { requireDuration, requireName, requirePath } from '../support/options.ts'
import { isTransient } from '../support/outcome.ts'
import { childPath } from '../support/own-node.ts'
import { orMissing } from '../support/retry.ts'
import type { Assignment } from './assignment.ts'
import { decodeAssignment, distribute, encodeAssignment, NOTHING, sameOwners } from './assignment.ts'

/** An item that this member works on. */
export interface Partition {
  readonly item: string
  /** Of the distribution that gave it. */
  readonly generation: number
  /** Aborts when the item is to be given up, or was lost. */
  readonly signal: AbortSignal
  /** The ownership: with a fencing token that rises with every owner of the item, and guarded writes. */
  readonly grant: Grant
}

/** Options of a {@link Partitioner}. */
export interface PartitionerOptions {
  /** What is to be spread: 1 to 10,000 names of 1 to 200 characters without a slash. The same everywhere: the leader's count. */
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

/** An item that is assigned to this member. */
interface Job {
  readonly stop: AbortController
  readonly done: Promise<void>
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
  readonly #client: Client
  readonly #options: PartitionerOptions
  readonly #settleMs: number
  readonly #shared: { readonly onError?: BackgroundErrorHandler }
  readonly #cleanUp: CleanUp
  readonly #group: Group
  readonly #election: LeaderElection
  readonly #cache: NodeCache
  readonly #closed = sharedController()
  readonly #jobs = new Map<string, Job>()
  /** Jobs that were told to stop and whose work has not settled. */
  readonly #stopping = new Map<string, Promise<void>>()
  readonly #owned = new Map<string, Grant>()
  readonly #running: Promise<unknown>[] = []
  #membership: Membership | null = null
  #assignment: Assignment = NOTHING
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
    this.#settleMs = requireDuration('settleMs', options.settleMs) ?? 200
    this.#client = client
    this.#options = options
    this.#cleanUp = new CleanUp(client, options.onError)
    const shared = options.onError === undefined ? {} : { onError: options.onError }
    this.#shared = shared
    this.#group = new Group(client, childPath(path, 'members'), shared)
    this.#election = new LeaderElection(client, childPath(path, 'leader'), { ...shared, data: options.name })
    this.#cache = new NodeCache(client, childPath(path, 'assignment'), shared)
  }

  /** Items that this member owns now, in order. */
  get owned(): string[] {
    return [...this.#owned].flatMap(([item, grant]) => (grant.isHeld ? [item] : [])).sort()
  }

  /** The distribution as far as it is known here. */
  get distribution(): Distribution {
    const { generation, owners } = this.#assignment
    return { generation, owners: new Map(Object.entries(owners)) }
  }

  /** Aborts when it has ended: closed (`ERR_CLOSED`), or because another process took the name or the client was closed (`ERR_LOST`). */
  get signal(): AbortSignal {
    return this.#closed.signal
  }

  /**
   * Takes part from now on; resolves when this member is in the group. It joins again by itself after the end of a session.
   *
   * Rejects with `signal.reason`, `NODE_EXISTS` (the name is taken and `onTaken` is `reject`, or it is used twice through one client), `ERR_CLOSED`, or with what the
   * servers refuse; the partitioner is then closed.
   */
  start(options: CallOptions = {}): Promise<void> {
    this.#starting ??= this.#start(options)
    return this.#starting
  }

  /** Gives up every item, waits until `work` has settled for each, and leaves. Idempotent. */
  close(options: CallOptions = {}): Promise<void> {
    this.#closing ??= this.#close()
    return orAbort(this.#closing, options.signal)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #start(options: CallOptions): Promise<void> {
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
      this.#election.run((leadership) => this.#lead(leadership)).catch((error: unknown) => this.#failed(error)),
    )
  }

  #end(reason: ZoariumError): void {
    if (!this.#closed.signal.aborted) this.#closed.abort(reason)
  }

  /** Another process took the name, or the client was closed. */
  #membershipEnded(reason: LostReason): void {
    this.#end(new ZoariumError('ERR_LOST', `partitioner ${this.path} (${reason})`, { path: this.path }))
    this.close().catch((error: unknown) => this.#cleanUp.report(error))
  }

  async #close(): Promise<void> {
    this.#end(new ZoariumError('ERR_CLOSED', `partitioner ${this.path}`, { path: this.path }))
    for (const item of [...this.#jobs.keys()]) this.#stop(item)
    await Promise.all(this.#stopping.values())
    await Promise.all([this.#election.close(), this.#group.close(), this.#cache.close()])
    await Promise.allSettled(this.#running)
    await this.#cleanUp.bounded(this.#cleanUp.settled())
  }

  /** As the leader: spreads anew whenever members have come or gone. */
  async #lead(leadership: Leadership): Promise<void> {
    const { signal } = leadership
    const changes = this.#group.changes({ signal })
    try {
      await this.#spread(leadership, changes)
    } finally {
      await changes.return()
    }
  }

  /**
   * Who is there is known from the changes alone. A list beside them could show somebody of whom they never tell, because he had left
   * before they came so far: and then nobody would tell of his leaving either.
   */
  async #spread(leadership: Leadership, changes: ChangeIterator<GroupChange>): Promise<void> {
    const present = new Set<string>()
    let isComplete = false
    let isOther = false
    let next = unheard(changes.next())
    for (;;) {
      let come: IteratorResult<GroupChange, undefined> | null = await next
      // Whoever comes or goes until then is reckoned with, too.
      const settled = unheard(sleep(this.#settleMs, leadership.signal).then(() => null))
      for (; come !== null; come = await Promise.race([settled, next])) {
        if (come.done === true) return
        isComplete ||= come.value.type === 'synced'
        isOther = apply(present, come.value) || isOther
        next = unheard(changes.next())
      }
      if (!isComplete || !isOther) continue
      isOther = false
      await this.#publish(leadership, [...present])
    }
  }

  async #publish(leadership: Leadership, members: readonly string[]): Promise<void> {
    const { path } = this.#cache
    for (let round = 0; ; round++) {
      try {
        const found = await orMissing(this.#client.getData(path, { signal: leadership.signal }))
        const before = decodeAssignment(found?.data ?? null)
        const owners = distribute(this.#options.items, members, before.owners)
        if (found !== null && sameOwners(owners, before.owners)) return
        const data = encodeAssignment({ generation: before.generation + 1, owners })
        await leadership.guard([
          found === null ? { type: 'create', path, data } : { type: 'setData', path, data, version: found.stat.version },
        ])
        return
      } catch (error) {
        leadership.signal.throwIfAborted()
        const raced = (['BAD_VERSION', 'NODE_EXISTS', 'NO_NODE'] as const).some((code) => ZoariumError.is(error, code))
        if (!raced && !isTransient(error)) throw error
      }
      await sleep(backOffMs(round), leadership.signal)
    }
  }

  /** As a member: does what the assignment says. */
  async #follow(): Promise<void> {
    try {
      for await (const change of this.#cache.changes({ signal: this.#closed.signal })) {
        if (change.type === 'synced') continue
        if (change.type !== 'removed') this.#assignment = decodeAssignment(change.node.data)
        this.#reconcile()
      }
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Something that should go on for ever has ended. */
  #failed(error: unknown): void {
    if (!this.#closed.signal.aborted && !ZoariumError.is(error, 'ERR_CLOSED')) this.#cleanUp.report(error)
  }

  #reconcile(): void {
    if (this.#closed.signal.aborted) return
    const { owners } = this.#assignment
    for (const item of [...this.#jobs.keys()]) if (owners[item] !== this.#options.name) this.#stop(item)
    for (const [item, owner] of Object.entries(owners)) {
      if (owner === this.#options.name && !this.#jobs.has(item)) this.#begin(item)
    }
  }

  #begin(item: string): void {
    const stop = new AbortController()
    // One that was given up a moment ago has to settle before it begins again.
    const before = this.#stopping.get(item) ?? Promise.resolve()
    this.#jobs.set(item, { stop, done: before.then(() => this.#keep(item, stop.signal)) })
  }

  #stop(item: string): void {
    const job = this.#jobs.get(item)
    if (job === undefined) return
    this.#jobs.delete(item)
    job.stop.abort(new ZoariumError('ERR_NOT_HELD', `partition ${item} of ${this.path} is given to another member`, { path: this.path }))
    const settled: Promise<void> = job.done.finally(() => {
      if (this.#stopping.get(item) === settled) this.#stopping.delete(item)
    })
    this.#stopping.set(item, settled)
  }

  /** Owns the item, again after each loss, until it is told to stop. Never rejects. */
  async #keep(item: string, signal: AbortSignal): Promise<void> {
    const mutex = new Mutex(this.#client, childPath(childPath(this.path, 'items'), item), { ...this.#shared, label: this.#options.name })
    for (let failures = 0; !signal.aborted; ) {
      const sinceMs = performance.now()
      try {
        await mutex.run((grant) => this.#work(item, grant, signal), { signal })
      } catch (error) {
        if (signal.aborted || ZoariumError.is(error, 'ERR_CLOSED')) break
        failures = performance.now() - sinceMs > 10_000 ? 0 : failures + 1
        if (!isTransient(error)) this.#cleanUp.report(error)
        await sleep(backOffMs(failures), signal).catch(() => {})
      }
    }
    await mutex.close().catch((error: unknown) => this.#cleanUp.report(error))
  }

  async #work(item: string, grant: Grant, signal: AbortSignal): Promise<void> {
    this.#owned.set(item, grant)
    try {
      for (let failures = 0; grant.isHeld; failures++) {
        try {
          const { generation } = this.#assignment
          await this.#options.work({ item, generation, signal: grant.signal, grant })
          // What is done stays owned: nobody else has to do it.
          await orAbort(new Promise<never>(() => {}), grant.signal)
        } catch (error) {
          if (!grant.isHeld || signal.aborted) return
          this.#cleanUp.report(error)
          await sleep(backOffMs(failures + 2), grant.signal).catch(() => {})
        }
      }
    } finally {
      if (this.#owned.get(item) === grant) this.#owned.delete(item)
    }
  }
}

/** Brings `present` up to date; whether that matters for who gets what. */
function apply(present: Set<string>, change: GroupChange): boolean {
  switch (change.type) {
    case 'join':
      present.add(change.member.name)
      return true
    case 'leave':
      present.delete(change.member.name)
      return true
    // A former leader may have known others.
    case 'synced':
      return true
    case 'update':
      return false
  }
}

/** A promise that is awaited later: if it fails before, that is no failure that nobody hears of. */
function unheard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
