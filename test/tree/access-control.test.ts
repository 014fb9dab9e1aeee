// Who may do what: five bits times every operation, each scheme, what is stored and what is shown.
import { describe, expect, test } from 'vitest'
import { maskDigests, permits, resolveAcl } from '../../core/tree/access-control.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { type Acl, type Id, OPEN_ACL, Permission } from '../../core/wire/records.ts'
import { type Asker, checkOp, digestId, TreeDriver } from './tree-driver.ts'

const OWNER = digestId('owner')
const GUEST = digestId('guest')
const SUPER: Id = { scheme: 'super', id: '' }
const IP: Id = { scheme: 'ip', id: '10.1.2.3' }
const BITS = { read: 1, write: 2, create: 4, delete: 8, admin: 16 }

function grant(perms: number, id: Id): Acl {
  return { perms, id }
}

/** What each write needs, on the node `/n` or as the parent of `/n/child`. */
const OPERATIONS: Record<string, { needs: number; run: (d: TreeDriver, a: Asker) => number }> = {
  create: { needs: Permission.create, run: (d, a) => d.create(a, '/n/new').err },
  delete: { needs: Permission.delete, run: (d, a) => d.remove(a, '/n/child').err },
  deleteContainer: { needs: Permission.delete, run: (d, a) => d.request(a, { op: OpCode.deleteContainer, path: '/n/container' }).err },
  setData: { needs: Permission.write, run: (d, a) => d.set(a, '/n', 'x').err },
  setAcl: { needs: Permission.admin, run: (d, a) => d.setAcl(a, '/n', OPEN_ACL).err },
  check: {
    needs: Permission.read,
    run: (d, a) => d.multi(a, checkOp('/n')).multi?.[0]?.err ?? ErrorCode.systemError,
  },
}

function prepared(acl: readonly Acl[], ids: readonly Id[]) {
  const d = new TreeDriver()
  const a = d.connect(ids)
  d.create(a, '/n')
  d.create(a, '/n/child')
  d.createContainer(a, '/n/container')
  expect(d.setAcl({ ...a, ids: [...ids, SUPER] }, '/n', acl).err).toBe(ErrorCode.ok)
  return { d, a }
}

describe('each operation needs its bit and no other', () => {
  for (const [name, { needs, run }] of Object.entries(OPERATIONS)) {
    for (const [bit, value] of Object.entries(BITS)) {
      test(`${name} with ${bit} only`, () => {
        const { d, a } = prepared([grant(value, OWNER)], [OWNER])
        expect(run(d, a)).toBe(value === needs ? ErrorCode.ok : ErrorCode.noAuth)
      })
    }
    test(`${name} with every bit for somebody else`, () => {
      const { d, a } = prepared([grant(31, OWNER)], [GUEST])
      expect(run(d, a)).toBe(ErrorCode.noAuth)
    })
    test(`${name} as super, and with access control switched off`, () => {
      const locked = prepared([grant(31, OWNER)], [SUPER])
      expect(run(locked.d, locked.a)).toBe(ErrorCode.ok)
      const skipped = prepared([grant(31, OWNER)], [GUEST])
      skipped.d.settings({ skipAcl: true })
      expect(run(skipped.d, skipped.a)).toBe(ErrorCode.ok)
    })
  }
})

test('nothing is inherited: the child of a closed node is open', () => {
  const { d, a } = prepared([grant(31, OWNER)], [GUEST])
  expect(d.set(a, '/n/child', 'x').err).toBe(ErrorCode.ok)
})

describe('permits', () => {
  const rows: [string, readonly Acl[], readonly Id[], boolean][] = [
    ['world grants everybody', [grant(1, { scheme: 'world', id: 'anyone' })], [], true],
    ['world without the bit does not', [grant(2, { scheme: 'world', id: 'anyone' })], [], false],
    ['any matching entry grants', [grant(1, OWNER), grant(1, GUEST)], [GUEST], true],
    ['bits of different entries do not add up for others', [grant(2, GUEST), grant(1, OWNER)], [GUEST], false],
    ['an empty list lets everybody', [], [], true],
    ['super passes', [grant(0, OWNER)], [SUPER], true],
    ['same id, other scheme', [grant(1, { scheme: 'x509', id: OWNER.id })], [OWNER], false],
    ['x509 by equal subject', [grant(1, { scheme: 'x509', id: 'CN=a' })], [{ scheme: 'x509', id: 'CN=a' }], true],
    ['ip by address', [grant(1, IP)], [IP], true],
    ['ip by range', [grant(1, { scheme: 'ip', id: '10.0.0.0/8' })], [IP], true],
    ['ip outside the range', [grant(1, { scheme: 'ip', id: '10.2.0.0/16' })], [IP], false],
    ['ip of another family', [grant(1, { scheme: 'ip', id: '::/0' })], [IP], false],
    ['IPv6 range', [grant(1, { scheme: 'ip', id: '2001:db8::/32' })], [{ scheme: 'ip', id: '2001:db8:1::7' }], true],
    ['an address mapped into IPv6 is the IPv4 address', [grant(1, IP)], [{ scheme: 'ip', id: '::ffff:10.1.2.3' }], true],
  ]
  test.each(rows)('%s', (_, list, ids, granted) => {
    expect(permits(list, Permission.read, ids)).toBe(granted)
  })

  test('getACL asks for READ or ADMIN in one mask', () => {
    expect(permits([grant(16, OWNER)], Permission.read | Permission.admin, [OWNER])).toBe(true)
    expect(permits([grant(14, OWNER)], Permission.read | Permission.admin, [OWNER])).toBe(false)
  })
})

describe('what is stored for what was sent', () => {
  const rows: [string, readonly Acl[] | null, readonly Id[], readonly Acl[] | null][] = [
    ['null', null, [], null],
    ['empty', [], [], null],
    ['open', OPEN_ACL, [], OPEN_ACL],
    ['world must be anyone', [grant(1, { scheme: 'world', id: 'me' })], [], null],
    ['unknown scheme', [grant(1, { scheme: 'magic', id: 'x' })], [], null],
    ['empty scheme', [grant(1, { scheme: '', id: '' })], [], null],
    ['super cannot be named', [grant(1, SUPER)], [SUPER], null],
    ['digest', [grant(3, OWNER)], [], [grant(3, OWNER)]],
    ['digest without a hash', [grant(1, { scheme: 'digest', id: 'user' })], [], null],
    ['digest with an empty hash', [grant(1, { scheme: 'digest', id: 'user:' })], [], null],
    ['digest with two colons', [grant(1, { scheme: 'digest', id: 'a:b:c' })], [], null],
    ['ip range', [grant(1, { scheme: 'ip', id: '10.0.0.0/8' })], [], [grant(1, { scheme: 'ip', id: '10.0.0.0/8' })]],
    ['ip with too many bits', [grant(1, { scheme: 'ip', id: '10.0.0.0/33' })], [], null],
    ['ip that is none', [grant(1, { scheme: 'ip', id: 'localhost' })], [], null],
    ['one bad entry spoils the list', [grant(1, OWNER), grant(1, { scheme: 'magic', id: 'x' })], [], null],
    ['repeats are removed', [grant(1, OWNER), grant(1, OWNER), grant(2, OWNER)], [], [grant(1, OWNER), grant(2, OWNER)]],
    ['auth is every authenticated id', [grant(7, { scheme: 'auth', id: '' })], [IP, OWNER, GUEST], [grant(7, OWNER), grant(7, GUEST)]],
    ['auth with nobody authenticated', [grant(7, { scheme: 'auth', id: '' })], [IP], null],
    ['auth with super alone', [grant(7, { scheme: 'auth', id: '' })], [SUPER], null],
    ['order is kept', [...OPEN_ACL, grant(1, OWNER)], [], [...OPEN_ACL, grant(1, OWNER)]],
  ]
  test.each(rows)('%s', (_, sent, ids, stored) => {
    expect(resolveAcl(sent, ids)).toEqual(stored)
  })

  test('a create stores the expansion and shows it', () => {
    const d = new TreeDriver()
    const a = d.connect([IP, OWNER])
    d.create(a, '/n', { acl: [grant(31, { scheme: 'auth', id: '' })] })
    const node = d.tree.node('/n')
    expect(node?.acl.list).toEqual([grant(31, OWNER)])
  })
})

test('equal lists are stored once and forgotten with their last node', () => {
  const d = new TreeDriver()
  const a = d.connect([OWNER])
  d.create(a, '/a', { acl: [grant(31, OWNER)] })
  d.create(a, '/b', { acl: [grant(31, OWNER)] })
  const shared = d.tree.node('/a')?.acl
  expect(d.tree.node('/b')?.acl).toBe(shared)
  expect(shared?.uses).toBe(2)
  d.setAcl(a, '/a', OPEN_ACL)
  d.remove(a, '/b')
  expect(shared?.uses).toBe(0)
  d.create(a, '/c', { acl: [grant(31, OWNER)] })
  expect(d.tree.node('/c')?.acl.uses).toBe(1)
})

test('lists that differ in order, bits or length are different lists', () => {
  const d = new TreeDriver()
  const a = d.connect()
  const lists: readonly Acl[][] = [
    [grant(1, OWNER), grant(2, GUEST)],
    [grant(2, GUEST), grant(1, OWNER)],
    [grant(1, OWNER)],
    [grant(3, OWNER), grant(2, GUEST)],
  ]
  for (const [i, acl] of lists.entries()) d.create(a, `/n${i}`, { acl })
  expect(lists.map((_, i) => d.tree.node(`/n${i}`)?.acl.list)).toEqual(lists)
})

test('without ADMIN the hashes of digest ids are hidden', () => {
  expect(maskDigests([grant(1, OWNER), grant(2, IP)])).toEqual([grant(1, { scheme: 'digest', id: 'owner:x' }), grant(2, IP)])
  const d = new TreeDriver()
  const a = d.connect([OWNER])
  d.create(a, '/n', { acl: [grant(31, OWNER), grant(1, GUEST)] })
  const node = d.tree.node('/n')
  if (node === undefined) throw new Error('missing')
  expect(d.tree.maskedAcl(node, [GUEST]).map(({ id }) => id.id)).toEqual(['owner:x', 'guest:x'])
  expect(d.tree.maskedAcl(node, [OWNER]).map(({ id }) => id.id)).toEqual([OWNER.id, GUEST.id])
  expect(d.tree.allows(node, Permission.write, [GUEST])).toBe(false)
})
