import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reader } from '../../core/wire/reader.ts'
import {
  readAclResponse,
  readChildren2Response,
  readCountResponse,
  readCreate2Response,
  readDataResponse,
  readErrorResponse,
  readPathResponse,
  readSaslResponse,
  readSetWatches2Response,
  readStringsResponse,
  readWhoAmIResponse,
  writeAclResponse,
  writeChildren2Response,
  writeCountResponse,
  writeCreate2Response,
  writeDataResponse,
  writeErrorResponse,
  writePathResponse,
  writeSaslResponse,
  writeSetWatches2Response,
  writeStringsResponse,
  writeWhoAmIResponse,
} from '../../core/wire/responses.ts'
import { readStat, readStatBigInt, STAT_BYTES, writeStat } from '../../core/wire/stat.ts'
import type { Writer } from '../../core/wire/writer.ts'
import { acls, clientInfo, int32, nullableBytes, safeLong, stat, text, texts } from './arbitraries.ts'
import { asWireStat, decoded, encoded, expectTruncationRefused } from './round-trip.ts'

/** A reply body: how it is written, how it is read, and what must be read. */
interface Case {
  readonly write: (w: Writer) => void
  readonly read: (r: Reader) => unknown
  readonly expected: unknown
}

const CASES: readonly [string, fc.Arbitrary<Case>][] = [
  ['create and sync', text.map((path) => ({ write: (w) => writePathResponse(w, path), read: readPathResponse, expected: path }))],
  [
    'create2',
    fc.tuple(text, stat).map(([path, s]) => ({
      write: (w) => writeCreate2Response(w, path, s),
      read: readCreate2Response,
      expected: { path, stat: asWireStat(s) },
    })),
  ],
  [
    'getData and reconfig',
    fc.tuple(nullableBytes, stat).map(([data, s]) => ({
      write: (w) => writeDataResponse(w, data, s),
      read: readDataResponse,
      expected: { data, stat: asWireStat(s) },
    })),
  ],
  [
    'getChildren and getEphemerals',
    texts.map((list) => ({ write: (w) => writeStringsResponse(w, list), read: readStringsResponse, expected: list })),
  ],
  [
    'getChildren2',
    fc.tuple(texts, stat).map(([list, s]) => ({
      write: (w) => writeChildren2Response(w, new Set(list), s),
      read: readChildren2Response,
      expected: { children: [...new Set(list)], stat: asWireStat(s) },
    })),
  ],
  [
    'getACL',
    fc.tuple(acls, stat).map(([acl, s]) => ({
      write: (w) => writeAclResponse(w, acl, s),
      read: readAclResponse,
      expected: { acl, stat: asWireStat(s) },
    })),
  ],
  [
    'getAllChildrenNumber',
    int32.map((count) => ({ write: (w) => writeCountResponse(w, count), read: readCountResponse, expected: count })),
  ],
  ['addWatch', int32.map((err) => ({ write: (w) => writeErrorResponse(w, err), read: readErrorResponse, expected: err }))],
  [
    'whoAmI',
    fc
      .array(clientInfo, { maxLength: 4 })
      .map((list) => ({ write: (w) => writeWhoAmIResponse(w, list), read: readWhoAmIResponse, expected: list })),
  ],
  ['sasl', nullableBytes.map((token) => ({ write: (w) => writeSaslResponse(w, token), read: readSaslResponse, expected: token }))],
  ['exists, as a client reads it', stat.map((s) => ({ write: (w) => writeStat(w, s), read: readStatBigInt, expected: asWireStat(s) }))],
  ['exists, as a server reads it', stat.map((s) => ({ write: (w) => writeStat(w, s), read: readStat, expected: s }))],
]

describe.each(CASES)('the reply of %s', (_name, cases) => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(cases, ({ write, read, expected }) => {
        expect(decoded(encoded(write), read)).toEqual(expected)
      }),
    )
  })

  it('is refused when cut anywhere', () => {
    fc.assert(
      fc.property(cases, ({ write, read }) => expectTruncationRefused(encoded(write), read)),
      { numRuns: 50 },
    )
  })
})

describe('Stat', () => {
  it('has 68 bytes in the order of the grammar', () => {
    const s = {
      czxid: 1,
      mzxid: 2,
      ctime: 3,
      mtime: 4,
      version: 5,
      cversion: 6,
      aversion: 7,
      ownerHi: 8,
      ownerLo: 9,
      dataLength: 10,
      numChildren: 11,
      pzxid: 12,
    }
    const bytes = encoded((w) => writeStat(w, s))
    expect(bytes).toHaveLength(STAT_BYTES)
    const longs = '0000000000000001' + '0000000000000002' + '0000000000000003' + '0000000000000004'
    const ints = '00000005' + '00000006' + '00000007'
    expect(bytes.toString('hex')).toBe(`${longs}${ints}${'0000000800000009'}${'0000000a'}${'0000000b'}${'000000000000000c'}`)
  })

  it('keeps all 64 bits for a client', () => {
    const bytes = Buffer.alloc(STAT_BYTES, 0xff)
    bytes.writeBigInt64BE(-(2n ** 63n), 44)
    bytes.writeBigInt64BE(2n ** 62n + 1n, 0)
    const s = decoded(bytes, readStatBigInt)
    expect(s.ephemeralOwner).toBe(-(2n ** 63n))
    expect(s.czxid).toBe(2n ** 62n + 1n)
  })
})

describe('the reply of setWatches2', () => {
  it('carries how far back the replay covered', () => {
    fc.assert(
      fc.property(safeLong, (zxid) => {
        expect(
          decoded(
            encoded((w) => writeSetWatches2Response(w, zxid)),
            readSetWatches2Response,
          ),
        ).toBe(BigInt(zxid))
      }),
    )
  })

  it('is null from a server that says nothing', () => {
    expect(decoded(Buffer.alloc(0), readSetWatches2Response)).toBeNull()
  })
})

describe('a vector of strings', () => {
  it('is empty for null, and a null one reads as empty', () => {
    expect(encoded((w) => writeStringsResponse(w, null)).toString('hex')).toBe('00000000')
    expect(decoded(Buffer.from('ffffffff', 'hex'), readStringsResponse)).toEqual([])
  })
})
