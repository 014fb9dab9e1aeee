// While the disk is nearly full client writes are refused at their origin; everything else goes on.
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { CLOSE, create, exists, type Frame, getData, PING, setData, TestHost } from './harness.ts'

/** The code that every ZooKeeper client knows; kazoo: SystemZookeeperError, Java: SystemErrorException. */
const SYSTEM_ERROR = -1

function shape(frames: readonly Frame[]): string[] {
  return frames.map((frame) => (frame.type === 'reply' ? `reply ${frame.xid} ${frame.err}` : `event ${frame.event} ${frame.path}`))
}

function refusing(): TestHost {
  const host = new TestHost()
  host.client().connect().ask(create('/a'))
  host.replica.refuseWrites('the disk is nearly full')
  return host
}

describe('a server whose disk is nearly full', () => {
  it('is code -1 on the wire', () => {
    expect(ErrorCode.systemError).toBe(SYSTEM_ERROR)
  })

  it.each<[string, Request]>([
    ['create', create('/b')],
    ['create2', { op: OpCode.create2, path: '/b', data: null, acl: OPEN_ACL, flags: 0 }],
    ['setData', setData('/a', 'x')],
    ['delete', { op: OpCode.delete, path: '/a', version: -1 }],
    ['setAcl', { op: OpCode.setAcl, path: '/a', acl: OPEN_ACL, version: -1 }],
    ['deleteContainer', { op: OpCode.deleteContainer, path: '/a' }],
  ])('refuses %s with a header alone, and nothing becomes an entry', (_, request) => {
    const host = refusing()
    const client = host.client().connect()
    const batches = host.batches.length
    const { lastZxid } = host.replica.tree
    client.ask(request)
    expect(client.frames).toEqual([{ type: 'reply', xid: 1, zxid: BigInt(lastZxid), err: SYSTEM_ERROR, body: Buffer.alloc(0) }])
    expect(host.batches).toHaveLength(batches)
    expect(host.replica.counters.refusals.get('low_disk')).toBe(1)
    expect(host.replica.outstanding).toBe(0)
  })

  it('refuses a multi as one', () => {
    const host = refusing()
    const client = host.client().connect()
    client.ask({ op: OpCode.multi, ops: [{ op: OpCode.check, path: '/a', version: -1 }] })
    expect(shape(client.frames)).toEqual([`reply 1 ${SYSTEM_ERROR}`])
  })

  it('answers a refused write in its turn: after what was asked before, before what was asked later', () => {
    const host = new TestHost()
    const client = host.client().connect()
    host.autoPersist = false
    client.ask(create('/a'), getData('/a'))
    host.replica.refuseWrites('the disk is nearly full')
    client.ask(setData('/a', 'x'), exists('/a'), create('/b'), PING)
    expect(client.frames).toEqual([])
    expect(host.replica.outstanding).toBe(6)
    host.completePersist()
    expect(shape(client.frames)).toEqual([
      'reply 1 0',
      'reply 2 0',
      `reply 3 ${SYSTEM_ERROR}`,
      'reply 4 0',
      `reply 5 ${SYSTEM_ERROR}`,
      'reply -2 0',
    ])
    expect(host.replica.outstanding).toBe(0)
  })

  it('lets a write that is in work be done', () => {
    const host = new TestHost()
    const client = host.client().connect()
    host.autoPersist = false
    client.ask(create('/a'))
    host.replica.refuseWrites('the disk is nearly full')
    host.completePersist()
    expect(shape(client.frames)).toEqual(['reply 1 0'])
  })

  it('keeps a refusal for a write that was refused, though room comes back before its turn', () => {
    const host = new TestHost()
    const client = host.client().connect()
    host.autoPersist = false
    client.ask(create('/a'))
    host.replica.refuseWrites('the disk is nearly full')
    client.ask(create('/b'))
    host.replica.refuseWrites(null)
    client.ask(create('/c'))
    host.completePersist()
    host.autoPersist = true
    host.completePersist()
    expect(shape(client.frames)).toEqual(['reply 1 0', `reply 2 ${SYSTEM_ERROR}`, 'reply 3 0'])
    client.ask(exists('/b'), exists('/c'))
    expect(shape(client.frames).slice(3)).toEqual(['reply 4 -101', 'reply 5 0'])
  })

  it('goes on with reads, watches, pings and everything that concerns sessions', () => {
    const host = refusing()
    const owner = host.client().connect(null, 300)
    host.replica.refuseWrites(null)
    owner.ask(create('/e', 1))
    host.replica.refuseWrites('the disk is nearly full')
    const watcher = host.client().connect()
    watcher.ask(exists('/e', true), PING)
    host.advance(250)
    watcher.ask(PING)
    host.advance(250)
    // The owner went silent: its session expires, its ephemeral goes, the watcher hears of it.
    expect(shape(watcher.frames)).toContain('event 2 /e')
    watcher.ask(CLOSE)
    expect(shape(watcher.frames).at(-1)).toBe('reply 2 0')
    expect(watcher.closed).toBe(true)
  })

  it('takes writes again when it is told to, on the same connection', () => {
    const host = refusing()
    const client = host.client().connect()
    client.ask(create('/b'))
    host.replica.refuseWrites(null)
    client.ask(create('/b'))
    expect(shape(client.frames)).toEqual([`reply 1 ${SYSTEM_ERROR}`, 'reply 2 0'])
  })
})

describe('a snapshot that is asked for', () => {
  it('is taken at once, at an index of its own each time', () => {
    const host = new TestHost()
    host.client().connect().ask(create('/a'))
    host.replica.snapshots.request()
    host.replica.snapshots.request()
    host.replica.endTurn()
    host.replica.snapshots.request()
    host.replica.endTurn()
    const indices = host.snapshots.map(({ index }) => index)
    expect(indices).toHaveLength(3)
    expect(new Set(indices).size).toBe(3)
  })
})
