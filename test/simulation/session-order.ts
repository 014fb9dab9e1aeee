// What each session asked, connection by connection, against what is applied: in the order of asking, none left out, and nothing of a connection takes
// effect once the client was told that its session is attached on a later one.

interface Asked {
  readonly xid: number
  readonly connection: number
}

interface Session {
  readonly asked: Asked[]
  readonly byXid: Map<number, number>
  /** Position in `asked` of what was applied last, by connection. */
  readonly applied: Map<number, number>
  /** The connection on which the client knows itself attached. */
  attached: number
}

export class SessionOrder {
  readonly #sessions = new Map<string, Session>()

  /** The client was told that its session is attached on its connection of this number; numbers rise. */
  attached(session: string, connection: number): void {
    this.#of(session).attached = connection
  }

  /** A write that must become an entry was sent. */
  asked(session: string, connection: number, xid: number): void {
    const { asked, byXid } = this.#of(session)
    byXid.set(xid, asked.length)
    asked.push({ xid, connection })
  }

  /** The entry of a request was applied first: what is wrong with that. */
  applied(session: string, xid: number, ok: boolean): string | null {
    const { asked, byXid, applied, attached } = this.#of(session)
    const at = byXid.get(xid)
    if (at === undefined) return `xid ${xid} was never asked`
    const { connection } = asked[at] as Asked
    const last = applied.get(connection)
    applied.set(connection, at)
    if (last !== undefined && at <= last) return `xid ${xid} is applied after ${asked[last]?.xid}`
    // What is asked on one connection stands together.
    const before = asked[at - 1]
    if (before?.connection === connection && last !== at - 1) return `xid ${xid} is applied, and ${before.xid} before it was not`
    if (ok && connection < attached)
      return `xid ${xid} of connection ${connection} has an effect, though the session is attached on ${attached}`
    return null
  }

  #of(session: string): Session {
    let known = this.#sessions.get(session)
    if (known === undefined) {
      known = { asked: [], byXid: new Map(), applied: new Map(), attached: 0 }
      this.#sessions.set(session, known)
    }
    return known
  }
}
