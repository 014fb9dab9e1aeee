// Entries that are not requests: noop, settings, clocks; and entries that make no sense.
import { describe, expect, test } from 'vitest'
import { EntryKind, EnvelopeOffset, stringBody } from '../../core/tree/envelope.ts'
import { DEFAULT_SETTINGS, settingsFromJson, settingsToJson } from '../../core/tree/settings.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { TreeDriver } from './tree-driver.ts'

test('the first noop names the cluster, later ones do not', () => {
  const d = new TreeDriver()
  expect(d.tree.clusterId).toBe('')
  expect(d.noop(Buffer.alloc(7)).err).toBe(ErrorCode.marshallingError)
  expect(d.tree.clusterId).toBe('')
  expect(d.noop(Buffer.from('00112233445566ff', 'hex')).err).toBe(ErrorCode.ok)
  d.noop()
  expect(d.tree.clusterId).toBe('00112233445566ff')
})

describe('clocks', () => {
  test('never go back', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.setTime(1000, 500)
    d.create(a, '/before')
    const wall = d.tree.wallTimeMs
    d.setTime(wall + 10, 700)
    d.create(a, '/a')
    d.setTime(wall - 999, 600)
    d.create(a, '/b')
    expect([d.tree.wallTimeMs, d.tree.clusterTimeMs]).toEqual([wall + 10, 700])
    expect(d.tree.node('/b')).toMatchObject({ ctime: wall + 10, mtime: wall + 10 })
  })

  test('take no time that a number cannot hold', () => {
    const d = new TreeDriver()
    for (const offset of [EnvelopeOffset.wallTime, EnvelopeOffset.clusterTime]) {
      for (const byte of [0x7f, 0x80, 0xff]) {
        const payload = d.entry(EntryKind.noop, null, Buffer.alloc(8))
        payload[offset] = byte
        expect(d.apply(payload).err).toBe(ErrorCode.marshallingError)
      }
    }
    expect([d.tree.wallTimeMs, d.tree.clusterTimeMs, d.tree.clusterId]).toEqual([0, 0, ''])
  })
})

describe('settings', () => {
  test('take effect with their entry and are frozen', () => {
    const d = new TreeDriver()
    expect(d.tree.settings).toEqual(DEFAULT_SETTINGS)
    expect(d.settings({ skipAcl: true, containerMaxNeverUsedMs: 5 }).err).toBe(ErrorCode.ok)
    expect(d.tree.settings).toEqual({ ...DEFAULT_SETTINGS, skipAcl: true, containerMaxNeverUsedMs: 5 })
    expect(Object.isFrozen(d.tree.settings)).toBe(true)
  })

  test.each(['', '{', 'null', '[]', '7', '{"skipAcl":1}', '{"containerMaxNeverUsedMs":-1}', '{"containerMaxNeverUsedMs":0.5}'])(
    'what makes no sense is refused and changes nothing: %s',
    (json) => {
      const d = new TreeDriver()
      expect(d.apply(d.entry(EntryKind.settings, null, stringBody(json))).err).toBe(ErrorCode.marshallingError)
      expect(d.tree.settings).toBe(DEFAULT_SETTINGS)
    },
  )

  test('missing keys have their defaults, unknown ones are ignored, the form is canonical', () => {
    const parsed = settingsFromJson('{"unknown":1,"enforceQuota":true,"__proto__":{"skipAcl":true}}')
    expect(parsed).toEqual({ ...DEFAULT_SETTINGS, enforceQuota: true })
    expect(settingsFromJson(settingsToJson(DEFAULT_SETTINGS))).toEqual(DEFAULT_SETTINGS)
    expect(settingsToJson({ skipAcl: false, containerMaxNeverUsedMs: 0, enforceQuota: false, extendedTypesEnabled: true })).toBe(
      settingsToJson(DEFAULT_SETTINGS),
    )
  })
})

describe('entries that make no sense', () => {
  test.each([0, 1, 63])('%i bytes', (length) => {
    const tree = new StateMachine()
    const { err, zxid } = tree.apply(Buffer.alloc(length), 5)
    expect([err, zxid, tree.lastZxid]).toEqual([ErrorCode.marshallingError, 5, 5])
  })

  test('an unknown kind, an auth section beyond the end, a semantics version of the future', () => {
    const d = new TreeDriver()
    const kind = d.entry(EntryKind.noop, null, Buffer.alloc(8))
    kind[EnvelopeOffset.kind] = 200
    expect(d.apply(kind).err).toBe(ErrorCode.marshallingError)
    const auth = d.entry(EntryKind.noop, null, Buffer.alloc(8))
    auth[EnvelopeOffset.authLength] = 0xff
    expect(d.apply(auth).err).toBe(ErrorCode.marshallingError)
    const semantics = d.entry(EntryKind.noop, null, Buffer.alloc(8))
    semantics[EnvelopeOffset.semantics] = 1
    expect(d.apply(semantics).err).toBe(ErrorCode.unimplemented)
    expect(d.tree.clusterId).toBe('')
  })

  test('identities that cannot be read are none', () => {
    const d = new TreeDriver()
    const a = d.connect([{ scheme: 'super', id: '' }])
    const entry = d.entry(EntryKind.request, a, Buffer.alloc(0), 2)
    entry[65] = 9
    expect(d.apply(entry).err).toBe(ErrorCode.marshallingError)
  })

  test('a request cut short', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/n', { data: 'some data' })
    const whole = d.entries.at(-1)?.payload ?? Buffer.alloc(0)
    for (let end = 0; end < whole.length; end++) {
      expect(d.apply(Buffer.from(whole.subarray(0, end))).err).toBe(ErrorCode.marshallingError)
    }
  })
})

test('the result is one object, and what it held is gone with the next entry', () => {
  const d = new TreeDriver()
  const a = d.connect()
  const first = d.create(a, '/a')
  const { changes } = first
  const second = d.remove(a, '/none')
  expect(second).toBe(first)
  expect([second.path, second.node, second.changes.length]).toEqual(['', null, 0])
  expect(changes.length).toBe(2)
})
