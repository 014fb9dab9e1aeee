import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { isLinearizable, type RegisterCall, type RegisterOp, type RegisterResult } from './linearizability.ts'

const OK: RegisterResult = { err: ErrorCode.ok, version: null, value: null }

/** A call from `from` to `to`; `null`: its outcome is not known. */
function call(from: number, to: number, op: RegisterOp, result: Partial<RegisterResult> | null = {}): RegisterCall {
  const known = result === null ? null : { ...OK, ...result }
  return { path: '/r', op, calledAt: from, returnedAt: known === null ? Number.POSITIVE_INFINITY : to, result: known }
}

const create = call(0, 1, { type: 'create', value: 'a' })

describe('a history of a register', () => {
  test('one after the other', () => {
    const set = call(2, 3, { type: 'set', value: 'b' }, { version: 1 })
    expect(isLinearizable([create, set, call(4, 5, { type: 'read' }, { value: 'b', version: 1 })])).toBe(true)
  })

  test('a read that began after a write returned does not show what was before', () => {
    const set = call(2, 3, { type: 'set', value: 'b' }, { version: 1 })
    expect(isLinearizable([create, set, call(4, 5, { type: 'read' }, { value: 'a', version: 0 })])).toBe(false)
  })

  test('a read beside a write may show either', () => {
    const set = call(2, 5, { type: 'set', value: 'b' }, { version: 1 })
    expect(isLinearizable([create, set, call(3, 4, { type: 'read' }, { value: 'a' })])).toBe(true)
    expect(isLinearizable([create, set, call(3, 4, { type: 'read' }, { value: 'b' })])).toBe(true)
  })

  test('of two reads one after the other the second shows nothing older', () => {
    const set = call(2, 9, { type: 'set', value: 'b' }, { version: 1 })
    const newer = call(3, 4, { type: 'read' }, { value: 'b' })
    expect(isLinearizable([create, set, newer, call(5, 6, { type: 'read' }, { value: 'a' })])).toBe(false)
  })

  test('a write of unknown outcome may show late, or never, but not before it was asked', () => {
    const set = call(2, 0, { type: 'set', value: 'b' }, null)
    expect(isLinearizable([create, set, call(90, 91, { type: 'read' }, { value: 'b' })])).toBe(true)
    expect(isLinearizable([create, set, call(90, 91, { type: 'read' }, { value: 'a' })])).toBe(true)
    const late = call(95, 0, { type: 'set', value: 'b' }, null)
    expect(isLinearizable([create, late, call(90, 91, { type: 'read' }, { value: 'b' })])).toBe(false)
  })

  test('two that compared the same version cannot both have won', () => {
    const won = (from: number, value: string) => call(from, 9, { type: 'cas', value, version: 0 }, { version: 1 })
    expect(isLinearizable([create, won(2, 'b'), won(3, 'c')])).toBe(false)
    const lost = call(3, 9, { type: 'cas', value: 'c', version: 0 }, { err: ErrorCode.badVersion })
    expect(isLinearizable([create, won(2, 'b'), lost])).toBe(true)
  })
})
