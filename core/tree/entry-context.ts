// tree: who asks and when, for the entry being applied. One object, refilled for every entry. PURE.

import type { Id } from '../wire/records.ts'
import { decodeAuth } from './envelope.ts'
import type { Session } from './session-table.ts'

const NOBODY: readonly Id[] = []

export class EntryContext {
  zxid = 0
  wallTimeMs = 0
  clusterTimeMs = 0
  /** The session that asks; checked by who fills it in. */
  session: Session | null = null
  #payload: Buffer | null = null
  #ids: readonly Id[] = NOBODY

  /** Points to the entry whose identities {@link ids} decodes when somebody asks: open nodes never do. */
  begin(payload: Buffer, zxid: number, wallTimeMs: number, clusterTimeMs: number): void {
    this.zxid = zxid
    this.wallTimeMs = wallTimeMs
    this.clusterTimeMs = clusterTimeMs
    this.session = null
    this.#payload = payload
    this.#ids = NOBODY
  }

  /** Forgets the entry, so that its bytes can be freed. */
  end(): void {
    this.session = null
    this.#payload = null
    this.#ids = NOBODY
  }

  get ids(): readonly Id[] {
    if (this.#payload !== null) {
      this.#ids = decodeAuth(this.#payload)
      this.#payload = null
    }
    return this.#ids
  }
}
