// The envelope: every field at its offset, identities, times.
import { expect, test } from 'vitest'
import {
  bodyStart,
  decodeAuth,
  ENVELOPE_BYTES,
  EntryKind,
  EnvelopeOffset,
  encodeAuth,
  encodeEntry,
  envelopeInt32,
  envelopeInt64,
  envelopeSemantics,
  envelopeUint32,
  SEMANTICS_VERSION,
  stampTimes,
} from '../../core/tree/envelope.ts'

const FIELDS = {
  kind: EntryKind.request,
  originServer: 0x01020304,
  nonceHi: 0xfffffffe,
  nonceLo: 5,
  number: 2 ** 40 + 7,
  sessionHi: 0x80000001,
  sessionLo: 0xffffffff,
  generation: 3,
  xid: -8,
  op: -11,
}

test('fields come back from their offsets, the body verbatim', () => {
  const ids = [
    { scheme: 'ip', id: '1.2.3.4' },
    { scheme: 'digest', id: 'é:x' },
  ]
  const source = Buffer.from('..body bytes..')
  const payload = encodeEntry(FIELDS, encodeAuth(ids), source, 2, source.length - 2)
  expect(payload[EnvelopeOffset.kind]).toBe(EntryKind.request)
  expect(envelopeSemantics(payload)).toBe(SEMANTICS_VERSION)
  expect(envelopeUint32(payload, EnvelopeOffset.originServer)).toBe(FIELDS.originServer)
  expect(envelopeUint32(payload, EnvelopeOffset.nonceHi)).toBe(FIELDS.nonceHi)
  expect(envelopeUint32(payload, EnvelopeOffset.nonceLo)).toBe(FIELDS.nonceLo)
  expect(envelopeInt64(payload, EnvelopeOffset.numberHi)).toBe(FIELDS.number)
  expect(envelopeUint32(payload, EnvelopeOffset.sessionHi)).toBe(FIELDS.sessionHi)
  expect(envelopeUint32(payload, EnvelopeOffset.sessionLo)).toBe(FIELDS.sessionLo)
  expect(envelopeUint32(payload, EnvelopeOffset.generation)).toBe(3)
  expect(envelopeInt32(payload, EnvelopeOffset.xid)).toBe(-8)
  expect(envelopeInt32(payload, EnvelopeOffset.op)).toBe(-11)
  expect(decodeAuth(payload)).toEqual(ids)
  expect(payload.subarray(bodyStart(payload)).toString()).toBe('body bytes')
})

test('times are stamped in place', () => {
  const payload = encodeEntry(FIELDS, encodeAuth([]), Buffer.alloc(0))
  expect(payload.length).toBe(ENVELOPE_BYTES + 2)
  stampTimes(payload, 1_700_000_000_123, 2 ** 33 + 1)
  expect(envelopeInt64(payload, EnvelopeOffset.wallTime)).toBe(1_700_000_000_123)
  expect(envelopeInt64(payload, EnvelopeOffset.clusterTime)).toBe(2 ** 33 + 1)
  expect(envelopeInt32(payload, EnvelopeOffset.op)).toBe(-11)
})

test('a payload shorter than its envelope or auth section has no body', () => {
  const payload = encodeEntry(FIELDS, encodeAuth([{ scheme: 'a', id: 'b' }]), Buffer.alloc(0))
  expect(bodyStart(payload)).toBe(payload.length)
  expect(bodyStart(payload.subarray(0, payload.length - 1))).toBe(-1)
  expect(bodyStart(payload.subarray(0, 63))).toBe(-1)
})

test('an auth section that claims more than it holds has no identities', () => {
  const payload = encodeEntry(FIELDS, encodeAuth([{ scheme: 'a', id: 'b' }]), Buffer.alloc(100))
  payload[ENVELOPE_BYTES + 1] = 2
  expect(decodeAuth(payload)).toEqual([])
})
