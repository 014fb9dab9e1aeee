import { beforeEach, describe, expect, it } from 'vitest'
import { SlowOperations } from '../../core/replica/slow-operations.ts'
import { type Logger, SILENT_LOGGER } from '../../core/support/logger.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { writeRequest } from '../../core/wire/requests.ts'
import { Writer } from '../../core/wire/writer.ts'
import { create, getData, TestHost } from './harness.ts'

const ASKER = { remote: '127.0.0.1:4711', sessionId: '1a2b' }

let lines: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[] = []
beforeEach(() => {
  lines = []
})
const logger: Logger = { ...SILENT_LOGGER, warn: (fields, message) => lines.push({ fields, message }) }

function bodyOf(request: Request): Buffer {
  const w = new Writer(64)
  writeRequest(w, request)
  return Buffer.from(w.view())
}

function noted(request: Request): unknown {
  new SlowOperations(10, logger).answered(ASKER, request.op, 7, bodyOf(request), 0, 1234.6, 0)
  return lines.at(-1)?.fields
}

describe('the log of slow operations', () => {
  it('names operation, path, session and duration', () => {
    expect(noted({ op: OpCode.getData, path: '/a/b', watch: false })).toEqual({
      operation: 'getData',
      path: '/a/b',
      remote: '127.0.0.1:4711',
      sessionId: '1a2b',
      xid: 7,
      tookMs: 1235,
    })
    expect(lines[0]?.message).toBe('slow operation')
  })

  it('names a multi by its first operation, and shortens a long path', () => {
    const check = (path: string): Request & { op: typeof OpCode.check } => ({ op: OpCode.check, path, version: -1 })
    expect(noted({ op: OpCode.multi, ops: [check('/one'), check('/two'), check('/three')] })).toMatchObject({ path: '/one and 2 more' })
    expect(noted({ op: OpCode.multi, ops: [check('/one')] })).toMatchObject({ path: '/one' })
    expect(noted({ op: OpCode.multi, ops: [] })).toMatchObject({ path: '' })
    const long = `/${'x'.repeat(1000)}`
    expect(noted({ op: OpCode.create, path: long, data: null, acl: OPEN_ACL, flags: 0 })).toMatchObject({ path: `${long.slice(0, 256)}…` })
  })

  it('has no path for what has none, and for bytes that are no request', () => {
    expect(noted({ op: OpCode.ping })).toMatchObject({ operation: 'ping', path: '' })
    new SlowOperations(10, logger).answered(ASKER, OpCode.create, 7, Buffer.from([0, 0, 0, 99]), 0, 20, 0)
    expect(lines.at(-1)?.fields).toMatchObject({ operation: 'create', path: '' })
  })

  it('writes ten lines in ten seconds, counts the rest and tells it with the next', () => {
    const slow = new SlowOperations(10, logger)
    const body = bodyOf({ op: OpCode.getData, path: '/a', watch: false })
    for (let i = 0; i < 1000; i++) slow.answered(ASKER, OpCode.getData, i, body, 0, 20, 5000)
    expect(lines).toHaveLength(10)
    expect(slow.count).toBe(1000)
    slow.answered(ASKER, OpCode.getData, 1, body, 0, 20, 15_000)
    expect(lines).toHaveLength(11)
    expect(lines[10]?.fields).toMatchObject({ operation: 'getData', untold: 990 })
    slow.turn(ASKER, OpCode.getChildren2, 3, 60.2, 15_000)
    expect(lines[11]).toEqual({
      message: 'slow requests held the event loop',
      fields: { operation: 'getChildren2', requests: 3, ...ASKER, tookMs: 60 },
    })
  })

  it('is told by the replica of writes and of what waits behind them, when they took longer than the threshold', () => {
    const host = new TestHost({ slowOperationMs: 100 })
    const client = host.client().connect()
    host.autoPersist = false
    client.ask(create('/slow'), getData('/slow'))
    expect(host.replica.slowOperations.count).toBe(0)
    host.advance(150)
    host.completePersist()
    expect(client.errors).toEqual([0, 0])
    expect(host.replica.slowOperations.count).toBe(2)
  })

  it('finds nothing slow with a threshold of 0', () => {
    expect(new SlowOperations(0, logger).thresholdMs).toBe(Number.POSITIVE_INFINITY)
  })
})
