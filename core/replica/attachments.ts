// replica: which of this server's connections each session is on. A session is on one connection of one server at a time. PURE.

import type { SessionState } from '../tree/session-table.ts'
import type { Connection } from './connection.ts'
import type { TrackedSession } from './session-tracker.ts'

export class Attachments {
  readonly #connections = new Map<SessionState, Connection>()
  readonly #close: (c: Connection) => void

  constructor(close: (c: Connection) => void) {
    this.#close = close
  }

  /** The session is on `c` now; a former connection of it is closed. */
  attach(c: Connection, session: SessionState, tracked: TrackedSession): void {
    const former = this.#connections.get(session)
    this.#connections.set(session, c)
    if (former !== undefined && former !== c) this.#close(former)
    c.session = session
    c.generation = session.generation
    c.tracked = tracked
  }

  /** The session has ended, or lives at another server: a connection of it has no business here any more. */
  gone(session: SessionState): void {
    const c = this.#connections.get(session)
    if (c === undefined) return
    this.#connections.delete(session)
    this.#close(c)
  }

  /** The connection is closed. */
  discarded(c: Connection): void {
    if (c.session !== null && this.#connections.get(c.session) === c) this.#connections.delete(c.session)
  }
}
