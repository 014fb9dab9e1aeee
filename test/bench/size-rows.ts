// bench: many of something: watchers of one znode, contenders for one lock, members of one group, znodes in one cache, writes that a server has missed; on
// three servers of ours and of Apache ZooKeeper, in turns.
//
//   npm run build && npm run bench:sizes -- [rounds, default 3] [row, or part of its name]

import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Client } from '../../core/index.ts'
import { connect } from '../../core/index.ts'
import { TreeCache } from '../../recipes/cache/tree-cache.ts'
import { Group } from '../../recipes/group.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { catchUp } from './catch-up.ts'
import { Belongings } from './cleanup.ts'
import { leaderOf } from './ensemble-leader.ts'
import { median } from './histogram.ts'
import { hasZookeeper, ourPeer, type Peer, zookeeperPeer } from './peers.ts'
import { RunningEnsemble } from './running-ensemble.ts'
import { watchStorm } from './watch-storm.ts'

const WATCHERS = 5_000
const CONTENDERS = 1_000
const MEMBERS = 10_000
const CACHED = 100_000
const CLIENTS = 20

/** Figures by name; each of them is the less the better. */
type Figures = Readonly<Record<string, number>>

interface SizeRow {
  readonly name: string
  run(ensemble: RunningEnsemble, path: string): Promise<Figures>
}

async function withClients<T>(ensemble: RunningEnsemble, count: number, work: (clients: readonly Client[]) => Promise<T>): Promise<T> {
  const clients = await Promise.all(Array.from({ length: count }, () => connect(ensemble.connectString, { sessionTimeoutMs: 40_000 })))
  try {
    return await work(clients)
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (performance.now() - startedMs) / 1_000
}

function contend(clients: readonly Client[], path: string): Promise<Figures> {
  let [holding, most] = [0, 0]
  const contender = async (i: number): Promise<void> => {
    const lock = await new Mutex(clients[i % clients.length] as Client, path).acquire()
    holding += 1
    most = Math.max(most, holding)
    holding -= 1
    await lock.release()
  }
  return secondsOf(() => Promise.all(Array.from({ length: CONTENDERS }, (_, i) => contender(i)))).then((seconds) => {
    if (most !== 1) throw new Error(`${most} held the lock at once`)
    return { 'until each has held it, s': seconds }
  })
}

async function gather(clients: readonly Client[], path: string): Promise<Figures> {
  const [eye, ...others] = clients
  if (eye === undefined) throw new Error('no client')
  const seen = new Set<string>()
  const follow = async (): Promise<void> => {
    for await (const change of new Group(eye, path).changes()) {
      if (change.type === 'join') seen.add(change.member.name)
      if (seen.size === MEMBERS) return
    }
  }
  const following = follow()
  const groups = others.map((client) => new Group(client, path))
  const joined = await secondsOf(() =>
    Promise.all(Array.from({ length: MEMBERS }, (_, i) => groups[i % groups.length]?.join(String(i), 'x'))),
  )
  const seenAfter = await secondsOf(() => following)
  const read = await secondsOf(() => new Group(eye, path).members())
  return { 'all have joined, s': joined, 'a follower knows all so much later, s': seenAfter, 'one reading of all, s': read }
}

async function cache(client: Client, path: string): Promise<Figures> {
  await client.create(path)
  const folder = 1_000
  for (let from = 0; from < CACHED; from += folder) {
    const nodes = Array.from({ length: folder - 1 }, (_, i) => ({ type: 'create', path: `${path}/${from}/${i}`, data: String(i) }) as const)
    await client.multi([{ type: 'create', path: `${path}/${from}` }, ...nodes])
  }
  await using whole = new TreeCache(client, path)
  const seconds = await secondsOf(() => whole.start())
  if (whole.size !== CACHED + 1) throw new Error(`${whole.size} znodes are cached`)
  const change = await secondsOf(async () => whole.waitUntil((await client.setData(`${path}/0/0`, 'new')).mzxid))
  return { 'until it holds all, s': seconds, 'until it has one change, s': change }
}

const ROWS: readonly SizeRow[] = [
  {
    name: `watch storm, ${WATCHERS} sessions`,
    run: async ({ servers }, path) => {
      const ports = servers.map(({ port }) => port)
      const { toldMs, armedMs } = await watchStorm(ports, path, WATCHERS)
      return { 'all have heard, ms': toldMs, 'all watch again, ms': armedMs }
    },
  },
  {
    name: `one lock, ${CONTENDERS} contenders of ${CLIENTS} clients`,
    run: (ensemble, path) => withClients(ensemble, CLIENTS, (clients) => contend(clients, path)),
  },
  {
    name: `one group, ${MEMBERS} members of ${CLIENTS - 1} clients`,
    run: (ensemble, path) => withClients(ensemble, CLIENTS, (clients) => gather(clients, path)),
  },
  {
    name: `one cache, ${CACHED} znodes`,
    run: (ensemble, path) => withClients(ensemble, 1, ([client]) => cache(client as Client, path)),
  },
  {
    name: 'a server that has missed 100,000 writes',
    run: async (ensemble, path) => {
      const leader = await leaderOf(ensemble)
      const down = ensemble.servers.find((server) => server !== leader)
      if (down === undefined) throw new Error('an ensemble of one')
      const { servesAfterMs, calm, meanwhile } = await catchUp(ensemble, down, path)
      return {
        'serves, ms after its start': servesAfterMs,
        'writes at the others before, p50 ms': calm.p50Ms,
        'before, p99 ms': calm.p99Ms,
        'before, longest ms': calm.longestMs,
        'meanwhile, p50 ms': meanwhile.p50Ms,
        'meanwhile, p99 ms': meanwhile.p99Ms,
        'meanwhile, longest ms': meanwhile.longestMs,
      }
    },
  },
]

function show(row: SizeRow, samples: readonly (readonly Figures[])[], names: readonly string[]): void {
  for (const figure of Object.keys(samples[0]?.[0] ?? {})) {
    const medians = samples.map((ofOne) => median(ofOne.map((figures) => figures[figure] ?? Number.NaN)))
    const shown = medians.map((value, i) => `${names[i]} ${value.toPrecision(3)}`).join(', ')
    const ratio = medians.length === 2 ? `, ratio ${((medians[0] ?? 0) / (medians[1] ?? Number.NaN)).toFixed(2)}` : ''
    console.log(`${row.name}: ${figure}: ${shown}${ratio}`)
  }
}

async function main([rounds = '3', only = '']: readonly string[]): Promise<void> {
  const peers: readonly Peer[] = [ourPeer(null, []), ...(hasZookeeper() ? [zookeeperPeer] : [])]
  const belongings = new Belongings()
  belongings.install()
  try {
    const ensembles: RunningEnsemble[] = []
    for (const peer of peers) ensembles.push(await RunningEnsemble.start(peer, tmpdir(), belongings))
    for (const [r, row] of ROWS.entries()) {
      if (!row.name.includes(only)) continue
      const samples = ensembles.map((): Figures[] => [])
      for (let round = 0; round < Number(rounds); round++) {
        for (const [i, ensemble] of ensembles.entries()) {
          samples[i]?.push(await row.run(ensemble, `/size-${r}-${round}`))
          if (process.stderr.isTTY) process.stderr.write(`\r${row.name}: round ${round + 1} of ${rounds}, ${ensemble.peer.name}\n`)
        }
      }
      show(
        row,
        samples,
        peers.map(({ name }) => name),
      )
    }
    await Promise.all(ensembles.map((ensemble) => ensemble.stop()))
  } finally {
    belongings.settle()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
