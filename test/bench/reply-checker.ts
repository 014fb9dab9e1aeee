// bench: decides whether a reply is the right answer to the oldest unanswered request. In place, without allocation.
//
//   reply   {int xid, long zxid, int err} body       xid: order; zxid: never back; err: 0; then length and content of the body
//   Stat    czxid 0  mzxid 8  ctime 16  mtime 24  version 32  cversion 36  aversion 40  owner 44  dataLength 52  children 56  pzxid 60
//
// The znodes of a connection are written by this connection alone, so every version is known exactly once the first was seen: a write
// shows the version before plus one, a read the version of the last write before it.

import { joinInt64 } from '../../core/support/int64.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { RequestRing, RequestSpec } from './request-ring.ts'
import { countedPathBytes, PATH_OFFSET } from './request-ring.ts'

const HEADER_BYTES = 16
const STAT_BYTES = 68
const MULTI_HEADER_BYTES = 9
const UNKNOWN = -1

/** A reply that is not the right answer. */
export class WrongReply extends Error {
  override readonly name = 'WrongReply'
}

function int32(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
}

function int64(bytes: Buffer, at: number): number {
  return joinInt64(int32(bytes, at), int32(bytes, at + 4))
}

function sameBytes(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (a[atA + i] !== b[atB + i]) return false
  }
  return true
}

export class ReplyChecker {
  readonly #ring: RequestRing
  readonly #versions: Int32Array
  #lastZxid = 0

  /** `nodes`: how many znodes the connection's requests number. */
  constructor(ring: RequestRing, nodes: number) {
    this.#ring = ring
    this.#versions = new Int32Array(nodes).fill(UNKNOWN)
  }

  get lastZxid(): number {
    return this.#lastZxid
  }

  /** Checks the frame body in `bytes[start, end)` and marks the request answered; throws {@link WrongReply}. */
  check(bytes: Buffer, start: number, end: number): void {
    const ring = this.#ring
    if (ring.outstanding === 0) throw new WrongReply('a reply came that nobody asked for')
    if (end - start < HEADER_BYTES) throw new WrongReply(`a reply of ${end - start} bytes is shorter than its header`)
    const xid = int32(bytes, start)
    if (xid !== ring.expectedXid) throw new WrongReply(`xid ${xid} came, ${ring.expectedXid} was due`)
    const zxid = int64(bytes, start + 4)
    if (zxid < this.#lastZxid) throw new WrongReply(`zxid went back from ${this.#lastZxid} to ${zxid}`)
    const err = int32(bytes, start + 12)
    if (err !== 0) throw new WrongReply(`error code ${err}`)
    const spec = ring.specs[ring.expected] as RequestSpec
    const body = start + HEADER_BYTES
    switch (spec.kind) {
      case 'getData':
        this.#expectLength(spec, end - body, 4 + spec.data.length + STAT_BYTES)
        this.#checkData(bytes, body, spec.data)
        this.#checkStat(bytes, body + 4 + spec.data.length, zxid, spec.node, spec.data.length, false)
        break
      case 'setData':
        this.#expectLength(spec, end - body, STAT_BYTES)
        this.#checkStat(bytes, body, zxid, spec.node, spec.data.length, true)
        break
      case 'multiSet':
        this.#checkMulti(bytes, body, end, zxid, spec.nodes, spec.data.length)
        break
      case 'create':
      case 'fill':
        this.#checkCreatedPath(bytes, body, end, spec)
        this.#expectNewer(zxid)
        break
      case 'delete':
        this.#expectLength(spec, end - body, 0)
        this.#expectNewer(zxid)
        break
    }
    this.#lastZxid = zxid
    ring.answered()
  }

  #expectLength(spec: RequestSpec, length: number, expected: number): void {
    if (length !== expected) throw new WrongReply(`${spec.kind}: a body of ${length} bytes came, ${expected} were due`)
  }

  #expectNewer(zxid: number): void {
    if (zxid === this.#lastZxid) throw new WrongReply(`a write was answered with zxid ${zxid}, which an earlier reply had`)
  }

  #checkData(bytes: Buffer, at: number, data: Uint8Array): void {
    const length = int32(bytes, at)
    if (length !== data.length) throw new WrongReply(`data of ${length} bytes came, ${data.length} were due`)
    if (!sameBytes(bytes, at + 4, data, 0, length)) throw new WrongReply('the data is not what was written')
  }

  #checkStat(bytes: Buffer, at: number, zxid: number, node: number, dataLength: number, written: boolean): void {
    const mzxid = int64(bytes, at + 8)
    if (written ? mzxid !== zxid : mzxid > zxid) throw new WrongReply(`mzxid ${mzxid} under a reply with zxid ${zxid}`)
    if (written) this.#expectNewer(zxid)
    const version = int32(bytes, at + 32)
    const known = this.#versions[node] as number
    const expected = written ? known + 1 : known
    if (known !== UNKNOWN && version !== expected) throw new WrongReply(`version ${version} of znode ${node} came, ${expected} was due`)
    this.#versions[node] = version
    const length = int32(bytes, at + 52)
    if (length !== dataLength) throw new WrongReply(`the Stat says ${length} bytes of data, ${dataLength} were due`)
  }

  #checkMulti(bytes: Buffer, body: number, end: number, zxid: number, nodes: readonly { node: number }[], dataLength: number): void {
    const expected = nodes.length * (MULTI_HEADER_BYTES + STAT_BYTES) + MULTI_HEADER_BYTES
    if (end - body !== expected) throw new WrongReply(`multi: a body of ${end - body} bytes came, ${expected} were due`)
    let at = body
    for (const { node } of nodes) {
      this.#checkMultiHeader(bytes, at, OpCode.setData, 0)
      this.#checkStat(bytes, at + MULTI_HEADER_BYTES, zxid, node, dataLength, true)
      at += MULTI_HEADER_BYTES + STAT_BYTES
    }
    this.#checkMultiHeader(bytes, at, -1, 1)
  }

  #checkMultiHeader(bytes: Buffer, at: number, type: number, done: number): void {
    if (int32(bytes, at) !== type || bytes[at + 4] !== done) {
      throw new WrongReply(`multi: a result of type ${int32(bytes, at)} came, ${type} was due`)
    }
  }

  #checkCreatedPath(bytes: Buffer, body: number, end: number, spec: RequestSpec & { kind: 'create' | 'fill' }): void {
    const ring = this.#ring
    const length = countedPathBytes(spec)
    this.#expectLength(spec, end - body, 4 + length)
    const at = (ring.starts[ring.expected] as number) + PATH_OFFSET
    if (int32(bytes, body) !== length || !sameBytes(bytes, body + 4, ring.bytes, at, length)) {
      throw new WrongReply('the created path is not the one asked for')
    }
  }
}
