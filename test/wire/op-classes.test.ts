import { describe, expect, it } from 'vitest'
import { isClientOp, isRead, isWrite, opName } from '../../core/wire/op-classes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'

const ALL: readonly number[] = Object.values(OpCode)

describe('op classes', () => {
  it('call no operation both a read and a write', () => {
    expect(ALL.filter((op) => isRead(op) && isWrite(op))).toEqual([])
  })

  it('leave only what concerns the connection, or waits for the leader, in neither class', () => {
    const neither = ALL.filter((op) => isClientOp(op) && !isRead(op) && !isWrite(op)).map(opName)
    expect(neither.sort()).toEqual(['auth', 'ping', 'sasl', 'setWatches', 'setWatches2', 'sync'])
  })

  it('let a client send neither internal operations nor a check outside a multi', () => {
    const refused = ALL.filter((op) => !isClientOp(op)).map(opName)
    expect(refused.sort()).toEqual(['check', 'createSession', 'error', 'notification'])
    expect([10, 99, 108, -2, 2 ** 31 - 1].filter(isClientOp)).toEqual([])
  })

  it('name every operation, and numbers that are none', () => {
    expect(opName(OpCode.getData)).toBe('getData')
    expect(opName(OpCode.closeSession)).toBe('closeSession')
    expect(opName(99)).toBe('op 99')
  })
})
