// The digest that is kept up with every change: what it depends on, and that numbers gone astray in memory stay visible. That it equals a count of everything anew
// after random changes is in model.test.ts.
import { expect, test } from 'vitest'
import { DigestSum, hashBytes } from '../../core/tree/digest-sum.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { OPEN_ACL } from '../../core/wire/records.ts'
import { createOp, deleteOp, setOp, TreeDriver, WORLD_READ } from './tree-driver.ts'

/** Two machines with the same log, of which one then does one thing more than the other, both under the same zxid and times. */
function differs(one: (d: TreeDriver) => unknown, other: (d: TreeDriver) => unknown): boolean {
  const digests = [one, other].map((step) => {
    const d = new TreeDriver()
    const who = d.connect()
    d.create(who, '/a', { data: 'x' })
    d.createTtl(who, '/ttl', 1000)
    step(d)
    return d.tree.runningDigest
  })
  return digests[0] !== digests[1]
}

const WHO = { hi: 0x0100_0000, lo: 1, generation: 1, ids: [] }

test('equal logs give equal digests', () => {
  const step = (d: TreeDriver) => d.set(WHO, '/a', 'y')
  expect(differs(step, step)).toBe(false)
})

test.each<[string, (d: TreeDriver) => unknown, (d: TreeDriver) => unknown]>([
  ['data', (d) => d.set(WHO, '/a', 'y'), (d) => d.set(WHO, '/a', 'z')],
  ['length of data beyond what is hashed', (d) => d.set(WHO, '/a', 'y'.repeat(900)), (d) => d.set(WHO, '/a', 'y'.repeat(901))],
  ['null and empty data', (d) => d.set(WHO, '/a', ''), (d) => d.set(WHO, '/a', null)],
  ['the name', (d) => d.create(WHO, '/b'), (d) => d.create(WHO, '/c')],
  ['the place', (d) => d.create(WHO, '/a/n'), (d) => d.create(WHO, '/ttl/n')],
  ['a list', (d) => d.setAcl(WHO, '/a', WORLD_READ), (d) => d.setAcl(WHO, '/a', OPEN_ACL)],
  ['a session as holder', (d) => d.create(WHO, '/e', { flags: 1 }), (d) => d.create(WHO, '/e')],
  ['a ttl', (d) => d.createTtl(WHO, '/t', 1000), (d) => d.createTtl(WHO, '/t', 2000)],
  ['a failed write and one that took effect', (d) => d.remove(WHO, '/none'), (d) => d.remove(WHO, '/a')],
  ['the timeout of a session', (d) => d.connect([], 5000), (d) => d.connect([], 6000)],
  ['an attached session', (d) => d.attach(WHO), (d) => d.noop()],
  ['a closed session', (d) => d.close(WHO), (d) => d.noop()],
  ['settings', (d) => d.settings({ enforceQuota: true }), (d) => d.settings({ enforceQuota: false })],
])('differs by %s', (_what, one, other) => {
  expect(differs(one, other)).toBe(true)
})

test('a multi that fails leaves the digest as a failed write does', () => {
  const d = new TreeDriver()
  const who = d.connect()
  d.create(who, '/a')
  const other = StateMachine.restore(d.tree.snapshot())
  d.multi(who, createOp('/b'), setOp('/a', 'y'), deleteOp('/a'), deleteOp('/none'))
  const failing = d.entry(1, who, Buffer.alloc(0), 2)
  other.apply(failing, d.zxid)
  expect(d.tree.runningDigest).toBe(other.runningDigest)
})

test('a number that went astray in memory shows once its node changes, and never goes away', () => {
  const d = new TreeDriver()
  const who = d.connect()
  d.create(who, '/a')
  const healthy = StateMachine.restore(d.tree.snapshot())
  d.tree.node('/a')?.noteDelete(7)
  const also = (tree: StateMachine) => {
    const last = d.entries.at(-1)
    if (last !== undefined) tree.apply(last.payload, last.zxid)
  }
  // Overwrites nothing of what is wrong, then removes it for good.
  d.set(who, '/a', 'y')
  also(healthy)
  expect(d.tree.runningDigest).not.toBe(healthy.runningDigest)
  d.remove(who, '/a')
  also(healthy)
  expect(d.tree.digest()).toBe(healthy.digest())
  expect(d.tree.runningDigest).not.toBe(healthy.runningDigest)
})

test('bytes behind the last one do not count', () => {
  const a = new DataView(Uint8Array.of(1, 2, 3, 4, 5, 6, 0, 0).buffer)
  const b = new DataView(Uint8Array.of(1, 2, 3, 4, 5, 6, 9, 9).buffer)
  for (let length = 1; length <= 6; length++) expect(hashBytes(a, 0, length, 1)).toBe(hashBytes(b, 0, length, 1))
  expect(hashBytes(a, 0, 7, 1)).not.toBe(hashBytes(b, 0, 7, 1))
})

test('a sum does not depend on the order, and what was taken is gone', () => {
  const sum = (words: number[], taken: number[] = []) => {
    const s = new DigestSum()
    for (const word of words) s.begin().word(word).add()
    for (const word of taken) s.begin().word(word).take()
    return [s.hi, s.lo]
  }
  expect(sum([1, 2, 3])).toEqual(sum([3, 1, 2]))
  expect(sum([1, 2, 3], [2])).toEqual(sum([1, 3]))
  expect(sum([1, 2])).not.toEqual(sum([1, 3]))
})
