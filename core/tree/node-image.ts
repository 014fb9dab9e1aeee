// tree: what a znode holds, as a value of its own: a node that is about to enter the tree, or what one was like at some moment. PURE.

import type { StatFields } from '../wire/records.ts'
import type { Writer } from '../wire/writer.ts'
import type { SharedAcl } from './acl-table.ts'
import type { Session } from './session-table.ts'

/** Data outside the tree's pages: bytes, or a string of a code unit per byte. `null` and empty are different. */
export type StoredData = string | Uint8Array | null

/** Why a container or TTL node may be removed by itself, and since when it has been left alone (cluster time). */
export class Lifetime {
  /** 0 for a container. */
  readonly ttlMs: number
  /** Cluster time of the creation or the last setData. */
  touchedMs: number

  constructor(ttlMs: number, touchedMs: number) {
    this.ttlMs = ttlMs
    this.touchedMs = touchedMs
  }

  get isContainer(): boolean {
    return this.ttlMs === 0
  }
}

/** What decides how long a node lives: its session (ephemeral), a Lifetime (container, TTL), nothing (persistent). */
export type Holder = Session | Lifetime | null

/** What a snapshot writes of a node, be it in the tree or an image. */
export interface NodeContent {
  readonly acl: SharedAcl
  readonly holder: Holder
  readonly czxid: number
  readonly mzxid: number
  readonly pzxid: number
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly creates: number
  readonly aversion: number
  /** Writes the data with its length. */
  putData(w: Writer): void
}

/** Everything of a node but its place in the tree and its children. */
export class NodeImage implements NodeContent {
  readonly data: StoredData
  readonly acl: SharedAcl
  readonly holder: Holder
  readonly czxid: number
  readonly mzxid: number
  readonly pzxid: number
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly creates: number
  readonly aversion: number

  constructor(
    data: StoredData,
    acl: SharedAcl,
    holder: Holder,
    stat: Pick<StatFields, 'czxid' | 'mzxid' | 'pzxid' | 'ctime' | 'mtime' | 'version' | 'aversion'>,
    creates: number,
  ) {
    this.data = data
    this.acl = acl
    this.holder = holder
    this.czxid = stat.czxid
    this.mzxid = stat.mzxid
    this.pzxid = stat.pzxid
    this.ctime = stat.ctime
    this.mtime = stat.mtime
    this.version = stat.version
    this.creates = creates
    this.aversion = stat.aversion
  }

  /** A node that is created now. */
  static fresh(data: StoredData, acl: SharedAcl, holder: Holder, zxid: number, timeMs: number, aversion = 0): NodeImage {
    const stat = { czxid: zxid, mzxid: zxid, pzxid: zxid, ctime: timeMs, mtime: timeMs, version: 0, aversion }
    return new NodeImage(data, acl, holder, stat, 0)
  }

  putData(w: Writer): void {
    const { data } = this
    if (typeof data !== 'string') {
      w.buffer(data)
      return
    }
    w.int32(data.length)
    w.latin1(data)
  }
}
