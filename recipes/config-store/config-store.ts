// recipes: a typed configuration document that every process sees change, and that none sees broken.

import type { CallOptions, Client, Stat } from '../../core/index.ts'
import { OPEN_ACL, ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import type { SignalOptions } from '../support/call-bounds.ts'
import { isGivenUp, Undecided, waitWithin, withinTime } from '../support/call-bounds.ts'
import { CleanUp } from '../support/clean-up.ts'
import { Operations } from '../support/operations.ts'
import { requireOneOf, requirePath } from '../support/options.ts'
import { isUnknownOutcome } from '../support/outcome.ts'
import type { FollowerHost } from './config-follower.ts'
import { ConfigFollower } from './config-follower.ts'
import type { ConfigSchema } from './config-schema.ts'
import { ConfigState } from './config-state.ts'
import type { Stored, Written } from './config-writer.ts'
import { ConfigWriter } from './config-writer.ts'
import { encodeDocument, parseDocument } from './document.ts'
import type { ConfigSnapshot } from './snapshot.ts'
import { deepFreeze } from './snapshot.ts'
import type { ConfigEvents, ConfigRejection, ConfigSetOptions, ConfigStartOptions, ConfigStoreOptions, OnMissing } from './types.ts'
import { checkSchema, validate, validationError } from './validation.ts'

/** A start that is under way. */
interface Starting {
  /** Of the caller that it belongs to. */
  readonly givenUp: AbortSignal | undefined
  readonly done: Promise<void>
}

/**
 * One JSON document in one znode, as a typed value that is always valid.
 *
 * - `get` costs nothing and never goes backwards: snapshots follow the order of the changes (their zxid), over reconnects and sessions.
 * - A document is checked by the schema before it is written and before it is applied. What is not valid (an edit by hand, a newer
 *   program) is reported as `rejected`, and the last good snapshot stays.
 * - `update` compares and sets: no update is lost, and a lost reply is resolved, so that an update happens once or not at all.
 * - One persistent watch; no polling. Changes during a disconnection are seen after it.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { ConfigStore } from 'zoarium/recipes'
 *
 * interface Limits {
 *   readonly requestsPerSecond: number
 * }
 * function limits(value: unknown): Limits {
 *   if (typeof value === 'object' && value !== null && 'requestsPerSecond' in value && typeof value.requestsPerSecond === 'number') {
 *     return { requestsPerSecond: value.requestsPerSecond }
 *   }
 *   throw new Error('requestsPerSecond: expected a number')
 * }
 *
 * await using client = await connect('127.0.0.1:2181')
 * await using config = await ConfigStore.open(client, '/config/limits', { schema: limits, defaults: { requestsPerSecond: 100 } })
 * console.log(config.get().value.requestsPerSecond)
 * await config.update((draft) => ({ ...draft, requestsPerSecond: 200 }))
 * for await (const { value, version } of config.changes()) console.log(version, value)
 * ```
 */
export class ConfigStore<Value, Input = Value> implements AsyncDisposable {
  readonly path: string
  readonly #schema: ConfigSchema<Input, Value>
  readonly #defaults: Input | undefined
  readonly #maxConflicts: number
  readonly #cleanUp: CleanUp
  readonly #writer: ConfigWriter
  readonly #state: ConfigState<Value, Input>
  readonly #follower: ConfigFollower
  readonly #operations: Operations = new Operations()
  #starting: Starting | null = null
  #started = false
  #closed: Promise<void> | null = null

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path or an option that cannot be. */
  constructor(client: Client, path: string, options: ConfigStoreOptions<Value, Input>) {
    this.path = requirePath('path', path)
    this.#schema = checkSchema(options.schema)
    this.#defaults = options.defaults
    this.#maxConflicts = requireCount('maxConflicts', options.maxConflicts ?? 20)
    this.#cleanUp = options.onError === undefined ? new CleanUp(client) : new CleanUp(client, options.onError)
    this.#writer = new ConfigWriter(client, this.path, options.acl ?? OPEN_ACL, this.#cleanUp)
    this.#state = new ConfigState(this.path, this.#schema, (error) => this.#cleanUp.report(error))
    const host: FollowerHost = {
      read: (signal) => this.#writer.read(false, signal),
      // A slow check does not hold up the news of what comes after it.
      heard: (stored) => void this.#operations.track(this.#state.take(stored)),
      lost: () => this.#state.end(new ZoariumError('ERR_CLOSED', `configuration ${this.path}: the client is closed`, { path: this.path })),
    }
    this.#follower = new ConfigFollower(client, this.path, host, this.#cleanUp)
  }

  /**
   * Makes a store and starts it; the same as the constructor and {@link ConfigStore.start}.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using config = await ConfigStore.open(client, '/config/motd', { schema: String, onMissing: 'create', defaults: 'hello' })
   * console.log(config.get().value)
   * ```
   */
  static async open<Value, Input = Value>(
    client: Client,
    path: string,
    options: ConfigStoreOptions<Value, Input> & ConfigStartOptions,
  ): Promise<ConfigStore<Value, Input>> {
    const store = new ConfigStore<Value, Input>(client, path, options)
    try {
      await store.start(options)
    } catch (error) {
      const closing = store.close()
      if (isGivenUp(options, error)) closing.catch((failure: unknown) => store.#cleanUp.report(failure))
      else await closing
      throw error
    }
    return store
  }

  /**
   * Begins to follow the document; resolves when `get` has a value. Rejects as {@link ConfigStartOptions.onMissing} says, with `ERR_CLOSED`,
   * `ERR_TIMEOUT`, or with `signal.reason`; nothing is left behind then, and it may be called again. Once started, further calls change nothing.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using config = new ConfigStore(client, '/config/motd', { schema: String })
   * await config.start({ onMissing: 'wait', signal: AbortSignal.timeout(30_000) })
   * console.log(config.get().value)
   * ```
   */
  start(options: ConfigStartOptions = {}): Promise<void> {
    return withinTime(
      options,
      () => `configuration ${this.path}: start`,
      ({ signal }) => orAbort(this.#startOnce(options, signal), signal),
    )
  }

  /** The newest valid snapshot. Throws `ERR_CONFIG` before {@link ConfigStore.start} has resolved; after `close` it is the last one. */
  get(): ConfigSnapshot<Value> {
    const { snapshot } = this.#state
    if (snapshot === null) throw new ZoariumError('ERR_CONFIG', `configuration ${this.path}: expected a call of start() before get()`)
    return snapshot
  }

  /** The document that was refused last, `null` if a valid one has come since. */
  get rejection(): ConfigRejection | null {
    return this.#state.rejection
  }

  /** Whether the znode was not there when it was looked at last. */
  get isMissing(): boolean {
    return this.#state.missing
  }

  /**
   * The present snapshot and then every newer one. Who is slower than the changes sees the newest and skips what was between. Ends with
   * `close`; aborting `signal` rejects with its reason.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using config = await ConfigStore.open(client, '/config/motd', { schema: String, defaults: 'hello' })
   * for await (const { value, source } of config.changes()) console.log(source, value)
   * ```
   */
  changes(options: SignalOptions = {}): AsyncIterableIterator<ConfigSnapshot<Value>, undefined, undefined> {
    return this.#state.feed.read(this.#state.snapshot ?? undefined, options.signal)
  }

  /**
   * Calls `listener` at every event of that type, until `off` or `close`. What it throws goes to `onError`.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using config = await ConfigStore.open(client, '/config/motd', { schema: String, defaults: 'hello' })
   * config.on('rejected', ({ issues, version }) => console.error(`version ${version} is not taken`, issues))
   * ```
   */
  on<Type extends keyof ConfigEvents<Value>>(type: Type, listener: (event: ConfigEvents<Value>[Type]) => void): this {
    if (!this.#operations.ended) this.#state.listeners.add(type, listener)
    return this
  }

  /** Takes a listener back. */
  off<Type extends keyof ConfigEvents<Value>>(type: Type, listener: (event: ConfigEvents<Value>[Type]) => void): this {
    this.#state.listeners.remove(type, listener)
    return this
  }

  /**
   * Changes the document. `change` gets a draft (the stored JSON, its own copy; the defaults if nothing is stored) and returns the next
   * document, or changes the draft and returns nothing. When somebody else was faster it is called again with the newer document, so it must
   * have no other effects. A change that changes nothing is not written. Resolves with the snapshot of the written document, which `get`
   * then shows, or a newer one.
   *
   * Rejects with `ERR_VALIDATION` (the schema, or what is stored is not JSON), `ERR_TOO_LARGE` (1,044,480 bytes of JSON), `ERR_CONFLICT`
   * (`maxConflicts`), `NO_NODE` (nothing is stored and there are no defaults), `ERR_UNKNOWN_OUTCOME` (the session ended before the reply,
   * and others have written since; or time is up while the write is under way), `ERR_TIMEOUT` (nothing was written), `ERR_CLOSED`, `signal.reason` (the write
   * may then still happen), or with what `change` throws.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * const schema = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
   * await using config = await ConfigStore.open(client, '/config/blocked', { schema, defaults: [] })
   * const { version } = await config.update((draft) => void draft.push('10.0.0.7'))
   * console.log(version)
   * ```
   */
  update(
    // biome-ignore lint/suspicious/noConfusingVoidType: a draft may be changed in place, by a function that returns nothing
    change: (draft: Input) => Input | void | Promise<Input | void>,
    options: CallOptions = {},
  ): Promise<ConfigSnapshot<Value>> {
    return this.#write(async (stored) => {
      const draft = this.#draft(stored)
      return (await change(draft)) ?? draft
    }, options)
  }

  /**
   * Replaces the document whatever it was, or only `version` of it. Rejects as {@link ConfigStore.update} does.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using config = await ConfigStore.open(client, '/config/motd', { schema: String, defaults: 'hello' })
   * const { version } = await config.set('good morning')
   * await config.set('good evening', { version })
   * ```
   */
  set(value: Input, options: ConfigSetOptions = {}): Promise<ConfigSnapshot<Value>> {
    return this.#write(async (stored) => {
      const found = stored?.stat.version ?? -1
      const { version = found } = options
      if (version === found) return value
      const message = `configuration ${this.path}: expected version ${version}, got ${stored === null ? 'none' : found}`
      throw new ZoariumError('ERR_CONFLICT', message, { path: this.path })
    }, options)
  }

  /**
   * Asks the servers now: resolves with a snapshot that is not older than this call. For reading what another process has just written.
   * Rejects with `ERR_CLOSED`, `ERR_TIMEOUT` or `signal.reason`.
   *
   * @example
   * ```ts
   * import { connect } from 'zoarium'
   * import { ConfigStore } from 'zoarium/recipes'
   *
   * await using client = await connect('127.0.0.1:2181')
   * await using config = await ConfigStore.open(client, '/config/motd', { schema: String, defaults: 'hello' })
   * console.log((await config.refresh()).value)
   * ```
   */
  refresh(options: CallOptions = {}): Promise<ConfigSnapshot<Value>> {
    return withinTime(
      options,
      () => `configuration ${this.path}: refresh`,
      async (call) => {
        await this.#operations.run(call.signal, async (signal) => this.#state.take(await this.#writer.read(true, signal)))
        return this.get()
      },
    )
  }

  /**
   * Ends the watch, the iterations and running updates (with `ERR_CLOSED`); calls no listener any more. Idempotent. The client stays open.
   * `signal` and `timeoutMs` end the waiting only.
   */
  close(options: CallOptions = {}): Promise<void> {
    return waitWithin(
      options,
      () => `closing configuration ${this.path}`,
      () => (this.#closed ??= this.#close()),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const error = new ZoariumError('ERR_CLOSED', `configuration ${this.path}`, { path: this.path })
    this.#operations.end(error)
    this.#state.end()
    await this.#follower.stop()
    await this.#operations.settled()
    await this.#cleanUp.settled()
  }

  /** One at a time. Who finds one that its caller gave up, and that still takes its watch back, begins behind it. */
  async #startOnce(options: ConfigStartOptions, signal: AbortSignal | undefined): Promise<void> {
    while (!this.#started) {
      this.#starting ??= this.#startNow(options, signal)
      const { givenUp, done } = this.#starting
      try {
        await done
      } catch (error) {
        if (givenUp === signal || givenUp?.aborted !== true) throw error
      }
    }
  }

  #startNow(options: ConfigStartOptions, givenUp: AbortSignal | undefined): Starting {
    const start = async (): Promise<void> => {
      try {
        await this.#operations.run(givenUp, (signal) => this.#start(options, signal))
        this.#started = true
      } finally {
        this.#starting = null
      }
    }
    return { givenUp, done: start() }
  }

  async #start({ onMissing }: ConfigStartOptions, signal: AbortSignal): Promise<void> {
    const fallback = this.#defaults === undefined ? 'fail' : 'defaults'
    const policy = requireOneOf('onMissing', onMissing, ['fail', 'wait', 'defaults', 'create'], fallback)
    const defaults = await this.#checkDefaults(policy)
    try {
      await this.#follower.start(signal)
      await this.#state.take(await this.#writer.read(true, signal))
      if (this.#state.snapshot === null) await this.#begin(policy, defaults, signal)
    } catch (error) {
      await this.#follower.stop()
      throw error
    }
  }

  /** The defaults as the schema makes them; `null` if there are none. */
  async #checkDefaults(policy: OnMissing): Promise<Readonly<Value> | null> {
    if (this.#defaults === undefined) {
      if (policy === 'fail' || policy === 'wait') return null
      throw new ZoariumError('ERR_CONFIG', `onMissing: expected defaults with ${policy}, got none`)
    }
    const verdict = await validate(this.#schema, copy(this.path, this.#defaults))
    if (verdict.type === 'invalid') throw validationError(`${this.path} (defaults)`, verdict.issues)
    return deepFreeze(verdict.value)
  }

  async #begin(policy: OnMissing, defaults: Readonly<Value> | null, signal: AbortSignal): Promise<void> {
    if (policy === 'defaults' && defaults !== null) {
      this.#state.begin(defaults)
      return
    }
    if (policy === 'wait') {
      await this.#firstSnapshot(signal)
      return
    }
    if (policy === 'create' && this.#state.rejection === null) await this.#create(signal)
    if (this.#state.snapshot !== null) return
    // With the client closed meanwhile it is not missing, but not taken in any more.
    this.#state.throwIfEnded()
    if (this.#state.rejection !== null) throw validationError(this.path, this.#state.rejection.issues)
    throw new ZoariumError('NO_NODE', `configuration ${this.path}`, { path: this.path })
  }

  /** Writes the defaults, unless somebody else has written meanwhile. Who did makes no difference: while nothing is there it is tried again. */
  async #create(signal: AbortSignal): Promise<void> {
    for (;;) {
      const written = await this.#writeDefaults(signal)
      const stored = written === null ? await this.#writer.read(true, signal) : toStored(written)
      if (stored !== null) return this.#state.take(stored)
    }
  }

  /** `null`: not written, or nobody knows. */
  async #writeDefaults(signal: AbortSignal): Promise<Written | null> {
    try {
      return await this.#writer.replace(null, encodeDocument(this.path, this.#defaults), signal)
    } catch (error) {
      if (!isUnknownOutcome(error)) throw error
      return null
    }
  }

  async #firstSnapshot(signal: AbortSignal): Promise<void> {
    for await (const _ of this.#state.feed.read(this.#state.snapshot ?? undefined, signal)) return
    signal.throwIfAborted()
  }

  #draft(stored: Stored | null): Input {
    if (stored === null) {
      if (this.#defaults === undefined) throw new ZoariumError('NO_NODE', `configuration ${this.path}`, { path: this.path })
      return copy(this.path, this.#defaults)
    }
    const parsed = parseDocument(stored.data)
    if (parsed.type === 'broken') throw validationError(this.path, [{ path: '', message: `what is stored is not JSON: ${parsed.message}` }])
    // The one unchecked step: what is stored was written as an Input, or the schema refuses what is made of it.
    return parsed.value as Input
  }

  #write(change: (stored: Stored | null) => Promise<Input>, options: CallOptions): Promise<ConfigSnapshot<Value>> {
    const undecided = new Undecided()
    return withinTime(
      options,
      () => `configuration ${this.path}`,
      ({ signal }) => this.#writeUntil(change, signal, undecided),
      () => undecided.is,
    )
  }

  #writeUntil(
    change: (stored: Stored | null) => Promise<Input>,
    signal: AbortSignal | undefined,
    undecided: Undecided,
  ): Promise<ConfigSnapshot<Value>> {
    return this.#operations.run(signal, async (stop) => {
      for (let round = 0; round < this.#maxConflicts; round++) {
        // Not older than this call: else a change that changes nothing could be one of an old document.
        const stored = await this.#writer.read(true, stop)
        const snapshot = await this.#tryWrite(stored, await orAbort(change(stored), stop), stop, undecided)
        if (snapshot !== null) return snapshot
        await sleep(backOffMs(Math.min(round, 4)), stop)
      }
      throw new ZoariumError('ERR_CONFLICT', `configuration ${this.path}: ${this.#maxConflicts} times in a row`, { path: this.path })
    })
  }

  /** `null`: somebody else was faster. */
  async #tryWrite(stored: Stored | null, next: Input, signal: AbortSignal, undecided: Undecided): Promise<ConfigSnapshot<Value> | null> {
    const text = encodeDocument(this.path, next)
    const verdict = await validate(this.#schema, JSON.parse(text))
    if (verdict.type === 'invalid') throw validationError(this.path, verdict.issues)
    const unchanged = stored !== null && sameJson(stored.data, text)
    const written = unchanged ? unchangedWrite(stored, text) : await this.#writer.replace(stored, text, signal, undecided)
    if (written === null) return null
    return this.#state.wrote(written, verdict.value)
  }
}

function requireCount(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value
  throw new ZoariumError('ERR_CONFIG', `${name}: expected an integer from 1 to 1,000, got ${String(value)}`)
}

function copy<T>(path: string, value: T): T {
  return JSON.parse(encodeDocument(path, value))
}

function sameJson(data: Buffer | null, text: string): boolean {
  const parsed = parseDocument(data)
  return parsed.type === 'json' && JSON.stringify(parsed.value) === JSON.stringify(JSON.parse(text))
}

function unchangedWrite({ stat }: Stored, text: string): Written {
  return { text, version: stat.version, zxid: stat.mzxid, mtimeMs: stat.mtimeMs }
}

/** What a write made, as a read would show it. */
function toStored({ text, version, zxid, mtimeMs }: Written): { data: Buffer; stat: Stat } {
  const none = { czxid: zxid, pzxid: zxid, ephemeralOwner: 0n, cversion: 0, aversion: 0, numChildren: 0 }
  return {
    data: Buffer.from(text),
    stat: { ...none, mzxid: zxid, ctimeMs: mtimeMs, mtimeMs, version, dataLength: Buffer.byteLength(text) },
  }
}
