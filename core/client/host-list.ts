// client: in which order the servers are tried: shuffled once, then round and round, so that many clients spread over all of them.

import { assert } from '../support/assert.ts'
import type { Random } from '../support/random.ts'
import type { ServerAddress } from './connection-string.ts'

export class HostList {
  readonly #hosts: ServerAddress[]
  #next = 0

  constructor(servers: readonly ServerAddress[], random: Random) {
    assert(servers.length > 0, 'a connection string names a server')
    this.#hosts = shuffled(servers, random)
  }

  get size(): number {
    return this.#hosts.length
  }

  /** The next server to try: another one than last time unless there is only one. */
  next(): ServerAddress {
    const host = this.#hosts[this.#next]
    assert(host !== undefined, 'the position stays inside the list')
    this.#next = (this.#next + 1) % this.#hosts.length
    return host
  }
}

/** Fisher and Yates. */
function shuffled(servers: readonly ServerAddress[], random: Random): ServerAddress[] {
  const list = [...servers]
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const a = list[i]
    const b = list[j]
    assert(a !== undefined && b !== undefined, 'both positions lie inside the list')
    list[i] = b
    list[j] = a
  }
  return list
}
