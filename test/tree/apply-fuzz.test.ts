// `apply` is total: random bytes and mutated entries give a result, never an exception, and the same one on every machine.
// ZOARIUM_TREE_FUZZ sets the number of entries, ZOARIUM_TREE_SEED the seed.
import { expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { EntryKind, EnvelopeOffset } from '../../core/tree/envelope.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import { CreateFlag } from '../../core/wire/records.ts'
import { bytesOf, checkOp, createOp, deleteOp, digestId, setOp, TreeDriver, WORLD_READ } from './tree-driver.ts'

const { ZOARIUM_TREE_FUZZ: COUNT = '20000', ZOARIUM_TREE_SEED: SEED = '1' } = process.env

/** Entries of every kind that all succeed in this order. */
function seedEntries(): Buffer[] {
  const d = new TreeDriver()
  const a = d.connect([digestId('u'), { scheme: 'ip', id: '10.0.0.1' }])
  d.noop()
  d.settings({ enforceQuota: true })
  d.create(a, '/a', { data: 'some data' })
  d.create(a, '/a/s-', { flags: CreateFlag.ephemeralSequential, op: OpCode.create2 })
  d.create(a, '/a/acl', { acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] })
  d.create(a, '/a/ip', { acl: [{ perms: 31, id: { scheme: 'ip', id: '10.0.0.0/8' } }] })
  d.createTtl(a, '/t', 10)
  d.createContainer(a, '/c')
  d.create(a, '/zookeeper/quota/a')
  d.create(a, '/zookeeper/quota/a/zookeeper_limits', { data: 'count=9,bytes=9=;byteHardLimit=99;countHardLimit=9' })
  d.create(a, '/zookeeper/quota/a/zookeeper_stats')
  d.set(a, '/a', 'other')
  d.setAcl(a, '/a/ip', WORLD_READ)
  d.multi(a, createOp('/m'), createOp('/m/c'), setOp('/m', 'x', 0), checkOp('/m', 1), deleteOp('/m/c'))
  d.multi(a, createOp('/a/x'), checkOp('/a', 99), createOp('/y'))
  d.request(a, { op: OpCode.deleteContainer, path: '/c' })
  d.remove(a, '/m')
  d.clusterMs += 100
  d.reap('/t')
  d.config('server.1=a:1:1:participant\n')
  d.attach(a)
  d.expire({ ...a, generation: 2 })
  const b = d.connect()
  d.create(b, '/e', { flags: CreateFlag.ephemeral })
  d.close(b)
  return d.entries.map(({ payload }) => payload)
}

function noise(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)))
}

/** Bytes flipped, lengths set to odd values, pieces cut out or put in twice, one entry's envelope with another's body. */
function mutate(random: SeededRandom, seeds: readonly Buffer[]): Buffer {
  const pick = () => seeds[random.below(seeds.length)] as Buffer
  const entry = Buffer.from(pick())
  switch (random.below(7)) {
    case 0:
      return noise(random, random.below(200))
    case 1: {
      for (let i = random.below(4); i >= 0; i--) entry[random.below(entry.length)] = random.below(256)
      return entry
    }
    case 2:
      return entry.subarray(0, random.below(entry.length + 1))
    case 3: {
      const at = random.below(Math.max(1, entry.length - 4))
      const lengths = [-1, 0, 1, 0x7fffffff, -0x80000000, 16, 255]
      if (entry.length > 4) entry.writeInt32BE(lengths[random.below(lengths.length)] as number, at)
      return entry
    }
    case 4: {
      const at = random.below(entry.length)
      return Buffer.concat([entry.subarray(0, at), noise(random, random.below(9)), entry.subarray(at + random.below(9))])
    }
    case 5: {
      const other = pick()
      return Buffer.concat([entry.subarray(0, EnvelopeOffset.authLength + 4), other.subarray(EnvelopeOffset.authLength + 4)])
    }
    default: {
      entry[EnvelopeOffset.kind] = random.below(9)
      entry[EnvelopeOffset.op + 3] = random.below(30)
      return entry
    }
  }
}

test('the seeds cover every kind of entry', () => {
  const kinds = new Set(seedEntries().map((payload) => payload[EnvelopeOffset.kind]))
  expect(kinds.size).toBe(Object.keys(EntryKind).length)
})

test('mutated entries never throw, decide alike everywhere, and leave a state that restores', () => {
  const random = new SeededRandom(Number(SEED))
  const seeds = seedEntries()
  const one = new StateMachine()
  const two = new StateMachine()
  let restored = new StateMachine()
  let zxid = 2 ** 32
  let succeeded = 0
  for (let i = 0; i < Number(COUNT); i++) {
    const entry = random.below(3) === 0 ? (seeds[random.below(seeds.length)] as Buffer) : mutate(random, seeds)
    zxid++
    try {
      const { err, changes } = one.apply(Buffer.from(entry), zxid)
      if (err === 0) succeeded++
      else expect(changes.length).toBe(0)
      expect(two.apply(entry, zxid).err).toBe(err)
      expect(restored.apply(entry, zxid).err).toBe(err)
    } catch (error) {
      throw new Error(`seed ${SEED}, entry ${i}: ${entry.toString('hex')}`, { cause: error })
    }
    if (i % 1000 === 999) {
      const bytes = bytesOf(one)
      expect(bytesOf(two).equals(bytes), `seed ${SEED}, entry ${i}`).toBe(true)
      expect(bytesOf(restored).equals(bytes), `seed ${SEED}, entry ${i}`).toBe(true)
      restored = StateMachine.restore([bytes])
    }
  }
  expect(succeeded).toBeGreaterThan(Number(COUNT) / 20)
}, 3_600_000)
