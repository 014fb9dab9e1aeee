// Quotas: the text of their nodes, what is counted, what is refused.
import { describe, expect, test } from 'vitest'
import { parseQuota, quotaSubject } from '../../core/tree/quota-index.ts'
import { ErrorCode } from '../../core/wire/error-codes.ts'
import { CreateFlag } from '../../core/wire/records.ts'
import { createOp, deleteOp, setOp, TreeDriver } from './tree-driver.ts'

function limited(limits: string, enforce = true) {
  const d = new TreeDriver()
  const a = d.connect()
  d.create(a, '/app', { data: '12345' })
  d.create(a, '/zookeeper/quota/app')
  d.create(a, '/zookeeper/quota/app/zookeeper_limits', { data: limits })
  d.create(a, '/zookeeper/quota/app/zookeeper_stats', { data: 'count=0,bytes=0' })
  d.settings({ enforceQuota: enforce })
  return { d, a, usage: () => d.data('/zookeeper/quota/app/zookeeper_stats') }
}

test.each([
  ['count=3,bytes=4', [3, 4, -1, -1]],
  ['count=3,bytes=-1=;byteHardLimit=10;countHardLimit=5', [3, -1, 5, 10]],
  ['count=,bytes=', [-1, -1, -1, -1]],
  ['', [-1, -1, -1, -1]],
  ['count=many,bytes=2', [-1, 2, -1, -1]],
  ['nonsense;;,=,', [-1, -1, -1, -1]],
  ['count=99999999999999999999', [-1, -1, -1, -1]],
])('limits %j', (text, [count, bytes, countHardLimit, byteHardLimit]) => {
  expect(parseQuota(text)).toEqual({ count, bytes, countHardLimit, byteHardLimit })
})

test.each([
  ['/zookeeper/quota/a/b/zookeeper_limits', '/a/b'],
  ['/zookeeper/quota/a/zookeeper_stats', '/a'],
  ['/zookeeper/quota/zookeeper_limits', null],
  ['/zookeeper/quota/a/other', null],
  ['/zookeeper/quotas/a/zookeeper_limits', null],
  ['/a/zookeeper_limits', null],
])('quota of %s', (path, subject) => {
  expect(quotaSubject(path)).toBe(subject)
})

describe('statistics', () => {
  test('begin with what is there and follow every change below', () => {
    const { d, a, usage } = limited('count=-1,bytes=-1')
    expect(usage()).toBe('count=1,bytes=5')
    d.create(a, '/app/a', { data: 'xxx' })
    expect(usage()).toBe('count=2,bytes=8')
    d.set(a, '/app/a', 'x')
    expect(usage()).toBe('count=2,bytes=6')
    d.set(a, '/app', null)
    expect(usage()).toBe('count=2,bytes=1')
    d.create(a, '/app/a/b', { flags: CreateFlag.ephemeral, data: 'yy' })
    expect(usage()).toBe('count=3,bytes=3')
    d.close(a)
    expect(usage()).toBe('count=2,bytes=1')
    const b = d.connect()
    d.remove(b, '/app/a')
    expect(usage()).toBe('count=1,bytes=0')
    d.create(b, '/apple')
    expect(usage()).toBe('count=1,bytes=0')
  })

  test('move without version, zxid or event', () => {
    const { d, a } = limited('count=-1,bytes=-1')
    const stat = d.tree.node('/zookeeper/quota/app/zookeeper_stats')?.stat()
    const { changes } = d.create(a, '/app/a')
    expect(changes.map(({ path }) => path)).toEqual(['/app/a', '/app'])
    expect(d.tree.node('/zookeeper/quota/app/zookeeper_stats')?.stat()).toEqual(stat)
  })

  test('belong to the closest quota', () => {
    const { d, a, usage } = limited('count=-1,bytes=-1')
    d.create(a, '/app/in')
    d.create(a, '/zookeeper/quota/app/in')
    d.create(a, '/zookeeper/quota/app/in/zookeeper_limits', { data: 'count=9,bytes=9' })
    d.create(a, '/zookeeper/quota/app/in/zookeeper_stats')
    const outer = usage()
    d.create(a, '/app/in/x')
    expect(usage()).toBe(outer)
    expect(d.data('/zookeeper/quota/app/in/zookeeper_stats')).toBe('count=2,bytes=0')
  })

  test('are counted afresh when their node is created, stand still without limits, and go on from there, as in ZooKeeper', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/app')
    d.create(a, '/zookeeper/quota/app')
    d.create(a, '/zookeeper/quota/app/zookeeper_stats')
    expect(d.data('/zookeeper/quota/app/zookeeper_stats')).toBe('count=1,bytes=0')
    d.create(a, '/app/a')
    d.create(a, '/zookeeper/quota/app/zookeeper_limits', { data: 'count=9,bytes=9' })
    expect(d.data('/zookeeper/quota/app/zookeeper_stats')).toBe('count=1,bytes=0')
    d.create(a, '/app/b')
    expect(d.data('/zookeeper/quota/app/zookeeper_stats')).toBe('count=2,bytes=0')
    d.remove(a, '/zookeeper/quota/app/zookeeper_limits')
    d.create(a, '/app/c')
    expect(d.data('/zookeeper/quota/app/zookeeper_stats')).toBe('count=2,bytes=0')
    d.remove(a, '/zookeeper/quota/app/zookeeper_stats')
    d.create(a, '/zookeeper/quota/app/zookeeper_stats')
    expect(d.data('/zookeeper/quota/app/zookeeper_stats')).toBe('count=4,bytes=0')
  })

  test('are rewritten in their own form by a setData of equal size, as in ZooKeeper', () => {
    const { d, a, usage } = limited('count=5,bytes=-1')
    d.set(a, '/zookeeper/quota/app/zookeeper_stats', 'bytes=0,count=1')
    d.set(a, '/app', '12345')
    expect(usage()).toBe('count=1,bytes=0')
  })

  test('a node of statistics that somebody broke is survived', () => {
    const { d, a, usage } = limited('count=5,bytes=-1=;countHardLimit=5')
    d.set(a, '/zookeeper/quota/app/zookeeper_stats', 'broken')
    expect(d.create(a, '/app/a').err).toBe(ErrorCode.ok)
    expect(usage()).toBe('count=0,bytes=-1')
    d.remove(a, '/zookeeper/quota/app/zookeeper_stats')
    expect(d.create(a, '/app/b').err).toBe(ErrorCode.ok)
  })
})

test('operators see limits and use by path', () => {
  const { d, a } = limited('count=7,bytes=-1=;byteHardLimit=99;countHardLimit=9')
  d.create(a, '/zookeeper/quota/aaa')
  d.create(a, '/zookeeper/quota/aaa/zookeeper_limits', { data: 'count=1,bytes=2' })
  const none = { count: -1, bytes: -1, countHardLimit: -1, byteHardLimit: -1 }
  expect(d.tree.quotas()).toEqual([
    { path: '/aaa', limits: { ...none, count: 1, bytes: 2 }, used: none },
    { path: '/app', limits: { count: 7, bytes: -1, countHardLimit: 9, byteHardLimit: 99 }, used: { ...none, count: 1, bytes: 5 } },
  ])
})

describe('limits', () => {
  test('a hard count refuses a create, when enforced', () => {
    const { d, a } = limited('count=-1,bytes=-1=;countHardLimit=2')
    expect(d.create(a, '/app/a').err).toBe(ErrorCode.ok)
    const refused = d.create(a, '/app/b')
    expect([refused.err, refused.softQuotaPath]).toEqual([ErrorCode.quotaExceeded, ''])
    expect(d.tree.node('/app/b')).toBeUndefined()
    d.remove(a, '/app/a')
    expect(d.create(a, '/app/b').err).toBe(ErrorCode.ok)
    expect(d.create(a, '/elsewhere').err).toBe(ErrorCode.ok)
  })

  test('hard bytes refuse create and setData, before the version is looked at', () => {
    const { d, a } = limited('count=-1,bytes=-1=;byteHardLimit=8')
    expect(d.create(a, '/app/a', { data: '1234' }).err).toBe(ErrorCode.quotaExceeded)
    expect(d.create(a, '/app/a', { data: '123' }).err).toBe(ErrorCode.ok)
    expect(d.set(a, '/app/a', '1234', 99).err).toBe(ErrorCode.quotaExceeded)
    expect(d.set(a, '/app/a', '123', 99).err).toBe(ErrorCode.badVersion)
    expect(d.set(a, '/app/a', '', 0).err).toBe(ErrorCode.ok)
    expect(d.set(a, '/app/a', 'abc').err).toBe(ErrorCode.ok)
  })

  test('the worse of count and bytes decides', () => {
    const count = limited('count=-1,bytes=5=;countHardLimit=1')
    expect(count.d.create(count.a, '/app/a', { data: 'x' }).err).toBe(ErrorCode.quotaExceeded)
    const bytes = limited('count=1,bytes=-1=;byteHardLimit=5')
    expect(bytes.d.create(bytes.a, '/app/a', { data: 'x' }).err).toBe(ErrorCode.quotaExceeded)
    const within = limited('count=1,bytes=-1=;byteHardLimit=6')
    expect(within.d.create(within.a, '/app/a', { data: 'x' })).toMatchObject({ err: ErrorCode.ok, softQuotaPath: '/app/a' })
  })

  test('NodeExists and ephemeral parents are told before the quota', () => {
    const { d, a } = limited('count=-1,bytes=-1=;countHardLimit=1')
    expect(d.create(a, '/app').err).toBe(ErrorCode.nodeExists)
    expect(d.create(a, '/app/x').err).toBe(ErrorCode.quotaExceeded)
  })

  test('a soft limit, and a hard one that is not enforced, are reported only', () => {
    const soft = limited('count=1,bytes=-1')
    const above = soft.d.create(soft.a, '/app/a')
    expect([above.err, above.softQuotaPath]).toEqual([ErrorCode.ok, '/app/a'])
    expect(soft.d.create(soft.a, '/b').softQuotaPath).toBe('')
    const hard = limited('count=-1,bytes=-1=;countHardLimit=1', false)
    const unenforced = hard.d.create(hard.a, '/app/a')
    expect([unenforced.err, unenforced.softQuotaPath]).toEqual([ErrorCode.ok, '/app/a'])
  })

  test('hold inside a multi, which counts what its own ops did', () => {
    const { d, a, usage } = limited('count=-1,bytes=-1=;countHardLimit=3')
    const before = usage()
    const { multi } = d.multi(a, createOp('/app/a'), createOp('/app/b'), createOp('/app/c'))
    expect(multi?.map(({ err }) => err)).toEqual([0, 0, ErrorCode.quotaExceeded])
    expect(usage()).toBe(before)
    expect(
      d.multi(a, createOp('/app/a'), createOp('/app/b'), deleteOp('/app/a'), createOp('/app/c')).multi?.every(({ err }) => err === 0),
    ).toBe(true)
    expect(usage()).toBe('count=3,bytes=5')
    expect(d.multi(a, setOp('/app/b', 'xx'), createOp('/app/zz')).multi?.[1]?.err).toBe(ErrorCode.quotaExceeded)
    expect(usage()).toBe('count=3,bytes=5')
  })

  test('that were changed hold at once', () => {
    const { d, a } = limited('count=-1,bytes=-1=;countHardLimit=1')
    expect(d.create(a, '/app/a').err).toBe(ErrorCode.quotaExceeded)
    d.set(a, '/zookeeper/quota/app/zookeeper_limits', 'count=-1,bytes=-1=;countHardLimit=2')
    expect(d.create(a, '/app/a').err).toBe(ErrorCode.ok)
  })
})
