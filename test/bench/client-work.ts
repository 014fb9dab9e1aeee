// bench: one stretch of work of a client: which request comes next, whether its reply is right, how many were.
//
// Both clients are given the same requests in the same order, and everything that a reply says is checked in the same way. A wrong reply throws,
// which ends the run.

/** A znode that is there before the work begins. */
export interface KnownNode {
  readonly path: string
  readonly data: Buffer
  version: number
}

export class ClientWork {
  /** Right replies so far. */
  replies = 0
  /** No new request is begun. */
  isOver = false
  readonly #nodes: readonly KnownNode[]
  readonly #prefix: string
  readonly #limit: number
  #next = 0

  /** `prefix`: of the paths that are created or deleted. `limit`: the work is over when so many requests were begun. */
  constructor(nodes: readonly KnownNode[], prefix: string, limit: number = Number.POSITIVE_INFINITY) {
    this.#nodes = nodes
    this.#prefix = prefix
    this.#limit = limit
  }

  /** Requests that were begun. */
  get begun(): number {
    return this.#next
  }

  /** The znode to read next: all of them in turn. */
  nextNode(): KnownNode {
    const nodes = this.#nodes
    return nodes[this.#begin() % nodes.length] as KnownNode
  }

  /** A lane writes one znode alone, so that it knows which version comes next. */
  ownNode(lane: number): KnownNode {
    const node = this.#nodes[lane]
    if (node === undefined) throw new Error(`${this.#nodes.length} znodes cannot be written by lane ${lane}`)
    return node
  }

  beginWrite(): void {
    this.#begin()
  }

  /** The path to create, or to delete, next. */
  nextPath(): string {
    return this.#prefix + this.#begin()
  }

  wasRead(node: KnownNode, data: Buffer | null | undefined, version: number): void {
    if (data === null || data === undefined || !node.data.equals(data)) throw new Error(`${node.path}: not the data that is there`)
    if (version !== node.version) throw new Error(`${node.path}: read version ${version}, expected ${node.version}`)
    this.replies += 1
  }

  wasWritten(node: KnownNode, version: number): void {
    if (version !== node.version + 1) throw new Error(`${node.path}: wrote version ${version}, expected ${node.version + 1}`)
    node.version = version
    this.replies += 1
  }

  wasCreated(asked: string, path: string): void {
    if (path !== asked) throw new Error(`${asked}: created ${path}`)
    this.replies += 1
  }

  wasDeleted(): void {
    this.replies += 1
  }

  #begin(): number {
    const at = this.#next
    this.#next = at + 1
    if (this.#next >= this.#limit) this.isOver = true
    return at
  }
}
