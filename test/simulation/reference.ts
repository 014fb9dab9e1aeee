// What the tree must come to, by the naive model (test/tree/naive-model.ts): every entry is given to it when it is applied first anywhere, and every
// version of every node is kept, so that a reply can be compared with the state that its zxid names.

import { isDeepStrictEqual } from 'node:util'
import { bodyStart, decodeAuth, EntryKind, EnvelopeOffset, envelopeInt64, envelopeUint32 } from '../../core/tree/envelope.ts'
import type { Applied, StateMachine } from '../../core/tree/state-machine.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { Request, StatFields } from '../../core/wire/records.ts'
import { readRequest } from '../../core/wire/requests.ts'
import type { WireStat } from '../../core/wire/stat.ts'
import { NaiveModel, type NaiveNode, type NaiveResult, type NaiveStat, statOf } from '../tree/naive-model.ts'

/** A node from one zxid on. */
export interface NodeVersion {
  readonly zxid: number
  readonly node: { readonly stat: NaiveStat; readonly data: string | null; readonly children: readonly string[] } | null
}

const LOWER = 0xffff_ffffn
const NOTHING: NaiveResult = { err: 0, path: '', stat: null, multi: null, changes: [] }

export class Reference {
  readonly #model = new NaiveModel()
  /** The model knows sessions by numbers. */
  readonly #sessions = new Map<string, number>()
  readonly #versions = new Map<string, NodeVersion[]>()
  readonly #results = new Map<number, NaiveResult>()

  constructor() {
    for (const [path, node] of this.#model.all()) this.#versions.set(path, [versionOf(0, node)])
  }

  /** What should have become of the entry; where `applied` is something else, a message. */
  apply(payload: Buffer, applied: Applied): string | null {
    const { zxid } = applied
    const wallMs = envelopeInt64(payload, EnvelopeOffset.wallTime)
    this.#model.tick(zxid, wallMs, envelopeInt64(payload, EnvelopeOffset.clusterTime))
    const expected = this.#expected(payload, applied)
    this.#results.set(zxid, expected)
    const actual = {
      err: applied.err,
      path: applied.path,
      stat: applied.node === null ? null : this.stat(applied.node.stat()),
      multi: applied.multi?.map(({ err, path, stat }) => ({ err, path, stat: stat === null ? null : this.stat(stat) })) ?? null,
      changes: applied.changes.map(({ type, path }) => [type, path]),
    }
    if (!isDeepStrictEqual(actual, expected)) return `${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`
    return null
  }

  /** The result that the entry must have had. */
  resultOf(zxid: number): NaiveResult | undefined {
    return this.#results.get(zxid)
  }

  /** The node as of this zxid, `null` when there was none. */
  nodeAt(path: string, zxid: number): NodeVersion['node'] {
    const versions = this.#versions.get(path) ?? []
    for (let at = versions.length - 1; at >= 0; at--) {
      const version = versions[at] as NodeVersion
      if (version.zxid <= zxid) return version.node
    }
    return null
  }

  /** Paths of a session's ephemeral nodes as of this zxid. */
  ephemeralsAt(hi: number, lo: number, zxid: number): string[] {
    const owner = this.#number(hi, lo)
    return [...this.#versions.keys()].filter((path) => this.nodeAt(path, zxid)?.stat.owner === owner).sort()
  }

  /** A Stat with the model's number for its owner. */
  stat({ ownerHi, ownerLo, ...rest }: StatFields): NaiveStat {
    return { ...rest, owner: ownerHi === 0 && ownerLo === 0 ? 0 : this.#number(ownerHi, ownerLo) }
  }

  /** {@link stat} of a Stat as clients read it. */
  wireStat({ ephemeralOwner, ctimeMs, mtimeMs, czxid, mzxid, pzxid, ...rest }: WireStat): NaiveStat {
    const owner = ephemeralOwner === 0n ? 0 : this.#number(Number((ephemeralOwner >> 32n) & LOWER), Number(ephemeralOwner & LOWER))
    return { ...rest, owner, ctime: ctimeMs, mtime: mtimeMs, czxid: Number(czxid), mzxid: Number(mzxid), pzxid: Number(pzxid) }
  }

  /** Where a tree that has everything differs, `null` if nowhere. */
  difference(tree: StateMachine): string | null {
    const all = this.#model.all()
    for (const [path, node] of all) {
      const real = tree.node(path)
      if (real === undefined) return `${path} is missing`
      if (!isDeepStrictEqual(this.stat(real.stat()), statOf(node))) return `the Stat of ${path}`
      if ((real.data?.toString('latin1') ?? null) !== node.data) return `the data of ${path}`
    }
    if (tree.nodeCount !== all.length) return `${tree.nodeCount} nodes, expected ${all.length}`
    const sessions = Object.keys(this.#model.state.sessions).length
    return tree.sessions.size === sessions ? null : `${tree.sessions.size} sessions, expected ${sessions}`
  }

  #expected(payload: Buffer, applied: Applied): NaiveResult {
    const hi = envelopeUint32(payload, EnvelopeOffset.sessionHi)
    const lo = envelopeUint32(payload, EnvelopeOffset.sessionLo)
    const session = this.#number(hi, lo)
    const generation = envelopeUint32(payload, EnvelopeOffset.generation)
    const body = new Reader(payload, bodyStart(payload))
    switch (applied.kind) {
      case EntryKind.noop:
        return NOTHING
      case EntryKind.request: {
        const request = readRequest(body, applied.op)
        return this.#keep(this.#model.request(request, { session, generation, ids: decodeAuth(payload) }), request)
      }
      case EntryKind.createSession:
        if (this.#model.state.sessions[session] !== undefined) return { ...NOTHING, err: ErrorCode.nodeExists }
        this.#model.createSession(session)
        return NOTHING
      case EntryKind.attachSession:
        return this.#model.attach(session)
      case EntryKind.closeSession:
      case EntryKind.expireSession:
        return this.#keep(this.#model.end(session, generation), null)
      case EntryKind.settings: {
        const { extendedTypesEnabled, enforceQuota } = JSON.parse(body.ustring() ?? '') as Record<string, boolean>
        this.#model.state.ttlEnabled = extendedTypesEnabled === true
        this.#model.state.quotaEnforced = enforceQuota === true
        return NOTHING
      }
      default:
        return this.#keep(this.#model.reap(body.ustring() ?? ''), null)
    }
  }

  #keep(result: NaiveResult, request: Request | null): NaiveResult {
    const touched = new Set(result.changes.map(([, path]) => path))
    if (request?.op === OpCode.setAcl && result.err === 0) touched.add(request.path)
    for (const path of touched) {
      let versions = this.#versions.get(path)
      if (versions === undefined) this.#versions.set(path, (versions = []))
      versions.push(versionOf(this.#model.zxid, this.#model.find(path)))
    }
    return result
  }

  #number(hi: number, lo: number): number {
    const key = `${hi}:${lo}`
    let number = this.#sessions.get(key)
    if (number === undefined) this.#sessions.set(key, (number = this.#sessions.size + 1))
    return number
  }
}

function versionOf(zxid: number, node: NaiveNode | undefined): NodeVersion {
  if (node === undefined) return { zxid, node: null }
  return { zxid, node: { stat: statOf(node), data: node.data, children: Object.keys(node.children).sort() } }
}
