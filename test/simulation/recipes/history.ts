// What the servers did, in the order of the log: every creation, change and deletion of a znode when any server applies it first, and the tree that comes of it.

import { crc32 } from 'node:zlib'
import type { SnapshotMeta } from '../../../core/consensus/types.ts'
import { EntryKind, EnvelopeOffset, envelopeUint32 } from '../../../core/tree/envelope.ts'
import type { StateMachine } from '../../../core/tree/state-machine.ts'
import { EventType } from '../../../core/wire/records.ts'
import { hex, Judge, Violation } from '../judge.ts'

/** A znode as of one zxid. */
export interface NodeThen {
  readonly czxid: number
  readonly mzxid: number
  readonly version: number
  /** The session that owns it, '' for none. */
  readonly owner: string
  readonly data: string
}

export interface Change {
  readonly zxid: number
  readonly path: string
  readonly type: 'created' | 'changed' | 'deleted'
  /** Whose request it was; of a session's end the session that ended. */
  readonly session: string
  readonly endOfSession: boolean
  /** After it; `null` after a deletion. */
  readonly node: NodeThen | null
}

const TYPES = new Map<number, Change['type']>([
  [EventType.nodeCreated, 'created'],
  [EventType.nodeDataChanged, 'changed'],
  [EventType.nodeDeleted, 'deleted'],
])

/** Checks the one log as the simulation of whole ensembles does, without its naive model, and keeps what znodes went through. */
export class History extends Judge {
  readonly changes: Change[] = []
  /** What is there now. */
  readonly tree: Map<string, NodeThen> = new Map<string, NodeThen>()
  readonly #byPath = new Map<string, Change[]>()
  #recorded = 0
  /** Called with each change right after it was applied first. */
  readonly onChange: ((change: Change) => void)[] = []

  /** The first thing that did not hold: also where somebody swallowed it. */
  failure: Error | null = null

  /** The zxid of the last entry that was applied anywhere. */
  get zxid(): number {
    return this.#recorded
  }

  constructor(...args: ConstructorParameters<typeof Judge>) {
    super(...args)
    // Clients are real here: what they ask is not written down beforehand, and the naive model is the other simulation's.
    this.sessions.applied = () => null
    this.reference.apply = () => null
  }

  override fail(what: string): never {
    this.say('JUDGE', what)
    this.failure ??= new Violation(what)
    throw this.failure
  }

  /** What happened to a znode, in order. */
  of(path: string): readonly Change[] {
    return this.#byPath.get(path) ?? []
  }

  /** The znode as of this zxid. */
  at(path: string, zxid: number): NodeThen | null {
    return this.of(path).findLast((change) => change.zxid <= zxid)?.node ?? null
  }

  /** Znodes below `folder`, by path. */
  below(folder: string): string[] {
    return [...this.tree.keys()].filter((path) => path.startsWith(`${folder}/`)).sort()
  }

  /** Whatever was below `folder` at any time. */
  paths(folder: string): string[] {
    return [...this.#byPath.keys()].filter((path) => path.startsWith(`${folder}/`))
  }

  override watch(id: number, tree: StateMachine, meta: SnapshotMeta | null): void {
    super.watch(id, tree, meta)
    const { apply } = tree
    tree.apply = (payload, zxid) => {
      const applied = apply.call(tree, payload, zxid)
      if (zxid > this.#recorded) {
        this.#recorded = zxid
        const session = hex(envelopeUint32(payload, EnvelopeOffset.sessionHi), envelopeUint32(payload, EnvelopeOffset.sessionLo))
        const endOfSession = applied.kind === EntryKind.closeSession || applied.kind === EntryKind.expireSession
        for (const { type, path } of applied.changes) {
          const name = TYPES.get(type)
          if (name !== undefined) this.#record(tree, { zxid, path, type: name, session, endOfSession })
        }
      }
      return applied
    }
  }

  #record(tree: StateMachine, { path, ...rest }: Omit<Change, 'node'>): void {
    const znode = rest.type === 'deleted' ? undefined : tree.node(path)
    const stat = znode?.stat()
    const node =
      stat === undefined
        ? null
        : {
            czxid: stat.czxid,
            mzxid: stat.mzxid,
            version: stat.version,
            owner: stat.ownerHi === 0 && stat.ownerLo === 0 ? '' : hex(stat.ownerHi, stat.ownerLo),
            data: znode?.data?.toString() ?? '',
          }
    const change: Change = { path, ...rest, node }
    this.changes.push(change)
    if (node === null) this.tree.delete(path)
    else this.tree.set(path, node)
    let all = this.#byPath.get(path)
    if (all === undefined) this.#byPath.set(path, (all = []))
    all.push(change)
    this.fingerprint = crc32(`${rest.zxid} ${rest.type} ${path} ${node?.data}`, this.fingerprint)
    if (path !== '/zookeeper/config')
      this.say(
        'tree',
        `${rest.zxid.toString(16)} ${rest.type} ${path}${node === null ? '' : ` ${JSON.stringify(node.data.slice(0, 60))}`} by ${rest.session}`,
      )
    for (const listener of this.onChange) listener(change)
  }
}
