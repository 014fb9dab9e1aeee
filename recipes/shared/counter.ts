// recipes: a number that many processes change, each change exactly once.

import type { Acl, CallOptions, Client, Stat } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, callOptions, orAbort, sleep } from '../support/abort.ts'
import { Undecided, withinTime } from '../support/call-bounds.ts'
import { newId } from '../support/ids.ts'
import { requirePath } from '../support/options.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'
import { ensureParent } from '../support/parents.ts'
import type { CounterRecord } from './counter-record.ts'
import { decodeCounter, encodeCounter, written } from './counter-record.ts'

/** Options of a {@link Counter}. */
export interface CounterOptions {
  /** The value of a counter that does not exist yet. Default 0n. */
  readonly initial?: bigint
  /** Access control list of the znode. Default: anybody may do anything. */
  readonly acl?: readonly Acl[]
}

/** What one change made of the value. */
export interface CounterChange {
  readonly before: bigint
  readonly after: bigint
}

interface Stored {
  readonly record: CounterRecord
  readonly stat: Stat
}

/** A change that waits for its turn. */
interface Waiting {
  readonly delta: bigint
  readonly signal: AbortSignal | undefined
  /** Of the write that it left with, `null` before it has. */
  left: Undecided | null
  resolve(change: CounterChange): void
  reject(reason: unknown): void
}

/** A write whose reply was lost: what stood there before. */
interface Uncertain {
  /** `null`: nothing, it was a create. */
  readonly stat: Stat | null
  /** The session that sent it. */
  readonly sessionId: bigint
}

//   read, write (value, own id) if nobody wrote since ---> done
//     ^            | somebody did: after a pause
//     |            | reply lost: sync, read
//     |            v
//     |      own id among the last 32 writes -----------> done, and the value after it stands beside the id
//     '------- not there, though all writes since are among them: it did not happen, and cannot any more once anybody has written
//              else ------------------------------------> ERR_UNKNOWN_OUTCOME
//
// Sending the same change again while the first may still be under way is safe: both ask for the same version, so at most one happens.

/**
 * A shared number of any size. An `add` that resolves happened exactly once; a lost reply is looked up, not guessed. Changes that are asked for while one is
 * under way leave as one write.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { Counter } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * const orders = new Counter(client, '/counters/orders')
 * const { after } = await orders.add(1n)
 * console.log(after, await orders.get())
 * ```
 */
export class Counter {
  readonly path: string
  readonly #client: Client
  readonly #initial: bigint
  readonly #acl: readonly Acl[] | undefined
  readonly #waiting: Waiting[] = []
  #running = false

  /** Asks nothing of the servers. Throws `ERR_CONFIG` for a path that cannot be. */
  constructor(client: Client, path: string, options: CounterOptions = {}) {
    this.path = requirePath('path', path)
    this.#client = client
    this.#initial = options.initial ?? 0n
    this.#acl = options.acl
  }

  /** The value now: not older than this call. Rejects with `ERR_VALIDATION` if something else stands there. */
  get(options: CallOptions = {}): Promise<bigint> {
    return withinTime(
      options,
      () => `counter ${this.path}`,
      async (call) => (await this.#read(true, call))?.record.value ?? this.#initial,
    )
  }

  /**
   * Adds `delta`, which may be negative; makes the counter if it is missing. Tries as long as others are faster.
   *
   * Rejects with `signal.reason` (it may happen all the same if it was under way), `ERR_TIMEOUT` (it did not and will not happen), `ERR_VALIDATION` (something else
   * stands there), what the servers refuse, or `ERR_UNKNOWN_OUTCOME`: time was up while it was under way, or the reply was lost, and before anything could be seen the
   * counter was deleted or written more than 32 times, or by a program that writes a number alone.
   */
  async add(delta: bigint | number = 1n, options: CallOptions = {}): Promise<CounterChange> {
    const amount = toBigInt(delta)
    let waiting: Waiting | null = null
    const add = (signal: AbortSignal | undefined): Promise<CounterChange> => {
      const change = new Promise<CounterChange>((resolve, reject) => {
        this.#waiting.push((waiting = { delta: amount, signal, left: null, resolve, reject }))
      })
      if (!this.#running) void this.#run()
      return orAbort(change, signal)
    }
    return await withinTime(
      options,
      () => `counter ${this.path}`,
      (call) => add(call.signal),
      () => waiting?.left?.is === true,
    )
  }

  /** Sets the value, whatever it was, exactly once; resolves with what it was. Rejects as {@link Counter.add} does. */
  async set(value: bigint | number, options: CallOptions = {}): Promise<CounterChange> {
    const wanted = toBigInt(value)
    const undecided = new Undecided()
    return await withinTime(
      options,
      () => `counter ${this.path}`,
      ({ signal }) =>
        orAbort(
          this.#change(() => wanted, undecided, signal),
          signal,
        ),
      () => undecided.is,
    )
  }

  /** Changes that have gathered leave as one write; each gets its own share of what came of it. Who gave up before it left is not in it. */
  async #run(): Promise<void> {
    this.#running = true
    // Whoever calls in the same turn is of the first batch.
    await Promise.resolve()
    for (;;) {
      const batch = this.#waiting.splice(0).filter(({ signal }) => signal?.aborted !== true)
      if (batch.length === 0) break
      const undecided = new Undecided()
      let leaving = batch
      const next = (value: bigint): bigint => {
        // One that may have happened already is sent again as it was.
        if (!undecided.is) leaving = batch.filter(({ signal }) => signal?.aborted !== true)
        if (leaving.length === 0) throw batch[0]?.signal?.reason
        for (const one of leaving) one.left = undecided
        return leaving.reduce((sum, { delta }) => sum + delta, value)
      }
      try {
        let { before } = await this.#change(next, undecided, batch.length === 1 ? batch[0]?.signal : undefined)
        for (const { delta, resolve } of leaving) {
          resolve({ before, after: before + delta })
          before += delta
        }
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#running = false
  }

  async #change(next: (value: bigint) => bigint, undecided: Undecided, signal: AbortSignal | undefined): Promise<CounterChange> {
    const id = newId().slice(0, 12)
    let uncertain: Uncertain | null = null
    for (let round = 0; ; round++) {
      signal?.throwIfAborted()
      const stored = await this.#read(uncertain !== null, callOptions(signal))
      const done = uncertain === null ? null : this.#ownWrite(id, uncertain, stored)
      if (done !== null) return done
      if (uncertain !== null && this.#cannotHappen(uncertain, stored)) uncertain = null
      if (uncertain === null) undecided.not()
      const before = stored?.record.value ?? this.#initial
      const after = next(before)
      const sessionId = this.#client.session.id
      try {
        const record = written(stored?.record ?? { value: before, writes: [] }, { id, before, after })
        if (await undecided.during(this.#write(stored, encodeCounter(record)))) return { before, after }
      } catch (error) {
        if (!isUnknownOutcome(error)) throw error
        uncertain ??= { stat: stored?.stat ?? null, sessionId }
        continue
      }
      if (uncertain === null) undecided.not()
      await sleep(backOffMs(Math.min(round, 5)), signal)
    }
  }

  /** What the uncertain write did; `null`: it did not happen. */
  #ownWrite(id: string, { stat }: Uncertain, stored: Stored | null): CounterChange | null {
    const write = stored?.record.writes.find((one) => one.id === id)
    if (write !== undefined) return write
    // Of a counter that was deleted since, nobody can say what it was. One that was never there was not made by the lost create, or the change went with it.
    const isSame = stat === null || stored?.stat.czxid === stat.czxid
    const writesSince = stored === null ? 0 : stat === null ? stored.stat.version + 1 : (stored.stat.version - stat.version) | 0
    // Who writes a number alone makes the writes before it forgotten.
    if (isSame && writesSince <= (stored?.record.writes.length ?? 0)) return null
    throw new ZoariumError('ERR_UNKNOWN_OUTCOME', `counter ${this.path}`, { path: this.path })
  }

  /** Of a write that has not happened: what others write from now on says nothing about it. In its own session the `sync` before the look has decided it. */
  #cannotHappen({ stat, sessionId }: Uncertain, stored: Stored | null): boolean {
    return sessionId === this.#client.session.id || (stat !== null && stored !== null && stored.stat.version !== stat.version)
  }

  /** False: somebody else was faster, nothing was changed. */
  async #write(stored: Stored | null, data: string): Promise<boolean> {
    try {
      if (stored !== null) await this.#client.setData(this.path, data, { version: stored.stat.version })
      else await this.#client.create(this.path, data, this.#acl === undefined ? {} : { acl: this.#acl })
      return true
    } catch (error) {
      if (FASTER.some((code) => ZoariumError.is(error, code))) {
        if (stored === null && ZoariumError.is(error, 'NO_NODE')) await this.#makeParent()
        return false
      }
      if (isUnknownOutcome(error) || !isTransient(error)) throw error
      return false
    }
  }

  /** Whatever goes wrong for a while, the next create fails with `NO_NODE` again. */
  async #makeParent(): Promise<void> {
    try {
      // The root itself may be missing: under a chroot that nobody has made.
      await ensureParent(this.#client, this.path.slice(0, this.path.lastIndexOf('/')) || '/')
    } catch (error) {
      if (!isTransient(error)) throw error
    }
  }

  /** `null`: there is no counter. With `sync` not older than this call. */
  async #read(sync: boolean, options: CallOptions): Promise<Stored | null> {
    const { signal } = options
    for (let round = 0; ; round++) {
      try {
        // Both leave together.
        const [, { data, stat }] = await Promise.all([
          sync ? this.#client.sync(this.path, options) : null,
          this.#client.getData(this.path, options),
        ])
        return { record: decodeCounter(this.path, data), stat }
      } catch (error) {
        if (ZoariumError.is(error, 'NO_NODE')) return null
        signal?.throwIfAborted()
        if (!isTransient(error)) throw error
      }
      await sleep(backOffMs(round), signal)
    }
  }
}

/** How a write fails when somebody else was faster. */
const FASTER = ['BAD_VERSION', 'NODE_EXISTS', 'NO_NODE'] as const

function toBigInt(value: bigint | number): bigint {
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(value)) return BigInt(value)
  throw new ZoariumError('ERR_CONFIG', `expected a bigint or a safe integer, got ${String(value)}`)
}
