// Random commands for the tree and the naive model, small enough to collide: few names, few sessions, few identities.
import fc from 'fast-check'
import { OpCode } from '../../core/wire/op-codes.ts'
import { type Acl, type Id, type MultiOp, OPEN_ACL, type Request } from '../../core/wire/records.ts'
import { digestId, WORLD_READ } from './tree-driver.ts'

/** Sessions are slots of which each may hold a session that was replaced since. */
export type Command =
  | { readonly type: 'request'; readonly q: Request; readonly slot: number; readonly ids: readonly Id[]; readonly stale: boolean }
  | { readonly type: 'connect' | 'attach' | 'close' | 'expire' | 'expireStale'; readonly slot: number }
  | { readonly type: 'reap'; readonly path: string }
  | { readonly type: 'settings'; readonly ttlEnabled: boolean; readonly quotaEnforced: boolean }
  | { readonly type: 'time'; readonly wallMs: number; readonly clusterMs: number }

export const SLOTS = 3

const SUPER: Id = { scheme: 'super', id: '' }
const name = fc.constantFrom('a', 'b', 'c', 'q', 'a!', '0000000001')
const goodPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const knownPath = fc.constantFrom('/a', '/b', '/q', '/q/a', '/a/b', '/a/b/c')
const oddPath = fc.constantFrom(
  '/',
  '',
  'a',
  '/a/',
  '/a//b',
  '/a/.',
  '/a/..',
  '/a\0',
  '/zookeeper',
  '/zookeeper/config',
  '/zookeeper/quota',
  'a/b',
)
const path = fc.oneof({ weight: 8, arbitrary: knownPath }, { weight: 8, arbitrary: goodPath }, { weight: 1, arbitrary: oddPath })
const createPath = fc.oneof({ weight: 6, arbitrary: path }, { weight: 1, arbitrary: goodPath.map((p) => `${p}/`) })
const data = fc.option(
  fc.constantFrom('', 'x', 'some data', 'y'.repeat(40)).map((s) => Buffer.from(s)),
  { nil: null, freq: 4 },
)
const version = fc.constantFrom(-1, -1, -1, 0, 0, 1, 2, 7)
const ids = fc.constantFrom<readonly Id[]>([], [], [digestId('u1')], [digestId('u2')], [digestId('u1'), digestId('u2')], [SUPER])
const acl = fc.oneof(
  { weight: 12, arbitrary: fc.constant<readonly Acl[] | null>(OPEN_ACL) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<readonly Acl[] | null>(
      WORLD_READ,
      [{ perms: 31, id: digestId('u1') }],
      [
        { perms: 23, id: digestId('u1') },
        { perms: 9, id: digestId('u2') },
      ],
      [{ perms: 13, id: { scheme: 'world', id: 'anyone' } }],
      [{ perms: 31, id: { scheme: 'auth', id: '' } }],
      [],
      null,
    ),
  },
)

const create: fc.Arbitrary<MultiOp> = fc
  .record({
    op: fc.constantFrom(OpCode.create, OpCode.create2, OpCode.create2, OpCode.createContainer),
    path: createPath,
    data,
    acl,
    flags: fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4),
  })
  .map((q) => (q.op === OpCode.createContainer && q.flags !== 2 ? { ...q, flags: 4 } : q))
const createTtl: fc.Arbitrary<MultiOp> = fc.record({
  op: fc.constant(OpCode.createTtl),
  path: createPath,
  data,
  acl,
  flags: fc.constantFrom(5, 5, 6, 0),
  ttlMs: fc.constantFrom(1, 10, 100, 0, -1, 2 ** 40),
})
const remove: fc.Arbitrary<MultiOp> = fc.record({ op: fc.constant(OpCode.delete), path, version })
const setData: fc.Arbitrary<MultiOp> = fc.record({ op: fc.constant(OpCode.setData), path, data, version })
const check: fc.Arbitrary<MultiOp> = fc.record({ op: fc.constant(OpCode.check), path, version })
const setAcl: fc.Arbitrary<Request> = fc.record({ op: fc.constant(OpCode.setAcl), path, acl, version })
const deleteContainer: fc.Arbitrary<Request> = fc.record({ op: fc.constant(OpCode.deleteContainer), path })
const setLimits: fc.Arbitrary<Request> = fc
  .constantFrom('count=3,bytes=-1', 'count=-1,bytes=-1=;countHardLimit=4;byteHardLimit=60', '')
  .map((s) => ({
    op: OpCode.setData,
    path: '/zookeeper/quota/q/zookeeper_limits',
    data: Buffer.from(s),
    version: -1,
  }))
const badFlag: fc.Arbitrary<Request> = fc.record({
  op: fc.constant(OpCode.create),
  path: createPath,
  data,
  acl,
  flags: fc.constantFrom(5, 6, 7, -1),
})
const multiOp = fc.oneof(
  { weight: 6, arbitrary: create },
  { weight: 1, arbitrary: createTtl },
  { weight: 3, arbitrary: remove },
  { weight: 3, arbitrary: setData },
  { weight: 2, arbitrary: check },
)
const multi: fc.Arbitrary<Request> = fc.array(multiOp, { maxLength: 6 }).map((ops) => ({ op: OpCode.multi, ops }))

const request = fc.oneof<fc.WeightedArbitrary<Request>[]>(
  { weight: 10, arbitrary: create },
  { weight: 2, arbitrary: createTtl },
  { weight: 5, arbitrary: remove },
  { weight: 4, arbitrary: setData },
  { weight: 2, arbitrary: setAcl },
  { weight: 1, arbitrary: deleteContainer },
  { weight: 1, arbitrary: setLimits },
  { weight: 1, arbitrary: badFlag },
  { weight: 1, arbitrary: check },
  { weight: 5, arbitrary: multi },
)

const slot = fc.nat(SLOTS - 1)

export const command: fc.Arbitrary<Command> = fc.oneof<fc.WeightedArbitrary<Command>[]>(
  {
    weight: 24,
    arbitrary: fc.record({
      type: fc.constant('request'),
      q: request,
      slot,
      ids,
      stale: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('connect', 'attach', 'close', 'expire', 'expireStale'), slot }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('reap'), path }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('settings'), ttlEnabled: fc.boolean(), quotaEnforced: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('time'),
      wallMs: fc.integer({ min: -5, max: 9 }),
      clusterMs: fc.integer({ min: -5, max: 60 }),
    }),
  },
)
