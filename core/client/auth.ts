// client: identities that the client proves again on each of its connections.

import { ZoariumError } from '../errors.ts'
import { OpCode } from '../wire/op-codes.ts'
import type { AuthRequest } from '../wire/records.ts'
import { bytesOf } from './options.ts'
import type { AuthInfo } from './types.ts'

/** One identity, and whoever waits for the server's first word on it. */
export class AuthEntry {
  readonly info: AuthInfo
  /** Settles with the first answer of a server. */
  readonly proved: Promise<void>
  #accept: () => void = () => undefined
  #refuse: (error: ZoariumError) => void = () => undefined

  constructor(info: AuthInfo) {
    this.info = info
    this.proved = new Promise((resolve, reject) => {
      this.#accept = resolve
      this.#refuse = reject
    })
    // Nobody may be waiting any more.
    this.proved.catch(() => undefined)
  }

  accept(): void {
    this.#accept()
  }

  refuse(error: ZoariumError): void {
    this.#refuse(error)
  }
}

/** All identities of one client, in the order in which they are proved. */
export class Identities {
  readonly #entries: AuthEntry[]

  constructor(infos: readonly AuthInfo[]) {
    this.#entries = infos.map((info) => new AuthEntry(info))
  }

  get entries(): readonly AuthEntry[] {
    return this.#entries
  }

  /** `end`: why nothing is proved any more, if so. */
  add(info: AuthInfo, end: ZoariumError | null): AuthEntry {
    const entry = new AuthEntry(info)
    if (end === null) this.#entries.push(entry)
    else entry.refuse(new ZoariumError(end.code, `auth with scheme '${info.scheme}'`))
    return entry
  }

  /** A server refused this one, and would again. */
  remove(entry: AuthEntry): void {
    const at = this.#entries.indexOf(entry)
    if (at >= 0) this.#entries.splice(at, 1)
  }

  refuseAll(error: ZoariumError): void {
    for (const entry of this.#entries) entry.refuse(error)
  }
}

export function authRequest(entry: AuthEntry): AuthRequest {
  return { op: OpCode.auth, type: 0, scheme: entry.info.scheme, auth: bytesOf(entry.info.auth) }
}
