// recipes: the engine of all caches: one persistent recursive watch, one bounded queue of reads, and what both mean for each other.
//
//   watch, then a pass (root, its children, their children, ...) --all answered--> what the pass has not seen is removed --> synced
//   event  created, changed: read the znode    deleted: remove it, or read it where the event tells no zxid
//   mark   resumed: nothing was missed, nothing is read            gap: another pass
//
// What an event says is old by the time it is heard; the truth is what a read answers. Reads and events of a connection come in one order,
// so a read that was sent after an event was heard shows at least what the event is about.

import type { Client, PersistentWatch, PersistentWatchEvent } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import type { BackgroundErrorHandler } from '../support/clean-up.ts'
import { CleanUp } from '../support/clean-up.ts'
import { Damper } from '../support/damper.ts'
import type { CacheTrace } from '../support/diagnostics.ts'
import { cacheChannel, sessionHex } from '../support/diagnostics.ts'
import { untilDone } from '../support/retry.ts'
import { CacheImage } from './cache-image.ts'
import type { CacheChange, SyncCause } from './cached-node.ts'
import { joinPath } from './node-store.ts'
import type { Found, Pass, ReadCounts } from './read-queue.ts'
import { ReadQueue } from './read-queue.ts'
import type { Scope } from './scope.ts'
import { endOfTurn, serverIsAt } from './server-zxid.ts'

/** Where a cache stands. `stale`: the connection is lost, or it is being read what was missed; what it shows was true before. */
export type CacheState = 'idle' | 'loading' | 'synced' | 'stale' | 'failed' | 'closed'

export interface MirrorOptions {
  readonly scope: Scope
  /** Whether the root itself is shown. */
  readonly keepRoot: boolean
  readonly withData: boolean
  readonly maxNodes: number
  readonly maxBytes: number
  readonly maxConcurrentReads: number
  readonly onError?: BackgroundErrorHandler | undefined
}

interface CompletePass extends Pass {
  readonly cause: SyncCause
  /** What had happened before its first read. */
  fromZxid: bigint
}

/** After a gap everybody reads everything again, spread over this time; later after gaps that follow each other. */
const RESYNC_SPREAD_MS = 200
/** Events taken in between two turns of the event loop, at most. */
const MAX_BUFFERED_EVENTS = 65_536

export class Mirror {
  readonly image: CacheImage = new CacheImage()
  readonly #client: Client
  readonly #options: MirrorOptions
  readonly #cleanUp: CleanUp
  readonly #end = new AbortController()
  readonly #reads: ReadQueue
  readonly #waiting = new Set<() => void>()
  readonly #gaps = new Damper()
  #state: CacheState = 'idle'
  #watch: PersistentWatch | null = null
  #starting: Promise<void> | null = null
  #following: Promise<void> = Promise.resolve()
  #pass: CompletePass = { number: 0, outstanding: 0, isVoid: false, cause: 'initial', fromZxid: 0n }
  #passing = true
  /** From the loss of the connection until a mark says what was missed. */
  #away = false
  /** What is to be said as soon as it is not `away`. */
  #owed: SyncCause | null = null
  /** Counts everything that may have torn the order of events and reads. */
  #breaks = 0
  #settling = false

  constructor(client: Client, options: MirrorOptions) {
    this.#client = client
    this.#options = options
    this.#cleanUp = new CleanUp(client, options.onError)
    this.#reads = new ReadQueue(client, options.withData, options.maxConcurrentReads, this.#end.signal, {
      found: (path, found, pass) => this.#found(path, found, pass),
      listed: (path, names, pass) => this.#listed(path, names, pass),
      refused: (path, error) => this.#refused(path, error),
      failed: (error) => this.#fail(error),
      answered: (pass) => this.#answered(pass),
    })
  }

  get state(): CacheState {
    return this.#state
  }

  get counts(): ReadCounts {
    return this.#reads.counts
  }

  /** Aborts with the reason when the cache fails or is closed. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** Resolves when the first pass is complete. Aborting `signal` closes the cache. */
  async start(signal: AbortSignal | undefined): Promise<void> {
    try {
      signal?.throwIfAborted()
      this.#starting ??= this.#begin()
      const complete = this.#starting.then(() => this.#untilSynced())
      await orAbort(complete, signal)
    } catch (error) {
      // Nobody waits for the servers to take the watch back.
      if (signal?.aborted === true) void this.close().catch((failure: unknown) => this.#cleanUp.report(failure))
      throw error
    }
  }

  /** Everything from now on, for one consumer, beginning with what is there. */
  async *changes(signal: AbortSignal): AsyncGenerator<CacheChange, undefined, undefined> {
    this.#end.signal.throwIfAborted()
    const feed = this.image.feed(this.#state === 'synced')
    try {
      yield* feed.read(signal)
    } finally {
      this.image.drop(feed)
    }
  }

  /** Resolves when everything up to `zxid` is contained. */
  async waitUntil(zxid: bigint, signal: AbortSignal): Promise<void> {
    for (let round = 0; this.image.window.floor < zxid; round++) {
      if (round > 0) await sleep(backOffMs(round - 1), signal)
      const upTo = await serverIsAt(this.#client, this.#options.scope.root, signal)
      await orAbort(endOfTurn(), signal)
      await orAbort(this.#untilSynced(), signal)
      const breaks = this.#breaks
      await orAbort(this.#reads.mark(), signal)
      this.#end.signal.throwIfAborted()
      if (breaks === this.#breaks) this.image.window.raise(upTo)
    }
  }

  async close(): Promise<void> {
    this.#finish('closed', new ZoariumError('ERR_CLOSED', `cache ${this.#options.scope.root}`, { path: this.#options.scope.root }))
    await this.#starting?.catch(() => {})
    await this.#watch?.close()
    await this.#following
    await this.#cleanUp.settled()
  }

  async #begin(): Promise<void> {
    const { signal } = this.#end
    signal.throwIfAborted()
    this.#state = 'loading'
    try {
      const options = { recursive: true, signal, maxBufferedEvents: MAX_BUFFERED_EVENTS }
      this.#watch = await untilDone(() => this.#client.watch(this.#options.scope.root, options), signal)
    } catch (error) {
      this.#fail(error)
      throw signal.reason
    }
    // It may have been closed in the moment in which the watch came.
    if (signal.aborted) await this.#watch.close()
    signal.throwIfAborted()
    this.#client.on('status', this.#statusChanged)
    // The filter is the application's, and may throw.
    this.#following = this.#follow(this.#watch).catch((error: unknown) => this.#fail(error))
    this.#startPass()
  }

  /** Only takes in what came: whatever has to be asked is asked beside it. So a turn of the event loop empties the iterator. */
  async #follow(watch: PersistentWatch): Promise<void> {
    for await (const event of watch) {
      if (this.#end.signal.aborted) return
      this.#hear(event)
    }
  }

  #hear(event: PersistentWatchEvent): void {
    switch (event.type) {
      case 'gap':
        this.#marked()
        this.#breaks++
        if (this.#state === 'synced') this.#state = 'stale'
        void this.#passSoon(this.#newPass(this.#state === 'loading' ? 'initial' : 'gap'))
        return
      case 'resumed':
        this.#marked()
        void this.#resumed()
        return
      case 'lost':
        this.#fail(new ZoariumError('ERR_CLOSED', `cache ${this.#options.scope.root}: the client is closed`, { path: event.path }))
        return
      case 'children':
        return
      case 'deleted':
        this.#heardOf(event.zxid)
        if (!this.#options.scope.includes(event.path)) return
        if (event.zxid === null) this.#reads.read(event.path, null)
        else this.#gone(event.path, event.zxid)
        return
      case 'created':
      case 'changed':
        this.#heardOf(event.zxid)
        if (this.#options.scope.includes(event.path)) this.#reads.read(event.path, null)
        return
    }
  }

  #heardOf(zxid: bigint | null): void {
    this.image.window.hear(zxid)
    this.#settleSoon()
  }

  #gone(path: string, zxid: bigint): void {
    this.#reads.gone(path, zxid)
    this.image.gone(path, zxid)
  }

  #marked(): void {
    if (this.#client.status.type === 'connected') this.#away = false
  }

  /** A pass that is under way goes on: nothing was missed. What is heard while the reads are answered is not read yet. */
  async #resumed(): Promise<void> {
    const breaks = this.#breaks
    const { heard } = this.image.window
    await this.#reads.mark()
    if (breaks === this.#breaks && !this.#passing && this.#state === 'stale') this.#complete(this.#owed ?? 'resumed', heard)
  }

  /** The pass before, if it is not complete, is void. */
  #newPass(cause: SyncCause): CompletePass {
    this.#pass.isVoid = true
    this.#pass = { number: this.#pass.number + 1, outstanding: 0, isVoid: false, cause, fromZxid: 0n }
    this.#passing = true
    return this.#pass
  }

  async #passSoon(pass: CompletePass): Promise<void> {
    const pauseMs = this.#gaps.pauseMs() + Math.random() * RESYNC_SPREAD_MS
    await sleep(pauseMs, this.#end.signal).catch(() => {})
    if (pass === this.#pass && !this.#end.signal.aborted) this.#startPass()
  }

  #startPass(): void {
    this.#pass.fromZxid = this.#client.lastZxid
    this.#reads.read(this.#options.scope.root, this.#pass)
  }

  #found(path: string, found: Found, pass: Pass | null): void {
    const { scope, keepRoot } = this.#options
    if (pass === this.#pass && found !== null && found.stat.numChildren > 0 && scope.descends(path)) this.#reads.list(path, this.#pass)
    if (path !== scope.root || keepRoot) this.image.found(path, found, this.#pass.number, this.#client.lastZxid)
    this.#checkBounds()
    this.#settleSoon()
  }

  #listed(path: string, names: readonly string[], pass: Pass): void {
    if (pass !== this.#pass) return
    const { scope } = this.#options
    for (const name of names) {
      const child = joinPath(path, name)
      if (scope.admits(child)) this.#reads.read(child, pass)
    }
  }

  /** What may not be read is not shown. */
  #refused(path: string, error: ZoariumError): void {
    this.image.removeBelow(path, this.#client.lastZxid)
    this.#cleanUp.report(error)
  }

  #answered(pass: Pass): void {
    if (pass !== this.#pass || pass.outstanding > 0) return
    this.#passing = false
    this.image.removeUnseen(pass.number, this.#client.lastZxid)
    this.#complete(this.#pass.cause, this.#pass.fromZxid)
  }

  #complete(cause: SyncCause, floor: bigint): void {
    this.image.window.raise(floor)
    this.#owed = this.#away ? cause : null
    if (this.#away) {
      this.#state = 'stale'
      return
    }
    this.#state = 'synced'
    this.#trace(cause)
    this.image.synced(cause)
    this.#wake()
    this.#settleSoon()
  }

  #trace(cause: SyncCause): void {
    if (!cacheChannel.hasSubscribers) return
    const sessionId = sessionHex(this.#client.session.id)
    const trace: CacheTrace = {
      path: this.#options.scope.root,
      sessionId,
      cause,
      zxid: this.image.window.floor,
      size: this.image.store.size,
    }
    cacheChannel.publish(trace)
  }

  /** When nothing is left to be read at the end of a turn, the cache is one moment of the tree. */
  #settleSoon(): void {
    if (this.#settling) return
    this.#settling = true
    void endOfTurn().then(() => {
      this.#settling = false
      if (this.#state !== 'synced' || !this.#reads.isIdle) return
      this.image.window.settle()
    })
  }

  async #untilSynced(): Promise<void> {
    while (this.#state !== 'synced') {
      this.#end.signal.throwIfAborted()
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
    this.#waiting.clear()
  }

  readonly #statusChanged = (): void => {
    if (this.#client.status.type === 'connected') return
    this.#away = true
    this.#breaks++
    if (this.#state === 'synced') this.#state = 'stale'
  }

  #checkBounds(): void {
    const { maxNodes, maxBytes, scope } = this.#options
    const { size, bytes } = this.image.store
    if (size <= maxNodes && bytes <= maxBytes) return
    const what = size > maxNodes ? `more than ${maxNodes} znodes (maxNodes)` : `more than ${maxBytes} bytes of data (maxBytes)`
    this.#fail(new ZoariumError('ERR_TOO_LARGE', `cache ${scope.root}: ${what}`, { path: scope.root }))
  }

  #fail(error: unknown): void {
    if (this.#finish('failed', error)) this.#cleanUp.track(this.#watch?.close() ?? Promise.resolve())
  }

  #finish(state: CacheState, error: unknown): boolean {
    if (this.#end.signal.aborted) {
      if (state === 'closed') this.#state = state
      return false
    }
    this.#state = state
    this.#client.off('status', this.#statusChanged)
    this.#end.abort(error)
    this.#reads.clear()
    this.image.end(error)
    this.#wake()
    return true
  }
}
