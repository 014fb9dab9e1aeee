// bench: the reply checker accepts the right answer and refuses every kind of wrong one, so that a figure counts right replies only.

import { describe, expect, it } from 'vitest'
import { Reader } from '../../core/wire/reader.ts'
import { Writer } from '../../core/wire/writer.ts'
import { ReplyChecker, WrongReply } from './reply-checker.ts'
import type { RequestSpec } from './request-ring.ts'
import { RequestRing } from './request-ring.ts'

const NODES = 4
const DATA = Buffer.alloc(100, 'payload ')

const get = (node: number): RequestSpec => ({ kind: 'getData', node, path: `/n${node}`, data: DATA })
const set = (node: number): RequestSpec => ({ kind: 'setData', node, path: `/n${node}`, data: DATA })
const multi: RequestSpec = {
  kind: 'multiSet',
  nodes: [
    { node: 0, path: '/n0' },
    { node: 1, path: '/n1' },
  ],
  data: DATA,
}
const create: RequestSpec = { kind: 'create', prefix: '/c/run-', data: DATA }
const fill: RequestSpec = { kind: 'fill', directoryPrefix: '/m/d-', namePrefix: '/z-', perDirectory: 10, data: DATA }
const remove: RequestSpec = { kind: 'delete', prefix: '/c/run-' }

interface Answer {
  xid?: number
  zxid?: number
  err?: number
  version?: number
  mzxid?: number
  data?: Buffer
  dataLength?: number
}

function writeHeader(w: Writer, { xid = 1, zxid = 10, err = 0 }: Answer): void {
  w.int32(xid)
  w.int64(zxid)
  w.int32(err)
}

function writeStat(w: Writer, { zxid = 10, version = 0, mzxid = zxid, dataLength = DATA.length }: Answer): void {
  for (const long of [1, mzxid, 0, 0]) w.int64(long)
  for (const int of [version, 0, 0]) w.int32(int)
  w.int64(0)
  w.int32(dataLength)
  w.int32(0)
  w.int64(1)
}

function getReply(answer: Answer): Buffer {
  const w = new Writer()
  writeHeader(w, answer)
  w.buffer(answer.data ?? DATA)
  writeStat(w, answer)
  return w.take()
}

function setReply(answer: Answer): Buffer {
  const w = new Writer()
  writeHeader(w, answer)
  writeStat(w, answer)
  return w.take()
}

function multiReply(answers: readonly Answer[], types: readonly number[] = answers.map(() => 5)): Buffer {
  const w = new Writer()
  writeHeader(w, answers[0] ?? {})
  for (const [i, answer] of answers.entries()) {
    w.int32(types[i] ?? 5)
    w.boolean(false)
    w.int32(0)
    writeStat(w, answer)
  }
  w.int32(-1)
  w.boolean(true)
  w.int32(-1)
  return w.take()
}

function createReply(path: string, answer: Answer = {}): Buffer {
  const w = new Writer()
  writeHeader(w, answer)
  w.ustring(path)
  return w.take()
}

function headerReply(answer: Answer = {}): Buffer {
  const w = new Writer()
  writeHeader(w, answer)
  return w.take()
}

/** A checker whose requests have all been sent. */
function sent(...specs: RequestSpec[]): { ring: RequestRing; check: (reply: Buffer) => void } {
  const ring = new RequestRing(specs)
  for (let i = 0; i < specs.length; i++) ring.take(0)
  const checker = new ReplyChecker(ring, NODES)
  return { ring, check: (reply) => checker.check(reply, 0, reply.length) }
}

describe('ReplyChecker', () => {
  it('accepts right replies of every kind', () => {
    const { ring, check } = sent(get(2), set(2), get(2), multi, create, remove, fill)
    check(getReply({ xid: 1, zxid: 10, mzxid: 9, version: 7 }))
    check(setReply({ xid: 2, zxid: 11, version: 8 }))
    check(getReply({ xid: 3, zxid: 11, version: 8 }))
    check(multiReply([{ xid: 4, zxid: 12 }, { zxid: 12 }]))
    check(createReply('/c/run-00000000', { xid: 5, zxid: 13 }))
    check(headerReply({ xid: 6, zxid: 14 }))
    check(createReply('/m/d-00000000/z-00000002', { xid: 7, zxid: 15 }))
    expect(ring.outstanding).toBe(0)
  })

  it('finds the reply where it lies in a larger buffer', () => {
    const ring = new RequestRing([get(0)])
    ring.take(0)
    const reply = getReply({})
    const chunk = Buffer.concat([Buffer.alloc(7, 0xff), reply, Buffer.alloc(9, 0xff)])
    new ReplyChecker(ring, NODES).check(chunk, 7, 7 + reply.length)
    expect(ring.outstanding).toBe(0)
  })

  const wrong: [string, RequestSpec, Buffer, RegExp][] = [
    ['an xid out of order', get(0), getReply({ xid: 2 }), /xid 2 came, 1 was due/],
    ['an error code', get(0), headerReply({ err: -101 }), /error code -101/],
    ['a header cut short', get(0), headerReply().subarray(0, 15), /shorter than its header/],
    ['a body cut short', get(0), getReply({}).subarray(0, -1), /171 bytes came, 172 were due/],
    ['a body that is too long', get(0), Buffer.concat([getReply({}), Buffer.alloc(1)]), /bytes came/],
    ['a success without a body', get(0), headerReply(), /0 bytes came/],
    ['other data of the same length', get(0), getReply({ data: Buffer.alloc(100, 'x') }), /not what was written/],
    ['data with one wrong byte', get(0), getReply({ data: Buffer.from(DATA).fill('!', 99) }), /not what was written/],
    ['a Stat with another data length', get(0), getReply({ dataLength: 99 }), /99 bytes of data/],
    ['a read that is newer than its zxid', get(0), getReply({ mzxid: 11 }), /mzxid 11/],
    ['a write whose mzxid is not its zxid', set(0), setReply({ mzxid: 9 }), /mzxid 9/],
    ['a read answered as a write', get(0), setReply({}), /68 bytes came/],
    ['a multi with a failed result', multi, multiReply([{}, {}], [5, -1]), /result of type -1/],
    ['a multi with a result missing', multi, multiReply([{}]), /bytes came/],
    ['another path than asked for', create, createReply('/c/run-00000001'), /not the one asked for/],
    ['another znode of the tree than asked for', fill, createReply('/m/d-00000000/z-00000001'), /not the one asked for/],
    ['another directory of the tree', fill, createReply('/m/d-00000001/z-00000000'), /not the one asked for/],
    ['a delete with a body', remove, createReply('/c/run-00000000'), /bytes came, 0 were due/],
  ]
  it.each(wrong)('refuses %s', (_, spec, reply, message) => {
    const { ring, check } = sent(spec)
    let refusal: unknown
    try {
      check(reply)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(WrongReply)
    expect(String(refusal)).toMatch(message)
    expect(ring.outstanding).toBe(1)
  })

  it('refuses a reply that nobody asked for', () => {
    const { check } = sent(get(0))
    check(getReply({}))
    expect(() => check(getReply({ xid: 2 }))).toThrow(/nobody asked/)
  })

  it('refuses a zxid that goes back', () => {
    const { check } = sent(get(0), get(1))
    check(getReply({ zxid: 10 }))
    expect(() => check(getReply({ xid: 2, zxid: 9 }))).toThrow(/went back from 10 to 9/)
  })

  it('refuses a write that shares its zxid with an earlier reply', () => {
    const { check } = sent(set(0), set(1))
    check(setReply({ zxid: 10 }))
    expect(() => check(setReply({ xid: 2, zxid: 10 }))).toThrow(/earlier reply/)
  })

  it('refuses a write that was lost: the version does not move', () => {
    const { check } = sent(set(0), set(0))
    check(setReply({ zxid: 10, version: 3 }))
    expect(() => check(setReply({ xid: 2, zxid: 11, version: 3 }))).toThrow(/version 3 of znode 0 came, 4 was due/)
  })

  it('refuses a read that does not see the write before it', () => {
    const { check } = sent(set(0), get(0))
    check(setReply({ zxid: 10, version: 3 }))
    expect(() => check(getReply({ xid: 2, zxid: 10, version: 2 }))).toThrow(/version 2 of znode 0 came, 3 was due/)
  })
})

describe('RequestRing', () => {
  it('numbers requests on, also when its slots go round, and counts names up', () => {
    const ring = new RequestRing([create, get(0)])
    const seen: (string | number | null)[] = []
    for (let i = 0; i < 4; i++) {
      const slot = ring.take(i)
      const r = new Reader(ring.bytes, (ring.starts[slot] ?? 0) + 4, ring.starts[slot + 1] ?? 0)
      seen.push(r.int32())
      r.int32()
      seen.push(r.ustring())
      ring.answered()
    }
    expect(seen).toEqual([1, '/c/run-00000000', 2, '/n0', 3, '/c/run-00000001', 4, '/n0'])
  })

  it('never reuses a slot whose reply has not come', () => {
    const ring = new RequestRing([get(0), get(1)])
    ring.take(0)
    ring.take(0)
    expect(() => ring.take(0)).toThrow(/in flight/)
    ring.answered()
    expect(ring.take(0)).toBe(0)
  })
})
