// Three network namespaces of Linux on one bridge, one for each server, whose links can be cut one way or both. Needs root and iproute2.
//
//   server N: namespace zoarium-N, 10.77.0.N      clients: this machine, 10.77.0.254
//
// A cut from A to B is a route in A's namespace that swallows everything for B: packets vanish, nobody is told.

import { execFileSync } from 'node:child_process'
import type { Places } from './ensemble-processes.ts'

const BRIDGE = 'zoarium-br'

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** The words of what `ip` lists. */
function listed(...args: readonly string[]): readonly string[] {
  return execFileSync('ip', args, { encoding: 'utf8' }).split(/[\s:@]+/)
}

export class NetworkNamespaces implements Places, Disposable {
  readonly #ids: readonly number[]
  readonly #cuts = new Set<string>()

  /** Throws what `ip` says when it may not do this. */
  constructor(ids: readonly number[]) {
    this.#ids = ids
    this[Symbol.dispose]()
    ip('link', 'add', BRIDGE, 'type', 'bridge')
    ip('addr', 'add', '10.77.0.254/24', 'dev', BRIDGE)
    ip('link', 'set', BRIDGE, 'up')
    for (const id of ids) this.#add(id)
  }

  addressOf(id: number): string {
    return `10.77.0.${id}`
  }

  launcher(id: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name(id)]
  }

  /** One way: nothing from `from` reaches `to`. */
  cut(from: number, to: number): void {
    if (this.#cuts.has(`${from} ${to}`)) return
    this.#cuts.add(`${from} ${to}`)
    ip('-n', this.#name(from), 'route', 'add', 'blackhole', `${this.addressOf(to)}/32`)
  }

  /** Everything gets through again. */
  heal(): void {
    for (const cut of this.#cuts) {
      const [from = 0, to = 0] = cut.split(' ').map(Number)
      ip('-n', this.#name(from), 'route', 'del', 'blackhole', `${this.addressOf(to)}/32`)
    }
    this.#cuts.clear()
  }

  /** Removes all of it, also what an earlier run has left. */
  [Symbol.dispose](): void {
    const there = listed('netns', 'list')
    for (const id of this.#ids) if (there.includes(this.#name(id))) ip('netns', 'del', this.#name(id))
    if (listed('-o', 'link', 'show', 'type', 'bridge').includes(BRIDGE)) ip('link', 'del', BRIDGE)
    this.#cuts.clear()
  }

  #add(id: number): void {
    const name = this.#name(id)
    const outside = `zoarium-${id}o`
    ip('netns', 'add', name)
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('link', 'set', outside, 'master', BRIDGE, 'up')
    ip('-n', name, 'addr', 'add', `${this.addressOf(id)}/24`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
  }

  #name(id: number): string {
    return `zoarium-${id}`
  }
}
