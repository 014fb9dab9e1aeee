// Snapshots: canonical bytes, exact as of their beginning, and no tolerance for anything that is not one.

import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { importedSnapshot } from '../../core/tree/imported-state.ts'
import { DEFAULT_SETTINGS } from '../../core/tree/settings.ts'
import { SnapshotFormatError } from '../../core/tree/snapshot-format.ts'
import type { SnapshotRun } from '../../core/tree/snapshot-run.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { CreateFlag, OPEN_ACL } from '../../core/wire/records.ts'
import { bytesOf, digestId, TreeDriver, WORLD_READ } from './tree-driver.ts'

function sample() {
  const d = new TreeDriver()
  const a = d.connect([digestId('u')])
  const b = d.connect()
  d.setTime(1_800_000_000_000, 12_345)
  d.noop()
  d.settings({ enforceQuota: true, containerMaxNeverUsedMs: 77 })
  d.attach(b)
  b.generation = 2
  d.create(a, '/app', { data: 'x' })
  d.create(a, '/app/null', { data: null })
  d.create(a, '/app/empty', { data: '' })
  d.create(a, '/app/big', { data: 'y'.repeat(5000) })
  d.create(a, '/app/mine', { acl: [{ perms: 31, id: digestId('u') }] })
  d.create(a, '/app/open-to-read', { acl: WORLD_READ })
  d.create(b, '/app/eph-', { flags: CreateFlag.ephemeralSequential })
  d.createTtl(a, '/app/ttl', 5000)
  d.createContainer(a, '/app!')
  d.create(a, '/app!/c')
  d.remove(a, '/app!/c')
  d.set(a, '/app', 'new')
  d.setAcl(a, '/app/big', WORLD_READ)
  d.create(a, '/zookeeper/quota/app')
  d.create(a, '/zookeeper/quota/app/zookeeper_limits', { data: 'count=-1,bytes=-1=;countHardLimit=9' })
  d.create(a, '/zookeeper/quota/app/zookeeper_stats')
  return { d, a, b }
}

function expectRefused(chunks: readonly Buffer[], what: string): void {
  try {
    StateMachine.restore(chunks)
  } catch (error) {
    if (error instanceof SnapshotFormatError) return
    throw new Error(`${what}: not the typed error`, { cause: error })
  }
  throw new Error(`${what}: was taken for a snapshot`)
}

function take(run: SnapshotRun, steps: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let i = 0; i < steps; i++) {
    const step = run.next()
    if (step.done !== true) chunks.push(step.value)
  }
  return chunks
}

describe('restore', () => {
  test('brings back everything that decides about later entries', () => {
    const { d, a, b } = sample()
    const again = new TreeDriver()
    again.tree = StateMachine.restore(d.tree.snapshot())
    again.zxid = d.zxid
    again.setTime(d.wallMs, d.clusterMs)
    expect(again.tree.digest()).toBe(d.tree.digest())
    for (const key of ['lastZxid', 'wallTimeMs', 'clusterTimeMs', 'clusterId', 'nodeCount', 'ephemeralCount', 'dataBytes'] as const) {
      expect(again.tree[key], key).toBe(d.tree[key])
    }
    expect(again.tree.settings).toEqual(d.tree.settings)
    expect(again.tree.sessions.get(b.hi, b.lo)).toMatchObject({ generation: 2, timeoutMs: 30_000, serverId: 1 })
    expect(again.tree.reapCandidates(99_999, 9)).toEqual(['/app!', '/app/ttl'])
    for (const machine of [d, again]) {
      machine.create(a, '/app/one-more')
      expect(machine.create(a, '/app/too-many').err).toBe(-125)
      expect(machine.create(a, '/app!/s', { flags: CreateFlag.persistentSequential }).path).toBe('/app!/s0000000001')
      machine.attach(b)
      machine.close({ ...b, generation: 3 })
    }
    expect(again.tree.digest()).toBe(d.tree.digest())
  })

  test('does not care where chunks are cut', () => {
    const { d } = sample()
    const whole = bytesOf(d.tree)
    for (const size of [1, 2, 3, 7, 64, 1000, whole.length]) {
      const chunks: Buffer[] = []
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size), Buffer.alloc(0))
      expect(StateMachine.restore(chunks).digest()).toBe(d.tree.digest())
    }
  })

  test.each([0, 1, 600_000, 10_000_000])('comes to the same when %i bytes are expected', (expectedBytes) => {
    const { d, a } = sample()
    for (let i = 0; i < 3000; i++) expect(d.create(a, `/n${i}`).err).toBe(0)
    const restoration = StateMachine.restoring({ k0: 1, k1: 2 }, expectedBytes)
    for (const chunk of d.tree.snapshot()) restoration.take(chunk)
    const again = restoration.finish()
    for (let i = 0; i < 3000; i++) expect(again.node(`/n${i}`)).toBeDefined()
    expect(again.node('/n3000')).toBeUndefined()
    expect(again.digest()).toBe(d.tree.digest())
  })

  test('lent chunks hold the bytes that given ones hold', () => {
    const { d } = sample()
    const copies: Buffer[] = []
    for (const chunk of d.tree.snapshot(50, 'lent')) copies.push(Buffer.from(chunk))
    expect(copies.length).toBeGreaterThan(5)
    expect(Buffer.concat(copies).equals(bytesOf(d.tree))).toBe(true)
  })

  test('keeps nothing of the chunks', () => {
    const { d } = sample()
    const digest = d.tree.digest()
    const whole = bytesOf(d.tree)
    const restored = StateMachine.restore([whole])
    whole.fill(0xee)
    expect(restored.digest()).toBe(digest)
  })

  test('refuses a snapshot that is cut short anywhere', () => {
    const whole = bytesOf(sample().d.tree)
    for (let end = 0; end < whole.length; end++) {
      expectRefused([whole.subarray(0, end)], `cut at ${end}`)
    }
    expectRefused([], 'no chunk')
  })

  test('refuses a snapshot with any byte changed, and one with bytes after it', () => {
    const whole = bytesOf(sample().d.tree)
    const random = new SeededRandom(1)
    for (let at = 0; at < whole.length; at++) {
      const bent = Buffer.from(whole)
      bent[at] = (bent[at] as number) ^ (1 + random.below(255))
      expectRefused([bent], `byte ${at}`)
    }
    expectRefused([whole, Buffer.alloc(1)], 'a byte too many')
    expectRefused([whole, whole], 'twice')
  })

  test('refuses noise', () => {
    const random = new SeededRandom(2)
    for (let i = 0; i < 300; i++) {
      const noise = Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)))
      if (noise.length > 3) noise.writeUInt32BE(random.below(60), 0)
      expectRefused([noise], noise.toString('hex'))
    }
  })
})

describe('canonical', () => {
  test('equal states that came about differently give equal bytes', () => {
    const build = (names: readonly string[]) => {
      const d = new TreeDriver()
      const a = d.connect()
      d.multi(a, ...names.map((name) => ({ op: OpCode.create, path: `/${name}`, data: null, acl: WORLD_READ, flags: 0 }) as const))
      return d.tree
    }
    const names = ['b', 'a', 'c', 'a!', 'é']
    const forward = build(names)
    const backward = build([...names].reverse())
    expect(bytesOf(forward).equals(bytesOf(backward))).toBe(true)
    expect(forward.digest()).toBe(backward.digest())
  })

  test('different states give different digests', () => {
    const { d, a } = sample()
    const seen = new Set([d.tree.digest()])
    const differ = () => {
      const digest = d.tree.digest()
      expect(seen.has(digest)).toBe(false)
      seen.add(digest)
    }
    d.set(a, '/app', 'other')
    differ()
    d.attach(a)
    differ()
    d.noop()
    differ()
    d.settings({ skipAcl: true })
    differ()
  })

  test('the chunk size does not matter', () => {
    const { d } = sample()
    expect(Buffer.concat([...d.tree.snapshot(1)]).equals(bytesOf(d.tree))).toBe(true)
  })
})

describe('while entries are applied', () => {
  // Every write at every moment of the walk: what comes out is what was there when the snapshot began.
  const writes: [string, (f: ReturnType<typeof sample>) => { err: number }][] = [
    ['create', ({ d, a }) => d.create(a, '/app/new')],
    ['create in front', ({ d, a }) => d.create(a, '/aaa')],
    ['set', ({ d, a }) => d.set(a, '/app/ttl', 'z')],
    ['set of a parent', ({ d, a }) => d.set(a, '/app', 'z')],
    ['setAcl', ({ d, a }) => d.setAcl(a, '/app/empty', WORLD_READ)],
    ['delete', ({ d, a }) => d.remove(a, '/app/empty')],
    [
      'delete and create anew',
      ({ d, a }) => {
        d.remove(a, '/app/null')
        return d.create(a, '/app/null', { data: 'anew' })
      },
    ],
    [
      'set, delete, create and delete again',
      ({ d, a }) => {
        d.set(a, '/app/null', 'q')
        d.remove(a, '/app/null')
        d.create(a, '/app/null', { data: 'anew' })
        return d.remove(a, '/app/null')
      },
    ],
    ['close of a session with ephemerals', ({ d, b }) => d.close(b)],
    [
      'a whole directory goes and another comes in its place',
      ({ d, a }) => {
        d.createContainer(a, '/app!/x')
        d.remove(a, '/app!/x')
        d.remove(a, '/app!')
        d.create(a, '/app!', { data: 'other' })
        return d.create(a, '/app!/other-child')
      },
    ],
    [
      'a multi that fails',
      ({ d, a }) => d.multi(a, { op: OpCode.delete, path: '/app/empty', version: -1 }, { op: OpCode.check, path: '/none', version: 0 }),
    ],
  ]
  test.each(writes)('%s', (_, write) => {
    const steps = [...sample().d.tree.snapshot(1)].length
    expect(steps).toBeGreaterThan(10)
    for (let moment = 0; moment <= steps; moment++) {
      const f = sample()
      const expected = bytesOf(f.d.tree)
      const run = f.d.tree.snapshot(1)
      const chunks = take(run, moment)
      expect(write(f).err).toBe(0)
      chunks.push(...run)
      expect(Buffer.concat(chunks).equals(expected), `moment ${moment}`).toBe(true)
    }
  })

  // More names than are sorted in one step, so that children come and go while the cursor is among them.
  test.each([1, 2, 3, 4])('children of a large directory come and go, seed %i', (seed) => {
    const random = new SeededRandom(seed)
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/dir')
    const nameOf = (number: number): string => `/dir/n${(number * 7919) % 5003}`
    for (let i = 0; i < 3000; i++) d.create(a, nameOf(i))
    const expected = bytesOf(d.tree)
    const run = d.tree.snapshot(2000)
    const chunks: Buffer[] = []
    for (let step = run.next(); step.done !== true; step = run.next()) {
      chunks.push(step.value)
      for (let i = random.below(60); i > 0; i--) {
        const path = nameOf(random.below(4000))
        if (d.tree.node(path) === undefined) d.create(a, path, { data: 'later' })
        else if (random.below(3) === 0) d.set(a, path, 'changed')
        else d.remove(a, path)
      }
    }
    expect(Buffer.concat(chunks).equals(expected)).toBe(true)
    expect(run.kept).toBe(0)
  })

  test('a large directory goes while it is listed', () => {
    const d = new TreeDriver()
    const a = d.connect()
    d.create(a, '/dir')
    for (let i = 0; i < 2500; i++) d.create(a, `/dir/n${i}`)
    const expected = bytesOf(d.tree)
    for (const steps of [1, 2, 3, 4]) {
      const other = new TreeDriver()
      other.tree = StateMachine.restore([expected])
      other.zxid = d.zxid
      const run = other.tree.snapshot()
      const chunks = take(run, steps)
      for (let i = 0; i < 2500; i++) other.remove(a, `/dir/n${i}`)
      other.remove(a, '/dir')
      other.create(a, '/dir')
      other.create(a, '/dir/n7')
      expect(Buffer.concat([...chunks, ...run]).equals(expected), `${steps} steps`).toBe(true)
    }
  })

  test('two snapshots at once do not disturb each other', () => {
    const { d, a } = sample()
    const firstBytes = bytesOf(d.tree)
    const first = d.tree.snapshot(1)
    const firstChunks = [...take(first, 3)]
    d.set(a, '/app/ttl', 'changed')
    const secondBytes = bytesOf(d.tree)
    const second = d.tree.snapshot(1)
    d.remove(a, '/app/ttl')
    expect(Buffer.concat([...second]).equals(secondBytes)).toBe(true)
    expect(Buffer.concat([...firstChunks, ...first]).equals(firstBytes)).toBe(true)
  })

  test('a snapshot that was given up is over, and what it kept is free', () => {
    const { d, a } = sample()
    const run = d.tree.snapshot(1)
    run.next()
    d.set(a, '/app', 'q')
    expect(run.kept).toBeGreaterThan(0)
    run.return()
    expect(run.kept).toBe(0)
    d.set(a, '/app/null', 'q')
    expect(run.kept).toBe(0)
    expect(run.next().done).toBe(true)
  })

  test('a finished snapshot listens no more', () => {
    const { d, a } = sample()
    const run = d.tree.snapshot()
    for (const chunk of run) expect(chunk.length).toBeGreaterThan(0)
    d.set(a, '/app', 'q')
    expect(run.kept).toBe(0)
  })
})

test('a directory of many children is walked in steps that are all bounded, and in order', () => {
  const d = new TreeDriver()
  const a = d.connect()
  d.create(a, '/many')
  for (let i = 0; i < 6000; i++) d.create(a, `/many/n${(i * 7919) % 6007}`)
  const before = d.tree.digest()
  let steps = 0
  const chunks: Buffer[] = []
  for (const chunk of d.tree.snapshot()) {
    expect(chunk.length).toBeLessThan(80_000)
    chunks.push(chunk)
    steps++
  }
  expect(steps).toBeGreaterThan(5)
  expect(StateMachine.restore(chunks).digest()).toBe(before)
})

test('refuses a node that is younger than the state: a later snapshot would take it for one that has come since', () => {
  const facts = { lastZxid: 5, wallTimeMs: 1, clusterTimeMs: 1, clusterId: '', settings: DEFAULT_SETTINGS }
  const numbers = { mzxid: 1, pzxid: 1, ctime: 1, mtime: 1, version: 0, creates: 0, aversion: 0, holder: null }
  const at = (path: string, czxid: number) => ({ path, data: null, acl: OPEN_ACL, czxid, ...numbers })
  const builtIn = ['/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'].map((path) => at(path, 0))
  const restored = (czxid: number) => StateMachine.restore([...importedSnapshot(facts, [], [...builtIn, at('/zz', czxid)])])
  expect(restored(5).node('/zz')?.czxid).toBe(5)
  expect(() => restored(6)).toThrow(SnapshotFormatError)
})
