// Cuts links between real servers in namespaces of their own, under load, and looks at what clients saw.
//
//   npm run build && npm run ensemble:partitions [-- --rounds N]        as root, with iproute2
//
// Each round takes the leader and cuts it off from both others, from one of them one way, and one of them from it; each cut lasts 3 s. After each: clients of servers that
// kept a quorum saw no error; when all is healed everybody goes on; what was acknowledged is there, each write once.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Client, connect } from '../../core/index.ts'
import { EnsembleProcesses } from './ensemble-processes.ts'
import { Load } from './load.ts'
import { NetworkNamespaces } from './network-namespaces.ts'

const CUT_MS = 3000
const SETTLE_MS = 1500
const IDS = [1, 2, 3]

type Cut = readonly [name: string, make: (network: NetworkNamespaces, leader: number, others: readonly number[]) => readonly number[]]

/** Each gives the servers whose clients must see no error. */
const CUTS: readonly Cut[] = [
  [
    'the leader from both others, both ways',
    (network, leader, others) => {
      for (const id of others) {
        network.cut(leader, id)
        network.cut(id, leader)
      }
      return others
    },
  ],
  [
    'the leader from both others, one way',
    (network, leader, others) => {
      for (const id of others) network.cut(leader, id)
      return others
    },
  ],
  [
    'one follower from the leader, both ways',
    (network, leader, [one = 0, two = 0]) => {
      network.cut(one, leader)
      network.cut(leader, one)
      return [leader, two]
    },
  ],
  [
    'one follower from the leader, one way',
    (network, leader, [one = 0, two = 0]) => {
      network.cut(one, leader)
      return [leader, two]
    },
  ],
]

async function play(ensemble: EnsembleProcesses, network: NetworkNamespaces, [name, make]: Cut, round: number): Promise<void> {
  const leader = await ensemble.leaderKnown()
  const others = IDS.filter((id) => id !== leader)
  const clients = new Map<number, Client>()
  const loads = new Map<number, Load>()
  for (const id of IDS) {
    const client = await connect(ensemble.addressOf(id), { sessionTimeoutMs: 10_000 })
    clients.set(id, client)
    loads.set(id, await Load.start(client, `/round-${round}-${name.replaceAll(/\W/g, '')}-${id}`))
  }
  await Promise.all([...loads.values()].map((load) => load.acknowledged(20)))
  const gap = [...loads.values()].map((load) => load.longestGapMs)
  const spared = make(network, leader, others)
  const before = performance.now()
  await delay(CUT_MS)
  network.heal()
  await delay(SETTLE_MS)
  await Promise.all([...loads.values()].map((load) => load.acknowledged(20)))
  for (const load of loads.values()) await load.stop()
  const disturbed = spared.flatMap((id) => loads.get(id)?.errors ?? [])
  const elsewhere = [...loads.values()].flatMap(({ errors }) => errors).filter(({ code }) => code !== 'ERR_UNKNOWN_OUTCOME')
  if (disturbed.length > 0 || elsewhere.length > 0) throw new Error(`${name}: ${[...disturbed, ...elsewhere].map(String).join('; ')}`)
  const reader = clients.get(others[0] ?? 0)
  for (const load of loads.values()) await load.verify(reader as Client)
  const longest = spared.map((id) => Math.round(loads.get(id)?.longestGapMs ?? 0))
  process.stdout.write(
    `round ${round}, ${name}: longest wait of clients that kept their quorum ${Math.max(...longest)} ms (before ${Math.round(Math.max(...gap))}), ${Math.round(performance.now() - before)} ms in all\n`,
  )
  await Promise.all([...clients.values()].map((client) => client.close()))
}

async function main(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'zoarium-partitions-'))
  using network = new NetworkNamespaces(IDS)
  {
    await using ensemble = await EnsembleProcesses.start(3, folder, { ensemble: { servers: [], security: { allowPlain: true } } }, network)
    for (let round = 1; round <= rounds; round++) for (const cut of CUTS) await play(ensemble, network, cut, round)
  }
  rmSync(folder, { recursive: true })
  process.stdout.write(`${rounds * CUTS.length} cuts: nothing acknowledged was lost, nobody with a quorum saw an error\n`)
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '2' } } })
await main(Number(values.rounds))
process.exit(0)
