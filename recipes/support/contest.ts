// recipes: a folder in which contenders stand, seen from one recipe object: entering, looking, and closing with nothing left behind.

import type { Acl, CallOptions, Client, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { Attempt } from './attempt.ts'
import { waitWithin } from './call-bounds.ts'
import type { BackgroundErrorHandler } from './clean-up.ts'
import { CleanUp } from './clean-up.ts'
import type { OnSessionLoss, Settle, Turn } from './contender.ts'
import { contend } from './contender.ts'
import { countWait } from './count-wait.ts'
import type { Grant, GrantParts } from './grant.ts'
import { NodeGrant } from './grant.ts'
import type { OnSuspended } from './hold-model.ts'
import { ON_SUSPENDED } from './hold-model.ts'
import { requireOneOf, requirePath, requireTimeout } from './options.ts'
import { childPath } from './own-node.ts'
import type { QueuedName } from './queue-place.ts'
import { entriesOf } from './queue-place.ts'
import type { QueueRule } from './queue-rule.ts'
import { runHeld } from './run-held.ts'
import { heldInScope, inScope } from './scope.ts'
import { Succession } from './succession.ts'

/** Options that every recipe with contenders takes. */
export interface ContestOptions {
  /**
   * What the loss of the place does to somebody who waits, be it by the end of the session or because somebody deleted the znode: a new
   * place at the end of the queue (`requeue`, the default; counted in `requeued`), or the rejection of the wait with `ERR_LOST` or
   * `SESSION_EXPIRED` (`reject`).
   */
  readonly onSessionLoss?: OnSessionLoss
  /**
   * What a disconnection does to a holder: nothing until the deadline of the session (`keepUntilDeadline`, the default); a pause until the connection is back
   * (`pause`: {@link Grant.isHeld} is false, {@link Grant.activeSignal} aborts, the place is kept), at most until the deadline; or the loss at once (`stepDown`).
   */
  readonly onSuspended?: OnSuspended
  /** Called when somebody who waits lost the place and took a new one, with how often that happened in this wait. */
  readonly onRequeued?: (count: number) => void
  /** Access control list of the contenders' znodes; every contender must be allowed to read them. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Called with errors that no caller waits for (of background clean-up, of callbacks). Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** What a recipe adds. */
export interface ContestKind {
  /** Names and order of the contenders, if an entry does not say otherwise. */
  readonly rule: QueueRule
  /** What is contended for, for error messages: `lock`. */
  readonly noun: string
  readonly sync: boolean
  /** Whether a task that holds it and asks for it again would wait for itself. Default true. */
  readonly exclusive?: boolean
  /** Makes the folder when it is missing. Default: as a container. */
  readonly makeFolder?: (attempt: Attempt) => Promise<void>
}

/** How a function holds what it runs under. */
export interface HowToHold {
  /** The task, `null` if the scope of the function is of no interest. */
  readonly owner: string | null
  /** What is held, for `covers`. Default: the noun. */
  readonly mode?: string
  /** Whether what an outer function holds is enough for this one; `null`: never. */
  readonly covers: ((mode: string) => boolean) | null
}

const NOT_REENTRANT: HowToHold = { owner: null, covers: null }

/** One entry into the queue. */
export interface Entry extends Pick<CallOptions, 'signal'> {
  /** 0: only if it is free. */
  readonly timeoutMs?: number | undefined
  readonly data: Uint8Array | string | null
  /** Instead of the contest's. */
  readonly rule?: QueueRule
  /** Whether the contender takes and makes offers to go ahead out of turn. Default false. */
  readonly succession?: boolean
  /** See {@link Contender}. */
  readonly settle?: Settle
  /** See {@link GrantParts}. */
  readonly token?: bigint
  readonly checks?: readonly string[]
  readonly onData?: (data: Buffer | null) => boolean
}

/** A contender as anybody can see it. */
export interface Contestant {
  readonly path: string
  readonly stat: Stat
  readonly data: Buffer | null
}

/** Own znodes of the grants that are held through a client: a queue whose head is among them waits for its own process. */
const HELD = new WeakMap<Client, Set<string>>()

/** The contenders of one folder. */
export class Contest {
  readonly client: Client
  readonly path: string
  readonly cleanUp: CleanUp
  readonly #kind: ContestKind
  readonly #options: ContestOptions
  readonly #closed: AbortController = new AbortController()
  readonly #grants: Set<NodeGrant> = new Set()
  readonly #busy: Set<Promise<unknown>> = new Set()
  #closing: Promise<void> | undefined = undefined

  constructor(client: Client, path: string, kind: ContestKind, options: ContestOptions) {
    this.client = client
    this.path = requirePath('path', path)
    this.#kind = kind
    requireOneOf('onSessionLoss', options.onSessionLoss, ['requeue', 'reject'], 'requeue')
    requireOneOf('onSuspended', options.onSuspended, ON_SUSPENDED, 'keepUntilDeadline')
    this.#options = options
    this.cleanUp = new CleanUp(client, options.onError)
  }

  /** The access list of the contenders' znodes, if there is one. */
  get acl(): readonly Acl[] | undefined {
    return this.#options.acl
  }

  /** The part of a contender with `data` in going ahead out of turn. */
  succession(data: Uint8Array | string | null): Succession {
    return new Succession({ client: this.client, cleanUp: this.cleanUp, parent: this.path, data, acl: this.acl })
  }

  /** Aborts when `close` is called. */
  get closed(): AbortSignal {
    return this.#closed.signal
  }

  get #what(): string {
    return `${this.#kind.noun} ${this.path}`
  }

  /** Waits for the turn; `null` only with a timeout of 0, when somebody else is first. */
  enter(entry: Entry): Promise<NodeGrant | null> {
    return this.track(this.#enter(entry, false))
  }

  /** The grant for a turn that came in another way: by a znode that took the place of one that was held. */
  granted(turn: Turn, entry: Entry, parts: { readonly token: bigint }): NodeGrant {
    if (this.closed.aborted) {
      this.cleanUp.discard(turn.node)
      throw this.closed.reason
    }
    return this.#grant(turn, { ...entry, ...parts }, false)
  }

  /**
   * Waits for the turn, calls `work` with the grant, and gives it back after `work` has settled, never before: also when the grant is lost
   * meanwhile, `work` learns it from the signal, and nobody else gets the grant from this process's hand while `work` still runs. The
   * entry's signal ends the waiting, and later the grant. A call inside of `work` finds the grant by its scope.
   */
  async hold<T>(entry: Entry, work: (grant: NodeGrant) => Promise<T> | T, how: HowToHold = NOT_REENTRANT): Promise<T> {
    const held = heldInScope(this.client, this.path)
    if (held !== null && how.covers?.(held.mode) === true) {
      await this.#whenHeld(held.grant, entry)
      return await work(held.grant)
    }
    return this.track(this.#hold(entry, work, how))
  }

  /** All contenders, the first in the queue first. One that vanishes while it is read is left out. */
  async contestants(options: CallOptions = {}): Promise<Contestant[]> {
    const names = await this.names(options)
    const read = await Promise.all(names.map((name) => this.read(name, options)))
    return read.filter((one) => one !== null)
  }

  /** The contenders' names, first one first; none when the folder is missing. */
  async names(options: CallOptions = {}): Promise<string[]> {
    return (await this.entries(options)).map(({ name }) => name)
  }

  /** The contenders' names, taken apart, first one first; none when the folder is missing. */
  async entries(options: CallOptions = {}): Promise<QueuedName[]> {
    try {
      const { children } = await this.client.getChildren(this.path, options)
      return entriesOf(children, (name) => this.#kind.rule.parse(name))
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return []
      throw error
    }
  }

  /** One contender, `null` if it is gone. */
  async read(name: string, options: CallOptions = {}): Promise<Contestant | null> {
    const path = childPath(this.path, name)
    try {
      const { data, stat } = await this.client.getData(path, options)
      return { path, stat, data }
    } catch (error) {
      if (ZoariumError.is(error, 'NO_NODE')) return null
      throw error
    }
  }

  /** Lets `close` wait for `work`. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#busy.add(work)
    try {
      return await work
    } finally {
      this.#busy.delete(work)
    }
  }

  /**
   * Ends every wait and every grant, then waits for the functions that still run, and for all clean-up until the session's deadline.
   * Idempotent.
   */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing ${this.#what}`,
      () => (this.#closing ??= this.#close()),
    )
  }

  async #close(): Promise<void> {
    this.#closed.abort(new ZoariumError('ERR_CLOSED', this.#what, { path: this.path }))
    const released = await Promise.allSettled([...this.#grants].map((grant) => grant.close()))
    await Promise.allSettled(this.#busy)
    await this.cleanUp.bounded(this.cleanUp.settled())
    for (const result of released) if (result.status === 'rejected') throw result.reason
  }

  /** For who goes ahead under a grant that is there, and may be paused: bounded as a wait for another one would be. */
  async #whenHeld(grant: Grant, { signal, timeoutMs }: Entry): Promise<void> {
    if (requireTimeout(timeoutMs) === 0 && !grant.isHeld && grant.state !== 'lost') {
      throw new ZoariumError('ERR_TIMEOUT', `${this.#what} (paused)`, { path: this.path })
    }
    await grant.whenHeld({ ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  }

  async #hold<T>(entry: Entry, work: (grant: NodeGrant) => Promise<T> | T, { owner, mode = this.#kind.noun }: HowToHold): Promise<T> {
    const grant = await this.#enter(entry, true)
    if (grant === null) throw new ZoariumError('ERR_TIMEOUT', this.#what, { path: this.path })
    const scope = { client: this.client, path: this.path, mode, grant }
    return runHeld(grant, entry.signal, this.cleanUp.report, () =>
      owner === null ? work(grant) : inScope({ ...scope, owner }, () => work(grant)),
    )
  }

  #enter(entry: Entry, keepNode: boolean): Promise<NodeGrant | null> {
    return countWait(this.client, this.#kind.noun, this.path, () => this.#turn(entry, keepNode))
  }

  async #turn(entry: Entry, keepNode: boolean): Promise<NodeGrant | null> {
    if (this.closed.aborted) throw this.closed.reason
    const wait = requireTimeout(entry.timeoutMs) !== 0
    if (wait && entry.token === undefined && this.#kind.exclusive !== false && heldInScope(this.client, this.path) !== null) {
      throw new ZoariumError('ERR_DEADLOCK', `${this.#what} is held by the calling task itself`, { path: this.path })
    }
    const timeoutMs = wait ? entry.timeoutMs : undefined
    let head = ''
    const attempt = new Attempt({ signal: entry.signal, timeoutMs, closed: this.closed }, () => this.#describe(head))
    try {
      const { onSessionLoss = 'requeue', acl, onRequeued } = this.#options
      const turn = await contend({
        client: this.client,
        cleanUp: this.cleanUp,
        attempt,
        parent: this.path,
        rule: entry.rule ?? this.#kind.rule,
        sync: this.#kind.sync,
        data: entry.data,
        makeFolder: this.#kind.makeFolder,
        succession: entry.succession === true ? this.succession(entry.data) : undefined,
        settle: entry.settle,
        wait,
        acl,
        onSessionLoss,
        onRequeued: (count) => this.#callback(onRequeued, count),
        onHead: (path) => {
          head = path
        },
      })
      if (turn === null) return null
      // The turn came, and before this was told of it the end: whoever ends the grants of this object has not seen one.
      if (attempt.signal.aborted) {
        this.cleanUp.discard(turn.node)
        throw attempt.signal.reason
      }
      return this.#grant(turn, entry, keepNode)
    } finally {
      attempt.end()
    }
  }

  #grant(turn: Turn, entry: Entry, keepNode: boolean): NodeGrant {
    const { onSuspended } = this.#options
    const { token, checks } = entry
    const parts = {
      client: this.client,
      cleanUp: this.cleanUp,
      recipe: this.#kind.noun,
      what: this.#what,
      onSuspended,
      keepNode,
      ...turn,
      token,
      checks,
    }
    const grant = new NodeGrant(entry.onData === undefined ? parts : { ...parts, onData: entry.onData })
    const held = heldThrough(this.client)
    this.#grants.add(grant)
    held.add(grant.path)
    void grant.lost.then(() => {
      this.#grants.delete(grant)
      held.delete(grant.path)
    })
    return grant
  }

  #callback(callback: ((count: number) => void) | undefined, count: number): void {
    try {
      callback?.(count)
    } catch (error) {
      this.cleanUp.report(error)
    }
  }

  /** Why a wait timed out: the commonest riddle is a task that waits for a lock that it holds itself. */
  #describe(head: string): string {
    const own = HELD.get(this.client)?.has(head) === true
    return own ? `${this.#what} (held by this same client: a grant is not re-entrant)` : this.#what
  }
}

/** Own znodes of the grants of all recipe objects of `client`. */
export function heldThrough(client: Client): Set<string> {
  let held = HELD.get(client)
  if (held === undefined) HELD.set(client, (held = new Set()))
  return held
}
