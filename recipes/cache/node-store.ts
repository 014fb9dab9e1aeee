// recipes: the znodes of a cache by path, who is whose child, and how much it is. Knows no client.

import type { CachedNode } from './cached-node.ts'

interface Entry {
  node: CachedNode
  /** The newest pass that has seen it. */
  pass: number
}

const NONE: ReadonlySet<string> = new Set()

/** The znodes of one cache. */
export class NodeStore {
  readonly #entries = new Map<string, Entry>()
  /** Names by parent, for parents that have any. */
  readonly #children = new Map<string, Set<string>>()
  #bytes = 0

  get size(): number {
    return this.#entries.size
  }

  /** Bytes of data. */
  get bytes(): number {
    return this.#bytes
  }

  get(path: string): CachedNode | undefined {
    return this.#entries.get(path)?.node
  }

  /** Names of the znodes below `path`, in no order. */
  childrenOf(path: string): ReadonlySet<string> {
    return this.#children.get(path) ?? NONE
  }

  *nodes(): IterableIterator<CachedNode> {
    for (const { node } of this.#entries.values()) yield node
  }

  set(node: CachedNode, pass: number): void {
    const entry = this.#entries.get(node.path)
    if (entry === undefined) {
      this.#entries.set(node.path, { node, pass })
      this.#link(node.path)
    } else {
      this.#bytes -= sizeOf(entry.node)
      entry.node = node
      entry.pass = pass
    }
    this.#bytes += sizeOf(node)
  }

  /** It is there, unchanged. */
  seen(path: string, pass: number): void {
    const entry = this.#entries.get(path)
    if (entry !== undefined) entry.pass = pass
  }

  delete(path: string): void {
    const entry = this.#entries.get(path)
    if (entry === undefined) return
    this.#entries.delete(path)
    this.#bytes -= sizeOf(entry.node)
    const parent = parentOf(path)
    const siblings = this.#children.get(parent)
    siblings?.delete(entry.node.name)
    if (siblings?.size === 0) this.#children.delete(parent)
  }

  /** `path` and what is below it, whoever is lower first. A tree may be deeper than the stack, so it does not call itself. */
  below(path: string): CachedNode[] {
    const paths = [path]
    const found: CachedNode[] = []
    for (let at = paths.pop(); at !== undefined; at = paths.pop()) {
      const node = this.get(at)
      if (node !== undefined) found.push(node)
      for (const name of this.childrenOf(at)) paths.push(joinPath(at, name))
    }
    return found.reverse()
  }

  /** What no pass since `pass` has seen. */
  unseenSince(pass: number): CachedNode[] {
    return [...this.#entries.values()].filter((entry) => entry.pass < pass).map(({ node }) => node)
  }

  clear(): void {
    this.#entries.clear()
    this.#children.clear()
    this.#bytes = 0
  }

  /** Names of parents that are not there themselves are kept, too: events tell of a subtree in any order. */
  #link(path: string): void {
    if (path === '/') return
    const parent = parentOf(path)
    const siblings = this.#children.get(parent)
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (siblings === undefined) this.#children.set(parent, new Set([name]))
    else siblings.add(name)
  }
}

function sizeOf(node: CachedNode): number {
  return node.data?.length ?? 0
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

export function joinPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}
