// client: identities that the client proves again on each of its connections.

import type { ZoariumError } from '../errors.ts'
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

export function authRequest(entry: AuthEntry): AuthRequest {
  return { op: OpCode.auth, type: 0, scheme: entry.info.scheme, auth: bytesOf(entry.info.auth) }
}
