// bench: failover: kill -9 of the leader of three under load, here and on Apache ZooKeeper beside it, in turns. How long do the survivors' clients wait for the
// next acknowledged write, and what do these clients notice?
//
//   npm run build && npm run bench:failover -- [rounds, default 20]

import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Client } from '../../core/index.ts'
import { connect } from '../../core/index.ts'
import { Belongings } from './cleanup.ts'
import { leaderOf } from './ensemble-leader.ts'
import { hasZookeeper, ourPeer, type Peer, zookeeperPeer } from './peers.ts'
import { RunningEnsemble } from './running-ensemble.ts'

/** Writes under way for each client: two clients, one at each survivor. */
const IN_FLIGHT = 4
const BEFORE_MS = 1_000
const AFTER_MS = 3_000

interface Failover {
  /** The longest time after the kill in which nothing was acknowledged. */
  readonly gapMs: number
  /** Writes that the application was told have failed, or that nobody knows of. */
  readonly errors: number
  readonly disconnects: number
}

/** Writes to one znode after the other until `until` says so, and calls `told` when one is acknowledged or has failed. */
async function load(client: Client, path: string, over: () => boolean, told: (error: unknown) => void): Promise<void> {
  while (!over()) {
    await client.setData(path, Buffer.alloc(100)).then(
      () => told(null),
      (error: unknown) => told(error),
    )
  }
}

async function failOver(ensemble: RunningEnsemble, path: string): Promise<Failover> {
  const leader = await leaderOf(ensemble)
  const survivors = ensemble.servers.filter((server) => server !== leader)
  // Each begins at a server of its own and may go to the other.
  const ports = survivors.map(({ port }) => `127.0.0.1:${port}`)
  const clients = await Promise.all(ports.map((port) => connect(port)))
  for (const client of clients) client.updateServers(ports.join(','))
  const acknowledged: number[] = []
  let [isOver, errors, disconnects] = [false, 0, 0]
  const told = (error: unknown): void => {
    if (error === null) acknowledged.push(performance.now())
    else errors++
  }
  const paths = await Promise.all(
    clients.flatMap((client, i) =>
      Array.from({ length: IN_FLIGHT }, (_, k) => client.create(`${path}-${i}-${k}`).then((made) => made.path)),
    ),
  )
  for (const client of clients) client.on('status', ({ type }) => void (disconnects += type === 'suspended' ? 1 : 0))
  const loads = paths.map((node, i) => load(clients[i % clients.length] as Client, node, () => isOver, told))
  await delay(BEFORE_MS)
  const killedMs = performance.now()
  await leader.kill()
  await delay(AFTER_MS)
  isOver = true
  await Promise.all(loads)
  await Promise.all(clients.map((client) => client.close()))
  await ensemble.startAgain(leader)
  return { gapMs: longestSilence(acknowledged, killedMs), errors, disconnects }
}

/** The longest time between two of `timesMs`, from `sinceMs` on. */
function longestSilence(timesMs: readonly number[], sinceMs: number): number {
  const after = timesMs.filter((time) => time > sinceMs)
  return Math.max(...after.map((time, i) => time - (after[i - 1] ?? sinceMs)))
}

function summary(name: string, failovers: readonly Failover[]): string {
  const gaps = failovers.map(({ gapMs }) => gapMs).sort((a, b) => a - b)
  const at = (share: number): string => (gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? Number.NaN).toFixed(0)
  const sum = (of: (failover: Failover) => number): number => failovers.reduce((total, one) => total + of(one), 0)
  return `${name}: next write after ${at(0.5)} ms (median of ${gaps.length}; ${at(0)} to ${at(1)}), errors ${sum(({ errors }) => errors)}, disconnects ${sum(({ disconnects }) => disconnects)}`
}

async function main(args: readonly string[]): Promise<void> {
  const [rounds = 20] = args.map(Number)
  const peers: readonly Peer[] = [ourPeer(null, []), ...(hasZookeeper() ? [zookeeperPeer] : [])]
  const belongings = new Belongings()
  belongings.install()
  try {
    const ensembles: RunningEnsemble[] = []
    for (const peer of peers) ensembles.push(await RunningEnsemble.start(peer, tmpdir(), belongings))
    const failovers = ensembles.map((): Failover[] => [])
    for (let round = 0; round < rounds; round++) {
      for (const [i, ensemble] of ensembles.entries()) failovers[i]?.push(await failOver(ensemble, `/failover-${round}`))
      if (process.stderr.isTTY) process.stderr.write(`\r${round + 1} of ${rounds}`)
    }
    for (const [i, { peer }] of ensembles.entries()) console.log(summary(peer.name, failovers[i] ?? []))
    await Promise.all(ensembles.map((ensemble) => ensemble.stop()))
  } finally {
    belongings.settle()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
