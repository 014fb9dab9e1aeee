// tools: ZooKeeper's snapshot file, read as a stream (FileSnap, SerializeUtils.deserializeSnapshot, DataTree.deserialize).
//
//   header     "ZKSN", int version 2, long dbid
//   sessions   int count, then long id, int timeout each
//   ACLs       int count, then long number, vector<ACL> each
//   nodes      ustring path ("" is the root), buffer data, long ACL number (-1: open), StatPersisted; parents first; ustring "/" ends them
//   seal       long Adler-32 of all bytes before it, ustring "/"
//   [digest]   since 3.6, if enabled: long zxid, int version, long digest (ustring for version 1); seal
//   [zxid]     since 3.9, if enabled: long last zxid; seal
//
// StatPersisted: long czxid, mzxid, ctime, mtime, int version, cversion (creates of children only), aversion, long ephemeralOwner, pzxid.
// A file is fuzzy: ZooKeeper goes on writing nodes while it is made. The log since the zxid in its name makes it exact.

import { int64ToBigInt } from '../../support/int64.ts'
import { readAclList } from '../../wire/acl.ts'
import { ProtocolError } from '../../wire/protocol-error.ts'
import { Reader } from '../../wire/reader.ts'
import type { Acl } from '../../wire/records.ts'
import { Adler32 } from './adler32.ts'
import { damaged } from './damage.ts'
import { DIGEST_VERSION, unsigned } from './txn-records.ts'

const MAGIC = 0x5a4b534e
const VERSION = 2
/** The largest record that is believed; ZooKeeper's own default for requests is 1 MiB. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024
const MAX_TAIL_BYTES = 1024
const SEAL_BYTES = 13
const ZXID_SECTION_BYTES = 8 + SEAL_BYTES

/** A node's Stat as it lies on disk. */
export interface PersistedStat {
  readonly czxid: number
  readonly mzxid: number
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly creates: number
  readonly aversion: number
  /** Unsigned. */
  readonly owner: bigint
  readonly pzxid: number
}

/** What takes a snapshot's contents. Buffers are views that are valid during the call. */
export interface SnapshotSink {
  /** `id`: unsigned. */
  session(id: bigint, timeoutMs: number): void
  acl(number: number, list: readonly Acl[]): void
  /** Returns what is wrong with the node, `null` if nothing is. */
  node(path: string, data: Buffer | null, aclNumber: number, stat: PersistedStat): string | null
}

/** The tree's digest at the end of the fuzzy range. */
export interface SnapshotDigest {
  readonly zxid: number
  /** Unsigned; `null` if its version is not the one that is compared. */
  readonly digest: bigint | null
}

type Section = 'header' | 'sessions' | 'acls' | 'nodes' | 'tail'

/** Takes a snapshot's bytes in pieces. Everything throws `ERR_STORAGE` with the offset. */
export class SnapshotFileReader {
  readonly #file: string
  readonly #sink: SnapshotSink
  readonly #checksum = new Adler32()
  readonly #reader = new Reader(Buffer.alloc(0))
  /** Bytes not yet read, and pieces that came since. */
  #bytes: Buffer = Buffer.alloc(0)
  #pieces: Buffer[] = []
  #held = 0
  /** Reading goes on when so many bytes are here. */
  #wanted = 1
  /** Offset in the stream of the first byte held. */
  #offset = 0
  /** Where in them the next record begins. */
  #at = 0
  #section: Section = 'header'
  #left = -1

  constructor(file: string, sink: SnapshotSink) {
    this.#file = file
    this.#sink = sink
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#held += piece.length
    if (this.#held >= this.#wanted) this.#readOn()
  }

  /** The end of the stream. Returns the digest if there is one. */
  finish(): SnapshotDigest | null {
    this.#readOn()
    if (this.#section !== 'tail') throw this.#problem(`the file ends in its ${this.#section} (${this.#held} bytes are left)`)
    return this.#readTail()
  }

  #readOn(): void {
    this.#gather()
    while (this.#section !== 'tail') {
      this.#reader.reset(this.#bytes, this.#at, this.#bytes.length)
      if (!this.#step()) break
      this.#at = this.#reader.position
    }
    this.#drop()
    if (this.#section === 'tail') {
      if (this.#held > MAX_TAIL_BYTES) throw this.#problem('there are bytes after the end')
      this.#wanted = this.#held + 1
      return
    }
    if (this.#held > MAX_RECORD_BYTES) throw this.#problem(`a record of more than ${MAX_RECORD_BYTES} bytes`)
    // Twice as many as did not suffice, so that a long record is not tried for every piece of it.
    this.#wanted = Math.max(1, this.#held * 2)
  }

  #gather(): void {
    if (this.#pieces.length === 0) return
    this.#bytes =
      this.#bytes.length === 0 && this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat([this.#bytes, ...this.#pieces])
    this.#pieces = []
  }

  /** Forgets what was read, after it was counted in. */
  #drop(): void {
    const at = this.#at
    this.#checksum.update(this.#bytes, 0, at)
    this.#bytes = this.#bytes.subarray(at)
    this.#held -= at
    this.#offset += at
    this.#at = 0
  }

  /** Reads one record; false if it is not all here. */
  #step(): boolean {
    try {
      this.#record(this.#reader)
      return true
    } catch (error) {
      if (error instanceof ProtocolError) return false
      throw error
    }
  }

  #record(r: Reader): void {
    const section = this.#section
    switch (section) {
      case 'header':
        this.#readHeader(r)
        break
      case 'sessions':
        this.#listItem(r, 'acls', () => this.#readSession(r))
        break
      case 'acls':
        this.#listItem(r, 'nodes', () => this.#readAcl(r))
        break
      case 'nodes':
        this.#readNode(r)
        break
      case 'tail':
        break
    }
  }

  #readHeader(r: Reader): void {
    const magic = r.int32()
    const version = r.int32()
    r.int64() // dbid
    if (magic !== MAGIC) throw this.#problem('this is no snapshot of ZooKeeper (its first bytes are not "ZKSN")')
    if (version !== VERSION) throw this.#problem(`a snapshot of format version ${version}; this program reads ${VERSION}`)
    this.#section = 'sessions'
  }

  /** Reads a list's count or one of its items, or goes to the next section. */
  #listItem(r: Reader, next: Section, readItem: () => void): void {
    if (this.#left < 0) {
      const count = r.int32()
      if (count < 0) throw this.#problem(`${count} ${this.#section}`)
      this.#left = count
    } else if (this.#left > 0) {
      readItem()
      this.#left--
    } else {
      this.#section = next
      this.#left = -1
    }
  }

  #readSession(r: Reader): void {
    const id = unsigned(r.int64BigInt())
    this.#sink.session(id, r.int32())
  }

  #readAcl(r: Reader): void {
    const number = r.int64()
    const list = readAclList(r)
    if (list === null) throw this.#problem('a null access control list')
    this.#sink.acl(number, list)
  }

  #readNode(r: Reader): void {
    const path = r.ustring()
    if (path === '/') {
      this.#section = 'tail'
      return
    }
    const data = r.buffer()
    const aclNumber = r.int64()
    const stat = readPersistedStat(r)
    const problem = path === null ? 'a null path' : this.#sink.node(path, data, aclNumber, stat)
    if (problem !== null) throw this.#problem(problem)
  }

  #readTail(): SnapshotDigest | null {
    const r = this.#reader.reset(this.#bytes, 0, this.#bytes.length)
    try {
      this.#readSeal(r)
      // The two sections tell themselves apart by their length alone.
      const digest = r.remaining === 0 || r.remaining === ZXID_SECTION_BYTES ? null : this.#readDigest(r)
      if (r.remaining === ZXID_SECTION_BYTES) {
        r.int64()
        this.#checksum.update(this.#bytes, r.position - 8, r.position)
        this.#readSeal(r)
      }
      r.expectEnd('snapshot')
      return digest
    } catch (error) {
      if (error instanceof ProtocolError) throw this.#problem(`the end of the snapshot cannot be read: ${error.message}`)
      throw error
    }
  }

  #readDigest(r: Reader): SnapshotDigest {
    const start = r.position
    const zxid = r.int64()
    const version = r.int32()
    const digest = version < DIGEST_VERSION ? r.ustring() : unsigned(r.int64BigInt())
    this.#checksum.update(this.#bytes, start, r.position)
    this.#readSeal(r)
    return { zxid, digest: version === DIGEST_VERSION && typeof digest === 'bigint' ? digest : null }
  }

  /** The seal counts in what follows it. */
  #readSeal(r: Reader): void {
    const start = r.position
    const expected = this.#checksum.value
    const seal = unsigned(r.int64BigInt())
    r.ustring()
    if (seal !== BigInt(expected)) throw this.#problem('the checksum does not match: the snapshot is damaged')
    this.#checksum.update(this.#bytes, start, r.position)
  }

  /** Where the record begins that was being read. */
  #problem(what: string): Error {
    return damaged(this.#file, this.#offset + this.#at, what)
  }
}

function readPersistedStat(r: Reader): PersistedStat {
  const czxid = r.int64()
  const mzxid = r.int64()
  const ctime = r.int64()
  const mtime = r.int64()
  const version = r.int32()
  const creates = r.int32()
  const aversion = r.int32()
  const hi = r.int32()
  const lo = r.int32()
  const owner = hi === 0 && lo === 0 ? 0n : unsigned(int64ToBigInt(hi, lo))
  return { czxid, mzxid, ctime, mtime, version, creates, aversion, owner, pzxid: r.int64() }
}
