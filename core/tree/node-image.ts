// tree: what a znode holds, as a value of its own: a node that is about to enter the tree, or what one was like at some moment. PURE.

import type { Writer } from '../wire/writer.ts'
import type { SharedAcl } from './acl-table.ts'
import type { Session } from './session-table.ts'

const TWO_32 = 2 ** 32

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
  /** Writes the data with its length. */
  putData(w: Writer): void
  /** Writes the numbers from czxid to aversion. */
  putNumbers(w: Writer): void
}

/**
 * Everything of a node but its place in the tree and its children. Numbers of 64 bits are two int32 fields each, as in a row: those lie in
 * the object, a double would be a heap cell of its own.
 */
export class NodeImage implements NodeContent {
  data: StoredData
  acl: SharedAcl
  holder: Holder
  czxidHi = 0
  czxidLo = 0
  mzxidHi = 0
  mzxidLo = 0
  pzxidHi = 0
  pzxidLo = 0
  ctimeHi = 0
  ctimeLo = 0
  mtimeHi = 0
  mtimeLo = 0
  version = 0
  creates = 0
  aversion = 0

  constructor(data: StoredData, acl: SharedAcl, holder: Holder) {
    this.data = data
    this.acl = acl
    this.holder = holder
  }

  /** A node that is created now. */
  static fresh(data: StoredData, acl: SharedAcl, holder: Holder, zxid: number, timeMs: number): NodeImage {
    const image = new NodeImage(data, acl, holder)
    image.czxidHi = image.mzxidHi = image.pzxidHi = upper(zxid)
    image.czxidLo = image.mzxidLo = image.pzxidLo = zxid | 0
    image.ctimeHi = image.mtimeHi = upper(timeMs)
    image.ctimeLo = image.mtimeLo = timeMs | 0
    return image
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

  putNumbers(w: Writer): void {
    w.int64Halves(this.czxidHi, this.czxidLo)
    w.int64Halves(this.mzxidHi, this.mzxidLo)
    w.int64Halves(this.pzxidHi, this.pzxidLo)
    w.int64Halves(this.ctimeHi, this.ctimeLo)
    w.int64Halves(this.mtimeHi, this.mtimeLo)
    w.int32(this.version)
    w.int32(this.creates)
    w.int32(this.aversion)
  }
}

function upper(value: number): number {
  return (value / TWO_32) | 0
}
