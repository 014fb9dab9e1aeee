// recipes: what a configuration is now: the newest valid document, and what happened to newer ones that are not valid.

import { ChangeFeed } from './change-feed.ts'
import type { ConfigSchema } from './config-schema.ts'
import type { Stored, Written } from './config-writer.ts'
import { parseDocument } from './document.ts'
import { Listeners } from './listeners.ts'
import type { ConfigSnapshot } from './snapshot.ts'
import { deepFreeze } from './snapshot.ts'
import type { ConfigEvents, ConfigRejection } from './types.ts'
import type { Verdict } from './validation.ts'
import { validate } from './validation.ts'

//   read or written -> older than what was seen: nothing
//                   -> newer: ask the schema -> meanwhile something newer still: nothing
//                                            -> valid: the snapshot
//                                            -> not valid: rejected, the snapshot stays
//
// Newer means by the zxid of the change: version numbers begin again when a znode is made anew.

export class ConfigState<Value, Input> {
  readonly feed: ChangeFeed<ConfigSnapshot<Value>> = new ChangeFeed()
  readonly listeners: Listeners<ConfigEvents<Value>>
  readonly #path: string
  readonly #schema: ConfigSchema<Input, Value>
  #snapshot: ConfigSnapshot<Value> | null = null
  #rejection: ConfigRejection | null = null
  #missing = false
  /** The zxid of the newest document that was seen, valid or not, and the check of it. */
  #seen = 0n
  #judging: Promise<void> = Promise.resolve()
  #ended = false
  #endedBy: unknown = null

  constructor(path: string, schema: ConfigSchema<Input, Value>, onError: (error: unknown) => void) {
    this.#path = path
    this.#schema = schema
    this.listeners = new Listeners(onError)
  }

  get snapshot(): ConfigSnapshot<Value> | null {
    return this.#snapshot
  }

  get rejection(): ConfigRejection | null {
    return this.#rejection
  }

  get missing(): boolean {
    return this.#missing
  }

  /** Takes in what was read; resolves when the newest document that was seen is judged. */
  take(stored: Stored | null): Promise<void> {
    if (stored === null) {
      if (!this.#missing && this.#seen > 0n && !this.#ended) this.listeners.emit('deleted', { path: this.#path })
      this.#missing = true
      return Promise.resolve()
    }
    this.#missing = false
    if (stored.stat.mzxid > this.#seen) {
      this.#seen = stored.stat.mzxid
      this.#judging = this.#judge(stored)
    }
    return this.#judging
  }

  /** Takes in what this process has written and checked before. Returns its snapshot, which need not be the newest any more. */
  wrote({ version, zxid, mtimeMs }: Written, value: Value): ConfigSnapshot<Value> {
    // The watch was faster.
    if (this.#snapshot?.zxid === zxid) return this.#snapshot
    const snapshot: ConfigSnapshot<Value> = Object.freeze({ value: deepFreeze(value), source: 'remote', version, zxid, mtimeMs })
    // An equal zxid: the watch was faster, and its check is not done yet.
    if (zxid >= this.#seen) {
      this.#seen = zxid
      this.#missing = false
      this.#apply(snapshot)
    }
    return snapshot
  }

  /** Begins with the defaults, until there is a document. */
  begin(defaults: Readonly<Value>): void {
    this.#snapshot = Object.freeze({ value: defaults, source: 'defaults', version: -1, zxid: 0n, mtimeMs: 0 })
    this.feed.changed(this.#snapshot)
  }

  /** Tells nobody anything any more; `error` rejects the iterations. */
  end(error: unknown = null): void {
    this.#ended = true
    this.#endedBy ??= error
    this.listeners.clear()
    this.feed.end(error)
  }

  /** Throws the error that it ended with, if it did. */
  throwIfEnded(): void {
    if (this.#endedBy !== null) throw this.#endedBy
  }

  async #judge(stored: Stored): Promise<void> {
    const { version, mzxid: zxid, mtimeMs } = stored.stat
    const verdict = await this.#verdict(stored.data)
    // Something newer came while the schema was asked, or the same document by another way: this is not news any more.
    if (this.#ended || this.#seen !== zxid || this.#snapshot?.zxid === zxid) return
    if (verdict.type === 'invalid') {
      this.#rejection = Object.freeze({ issues: verdict.issues, version, zxid })
      this.listeners.emit('rejected', this.#rejection)
    } else this.#apply(Object.freeze({ value: deepFreeze(verdict.value), source: 'remote', version, zxid, mtimeMs }))
  }

  async #verdict(data: Buffer | null): Promise<Verdict<Value>> {
    const parsed = parseDocument(data)
    if (parsed.type === 'json') return validate(this.#schema, parsed.value)
    return { type: 'invalid', issues: [{ path: '', message: `not JSON: ${parsed.message}` }] }
  }

  #apply(snapshot: ConfigSnapshot<Value>): void {
    if (this.#ended) return
    this.#rejection = null
    this.#snapshot = snapshot
    this.feed.changed(snapshot)
    this.listeners.emit('changed', snapshot)
  }
}
