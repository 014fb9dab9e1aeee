// bench: locks: uncontended acquire and release, and hand-offs between contenders, on this server and on Apache ZooKeeper beside it, in turns.
//
//   npm run build && npm run bench:locks -- [seconds per row, default 5] [rounds, default 3]

import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Client } from '../../core/index.ts'
import { connect } from '../../core/index.ts'
import { LeaderElection } from '../../recipes/leader-election.ts'
import { Mutex } from '../../recipes/mutex.ts'
import { Belongings } from './cleanup.ts'
import type { Peer } from './peers.ts'
import { hasZookeeper, ourPeer, zookeeperPeer } from './peers.ts'
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

async function measure(server: RunningServer, row: LockRow, seconds: number, run: string): Promise<number> {
  const clients = await Promise.all(Array.from({ length: CONTENDERS }, () => connect(`127.0.0.1:${server.port}`)))
  try {
    await row.run(clients, `/${run}-warm`, performance.now() + seconds * 1_000 * WARM_UP_SHARE)
    const started = performance.now()
    const count = await row.run(clients, `/${run}`, started + seconds * 1_000)
    return count / ((performance.now() - started) / 1_000)
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

async function main(args: readonly string[]): Promise<void> {
  const [seconds = 5, rounds = 3] = args.map(Number)
  const peers: readonly Peer[] = [ourPeer(null, []), ...(hasZookeeper() ? [zookeeperPeer] : [])]
  const belongings = new Belongings()
  belongings.install()
  try {
    const servers = await Promise.all(peers.map((peer) => RunningServer.start(peer, tmpdir(), belongings)))
    for (const [r, row] of ROWS.entries()) {
      const rates = servers.map((): number[] => [])
      for (let round = 0; round < rounds; round++) {
        for (const [i, server] of servers.entries()) rates[i]?.push(await measure(server, row, seconds, `row${r}-${round}`))
      }
      const medians = rates.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
      const shown = medians.map((rate, i) => `${peers[i]?.name ?? ''} ${rate.toFixed(0)}/s`).join(', ')
      console.log(`${row.name}: ${shown}, ratio ${((medians[0] ?? 0) / (medians[1] ?? Number.NaN)).toFixed(2)}`)
    }
    await Promise.all(servers.map((server) => server.stop()))
  } finally {
    belongings.settle()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
