// recipes: which instances of a service there are, and one of them to talk to.

import type { Acl, CallOptions, Client } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { CacheChange } from '../cache/cached-node.ts'
import { ChildrenCache } from '../cache/children-cache.ts'
import { PersistentNode } from '../persistent-node.ts'
import type { SignalOptions } from '../support/call-bounds.ts'
import { isGivenUp, waitWithin, withinTime } from '../support/call-bounds.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { CleanUp, safeHandler } from '../support/clean-up.ts'
import { newId } from '../support/ids.ts'
import type { ChangeIterator } from '../support/iterate.ts'
import type { MembershipState } from '../support/membership.ts'
import type { OnTaken } from '../support/named-node.ts'
import { requireCount, requireDuration, requireName, requireOneOf, requirePath, requireTimeout } from '../support/options.ts'
import { childPath } from '../support/own-node.ts'
import { orMissing } from '../support/retry.ts'
import { decodeInstance, encodeInstance, type ServiceInstance } from './service-instance.ts'

/** Options of a {@link ServiceRegistry}. */
export interface ServiceRegistryOptions {
  /** Access control list of the instances' znodes. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
  /** Called with errors that no caller waits for. Default: a warning of the process. */
  readonly onError?: BackgroundErrorHandler
}

/** What is registered. */
export interface ServiceDescription {
  /** 1 to 200 characters without a slash. */
  readonly service: string
  readonly address: string
  /** 0 to 65,535. */
  readonly port?: number
  /** 1 to 200 characters without a slash; the same one after a restart takes its former place. Default: a fresh one. */
  readonly id?: string
  /** What else clients should know, as JSON can hold it. */
  readonly payload?: unknown
  /** As of {@link PersistentNodeOptions}; default `replace`, since an id has one owner. */
  readonly onTaken?: OnTaken
}

/** An instance that is registered, over every session, until it is closed. */
export interface Registration extends AsyncDisposable {
  readonly instance: ServiceInstance
  readonly path: string
  readonly state: MembershipState
  readonly generation: number
  /** Replaces the payload. Rejects as {@link PersistentNode.setData} does, or with `ERR_CONFIG` for what JSON cannot hold. */
  setPayload(payload: unknown, options?: CallOptions): Promise<void>
  /** Takes it out. Idempotent. */
  close(options?: CallOptions): Promise<void>
}

/**
 * How a directory picks: one after the other (`roundRobin`), at random, or the same one as long as it is there (`sticky`).
 */
export type PickStrategy = 'roundRobin' | 'random' | 'sticky'

/** Options of {@link ServiceRegistry.discover}. */
export interface DiscoverOptions extends CallOptions {
  /** Default `roundRobin`. */
  readonly strategy?: PickStrategy
  /** How long an instance is passed over after {@link ServiceDirectory.noteError}, in milliseconds, 0 to 2^31 - 1. Default 30,000. */
  readonly downMs?: number
  /** Errors within `downMs` after which it is. 1 to 1,000. Default 2. */
  readonly maxErrors?: number
}

/** Instances that are remembered for something before those that have gone are looked for. */
const MAX_NOTED = 1_024

/**
 * Services by name, their instances by id.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { ServiceRegistry } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using registry = new ServiceRegistry(client, '/services')
 * await registry.register({ service: 'mail', address: '10.0.0.7', port: 25 })
 * const mail = await registry.discover('mail')
 * console.log(mail.pick()?.address)
 * ```
 */
export class ServiceRegistry implements AsyncDisposable {
  readonly path: string
  readonly #client: Client
  readonly #options: ServiceRegistryOptions
  readonly #open = new Set<AsyncDisposable>()
  #closed = false
  #closing: Promise<void> | undefined = undefined

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path that cannot be. */
  constructor(client: Client, path: string, options: ServiceRegistryOptions = {}) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#options = options
  }

  /**
   * Registers an instance; resolves when others can see it. It is registered again by itself after the end of a session, and not touched by a reconnect.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CONFIG`, `ERR_CLOSED`, `NODE_EXISTS`, or with what the servers refuse.
   */
  async register(description: ServiceDescription, options: CallOptions = {}): Promise<Registration> {
    this.#check()
    const { service, address, port = null, id = newId(), payload = null, onTaken = 'replace' } = description
    requireName('service', service)
    requireName('id', id)
    if (typeof address !== 'string' || address === '') throw new ZoariumError('ERR_CONFIG', `address: expected one, got ${String(address)}`)
    if (port !== null) requireCount('port', port, 0, 65_535)
    let instance: ServiceInstance = { service, id, address, port, payload, registeredMs: Date.now() }
    const path = childPath(childPath(this.path, service), id)
    const node = new PersistentNode(this.#client, path, { ...this.#options, data: encodeInstance(instance), onTaken })
    this.#open.add(node)
    const close = async (call: CallOptions = {}): Promise<void> => {
      await node.close(call)
      this.#open.delete(node)
    }
    try {
      await node.start(options)
    } catch (error) {
      this.#open.delete(node)
      throw error
    }
    return {
      path,
      get instance(): ServiceInstance {
        return instance
      },
      get state(): MembershipState {
        return node.state
      },
      get generation(): number {
        return node.generation
      },
      setPayload: async (next, call = {}) => {
        requireTimeout(call.timeoutMs)
        const before = instance
        const changed = { ...instance, payload: next }
        const data = encodeInstance(changed)
        instance = changed
        try {
          await node.setData(data, call)
        } catch (error) {
          // Refused, not only waited for no longer: that others never see. A later payload stands as it is.
          if (!isGivenUp(call, error) && instance === changed) instance = before
          throw error
        }
      },
      close,
      [Symbol.asyncDispose]: () => close(),
    }
  }

  /**
   * Follows the instances of a service; resolves when they are known. A service without instances is no error.
   *
   * Rejects with `signal.reason`, `ERR_TIMEOUT`, `ERR_CONFIG`, `ERR_CLOSED`, or as `start` of {@link ChildrenCache} does.
   */
  async discover(service: string, options: DiscoverOptions = {}): Promise<ServiceDirectory> {
    this.#check()
    requireName('service', service)
    const { onError } = this.#options
    const directory = new ServiceDirectory(this.#client, childPath(this.path, service), service, options, onError, () =>
      this.#open.delete(directory),
    )
    this.#open.add(directory)
    try {
      await directory.start(options)
    } catch (error) {
      const closing = directory.close()
      if (isGivenUp(options, error)) closing.catch(safeHandler(onError))
      else await closing
      throw error
    }
    return directory
  }

  /** Names of services that have or had instances, in order. */
  services(options: CallOptions = {}): Promise<string[]> {
    return withinTime(
      options,
      () => `services of ${this.path}`,
      async (call) => ((await orMissing(this.#client.getChildren(this.path, call)))?.children ?? []).sort(),
    )
  }

  /** Takes out every instance that was registered here and ends every directory. Idempotent. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing service registry ${this.path}`,
      () => (this.#closing ??= this.#closeAll()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Registrations and directories that are not closed. @internal */
  get openCount(): number {
    return this.#open.size
  }

  async #closeAll(): Promise<void> {
    this.#closed = true
    const closed = await Promise.allSettled([...this.#open].map((one) => one[Symbol.asyncDispose]()))
    for (const result of closed) if (result.status === 'rejected') throw result.reason
  }

  #check(): void {
    if (this.#closed) throw new ZoariumError('ERR_CLOSED', `service registry ${this.path}`, { path: this.path })
  }
}

/** The instances of one service, kept up to date. Made by {@link ServiceRegistry.discover}. */
export class ServiceDirectory implements AsyncDisposable {
  readonly service: string
  readonly #cache: ChildrenCache
  readonly #cleanUp: CleanUp
  readonly #strategy: PickStrategy
  readonly #downMs: number
  readonly #maxErrors: number
  readonly #closed: () => void
  /** When errors were noted, by id: the newest `maxErrors`, as long as they count. */
  readonly #errors = new Map<string, number[]>()
  /** Until when an instance is passed over, by id. */
  readonly #downUntil = new Map<string, number>()
  /** What cannot be read, by id: the zxid at which it was told. */
  readonly #unreadable = new Map<string, bigint>()
  #turn = 0
  #sticky: string | null = null

  /** @internal */
  constructor(
    client: Client,
    path: string,
    service: string,
    options: DiscoverOptions,
    onError: BackgroundErrorHandler | undefined,
    closed: () => void,
  ) {
    this.service = service
    this.#closed = closed
    this.#cache = new ChildrenCache(client, path, onError === undefined ? {} : { onError })
    this.#cleanUp = new CleanUp(client, onError)
    const { signal } = this.#cache
    // From then on nobody is picked any more: whoever only picks would never learn why.
    const ended = (): void => {
      if (!ZoariumError.is(signal.reason, 'ERR_CLOSED')) this.#cleanUp.report(signal.reason)
    }
    signal.addEventListener('abort', ended, { once: true })
    this.#strategy = requireOneOf('strategy', options.strategy, ['roundRobin', 'random', 'sticky'], 'roundRobin')
    this.#downMs = requireDuration('downMs', options.downMs) ?? 30_000
    this.#maxErrors = requireCount('maxErrors', options.maxErrors ?? 2, 1, 1_000)
  }

  /** @internal */
  start(options: CallOptions): Promise<void> {
    return this.#cache.start(options)
  }

  /** All instances, by id. One whose data cannot be read is left out, and told to `onError` once. */
  instances(): ServiceInstance[] {
    return this.#cache.children().flatMap(({ name, data, stat }) => {
      const instance = decodeInstance(this.service, name, data)
      if (instance !== null) return [instance]
      if (this.#unreadable.get(name) !== stat.mzxid) {
        this.#unreadable.set(name, stat.mzxid)
        if (this.#unreadable.size > MAX_NOTED) this.#forgetOthers()
        this.#cleanUp.report(new ZoariumError('ERR_VALIDATION', `instance ${name} of service ${this.service}`, { path: this.#cache.path }))
      }
      return []
    })
  }

  /** One instance to talk to, `null` if there is none. Those with too many errors are passed over, unless there are no others. */
  pick(): ServiceInstance | null {
    const all = this.instances()
    const up = all.filter(({ id }) => !this.#isDown(id))
    const from = up.length > 0 ? up : all
    const picked = this.#pickFrom(from)
    this.#sticky = picked?.id ?? null
    return picked
  }

  /** Talking to it failed: after `maxErrors` of these within `downMs` it is passed over for that long. */
  noteError(id: string): void {
    const now = performance.now()
    const recent = [...(this.#errors.get(id) ?? []).filter((at) => at > now - this.#downMs), now].slice(-this.#maxErrors)
    this.#errors.set(id, recent)
    if (recent.length >= this.#maxErrors) this.#downUntil.set(id, now + this.#downMs)
    if (this.#errors.size > MAX_NOTED) this.#forgetOthers()
  }

  /** Instances with errors that are remembered. @internal */
  get notedErrors(): number {
    return this.#errors.size
  }

  /** Of instances that are not there nothing has to be remembered; who is noted again and again stays small all the same. */
  #forgetOthers(): void {
    for (const id of this.#errors.keys()) if (this.#cache.get(id) === undefined) this.#forgetErrors(id)
    for (const id of this.#unreadable.keys()) if (this.#cache.get(id) === undefined) this.#unreadable.delete(id)
  }

  /** What changes: as `changes` of {@link ChildrenCache}, by the znodes of the instances. */
  changes(options: SignalOptions = {}): ChangeIterator<CacheChange> {
    return this.#cache.changes(options)
  }

  /** Resolves when everything up to `zxid` is shown. */
  waitUntil(zxid: bigint, options: CallOptions = {}): Promise<void> {
    return this.#cache.waitUntil(zxid, options)
  }

  /** Ends following. Idempotent. */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing the directory of ${this.service}`,
      () => {
        this.#closed()
        return this.#cache.close()
      },
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #pickFrom(instances: readonly ServiceInstance[]): ServiceInstance | null {
    switch (this.#strategy) {
      case 'roundRobin':
        return instances[this.#turn++ % instances.length] ?? null
      case 'random':
        return instances[Math.floor(Math.random() * instances.length)] ?? null
      case 'sticky':
        return instances.find(({ id }) => id === this.#sticky) ?? instances[Math.floor(Math.random() * instances.length)] ?? null
    }
  }

  #isDown(id: string): boolean {
    const until = this.#downUntil.get(id)
    if (until === undefined) return false
    if (performance.now() < until) return true
    // It begins anew: an error counted already must not pass it over again with the next one.
    this.#forgetErrors(id)
    return false
  }

  #forgetErrors(id: string): void {
    this.#errors.delete(id)
    this.#downUntil.delete(id)
  }
}
