// TreeCache: what caches show of a small tree that several processes change. Never a state that the tree did not have; every deletion is seen, also when the
// znode was made again meanwhile; in the end exactly what is there.

import { type CacheChange, type CachedNode, type CacheSnapshot, TreeCache } from '../../../../recipes/index.ts'
import type { NodeThen } from '../history.ts'
import { type Actor, expectCode, Scenario, type ScenarioWorld } from '../scenario.ts'

const ROOT = '/tree'
const NAMES = ['a', 'b', 'c'] as const
const CHECK_EVERY_MS = 40
const ENDED = new Error('the scenario is over')

export class TreeCacheScenario extends Scenario {
  readonly #busy: boolean

  constructor(world: ScenarioWorld) {
    super(world)
    this.#busy = world.random.below(2) === 0
  }

  async work(actor: Actor): Promise<void> {
    await using cache = new TreeCache(actor.client, ROOT, {
      onError: actor.onError,
      ...(actor.random.below(3) === 0 ? { maxConcurrentReads: 1 } : {}),
    })
    await actor.waits('start', cache.start())
    const end = new AbortController()
    const consumer = this.#consume(actor, cache, end.signal)
    const looks = this.#look(actor, cache, end.signal)
    while (!this.world.over) {
      await this.#write(actor, cache)
      await actor.sleep(actor.random.below(this.#busy ? 15 : 120))
    }
    await actor.waits('delete own ephemerals', deleteOwn(actor))
    await this.#untilEqual(actor, cache)
    end.abort(ENDED)
    await Promise.all([consumer, looks])
    await actor.waits('close', cache.close())
  }

  // ---- changing the tree

  async #write(actor: Actor, cache: TreeCache): Promise<void> {
    const { client, random } = actor
    const path = `${ROOT}${Array.from({ length: 1 + random.below(3) }, () => `/${NAMES[random.below(NAMES.length)]}`).join('')}`
    const data = `${actor.name} ${random.below(1e6)}`
    try {
      let zxid: bigint | null = null
      switch (random.below(7)) {
        case 0:
        case 1:
          await actor.waits('ensurePath', client.ensurePath(path))
          break
        case 2:
          zxid = (await actor.waits('setData', client.setData(path, data))).mzxid
          break
        case 3:
          await actor.waits('delete', client.delete(path))
          break
        case 4:
          await actor.waits('deleteRecursive', client.deleteRecursive(random.below(6) === 0 ? ROOT : path))
          break
        case 5:
          await actor.waits('ephemeral', client.create(path, data, { mode: 'ephemeral' }))
          break
        default:
          // Gone and made again before anybody can look.
          await actor.waits(
            'recreate',
            client.multi([
              { type: 'delete', path },
              { type: 'create', path, data },
            ]),
          )
      }
      this.world.saw('tree changed')
      if (zxid !== null && random.below(4) === 0) await this.#seesOwnWrite(actor, cache, zxid)
    } catch (error) {
      expectCode(
        error,
        'NO_NODE',
        'NODE_EXISTS',
        'NOT_EMPTY',
        'NO_CHILDREN_FOR_EPHEMERALS',
        'ERR_UNKNOWN_OUTCOME',
        'SESSION_EXPIRED',
        'ERR_LOST',
      )
    }
  }

  async #seesOwnWrite(actor: Actor, cache: TreeCache, zxid: bigint): Promise<void> {
    await actor.waits('waitUntil', cache.waitUntil(zxid))
    this.world.saw('waited until')
    const { minZxid } = this.#checkSnapshot(actor, cache)
    if (minZxid < zxid) this.world.fail(`${actor.name} waited until ${zxid.toString(16)}, and the cache shows ${minZxid.toString(16)}`)
  }

  // ---- looking at the cache

  async #look(actor: Actor, cache: TreeCache, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      this.#checkSnapshot(actor, cache)
      await actor.sleep(actor.random.below(CHECK_EVERY_MS))
    }
  }

  // Every path is shown as it was at one moment between minZxid and maxZxid.
  #checkSnapshot(actor: Actor, cache: TreeCache): CacheSnapshot {
    const { history } = this.world
    const snapshot = cache.snapshot()
    const from = Number(snapshot.minZxid)
    const to = Number(snapshot.maxZxid)
    if (from > to) this.world.fail(`${actor.name}: a snapshot from ${from} to ${to}`)
    this.world.saw(from === to ? 'snapshot of one moment' : 'snapshot of a window')
    for (const path of this.#everSeen()) {
      const shown = snapshot.nodes.get(path)
      if (isShown(shown, history.at(path, from))) continue
      if (history.of(path).some(({ zxid, node }) => zxid > from && zxid <= to && isShown(shown, node))) continue
      const what = shown === undefined ? 'nothing' : `mzxid ${shown.stat.mzxid.toString(16)}`
      this.world.fail(
        `${actor.name} shows ${what} at ${path}, which was not so from ${from.toString(16)} to ${to.toString(16)} (${cache.state})`,
      )
    }
    return snapshot
  }

  // Each path's changes follow from each other, and at `synced` nothing up to its zxid is missing.
  async #consume(actor: Actor, cache: TreeCache, ended: AbortSignal): Promise<void> {
    const known = new Map<string, CachedNode>()
    try {
      for await (const change of cache.changes({ signal: ended })) {
        this.#follow(actor, known, change)
        if (actor.random.below(8) === 0) await actor.sleep(actor.random.below(120))
      }
    } catch (error) {
      if (error !== ENDED) throw error
    }
  }

  #follow(actor: Actor, known: Map<string, CachedNode>, change: CacheChange): void {
    this.world.say(
      actor.name,
      `is told ${change.type}${change.type === 'synced' ? ` ${change.cause}` : ` ${change.node.path}`}, ${change.zxid.toString(16)}`,
    )
    if (change.type === 'synced') {
      this.world.saw(`synced: ${change.cause}`)
      this.#checkSynced(actor, known, Number(change.zxid))
      return
    }
    this.world.saw(change.type)
    const { node } = change
    const before = known.get(node.path)
    const wrong = (what: string): never => this.world.fail(`${actor.name} is told "${change.type}" of ${node.path}: ${what}`)
    switch (change.type) {
      case 'added':
        if (before !== undefined) wrong('it was there before')
        break
      case 'updated':
        if (before === undefined) wrong('it was not there before')
        if (before?.stat.czxid !== node.stat.czxid) wrong('it is another znode than before')
        if ((before?.stat.mzxid ?? 0n) >= node.stat.mzxid) wrong('it is no newer than before')
        break
      case 'removed':
        if (before?.stat.czxid !== node.stat.czxid) wrong('it was not there before')
        known.delete(node.path)
        if (this.world.history.of(node.path).every(({ type, zxid }) => type !== 'deleted' || zxid <= Number(node.stat.czxid)))
          wrong('nobody deleted it')
        return
      default:
        change satisfies never
    }
    if (!this.world.history.of(node.path).some((then) => isShown(node, then.node))) wrong('it never was like that')
    known.set(node.path, node)
  }

  #checkSynced(actor: Actor, known: ReadonlyMap<string, CachedNode>, zxid: number): void {
    const { history } = this.world
    for (const path of this.#everSeen()) {
      const told = known.get(path)
      if (isShown(told, history.at(path, zxid))) continue
      if (history.of(path).some((change) => change.zxid > zxid && isShown(told, change.node))) continue
      this.world.fail(
        `${actor.name} is told that ${zxid.toString(16)} is synced, and at ${path} it knows ${told === undefined ? 'nothing' : `mzxid ${told.stat.mzxid.toString(16)}`}`,
      )
    }
  }

  #everSeen(): string[] {
    return [ROOT, ...this.world.history.paths(ROOT)]
  }

  // ---- the end

  async #untilEqual(actor: Actor, cache: TreeCache): Promise<void> {
    const { history } = this.world
    for (;;) {
      await actor.waits('sync with the tree', cache.waitUntil(BigInt(history.zxid)))
      const { nodes } = this.#checkSnapshot(actor, cache)
      const there = [ROOT, ...history.below(ROOT)].filter((path) => history.tree.has(path))
      const equal = there.length === nodes.size && there.every((path) => isShown(nodes.get(path), history.tree.get(path) ?? null))
      if (equal) return
      await actor.waits('a cache that is equal to the tree', actor.sleep(50))
    }
  }
}

function isShown(shown: CachedNode | undefined, then: NodeThen | null): boolean {
  if (shown === undefined || then === null) return shown === undefined && then === null
  return Number(shown.stat.czxid) === then.czxid && Number(shown.stat.mzxid) === then.mzxid && (shown.data?.toString() ?? '') === then.data
}

/** Until none is left: a deletion may fail because another process was faster, or with the connection. */
async function deleteOwn({ client, sleep }: Actor): Promise<void> {
  for (;;) {
    const paths = await client.getEphemerals('/')
    if (paths.length === 0) return
    for (const path of paths) {
      await client
        .delete(path)
        .catch((error: unknown) => expectCode(error, 'NO_NODE', 'ERR_UNKNOWN_OUTCOME', 'SESSION_EXPIRED', 'ERR_LOST'))
    }
    await sleep(20)
  }
}
