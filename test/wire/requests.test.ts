import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClientOp } from '../../core/wire/op-classes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { ProtocolError } from '../../core/wire/protocol-error.ts'
import { Reader } from '../../core/wire/reader.ts'
import type { Request } from '../../core/wire/records.ts'
import { readRequest, writeRequest } from '../../core/wire/requests.ts'
import { request, requests } from './arbitraries.ts'
import { decoded, encoded, expectTruncationRefused } from './round-trip.ts'

function bodyOf(q: Request): Buffer {
  return encoded((w) => writeRequest(w, q))
}

describe('requests', () => {
  it('are read back as they were written, every op', () => {
    const seen = new Set<number>()
    for (const arbitrary of requests) {
      fc.assert(
        fc.property(arbitrary, (q) => {
          seen.add(q.op)
          expect(decoded(bodyOf(q), (r) => readRequest(r, q.op))).toEqual(q)
        }),
      )
    }
    const sendable = Object.values(OpCode).filter((op) => isClientOp(op) || op === OpCode.check)
    expect([...seen].sort((a, b) => a - b)).toEqual(sendable.sort((a, b) => a - b))
  })

  it('are refused when cut anywhere', () => {
    fc.assert(
      fc.property(request, (q) => expectTruncationRefused(bodyOf(q), (r) => readRequest(r, q.op))),
      { numRuns: 300 },
    )
  })

  it('ignore bytes after the body, which later versions may append', () => {
    fc.assert(
      fc.property(request, (q) => {
        const longer = Buffer.concat([bodyOf(q), Buffer.from([0, 0, 0, 1])])
        expect(readRequest(new Reader(longer), q.op)).toEqual(q)
      }),
    )
  })

  it('of a type that no client may send are refused', () => {
    for (const op of [OpCode.notification, 10, OpCode.error, OpCode.createSession, 99, 108, 2 ** 31 - 1]) {
      expect(() => readRequest(new Reader(Buffer.alloc(64)), op)).toThrow(ProtocolError)
    }
  })

  it('of random bytes end in a request or in a ProtocolError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(OpCode)), fc.uint8Array({ maxLength: 200 }), (op, raw) => {
        const outcome = attempt(() => readRequest(new Reader(Buffer.from(raw)), op))
        expect(outcome === null || outcome instanceof ProtocolError, String(outcome)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('with null paths, schemes and vectors read as empty ones, but keep null data and null ACLs', () => {
    const nulls = Buffer.alloc(64, 0xff)
    expect(readRequest(new Reader(nulls), OpCode.create)).toEqual({ op: OpCode.create, path: '', data: null, acl: null, flags: -1 })
    expect(readRequest(new Reader(nulls), OpCode.getEphemerals)).toEqual({ op: OpCode.getEphemerals, path: '' })
    expect(readRequest(new Reader(nulls), OpCode.auth)).toEqual({ op: OpCode.auth, type: -1, scheme: '', auth: null })
    expect(readRequest(new Reader(nulls), OpCode.setWatches)).toEqual({
      op: OpCode.setWatches,
      relativeZxid: -1,
      data: [],
      exist: [],
      child: [],
      persistent: [],
      persistentRecursive: [],
    })
  })

  it('travel as the grammar says: create', () => {
    const q: Request = {
      op: OpCode.create,
      path: '/a',
      data: Buffer.from('hi'),
      acl: [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }],
      flags: 1,
    }
    const golden = [
      '00000002 2f61', // path
      '00000002 6869', // data
      '00000001', // one ACL
      '0000001f', // perms
      '00000005 776f726c64', // world
      '00000006 616e796f6e65', // anyone
      '00000001', // ephemeral
    ].join('')
    expect(bodyOf(q).toString('hex')).toBe(golden.replaceAll(' ', ''))
  })

  it('travel as the grammar says: createTTL ends in a long', () => {
    const q: Request = { op: OpCode.createTtl, path: '/', data: null, acl: [], flags: 5, ttlMs: 60_000 }
    expect(bodyOf(q).toString('hex')).toBe('000000012f' + 'ffffffff' + '00000000' + '00000005' + '000000000000ea60')
  })

  it('travel as the grammar says: setWatches2 has five vectors, setWatches three', () => {
    const lists = { relativeZxid: 7, data: ['/d'], exist: [], child: [], persistent: ['/p'], persistentRecursive: [] }
    const three = '0000000000000007' + '00000001' + '000000022f64' + '00000000' + '00000000'
    expect(bodyOf({ op: OpCode.setWatches, ...lists }).toString('hex')).toBe(three)
    expect(bodyOf({ op: OpCode.setWatches2, ...lists }).toString('hex')).toBe(`${three}00000001000000022f7000000000`)
  })
})

function attempt(run: () => unknown): unknown {
  try {
    run()
    return null
  } catch (error) {
    return error
  }
}
