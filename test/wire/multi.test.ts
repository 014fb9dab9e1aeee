import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  readMultiReadRequest,
  readMultiReadResponse,
  readMultiRequest,
  readMultiResponse,
  writeMultiEnd,
  writeMultiError,
  writeMultiReadChildren,
  writeMultiReadData,
  writeMultiRequest,
  writeMultiResponse,
} from '../../core/wire/multi.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { ProtocolError, UnsupportedSubOp } from '../../core/wire/protocol-error.ts'
import { Reader } from '../../core/wire/reader.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { writeStat } from '../../core/wire/stat.ts'
import { multiRequest, multiResult, nullableBytes, stat, texts } from './arbitraries.ts'
import { asWireStat, decoded, encoded, expectTruncationRefused } from './round-trip.ts'

const END = 'ffffffff' + '01' + 'ffffffff'

function hex(digits: string): Reader {
  return new Reader(Buffer.from(digits, 'hex'))
}

describe('a multi request', () => {
  it('travels as the grammar says', () => {
    const body = encoded((w) =>
      writeMultiRequest(w, {
        op: OpCode.multi,
        ops: [
          { op: OpCode.check, path: '/a', version: 3 },
          { op: OpCode.delete, path: '/b', version: -1 },
        ],
      }),
    )
    const check = '0000000d' + '00' + 'ffffffff' + '000000022f61' + '00000003'
    const remove = '00000002' + '00' + 'ffffffff' + '000000022f62' + 'ffffffff'
    expect(body.toString('hex')).toBe(check + remove + END)
  })

  it('may be empty', () => {
    expect(readMultiRequest(hex(END))).toEqual({ op: OpCode.multi, ops: [] })
  })

  it('ends where done is set, whatever the type says', () => {
    expect(readMultiRequest(hex('00000001' + '01' + '00000000'))).toEqual({ op: OpCode.multi, ops: [] })
  })

  it.each([
    OpCode.exists,
    OpCode.getData,
    OpCode.getChildren,
    OpCode.setAcl,
    OpCode.sync,
    OpCode.multi,
    OpCode.deleteContainer,
    OpCode.reconfig,
    OpCode.error,
    77,
  ])('that holds op %i is told from one that is malformed', (type) => {
    const body = encoded((w) => {
      w.int32(type)
      w.boolean(false)
      w.int32(-1)
    })
    expect(() => readMultiRequest(new Reader(body))).toThrow(UnsupportedSubOp)
  })

  it.each([-1, 5, 6, 7, 2 ** 31 - 1])('with create flag %i is unsupported: the record cannot express it', (flags) => {
    for (const op of [OpCode.create, OpCode.create2, OpCode.createContainer] as const) {
      const body = encoded((w) => {
        w.int32(op)
        w.boolean(false)
        w.int32(-1)
        writeRequest(w, { op, path: '/a', data: null, acl: [], flags })
      })
      expect(() => readMultiRequest(new Reader(body))).toThrow(UnsupportedSubOp)
    }
  })

  it('that is malformed is not called unsupported', () => {
    const cut = encoded((w) => writeMultiRequest(w, { op: OpCode.multi, ops: [{ op: OpCode.check, path: '/a', version: 3 }] }))
    const error = caught(() => readMultiRequest(new Reader(cut, 0, 12)))
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).not.toBeInstanceOf(UnsupportedSubOp)
  })

  it('without an end is refused after what is there', () => {
    fc.assert(
      fc.property(multiRequest, (q) => {
        const body = encoded((w) => writeMultiRequest(w, q))
        expect(() => readMultiRequest(new Reader(body, 0, body.length - 9))).toThrow(ProtocolError)
      }),
    )
  })
})

describe('a multiRead request', () => {
  it.each([OpCode.create, OpCode.delete, OpCode.check, OpCode.exists, OpCode.getChildren2])('cannot hold op %i', (type) => {
    const body = encoded((w) => {
      w.int32(type)
      w.boolean(false)
      w.int32(-1)
    })
    expect(() => readMultiReadRequest(new Reader(body))).toThrow(UnsupportedSubOp)
  })
})

describe('the response of a multi', () => {
  it('is read back as it was written, every result shape', () => {
    fc.assert(
      fc.property(fc.array(multiResult, { maxLength: 8 }), (results) => {
        const body = encoded((w) => writeMultiResponse(w, results))
        const expected = results.map((result) => ({ ...result, stat: result.stat === null ? null : asWireStat(result.stat) }))
        expect(decoded(body, readMultiResponse)).toEqual(expected)
      }),
    )
  })

  it('travels as the grammar says when the second of three ops failed', () => {
    const body = encoded((w) =>
      writeMultiResponse(w, [
        { op: OpCode.error, err: 0, path: null, stat: null },
        { op: OpCode.error, err: -101, path: null, stat: null },
        { op: OpCode.error, err: -2, path: null, stat: null },
      ]),
    )
    const before = 'ffffffff' + '00' + '00000000' + '00000000'
    const failed = 'ffffffff' + '00' + 'ffffff9b' + 'ffffff9b'
    const after = 'ffffffff' + '00' + 'fffffffe' + 'fffffffe'
    expect(body.toString('hex')).toBe(before + failed + after + END)
  })

  it('travels as the grammar says when it succeeded: create has a path, create2 a path and a Stat, delete nothing', () => {
    const s = {
      czxid: 1,
      mzxid: 1,
      ctime: 2,
      mtime: 2,
      version: 0,
      cversion: 0,
      aversion: 0,
      ownerHi: 0,
      ownerLo: 0,
      dataLength: 0,
      numChildren: 0,
      pzxid: 1,
    }
    const body = encoded((w) =>
      writeMultiResponse(w, [
        { op: OpCode.create, err: 0, path: '/a', stat: null },
        { op: OpCode.create2, err: 0, path: '/b', stat: s },
        { op: OpCode.delete, err: 0, path: null, stat: null },
      ]),
    )
    const create = '00000001' + '00' + '00000000' + '000000022f61'
    const create2 = `${'0000000f' + '00' + '00000000' + '000000022f62'}${encoded((w) => writeStat(w, s)).toString('hex')}`
    const remove = '00000002' + '00' + '00000000'
    expect(body.toString('hex')).toBe(create + create2 + remove + END)
  })

  it('is refused when cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(multiResult, { maxLength: 4 }), (results) => {
        expectTruncationRefused(
          encoded((w) => writeMultiResponse(w, results)),
          readMultiResponse,
        )
      }),
    )
  })

  it.each([4, 8, 19, 21, 3, 99])('with a result of type %i is refused', (type) => {
    const body = encoded((w) => {
      w.int32(type)
      w.boolean(false)
      w.int32(0)
      w.raw(Buffer.alloc(100))
    })
    const error = caught(() => readMultiResponse(new Reader(body)))
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).not.toBeInstanceOf(UnsupportedSubOp)
  })
})

describe('the response of a multiRead', () => {
  it('is read back entry by entry, failures among successes', () => {
    fc.assert(
      fc.property(nullableBytes, stat, texts, (data, s, children) => {
        const body = encoded((w) => {
          writeMultiReadData(w, data, s)
          writeMultiError(w, -101)
          writeMultiReadChildren(w, new Set(children))
          writeMultiReadChildren(w, null)
          writeMultiEnd(w)
        })
        expect(decoded(body, readMultiReadResponse)).toEqual([
          { op: OpCode.getData, data, stat: asWireStat(s) },
          { op: OpCode.error, err: -101 },
          { op: OpCode.getChildren, children: [...new Set(children)] },
          { op: OpCode.getChildren, children: [] },
        ])
        expectTruncationRefused(body, readMultiReadResponse)
      }),
    )
  })

  it('with a result of a write is refused', () => {
    expect(() => readMultiReadResponse(hex(`0000000d0000000000${END}`))).toThrow(ProtocolError)
  })
})

function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return null
}
