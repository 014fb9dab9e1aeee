// recipes: group membership: who is there, with data, over every session; and everybody who comes, goes or changes.

import type { Acl, CallOptions, Client, PersistentWatch } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { sleep } from './support/abort.ts'
import { Attempt } from './support/attempt.ts'
import type { SignalOptions } from './support/call-bounds.ts'
import { waitWithin, withinTime } from './support/call-bounds.ts'
import type { BackgroundErrorHandler } from './support/clean-up.ts'
import { CleanUp } from './support/clean-up.ts'
import { Damper } from './support/damper.ts'
import type { LostReason } from './support/hold-model.ts'
import type { ChangeIterator } from './support/iterate.ts'
import { iterate } from './support/iterate.ts'
import type { Member, MemberChange } from './support/member-view.ts'
import { groupChanges, memberChanges, readMember, readMembers } from './support/member-view.ts'
import type { MembershipState } from './support/membership.ts'
import { Presence } from './support/membership.ts'
import { takeSlot } from './support/name-slots.ts'
import type { OnTaken } from './support/named-node.ts'
import { requireName, requireOneOf, requirePath, requireTimeout } from './support/options.ts'
import { childPath, nameOf } from './support/own-node.ts'
import { untilDone } from './support/retry.ts'

/** Options of a {@link Group}. */
export interface GroupOptions {
  /** Access control list of the members' znodes. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Called with errors that no caller waits for. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** Options of {@link Group.join}. */
export interface JoinOptions extends CallOptions {
  /** One deadline for joining, in milliseconds from the call. 0 to 2^31 - 1; default: none. The join then rejects with `ERR_TIMEOUT`. */
  readonly timeoutMs?: number
  /**
   * What to do when a znode of that name belongs to another session, which is either another process or this one's before it was started
   * again. `wait` (the default): until it goes, at most a session timeout for a process that died. `replace`: take its place in one
   * transaction; whoever was replaced ends with the reason `revoked`. `reject`: with `NODE_EXISTS`.
   */
  readonly onTaken?: OnTaken
  /** Called after the membership was lost and joined again, with its new generation. */
  readonly onRejoined?: (generation: number) => void
}

/**
 * A membership: stays until it is left, also over the end of sessions.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Group } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using me = await new Group(client, '/groups/workers').join('host-7')
 * await me.setData('busy', { signal: AbortSignal.timeout(5_000) })
 * console.log(me.state, me.generation)
 * ```
 */
export interface Membership extends AsyncDisposable {
  readonly name: string
  readonly path: string
  /** `joined`, `suspended` (disconnected, but surely still a member), `absent` (lost, joining again), or `ended`. */
  readonly state: MembershipState
  /** 1 after joining, one more each time it had to join again. */
  readonly generation: number
  /** The zxid of the present generation's joining. */
  readonly token: bigint
  /** Aborts when the membership ends for good. */
  readonly signal: AbortSignal
  /**
   * Resolves with the reason when the membership ended for good: `released` (left), `closed` (the group or the client), `revoked` (another
   * process took the name). Never rejects.
   */
  readonly ended: Promise<LostReason>
  /**
   * Replaces the data that others see. Waits for the connection if there is none, and for joining again. Rejects with `ERR_LOST` or
   * `ERR_NOT_HELD` once the membership ended, or with what the servers refuse. With `signal.reason` or `ERR_TIMEOUT` nobody waits any more: the
   * data is still written as soon as that can be.
   */
  setData(data: Uint8Array | string | null, options?: CallOptions): Promise<void>
  /**
   * Leaves for good; resolves when the znode is gone, or when the session's deadline has passed and the servers see to it. Idempotent;
   * after a rejection it may be called again. `signal` and `timeoutMs` end the waiting only.
   */
  leave(options?: CallOptions): Promise<void>
}

/** The members at one time. */
export interface GroupSnapshot {
  /** The newest change that the snapshot contains. */
  readonly zxid: bigint
  readonly members: ReadonlyMap<string, Member>
}

/** What {@link Group.changes} yields. `synced`: everything was told that happened until now, at first and whenever the connection was lost and is back. */
export type GroupChange = MemberChange | ({ readonly type: 'synced' } & GroupSnapshot)

/** After a gap everybody reads everything again, spread over this time; later after gaps that follow each other. */
const RESYNC_SPREAD_MS = 200

/**
 * A group of processes, each a member under a name of its own.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Group } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using group = new Group(client, '/groups/workers')
 * const me = await group.join('host-7', 'idle')
 * await me.setData('busy')
 * const { members } = await group.members()
 * console.log([...members.keys()])
 * ```
 */
export class Group implements AsyncDisposable {
  readonly path: string
  readonly #client: Client
  readonly #options: GroupOptions
  readonly #cleanUp: CleanUp
  readonly #closed: AbortController = new AbortController()
  readonly #members: Set<Presence> = new Set()
  readonly #joining: Set<Promise<unknown>> = new Set()
  #closing: Promise<void> | undefined = undefined

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path that cannot be. */
  constructor(client: Client, path: string, options: GroupOptions = {}) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#options = options
    this.#cleanUp = new CleanUp(client, options.onError)
  }

  /**
   * Joins under `name` (1 to 200 characters without a slash), with data for the others to see. The membership joins again by itself
   * whenever
   * its session ended or its znode was deleted.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CLOSED`, `NODE_EXISTS` (another session and `onTaken: 'reject'`, or the same name
   * twice through one client), `ERR_CONFIG`, or with what the servers refuse; it is then no member.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Group } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const group = new Group(client, '/groups/workers')
   * const me = await group.join('host-7', JSON.stringify({ port: 8080 }), { timeoutMs: 30_000 })
   * await me.leave()
   * ```
   */
  join(name: string, data: Uint8Array | string | null = null, options: JoinOptions = {}): Promise<Membership> {
    const joining = this.#join(name, data, options)
    this.#joining.add(joining)
    const done = (): void => void this.#joining.delete(joining)
    joining.then(done, done)
    return joining
  }

  /**
   * Who is there now, as the servers know it: without members whose joining is not finished, also oneself.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Group } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const { zxid, members } = await new Group(client, '/groups/workers').members()
   * for (const { name, data, self } of members.values()) console.log(zxid, name, `${data}`, self)
   * ```
   */
  members(options: CallOptions = {}): Promise<GroupSnapshot> {
    return withinTime(
      options,
      () => `members of group ${this.path}`,
      (call) => readMembers(this.#client, this.path, call),
    )
  }

  /**
   * Yields every difference: first a `join` for each member that is there and a `synced` with all of them, then what changes. A member
   * that left and joined again under its name, even while this client was away, is a `leave` and a `join`. Changes of one member that
   * follow each other faster than the loop runs may be merged; the last state is never skipped.
   *
   * Goes on over lost connections and sessions. Ends with the loop, or by rejecting with `signal.reason`, `ERR_CLOSED`, or `UNIMPLEMENTED`
   * on a server without persistent watches (ZooKeeper before 3.6).
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { Group } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * for await (const change of new Group(client, '/groups/workers').changes()) {
   *   if (change.type === 'synced') console.log(`${change.members.size} members`)
   *   else console.log(change.type, change.member.name)
   * }
   * ```
   */
  changes(options: SignalOptions = {}): ChangeIterator<GroupChange> {
    return iterate([options.signal, this.#closed.signal], (signal) => this.#changes(signal))
  }

  /**
   * Leaves with all members that joined through this object (`closed`), and waits for all clean-up, at most until the session's deadline.
   * Idempotent. The client stays open.
   */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing group ${this.path}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ZoariumError('ERR_CLOSED', `group ${this.path}`, { path: this.path }))
    await Promise.allSettled(this.#joining)
    const left = await Promise.allSettled([...this.#members].map((member) => this.#cleanUp.bounded(member.leave('closed'))))
    await this.#cleanUp.bounded(this.#cleanUp.settled())
    for (const result of left) if (result.status === 'rejected') throw result.reason
  }

  async #join(name: string, data: Uint8Array | string | null, options: JoinOptions): Promise<Membership> {
    requireName('name', name)
    const onTaken = requireOneOf('onTaken', options.onTaken, ['wait', 'replace', 'reject'], 'wait')
    const timeoutMs = requireTimeout(options.timeoutMs)
    if (this.#closed.signal.aborted) throw this.#closed.signal.reason
    const path = childPath(this.path, name)
    const attempt = new Attempt({ signal: options.signal, timeoutMs, closed: this.#closed.signal }, () => `joining as ${path}`)
    const { acl } = this.#options
    const presence = new Presence({
      client: this.#client,
      cleanUp: this.#cleanUp,
      parent: this.path,
      path,
      name,
      data,
      acl,
      onTaken,
      onRejoined: options.onRejoined,
    })
    try {
      const free = await takeSlot(this.#client, path, attempt)
      this.#members.add(presence)
      void presence.ended.then(() => free(this.#afterEnd(presence)))
      await presence.start(attempt)
      return this.#membership(presence, name, path)
    } catch (error) {
      // Whoever gives up does not wait for the deletion of what a create on its way still makes.
      this.#cleanUp.track(presence.leave('closed'))
      throw error
    } finally {
      attempt.end()
    }
  }

  /** The deletion was begun by whoever ended the presence, who also hears of its failure. */
  async #afterEnd(presence: Presence): Promise<void> {
    await presence.leave('closed').catch(() => {})
    await this.#cleanUp.settled()
    this.#members.delete(presence)
  }

  async *#changes(signal: AbortSignal): AsyncGenerator<GroupChange, undefined, undefined> {
    const watch = await untilDone(() => this.#client.watch(this.path, { recursive: true, signal }), signal)
    try {
      yield* this.#follow(watch, signal)
    } finally {
      await watch.close()
    }
  }

  async *#follow(watch: PersistentWatch, signal: AbortSignal): AsyncGenerator<GroupChange, undefined, undefined> {
    const known = new Map<string, Member>()
    const gaps = new Damper()
    let newest = yield* this.#resync(known, signal)
    for await (const event of watch) {
      if (event.type === 'gap') {
        await sleep(gaps.pauseMs() + Math.random() * RESYNC_SPREAD_MS, signal)
        newest = yield* this.#resync(known, signal)
      } else if (event.type === 'resumed') {
        // Whatever was missed came before this, and was read.
        yield { type: 'synced', zxid: newest, members: new Map(known) }
      } else if (event.type === 'lost') {
        throw new ZoariumError('ERR_CLOSED', `changes of group ${this.path}`, { path: this.path })
      } else if (event.type !== 'children' && event.path !== this.path) {
        for (const change of await this.#reread(known, nameOf(event.path), event.zxid, signal)) {
          if (change.zxid > newest) newest = change.zxid
          yield change
        }
      }
    }
  }

  async *#resync(known: Map<string, Member>, signal: AbortSignal): AsyncGenerator<GroupChange, bigint, undefined> {
    const { zxid, members } = await untilDone(() => readMembers(this.#client, this.path, { signal }), signal)
    const changes = groupChanges(known, members, this.#client.lastZxid)
    known.clear()
    for (const [name, member] of members) known.set(name, member)
    yield* changes
    yield { type: 'synced', zxid, members }
    return zxid
  }

  /** What an event says is old by now: the truth is read again, so that a stale event can neither remove nor revive a member. */
  async #reread(known: Map<string, Member>, name: string, zxid: bigint | null, signal: AbortSignal): Promise<MemberChange[]> {
    const now = await untilDone(() => readMember(this.#client, this.path, name, { signal }), signal)
    const changes = memberChanges(known.get(name), now, zxid ?? this.#client.lastZxid)
    if (now === null) known.delete(name)
    else known.set(name, now)
    return changes
  }

  #membership(presence: Presence, name: string, path: string): Membership {
    const leave = (options: CallOptions = {}): Promise<void> =>
      waitWithin(
        options,
        () => `leaving ${path}`,
        () => this.#cleanUp.bounded(presence.leave('released')),
      )
    return {
      name,
      path,
      get state(): MembershipState {
        return presence.state
      },
      get generation(): number {
        return presence.generation
      },
      get token(): bigint {
        return presence.token
      },
      signal: presence.signal,
      ended: presence.ended,
      setData: (data, options = {}) => presence.setData(data, options),
      leave,
      [Symbol.asyncDispose]: () => leave(),
    }
  }
}
