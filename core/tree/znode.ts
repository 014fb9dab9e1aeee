// tree: one znode, kept small, because there are millions: no empty collections, no boxed numbers, small data as a string. PURE.
//
// Numbers of 64 bits (zxids, times) are two int32 fields each: V8 stores those in the object, a double would be a heap cell of its own.
// Data up to SMALL_DATA_BYTES is held as a one-byte ("latin1") string: 16 bytes of overhead in place of the ~450 that a Buffer of its
// own costs, and it cannot pin a larger slab. The price is a copy at every read, which a reply makes anyway. Larger data is a Buffer of
// exactly its size, outside any pool.

import type { StatFields } from '../wire/records.ts'
import type { SharedAcl } from './acl-table.ts'
import type { Session } from './session-table.ts'

const TWO_32 = 2 ** 32
const SMALL_DATA_BYTES = 1024

/** Data as a znode keeps it. `null` and empty are different. */
export type StoredData = string | Buffer | null

/** Copies bytes out of a request's buffer into the form in which they stay. */
export function storeData(bytes: Uint8Array | null): StoredData {
  if (bytes === null) return null
  if (bytes.length <= SMALL_DATA_BYTES) {
    return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).toString('latin1')
  }
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

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

/**
 * A node of the tree. It is a Stat as well. Everybody may read it; only NodeStore's callers inside this room write.
 * A value read from it is the state now: keep no node across an `apply`.
 */
export class Znode implements StatFields {
  #data: StoredData
  #acl: SharedAcl
  #children: Set<string> | null = null
  readonly #holder: Holder
  #czxidHi: number
  #czxidLo: number
  #mzxidHi: number
  #mzxidLo: number
  #pzxidHi: number
  #pzxidLo: number
  #ctimeHi: number
  #ctimeLo: number
  #mtimeHi: number
  #mtimeLo: number
  #version = 0
  #creates = 0
  #aversion = 0

  constructor(data: StoredData, acl: SharedAcl, holder: Holder, zxid: number, timeMs: number) {
    const zxidHi = (zxid / TWO_32) | 0
    const zxidLo = zxid | 0
    const timeHi = (timeMs / TWO_32) | 0
    const timeLo = timeMs | 0
    this.#data = data
    this.#acl = acl
    this.#holder = holder
    this.#czxidHi = zxidHi
    this.#czxidLo = zxidLo
    this.#mzxidHi = zxidHi
    this.#mzxidLo = zxidLo
    this.#pzxidHi = zxidHi
    this.#pzxidLo = zxidLo
    this.#ctimeHi = timeHi
    this.#ctimeLo = timeLo
    this.#mtimeHi = timeHi
    this.#mtimeLo = timeLo
  }

  /** A node out of a snapshot. */
  static from(data: StoredData, acl: SharedAcl, holder: Holder, stat: StatFields, creates: number): Znode {
    const node = new Znode(data, acl, holder, stat.czxid, stat.ctime)
    node.#setMzxid(stat.mzxid)
    node.#setPzxid(stat.pzxid)
    node.#setMtime(stat.mtime)
    node.#version = stat.version
    node.#creates = creates
    node.#aversion = stat.aversion
    return node
  }

  /** The data. A fresh Buffer for small data, so the caller may keep it; a view of the node's own bytes for larger data: read only. */
  get data(): Buffer | null {
    return typeof this.#data === 'string' ? Buffer.from(this.#data, 'latin1') : this.#data
  }

  /** The data as it is kept, without a copy. */
  get storedData(): StoredData {
    return this.#data
  }

  get acl(): SharedAcl {
    return this.#acl
  }

  /** Names of the children, `null` if there are none; the order may differ between servers. */
  get children(): ReadonlySet<string> | null {
    return this.#children
  }

  get holder(): Holder {
    return this.#holder
  }

  get czxid(): number {
    return this.#czxidHi * TWO_32 + (this.#czxidLo >>> 0)
  }

  get mzxid(): number {
    return this.#mzxidHi * TWO_32 + (this.#mzxidLo >>> 0)
  }

  get pzxid(): number {
    return this.#pzxidHi * TWO_32 + (this.#pzxidLo >>> 0)
  }

  get ctime(): number {
    return this.#ctimeHi * TWO_32 + (this.#ctimeLo >>> 0)
  }

  get mtime(): number {
    return this.#mtimeHi * TWO_32 + (this.#mtimeLo >>> 0)
  }

  get version(): number {
    return this.#version
  }

  /** Creates plus deletes of children: DataNode.copyStat's 2 * internal - numChildren, where internal counts creates. */
  get cversion(): number {
    return (2 * this.#creates - this.numChildren) | 0
  }

  /** How many children were ever created here, as int32: the counter of sequential names. */
  get creates(): number {
    return this.#creates
  }

  get aversion(): number {
    return this.#aversion
  }

  get ownerHi(): number {
    const holder = this.#holder
    return holder === null || holder instanceof Lifetime ? 0 : holder.hi
  }

  get ownerLo(): number {
    const holder = this.#holder
    return holder === null || holder instanceof Lifetime ? 0 : holder.lo
  }

  get dataLength(): number {
    return this.#data === null ? 0 : this.#data.length
  }

  get numChildren(): number {
    return this.#children === null ? 0 : this.#children.size
  }

  get isEphemeral(): boolean {
    return this.#holder !== null && !(this.#holder instanceof Lifetime)
  }

  /** Of a container or TTL node. */
  get lifetime(): Lifetime | null {
    return this.#holder instanceof Lifetime ? this.#holder : null
  }

  /** A copy of the Stat that later changes do not touch. */
  stat(): StatFields {
    return {
      czxid: this.czxid,
      mzxid: this.mzxid,
      ctime: this.ctime,
      mtime: this.mtime,
      version: this.#version,
      cversion: this.cversion,
      aversion: this.#aversion,
      ownerHi: this.ownerHi,
      ownerLo: this.ownerLo,
      dataLength: this.dataLength,
      numChildren: this.numChildren,
      pzxid: this.pzxid,
    }
  }

  /** A client's setData. */
  writeData(data: StoredData, zxid: number, timeMs: number, clusterTimeMs: number): void {
    this.#data = data
    this.#version = nextVersion(this.#version)
    this.#setMzxid(zxid)
    this.#setMtime(timeMs)
    if (this.#holder instanceof Lifetime) this.#holder.touchedMs = clusterTimeMs
  }

  /** The server's own bookkeeping (quota statistics): neither version nor zxid move. */
  patchData(data: StoredData): void {
    this.#data = data
  }

  writeAcl(acl: SharedAcl): void {
    this.#acl = acl
    this.#aversion = nextVersion(this.#aversion)
  }

  /** Counts a child's create. */
  noteCreate(zxid: number): void {
    this.#creates = (this.#creates + 1) | 0
    this.#setPzxid(zxid)
  }

  /** Counts a child's delete, which moves pzxid and, through numChildren, the visible cversion. */
  noteDelete(zxid: number): void {
    this.#setPzxid(zxid)
  }

  addChild(name: string): void {
    this.#children ??= new Set()
    this.#children.add(name)
  }

  removeChild(name: string): void {
    this.#children?.delete(name)
    if (this.#children?.size === 0) this.#children = null
  }

  /** A copy of everything but the children. */
  image(): Znode {
    const holder = this.#holder instanceof Lifetime ? new Lifetime(this.#holder.ttlMs, this.#holder.touchedMs) : this.#holder
    return Znode.from(this.#data, this.#acl, holder, this, this.#creates)
  }

  /** Goes back to an image of itself; children and the access control list stay as they are. */
  revert(image: Znode): void {
    this.#data = image.#data
    this.#mzxidHi = image.#mzxidHi
    this.#mzxidLo = image.#mzxidLo
    this.#pzxidHi = image.#pzxidHi
    this.#pzxidLo = image.#pzxidLo
    this.#mtimeHi = image.#mtimeHi
    this.#mtimeLo = image.#mtimeLo
    this.#version = image.#version
    this.#creates = image.#creates
    if (this.#holder instanceof Lifetime && image.#holder instanceof Lifetime) this.#holder.touchedMs = image.#holder.touchedMs
  }

  #setMzxid(zxid: number): void {
    this.#mzxidHi = (zxid / TWO_32) | 0
    this.#mzxidLo = zxid | 0
  }

  #setPzxid(zxid: number): void {
    this.#pzxidHi = (zxid / TWO_32) | 0
    this.#pzxidLo = zxid | 0
  }

  #setMtime(timeMs: number): void {
    this.#mtimeHi = (timeMs / TWO_32) | 0
    this.#mtimeLo = timeMs | 0
  }
}

/** The version after `version`: int32 with wrap-around; never -1, which in a request means "any" (PrepRequestProcessor.checkAndIncVersion). */
export function nextVersion(version: number): number {
  const next = (version + 1) | 0
  return next === -1 ? 0 : next
}
