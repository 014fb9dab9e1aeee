// Multi: all or nothing.
import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { CreateFlag, EventType, type MultiOp, OPEN_ACL } from '../../core/wire/records.ts'
import { type Asker, bytesOf, checkOp, createOp, deleteOp, digestId, setOp, TreeDriver } from './tree-driver.ts'

function codes(d: TreeDriver, a: Asker, ...ops: MultiOp[]): number[] {
  const { err, multi } = d.multi(a, ...ops)
  expect(err).toBe(ErrorCode.ok)
  return (multi ?? []).map((result) => result.err)
}

describe('success', () => {
  test('ops see what earlier ones did, and share one zxid', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { multi, zxid } = d.multi(
      a,
      createOp('/p', { op: OpCode.create2 }),
      createOp('/p/c-', { flags: CreateFlag.persistentSequential }),
      createOp('/p/c-', { flags: CreateFlag.persistentSequential }),
      setOp('/p', 'x', 0),
      checkOp('/p', 1),
      deleteOp('/p/c-0000000000', 0),
    )
    expect(multi?.map(({ op, path }) => [op, path])).toEqual([
      [OpCode.create2, '/p'],
      [OpCode.create, '/p/c-0000000000'],
      [OpCode.create, '/p/c-0000000001'],
      [OpCode.setData, null],
      [OpCode.check, null],
      [OpCode.delete, null],
    ])
    expect(d.tree.node('/p')).toMatchObject({ czxid: zxid, mzxid: zxid, pzxid: zxid, version: 1, cversion: 3, numChildren: 1 })
  })

  test('each Stat is that of its moment', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { multi } = d.multi(a, createOp('/p', { op: OpCode.create2 }), setOp('/p', 'abc'), createOp('/p/c'), setOp('/p', 'd'))
    expect(multi?.[0]?.stat).toMatchObject({ version: 0, dataLength: 0, numChildren: 0 })
    expect(multi?.[1]?.stat).toMatchObject({ version: 1, dataLength: 3, numChildren: 0 })
    expect(multi?.[2]?.stat).toBeNull()
    expect(multi?.[3]?.stat).toMatchObject({ version: 2, dataLength: 1, numChildren: 1 })
  })

  test('containers and TTL nodes answer as create2', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { multi } = d.multi(a, createOp('/c', { op: OpCode.createContainer, flags: CreateFlag.container }), {
      op: OpCode.createTtl,
      path: '/t',
      data: null,
      acl: OPEN_ACL,
      flags: CreateFlag.persistentWithTtl,
      ttlMs: 50,
    })
    expect(multi?.map(({ op, path, stat }) => [op, path, stat?.version])).toEqual([
      [OpCode.create2, '/c', 0],
      [OpCode.create2, '/t', 0],
    ])
  })

  test('the flag has a say in what a create is', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { multi } = d.multi(
      a,
      createOp('/box', { flags: CreateFlag.container }),
      createOp('/box2', { op: OpCode.create2, flags: CreateFlag.container }),
      { op: OpCode.createTtl, path: '/plain', data: null, acl: OPEN_ACL, flags: CreateFlag.persistent, ttlMs: 50 },
      { op: OpCode.createTtl, path: '/box3', data: null, acl: OPEN_ACL, flags: CreateFlag.container, ttlMs: 50 },
    )
    expect(multi?.map(({ op }) => op)).toEqual([OpCode.create2, OpCode.create2, OpCode.create, OpCode.create2])
    for (const path of ['/box', '/box2', '/box3']) expect(d.tree.node(path)?.lifetime?.isContainer).toBe(true)
    expect(d.tree.node('/plain')?.holder).toBeNull()
  })

  test('an empty multi succeeds', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { err, multi } = d.multi(a)
    expect([err, multi]).toEqual([ErrorCode.ok, []])
  })

  test('events come as the ops apply', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { changes } = d.multi(a, createOp('/p'), createOp('/p/c'), setOp('/p', 'x'), deleteOp('/p/c'))
    const { nodeCreated, nodeDeleted, nodeDataChanged, nodeChildrenChanged } = EventType
    expect(changes.map(({ type, path }) => [type, path])).toEqual([
      [nodeCreated, '/p'],
      [nodeChildrenChanged, '/'],
      [nodeCreated, '/p/c'],
      [nodeChildrenChanged, '/p'],
      [nodeDataChanged, '/p'],
      [nodeDeleted, '/p/c'],
      [nodeChildrenChanged, '/p'],
    ])
  })
})

describe('failure', () => {
  test('0 before the failing op, its code, -2 after it; no events', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { multi, changes, err } = d.multi(a, createOp('/a'), checkOp('/none'), createOp('/b'), createOp('/c'))
    expect(err).toBe(ErrorCode.ok)
    expect(multi?.map((r) => [r.op, r.err])).toEqual([
      [OpCode.error, 0],
      [OpCode.error, ErrorCode.noNode],
      [OpCode.error, ErrorCode.runtimeInconsistency],
      [OpCode.error, ErrorCode.runtimeInconsistency],
    ])
    expect(changes).toEqual([])
    expect(d.tree.node('/a')).toBeUndefined()
  })

  test('check: missing node, wrong version, no READ', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/n')
    d.create(a, '/closed', { acl: [{ perms: 31, id: digestId('x') }] })
    expect(codes(d, a, checkOp('/n'), checkOp('/n', 0))).toEqual([0, 0])
    expect(codes(d, a, checkOp('/n', 3))).toEqual([ErrorCode.badVersion])
    expect(codes(d, a, checkOp('/none'))).toEqual([ErrorCode.noNode])
    expect(codes(d, a, checkOp('/closed'))).toEqual([ErrorCode.noAuth])
    expect(codes(d, a, checkOp('nowhere'))).toEqual([ErrorCode.badArguments])
  })

  test('bad TTLs fail their op', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const ttl = (ttlMs: number): MultiOp => ({ op: OpCode.createTtl, path: '/t', data: null, acl: OPEN_ACL, flags: 5, ttlMs })
    expect(codes(d, a, ttl(0))).toEqual([ErrorCode.badArguments])
    d.settings({ extendedTypesEnabled: false })
    expect(codes(d, a, ttl(1))).toEqual([ErrorCode.unimplemented])
  })

  test('an op that a multi cannot hold spoils it as a whole', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const body = Buffer.from('000000070000000000ff', 'hex')
    const { err, multi } = d.apply(d.entry(1, a, body, OpCode.multi))
    expect([err, multi]).toEqual([ErrorCode.marshallingError, null])
  })

  test('a session that is gone fails at the header', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.close(a)
    const { err, multi } = d.multi(a, createOp('/a'))
    expect([err, multi]).toEqual([ErrorCode.sessionExpired, null])
  })

  test('leaves no trace: the snapshot is that of a machine where a single write failed', () => {
    const owner = digestId('owner')
    function build() {
      const d = new TreeDriver()
      const a = d.connect([owner])
      d.create(a, '/p', { data: 'old' })
      d.create(a, '/p/kid', { acl: [{ perms: 31, id: owner }] })
      d.create(a, '/p/eph', { flags: CreateFlag.ephemeral, data: 'e' })
      d.createTtl(a, '/p/ttl', 1000)
      d.createContainer(a, '/p/box')
      d.create(a, '/zookeeper/quota/p')
      d.create(a, '/zookeeper/quota/p/zookeeper_limits', { data: 'count=100,bytes=-1' })
      d.create(a, '/zookeeper/quota/p/zookeeper_stats')
      d.wallMs += 1000
      d.clusterMs += 1000
      return { d, a }
    }
    const other = digestId('other')
    const ops: MultiOp[] = [
      createOp('/q', { acl: [{ perms: 31, id: other }] }),
      createOp('/q2', { acl: [{ perms: 31, id: other }] }),
      createOp('/p/s-', { flags: CreateFlag.ephemeralSequential, data: 'abc' }),
      setOp('/p', 'new data'),
      setOp('/p/ttl', 'touched'),
      deleteOp('/p/kid'),
      createOp('/p/kid', { acl: [{ perms: 31, id: other }], data: 'again' }),
      deleteOp('/p/eph'),
      createOp('/p/eph', { data: 'not ephemeral now' }),
      deleteOp('/p/box'),
      deleteOp('/zookeeper/quota/p/zookeeper_limits'),
      createOp('/p/uncounted'),
      createOp('/zookeeper/quota/p/zookeeper_limits', { data: 'count=1,bytes=1' }),
      createOp('/p/box', { op: OpCode.createContainer, flags: CreateFlag.container }),
      setOp('/zookeeper/quota/p/zookeeper_stats', 'mine'),
      checkOp('/none'),
    ]
    const failed = build()
    expect(codes(failed.d, failed.a, ...ops).at(-1)).toBe(ErrorCode.noNode)
    const single = build()
    expect(single.d.remove(single.a, '/none').err).toBe(ErrorCode.noNode)
    expect(bytesOf(failed.d.tree).equals(bytesOf(single.d.tree))).toBe(true)

    // And nothing that is not in the snapshot was left behind either: both go on alike.
    for (const { d, a } of [failed, single]) {
      expect(d.create(a, '/p/s-', { flags: CreateFlag.persistentSequential }).path).toBe('/p/s-0000000004')
      expect(d.data('/zookeeper/quota/p/zookeeper_stats')).toBe('count=6,bytes=4')
      expect(d.tree.ephemerals(a.hi, a.lo, '')).toEqual(['/p/eph'])
      expect(d.tree.reapCandidates(d.clusterMs + 1, 10)).toEqual(['/p/ttl'])
      expect(d.close(a).changes.map(({ path }) => path)).toEqual(['/p/eph', '/p'])
    }
    expect(failed.d.tree.nodeCount).toBe(single.d.tree.nodeCount)
    expect(failed.d.tree.dataBytes).toBe(single.d.tree.dataBytes)
    expect(failed.d.tree.ephemeralCount).toBe(single.d.tree.ephemeralCount)
    expect(failed.d.tree.digest()).toBe(single.d.tree.digest())
  })
})
