// client: in which order the servers are tried: shuffled once, then round and round, so that many clients spread over all of them. When the
// list changes, as many clients move as it takes to spread them evenly again, and no more.
//
// M servers carry 1/M of the clients each; K of them stay, and the new list has N (so N - K are new). After the change each shall carry 1/N.
//   a client on a server that stays     moves, to a new server, with probability 1 - M/N    (N > M; else it stays)
//   a client on a server that is gone   moves to one that stays with probability K(M - N) / (N(M - K)), else to a new one
// (the client's part of ZooKeeper's dynamic reconfiguration: Shraer and others, USENIX ATC 2012, section 4)

import { assert } from '../support/assert.ts'
import type { Random } from '../support/random.ts'
import { type ServerAddress, sameAddress } from './connection-string.ts'

export class HostList {
  readonly #random: Random
  #hosts: ServerAddress[]
  #next = 0

  constructor(servers: readonly ServerAddress[], random: Random) {
    assert(servers.length > 0, 'a connection string names a server')
    this.#random = random
    this.#hosts = shuffled(servers, random)
  }

  get size(): number {
    return this.#hosts.length
  }

  /** In the order in which they are tried. */
  get servers(): readonly ServerAddress[] {
    return this.#hosts
  }

  /** The next server to try: another one than last time unless there is only one. */
  next(): ServerAddress {
    const host = this.#hosts[this.#next]
    assert(host !== undefined, 'the position stays inside the list')
    this.#next = (this.#next + 1) % this.#hosts.length
    return host
  }

  /** The next server to try that is not `present`, unless there is no other. */
  nextBeside(present: ServerAddress | undefined): ServerAddress {
    const host = this.next()
    return present !== undefined && sameAddress(host, present) ? this.next() : host
  }

  /** Has this server tried next. */
  prefer(server: ServerAddress): void {
    const at = this.#hosts.findIndex((host) => sameAddress(host, server))
    if (at >= 0) this.#next = at
  }

  /** Takes a new list. Returns whether a client that is now on `current` should go to another server. */
  update(servers: readonly ServerAddress[], current: ServerAddress | null): boolean {
    assert(servers.length > 0, 'a connection string names a server')
    const before = this.#hosts
    const isIn = (list: readonly ServerAddress[], server: ServerAddress): boolean => list.some((one) => sameAddress(one, server))
    const kept = shuffled(
      servers.filter((server) => isIn(before, server)),
      this.#random,
    )
    const added = shuffled(
      servers.filter((server) => !isIn(before, server)),
      this.#random,
    )
    const stays = current !== null && isIn(servers, current)
    const [m, n, k] = [before.length, servers.length, kept.length]
    const toKept = stays ? 0 : m > k ? (k * Math.max(0, m - n)) / (n * (m - k)) : k / n
    const first = this.#random.next() < toKept ? kept : added
    this.#hosts = first === kept ? [...kept, ...added] : [...added, ...kept]
    this.#next = 0
    if (!stays) return current !== null
    if (added.length > 0 && this.#random.next() < 1 - m / n) return true
    // It stays; should the connection be lost, the order begins after it.
    this.prefer(current)
    this.next()
    return false
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
