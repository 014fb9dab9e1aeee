import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readConnectRequest, readConnectResponse, writeConnectRequest, writeConnectResponse } from '../../core/wire/connect.ts'
import type { ConnectRequest } from '../../core/wire/records.ts'
import { connectRequest, connectResponse } from './arbitraries.ts'
import { decoded, encoded, expectTruncationRefused } from './round-trip.ts'

const FRESH: ConnectRequest = {
  protocolVersion: 0,
  lastZxidSeen: 0x1_0000_0002,
  timeoutMs: 30_000,
  sessionHi: 0x8000_0001,
  sessionLo: 0x0203_0405,
  password: Buffer.alloc(16, 0x11),
  readOnly: true,
}
const GOLDEN = [
  '00000000', // protocolVersion
  '0000000100000002', // lastZxidSeen
  '00007530', // timeOut
  '8000000102030405', // sessionId
  '00000010', // passwd
  '11111111111111111111111111111111',
].join('')

describe('ConnectRequest', () => {
  it('travels as the grammar says, with the readOnly byte and without', () => {
    expect(encoded((w) => writeConnectRequest(w, FRESH)).toString('hex')).toBe(`${GOLDEN}01`)
    expect(encoded((w) => writeConnectRequest(w, { ...FRESH, readOnly: null })).toString('hex')).toBe(GOLDEN)
    expect(decoded(Buffer.from(`${GOLDEN}01`, 'hex'), readConnectRequest)).toEqual(FRESH)
    expect(decoded(Buffer.from(GOLDEN, 'hex'), readConnectRequest)).toEqual({ ...FRESH, readOnly: null })
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(connectRequest, (q) => {
        const bytes = encoded((w) => writeConnectRequest(w, q))
        expect(decoded(bytes, readConnectRequest)).toEqual(q)
      }),
    )
  })

  it('is refused when cut anywhere but before the readOnly byte', () => {
    fc.assert(
      fc.property(connectRequest, (q) => {
        const bytes = encoded((w) => writeConnectRequest(w, q))
        const optional = q.readOnly === null ? bytes.length : bytes.length - 1
        expectTruncationRefused(bytes, readConnectRequest, (read, cut) => cut === optional && read.readOnly === null)
      }),
    )
  })

  it('with a null password reads as one with an empty password', () => {
    const bytes = Buffer.from(`${GOLDEN.slice(0, 48)}ffffffff`, 'hex')
    expect(decoded(bytes, readConnectRequest).password).toHaveLength(0)
  })
})

describe('ConnectResponse', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(connectResponse, (s) => {
        const bytes = encoded((w) => writeConnectResponse(w, s))
        expect(decoded(bytes, readConnectResponse)).toEqual(s)
      }),
    )
  })

  it('that refuses a session travels as the grammar says, and has no readOnly byte for a client that sent none', () => {
    const refusal = { protocolVersion: 0, timeoutMs: 0, sessionHi: 0, sessionLo: 0, password: Buffer.alloc(16), readOnly: null }
    const golden = '00000000' + '00000000' + '0000000000000000' + '00000010' + '00000000000000000000000000000000'
    expect(encoded((w) => writeConnectResponse(w, refusal)).toString('hex')).toBe(golden)
  })

  it('is refused when cut anywhere but before the readOnly byte', () => {
    fc.assert(
      fc.property(connectResponse, (s) => {
        const bytes = encoded((w) => writeConnectResponse(w, s))
        const optional = s.readOnly === null ? bytes.length : bytes.length - 1
        expectTruncationRefused(bytes, readConnectResponse, (read, cut) => cut === optional && read.readOnly === null)
      }),
    )
  })
})
