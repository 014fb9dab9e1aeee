// bench: locks: uncontended acquire and release, and hand-offs between contenders, on this server and on Apache ZooKeeper beside it, in turns; and
// Curator's mutex on both.
//
//   npm run build && npm run bench:locks -- [seconds per row, default 5] [rounds, default 3] [ensemble: on three servers of each, over which the clients spread]

import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Client } from '../../core/index.ts'
import { connect } from '../../core/index.ts'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { Belongings } from './cleanup.ts'
import { curatorMutex, hasCurator } from './curator-mutex.ts'
import { median } from './histogram.ts'
import type { Peer } from './peers.ts'
import { hasZookeeper, ourPeer, zookeeperPeer } from './peers.ts'
import { RunningEnsemble } from './running-ensemble.ts'
import { RunningServer } from './running-server.ts'

const CONTENDERS = 8
const WARM_UP_SHARE = 0.3

/** What is counted for a while, on a server with `clients`. */
interface LockRow {
  readonly name: string
  run(clients: readonly Client[], path: string, untilMs: number): Promise<number>
}

async function take(mutex: Mutex): Promise<void> {
  const lock = await mutex.acquire()
  await lock.release()
}

async function times(untilMs: number, work: () => Promise<void>): Promise<number> {
  let count = 0
  while (performance.now() < untilMs) {
    await work()
    count++
  }
  return count
}

async function contended(clients: readonly Client[], untilMs: number, work: (client: Client) => () => Promise<void>): Promise<number> {
  const counts = await Promise.all(clients.map((client) => times(untilMs, work(client))))
  return counts.reduce((a, b) => a + b, 0)
}

const ROWS: readonly LockRow[] = [
  {
    name: 'mutex, uncontended acquire and release',
    run: ([client], path, untilMs) => (client === undefined ? Promise.resolve(0) : times(untilMs, () => take(new Mutex(client, path)))),
  },
  {
    name: `mutex, hand-offs between ${CONTENDERS} clients`,
    run: (clients, path, untilMs) =>
      contended(clients, untilMs, (client) => {
        const mutex = new Mutex(client, path)
        return () => take(mutex)
      }),
  },
  {
    name: `leader election, terms of ${CONTENDERS} candidates`,
    run: (clients, path, untilMs) =>
      contended(clients, untilMs, (client) => {
        const election = new LeaderElection(client, path)
        return async () => {
          const leadership = await election.campaign()
          await leadership.resign()
        }
      }),
  },
]

async function measure(addresses: string, row: LockRow, seconds: number, run: string): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CONTENDERS }, () => connect(addresses)))
  try {
    await row.run(clients, `/${run}-warm`, performance.now() + seconds * 1_000 * WARM_UP_SHARE)
    const started = performance.now()
    const count = await row.run(clients, `/${run}`, started + seconds * 1_000)
    return count / ((performance.now() - started) / 1_000)
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

/** The first row again, on each server beside Curator's mutex there. */
async function besideCurator(
  servers: readonly (RunningServer | RunningEnsemble)[],
  { seconds, rounds, folder }: { readonly seconds: number; readonly rounds: number; readonly folder: string },
): Promise<void> {
  const [row] = ROWS
  if (row === undefined) return
  for (const server of servers) {
    const [ours, curators]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(addressesOf(server), row, seconds, `beside-curator-${round}`))
      curators.push(curatorMutex(addressesOf(server), seconds, folder))
    }
    const [our, curator] = [median(ours), median(curators)]
    console.log(
      `on ${server.peer.name}, uncontended: zoarium ${our.toFixed(0)}/s, Curator ${curator.toFixed(0)}/s, ratio ${(our / curator).toFixed(2)}`,
    )
  }
}

function addressesOf(server: RunningServer | RunningEnsemble): string {
  return server instanceof RunningEnsemble ? server.connectString : `127.0.0.1:${server.port}`
}

async function main(args: readonly string[]): Promise<void> {
  const [seconds = 5, rounds = 3] = args.slice(0, 2).map(Number)
  const start = (args[2] === 'ensemble' ? RunningEnsemble : RunningServer).start
  const peers: readonly Peer[] = [ourPeer(null, []), ...(hasZookeeper() ? [zookeeperPeer] : [])]
  const belongings = new Belongings()
  belongings.install()
  try {
    const servers: (RunningServer | RunningEnsemble)[] = []
    for (const peer of peers) servers.push(await start(peer, tmpdir(), belongings))
    for (const [r, row] of ROWS.entries()) {
      const rates = servers.map((): number[] => [])
      for (let round = 0; round < rounds; round++) {
        for (const [i, server] of servers.entries()) rates[i]?.push(await measure(addressesOf(server), row, seconds, `row${r}-${round}`))
      }
      const medians = rates.map(median)
      const shown = medians.map((rate, i) => `${peers[i]?.name ?? ''} ${rate.toFixed(0)}/s`).join(', ')
      console.log(`${row.name}: ${shown}, ratio ${((medians[0] ?? 0) / (medians[1] ?? Number.NaN)).toFixed(2)}`)
    }
    if (hasCurator()) await besideCurator(servers, { seconds, rounds, folder: belongings.makeFolder(tmpdir(), 'zoarium-bench') })
    await Promise.all(servers.map((server) => server.stop()))
  } finally {
    belongings.settle()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
