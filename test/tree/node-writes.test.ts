// The rules of every write on nodes: order of checks, create modes, counters, versions, events.
import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { type Acl, CreateFlag, EventType, OPEN_ACL } from '../../core/wire/records.ts'
import { digestId, TreeDriver, WORLD_READ } from './tree-driver.ts'

const E = ErrorCode
const { nodeCreated, nodeDeleted, nodeDataChanged, nodeChildrenChanged } = EventType
const BAD_ACL: readonly Acl[] = []

function fixture() {
  const d = new TreeDriver()
  const a = d.connect()
  d.create(a, '/open')
  d.create(a, '/open/child')
  d.create(a, '/eph', { flags: CreateFlag.ephemeral })
  d.create(a, '/closed', { acl: WORLD_READ })
  d.create(a, '/hidden', { acl: [{ perms: 31, id: digestId('somebody') }] })
  return { d, a }
}

describe('create: the first check that fails decides', () => {
  const rows: [string, (f: ReturnType<typeof fixture>) => number, number][] = [
    ['unknown flag before everything', ({ d, a }) => d.create(a, 'noslash', { flags: 7, acl: BAD_ACL }).err, E.badArguments],
    ['negative flag', ({ d, a }) => d.create(a, '/x', { flags: -1 }).err, E.badArguments],
    [
      'TTL disabled before a bad ttl',
      ({ d, a }) => {
        d.settings({ extendedTypesEnabled: false })
        return d.createTtl(a, 'noslash', 0).err
      },
      E.unimplemented,
    ],
    ['TTL flag with a plain create', ({ d, a }) => d.create(a, '/x', { flags: CreateFlag.persistentWithTtl }).err, E.badArguments],
    ['ttl 0', ({ d, a }) => d.createTtl(a, '/x', 0).err, E.badArguments],
    ['ttl -1', ({ d, a }) => d.createTtl(a, '/x', -1).err, E.badArguments],
    ['ttl above 40 bits', ({ d, a }) => d.createTtl(a, '/x', 2 ** 40).err, E.badArguments],
    ['ttl of 40 bits', ({ d, a }) => d.createTtl(a, '/x', 2 ** 40 - 1).err, E.ok],
    ['createTTL with a flag without ttl', ({ d, a }) => d.createTtl(a, '/x', 5, CreateFlag.persistent).err, E.badArguments],
    ['bad flag before a missing session', ({ d, a }) => d.create({ ...a, lo: 99 }, '/x', { flags: 9 }).err, E.badArguments],
    ['missing session before a bad path', ({ d, a }) => d.create({ ...a, lo: 99 }, 'x').err, E.sessionExpired],
    ['moved session before a bad path', ({ d, a }) => d.create({ ...a, generation: 9 }, 'x').err, E.sessionMoved],
    ['no slash before a bad ACL', ({ d, a }) => d.create(a, 'x', { acl: BAD_ACL }).err, E.badArguments],
    ['NUL before a bad ACL', ({ d, a }) => d.create(a, '/x\0', { acl: BAD_ACL }).err, E.badArguments],
    ['empty path', ({ d, a }) => d.create(a, '').err, E.badArguments],
    ['bad ACL before a missing parent', ({ d, a }) => d.create(a, '/none/x', { acl: BAD_ACL }).err, E.invalidAcl],
    ['null ACL', ({ d, a }) => d.create(a, '/x', { acl: null }).err, E.invalidAcl],
    ['missing parent before a bad path', ({ d, a }) => d.create(a, '/none/./x').err, E.noNode],
    ['parent without a leading slash', ({ d, a }) => d.create(a, 'open/x').err, E.noNode],
    ['CREATE on the parent before a bad path', ({ d, a }) => d.create(a, '/closed/..').err, E.noAuth],
    ['CREATE on the parent before exists', ({ d, a }) => d.create(a, '/hidden/x').err, E.noAuth],
    ['bad path', ({ d, a }) => d.create(a, '/open/..').err, E.badArguments],
    ['slash at the end', ({ d, a }) => d.create(a, '/open/').err, E.badArguments],
    ['control character', ({ d, a }) => d.create(a, '/open/\u0007').err, E.badArguments],
    ['surrogate', ({ d, a }) => d.create(a, '/open/\u{1f600}').err, E.badArguments],
    ['exists', ({ d, a }) => d.create(a, '/open').err, E.nodeExists],
    ['root exists', ({ d, a }) => d.create(a, '/').err, E.nodeExists],
    ['bad path below an ephemeral node', ({ d, a }) => d.create(a, '/eph/.').err, E.badArguments],
    ['ephemeral parent', ({ d, a }) => d.create(a, '/eph/x').err, E.noChildrenForEphemerals],
    ['below /zookeeper is allowed', ({ d, a }) => d.create(a, '/zookeeper/mine').err, E.ok],
    ['fine', ({ d, a }) => d.create(a, '/open/x').err, E.ok],
  ]
  test.each(rows)('%s', (_, run, err) => {
    expect(run(fixture())).toBe(err)
  })

  test('a refused child leaves its ephemeral parent as it was', () => {
    const { d, a } = fixture()
    expect(d.create(a, '/eph/x').err).toBe(E.noChildrenForEphemerals)
    expect(d.tree.node('/eph')?.numChildren).toBe(0)
    expect(d.tree.node('/eph')?.cversion).toBe(0)
  })
})

describe('delete: the first check that fails decides', () => {
  const rows: [string, (f: ReturnType<typeof fixture>) => number, number][] = [
    ['no slash', ({ d, a }) => d.remove(a, 'open').err, E.badArguments],
    ['NUL', ({ d, a }) => d.remove(a, '/o\0').err, E.badArguments],
    ...['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'].map(
      (path): [string, (f: ReturnType<typeof fixture>) => number, number] => [
        `${path} always exists`,
        ({ d, a }) => d.remove(a, path).err,
        E.badArguments,
      ],
    ),
    ['missing parent', ({ d, a }) => d.remove(a, '/none/x').err, E.noNode],
    ['DELETE on the parent before a missing node', ({ d, a }) => d.remove(a, '/closed/x').err, E.noAuth],
    ['missing node', ({ d, a }) => d.remove(a, '/none').err, E.noNode],
    ['slash at the end is a missing node', ({ d, a }) => d.remove(a, '/open/').err, E.noNode],
    ['version before children', ({ d, a }) => d.remove(a, '/open', 5).err, E.badVersion],
    ['children', ({ d, a }) => d.remove(a, '/open', 0).err, E.notEmpty],
    ['fine', ({ d, a }) => d.remove(a, '/open/child', 0).err, E.ok],
    ['the node itself needs no permission', ({ d, a }) => d.remove(a, '/hidden').err, E.ok],
    ['missing session', ({ d, a }) => d.remove({ ...a, hi: 5 }, 'open').err, E.sessionExpired],
  ]
  test.each(rows)('%s', (_, run, err) => {
    expect(run(fixture())).toBe(err)
  })
})

describe('setData, setACL: the first check that fails decides', () => {
  const rows: [string, (f: ReturnType<typeof fixture>) => number, number][] = [
    ['setData: bad path', ({ d, a }) => d.set(a, '/open/', 'x').err, E.badArguments],
    ['setData: missing node', ({ d, a }) => d.set(a, '/none', 'x', 7).err, E.noNode],
    ['setData: WRITE before version', ({ d, a }) => d.set(a, '/closed', 'x', 7).err, E.noAuth],
    ['setData: version', ({ d, a }) => d.set(a, '/open', 'x', 7).err, E.badVersion],
    ['setData: fine', ({ d, a }) => d.set(a, '/open', 'x', 0).err, E.ok],
    ['setData: root', ({ d, a }) => d.set(a, '/', 'x').err, E.ok],
    ['setData: config needs super', ({ d, a }) => d.set(a, '/zookeeper/config', 'x').err, E.noAuth],
    ['setACL: bad path before ACL', ({ d, a }) => d.setAcl(a, '/open/', BAD_ACL).err, E.badArguments],
    ['setACL: ACL before missing node', ({ d, a }) => d.setAcl(a, '/none', BAD_ACL).err, E.invalidAcl],
    ['setACL: missing node', ({ d, a }) => d.setAcl(a, '/none', OPEN_ACL).err, E.noNode],
    ['setACL: ADMIN before version', ({ d, a }) => d.setAcl(a, '/closed', OPEN_ACL, 7).err, E.noAuth],
    ['setACL: version is aversion', ({ d, a }) => d.setAcl(a, '/open', OPEN_ACL, 7).err, E.badVersion],
    ['setACL: fine', ({ d, a }) => d.setAcl(a, '/open', OPEN_ACL, 0).err, E.ok],
    ['check alone is not implemented', ({ d, a }) => d.request(a, { op: OpCode.check, path: '/open', version: -1 }).err, E.unimplemented],
    ['a read is not implemented', ({ d, a }) => d.request(a, { op: OpCode.exists, path: '/open', watch: false }).err, E.unimplemented],
  ]
  test.each(rows)('%s', (_, run, err) => {
    expect(run(fixture())).toBe(err)
  })
})

describe('deleteContainer from a client', () => {
  function run(path: string, prepare?: (f: ReturnType<typeof fixture>) => void): number {
    const f = fixture()
    prepare?.(f)
    return f.d.request(f.a, { op: OpCode.deleteContainer, path }).err
  }

  test('removes a childless container or TTL node', () => {
    expect(run('/c', ({ d, a }) => d.createContainer(a, '/c'))).toBe(E.ok)
    expect(run('/t', ({ d, a }) => d.createTtl(a, '/t', 1000))).toBe(E.ok)
  })

  test('is refused for other nodes, with children, without DELETE on the parent', () => {
    expect(run('/open/child')).toBe(E.badVersion)
    expect(run('/eph')).toBe(E.badVersion)
    expect(run('/open')).toBe(E.notEmpty)
    expect(run('/none')).toBe(E.noNode)
    expect(run('/')).toBe(E.badArguments)
    const guarded = [
      { perms: 4, id: { scheme: 'world', id: 'anyone' } },
      { perms: 8, id: digestId('admin') },
    ]
    const f = fixture()
    f.d.create(f.a, '/guarded', { acl: guarded })
    f.d.createContainer(f.a, '/guarded/c')
    expect(f.d.request(f.a, { op: OpCode.deleteContainer, path: '/guarded/c' }).err).toBe(E.noAuth)
    f.a.ids = [digestId('admin')]
    expect(f.d.request(f.a, { op: OpCode.deleteContainer, path: '/guarded/c' }).err).toBe(E.ok)
  })
})

describe('Stat fields', () => {
  test('a fresh tree has ZooKeeper’s odd counters', () => {
    const { tree } = new TreeDriver()
    expect(tree.node('/')).toMatchObject({ cversion: -1, numChildren: 1, version: 0, dataLength: 0, czxid: 0, pzxid: 0 })
    expect(tree.node('/zookeeper')).toMatchObject({ cversion: -2, numChildren: 2, aversion: 0 })
    expect(tree.node('/zookeeper/config')).toMatchObject({ cversion: 0, numChildren: 0, aversion: -1 })
    expect(tree.node('/')?.data).toEqual(Buffer.alloc(0))
    expect(tree.nodeCount).toBe(4)
    expect(tree.descendantCount('/')).toBe(3)
    expect(tree.dataBytes).toBe('/'.length + '/zookeeper'.length + '/zookeeper/quota'.length + '/zookeeper/config'.length)
  })

  test('what the leader writes into /zookeeper/config', () => {
    const d = new TreeDriver()
    const { err, changes } = d.config('server.1=a:1:1:participant;a:2\n')
    expect([err, changes.map(({ type, path }) => [type, path])]).toEqual([E.ok, [[EventType.nodeDataChanged, '/zookeeper/config']]])
    expect(d.data('/zookeeper/config')).toBe(`server.1=a:1:1:participant;a:2\nversion=${d.zxid.toString(16)}`)
    expect(d.tree.node('/zookeeper/config')).toMatchObject({ version: -1, aversion: -1, czxid: 0, mzxid: d.zxid, mtime: d.wallMs })
    d.config('')
    expect(d.tree.node('/zookeeper/config')?.version).toBe(-1)
  })

  test('a created node and its parent', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.wallMs = 5000
    const { node, path, zxid } = d.create(a, '/n', { data: 'abc', op: OpCode.create2 })
    expect(path).toBe('/n')
    expect(zxid).toBe(d.zxid)
    expect(node?.stat()).toEqual({
      czxid: zxid,
      mzxid: zxid,
      pzxid: zxid,
      ctime: 1_700_000_000_000,
      mtime: 1_700_000_000_000,
      version: 0,
      cversion: 0,
      aversion: 0,
      ownerHi: 0,
      ownerLo: 0,
      dataLength: 3,
      numChildren: 0,
    })
    expect(d.tree.node('/')).toMatchObject({ cversion: 0, numChildren: 2, pzxid: zxid, mzxid: 0, version: 0 })
  })

  test('each event moves its own fields only', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const created = d.create(a, '/n').zxid
    const stat = () => d.tree.node('/n')?.stat()
    const base = stat()
    d.wallMs += 10
    const set = d.set(a, '/n', 'xy').zxid
    expect(stat()).toEqual({ ...base, mzxid: set, mtime: d.wallMs, version: 1, dataLength: 2 })
    const afterSet = stat()
    d.wallMs += 10
    d.setAcl(a, '/n', OPEN_ACL)
    expect(stat()).toEqual({ ...afterSet, aversion: 1 })
    const child = d.create(a, '/n/c').zxid
    expect(stat()).toEqual({ ...afterSet, aversion: 1, pzxid: child, cversion: 1, numChildren: 1 })
    const grandchild = d.create(a, '/n/c/g')
    expect(grandchild.err).toBe(E.ok)
    expect(stat()).toMatchObject({ pzxid: child, cversion: 1, numChildren: 1 })
    d.remove(a, '/n/c/g')
    const removed = d.remove(a, '/n/c').zxid
    expect(stat()).toEqual({ ...afterSet, aversion: 1, pzxid: removed, cversion: 2, numChildren: 0 })
    expect(stat()).toMatchObject({ czxid: created })
  })

  test('a failed write moves lastZxid and the clocks, nothing else', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/n')
    const before = d.tree.node('/n')?.stat()
    d.wallMs += 500
    const { err, changes, node, zxid } = d.set(a, '/n', 'x', 9)
    expect([err, changes.length, node]).toEqual([E.badVersion, 0, null])
    expect(d.tree.lastZxid).toBe(zxid)
    expect(d.tree.wallTimeMs).toBe(d.wallMs)
    expect(d.tree.node('/n')?.stat()).toEqual(before)
  })

  test('null data and empty data are different', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/null', { data: null })
    d.create(a, '/empty', { data: '' })
    expect([d.data('/null'), d.data('/empty')]).toEqual([null, ''])
    d.set(a, '/null', '')
    d.set(a, '/empty', null)
    expect([d.data('/null'), d.data('/empty')]).toEqual(['', null])
  })

  test.each([0, 1, 100, 1023, 1024, 1025, 70_000])(
    '%i bytes of data come back as they went in, whatever becomes of the request',
    (size) => {
      const d = new TreeDriver()
      const a = d.connect()
      const data = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) & 0xff))
      const q = { op: OpCode.create, path: '/n', data, acl: OPEN_ACL, flags: 0 } as const
      const expected = Buffer.from(data)
      expect(d.request(a, q).err).toBe(E.ok)
      d.entries.at(-1)?.payload.fill(0xee)
      expect(d.tree.node('/n')?.data?.equals(expected)).toBe(true)
      expect(d.tree.node('/n')?.dataLength).toBe(size)
    },
  )

  test('sizes and counts follow creates, sets and deletes', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const { nodeCount, dataBytes } = d.tree
    d.create(a, '/n', { data: 'abc' })
    d.create(a, '/n/e', { flags: CreateFlag.ephemeral })
    expect([d.tree.nodeCount, d.tree.ephemeralCount, d.tree.dataBytes]).toEqual([nodeCount + 2, 1, dataBytes + 2 + 3 + 4])
    d.set(a, '/n', 'a')
    expect(d.tree.dataBytes).toBe(dataBytes + 2 + 1 + 4)
    d.remove(a, '/n/e')
    d.remove(a, '/n')
    expect([d.tree.nodeCount, d.tree.ephemeralCount, d.tree.dataBytes]).toEqual([nodeCount, 0, dataBytes])
  })
})

describe('sequential names', () => {
  test('ten digits from the parent’s count of creates, whatever their names', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/p')
    const seq = (path: string, flags: number = CreateFlag.persistentSequential) => d.create(a, path, { flags }).path
    expect(seq('/p/s-')).toBe('/p/s-0000000000')
    expect(seq('/p/other-', CreateFlag.ephemeralSequential)).toBe('/p/other-0000000001')
    d.create(a, '/p/plain')
    expect(seq('/p/s-')).toBe('/p/s-0000000003')
    d.remove(a, '/p/s-0000000003')
    expect(seq('/p/s-')).toBe('/p/s-0000000004')
    expect(d.create(a, '/p/plain').err).toBe(E.nodeExists)
    expect(seq('/p/s-')).toBe('/p/s-0000000005')
  })

  test('a slash at the end makes the counter the name', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/p')
    expect(d.create(a, '/p/', { flags: CreateFlag.persistentSequential }).path).toBe('/p/0000000000')
    expect(d.create(a, '/', { flags: CreateFlag.persistentSequential }).path).toBe('/0000000001')
  })

  test('the counter starts anew with a node that was created anew', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/p')
    d.create(a, '/p/s-', { flags: 2 })
    d.remove(a, '/p/s-0000000000')
    d.remove(a, '/p')
    d.create(a, '/p')
    expect(d.create(a, '/p/s-', { flags: 2 }).path).toBe('/p/s-0000000000')
  })

  test('TTL and container nodes may be sequential', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/p')
    expect(d.createTtl(a, '/p/t-', 100, CreateFlag.persistentSequentialWithTtl).path).toBe('/p/t-0000000000')
    expect(d.create(a, '/p/c-', { op: OpCode.createContainer, flags: CreateFlag.persistentSequential }).path).toBe('/p/c-0000000001')
    expect(d.tree.node('/p/c-0000000001')?.lifetime?.isContainer).toBe(true)
  })

  test('a name that exists is refused, and the counter stays', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/p')
    d.create(a, '/p/s-0000000001')
    expect(d.create(a, '/p/s-', { flags: 2 }).err).toBe(E.nodeExists)
    d.create(a, '/p/other')
    expect(d.create(a, '/p/s-', { flags: 2 }).path).toBe('/p/s-0000000002')
  })
})

describe('owners', () => {
  test('only ephemeral nodes show an owner', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/e', { flags: CreateFlag.ephemeral })
    d.createContainer(a, '/c')
    d.createTtl(a, '/t', 100)
    expect(d.tree.node('/e')).toMatchObject({ ownerHi: a.hi, ownerLo: a.lo })
    expect(d.tree.node('/c')).toMatchObject({ ownerHi: 0, ownerLo: 0 })
    expect(d.tree.node('/t')).toMatchObject({ ownerHi: 0, ownerLo: 0 })
  })

  test('the container flag with a plain create makes a persistent node, as in ZooKeeper', () => {
    const d = new TreeDriver()
    const a = d.connect()
    expect(d.create(a, '/n', { flags: CreateFlag.container }).err).toBe(E.ok)
    expect(d.tree.node('/n')?.holder).toBeNull()
  })
})

describe('events', () => {
  function changesOf(run: (f: ReturnType<typeof fixture>) => { changes: readonly { type: number; path: string }[] }) {
    return run(fixture()).changes.map(({ type, path }) => [type, path])
  }

  test('create: the node, then its parent’s children', () => {
    expect(changesOf(({ d, a }) => d.create(a, '/open/x'))).toEqual([
      [nodeCreated, '/open/x'],
      [nodeChildrenChanged, '/open'],
    ])
  })

  test('delete: the node, then its parent’s children', () => {
    expect(changesOf(({ d, a }) => d.remove(a, '/eph'))).toEqual([
      [nodeDeleted, '/eph'],
      [nodeChildrenChanged, '/'],
    ])
  })

  test('setData: the node; setACL: nothing; a failure: nothing', () => {
    expect(changesOf(({ d, a }) => d.set(a, '/open', 'x'))).toEqual([[nodeDataChanged, '/open']])
    expect(changesOf(({ d, a }) => d.setAcl(a, '/open', OPEN_ACL))).toEqual([])
    expect(changesOf(({ d, a }) => d.set(a, '/open', 'x', 4))).toEqual([])
  })

  test('a change carries the list that READ is checked against', () => {
    const { d, a } = fixture()
    a.ids = [digestId('somebody')]
    const { changes } = d.create(a, '/hidden/x')
    expect(changes[0]?.acl).toBe(OPEN_ACL)
    expect(changes[1]?.acl).toEqual([{ perms: 31, id: digestId('somebody') }])
    expect(d.tree.permits(changes[1]?.acl ?? [], 1, [])).toBe(false)
    expect(d.tree.permits(changes[1]?.acl ?? [], 1, [digestId('somebody')])).toBe(true)
  })
})
