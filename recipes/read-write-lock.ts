// recipes: the read/write lock: many readers or one writer, first come first served; a writer can become a reader, an upgradeable reader a writer.

import type { CallOptions, Client, Session } from '../core/index.ts'
import { ZoariumError } from '../core/index.ts'
import { linkAbort } from './support/abort.ts'
import { withinTime } from './support/call-bounds.ts'
import type { Entry } from './support/contest.ts'
import { Contest } from './support/contest.ts'
import type { NodeGrant } from './support/grant.ts'
import type { AcquireOptions, LockContender, LockGrant, LockOptions, RunLockedOptions } from './support/lock-entry.ts'
import { lockContender, lockEntry } from './support/lock-entry.ts'
import { decodeLockRecord, encodeLockRecord, ownLockRecord } from './support/lock-record.ts'
import type { OwnNode } from './support/own-node.ts'
import { childPath, nameOf } from './support/own-node.ts'
import { entriesOf, parseName } from './support/queue-place.ts'
import type { QueueRule } from './support/queue-rule.ts'
import type { Access } from './support/read-write-rule.ts'
import { accessRule, firstWriteOf, holdersOf, parseAccess, upgradeRule } from './support/read-write-rule.ts'
import { replaceOwn } from './support/replace-own.ts'
import { currentOwner, ownerOrNew } from './support/scope.ts'

/** Options of a {@link ReadWriteLock}. */
export interface ReadWriteLockOptions extends LockOptions {}

/** A write lock that is held. */
export interface WriteGrant extends LockGrant {
  /**
   * Becomes a reader without letting anybody in between: who waits for the write lock goes on waiting, readers can enter. This grant is then
   * over (`released`); the one that is given back has the same token.
   *
   * Rejects with `ERR_LOST` or `ERR_NOT_HELD` when the grant is gone, with `ERR_CONFLICT` while it downgrades already. Cannot be aborted; waits at most until
   * the session's deadline.
   */
  downgrade(): Promise<LockGrant>
}

/** A lock that reads now and can write later: beside readers, but one at a time, and with no writer. */
export interface UpgradeableGrant extends LockGrant {
  /**
   * Waits until the readers that are inside have left, lets no more in, and gives the write lock; releasing that leads back to this grant,
   * losing or releasing this grant ends it. Two upgrades cannot wait for each other, since only one upgradeable grant is held at a time.
   *
   * With `timeoutMs: 0` nothing is waited for: rejects with `ERR_CONFLICT` if readers are inside. Rejects with `ERR_CONFLICT`, too, while another upgrade of
   * this grant is waited for or held. Else rejects as acquiring does.
   */
  upgrade(options?: Pick<AcquireOptions, 'signal' | 'timeoutMs' | 'onRevoke'>): Promise<LockGrant>
}

/** A contender of a read/write lock. */
export interface ReadWriteContender extends LockContender {
  readonly access: Access
}

/** Who is inside and who waits, in the order in which they came. */
export interface ReadWriteQueue {
  readonly holders: readonly ReadWriteContender[]
  readonly waiting: readonly ReadWriteContender[]
}

/**
 * A lock that many readers or one writer hold, over a folder of the tree. First come, first served: a reader that comes after a writer waits
 * for it, so that no stream of readers starves writers.
 *
 * A reader cannot become a writer: two that tried would wait for each other for ever. Take {@link ReadWriteLock.upgradeable} for that. Inside
 * of {@link ReadWriteLock.withRead}, asking for more than reading rejects with `ERR_DEADLOCK` at once.
 *
 * As with a {@link Mutex}, only {@link Grant.guard} and {@link Grant.token} keep a holder harmless that lost the lock and does not know yet.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { ReadWriteLock } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using lock = new ReadWriteLock(client, '/locks/catalogue')
 * const text = await lock.withRead(async () => (await client.getData('/catalogue')).data?.toString())
 * await lock.withWrite((writer) => writer.guard([{ type: 'setData', path: '/catalogue', data: `${text}, and more` }]))
 * ```
 */
export class ReadWriteLock implements AsyncDisposable {
  readonly #contest: Contest
  readonly #label: string
  /** Upgradeable grants on which a write lock rests, or will. */
  readonly #upgrading: WeakSet<NodeGrant> = new WeakSet()

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: ReadWriteLockOptions = {}) {
    const rule = { ...accessRule('read'), parse: parseAccess }
    this.#contest = new Contest(client, path, { rule, noun: 'read/write lock', sync: false }, options)
    this.#label = options.label ?? ''
  }

  /** The folder of the contenders. */
  get path(): string {
    return this.#contest.path
  }

  /** Waits until no writer that came earlier is left. Rejects as {@link Mutex.acquire} does. */
  read(options: AcquireOptions = {}): Promise<LockGrant> {
    return this.#acquire('read', options)
  }

  /**
   * Waits until nobody who came earlier is left. Rejects as {@link Mutex.acquire} does.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ReadWriteLock } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const writer = await new ReadWriteLock(client, '/locks/catalogue').write({ timeoutMs: 5_000 })
   * await writer.guard([{ type: 'setData', path: '/catalogue', data: 'new' }])
   * await using reader = await writer.downgrade()
   * console.log(`still nobody else can write: ${reader.isHeld}`)
   * ```
   */
  async write(options: AcquireOptions = {}): Promise<WriteGrant> {
    return this.#writeGrant(await this.#acquire('write', options), options)
  }

  /**
   * Waits until no writer and no other upgradeable reader that came earlier is left. Rejects as {@link Mutex.acquire} does.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ReadWriteLock } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using reader = await new ReadWriteLock(client, '/locks/catalogue').upgradeable()
   * const { data } = await client.getData('/catalogue')
   * if (data?.toString() === 'old') {
   *   await using writer = await reader.upgrade({ timeoutMs: 5_000 })
   *   await writer.guard([{ type: 'setData', path: '/catalogue', data: 'new' }])
   * }
   * ```
   */
  async upgradeable(options: AcquireOptions = {}): Promise<UpgradeableGrant> {
    const grant = await this.#acquire('upgrade', options)
    // What bounds this wait does not bound those to come.
    const { signal: _signal, timeoutMs: _timeoutMs, ...who } = options
    return Object.assign(grant, {
      upgrade: (how: Pick<AcquireOptions, 'signal' | 'timeoutMs' | 'onRevoke'> = {}): Promise<LockGrant> =>
        this.#upgradeOnce(grant, { ...who, ...how }),
    })
  }

  /** Calls `fn` while reading, as {@link Mutex.run} does. Inside of another such function with `reentrant`, that one's grant is used. */
  withRead<T>(fn: (lock: LockGrant) => Promise<T> | T, options: RunLockedOptions = {}): Promise<T> {
    return this.#with('read', options, (grant) => fn(grant))
  }

  /** Calls `fn` while writing, as {@link Mutex.run} does. */
  withWrite<T>(fn: (lock: WriteGrant) => Promise<T> | T, options: RunLockedOptions = {}): Promise<T> {
    return this.#with('write', options, (grant) => fn(this.#writeGrant(grant, options)))
  }

  /**
   * Who is inside and who waits, as it was a moment ago.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ReadWriteLock } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const { holders, waiting } = await new ReadWriteLock(client, '/locks/catalogue').inspect()
   * for (const { access, label } of holders) console.log(access, label)
   * console.log(`${waiting.length} wait`)
   * ```
   */
  inspect(options: CallOptions = {}): Promise<ReadWriteQueue> {
    return withinTime(
      options,
      () => `inspection of read/write lock ${this.path}`,
      (call) => this.#inspect(call),
    )
  }

  /** Ends every wait and every grant as {@link Mutex.close} does. Idempotent. The client stays open. */
  close(options: CallOptions = {}): Promise<void> {
    return this.#contest.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #inspect(options: CallOptions): Promise<ReadWriteQueue> {
    const contestants = await this.#contest.contestants(options)
    const entries = entriesOf(
      contestants.map(({ path }) => nameOf(path)),
      parseAccess,
    )
    const upgrades = contestants.map(({ data }) => decodeLockRecord(data).upgrades)
    const inside = holdersOf(entries, upgrades)
    const seen = contestants.map((one) => {
      const access = parseAccess(nameOf(one.path))?.kind ?? 'read'
      return { ...lockContender(this.#contest.client, one), access }
    })
    return { holders: seen.filter((_one, i) => inside[i] === true), waiting: seen.filter((_one, i) => inside[i] !== true) }
  }

  async #acquire(access: Access, options: AcquireOptions): Promise<NodeGrant> {
    const entry = lockEntry(options, this.#label, this.#contest.cleanUp)
    const grant = await this.#contest.enter({ ...entry, rule: accessRule(access) })
    if (grant === null) throw new ZoariumError('ERR_TIMEOUT', `${access} lock ${this.path}`, { path: this.path })
    return grant
  }

  #with<T>(mode: 'read' | 'write', options: RunLockedOptions, fn: (grant: NodeGrant) => Promise<T> | T): Promise<T> {
    const owner = options.owner ?? ownerOrNew()
    const entry = lockEntry({ ...options, owner }, this.#label, this.#contest.cleanUp)
    const covers = (held: string): boolean => held === mode || held === 'write'
    const how = { owner, mode, covers: options.reentrant === true ? covers : null }
    return this.#contest.hold({ ...entry, rule: accessRule(mode) }, fn, how)
  }

  #writeGrant(grant: NodeGrant, options: AcquireOptions): WriteGrant {
    return Object.assign(grant, { downgrade: (): Promise<LockGrant> => this.#contest.track(this.#downgrade(grant, options)) })
  }

  async #downgrade(grant: NodeGrant, options: AcquireOptions): Promise<LockGrant> {
    const { client, cleanUp, path: parent, acl } = this.#contest
    const record = ownLockRecord(options.label ?? this.#label, options.owner ?? currentOwner())
    const { token, requeued } = grant
    const { read, session } = await grant.replaceBy(
      async (node, owner) => ({
        read: await replaceOwn({ client, cleanUp, parent, node, session: owner, kind: 'read', data: encodeLockRecord(record), acl }),
        session: owner,
      }),
      (late) => cleanUp.discard(late.read),
    )
    const entry = lockEntry(options, this.#label, cleanUp)
    return this.#contest.granted({ node: read, session, requeued, followed: false, outdated: false }, entry, { token })
  }

  /** Two writes of one grant would not keep each other waiting: the upgradeable lock that they rest on keeps only others out. */
  async #upgradeOnce(grant: NodeGrant, options: AcquireOptions): Promise<LockGrant> {
    if (grant.isLost) throw grant.error()
    if (this.#upgrading.has(grant))
      throw new ZoariumError('ERR_CONFLICT', `read/write lock ${this.path}: upgraded twice`, { path: this.path })
    this.#upgrading.add(grant)
    const over = (): void => void this.#upgrading.delete(grant)
    try {
      const writer = await this.#upgrade(grant, options)
      void writer.lost.then(over)
      return writer
    } catch (error) {
      over()
      throw error
    }
  }

  async #upgrade(grant: NodeGrant, options: AcquireOptions): Promise<LockGrant> {
    const { controller, unlink } = linkAbort(options.signal, grant.signal)
    const upgrades = nameOf(grant.path)
    const entry = lockEntry({ ...options, signal: controller.signal }, this.#label, this.#contest.cleanUp, upgrades)
    const rule = upgradeRule(upgrades)
    try {
      const settle = (node: OwnNode, session: Session): Promise<OwnNode | null> =>
        this.#aheadOfReaders(grant, rule, entry.data, node, session)
      const writer = await this.#contest.enter({ ...entry, rule, settle, token: grant.token, checks: [grant.path] })
      if (writer === null) throw new ZoariumError('ERR_CONFLICT', `read/write lock ${this.path}: readers are inside`, { path: this.path })
      this.#endWith(grant, writer)
      return writer
    } finally {
      unlink()
    }
  }

  /** Nobody is inside: then the write must stand before all readers that are outside only because of somebody else's write. */
  async #aheadOfReaders(grant: NodeGrant, rule: QueueRule, data: Entry['data'], node: OwnNode, session: Session): Promise<OwnNode | null> {
    const { client, cleanUp, path: parent, acl } = this.#contest
    const { children } = await client.getChildren(parent)
    const first = firstWriteOf(children)
    if (first === undefined || rule.place(children, node.name, null).type !== 'first') return null
    if (first.name === node.name) return node
    const sequence = parseName(nameOf(grant.path))?.sequence ?? 0
    const more = [grant.path, childPath(parent, first.name)].map((path) => ({ type: 'check', path }) as const)
    try {
      return await replaceOwn({ client, cleanUp, parent, node, session, kind: 'write', sequence, data, acl, more })
    } catch (error) {
      if (ZoariumError.is(error, 'ERR_LOST') && !session.signal.aborted) return null
      throw error
    }
  }

  /** The write lock rests on the upgradeable one. */
  #endWith(grant: NodeGrant, writer: NodeGrant): void {
    const ended = (): void => {
      const { lostReason } = grant
      if (lostReason === null || writer.isLost) return
      if (lostReason === 'released') writer.release().catch((error: unknown) => this.#contest.cleanUp.report(error))
      else this.#contest.cleanUp.track(writer.endAndRemove(lostReason))
    }
    grant.signal.addEventListener('abort', ended, { once: true })
    void writer.lost.then(() => grant.signal.removeEventListener('abort', ended))
    if (grant.signal.aborted) ended()
  }
}
