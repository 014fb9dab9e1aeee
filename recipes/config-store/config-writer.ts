// recipes: changing a configuration: read, change, check, compare and set, and knowing what became of a write whose reply was lost.

import type { Acl, Client, Stat, TransactionOp, TransactionResult } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import { backOffMs, orAbort, sleep } from '../support/abort.ts'
import { Undecided } from '../support/call-bounds.ts'
import type { CleanUp } from '../support/clean-up.ts'
import { newId } from '../support/ids.ts'
import { isTransient, isUnknownOutcome } from '../support/outcome.ts'

// Every write is one transaction:
//
//   setData <path> <document> <expected version>       (or create <path> <document>, where nothing is)
//   create  <path>/write-<id>                          ephemeral, empty, removed right after
//
// The second operation is a receipt. When the reply is lost, the receipt says for certain that the write happened, and under which zxid,
// even if others have written since. When there is none and the session is still the same, the write did not happen. Only when the session
// has ended meanwhile (the receipt goes with it) and others have written more than once, nobody can know: then the caller is told so.

/** What is stored now. */
export interface Stored {
  readonly data: Buffer | null
  readonly stat: Stat
}

/** What a write made. */
export interface Written {
  readonly text: string
  readonly version: number
  readonly zxid: bigint
  readonly mtimeMs: number
}

type Outcome = { readonly type: 'written'; readonly written: Written } | { readonly type: 'conflict' }

const CONFLICT: Outcome = Object.freeze({ type: 'conflict' })

/** How often a missing parent is made anew before the error is passed on. */
const MAX_REPAIRS = 3

export class ConfigWriter {
  readonly #client: Client
  readonly #path: string
  readonly #acl: readonly Acl[]
  readonly #cleanUp: CleanUp
  /** False once the access control list was found to forbid receipts: to know what became of a write is then a matter of comparing. */
  #receipts = true

  constructor(client: Client, path: string, acl: readonly Acl[], cleanUp: CleanUp) {
    this.#client = client
    this.#path = path
    this.#acl = acl
    this.#cleanUp = cleanUp
  }

  /** What is stored, `null` if nothing is. `fresh`: not older than this call. */
  async read(fresh: boolean, signal: AbortSignal): Promise<Stored | null> {
    for (let round = 0; ; round++) {
      try {
        const synced = fresh ? this.#client.sync(this.#path) : undefined
        const [, stored] = await orAbort(Promise.all([synced, this.#client.getData(this.#path)]), signal)
        return stored
      } catch (error) {
        signal.throwIfAborted()
        if (ZoariumError.is(error, 'NO_NODE')) return null
        if (!isTransient(error)) throw error
      }
      await sleep(backOffMs(round), signal)
    }
  }

  /**
   * Replaces `base` by `text`; `null`: somebody else was faster, nothing was changed. Rejects with `ERR_UNKNOWN_OUTCOME` when it cannot be
   * known, and with `signal.reason`: then the write may still happen.
   */
  async replace(base: Stored | null, text: string, signal: AbortSignal, undecided: Undecided = new Undecided()): Promise<Written | null> {
    let repairs = 0
    for (let round = 0; ; round++) {
      signal.throwIfAborted()
      try {
        const outcome = await undecided.during(this.#write(base, text, signal))
        if (outcome.type === 'conflict') undecided.not()
        return outcome.type === 'written' ? outcome.written : null
      } catch (error) {
        signal.throwIfAborted()
        if (this.#receipts && ZoariumError.is(error, 'NO_AUTH') && error.index === 1) this.#receipts = false
        else if (base === null && ZoariumError.is(error, 'NO_NODE') && repairs++ < MAX_REPAIRS) await this.#makeParent()
        else if (!isTransient(error) || isUnknownOutcome(error)) throw error
        else await sleep(backOffMs(round), signal)
      }
    }
  }

  async #write(base: Stored | null, text: string, signal: AbortSignal): Promise<Outcome> {
    const receipt = this.#receipts ? `${this.#path}/write-${newId()}` : null
    const sessionId = this.#client.session.id
    const writing = this.#client.multi(this.#ops(base, text, receipt))
    const removing = (): void => this.#remove(receipt)
    let results: readonly TransactionResult[]
    try {
      results = await orAbort(writing, signal)
      removing()
    } catch (error) {
      if (signal.aborted) {
        // It may still happen: its receipt must not stay.
        this.#cleanUp.track(writing.then(removing, (late: unknown) => (isUnknownOutcome(late) ? removing() : undefined)))
        throw signal.reason
      }
      if (isUnknownOutcome(error)) return await this.#lookUp(base, text, receipt, sessionId, signal, error)
      if (base !== null ? isConflict(error) : ZoariumError.is(error, 'NODE_EXISTS')) return CONFLICT
      throw error
    }
    return { type: 'written', written: await this.#written(text, results[0], signal) }
  }

  async #written(text: string, result: TransactionResult | undefined, signal: AbortSignal): Promise<Written> {
    if (result?.type === 'setData') return { text, ...facts(result.stat) }
    if (result?.type !== 'create') {
      throw new ZoariumError('ERR_PROTOCOL', `configuration ${this.#path}: a transaction without its results`, { path: this.#path })
    }
    const { czxid, stat } = result
    if (stat !== null) return { text, ...facts(stat) }
    // Apache ZooKeeper before 3.9 does not tell when.
    const stored = await this.read(false, signal)
    return { text, version: 0, zxid: czxid, mtimeMs: stored?.stat.czxid === czxid ? stored.stat.ctimeMs : 0 }
  }

  #ops(base: Stored | null, text: string, receipt: string | null): TransactionOp[] {
    const write: TransactionOp =
      base === null
        ? { type: 'create', path: this.#path, data: text, acl: this.#acl }
        : { type: 'setData', path: this.#path, data: text, version: base.stat.version }
    return receipt === null ? [write] : [write, { type: 'create', path: receipt, mode: 'ephemeral', acl: this.#acl }]
  }

  async #lookUp(
    base: Stored | null,
    text: string,
    receipt: string | null,
    sessionId: bigint,
    signal: AbortSignal,
    error: unknown,
  ): Promise<Outcome> {
    try {
      const stored = await this.read(true, signal)
      const found = receipt === null ? null : await orAbort(this.#client.exists(receipt), signal)
      const version = (base?.stat.version ?? -1) + 1
      if (found !== null) return { type: 'written', written: { text, version, zxid: found.czxid, mtimeMs: found.ctimeMs } }
      if (receipt !== null && this.#client.session.id === sessionId) return CONFLICT
      return compare(base, stored, text) ?? fail(error)
    } finally {
      this.#remove(receipt)
    }
  }

  #remove(receipt: string | null): void {
    if (receipt === null) return
    this.#cleanUp.discard({ path: receipt, name: receipt.slice(receipt.lastIndexOf('/') + 1), czxid: 0n, owner: this.#client.session.id })
  }

  async #makeParent(): Promise<void> {
    const parent = this.#path.slice(0, this.#path.lastIndexOf('/'))
    if (parent !== '') await this.#client.ensurePath(parent)
  }
}

/** What the present document says about a write without a receipt: `null` when it could be either way. */
function compare(base: Stored | null, stored: Stored | null, text: string): Outcome | null {
  if (stored === null || (base !== null && stored.stat.czxid !== base.stat.czxid)) return null
  const { version } = stored.stat
  const written = version === (base?.stat.version ?? -1) + 1 && stored.data?.toString('utf8') === text
  if (written) return { type: 'written', written: { text, ...facts(stored.stat) } }
  return base !== null && version <= base.stat.version + 1 ? CONFLICT : null
}

function fail(error: unknown): never {
  throw error
}

function facts({ version, mzxid, mtimeMs }: Stat): { version: number; zxid: bigint; mtimeMs: number } {
  return { version, zxid: mzxid, mtimeMs }
}

function isConflict(error: unknown): boolean {
  return ZoariumError.is(error, 'BAD_VERSION') || ZoariumError.is(error, 'NO_NODE')
}
