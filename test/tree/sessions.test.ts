// Sessions: create, attach, close, expire, and what their end takes along.
import { describe, expect, test } from 'vitest'
import { EntryKind, sessionBody } from '../../core/tree/envelope.ts'
import { Session, Sessions } from '../../core/tree/session-table.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { CreateFlag, EventType } from '../../core/wire/records.ts'
import { PASSWORD, TreeDriver } from './tree-driver.ts'

const ephemeral = { flags: CreateFlag.ephemeral }

describe('create', () => {
  test('stores what came and starts with generation 1', () => {
    const d = new TreeDriver()
    const a = d.connect([], 12_345)
    const session = d.tree.sessions.get(a.hi, a.lo)
    expect(session).toMatchObject({ hi: a.hi, lo: a.lo, timeoutMs: 12_345, generation: 1, serverId: 1 })
    expect(session?.password).toEqual(PASSWORD)
    expect(session?.ephemerals.size).toBe(0)
    expect(d.tree.sessions.size).toBe(1)
  })

  test.each([
    ['an id that exists', 1, 30_000, ErrorCode.nodeExists],
    ['id 0', 0, 30_000, ErrorCode.badArguments],
    ['timeout 0', 2, 0, ErrorCode.badArguments],
    ['a negative timeout', 2, -1, ErrorCode.badArguments],
  ])('%s is refused', (_, lo, timeoutMs, err) => {
    const d = new TreeDriver()
    d.connect()
    const asker = { hi: lo === 0 ? 0 : 0x0100_0000, lo, generation: 0, ids: [] }
    const applied = d.apply(d.entry(EntryKind.createSession, asker, sessionBody(timeoutMs, PASSWORD)))
    expect([applied.err, applied.session]).toEqual([err, null])
    expect(d.tree.sessions.size).toBe(1)
  })

  test('a body that is cut short is refused', () => {
    const d = new TreeDriver()
    const asker = { hi: 1, lo: 1, generation: 0, ids: [] }
    expect(d.apply(d.entry(EntryKind.createSession, asker, Buffer.alloc(19))).err).toBe(ErrorCode.marshallingError)
    expect(d.apply(d.entry(EntryKind.attachSession, asker, Buffer.alloc(3))).err).toBe(ErrorCode.marshallingError)
  })
})

describe('attach', () => {
  test('raises the generation, which fences the writes of the connection before', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.originServer = 3
    const { err, session } = d.attach(a, PASSWORD, 7000)
    expect(err).toBe(ErrorCode.ok)
    expect(session).toMatchObject({ generation: 2, timeoutMs: 7000, serverId: 3 })
    expect(d.create(a, '/old').err).toBe(ErrorCode.sessionMoved)
    expect(d.multi(a).err).toBe(ErrorCode.sessionMoved)
    expect(d.create({ ...a, generation: 2 }, '/new').err).toBe(ErrorCode.ok)
  })

  test('the object of a session stays the same', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const before = d.tree.sessions.get(a.hi, a.lo)
    expect(d.attach(a).session).toBe(before)
  })

  test('needs an existing session and its password', () => {
    const d = new TreeDriver()
    const a = d.connect()
    expect(d.attach({ ...a, lo: 77 }).err).toBe(ErrorCode.sessionExpired)
    expect(d.attach(a, Buffer.alloc(16)).err).toBe(ErrorCode.authFailed)
    expect(d.tree.sessions.get(a.hi, a.lo)?.generation).toBe(1)
    d.close(a)
    expect(d.attach(a).err).toBe(ErrorCode.sessionExpired)
  })

  test('does not look at the generation of the asker', () => {
    const d = new TreeDriver()
    const a = d.connect()
    expect(d.attach({ ...a, generation: 99 }).session?.generation).toBe(2)
  })
})

describe.each(['close', 'expire'] as const)('%s', (end) => {
  test('deletes the ephemeral nodes in path order with one zxid, and tells it in that order', () => {
    const d = new TreeDriver()
    const a = d.connect()
    const b = d.connect()
    d.create(a, '/p')
    for (const path of ['/p/z', '/p/a', '/b', '/p/é']) d.create(a, path, ephemeral)
    d.create(b, '/p/other', ephemeral)
    const { err, zxid, changes, endedSession } = d[end](a)
    expect(err).toBe(ErrorCode.ok)
    expect(endedSession).toMatchObject({ hi: a.hi, lo: a.lo })
    const { nodeDeleted, nodeChildrenChanged } = EventType
    expect(changes.map(({ type, path }) => [type, path])).toEqual([
      [nodeDeleted, '/b'],
      [nodeChildrenChanged, '/'],
      [nodeDeleted, '/p/a'],
      [nodeChildrenChanged, '/p'],
      [nodeDeleted, '/p/z'],
      [nodeChildrenChanged, '/p'],
      [nodeDeleted, '/p/é'],
      [nodeChildrenChanged, '/p'],
    ])
    expect(d.tree.node('/p')).toMatchObject({ numChildren: 1, pzxid: zxid, cversion: 7 })
    expect(d.tree.sessions.get(a.hi, a.lo)).toBeUndefined()
    expect(d.tree.ephemeralCount).toBe(1)
    expect(d.create(a, '/x').err).toBe(ErrorCode.sessionExpired)
  })

  test('is conditional on the generation: a newer attach wins', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/e', ephemeral)
    d.attach(a)
    const { err, endedSession, changes } = d[end](a)
    expect([err, endedSession, changes.length]).toEqual([ErrorCode.sessionMoved, null, 0])
    expect(d.tree.node('/e')).toBeDefined()
  })

  test('of a session that is gone changes nothing', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d[end](a)
    const { err, endedSession } = d[end](a)
    expect([err, endedSession]).toEqual([ErrorCode.sessionExpired, null])
  })
})

test('ephemerals are listed by session and string prefix', () => {
  const d = new TreeDriver()
  const a = d.connect()
  const b = d.connect()
  d.create(a, '/a1', ephemeral)
  d.create(a, '/ab', ephemeral)
  d.create(a, '/b', ephemeral)
  d.create(b, '/a2', ephemeral)
  expect(d.tree.ephemerals(a.hi, a.lo, '/a')).toEqual(['/a1', '/ab'])
  expect(d.tree.ephemerals(b.hi, b.lo, '')).toEqual(['/a2'])
  expect(d.tree.ephemerals(9, 9, '')).toEqual([])
  d.remove(b, '/ab')
  expect(d.tree.ephemerals(a.hi, a.lo, '/')).toEqual(['/a1', '/b'])
})

describe('the table', () => {
  const password = Buffer.alloc(16)
  const session = (hi: number, lo: number) => new Session(hi, lo, 1, 1, 1, password)

  test('keeps sessions apart whose lower halves are equal', () => {
    const table = new Sessions()
    const all = [session(1, 7), session(2, 7), session(0xffff_ffff, 7), session(1, 0xffff_ffff)]
    for (const s of all) table.add(s)
    for (const s of all) expect(table.get(s.hi, s.lo)).toBe(s)
    expect(table.get(1, -1)).toBe(all[3])
    expect(table.get(-1, 7)).toBe(all[2])
    expect([...table.values()].length).toBe(4)
    for (const middle of [all[1], all[2], all[0]] as Session[]) {
      table.remove(middle)
      expect(table.get(middle.hi, middle.lo)).toBeUndefined()
    }
    expect(table.size).toBe(1)
    expect(table.sorted()).toEqual([all[3]])
  })

  test('sorts by unsigned id', () => {
    const table = new Sessions()
    for (const [hi, lo] of [
      [0x8000_0000, 1],
      [1, 0x8000_0000],
      [1, 2],
    ] as const)
      table.add(session(hi, lo))
    expect(table.sorted().map((s) => [s.hi, s.lo])).toEqual([
      [1, 2],
      [1, 0x8000_0000],
      [0x8000_0000, 1],
    ])
  })
})
