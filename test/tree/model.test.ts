// The tree against the naive model, command by command, on random sequences; and the same entries on other machines.
// ZOARIUM_TREE_RUNS sets the number of sequences, ZOARIUM_TREE_SEED the seed.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Applied } from '../../core/tree/state-machine.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'
import type { StatFields } from '../../core/wire/records.ts'
import { type Command, command, SLOTS } from './model-commands.ts'
import { NaiveModel, type NaiveResult, statOf } from './naive-model.ts'
import { type Asker, type Entry, TreeDriver } from './tree-driver.ts'

const { ZOARIUM_TREE_RUNS: RUNS = '300', ZOARIUM_TREE_SEED: SEED } = process.env

function stat(s: StatFields) {
  const { ownerHi, ownerLo, ...rest } = s
  return { ...rest, owner: ownerHi === 0 ? 0 : ownerLo }
}

class Comparison {
  readonly driver = new TreeDriver()
  readonly model = new NaiveModel()
  readonly #slots: Asker[] = []

  constructor() {
    for (let i = 0; i < SLOTS; i++) this.#connect(i)
    const [first] = this.#slots as [Asker]
    for (const path of ['/q', '/zookeeper/quota/q', '/zookeeper/quota/q/zookeeper_limits', '/zookeeper/quota/q/zookeeper_stats']) {
      this.run({
        type: 'request',
        q: { op: 1, path, data: null, acl: [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }], flags: 0 },
        slot: 0,
        ids: first.ids,
        stale: false,
      })
    }
  }

  run(c: Command): void {
    const asker = 'slot' in c ? (this.#slots[c.slot] as Asker) : null
    switch (c.type) {
      case 'request': {
        const who = { ...(asker as Asker), ids: c.ids }
        if (c.stale) who.generation--
        this.#tick()
        const expected = this.model.request(c.q, { session: who.lo, generation: who.generation, ids: c.ids })
        this.#compare(this.driver.request(who, c.q), expected, c)
        return
      }
      case 'connect':
        this.#connect(c.slot)
        return
      case 'attach': {
        this.#tick()
        const applied = this.driver.attach(asker as Asker)
        this.#compare(applied, this.model.attach((asker as Asker).lo), c)
        if (applied.session !== null) (asker as Asker).generation = applied.session.generation
        return
      }
      case 'close':
      case 'expire':
      case 'expireStale': {
        const who = { ...(asker as Asker) }
        if (c.type === 'expireStale') who.generation--
        this.#tick()
        const applied = c.type === 'close' ? this.driver.close(who) : this.driver.expire(who)
        this.#compare(applied, this.model.end(who.lo, who.generation), c)
        return
      }
      case 'reap':
        this.#tick()
        this.#compare(this.driver.reap(c.path), this.model.reap(c.path), c)
        return
      case 'settings':
        this.#tick()
        this.driver.settings({ extendedTypesEnabled: c.ttlEnabled, enforceQuota: c.quotaEnforced })
        this.model.state.ttlEnabled = c.ttlEnabled
        this.model.state.quotaEnforced = c.quotaEnforced
        return
      case 'time':
        this.driver.setTime(this.driver.wallMs + c.wallMs, Math.max(0, this.driver.clusterMs + c.clusterMs))
    }
  }

  #connect(slot: number): void {
    this.#tick()
    const asker = this.driver.connect()
    this.#slots[slot] = asker
    this.model.createSession(asker.lo)
  }

  #tick(): void {
    this.model.tick(this.driver.zxid + 1, this.driver.wallMs, this.driver.clusterMs)
  }

  #compare(applied: Applied, expected: NaiveResult, c: Command): void {
    same(applied.err, expected.err, 'err', c)
    same(applied.path, expected.path, 'path', c)
    same(applied.node === null ? null : stat(applied.node.stat()), expected.stat, 'stat', c)
    const multi = applied.multi?.map((r) => ({ err: r.err, path: r.path, stat: r.stat === null ? null : stat(r.stat) })) ?? null
    same(multi, expected.multi, 'multi', c)
    same(
      applied.changes.map(({ type, path }) => [type, path]),
      expected.changes,
      'changes',
      c,
    )
    this.#compareTrees(c)
  }

  #compareTrees(c: Command): void {
    const all = this.model.all()
    const { tree } = this.driver
    const ephemerals = new Map<number, string[]>()
    for (const [path, node] of all) {
      const real = tree.node(path)
      if (real === undefined) throw new Error(`${path} is missing after ${JSON.stringify(c)}`)
      same(stat(real.stat()), statOf(node), path, c)
      same(real.data?.toString('latin1') ?? null, node.data, path, c)
      same([...(real.children ?? [])].sort(), Object.keys(node.children).sort(), path, c)
      same(real.acl.list, node.acl, path, c)
      if (node.kind === 'ephemeral') ephemerals.set(node.owner, [...(ephemerals.get(node.owner) ?? []), path])
    }
    same(tree.nodeCount, all.length, 'nodes', c)
    same(tree.descendantCount('/a'), all.filter(([path]) => path.startsWith('/a/')).length, 'descendants', c)
    const bytes = all.reduce((sum, [path, node]) => sum + path.length + (node.data ?? '').length, 0)
    same(tree.dataBytes, bytes, 'bytes', c)
    same(tree.sessions.size, Object.keys(this.model.state.sessions).length, 'sessions', c)
    for (const { hi, lo } of this.#slots) same(tree.ephemerals(hi, lo, ''), (ephemerals.get(lo) ?? []).sort(), 'ephemerals', c)
  }
}

// Vitest's own comparison is too slow for every node after every command: it is asked only to show a difference.
function same(actual: unknown, expected: unknown, what: string, c: Command): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, `${what} after ${JSON.stringify(c)}`).toStrictEqual(expected)
}

function replay(entries: readonly Entry[], tree: StateMachine = new StateMachine()): StateMachine {
  for (const { payload, zxid } of entries) tree.apply(payload, zxid)
  return tree
}

test('the tree does what the naive model does, and every machine comes to the same state', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 140, size: 'max' }), fc.nat(), (commands, middle) => {
      const comparison = new Comparison()
      for (const c of commands) comparison.run(c)
      const { tree, entries } = comparison.driver

      const cut = middle % entries.length
      const digest = tree.digest()
      expect(replay(entries).digest()).toBe(digest)
      // What was kept up change by change is what comes of counting everything anew.
      expect(StateMachine.restore(tree.snapshot()).runningDigest).toBe(tree.runningDigest)
      const restored = StateMachine.restore(replay(entries.slice(0, cut)).snapshot())
      expect(replay(entries.slice(cut), restored).digest()).toBe(digest)
      expect(restored.runningDigest).toBe(tree.runningDigest)
      expect(restored.dataBytes).toBe(tree.dataBytes)
      expect(restored.ephemeralCount).toBe(tree.ephemeralCount)

      // A snapshot whose chunks are taken while the rest is applied holds the state at its beginning.
      const slow = replay(entries.slice(0, cut))
      const expected = Buffer.concat([...slow.snapshot()])
      const run = slow.snapshot(1)
      const chunks: Buffer[] = []
      for (const entry of entries.slice(cut)) {
        const step = run.next()
        if (step.done !== true) chunks.push(step.value)
        replay([entry], slow)
      }
      chunks.push(...run)
      expect(Buffer.concat(chunks).equals(expected)).toBe(true)
      expect(slow.digest()).toBe(digest)
    }),
    { numRuns: Number(RUNS), ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  )
}, 3_600_000)
