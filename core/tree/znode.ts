// tree: a znode as the rest of the program sees it: a view of its row. PURE.
//
// The object is made at every look-up and holds nothing itself: numbers lie in NodeRows, name and data in the ByteSlab. It is good until
// the node leaves the tree; keep none across an `apply`.

import type { StatFields } from '../wire/records.ts'
import type { Writer } from '../wire/writer.ts'
import type { AclTable, SharedAcl } from './acl-table.ts'
import type { ByteSlab } from './byte-slab.ts'
import { type Holder, Lifetime, type NodeContent, NodeImage, type StoredData } from './node-image.ts'
import {
  ACL,
  AVERSION,
  CHILDREN,
  CREATES,
  CTIME,
  CZXID,
  DATA,
  DATA_LENGTH,
  FIRST_CHILD,
  getInt64,
  HOLDER,
  HolderKind,
  MTIME,
  MZXID,
  NAME,
  NAME_LENGTH,
  NEXT,
  NONE,
  type NodeRows,
  PZXID,
  rowStart,
  setInt64,
  VERSION,
} from './node-rows.ts'
import type { Session } from './session-table.ts'
import type { NodeRecord } from './snapshot-format.ts'

/** Where znodes keep what they hold. */
export interface NodeTables {
  readonly rows: NodeRows
  readonly bytes: ByteSlab
  readonly acls: AclTable
  /** Sessions of ephemeral nodes and Lifetimes of containers and TTL nodes, by row. */
  readonly holders: Map<number, Session | Lifetime>
}

/** A node of the tree. It is a Stat as well. Everybody may read it; only NodeStore and its callers inside this room write. */
export class Znode implements StatFields, NodeContent {
  readonly row: number
  readonly #tables: NodeTables
  readonly #words: Int32Array
  readonly #at: number

  constructor(tables: NodeTables, row: number) {
    this.row = row
    this.#tables = tables
    this.#words = tables.rows.page(row)
    this.#at = rowStart(row)
  }

  /** The data: a copy of small data, a view of the node's own bytes for larger data: read only. */
  get data(): Buffer | null {
    const length = this.#word(DATA_LENGTH)
    if (length <= 0) return length === 0 ? Buffer.alloc(0) : null
    return this.#tables.bytes.buffer(this.#word(DATA), length)
  }

  /** The data as an image keeps it. */
  get storedData(): StoredData {
    const length = this.#word(DATA_LENGTH)
    if (length <= 0) return length === 0 ? '' : null
    return this.#tables.bytes.value(this.#word(DATA), length)
  }

  get acl(): SharedAcl {
    return this.#tables.acls.at(this.#word(ACL))
  }

  /** Names of the children, oldest first; `null` if there are none. The order may differ between servers. */
  get children(): string[] | null {
    const { rows, bytes } = this.#tables
    let row = this.#word(FIRST_CHILD)
    if (row === NONE) return null
    const names: string[] = []
    for (; row !== NONE; row = rows.get(row, NEXT)) names.push(bytes.utf8(rows.get(row, NAME), rows.get(row, NAME_LENGTH)))
    return names
  }

  get holder(): Holder {
    return this.#word(HOLDER) === HolderKind.none ? null : (this.#tables.holders.get(this.row) ?? null)
  }

  get czxid(): number {
    return getInt64(this.#words, this.#at + CZXID)
  }

  get mzxid(): number {
    return getInt64(this.#words, this.#at + MZXID)
  }

  get pzxid(): number {
    return getInt64(this.#words, this.#at + PZXID)
  }

  get ctime(): number {
    return getInt64(this.#words, this.#at + CTIME)
  }

  get mtime(): number {
    return getInt64(this.#words, this.#at + MTIME)
  }

  get version(): number {
    return this.#word(VERSION)
  }

  /** Creates plus deletes of children: DataNode.copyStat's 2 * internal - numChildren, where internal counts creates. */
  get cversion(): number {
    return (2 * this.#word(CREATES) - this.#word(CHILDREN)) | 0
  }

  /** How many children were ever created here, as int32: the counter of sequential names. */
  get creates(): number {
    return this.#word(CREATES)
  }

  get aversion(): number {
    return this.#word(AVERSION)
  }

  get ownerHi(): number {
    return this.#session?.hi ?? 0
  }

  get ownerLo(): number {
    return this.#session?.lo ?? 0
  }

  get dataLength(): number {
    return Math.max(0, this.#word(DATA_LENGTH))
  }

  get numChildren(): number {
    return this.#word(CHILDREN)
  }

  get isEphemeral(): boolean {
    return this.#word(HOLDER) === HolderKind.session
  }

  /** Of a container or TTL node. */
  get lifetime(): Lifetime | null {
    const { holder } = this
    return holder instanceof Lifetime ? holder : null
  }

  /** A copy of the Stat that later changes do not touch. */
  stat(): StatFields {
    return {
      czxid: this.czxid,
      mzxid: this.mzxid,
      ctime: this.ctime,
      mtime: this.mtime,
      version: this.version,
      cversion: this.cversion,
      aversion: this.aversion,
      ownerHi: this.ownerHi,
      ownerLo: this.ownerLo,
      dataLength: this.dataLength,
      numChildren: this.numChildren,
      pzxid: this.pzxid,
    }
  }

  /** A copy of everything but the children. */
  image(): NodeImage {
    const { holder } = this
    const held = holder instanceof Lifetime ? new Lifetime(holder.ttlMs, holder.touchedMs) : holder
    const image = new NodeImage(this.storedData, this.acl, held)
    const words = this.#words
    const at = this.#at
    image.czxidHi = words[at + CZXID] as number
    image.czxidLo = words[at + CZXID + 1] as number
    image.mzxidHi = words[at + MZXID] as number
    image.mzxidLo = words[at + MZXID + 1] as number
    image.pzxidHi = words[at + PZXID] as number
    image.pzxidLo = words[at + PZXID + 1] as number
    image.ctimeHi = words[at + CTIME] as number
    image.ctimeLo = words[at + CTIME + 1] as number
    image.mtimeHi = words[at + MTIME] as number
    image.mtimeLo = words[at + MTIME + 1] as number
    image.version = words[at + VERSION] as number
    image.creates = words[at + CREATES] as number
    image.aversion = words[at + AVERSION] as number
    return image
  }

  /** Writes the Stat record. */
  putStat(w: Writer): void {
    const words = this.#words
    const at = this.#at
    const owner = this.#session
    let to = w.reserve(STAT_BYTES)
    for (let i = CZXID; i < PZXID; i++, to += 4) w.setInt32(to, words[at + i] as number)
    for (let i = CTIME; i <= VERSION; i++, to += 4) w.setInt32(to, words[at + i] as number)
    w.setInt32(to, this.cversion)
    w.setInt32(to + 4, words[at + AVERSION] as number)
    w.setInt32(to + 8, owner === null ? 0 : owner.hi)
    w.setInt32(to + 12, owner === null ? 0 : owner.lo)
    w.setInt32(to + 16, this.dataLength)
    w.setInt32(to + 20, words[at + CHILDREN] as number)
    w.setInt32(to + 24, words[at + PZXID] as number)
    w.setInt32(to + 28, words[at + PZXID + 1] as number)
  }

  /** Writes the data with its length. */
  putData(w: Writer): void {
    const length = this.#word(DATA_LENGTH)
    w.int32(length)
    if (length > 0) this.#tables.bytes.writeTo(w, this.#word(DATA), length)
  }

  /** Writes the numbers from czxid to aversion, which lie in the row as they do in a snapshot. */
  putNumbers(w: Writer): void {
    const words = this.#words
    const at = this.#at
    let to = w.reserve(NUMBERS_BYTES)
    for (let i = CZXID; i <= AVERSION; i++, to += 4) w.setInt32(to, words[at + i] as number)
  }

  /** Writes the names of the children, oldest first, as a vector. */
  putChildren(w: Writer): void {
    const { rows, bytes } = this.#tables
    w.int32(this.#word(CHILDREN))
    for (let row = this.#word(FIRST_CHILD); row !== NONE; row = rows.get(row, NEXT)) {
      const length = rows.get(row, NAME_LENGTH)
      w.int32(length)
      bytes.writeTo(w, rows.get(row, NAME), length)
    }
  }

  /** Writes a fresh row's fields; place, name, children, access control list and holder are NodeStore's. */
  fill(image: NodeImage): void {
    const words = this.#words
    const at = this.#at
    words[at + CZXID] = image.czxidHi
    words[at + CZXID + 1] = image.czxidLo
    words[at + CTIME] = image.ctimeHi
    words[at + CTIME + 1] = image.ctimeLo
    words[at + AVERSION] = image.aversion
    words[at + DATA_LENGTH] = -1
    this.#setMoving(image)
  }

  /** {@link fill} from where the node lies in a snapshot. */
  load(source: DataView, { numbers, dataStart, dataEnd }: NodeRecord): void {
    const words = this.#words
    const at = this.#at
    for (let i = CZXID, from = numbers; i <= AVERSION; i++, from += 4) words[at + i] = source.getInt32(from)
    words[at + DATA_LENGTH] = dataStart < 0 ? -1 : dataEnd - dataStart
    if (dataEnd > dataStart && dataStart >= 0) words[at + DATA] = this.#tables.bytes.storeWords(source, dataStart, dataEnd)
  }

  /** A client's setData. */
  writeData(data: StoredData, zxid: number, timeMs: number, clusterTimeMs: number, version: number): void {
    const words = this.#words
    const at = this.#at
    this.patchData(data)
    words[at + VERSION] = version
    setInt64(words, at + MZXID, zxid)
    setInt64(words, at + MTIME, timeMs)
    const { lifetime } = this
    if (lifetime !== null) lifetime.touchedMs = clusterTimeMs
  }

  /** The server's own bookkeeping (quota statistics): neither version nor zxid move. */
  patchData(data: StoredData): void {
    const words = this.#words
    const at = this.#at
    words[at + DATA] = this.#tables.bytes.replace(words[at + DATA] as number, this.dataLength, data ?? '')
    words[at + DATA_LENGTH] = data === null ? -1 : data.length
  }

  writeAcl(acl: SharedAcl): void {
    this.#words[this.#at + ACL] = acl.number
    this.#words[this.#at + AVERSION] = nextVersion(this.#word(AVERSION))
  }

  /** Counts a child's create. */
  noteCreate(zxid: number): void {
    this.#words[this.#at + CREATES] = this.#word(CREATES) + 1
    setInt64(this.#words, this.#at + PZXID, zxid)
  }

  /** Counts a child's delete, which moves pzxid and, through numChildren, the visible cversion. */
  noteDelete(zxid: number): void {
    setInt64(this.#words, this.#at + PZXID, zxid)
  }

  /** Goes back to an image of itself; children and the access control list stay as they are. */
  revert(image: NodeImage): void {
    this.#setMoving(image)
    const { lifetime } = this
    if (lifetime !== null && image.holder instanceof Lifetime) lifetime.touchedMs = image.holder.touchedMs
  }

  /** The fields that requests other than setACL move. */
  #setMoving(image: NodeImage): void {
    const words = this.#words
    const at = this.#at
    this.patchData(image.data)
    words[at + MZXID] = image.mzxidHi
    words[at + MZXID + 1] = image.mzxidLo
    words[at + PZXID] = image.pzxidHi
    words[at + PZXID + 1] = image.pzxidLo
    words[at + MTIME] = image.mtimeHi
    words[at + MTIME + 1] = image.mtimeLo
    words[at + VERSION] = image.version
    words[at + CREATES] = image.creates
  }

  get #session(): Session | null {
    return this.isEphemeral ? (this.#tables.holders.get(this.row) as Session) : null
  }

  #word(word: number): number {
    return this.#words[this.#at + word] as number
  }
}

const STAT_BYTES = 68
const NUMBERS_BYTES = 4 * (AVERSION - CZXID + 1)

/** The version after `version`: int32 with wrap-around; never -1, which in a request means "any" (PrepRequestProcessor.checkAndIncVersion). */
export function nextVersion(version: number): number {
  const next = (version + 1) | 0
  return next === -1 ? 0 : next
}
