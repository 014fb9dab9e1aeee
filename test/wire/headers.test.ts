import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  REPLY_HEADER_BYTES,
  REQUEST_HEADER_BYTES,
  readReplyHeader,
  readReplyHeaderInto,
  writeReplyHeader,
  writeRequestHeader,
} from '../../core/wire/headers.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { EventType } from '../../core/wire/records.ts'
import { readWatcherEvent, writeWatcherEvent } from '../../core/wire/watch-event.ts'
import { int32, safeLong, text } from './arbitraries.ts'
import { decoded, encoded, expectTruncationRefused } from './round-trip.ts'

describe('headers', () => {
  it('of a request are two ints', () => {
    const bytes = encoded((w) => writeRequestHeader(w, 7, OpCode.closeSession))
    expect(bytes.toString('hex')).toBe('00000007fffffff5')
    expect(bytes).toHaveLength(REQUEST_HEADER_BYTES)
  })

  it('of a reply are read back as they were written, in both forms', () => {
    const into = { xid: 0, zxidHi: 0, zxidLo: 0, err: 0 }
    fc.assert(
      fc.property(int32, safeLong, int32, (xid, zxid, err) => {
        const bytes = encoded((w) => writeReplyHeader(w, xid, zxid, err))
        expect(bytes).toHaveLength(REPLY_HEADER_BYTES)
        expect(decoded(bytes, readReplyHeader)).toEqual({ xid, zxid: BigInt(zxid), err })
        decoded(bytes, (r) => readReplyHeaderInto(r, into))
        const joined = BigInt.asIntN(64, (BigInt(into.zxidHi) << 32n) | BigInt(into.zxidLo))
        expect({ xid: into.xid, zxid: joined, err: into.err }).toEqual({ xid, zxid: BigInt(zxid), err })
        expectTruncationRefused(bytes, readReplyHeader)
      }),
    )
  })
})

describe('a watch notification', () => {
  it('travels as the grammar says', () => {
    const bytes = encoded((w) => writeWatcherEvent(w, 0x1_0000_0005, EventType.nodeDeleted, '/a'))
    expect(bytes.toString('hex')).toBe('ffffffff' + '0000000100000005' + '00000000' + '00000002' + '00000003' + '000000022f61')
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(safeLong, fc.constantFrom(...Object.values(EventType)), text, (zxid, type, path) => {
        const bytes = encoded((w) => writeWatcherEvent(w, zxid, type, path))
        const read = decoded(bytes, (r) => ({ header: readReplyHeader(r), event: readWatcherEvent(r) }))
        expect(read).toEqual({ header: { xid: -1, zxid: BigInt(zxid), err: 0 }, event: { type, state: 3, path } })
        expectTruncationRefused(bytes.subarray(REPLY_HEADER_BYTES), readWatcherEvent)
      }),
    )
  })
})
